#ifndef TIEOUT_H5_IN_H
#define TIEOUT_H5_IN_H

#include "status.h"
#include "text_store.h"
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whole datasets and attributes of an HDF5 file that may be anything. What is missing or of the
 * wrong kind is STATUS_DATA and a sentence with the file and the object; HDF5 prints nothing. */
struct h5_in {
    hid_t file;       /* -1: none */
    const char *path; /* borrowed */
    hsize_t bytes;    /* size of the file */
};

/* STATUS_NO_INPUT if there is no file, STATUS_PERMISSION if it may not be read. */
enum status h5_in_open(struct h5_in *in, const char *path, struct error *err);
void h5_in_close(struct h5_in *in); /* closed already is fine */

bool h5_in_has(const struct h5_in *in, const char *name);
bool h5_in_has_attribute(const struct h5_in *in, const char *object, const char *name);

/* The lengths of a dataset of `rank` dimensions, 1 or 2. */
enum status h5_in_size(const struct h5_in *in, const char *name, int rank, size_t *size,
                       struct error *err);

/* Reads a dataset whole, converted; value[its size], which h5_in_size told. */
enum status h5_in_reals(const struct h5_in *in, const char *name, double *value,
                        struct error *err);
enum status h5_in_integers(const struct h5_in *in, const char *name, int64_t *value,
                           struct error *err);

/* The first n entries, which the dataset must have. */
enum status h5_in_first_integers(const struct h5_in *in, const char *name, size_t n,
                                 int64_t *value, struct error *err);

/* text[n] out, the first n entries, which the dataset must have; terminated, "" where empty,
 * owned by store. */
enum status h5_in_texts(const struct h5_in *in, const char *name, size_t n,
                        struct text_store *store, const char **text, struct error *err);

/* Attributes. *value is to be freed by the caller. */
enum status h5_in_text_attribute(const struct h5_in *in, const char *object, const char *name,
                                 char **value, struct error *err);
enum status h5_in_real_attribute(const struct h5_in *in, const char *object, const char *name,
                                 double *value, struct error *err);

/* A list of texts, which belong to store; (*text)[*n] is to be freed by the caller. */
enum status h5_in_texts_attribute(const struct h5_in *in, const char *object, const char *name,
                                  struct text_store *store, const char ***text, size_t *n,
                                  struct error *err);

/* An attribute as a text: numbers as they read back, lists with a line for each entry. */
struct h5_fact {
    const char *name, *text;
};

/* All attributes of an object by name, as texts that belong to store; *fact is produced, to be
 * freed by the caller. */
enum status h5_in_facts(const struct h5_in *in, const char *object, struct text_store *store,
                        struct h5_fact **fact, size_t *n, struct error *err);

/* STATUS_DATA unless the dataset has one dimension of n entries. */
enum status h5_in_expect(const struct h5_in *in, const char *name, size_t n, struct error *err);

#endif
