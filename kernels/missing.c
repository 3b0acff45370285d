/* pandas' spellings of a missing value. The first byte settles it for nearly every field; the
 * few spellings behind each first byte are then compared whole. */
#include "missing.h"

#include <string.h>

enum { MOST_SPELLINGS = 5 };

static bool is_one_of(const char *text, size_t length, const char *const spelling[])
{
    for (size_t i = 0; i < MOST_SPELLINGS && spelling[i] != NULL; i++)
        if (strlen(spelling[i]) == length && memcmp(spelling[i], text, length) == 0)
            return true;
    return false;
}

bool text_is_missing(const char *text, size_t length)
{
    static const char *const hash[] = {"#N/A", "#N/A N/A", "#NA", NULL};
    static const char *const minus[] = {"-1.#IND", "-1.#QNAN", "-NaN", "-nan", NULL};
    static const char *const one[] = {"1.#IND", "1.#QNAN", NULL};
    static const char *const angle[] = {"<NA>", NULL};
    static const char *const upper[] = {"N/A", "NA", "NULL", "NaN", NULL};
    static const char *const lower[] = {"n/a", "nan", "null", NULL};

    if (length == 0)
        return true;
    switch (text[0]) {
    case '#':
        return is_one_of(text, length, hash);
    case '-':
        return is_one_of(text, length, minus);
    case '1':
        return is_one_of(text, length, one);
    case '<':
        return is_one_of(text, length, angle);
    case 'N':
        return is_one_of(text, length, upper);
    case 'n':
        return is_one_of(text, length, lower);
    default:
        return false;
    }
}
