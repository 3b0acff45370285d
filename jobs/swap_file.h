#ifndef TIEOUT_SWAP_FILE_H
#define TIEOUT_SWAP_FILE_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A file that is written beside the one it is to replace. Order of calls: open, write to out,
 * finish, then commit or not, close. */
struct swap_file {
    char *path;      /* the name to replace */
    char *temporary; /* in the same folder; NULL once committed */
    FILE *out;       /* to write to, until finish */
};

/* STATUS_CREATE or STATUS_PERMISSION if folder does not let a file be made. swap is zero
 * before; whether this succeeds or not, it is to be closed. */
enum status swap_file_open(struct swap_file *swap, const char *folder, const char *name,
                           struct error *err);

/* Everything written is on disk; STATUS_WRITE if not. */
enum status swap_file_finish(struct swap_file *swap, struct error *err);

/* The bytes under the final name, *old to be freed by the caller; NULL if there is no file. */
enum status swap_file_read_old(const struct swap_file *swap, char **old, size_t *n,
                               struct error *err);

/* Whether the finished temporary file holds just byte[n]; false also if that cannot be read. */
bool swap_file_is_same(const struct swap_file *swap, const char *byte, size_t n);

/* Renames the temporary file to the final name and syncs the folder. */
enum status swap_file_commit(struct swap_file *swap, struct error *err);

/* Removes the temporary file if it was not committed, and releases the names. */
void swap_file_close(struct swap_file *swap);

#endif
