#ifndef TIEOUT_NEAREST_H
#define TIEOUT_NEAREST_H

#include <stddef.h>

/* Edits that turn one word into the other: a letter added, left out or replaced, or two
 * neighbours swapped (no letter is edited twice). Capitals count as small letters, '_' as '-'.
 * Words of more than 63 bytes are as far apart as the longer one is long. */
size_t nearest_distance(const char *a, const char *b);

/* The known word that was probably meant: the one with the fewest edits, the first of equals,
 * provided they are at most a third of word's length, or 1. NULL if none is that near. */
const char *nearest_find(const char *word, const char *const *known, size_t n_known);

#endif
