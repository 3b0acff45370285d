/* Ledger files as bytes at offsets. Plain pread: on one node it is as fast as MPI-IO, and short
 * reads are ours to see. What the bytes mean is kernels/ledger's business, who reads which of
 * them is src/ingest's. */
#include "input.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_MAX = 1 << 20, HEADER_FIELDS_MAX = 1 << 14 };

static enum status open_for_reading(const char *path, int *fd, struct error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd >= 0)
        return STATUS_OK;
    if (errno == EACCES || errno == EPERM)
        return error_set(err, STATUS_PERMISSION, "%s: may not be read: %s", path,
                         strerror(errno));
    return error_set(err, STATUS_NO_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
}

static enum status regular_size(int fd, const char *path, int64_t *size, struct error *err)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return error_set(err, STATUS_NO_INPUT, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(err, STATUS_NO_INPUT,
                         "%s: is a directory; name the ledger files in it", path);
    if (!S_ISREG(info.st_mode))
        return error_set(err, STATUS_NO_INPUT,
                         "%s: is not a regular file; ranks read at offsets, so save it first",
                         path);
    *size = info.st_size;
    return STATUS_OK;
}

/* Refuses by name what is not plain UTF-8 text. *skip: bytes of a byte order mark. */
static enum status check_encoding(const char *byte, size_t n, const char *path, size_t *skip,
                                  struct error *err)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *what;
    } foreign[] = {
        {"\x1f\x8b", 2, "gzip-compressed: unpack it first (gunzip)"},
        {"\x28\xb5\x2f\xfd", 4, "zstd-compressed: unpack it first (unzstd)"},
        {"\xff\xfe", 2, "UTF-16: save it as UTF-8"},
        {"\xfe\xff", 2, "UTF-16: save it as UTF-8"},
        {"PK\x03\x04", 4, "a zip archive or Excel workbook: save it as CSV"},
        {"\x89HDF", 4, "an HDF5 file: a ledger is a CSV file"},
    };

    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (n >= foreign[i].length && memcmp(byte, foreign[i].magic, foreign[i].length) == 0)
            return error_set(err, STATUS_DATA, "%s: is %s", path, foreign[i].what);
    *skip = n >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return STATUS_OK;
}

static enum status read_header(const char *byte, size_t n, const char *path,
                               struct csv_field *field, struct input_file *file,
                               struct error *err)
{
    size_t skip = 0, n_field = 0;
    enum status st = check_encoding(byte, n, path, &skip, err);
    const char *cursor = byte + skip;

    if (st != STATUS_OK)
        return st;
    file->header_lines = 0;
    switch (csv_read_record(&cursor, byte + n, (int64_t)n == file->size, field,
                            HEADER_FIELDS_MAX, &n_field, &file->header_lines)) {
    case CSV_RECORD:
        break;
    case CSV_NONE:
        return error_set(err, STATUS_DATA, "%s: is empty", path);
    case CSV_BARE_QUOTE:
    case CSV_OPEN_QUOTE:
        return error_set(err, STATUS_DATA, "%s: line 1: the header's quotes are not balanced",
                         path);
    case CSV_MORE:
        return error_set(err, STATUS_DATA, "%s: line 1: no header line ends within 1 MiB",
                         path);
    }
    if (n_field > HEADER_FIELDS_MAX)
        return error_set(err, STATUS_DATA, "%s: line 1: more than %d columns", path,
                         HEADER_FIELDS_MAX);
    file->data_begin = cursor - byte;
    return ledger_match_header(field, n_field, path, &file->layout, err);
}

enum status input_inspect(const char *path, struct input_file *file, struct error *err)
{
    int fd = -1;
    char *byte = NULL;
    struct csv_field *field = NULL;
    struct input_file seen = {0};
    enum status st = STATUS_OK;

    TRY(open_for_reading(path, &fd, err));
    TRY(regular_size(fd, path, &seen.size, err));
    if (seen.size == 0) {
        st = error_set(err, STATUS_DATA, "%s: is empty", path);
        goto done;
    }
    size_t n = seen.size < HEADER_MAX ? (size_t)seen.size : HEADER_MAX;
    byte = mem_array(n, 1);
    field = mem_array(HEADER_FIELDS_MAX, sizeof *field);
    if (byte == NULL || field == NULL) {
        st = error_no_memory(err, "a header");
        goto done;
    }
    TRY(input_read(fd, path, 0, byte, n, err));
    TRY(read_header(byte, n, path, field, &seen, err));
    *file = seen;
done:
    free(field);
    free(byte);
    if (fd >= 0)
        close(fd);
    return st;
}

enum status input_open(const char *path, const struct input_file *file, int *fd,
                       struct error *err)
{
    int64_t size = 0;
    enum status st = open_for_reading(path, fd, err);

    if (st == STATUS_OK)
        st = regular_size(*fd, path, &size, err);
    if (st == STATUS_OK && size != file->size)
        st = error_set(err, STATUS_DATA,
                       "%s: is %lld bytes here and was %lld: is it still being written, or not "
                       "the same file on every node?",
                       path, (long long)size, (long long)file->size);
    if (st != STATUS_OK && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return st;
}

enum status input_read(int fd, const char *path, int64_t offset, char *byte, size_t n,
                       struct error *err)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = pread(fd, byte + have, n - have, offset + (int64_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, STATUS_NO_INPUT, "%s: cannot be read at byte %lld: %s", path,
                             (long long)(offset + (int64_t)have), strerror(errno));
        if (got == 0)
            return error_set(err, STATUS_DATA,
                             "%s: ends at byte %lld, sooner than when it was "
                             "opened: is it being rewritten?",
                             path, (long long)(offset + (int64_t)have));
        have += (size_t)got;
    }
    return STATUS_OK;
}
