/* pandas 1.5.3's default spellings of a missing value (its documentation of read_csv, na_values). */
#include "missing.h"

#include <string.h>

bool text_spells_missing(const char *text, size_t length)
{
    static const char *const spelling[] = {
        "",        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
        "1.#QNAN", "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null",
    };

    for (size_t i = 0; i < sizeof spelling / sizeof spelling[0]; i++)
        if (strlen(spelling[i]) == length && memcmp(spelling[i], text, length) == 0)
            return true;
    return false;
}
