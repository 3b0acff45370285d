#ifndef TIEOUT_INPUT_LIST_H
#define TIEOUT_INPUT_LIST_H

#include "status.h"
#include <stddef.h>

/* The ledgers, or the reviews, that the operands of a command line stand for. */
struct input_list {
    size_t n;
    char **path; /* [n] */
};

/* A file stands for itself, a directory for the *.csv, *.csv.gz and *.csv.zst files in it
 * (capitals or not, hidden ones not), by name in byte order. STATUS_NO_INPUT if a directory has
 * none or cannot be read, STATUS_PERMISSION if it may not be, STATUS_USAGE if two operands come
 * to the same file, which would count it twice. Whether a file can be read is seen later. *list
 * is produced. */
enum status input_list_expand(const char *const *operand, size_t n, struct input_list *list,
                              struct error *err);

void input_list_free(struct input_list *list); /* leaves an empty list */

#endif
