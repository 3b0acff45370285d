/* Write, sync, rename: a reader sees the old file or the new one, never a part, and a crash
 * leaves at most a file with a leading dot. The temporary file lies in the same folder because
 * only there a rename is atomic. Without force the name is given by link(), which refuses to
 * replace: testing for the name first would leave a gap in which a file can appear. A symbolic
 * link under the name is replaced, not followed. */
#include "atomic_file.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct atomic_file {
    char *path;
    char *folder;
    char *temporary;
    bool force;
    int fd;
};

enum {
    BASE_KEPT = 200, /* bytes of the name that the temporary one repeats: names end at 255 */
    NAME_TRIES = 100 /* another node may have our process number, or a killed run its file */
};

static enum status cannot_create(const char *path, int reason, struct error *err)
{
    bool forbidden = reason == EACCES || reason == EPERM || reason == EROFS;
    return error_set(err, forbidden ? STATUS_PERMISSION : STATUS_CREATE,
                     "cannot create %s: %s%s", path, strerror(reason),
                     reason == ENOENT ? " (does its folder exist?)" : "");
}

static enum status exists_already(const char *path, struct error *err)
{
    return error_set(err, STATUS_CREATE,
                     "%s exists already: choose another name, or --force to replace it", path);
}

static enum status check_target(const char *path, bool force, struct error *err)
{
    struct stat about;

    size_t length = strlen(path);
    if (length == 0)
        return error_set(err, STATUS_CREATE, "the name of the output file is empty");
    if (path[length - 1] == '/')
        return error_set(err, STATUS_CREATE, "cannot create %s: it names a folder", path);
    if (stat(path, &about) != 0)
        return STATUS_OK; /* what is wrong with the folder, the opening tells */
    if (!S_ISREG(about.st_mode))
        return error_set(err, STATUS_CREATE, "cannot create %s: it is %s", path,
                         S_ISDIR(about.st_mode) ? "a folder" : "not a regular file");
    return force ? STATUS_OK : exists_already(path, err);
}

/* Folder part and temporary name of path; false if memory is short. */
static bool name_parts(struct atomic_file *file, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = strlen(path);
    size_t head = slash == NULL ? 0 : (size_t)(slash - path) + 1;

    file->path = mem_array(length + 1, 1);
    file->folder = mem_array(head + 2, 1);
    file->temporary = mem_array(head + BASE_KEPT + 64, 1);
    if (file->path == NULL || file->folder == NULL || file->temporary == NULL)
        return false;
    memcpy(file->path, path, length);
    memcpy(file->folder, head > 0 ? path : ".", head > 0 ? head : 1);
    return true;
}

static int open_temporary(struct atomic_file *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *base = slash == NULL ? file->path : slash + 1;
    int head = (int)(base - file->path);

    for (int i = 0; i < NAME_TRIES; i++) {
        sprintf(file->temporary, "%.*s.%.*s.tieout-%ld-%d", head, file->path, BASE_KEPT, base,
                (long)getpid(), i);
        int fd = open(file->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static void release(struct atomic_file *file)
{
    free(file->path);
    free(file->folder);
    free(file->temporary);
    free(file);
}

enum status atomic_file_create(const char *path, bool force, struct atomic_file **out,
                               struct error *err)
{
    enum status st = STATUS_OK;
    struct atomic_file *file = NULL;

    TRY(check_target(path, force, err));
    file = mem_array(1, sizeof *file);
    if (file == NULL)
        TRY(error_no_memory(err, "a file name"));
    file->fd = -1;
    file->force = force;
    if (!name_parts(file, path))
        TRY(error_no_memory(err, "a file name"));
    file->fd = open_temporary(file);
    if (file->fd < 0)
        TRY(cannot_create(path, errno, err));
    *out = file;
    file = NULL;
done:
    if (file != NULL)
        release(file);
    return st;
}

int atomic_file_descriptor(const struct atomic_file *file)
{
    return file->fd;
}

const char *atomic_file_path(const struct atomic_file *file)
{
    return file->path;
}

const char *atomic_file_temporary(const struct atomic_file *file)
{
    return file->temporary;
}

static enum status cannot_write(const struct atomic_file *file, int reason, struct error *err)
{
    return error_set(err, STATUS_WRITE, "cannot write %s: %s", file->path, strerror(reason));
}

/* Closing tells too: network file systems report a full quota only then. */
static enum status sync_content(struct atomic_file *file, struct error *err)
{
    int reason = fsync(file->fd) == 0 || errno == EINVAL ? 0 : errno;
    if (close(file->fd) != 0 && reason == 0)
        reason = errno;
    file->fd = -1;
    return reason == 0 ? STATUS_OK : cannot_write(file, reason, err);
}

/* 0, or why the file could not be given its name. */
static int take_name(const struct atomic_file *file)
{
    if (file->force)
        return rename(file->temporary, file->path) == 0 ? 0 : errno;
    if (link(file->temporary, file->path) == 0) {
        unlink(file->temporary);
        return 0;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return errno;
    /* A file system without links: a look and a rename is all that is left. */
    if (access(file->path, F_OK) == 0)
        return EEXIST;
    return rename(file->temporary, file->path) == 0 ? 0 : errno;
}

/* Makes the new name survive a crash. File systems that cannot sync a folder say EINVAL. */
static enum status sync_folder(const struct atomic_file *file, struct error *err)
{
    int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return STATUS_OK; /* a folder may be writable and not readable */
    int reason = fsync(fd) == 0 || errno == EINVAL || errno == EOPNOTSUPP ? 0 : errno;
    close(fd);
    return reason == 0 ? STATUS_OK : cannot_write(file, reason, err);
}

enum status atomic_file_commit(struct atomic_file **owned, struct error *err)
{
    enum status st = STATUS_OK;
    struct atomic_file *file = *owned;
    bool in_place = false;

    *owned = NULL;
    TRY(sync_content(file, err));
    int reason = take_name(file);
    in_place = reason == 0;
    if (reason == EEXIST)
        TRY(exists_already(file->path, err));
    if (reason != 0)
        TRY(cannot_create(file->path, reason, err));
    TRY(sync_folder(file, err));
done:
    if (in_place)
        release(file);
    else
        atomic_file_abandon(file);
    return st;
}

void atomic_file_abandon(struct atomic_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        close(file->fd);
    unlink(file->temporary);
    release(file);
}
