/* The spellings of a missing value, against the list in pandas 1.5.3's documentation of
 * read_csv (pandas._libs.parsers.STR_NA_VALUES). */
#include "missing.h"
#include "suite.h"

#include <string.h>

static const char *const NA[] = {
    "",        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
    "1.#QNAN", "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null",
};

enum { N_NA = sizeof NA / sizeof NA[0] };

static void every_spelling_is_missing(void)
{
    for (size_t i = 0; i < N_NA; i++)
        CU_ASSERT(text_is_missing(NA[i], strlen(NA[i])));
}

static bool is_listed(const char *text, size_t length)
{
    for (size_t i = 0; i < N_NA; i++)
        if (strlen(NA[i]) == length && memcmp(NA[i], text, length) == 0)
            return true;
    return false;
}

/* Each spelling with one byte changed, and with its last byte gone. */
static void one_byte_beside_is_missing_only_if_listed(void)
{
    for (size_t i = 0; i < N_NA; i++) {
        size_t length = strlen(NA[i]);
        char text[16] = "";
        memcpy(text, NA[i], length);
        if (length > 0)
            CU_ASSERT_EQUAL(text_is_missing(text, length - 1), is_listed(text, length - 1));
        for (size_t at = 0; at <= length; at++) /* at the end: one byte more */
            for (int c = 0; c < 256; c++) {
                size_t n = at < length ? length : length + 1;
                memcpy(text, NA[i], length);
                text[at] = (char)c;
                CU_ASSERT_EQUAL(text_is_missing(text, n), is_listed(text, n));
            }
    }
}

static void other_texts_are_values(void)
{
    static const char *const value[] = {"None", "none", "Null", "NAN", "na", "N A", "-",
                                        "0",    "1.0",  "-1",   "#",   "<",  "inf", "NA "};

    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
        CU_ASSERT_FALSE(text_is_missing(value[i], strlen(value[i])));
}

int main(void)
{
    static const struct fact fact[] = {
        {"every spelling of pandas is missing", every_spelling_is_missing},
        {"a text one byte beside a spelling is missing only if listed",
         one_byte_beside_is_missing_only_if_listed},
        {"other texts are values", other_texts_are_values},
    };

    return suite_run("missing", fact, sizeof fact / sizeof fact[0]);
}
