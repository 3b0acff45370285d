#ifndef TIEOUT_H5_OUT_H
#define TIEOUT_H5_OUT_H

#include "h5_sink.h"
#include "status.h"
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* An HDF5 file being written. Equal content written in equal pieces gives equal bytes: no times
 * are stored. HDF5 prints nothing. */
struct h5_out {
    hid_t file; /* -1: none */
    struct h5_sink sink;
    const char *path; /* for sentences; borrowed */
};

/* Starts a file in fd, which is open, empty and stays the caller's. *out stays where it is until
 * h5_out_close, to be called on failure too. */
enum status h5_out_create(struct h5_out *out, int fd, const char *path, struct error *err);

/* Writes what is left and closes; the file's objects are closed before. Closed already is fine. */
enum status h5_out_close(struct h5_out *out, struct error *err);

enum status h5_out_group(struct h5_out *out, const char *name, struct error *err);

/* STATUS_OK if ok, which tells how HDF5 calls on `object` ended, and no write has failed so far;
 * else STATUS_WRITE and a sentence with the file, the object and the reason. */
enum status h5_out_check(const struct h5_out *out, bool ok, const char *object,
                         struct error *err);

/* A variable-length UTF-8 type, to be closed; < 0 on failure. */
hid_t h5_text_type(void);

/* Closes an id of any kind; none (< 0) and H5S_ALL are fine. */
void h5_release(hid_t id);

/* Keeps HDF5 from printing its error stack. */
void h5_quiet(void);

/* Why the last HDF5 call failed, in HDF5's words; "" if unknown. */
enum { H5_REASON = 256 };
void h5_reason(char text[H5_REASON]);

#endif
