#ifndef TIEOUT_MISSING_H
#define TIEOUT_MISSING_H

#include <stdbool.h>
#include <stddef.h>

/* Is text, already without blanks around it, empty or one of the spellings that pandas 1.5.3's
 * read_csv takes for a missing value by default ("NA", "#N/A", "null" ...)? Case matters. */
bool text_is_missing(const char *text, size_t length);

#endif
