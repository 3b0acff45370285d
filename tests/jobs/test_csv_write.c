/* csv_write.h against bytes written out by hand, and against the project's own CSV reader. */
#include "csv_write.h"

#include "csv.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What writing one text gives, to be freed. */
static char *written(const char *text)
{
    char *bytes = NULL;
    size_t n = 0;
    struct csv_writer csv = {.out = open_memstream(&bytes, &n)};

    CU_ASSERT_PTR_NOT_NULL_FATAL(csv.out);
    csv_write_text(&csv, text);
    fclose(csv.out);
    return bytes;
}

static void texts_are_quoted_when_needed(void)
{
    static const struct {
        const char *text, *cell;
    } CASE[] = {{"", ""},
                {"plain text", "plain text"},
                {"a,b", "\"a,b\""},
                {"say \"so\"", "\"say \"\"so\"\"\""},
                {"two\nlines", "\"two\nlines\""},
                {"two\r\nlines", "\"two\r\nlines\""},
                {"'quoted'", "'quoted'"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *cell = written(CASE[i].text);
        CU_ASSERT_STRING_EQUAL(cell, CASE[i].cell);
        free(cell);
    }
}

static void formulas_are_marked(void)
{
    static const struct {
        const char *text, *cell;
    } CASE[] = {{"=1+1", "'=1+1"},     {"+1", "'+1"},
                {"-1", "'-1"},         {"@SUM(A1)", "'@SUM(A1)"},
                {"\t=1", "'\t=1"},     {"\r=1", "\"'\r=1\""},
                {"\n=1", "\"'\n=1\""}, {"=A1,B1", "\"'=A1,B1\""},
                {"a=b", "a=b"},        {"1-2", "1-2"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *cell = written(CASE[i].text);
        CU_ASSERT_STRING_EQUAL(cell, CASE[i].cell);
        free(cell);
    }
}

static void records_are_lines(void)
{
    char *bytes = NULL;
    size_t n = 0;
    struct csv_writer csv = {.out = open_memstream(&bytes, &n)};

    CU_ASSERT_PTR_NOT_NULL_FATAL(csv.out);
    csv_write_text(&csv, "");
    csv_write_real(&csv, -0.1);
    csv_write_real(&csv, NAN);
    csv_write_integer(&csv, INT64_MIN);
    csv_write_end(&csv);
    csv_write_text(&csv, "next");
    csv_write_end(&csv);
    fclose(csv.out);
    CU_ASSERT_STRING_EQUAL(bytes, ",-0.1,,-9223372036854775808\r\nnext\r\n");
    free(bytes);
}

/* Texts of up to four characters out of the awkward ones come back as they were. */
static void every_short_text_reads_back(void)
{
    static const char LETTER[] = "a,\"\r\n=";
    enum { N_LETTER = sizeof LETTER - 1, LONGEST = 4 };
    size_t wrong = 0;

    for (int code = 0; code < 6 * 6 * 6 * 6; code++) {
        char text[LONGEST + 2] = "x"; /* behind an x nothing is a formula */
        for (int i = 0, rest = code; i < LONGEST; i++, rest /= N_LETTER)
            text[i + 1] = LETTER[rest % N_LETTER];
        char *cell = written(text);
        const char *cursor = cell;
        struct csv_field field[2] = {{0}};
        size_t n_field = 0;
        int64_t lines = 0;
        char back[LONGEST + 2] = "";
        enum csv_end end =
            csv_read_record(&cursor, cell + strlen(cell), true, field, 2, &n_field, &lines);
        if (end == CSV_RECORD && n_field == 1 && field[0].length < 2 * sizeof back) {
            char room[4 * sizeof back] = "";
            size_t n = csv_unescape(&field[0], room);
            wrong += n != strlen(text) || memcmp(room, text, n) != 0;
        } else {
            wrong++;
        }
        free(cell);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a text is quoted when it has a comma, a quote or a line end",
         texts_are_quoted_when_needed},
        {"a text that looks like a formula gets an apostrophe", formulas_are_marked},
        {"records end in CR LF, numbers are never marked", records_are_lines},
        {"every short awkward text reads back", every_short_text_reads_back},
    };
    return suite_run("csv_write", FACT, sizeof FACT / sizeof *FACT);
}
