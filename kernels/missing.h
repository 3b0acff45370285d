#ifndef TIEOUT_MISSING_H
#define TIEOUT_MISSING_H

#include "ascii.h"
#include <stdbool.h>
#include <stddef.h>

/* Is text one of pandas' spellings of a missing value, "" among them? */
bool text_spells_missing(const char *text, size_t length);

/* Is text, already without blanks around it, empty or one of the spellings that pandas 1.5.3's
 * read_csv takes for a missing value by default ("NA", "#N/A", "null" ...)? Case matters. Most
 * texts are told by their first byte, numbers by their last. */
static inline bool text_is_missing(const char *text, size_t length)
{
    if (length == 0)
        return true;
    switch (text[0]) {
    case '#':
    case '-':
    case '1':
    case '<':
    case 'N':
    case 'n':
        return !ascii_is_digit(text[length - 1]) && text_spells_missing(text, length);
    default:
        return false;
    }
}

#endif
