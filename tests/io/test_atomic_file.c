/* Files that appear whole or not at all. What results.h5 needs of them on top (full disks, files
 * that appear meanwhile) is in test_results_failures.c. */
#include "atomic_file.h"

#include "suite.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes text to path; gives it its name. */
static enum status put(const char *path, bool force, const char *text, struct error *err)
{
    struct atomic_file *file = NULL;
    enum status st = STATUS_OK;

    TRY(atomic_file_create(path, force, &file, err));
    CU_ASSERT_STRING_EQUAL(atomic_file_path(file), path);
    CU_ASSERT_EQUAL(write(atomic_file_descriptor(file), text, strlen(text)),
                    (ssize_t)strlen(text));
    TRY(atomic_file_commit(&file, err));
    CU_ASSERT_PTR_NULL(file);
done:
    return st;
}

static void expect_content(const char *path, const char *text)
{
    char got[64] = "";
    int fd = open(path, O_RDONLY);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(read(fd, got, sizeof got - 1), (ssize_t)strlen(text));
    CU_ASSERT_STRING_EQUAL(got, text);
    close(fd);
}

static void check_replace(void)
{
    struct error err;

    CU_ASSERT_EQUAL(put("one", false, "first", &err), STATUS_OK);
    expect_content("one", "first");
    CU_ASSERT_EQUAL(put("one", false, "second", &err), STATUS_CREATE);
    expect_content("one", "first");
    CU_ASSERT_EQUAL(put("./one", true, "second", &err), STATUS_OK);
    expect_content("one", "second");
    unlink("one");
}

static void check_temporary(void)
{
    struct atomic_file *file = NULL, *again = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(atomic_file_create("two", false, &file, &err), STATUS_OK);
    CU_ASSERT_EQUAL(atomic_file_temporary(file)[0], '.');
    CU_ASSERT_EQUAL(access(atomic_file_temporary(file), F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access("two", F_OK), 0);
    CU_ASSERT_EQUAL_FATAL(atomic_file_create("two", false, &again, &err), STATUS_OK);
    CU_ASSERT_STRING_NOT_EQUAL(atomic_file_temporary(file), atomic_file_temporary(again));
    CU_ASSERT_EQUAL(atomic_file_commit(&file, &err), STATUS_OK);
    CU_ASSERT_EQUAL(atomic_file_commit(&again, &err), STATUS_CREATE);
    CU_ASSERT_EQUAL(access("two", F_OK), 0);
    unlink("two");
    atomic_file_abandon(NULL);
}

static void check_long_names(void)
{
    char name[300];
    struct error err;

    memset(name, 'n', sizeof name);
    name[255] = '\0';
    CU_ASSERT_EQUAL(put(name, false, "x", &err), STATUS_OK);
    expect_content(name, "x");
    unlink(name);
    name[255] = 'n', name[256] = '\0';
    CU_ASSERT_EQUAL(put(name, false, "x", &err), STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "name too long"));
}

static void check_link(void)
{
    struct error err;
    struct stat about;

    CU_ASSERT_EQUAL(put("target", false, "old", &err), STATUS_OK);
    CU_ASSERT_EQUAL(symlink("target", "link"), 0);
    CU_ASSERT_EQUAL(put("link", true, "new", &err), STATUS_OK);
    expect_content("target", "old");
    expect_content("link", "new");
    CU_ASSERT(lstat("link", &about) == 0 && S_ISREG(about.st_mode));
    unlink("link");
    unlink("target");
}

/* A file without the group's write bit, as the process's mask says, not one only its owner can
 * read, as temporary files often are. */
static void check_mode(void)
{
    struct error err;
    struct stat about;

    mode_t mask = umask(027);
    CU_ASSERT_EQUAL(put("mode", false, "x", &err), STATUS_OK);
    umask(mask);
    CU_ASSERT_EQUAL(stat("mode", &about), 0);
    CU_ASSERT_EQUAL(about.st_mode & 0777, 0640);
    unlink("mode");
}

int main(void)
{
    static const struct fact fact[] = {
        {"a file is replaced with force and kept without", check_replace},
        {"until the commit there is a hidden file only, each writer its own", check_temporary},
        {"a name may be as long as the file system takes", check_long_names},
        {"a symbolic link is replaced, what it points to is kept", check_link},
        {"the mode is what the process's mask leaves", check_mode},
    };
    char folder[] = "/tmp/tieout-atomic-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;
    int failed = suite_run("atomic_file", fact, sizeof fact / sizeof *fact);
    return rmdir(folder) != 0 || failed; /* a file left behind keeps the folder */
}
