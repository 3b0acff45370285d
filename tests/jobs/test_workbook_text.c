/* workbook_text.h: what a cell of a workbook can hold, up to the last character. */
#include "workbook_text.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define BAD "\xEF\xBF\xBD"

static char cell[WORKBOOK_CELL_BYTES];

static void plain_text_stays(void)
{
    static const char *const TEXT[] = {"",
                                       "=1+1",
                                       "http://example.com",
                                       "a\tb\nc",
                                       "M\u00fcnchen \u20ac \u6771\u4eac \U0001F600",
                                       "007"};

    for (size_t i = 0; i < sizeof TEXT / sizeof *TEXT; i++) {
        CU_ASSERT_FALSE(workbook_text(TEXT[i], cell));
        CU_ASSERT_STRING_EQUAL(cell, TEXT[i]);
    }
}

static void what_xml_forbids_is_replaced(void)
{
    CU_ASSERT_FALSE(workbook_text("a\x01"
                                  "b\r\x1b\x7f",
                                  cell));
    CU_ASSERT_STRING_EQUAL(cell, "a" BAD "b" BAD BAD BAD);
    CU_ASSERT_FALSE(workbook_text("\xff\xc3(\xed\xa0\x80", cell)); /* broken, and a surrogate */
    CU_ASSERT_STRING_EQUAL(cell, BAD BAD "(" BAD BAD BAD);
    CU_ASSERT_FALSE(workbook_text("\xEF\xBF\xBE\xEF\xBF\xBF" BAD, cell));
    CU_ASSERT_STRING_EQUAL(cell, BAD BAD BAD);
}

/* n times a character, then the rest. */
static char *repeat(const char *character, size_t n, const char *rest)
{
    size_t length = strlen(character);
    char *text = malloc(n * length + strlen(rest) + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, character, length);
    strcpy(text + n * length, rest);
    return text;
}

static void long_text_is_cut_between_characters(void)
{
    static const struct {
        const char *character; /* repeated n times */
        size_t n;
        const char *rest;
        size_t kept; /* bytes */
        bool cut;
    } CASE[] = {
        {"x", WORKBOOK_CELL, "", WORKBOOK_CELL, false},
        {"x", WORKBOOK_CELL, "y", WORKBOOK_CELL, true},
        {"\u20ac", WORKBOOK_CELL, "", WORKBOOK_CELL_BYTES - 1, false},
        {"\x01", WORKBOOK_CELL, "", WORKBOOK_CELL_BYTES - 1, false},
        {"x", WORKBOOK_CELL - 2, "\U0001F600", WORKBOOK_CELL + 2, false},
        {"x", WORKBOOK_CELL - 1, "\U0001F600z", WORKBOOK_CELL - 1, true}, /* counts as two */
    };

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *text = repeat(CASE[i].character, CASE[i].n, CASE[i].rest);
        CU_ASSERT_EQUAL(workbook_text(text, cell), CASE[i].cut);
        CU_ASSERT_EQUAL(strlen(cell), CASE[i].kept);
        free(text);
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"text that a cell can hold stays as it is", plain_text_stays},
        {"what XML forbids becomes U+FFFD", what_xml_forbids_is_replaced},
        {"a text too long is cut between characters", long_text_is_cut_between_characters},
    };
    return suite_run("workbook_text", FACT, sizeof FACT / sizeof *FACT);
}
