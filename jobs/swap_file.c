/* Replaces a file in one step: whoever reads the name sees the whole old file or the whole new
 * one, after a crash too, as the bytes are synced before the rename and the folder after it.
 * The temporary name carries the process id, so that two runs do not write into one another. */
#include "swap_file.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status cannot(struct error *err, enum status code, const char *what,
                          const char *path)
{
    int why = errno;

    if (why == EACCES || why == EPERM || why == EROFS)
        code = STATUS_PERMISSION;
    return error_set(err, code, "cannot %s %s: %s", what, path, strerror(why));
}

/* folder/name, and folder/.name.PID; false if memory is short. */
static bool make_names(struct swap_file *swap, const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 32;

    swap->path = mem_array(room, 1);
    swap->temporary = mem_array(room, 1);
    if (swap->path == NULL || swap->temporary == NULL)
        return false;
    snprintf(swap->path, room, "%s/%s", folder, name);
    snprintf(swap->temporary, room, "%s/.%s.%ld", folder, name, (long)getpid());
    return true;
}

enum status swap_file_open(struct swap_file *swap, const char *folder, const char *name,
                           struct error *err)
{
    int fd = -1;

    if (!make_names(swap, folder, name))
        return error_no_memory(err, "the name of a file");
    fd = open(swap->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    swap->out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (swap->out == NULL) {
        enum status st = cannot(err, STATUS_CREATE, "create", swap->temporary);
        if (fd >= 0)
            close(fd);
        return st;
    }
    return STATUS_OK;
}

enum status swap_file_finish(struct swap_file *swap, struct error *err)
{
    FILE *out = swap->out;
    bool written = false;
    int why = 0;

    errno = 0;
    written = fflush(out) == 0 && !ferror(out) && fsync(fileno(out)) == 0;
    why = errno;
    swap->out = NULL;
    if (fclose(out) != 0 && written) {
        written = false;
        why = errno;
    }
    errno = why != 0 ? why : EIO;
    return written ? STATUS_OK : cannot(err, STATUS_WRITE, "write", swap->temporary);
}

static enum status read_all(FILE *in, const char *path, char **bytes, size_t *n,
                            struct error *err)
{
    size_t capacity = 0;

    for (*n = 0;;) {
        if (*n == capacity) {
            capacity = mem_grow(capacity, capacity + BUFSIZ);
            char *more = mem_resize(*bytes, capacity, 1);
            if (more == NULL)
                return error_no_memory(err, path);
            *bytes = more;
        }
        size_t got = fread(*bytes + *n, 1, capacity - *n, in);
        *n += got;
        if (got == 0)
            return ferror(in) ? cannot(err, STATUS_CREATE, "read", path) : STATUS_OK;
    }
}

enum status swap_file_read_old(const struct swap_file *swap, char **old, size_t *n,
                               struct error *err)
{
    FILE *in = fopen(swap->path, "rb");
    char *bytes = NULL;
    enum status st = STATUS_OK;

    if (in == NULL && errno == ENOENT) {
        *old = NULL;
        *n = 0;
        return STATUS_OK;
    }
    if (in == NULL)
        return cannot(err, STATUS_CREATE, "read", swap->path);
    TRY(read_all(in, swap->path, &bytes, n, err));
    *old = bytes;
    bytes = NULL;
done:
    free(bytes);
    fclose(in);
    return st;
}

bool swap_file_is_same(const struct swap_file *swap, const char *byte, size_t n)
{
    FILE *in = fopen(swap->temporary, "rb");
    char piece[BUFSIZ];
    bool same = in != NULL;
    size_t done = 0;
    size_t got = 0;

    while (same && (got = fread(piece, 1, sizeof piece, in)) > 0) {
        same = got <= n - done && memcmp(piece, byte + done, got) == 0;
        done += got;
    }
    same = same && !ferror(in) && done == n;
    if (in != NULL)
        fclose(in);
    return same;
}

/* A rename is on disk when its folder is. Some file systems cannot sync a folder; they say
 * EINVAL and order renames themselves. */
static bool sync_folder_of(const char *path)
{
    char *folder = strdup(path);
    int fd = -1;
    bool synced = false;

    if (folder == NULL)
        return false;
    *strrchr(folder, '/') = '\0';
    fd = open(folder[0] != '\0' ? folder : "/", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        synced = fsync(fd) == 0 || errno == EINVAL;
        close(fd);
    }
    free(folder);
    return synced;
}

enum status swap_file_commit(struct swap_file *swap, struct error *err)
{
    if (rename(swap->temporary, swap->path) != 0)
        return cannot(err, STATUS_CREATE, "create", swap->path);
    free(swap->temporary);
    swap->temporary = NULL;
    if (!sync_folder_of(swap->path))
        return cannot(err, STATUS_WRITE, "sync the folder of", swap->path);
    return STATUS_OK;
}

void swap_file_close(struct swap_file *swap)
{
    if (swap->out != NULL)
        fclose(swap->out);
    if (swap->temporary != NULL)
        unlink(swap->temporary);
    free(swap->temporary);
    free(swap->path);
    *swap = (struct swap_file){0};
}
