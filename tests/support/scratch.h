#ifndef TIEOUT_SCRATCH_H
#define TIEOUT_SCRATCH_H

/* A folder for one test, below the one the test runs in, and what tests do with files in it. */

#include <CUnit/CUnit.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_PATH = 320 };

struct scratch {
    char folder[32];
};

static inline struct scratch scratch_make(void)
{
    struct scratch scratch = {"tieout-test-XXXXXX"};

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scratch.folder));
    return scratch;
}

static inline void scratch_path(const struct scratch *scratch, const char *name,
                                char path[SCRATCH_PATH])
{
    snprintf(path, SCRATCH_PATH, "%s/%s", scratch->folder, name);
}

/* Files in the folder; removes them, too, if asked to. */
static inline size_t scratch_count(const struct scratch *scratch, int removing)
{
    DIR *dir = opendir(scratch->folder);
    size_t n = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[SCRATCH_PATH];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        scratch_path(scratch, entry->d_name, path);
        if (removing && remove(path) != 0)
            CU_FAIL("a file of the test cannot be removed");
        n++;
    }
    closedir(dir);
    return n;
}

static inline void scratch_remove(const struct scratch *scratch)
{
    scratch_count(scratch, 1);
    CU_ASSERT_EQUAL(rmdir(scratch->folder), 0);
}

/* Writes a new file, whatever was there, and gives it that mode, whatever the umask. */
static inline void scratch_put(const char *path, const char *byte, size_t n, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, byte, n), (ssize_t)n);
    CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
    close(fd);
}

/* A full disk: no file of this process gets longer. RLIM_INFINITY: there is room again. */
static inline void scratch_limit(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
