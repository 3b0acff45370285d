/* Secrets out of files and the environment, with the checks that ssh and libpq make of theirs:
 * the file is opened once and everything is asked of the descriptor, so that it cannot be
 * exchanged between the look and the reading. A file that others can read is refused, not
 * warned about, as the secret is known by then. It is read straight into the caller's struct,
 * so there is no second copy to erase. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* explicit_bzero */
#endif
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUP_READ = 0040, OTHERS = 0077 };

enum place { NOWHERE, IN_FILE, IN_CREDENTIALS, IN_VARIABLE };

/* The path systemd gives a service's credential; false if there is none. */
static bool find_credential(const char *name, char path[PATH_MAX])
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    int n = folder != NULL ? snprintf(path, PATH_MAX, "%s/%s", folder, name) : -1;

    return n >= 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

static enum place find_place(const struct secret_source *source, const char *name,
                             char credential[PATH_MAX])
{
    if (source->file != NULL)
        return IN_FILE;
    if (find_credential(name, credential))
        return IN_CREDENTIALS;
    return source->variable != NULL ? IN_VARIABLE : NOWHERE;
}

bool secret_is_named(const struct secret_source *source, const char *name)
{
    char credential[PATH_MAX];

    return find_place(source, name, credential) != NOWHERE;
}

bool secret_is_exposed(const struct secret_source *source, const char *name)
{
    char credential[PATH_MAX];

    return find_place(source, name, credential) == IN_VARIABLE;
}

void secret_erase(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

static enum status cannot_read(const char *path, const char *name, int reason,
                               struct error *err)
{
    if (reason == ELOOP)
        return error_set(err, STATUS_PERMISSION,
                         "%s: %s is a symbolic link: name the file itself", name, path);
    return error_set(err,
                     reason == EACCES || reason == EPERM ? STATUS_PERMISSION : STATUS_NO_INPUT,
                     "%s: cannot read %s: %s", name, path, strerror(reason));
}

/* allowed: bits of others that are no danger. */
static enum status check_file(int fd, const char *path, const char *name, mode_t allowed,
                              struct error *err)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return cannot_read(path, name, errno, err);
    if (!S_ISREG(about.st_mode))
        return error_set(err, STATUS_PERMISSION, "%s: %s is not a regular file", name, path);
    if (about.st_uid != geteuid() && about.st_uid != 0)
        return error_set(err, STATUS_PERMISSION, "%s: %s belongs to another user (%lu)", name,
                         path, (unsigned long)about.st_uid);
    if ((about.st_mode & OTHERS & ~(about.st_uid == 0 ? allowed : 0)) != 0)
        return error_set(err, STATUS_PERMISSION,
                         "%s: others can use %s (mode %04o): chmod 600 %s", name, path,
                         (unsigned)about.st_mode & 07777u, path);
    if (about.st_size > SECRET_MAX + 1)
        return error_set(err, STATUS_CONFIG, "%s: %s is longer than %d bytes", name, path,
                         SECRET_MAX);
    return STATUS_OK;
}

/* Fills text with at most its SECRET_MAX + 1 bytes; -1 on an error. */
static ssize_t read_bytes(int fd, char text[SECRET_MAX + 1])
{
    ssize_t n = 0;
    ssize_t got = 1;

    while (got != 0 && n < SECRET_MAX + 1) {
        got = read(fd, text + n, (size_t)(SECRET_MAX + 1 - n));
        if (got < 0 && errno != EINTR)
            return -1;
        n += got > 0 ? got : 0;
    }
    return n;
}

static enum status read_file(const char *path, const char *name, mode_t allowed,
                             struct secret *secret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = 0;
    enum status st = STATUS_OK;

    if (fd < 0)
        return cannot_read(path, name, errno, err);
    TRY(check_file(fd, path, name, allowed, err));
    n = read_bytes(fd, secret->text);
    if (n < 0)
        TRY(cannot_read(path, name, errno, err));
    if (n > 0 && secret->text[n - 1] == '\n')
        n--;
    if (n > 0 && n < SECRET_MAX + 1 && secret->text[n] == '\n' && secret->text[n - 1] == '\r')
        n--;
    if (n > SECRET_MAX)
        TRY(error_set(err, STATUS_CONFIG, "%s: %s is longer than %d bytes", name, path,
                      SECRET_MAX));
    secret->n = (size_t)n;
    secret->text[n] = '\0';
done:
    close(fd);
    return st;
}

static enum status read_variable(const char *variable, const char *name, struct secret *secret,
                                 struct error *err)
{
    const char *value = getenv(variable);

    if (value == NULL)
        return error_set(err, STATUS_CONFIG, "%s: the variable %s is not set", name, variable);
    if (strlen(value) > SECRET_MAX)
        return error_set(err, STATUS_CONFIG, "%s: the variable %s is longer than %d bytes",
                         name, variable, SECRET_MAX);
    secret->n = strlen(value);
    memcpy(secret->text, value, secret->n + 1);
    return STATUS_OK;
}

/* A secret goes into headers and commands: a line end in it would begin a line of its own. */
static enum status check_text(const struct secret *secret, const char *where, const char *name,
                              struct error *err)
{
    if (secret->n == 0)
        return error_set(err, STATUS_CONFIG, "%s: %s is empty", name, where);
    for (size_t i = 0; i < secret->n; i++)
        if ((unsigned char)secret->text[i] < ' ' || secret->text[i] == '\x7f')
            return error_set(err, STATUS_CONFIG,
                             "%s: %s has a control character at byte %zu: it must be one line",
                             name, where, i + 1);
    return STATUS_OK;
}

enum status secret_read(const struct secret_source *source, const char *name,
                        struct secret *secret, struct error *err)
{
    char credential[PATH_MAX];
    const char *where = NULL;
    enum status st = STATUS_OK;

    memset(secret, 0, sizeof *secret);
    switch (find_place(source, name, credential)) {
    case NOWHERE:
        return STATUS_OK;
    case IN_FILE:
        where = source->file;
        TRY(read_file(where, name, 0, secret, err));
        break;
    case IN_CREDENTIALS:
        /* systemd lets the service's user read root's file by an access list, which shows as
         * the group's bit. */
        where = credential;
        TRY(read_file(where, name, GROUP_READ, secret, err));
        break;
    case IN_VARIABLE:
        where = source->variable;
        TRY(read_variable(where, name, secret, err));
        break;
    }
    TRY(check_text(secret, where, name, err));
done:
    if (st != STATUS_OK)
        secret_erase(secret);
    return st;
}
