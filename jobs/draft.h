#ifndef TIEOUT_DRAFT_H
#define TIEOUT_DRAFT_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>

/* Writes byte[n] as folder/name, whole or not at all; a file that has this content already is
 * left alone, time stamp and all. *changed (may be NULL) out: whether it was written. */
enum status draft_write(const char *folder, const char *name, const char *byte, size_t n,
                        bool *changed, struct error *err);

/* The bytes of folder/name; *byte is produced, free() it: NULL if there is no such file. */
enum status draft_read(const char *folder, const char *name, char **byte, size_t *n,
                       struct error *err);

/* "folder/name"; the caller frees it. NULL if memory is short. */
char *draft_path(const char *folder, const char *name);

#endif
