#ifndef TIEOUT_H5_SINK_H
#define TIEOUT_H5_SINK_H

#include <hdf5.h>

/* Where an HDF5 file's bytes go. */
struct h5_sink {
    int fd;    /* open for reading and writing, empty; owned by the caller */
    int error; /* errno of the first write that failed, 0 while none has */
};

/* A file access list with which H5Fcreate writes to sink, whatever the file's name; to be closed
 * with H5Pclose. sink outlives the file. < 0 on failure.
 * HDF5 is never told of a failed write: the caller looks at sink->error, after each step. */
hid_t h5_sink_access(struct h5_sink *sink);

#endif
