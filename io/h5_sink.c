/* A file driver for HDF5 under which closing a file always succeeds.
 * HDF5 1.10 keeps what it could not write and tries again when objects are closed; an object
 * whose closing fails keeps a dead handle, and the library crashes on it at exit. With its own
 * driver that is what a full disk leads to: a dataset and a file that do not close, and then a
 * segmentation fault. So this driver notes the first failure and drops what it is given from then
 * on; HDF5 closes in good order, and the caller, who looks at the note, knows the true errno. The
 * descriptor comes from the caller: naming, syncing and removing are not HDF5's business here. */
#include "h5_sink.h"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif
#include "mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST_ADDRESS (((haddr_t)1 << (8 * sizeof(off_t) - 1)) - 1)

struct sink_file {
    H5FD_t public; /* HDF5's part; first */
    struct h5_sink *sink;
    haddr_t allocated; /* what HDF5 calls the end of addresses */
    haddr_t end;       /* of the file, dropped writes counted as written */
};

/* What H5Pset_driver copies. */
struct sink_info {
    struct h5_sink *sink;
};

static H5FD_t *sink_open(const char *name, unsigned flags, hid_t access, haddr_t largest)
{
    const struct sink_info *info = H5Pget_driver_info(access);
    struct sink_file *file = info == NULL ? NULL : mem_array(1, sizeof *file);

    (void)name, (void)flags, (void)largest;
    if (file == NULL)
        return NULL;
    file->sink = info->sink;
    return &file->public;
}

static herr_t sink_close(H5FD_t *file)
{
    free(file);
    return 0;
}

static herr_t sink_query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA |
             H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t sink_allocated(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct sink_file *)file)->allocated;
}

static herr_t sink_allocate(H5FD_t *file, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((struct sink_file *)file)->allocated = end;
    return 0;
}

static haddr_t sink_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct sink_file *)file)->end;
}

/* Bytes behind the end, and those that were dropped, read as zero. */
static herr_t sink_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address,
                        size_t size, void *buffer)
{
    char *to = buffer;

    (void)type, (void)transfer;
    while (size > 0) {
        ssize_t got = pread(((struct sink_file *)file)->sink->fd, to, size, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        to += got;
        address += (haddr_t)got;
        size -= (size_t)got;
    }
    memset(to, 0, size);
    return 0;
}

static herr_t sink_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t size, const void *buffer)
{
    struct sink_file *sunk = (struct sink_file *)file;
    const char *from = buffer;

    (void)type, (void)transfer;
    if (address + size > sunk->end)
        sunk->end = address + size;
    while (size > 0 && sunk->sink->error == 0) {
        ssize_t put = pwrite(sunk->sink->fd, from, size, (off_t)address);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            sunk->sink->error = put < 0 ? errno : ENOSPC;
            break;
        }
        from += put;
        address += (haddr_t)put;
        size -= (size_t)put;
    }
    return 0;
}

static herr_t sink_truncate(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    struct sink_file *sunk = (struct sink_file *)file;

    (void)transfer, (void)closing;
    if (sunk->sink->error == 0 && sunk->allocated != sunk->end &&
        ftruncate(sunk->sink->fd, (off_t)sunk->allocated) != 0)
        sunk->sink->error = errno;
    sunk->end = sunk->allocated;
    return 0;
}

/* No cmp: two sinks are never the same file. No lock: nobody knows the temporary name. */
static const H5FD_class_t SINK_CLASS = {
#ifdef H5FD_CLASS_VERSION
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)512, /* the first free to applications is 512 */
#endif
    .name = "tieout_sink",
    .maxaddr = LARGEST_ADDRESS,
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(struct sink_info),
    .open = sink_open,
    .close = sink_close,
    .query = sink_query,
    .get_eoa = sink_allocated,
    .set_eoa = sink_allocate,
    .get_eof = sink_end,
    .read = sink_read,
    .write = sink_write,
    .truncate = sink_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t h5_sink_access(struct h5_sink *sink)
{
    struct sink_info info = {sink};
    hid_t driver = H5FDregister(&SINK_CLASS);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    if (driver < 0 || access < 0 || H5Pset_driver(access, driver, &info) < 0) {
        if (access >= 0)
            H5Pclose(access);
        access = -1;
    }
    if (driver >= 0)
        H5FDunregister(driver); /* the list, and then the file, hold it */
    return access;
}
