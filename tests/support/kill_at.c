/* Preloaded into a process by tests/cli/test_kill.py: sends it a signal ahead of the n-th of the
 * calls by which it changes something that outlives it: a file made durable, named or removed,
 * bytes handed to a socket. So a test can stop it at every point where the outbox and the
 * services may disagree, without a line of the program knowing. What stands after call n is what
 * stands ahead of call n + 1, so both sides of each call are tried.
 *   KILL_AT    n, from 1
 *   KILL_WITH  the signal's number; 9 if not set */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void count_call(void)
{
    static _Atomic long n_call;
    const char *at = getenv("KILL_AT");
    const char *with = getenv("KILL_WITH");

    if (++n_call == (at != NULL ? atol(at) : 0))
        raise(with != NULL ? atoi(with) : SIGKILL);
}

/* Counts, then calls the definition that ours hides. The cast is how POSIX has it done. */
#define COUNT_AND_CALL(name, ...)                                                              \
    __typeof__(name) *real = NULL;                                                             \
    *(void **)(&real) = dlsym(RTLD_NEXT, #name);                                               \
    count_call();                                                                              \
    return real(__VA_ARGS__)

int fsync(int fd)
{
    COUNT_AND_CALL(fsync, fd);
}

int fdatasync(int fd)
{
    COUNT_AND_CALL(fdatasync, fd);
}

int rename(const char *from, const char *to)
{
    COUNT_AND_CALL(rename, from, to);
}

int unlink(const char *path)
{
    COUNT_AND_CALL(unlink, path);
}

int mkdir(const char *path, mode_t mode)
{
    COUNT_AND_CALL(mkdir, path, mode);
}

ssize_t send(int fd, const void *byte, size_t n, int flags)
{
    COUNT_AND_CALL(send, fd, byte, n, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    COUNT_AND_CALL(sendmsg, fd, message, flags);
}
