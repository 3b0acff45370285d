/* Operands to files. A folder of months is read in the order of its names, which for
 * 2024-01.csv, 2024-02.csv ... is that of the months. What stands in its sub-folders is left
 * alone: results and what follows them lie there. */
#include "input_list.h"

#include "mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* path, or folder/name; NULL if memory is short. */
static char *make_path(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = mem_array(n, 1);
    bool slash = name[0] != '\0' && folder[0] != '\0' && folder[strlen(folder) - 1] != '/';

    if (path != NULL)
        snprintf(path, n, "%s%s%s", folder, slash ? "/" : "", name);
    return path;
}

static enum status add_path(struct input_list *list, const char *folder, const char *name,
                            struct error *err)
{
    char **more = mem_resize(list->path, list->n + 1, sizeof *more);

    if (more == NULL)
        return error_no_memory(err, "the list of files");
    list->path = more;
    list->path[list->n] = make_path(folder, name);
    if (list->path[list->n] == NULL)
        return error_no_memory(err, "the list of files");
    list->n++;
    return STATUS_OK;
}

static bool is_ledger_name(const char *name)
{
    static const char *const ending[] = {".csv", ".csv.gz", ".csv.zst"};
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        size_t n = strlen(ending[i]);
        if (length > n && strcasecmp(name + length - n, ending[i]) == 0)
            return name[0] != '.';
    }
    return false;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status add_folder(struct input_list *list, const char *folder, struct error *err)
{
    size_t first = list->n;
    DIR *stream = opendir(folder);
    enum status st = STATUS_OK;

    if (stream == NULL)
        return error_set(err, errno == EACCES ? STATUS_PERMISSION : STATUS_NO_INPUT,
                         "%s: the folder cannot be read: %s", folder, strerror(errno));
    for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream))
        if (is_ledger_name(entry->d_name))
            TRY(add_path(list, folder, entry->d_name, err));
    if (list->n == first)
        TRY(error_set(err, STATUS_NO_INPUT,
                      "%s: there is no *.csv, *.csv.gz or *.csv.zst file in this folder",
                      folder));
    qsort(list->path + first, list->n - first, sizeof *list->path, compare_paths);
done:
    closedir(stream);
    return st;
}

/* A file there are two names for would be counted twice. */
static enum status check_twice(const struct input_list *list, struct error *err)
{
    struct stat *info = mem_array(list->n, sizeof *info);
    enum status st = STATUS_OK;

    if (info == NULL)
        return error_no_memory(err, "the list of files");
    for (size_t i = 0; i < list->n; i++) {
        if (stat(list->path[i], &info[i]) != 0)
            continue; /* all zero: no file has that number */
        for (size_t k = 0; k < i; k++)
            if (info[k].st_ino == info[i].st_ino && info[k].st_dev == info[i].st_dev)
                TRY(error_set(err, STATUS_USAGE,
                              "%.400s and %.400s are the same file, which would count it twice",
                              list->path[k], list->path[i]));
    }
done:
    free(info);
    return st;
}

enum status input_list_expand(const char *const *operand, size_t n, struct input_list *list,
                              struct error *err)
{
    struct input_list found = {.n = 0};
    enum status st = STATUS_OK;

    for (size_t i = 0; i < n; i++) {
        struct stat info;
        if (stat(operand[i], &info) == 0 && S_ISDIR(info.st_mode))
            TRY(add_folder(&found, operand[i], err));
        else
            TRY(add_path(&found, operand[i], "", err));
    }
    TRY(check_twice(&found, err));
    *list = found;
    found = (struct input_list){0};
done:
    input_list_free(&found);
    return st;
}

void input_list_free(struct input_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->path[i]);
    free(list->path);
    *list = (struct input_list){0};
}
