/* Ledger files as text bytes. Plain files are read by pread at offsets: on one node that is as
 * fast as MPI-IO, and short reads are ours to see. Packed ones go through zlib's or zstd's
 * streaming decoder, member after member, so that the memory needed does not grow with the file;
 * gzread would do the same but passes over garbage behind the archive without a word.
 *
 * What the bytes mean is input.c's and the kernels' business, who reads which, src/ingest's. */
#include "input_source.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED_BUFFER = 256 << 10, SKIP_BUFFER = 64 << 10 };

struct input_source {
    const char *path;
    int fd;
    int64_t size;
    int64_t taken; /* file bytes read */
    int64_t at;    /* text bytes handed out */
    enum input_packing packing;
    /* packed files only */
    unsigned char *packed; /* [PACKED_BUFFER] of which [begin, end) is still to be unpacked */
    size_t begin, end;
    bool inside;  /* an archive has begun and not ended */
    bool pending; /* the decoder may hold text that did not fit */
    bool gzip_ready;
    z_stream gzip;
    ZSTD_DStream *zstd;
};

/* ---- plain bytes --------------------------------------------------------------------------- */

static enum status open_for_reading(const char *path, int *fd, struct error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd >= 0)
        return STATUS_OK;
    if (errno == EACCES || errno == EPERM)
        return error_set(err, STATUS_PERMISSION, "%s: may not be read: %s", path,
                         strerror(errno));
    return error_set(err, STATUS_NO_INPUT, "%s: cannot be opened: %s%s", path, strerror(errno),
                     strpbrk(path, "*?") != NULL ? ": the shell found no file of this pattern"
                                                 : "");
}

static enum status regular_size(int fd, const char *path, int64_t *size, struct error *err)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return error_set(err, STATUS_NO_INPUT, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(err, STATUS_NO_INPUT, "%s: is a directory", path);
    if (!S_ISREG(info.st_mode))
        return error_set(err, STATUS_NO_INPUT,
                         "%s: is not a regular file; ranks read at offsets, so save it first",
                         path);
    *size = info.st_size;
    return STATUS_OK;
}

/* Reads the next n bytes of the file as it lies; *got < n only at its end. */
static enum status read_file(struct input_source *source, void *byte, size_t n, size_t *got,
                             struct error *err)
{
    size_t have = 0;

    while (have < n) {
        ssize_t more = pread(source->fd, (char *)byte + have, n - have, source->taken);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return error_set(err, STATUS_NO_INPUT, "%s: cannot be read at byte %lld: %s",
                             source->path, (long long)source->taken, strerror(errno));
        if (more == 0 && source->taken < source->size)
            return error_set(err, STATUS_DATA,
                             "%s: ends at byte %lld, sooner than when it was "
                             "opened: is it being rewritten?",
                             source->path, (long long)source->taken);
        if (more == 0)
            break;
        have += (size_t)more;
        source->taken += more;
    }
    *got = have;
    return STATUS_OK;
}

/* ---- packed bytes -------------------------------------------------------------------------- */

static enum status refuse_archive(const struct input_source *source, const char *what,
                                  struct error *err)
{
    bool gzip = source->packing == PACKING_GZIP;

    return error_set(err, STATUS_DATA,
                     "%s: the %s archive is damaged before byte %lld: %s: fetch it again, or "
                     "test it with %s -t",
                     source->path, gzip ? "gzip" : "zstd",
                     (long long)(source->taken - (int64_t)(source->end - source->begin)), what,
                     gzip ? "gzip" : "zstd");
}

/* One step of the decoder, from what is buffered into byte[n]; *made bytes came out. */
static enum status gzip_step(struct input_source *source, char *byte, size_t n, size_t *made,
                             struct error *err)
{
    z_stream *gzip = &source->gzip;

    gzip->next_in = source->packed + source->begin;
    gzip->avail_in = (uInt)(source->end - source->begin);
    gzip->next_out = (Bytef *)byte;
    gzip->avail_out = (uInt)n;
    source->inside = source->inside || gzip->avail_in > 0;
    int code = inflate(gzip, Z_NO_FLUSH);
    source->begin = source->end - gzip->avail_in;
    *made = n - gzip->avail_out;
    if (code == Z_MEM_ERROR)
        return error_no_memory(err, "unpacking a ledger");
    if (code == Z_STREAM_END) {
        source->inside = false;
        inflateReset(gzip); /* for another archive behind it */
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return refuse_archive(source, gzip->msg != NULL ? gzip->msg : "not its format", err);
    }
    return STATUS_OK;
}

static enum status zstd_step(struct input_source *source, char *byte, size_t n, size_t *made,
                             struct error *err)
{
    ZSTD_inBuffer in = {source->packed + source->begin, source->end - source->begin, 0};
    ZSTD_outBuffer out = {byte, n, 0};
    size_t code = ZSTD_decompressStream(source->zstd, &out, &in);

    source->begin += in.pos;
    *made = out.pos;
    if (ZSTD_isError(code))
        return refuse_archive(source, ZSTD_getErrorName(code), err);
    source->inside = code != 0 && (source->inside || in.pos > 0);
    return STATUS_OK;
}

static enum status unpack(struct input_source *source, char *byte, size_t n, size_t *got,
                          struct error *err)
{
    enum { STEP = 1 << 30 }; /* zlib counts in 32 bits */
    size_t have = 0;

    while (have < n) {
        size_t room = n - have < STEP ? n - have : STEP, made = 0;
        enum status st = STATUS_OK;
        if (source->begin == source->end) {
            source->begin = 0;
            st = read_file(source, source->packed, PACKED_BUFFER, &source->end, err);
            if (st != STATUS_OK)
                return st;
        }
        if (source->begin == source->end && !source->pending)
            break;
        st = source->packing == PACKING_GZIP ? gzip_step(source, byte + have, room, &made, err)
                                             : zstd_step(source, byte + have, room, &made, err);
        if (st != STATUS_OK)
            return st;
        source->pending = made == room;
        have += made;
    }
    *got = have;
    return have < n && source->inside ? refuse_archive(source, "it ends too soon", err)
                                      : STATUS_OK;
}

/* Tells the packing by the file's first bytes, and makes the decoder ready. */
static enum status start_unpacking(struct input_source *source, struct error *err)
{
    static const unsigned char gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    enum { GZIP_WINDOW = 15 + 16 }; /* the largest window, and gzip's frame around it */
    unsigned char magic[sizeof zstd];
    size_t n = 0;
    enum status st = read_file(source, magic, sizeof magic, &n, err);

    if (st != STATUS_OK)
        return st;
    source->taken = 0;
    if (n >= sizeof gzip && memcmp(magic, gzip, sizeof gzip) == 0)
        source->packing = PACKING_GZIP;
    else if (n >= sizeof zstd && memcmp(magic, zstd, sizeof zstd) == 0)
        source->packing = PACKING_ZSTD;
    else
        return STATUS_OK;
    source->packed = mem_array(PACKED_BUFFER, 1);
    if (source->packing == PACKING_GZIP)
        source->gzip_ready = inflateInit2(&source->gzip, GZIP_WINDOW) == Z_OK;
    else
        source->zstd = ZSTD_createDStream();
    if (source->packed == NULL || (!source->gzip_ready && source->zstd == NULL))
        return error_no_memory(err, "unpacking a ledger");
    return STATUS_OK;
}

/* ---- both ---------------------------------------------------------------------------------- */

enum status input_source_open(const char *path, struct input_source **out, struct error *err)
{
    struct input_source *source = mem_array(1, sizeof *source);
    enum status st = STATUS_OK;

    if (source == NULL)
        return error_no_memory(err, "a ledger file");
    source->path = path;
    source->fd = -1;
    TRY(open_for_reading(path, &source->fd, err));
    TRY(regular_size(source->fd, path, &source->size, err));
    TRY(start_unpacking(source, err));
    *out = source;
    source = NULL;
done:
    input_source_close(source);
    return st;
}

void input_source_close(struct input_source *source)
{
    if (source == NULL)
        return;
    if (source->gzip_ready)
        inflateEnd(&source->gzip);
    ZSTD_freeDStream(source->zstd);
    free(source->packed);
    if (source->fd >= 0)
        close(source->fd);
    free(source);
}

enum input_packing input_source_packing(const struct input_source *source)
{
    return source->packing;
}

int64_t input_source_size(const struct input_source *source)
{
    return source->size;
}

int64_t input_source_taken(const struct input_source *source)
{
    return source->taken;
}

enum status input_source_read(struct input_source *source, char *byte, size_t n, size_t *got,
                              struct error *err)
{
    enum status st = source->packing == PACKING_NONE ? read_file(source, byte, n, got, err)
                                                     : unpack(source, byte, n, got, err);

    if (st == STATUS_OK)
        source->at += (int64_t)*got;
    return st;
}

enum status input_source_skip(struct input_source *source, int64_t offset, struct error *err)
{
    char *skipped = NULL;
    enum status st = STATUS_OK;

    if (source->packing == PACKING_NONE) {
        source->at = source->taken = offset;
        return STATUS_OK;
    }
    skipped = mem_array(SKIP_BUFFER, 1);
    if (skipped == NULL)
        return error_no_memory(err, "unpacking a ledger");
    while (source->at < offset) {
        int64_t left = offset - source->at;
        size_t n = left < SKIP_BUFFER ? (size_t)left : SKIP_BUFFER, got = 0;
        TRY(input_source_read(source, skipped, n, &got, err));
        if (got < n)
            TRY(refuse_archive(source, "it is shorter than when it was looked at", err));
    }
done:
    free(skipped);
    return st;
}
