/* Files of the follow-up's folder. What is to be written is compared with what is there, so that
 * a second run changes nothing, not even a time stamp, and whoever watches the folder is told
 * only of news. */
#include "draft.h"

#include "atomic_file.h"
#include "mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *draft_path(const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    char *path = mem_array(room, 1);

    if (path != NULL)
        snprintf(path, room, "%s/%s", folder, name);
    return path;
}

static enum status cannot_read(const char *path, int reason, struct error *err)
{
    return error_set(err, reason == EACCES ? STATUS_PERMISSION : STATUS_CREATE,
                     "cannot read %s: %s", path, strerror(reason));
}

/* The rest of in; *byte is produced. */
static enum status read_rest(FILE *in, const char *path, char **byte, size_t *n,
                             struct error *err)
{
    size_t capacity = 0;
    char *read = NULL;
    enum status st = STATUS_OK;

    *n = 0;
    while (!feof(in) && !ferror(in)) {
        if (*n == capacity) {
            capacity = mem_grow(capacity, capacity + BUFSIZ);
            char *more = mem_resize(read, capacity, 1);
            if (more == NULL)
                TRY(error_no_memory(err, path));
            read = more;
        }
        *n += fread(read + *n, 1, capacity - *n, in);
    }
    if (ferror(in))
        TRY(cannot_read(path, errno, err));
    *byte = read;
    read = NULL;
done:
    free(read);
    return st;
}

enum status draft_read(const char *folder, const char *name, char **byte, size_t *n,
                       struct error *err)
{
    char *path = draft_path(folder, name);
    FILE *in = path != NULL ? fopen(path, "rb") : NULL;
    enum status st = STATUS_OK;

    *byte = NULL;
    *n = 0;
    if (path == NULL)
        TRY(error_no_memory(err, "the name of a file"));
    if (in == NULL && errno != ENOENT)
        TRY(cannot_read(path, errno, err));
    if (in != NULL)
        TRY(read_rest(in, path, byte, n, err));
done:
    if (in != NULL)
        fclose(in);
    free(path);
    return st;
}

static enum status write_all(const struct atomic_file *file, const char *byte, size_t n,
                             struct error *err)
{
    int fd = atomic_file_descriptor(file);

    while (n > 0) {
        ssize_t written = write(fd, byte, n);
        if (written < 0 && errno != EINTR)
            return error_set(err, STATUS_WRITE, "cannot write %s: %s", atomic_file_path(file),
                             strerror(errno));
        byte += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    return STATUS_OK;
}

enum status draft_write(const char *folder, const char *name, const char *byte, size_t n,
                        bool *changed, struct error *err)
{
    struct atomic_file *file = NULL;
    char *path = draft_path(folder, name);
    char *old = NULL;
    size_t n_old = 0;
    bool same = false;
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(err, "the name of a file"));
    TRY(draft_read(folder, name, &old, &n_old, err));
    same = old != NULL && n_old == n && (n == 0 || memcmp(old, byte, n) == 0);
    if (!same) {
        TRY(atomic_file_create(path, true, &file, err));
        TRY(write_all(file, byte, n, err));
        TRY(atomic_file_commit(&file, err));
    }
    if (changed != NULL)
        *changed = !same;
done:
    atomic_file_abandon(file);
    free(old);
    free(path);
    return st;
}
