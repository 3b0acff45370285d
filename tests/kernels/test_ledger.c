/* Lines of a ledger against the rows and findings they must give, the header's spellings, and
 * every cut, short piece and short memory: failing_mem.h. */
#include "date.h"
#include "failing_mem.h"
#include "ledger.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HEADER[] = "Asofdate,Company,Account,AU,Currency,Match Status,GL Balance,"
                             "IHub balance,Balance difference";

static enum status match(const char *line, struct ledger_layout *layout, struct error *err)
{
    struct csv_field field[40];
    const char *cursor = line;
    size_t n_field = 0;
    int64_t lines = 0;

    if (*line != '\0')
        CU_ASSERT_EQUAL_FATAL(
            csv_read_record(&cursor, line + strlen(line), true, field, 40, &n_field, &lines),
            CSV_RECORD);
    return ledger_match_header(field, n_field, "may.csv", layout, err);
}

static void headers_match_however_spelt(void)
{
    static const char *const line[] = {
        HEADER,
        "as of date,COMPANY,account,a.u.,currency,match_status,GLBalance,I Hub Balance,"
        "Balance.Difference",
        "As_Of_Date,Company ,Account,\" AU\",Currency,\"Match Status\",GL_BALANCE,"
        "IHub  Balance,BALANCE DIFFERENCE,,, ",
    };

    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        static const int32_t expected[N_COLUMN] = {0, 1, 2, 3, 5, 6, 7, 8, 4};
        struct ledger_layout layout;
        struct error err;
        CU_ASSERT_EQUAL_FATAL(match(line[i], &layout, &err), STATUS_OK);
        CU_ASSERT_EQUAL(layout.n_field, 9);
        CU_ASSERT_EQUAL(memcmp(layout.field, expected, sizeof expected), 0);
    }
}

static void other_columns_are_passed_over(void)
{
    struct ledger_layout layout;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(match("\"a \"\"b\"\"\",Asofdate,Company,Account,AU,Match Status,"
                                "GL Balance,IHub balance,Balance difference,Comments",
                                &layout, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(layout.n_field, 10);
    CU_ASSERT_EQUAL(layout.field[COLUMN_DATE], 1);
    CU_ASSERT_EQUAL(layout.field[COLUMN_DIFFERENCE], 8);
    CU_ASSERT_EQUAL(layout.field[COLUMN_CURRENCY], -1);
}

static void check_header_error(const char *line, const char *sentence)
{
    struct ledger_layout layout = {.n_field = -7};
    struct error err;

    CU_ASSERT_EQUAL(match(line, &layout, &err), STATUS_DATA);
    CU_ASSERT_STRING_EQUAL(err.text, sentence);
    CU_ASSERT_EQUAL(layout.n_field, -7);
}

static void a_bad_header_says_what_is_missing_and_what_was_found(void)
{
    check_header_error("Asofdate,Firm,Account,AU,Match Status,GL Balance,Balance difference",
                       "may.csv: no column Company, IHub balance in the first line; the "
                       "columns found are \"Asofdate\", \"Firm\", \"Account\", \"AU\", \"Match "
                       "Status\", \"GL Balance\", \"Balance difference\"");
    check_header_error("",
                       "may.csv: no column Asofdate, Company, Account, AU, Match Status, GL "
                       "Balance, IHub balance, Balance difference in the first line; the "
                       "columns found are none");
    check_header_error("Asofdate,Company,As Of Date",
                       "may.csv: the columns \"Asofdate\" and \"As Of Date\" both name "
                       "Asofdate: rename or remove one");
}

static void a_huge_header_is_cut_in_the_sentence(void)
{
    enum { N = 5000 };
    struct csv_field *field = calloc(N, sizeof *field);
    struct ledger_layout layout;
    struct error err;

    for (size_t i = 0; i < N; i++)
        field[i] = (struct csv_field){"\033[2Jcolumn\n", 11, true, false};
    CU_ASSERT_EQUAL(ledger_match_header(field, N, "may.csv", &layout, &err), STATUS_DATA);
    CU_ASSERT_PTR_NULL(strchr(err.text, '\033'));
    CU_ASSERT_STRING_EQUAL(err.text + strlen(err.text) - 5, ", ...");
    free(field);
}

/* Parses text as the whole of file 3, from line 2 on. */
static enum status parse(const char *text, size_t n, struct ledger_block *block,
                         struct error *err)
{
    struct ledger_layout layout;
    int64_t line = 2;
    size_t used = 0;
    bool more = true;
    enum status st = match(HEADER, &layout, err);

    CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
    st = ledger_parse(text, n, n, true, &layout, 3, "may.csv", &line, &used, &more, block, err);
    if (st == STATUS_OK) {
        CU_ASSERT_EQUAL(used, n);
        CU_ASSERT_FALSE(more);
    }
    return st;
}

static size_t put_code(char *out, const struct ledger_block *block, int which, uint32_t code)
{
    size_t length;
    const char *text = dict_text(block->dict[which], code, &length);

    return (size_t)sprintf(out, "%.*s|", (int)length, text);
}

/* A block as text: "row_number|date|company|...|gl ihub difference" a row, then
 * "line row_number reason column <text>" a finding, each ended by a newline. */
static void print_block(const struct ledger_block *block, char *out)
{
    *out = '\0';
    for (size_t i = 0; i < block->n_row; i++) {
        const struct row *row = &block->row[i];
        out += sprintf(out, "%d|", (int)row->row_number);
        out += put_code(out, block, DICT_DATE, (uint32_t)row->date);
        for (int c = 0; c < N_CODE; c++)
            out += put_code(out, block, c, row->code[c]);
        out += sprintf(out, "%.10g %.10g %.10g\n", row->gl, row->ihub, row->difference);
    }
    for (size_t i = 0; i < block->n_reject; i++) {
        const struct reject *finding = &block->reject[i];
        CU_ASSERT_EQUAL(finding->file, 3);
        const char *found = finding->length > 0 ? block->reject_byte + finding->text : "";
        out += sprintf(out, "%d %d %d %s<%.*s>\n", (int)finding->line, (int)finding->row_number,
                       finding->reason, ledger_column_name(finding->column),
                       (int)finding->length, found);
    }
}

static void check_lines(const char *text, const char *expected, int64_t n_record)
{
    char printed[8192];
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    print_block(block, printed);
    CU_ASSERT_EQUAL(block->n_record, n_record);
    if (strcmp(printed, expected) != 0) {
        fprintf(stderr, "read: %sexpected: %s", printed, expected);
        CU_FAIL("not the rows expected");
    }
    ledger_block_free(block);
}

static void good_lines_become_rows(void)
{
    check_lines("", "", 0);
    check_lines("2024-05-31,C1,A1,U1,EUR,Matched,1,2,-1",
                "0|2024-05-31|C1|A1|U1|EUR|Matched|1 2 -1\n", 1);
    check_lines(" 5/31/2024 00:00 , C1 ,A1\t,U1,, Break ,\"1,000.50\",(5),1005.50\r\n",
                "0|5/31/2024|C1|A1|U1||Break|1000.5 -5 1005.5\n", 1);
    check_lines("\"2024-05-31\",\"C \"\"1\"\"\",\"A,1\",\"U\n1\",NA,\"\"\"\",1,1,0\n",
                "0|2024-05-31|C \"1\"|A,1|U\n1||\"|1 1 0\n", 1);
    check_lines("d,C,A,U,E,M,1,1,0,,\n", "0|d|C|A|U|E|M|1 1 0\n2 0 4 Asofdate<d>\n", 1);
}

static void blank_lines_are_no_records(void)
{
    check_lines("\n\r\n  \r\n\t\n2024-05-31,C,A,U,E,M,1,1,0\n\n \n2024-05-31,C,A,U,E,M,1,1,0",
                "0|2024-05-31|C|A|U|E|M|1 1 0\n1|2024-05-31|C|A|U|E|M|1 1 0\n", 2);
    check_lines("\"\"\n\" \"\n", "2 0 0 Asofdate<>\n3 1 0 Asofdate<>\n", 2);
}

static void an_empty_field_drops_the_row_and_names_the_first(void)
{
    check_lines("2024-05-31,C,NA,U,E,M,1,,0\n2024-05-31,C,A,U,E,M,1,1,0\n",
                "1|2024-05-31|C|A|U|E|M|1 1 0\n2 0 0 Account<NA>\n", 2);
    check_lines(" ,C,A,U,E,M,1,1,0\n", "2 0 0 Asofdate< >\n", 1);
    check_lines("2024-05-31,C,A,U,E,M,nan,1,0\n", "2 0 0 GL Balance<nan>\n", 1);
    check_lines("2024-05-31,C,A,U,E,\" null \",1,1,0\n", "2 0 0 Match Status< null >\n", 1);
    check_lines("2024-05-31,C,A,U,E,M,1,1,\n", "2 0 0 Balance difference<>\n", 1);
    check_lines(",,,,,,,,\n,,,\n,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n",
                "2 0 0 Asofdate<>\n3 1 0 Asofdate<>\n4 2 0 Asofdate<>\n", 3);
}

static void records_of_the_wrong_length_are_dropped(void)
{
    check_lines("2024-05-31,C,A\r\n2024-05-31,C,A,U,E,M,1,1,0,x\n",
                "2 0 1 <2024-05-31,C,A>\n3 1 2 <2024-05-31,C,A,U,E,M,1,1,0,x>\n", 2);
    check_lines("2024-05-31,C,A,U,E,M,1,1,0,,,,,,,,,,,,,,,,,,,,\" \",,\n",
                "0|2024-05-31|C|A|U|E|M|1 1 0\n", 1);
    check_lines("d,C,A,U,E,M,1,1,0,,,,,,,,,,,,,,,,,,,,\"x\",,\n",
                "2 0 2 <d,C,A,U,E,M,1,1,0,,,,,,,,,,,,,,,,,,,,\"x\",,>\n", 1);
}

static void unreadable_values_are_taken_as_said(void)
{
    check_lines("2024-05-31,C,A,U,E,M,inf,1.2.3, x\n",
                "0|2024-05-31|C|A|U|E|M|0 0 0\n2 0 3 GL Balance<inf>\n"
                "2 0 3 IHub balance<1.2.3>\n2 0 3 Balance difference< x>\n",
                1);
    check_lines("31 Foo,C,A,U,E,M,1,1,0\n31 Foo,C,A,U,E,M,1,1,0\n",
                "0|31 Foo|C|A|U|E|M|1 1 0\n1|31 Foo|C|A|U|E|M|1 1 0\n"
                "2 0 4 Asofdate<31 Foo>\n3 1 4 Asofdate<31 Foo>\n",
                2);
    check_lines("\"31 \"\"F\",C,A,U,E,M,1,1,0\n\"31 \"\"G\",C,A,U,E,M,1,1,0\n",
                "0|31 \"F|C|A|U|E|M|1 1 0\n1|31 \"G|C|A|U|E|M|1 1 0\n"
                "2 0 4 Asofdate<31 \"F>\n3 1 4 Asofdate<31 \"G>\n",
                2);
}

static void a_difference_that_does_not_tie_is_listed(void)
{
    check_lines(
        "1/1/24,C,A,U,E,M,10,4,7\n1/1/24,C,A,U,E,M,10,4,6.004\n1/1/24,C,A,U,E,M,x,4,7\n",
        "0|1/1/24|C|A|U|E|M|10 4 7\n1|1/1/24|C|A|U|E|M|10 4 6.004\n"
        "2|1/1/24|C|A|U|E|M|0 4 7\n2 0 5 Balance difference<7>\n"
        "4 2 3 GL Balance<x>\n",
        3);
    /* doubles near 1e16 are 2 apart: their rounding is nobody's finding */
    check_lines("1/1/24,C,A,U,E,M,10000000000000001,1,10000000000000003\n",
                "0|1/1/24|C|A|U|E|M|1e+16 1 1e+16\n", 1);
}

static void lines_count_newlines_in_quotes(void)
{
    check_lines("1/1/24,\"C\n\n\",A,U,E,M,1,1,0\n\nx\n",
                "0|1/1/24|C|A|U|E|M|1 1 0\n6 1 1 <x>\n", 2);
    /* more fields than there was room for: the record is read again, its lines counted once */
    check_lines("1/1/24,\"C\n\",A,U,E,M,1,1,0,,,,,,,,,,,,,,,,,,,,,,,,,,\nx\n",
                "0|1/1/24|C|A|U|E|M|1 1 0\n4 1 1 <x>\n", 2);
}

static void dates_are_judged_once_per_text(void)
{
    static const char text[] = "3/4/24,C,A,U,E,M,1,1,0\n3/4/24 10:00,C,A,U,E,M,1,1,0\n"
                               "31/4/24,C,A,U,E,M,1,1,0\n31/5/24,C,A,U,E,M,1,1,0\n"
                               "\"3/4/24\",C,A,U,E,M,1,1,0\n";
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(dict_size(block->dict[DICT_DATE]), 3);
    CU_ASSERT_EQUAL(block->date_orders[0], DATE_MONTH_FIRST | DATE_DAY_FIRST);
    CU_ASSERT_EQUAL(block->date_orders[1], 0);
    CU_ASSERT_EQUAL(block->date_orders[2], DATE_DAY_FIRST);
    CU_ASSERT_EQUAL(block->row[1].date, 0);
    CU_ASSERT_EQUAL(block->row[4].date, 0);
    ledger_block_free(block);
}

/* 300 bytes of two-byte characters, shifted so that the 256th byte is inside one or is not. */
static void found_text_is_cut_between_characters(void)
{
    for (size_t shift = 0; shift < 2; shift++) {
        char text[400] = "x";
        struct ledger_block *block = ledger_block_create();
        struct error err;
        for (size_t i = 0; i < 150; i++)
            strcpy(text + shift + 2 * i, "\xC3\xA4");
        CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
        CU_ASSERT_EQUAL(block->reject[0].reason, REJECT_SHORT);
        CU_ASSERT_EQUAL(block->reject[0].length, shift == 0 ? 256 : 255);
        CU_ASSERT_EQUAL(memcmp(block->reject_byte, text, block->reject[0].length), 0);
        ledger_block_free(block);
    }
}

static void check_broken(const char *text, const char *sentence)
{
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL(parse(text, strlen(text), block, &err), STATUS_DATA);
    CU_ASSERT_STRING_EQUAL(err.text, sentence);
    ledger_block_free(block);
}

static void broken_quotes_name_path_and_line(void)
{
    check_broken("a,b\n\nc,5\" pipe\n",
                 "may.csv, line 4: a quote inside a field: put the whole field in quotes and "
                 "double the quotes inside it");
    check_broken("a,b\nc,\"open\n\n",
                 "may.csv, line 3: a quoted field opens here and never closes");
}

/* Good and bad lines of every kind, for the cuts. */
static const char MIXED[] =
    "2024-05-31,C1,A1,U1,EUR,Matched,1,2,-1\r\n\n"
    "2024-05-31,\"C \"\"1\"\"\",\"A,1\",\"U\n1\",NA,\"\"\"\",\"1,000.00\",1,0\n"
    ",,,\n2024-05-31,C1,A2,U1,EUR,Matched,1,2,-1,,,,,,,,,,,,,,,,,,,,,,,,,,,\nshort,\"\n\"\n"
    "soon,C2,A2,U1,EUR,\"Break\nsince May\",x,2,-1\n2024-05-31,C1,A1,U1,EUR,Matched,9,2,6";

/* The same text in pieces: each call sees up to `piece` bytes more than were used so far. */
static void check_pieces(size_t piece, const char *expected)
{
    struct ledger_block *block = ledger_block_create();
    struct ledger_layout layout;
    struct error err;
    char printed[8192];
    size_t n = strlen(MIXED), at = 0, have = 0;
    int64_t line = 2;

    match(HEADER, &layout, &err);
    while (at < n) {
        size_t used = 0;
        bool more = false;
        have = have + piece < n ? have + piece : n;
        CU_ASSERT_EQUAL_FATAL(ledger_parse(MIXED + at, have - at, have - at, have == n, &layout,
                                           3, "may.csv", &line, &used, &more, block, &err),
                              STATUS_OK);
        at += used;
        CU_ASSERT(more ? at < have : at == have);
    }
    print_block(block, printed);
    CU_ASSERT_STRING_EQUAL(printed, expected);
    ledger_block_free(block);
}

static void pieces_of_any_size_give_the_same_rows(void)
{
    struct ledger_block *block = ledger_block_create();
    struct error err;
    char whole[8192];

    CU_ASSERT_EQUAL_FATAL(parse(MIXED, strlen(MIXED), block, &err), STATUS_OK);
    print_block(block, whole);
    CU_ASSERT_EQUAL(block->n_row, 5);
    CU_ASSERT_EQUAL(block->n_record, 7);
    for (size_t piece = 1; piece <= strlen(MIXED); piece++)
        check_pieces(piece, whole);
    ledger_block_free(block);
}

/* Two ranges of one file: the first reads the records that begin before the limit. */
static void a_limit_splits_the_records(void)
{
    size_t n = strlen(MIXED);
    struct ledger_layout layout;
    struct error err;

    match(HEADER, &layout, &err);
    for (size_t limit = 0; limit <= n; limit++) {
        struct ledger_block *block = ledger_block_create();
        int64_t line = 2;
        size_t used = 0;
        bool more = true;
        struct csv_count count = {0, 0};
        ledger_parse(MIXED, n, limit, true, &layout, 3, "may.csv", &line, &used, &more, block,
                     &err);
        csv_count_bytes(MIXED, limit, &count);
        char previous = limit > 0 ? MIXED[limit - 1] : '\n';
        CU_ASSERT_EQUAL(used, limit + csv_first_record(MIXED + limit, n - limit,
                                                       count.quotes % 2 != 0, previous));
        CU_ASSERT_FALSE(more);
        ledger_parse(MIXED + used, n - used, n - used, true, &layout, 3, "may.csv", &line,
                     &used, &more, block, &err);
        CU_ASSERT_EQUAL(block->n_row, 5);
        CU_ASSERT_EQUAL(block->n_record, 7);
        ledger_block_free(block);
    }
}

static void hundreds_of_columns_work(void)
{
    enum { N = 700 };
    char *text = calloc(N + 200, 3);
    struct csv_field field[N + 10];
    struct ledger_block *block = ledger_block_create();
    struct ledger_layout layout;
    struct error err;
    size_t n_field, used;
    int64_t line = 1;
    bool more;

    for (size_t i = 0; i < N; i++)
        strcpy(text + 2 * i, "x,");
    strcpy(text + 2 * N, HEADER);
    const char *cursor = text;
    csv_read_record(&cursor, text + strlen(text), true, field, N + 10, &n_field, &line);
    CU_ASSERT_EQUAL_FATAL(ledger_match_header(field, n_field, "may.csv", &layout, &err),
                          STATUS_OK);
    strcpy(text + 2 * N, "2024-05-31,C,A,U,E,M,1,1,0");
    size_t n = strlen(text);
    CU_ASSERT_EQUAL(
        ledger_parse(text, n, n, true, &layout, 3, "may.csv", &line, &used, &more, block, &err),
        STATUS_OK);
    CU_ASSERT_EQUAL(block->n_row, 1);
    CU_ASSERT_EQUAL(block->n_reject, 0);
    ledger_block_free(block);
    free(text);
}

static void short_memory_is_an_error_wherever_it_strikes(void)
{
    long limit = 0;
    enum status st = STATUS_INTERNAL;

    for (; st != STATUS_OK && limit < 500; limit++) {
        struct error err = {.code = STATUS_OK};
        struct ledger_block *block = ledger_block_create();
        allocations_left = limit;
        st = parse(MIXED, strlen(MIXED), block, &err);
        allocations_left = -1;
        CU_ASSERT(st == STATUS_OK || err.code == STATUS_INTERNAL);
        CU_ASSERT(block->n_row <= block->row_capacity);
        ledger_block_free(block);
        allocations_left = limit;
        ledger_block_free(ledger_block_create());
        allocations_left = -1;
    }
    CU_ASSERT(limit > 20 && limit < 500);
}

static void names_and_reasons_are_words(void)
{
    CU_ASSERT_STRING_EQUAL(ledger_column_name(COLUMN_GL), "GL Balance");
    CU_ASSERT_STRING_EQUAL(ledger_column_name(COLUMN_NONE), "");
    for (int reason = 0; reason < N_REJECT; reason++)
        CU_ASSERT(strlen(reject_text((enum reject_reason)reason)) > 10);
}

int main(void)
{
    static const struct fact fact[] = {
        {"headers match however they are spelt", headers_match_however_spelt},
        {"other columns are passed over", other_columns_are_passed_over},
        {"a bad header says what is missing and what was found",
         a_bad_header_says_what_is_missing_and_what_was_found},
        {"a huge header is cut in the sentence", a_huge_header_is_cut_in_the_sentence},
        {"good lines become rows", good_lines_become_rows},
        {"blank lines are no records", blank_lines_are_no_records},
        {"an empty field drops the row, and the first is named",
         an_empty_field_drops_the_row_and_names_the_first},
        {"records of the wrong length are dropped", records_of_the_wrong_length_are_dropped},
        {"unreadable values are taken as said", unreadable_values_are_taken_as_said},
        {"a difference that does not tie is listed", a_difference_that_does_not_tie_is_listed},
        {"lines count newlines in quotes", lines_count_newlines_in_quotes},
        {"dates are judged once per text", dates_are_judged_once_per_text},
        {"found text is cut between characters", found_text_is_cut_between_characters},
        {"broken quotes name path and line", broken_quotes_name_path_and_line},
        {"pieces of any size give the same rows", pieces_of_any_size_give_the_same_rows},
        {"a limit splits the records between two ranges", a_limit_splits_the_records},
        {"hundreds of columns work", hundreds_of_columns_work},
        {"short memory is an error wherever it strikes",
         short_memory_is_an_error_wherever_it_strikes},
        {"columns and reasons have words", names_and_reasons_are_words},
    };

    return suite_run("ledger", fact, sizeof fact / sizeof fact[0]);
}
