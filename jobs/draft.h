#ifndef TIEOUT_DRAFT_H
#define TIEOUT_DRAFT_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>

/* Writes byte[n] as folder/name, whole or not at all; a file that has this content already is
 * left alone, time stamp and all. *changed (may be NULL) out: whether it was written. */
enum status draft_write(const char *folder, const char *name, const char *byte, size_t n,
                        bool *changed, struct error *err);

#endif
