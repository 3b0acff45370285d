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

static const struct ledger_terms TERMS = {
    .date_orders = DATE_MONTH_FIRST | DATE_DAY_FIRST, .tolerance = 1, .decimal_mark = '.'};

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
    return ledger_match_header(field, n_field, &TERMS, "may.csv", 1, layout, err);
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

/* Every spelling seen in the field names its column. */
static void spellings_of_the_field_are_known(void)
{
    static const struct {
        const char *name;
        enum ledger_column column;
    } row[] = {
        {"As of Date", COLUMN_DATE},
        {"AsOfDate", COLUMN_DATE},
        {"As_of_date", COLUMN_DATE},
        {"date", COLUMN_DATE},
        {"Company ", COLUMN_COMPANY},
        {"CompanyCode", COLUMN_COMPANY},
        {"Account Number", COLUMN_ACCOUNT},
        {"AU ", COLUMN_AU},
        {"BranchAU", COLUMN_AU},
        {"IHub Balance", COLUMN_IHUB},
        {"iHUB_Balance", COLUMN_IHUB},
        {"GLBalance", COLUMN_GL},
        {"GL  balance", COLUMN_GL},
        {"Balance Difference", COLUMN_DIFFERENCE},
        {"Difference", COLUMN_DIFFERENCE},
        {"MatchStatus", COLUMN_STATUS},
        {"match_status", COLUMN_STATUS},
        {"CURRENCY", COLUMN_CURRENCY},
        {"GL\xc2\xa0"
         "Balance",
         COLUMN_GL},
        {"\xef\xbb\xbf"
         "Asofdate",
         COLUMN_DATE},
        {"Primary Account", COLUMN_NONE},
        {"", COLUMN_NONE},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        CU_ASSERT_EQUAL(ledger_column_named(row[i].name), row[i].column);
}

static enum status match_terms(const char *line, const struct ledger_terms *terms,
                               struct ledger_layout *layout, struct error *err)
{
    struct csv_field field[40];
    const char *cursor = line;
    size_t n_field = 0;
    int64_t lines = 0;

    csv_read_record(&cursor, line + strlen(line), true, field, 40, &n_field, &lines);
    return ledger_match_header(field, n_field, terms, "may.csv", 1, layout, err);
}

static void the_configuration_names_the_rest(void)
{
    struct ledger_terms terms = TERMS;
    struct ledger_layout layout;
    struct error err;

    terms.named[COLUMN_GL] = "Saldo HB";
    terms.named[COLUMN_ACCOUNT] = "company";
    CU_ASSERT_EQUAL_FATAL(match_terms("date,Company,CompanyCode,GL Balance,AU,saldo_hb,"
                                      "IHub Balance",
                                      &terms, &layout, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(layout.field[COLUMN_GL], 5);
    CU_ASSERT_STRING_EQUAL(layout.name[COLUMN_GL], "saldo_hb");
    CU_ASSERT_EQUAL(layout.field[COLUMN_ACCOUNT], 1);
    CU_ASSERT_EQUAL(layout.field[COLUMN_COMPANY], 2);
    CU_ASSERT_EQUAL(
        match_terms("date,Company,Account,AU,GL Balance,IHub Balance", &terms, &layout, &err),
        STATUS_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "GL Balance (configured as \"Saldo HB\")"));
}

static void derived_and_misspelt_columns_are_told(void)
{
    struct ledger_layout layout;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(
        match("date,Company,Account,AU,Cuurency,Currency Rate,GL Balance,IHub balance", &layout,
              &err),
        STATUS_OK);
    CU_ASSERT_EQUAL(layout.field[COLUMN_STATUS], -1);
    CU_ASSERT_EQUAL(layout.field[COLUMN_DIFFERENCE], -1);
    CU_ASSERT_STRING_EQUAL(layout.near[COLUMN_CURRENCY], "Cuurency");
    CU_ASSERT_STRING_EQUAL(layout.near[COLUMN_STATUS], "");
    CU_ASSERT_EQUAL_FATAL(match("date,Company,Account,AU,Rate,Currency Rate,GL Balance,"
                                "IHub balance",
                                &layout, &err),
                          STATUS_OK);
    CU_ASSERT_STRING_EQUAL(layout.near[COLUMN_CURRENCY], "");
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
                       "may.csv, line 1: no column Company, IHub balance; the columns found "
                       "are \"Asofdate\", \"Firm\", \"Account\", \"AU\", \"Match Status\", "
                       "\"GL Balance\", \"Balance difference\"");
    check_header_error("",
                       "may.csv, line 1: no column Asofdate, Company, Account, AU, GL Balance, "
                       "IHub balance; the columns found are none");
    check_header_error("Asofdate,Company,As Of Date",
                       "may.csv, line 1: the columns \"Asofdate\" and \"As Of Date\" both name "
                       "Asofdate: rename or remove one, or say in the configuration's "
                       "\"columns\" which it is");
    check_header_error("As of Date;Company;Account",
                       "may.csv, line 1: the columns are separated by semicolons: save the "
                       "file with commas");
    check_header_error(
        "date,Compny,Account,AU,GL Blance,IHub balance",
        "may.csv, line 1: no column Company, GL Balance; is \"Compny\" meant for "
        "Company?; is \"GL Blance\" meant for GL Balance?; the columns found are "
        "\"date\", \"Compny\", \"Account\", \"AU\", \"GL Blance\", \"IHub "
        "balance\"");
}

static void a_huge_header_is_cut_in_the_sentence(void)
{
    enum { N = 5000 };
    struct csv_field *field = calloc(N, sizeof *field);
    struct ledger_layout layout;
    struct error err;

    for (size_t i = 0; i < N; i++)
        field[i] = (struct csv_field){"\033[2Jcolumn\n", 11, true, false};
    CU_ASSERT_EQUAL(ledger_match_header(field, N, &TERMS, "may.csv", 1, &layout, &err),
                    STATUS_DATA);
    CU_ASSERT_PTR_NULL(strchr(err.text, '\033'));
    CU_ASSERT_STRING_EQUAL(err.text + strlen(err.text) - 5, ", ...");
    free(field);
}

/* Parses text as the whole of file 3, below header, from line 2 on. */
static enum status parse_below(const char *header, const char *text, size_t n,
                               struct ledger_block *block, struct error *err)
{
    struct ledger_layout layout;
    int64_t line = 2;
    size_t used = 0;
    bool more = true;
    enum status st = match(header, &layout, err);

    CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
    st = ledger_parse(text, n, n, true, &layout, 3, "may.csv", &line, &used, &more, block, err);
    if (st == STATUS_OK) {
        CU_ASSERT_EQUAL(used, n);
        CU_ASSERT_FALSE(more);
    }
    return st;
}

static enum status parse(const char *text, size_t n, struct ledger_block *block,
                         struct error *err)
{
    return parse_below(HEADER, text, n, block, err);
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

static void check_below(const char *header, const char *text, const char *expected,
                        int64_t n_record)
{
    char printed[8192];
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL_FATAL(parse_below(header, text, strlen(text), block, &err), STATUS_OK);
    print_block(block, printed);
    CU_ASSERT_EQUAL(block->n_record, n_record);
    if (strcmp(printed, expected) != 0) {
        fprintf(stderr, "read: %sexpected: %s", printed, expected);
        CU_FAIL("not the rows expected");
    }
    ledger_block_free(block);
}

static void check_lines(const char *text, const char *expected, int64_t n_record)
{
    check_below(HEADER, text, expected, n_record);
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
    check_lines("\"\"\n\" \"\n", "2 0 6 <>\n3 1 6 <>\n", 2);
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
                "2 0 6 <>\n3 1 6 <>\n4 2 6 <>\n", 3);
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

static void a_reversed_difference_is_told_apart(void)
{
    check_lines("1/1/24,C,A,U,E,M,10,4,-6\n1/1/24,C,A,U,E,M,4,4,0\n",
                "0|1/1/24|C|A|U|E|M|10 4 -6\n1|1/1/24|C|A|U|E|M|4 4 0\n"
                "2 0 9 Balance difference<-6>\n",
                2);
}

static void remarks_and_headers_are_no_rows(void)
{
    check_lines("* a remark,,,,,,,,\n\"quoted, too\",,,,,,,,\n,,,,,,,Total,\n",
                "2 0 7 <* a remark,,,,,,,,>\n3 1 7 <\"quoted, too\",,,,,,,,>\n"
                "4 2 7 <,,,,,,,Total,>\n",
                3);
    check_lines(",,,,,,12.50,,\nTotal,,,,,,1,1,0\n", "2 0 0 Asofdate<>\n3 1 0 Company<>\n", 2);
    check_lines("1/1/24,C,A,U,E,M,1,1,0\n"
                "as of date,company,account,au,currency,match status,gl balance,ihub "
                "balance,difference\n"
                "1/1/24,C,A,U,E,M,1,1,0\n",
                "0|1/1/24|C|A|U|E|M|1 1 0\n2|1/1/24|C|A|U|E|M|1 1 0\n3 1 8 <as of date,company,"
                "account,au,currency,match status,gl balance,ihub balance,difference>\n",
                3);
}

static void absent_columns_are_derived(void)
{
    static const char header[] = "date,Company,Account,AU,GL Balance,IHub Balance";

    check_below(header,
                "1/1/24,C,A,U,10,9.5\n1/1/24,C,A,U,10,9\n1/1/24,C,A,U,x,2\n1/1/24,C,A,U,1,\n",
                "0|1/1/24|C|A|U||Match|10 9.5 0.5\n1|1/1/24|C|A|U||Break|10 9 1\n"
                "2|1/1/24|C|A|U||Break|0 2 -2\n4 2 3 GL Balance<x>\n5 3 0 IHub balance<>\n",
                4);
}

/* The control of a currency of the block as text: "rows gl ihub difference" of each part. */
static void print_control(const struct ledger_block *block, uint32_t currency, char *out)
{
    struct control control = block->control[currency];
    char text[DECIMAL_TEXT];

    control_normalise(&control);
    CU_ASSERT_TRUE(control_adds_up(&control));
    for (int part = 0; part < N_CONTROL_PART; part++) {
        out += sprintf(out, "%d", (int)control.n_row[part]);
        for (int c = 0; c < N_CONTROL_COLUMN; c++) {
            decimal_sum_format(&control.sum[part][c], text);
            out += sprintf(out, " %s", text);
        }
        out += sprintf(out, "\n");
    }
}

static void every_figure_is_kept_or_rejected(void)
{
    static const char text[] = "1/1/24,C,A,U,USD,M,0.1,0.2,-0.1\n"
                               "1/1/24,C,A,U,EUR,M,5,5,0\n"
                               "soon,C,A,U,USD,M,\"1,000.123456789012345\",x,1\n"
                               "1/1/24,,A,U,USD,M,(7),0.30,-7.3\n"
                               "Total,,,,,,1,2,-1\n"
                               "1/1/24,C,A\n* a note,,,,,,,,\n";
    struct ledger_block *block = ledger_block_create();
    struct error err;
    char printed[1024];

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(block->n_control, 3);
    print_control(block, 0, printed);
    CU_ASSERT_STRING_EQUAL(printed, "3 993.223456789012345 0.50 -6.40\n"
                                    "2 1000.223456789012345 0.20 0.90\n1 -7.00 0.30 -7.30\n");
    print_control(block, 1, printed);
    CU_ASSERT_STRING_EQUAL(printed, "1 5.00 5.00 0.00\n1 5.00 5.00 0.00\n0 0.00 0.00 0.00\n");
    print_control(block, 2, printed); /* no currency */
    CU_ASSERT_STRING_EQUAL(printed, "1 1.00 2.00 -1.00\n0 0.00 0.00 0.00\n1 1.00 2.00 -1.00\n");
    ledger_block_free(block);
}

static void amounts_with_the_other_mark_are_counted(void)
{
    static const char text[] = "1/1/24,C,A,U,USD,M,\"1.234,50\",\"1,5\",0\n"
                               "1/1/24,C,A,U,USD,M,x,\"1,234\",0\n";
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    CU_ASSERT_EQUAL(block->n_other_mark, 2);
    ledger_block_free(block);
}

/* Lines of records behind blank lines, fields of two lines and dropped rows. */
static void every_record_knows_its_line(void)
{
    static const char text[] = "1/1/24,C,A,U,E,M,1,1,0\n1/1/24,C,A,U,E,M,1,1,0\n\n\nx\n"
                               "1/1/24,\"C\n\n\",A,U,E,M,1,1,0\n1/1/24,C,A,U,E,M,1,1,0\n";
    static const int64_t line[] = {2, 3, 6, 7, 10};
    struct ledger_block *block = ledger_block_create();
    struct error err;

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(block->n_record, 5);
    CU_ASSERT_EQUAL(block->n_mark, 3);
    for (int64_t r = 0; r < 5; r++) {
        struct line_mark at = ledger_block_line(block, r);
        CU_ASSERT_EQUAL(at.line, line[r]);
        CU_ASSERT_EQUAL(at.file, 3);
    }
    ledger_block_free(block);
}

static void findings_are_dropped_and_added_in_order(void)
{
    static const char text[] = "1/1/24,C,A,U,E,M,10,4,-6\n1/1/24,C,A,U,E,M,x,4,-6\n"
                               "1/1/24,C,A,U,E,M,10,4,-6.00\n";
    static const char byte[] = "firstsecond";
    const struct reject more[] = {
        {.row_number = 100, .text = 0, .length = 5, .column = COLUMN_NONE, .reason = 11},
        {.row_number = 101, .text = 5, .length = 6, .column = COLUMN_NONE, .reason = 12}};
    struct ledger_block *block = ledger_block_create();
    struct error err;
    char printed[1024];

    CU_ASSERT_EQUAL_FATAL(parse(text, strlen(text), block, &err), STATUS_OK);
    for (size_t i = 0; i < block->n_reject; i++)
        block->reject[i].row_number += 100; /* as once all ranks have agreed */
    CU_ASSERT_EQUAL(ledger_block_add_rejects(block, 100, more, 2, byte, &err), STATUS_OK);
    block->n_row = 0;
    print_block(block, printed);
    CU_ASSERT_STRING_EQUAL(printed, "2 100 9 Balance difference<-6>\n2 100 11 <first>\n"
                                    "3 101 3 GL Balance<x>\n3 101 12 <second>\n"
                                    "4 102 9 Balance difference<-6.00>\n");
    ledger_block_drop_rejects(block, REJECT_REVERSED, true, REJECT_SIGN);
    print_block(block, printed);
    CU_ASSERT_STRING_EQUAL(printed, "2 100 10 Balance difference<-6>\n2 100 11 <first>\n"
                                    "3 101 3 GL Balance<x>\n3 101 12 <second>\n");
    ledger_block_drop_rejects(block, REJECT_NUMBER, false, REJECT_NUMBER);
    print_block(block, printed);
    CU_ASSERT_STRING_EQUAL(printed, "2 100 10 Balance difference<-6>\n2 100 11 <first>\n"
                                    "3 101 12 <second>\n");
    ledger_block_free(block);
}

static void lines_count_newlines_in_quotes(void)
{
    check_lines("1/1/24,\"C\n\n\",A,U,E,M,1,1,0\n\nx\n",
                "0|1/1/24|C|A|U|E|M|1 1 0\n6 1 7 <x>\n", 2);
    /* more fields than there was room for: the record is read again, its lines counted once */
    check_lines("1/1/24,\"C\n\",A,U,E,M,1,1,0,,,,,,,,,,,,,,,,,,,,,,,,,,\nx\n",
                "0|1/1/24|C|A|U|E|M|1 1 0\n4 1 7 <x>\n", 2);
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
        CU_ASSERT_EQUAL(block->reject[0].reason, REJECT_NOTE);
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

static void another_header_is_an_error(void)
{
    check_broken("1/1/24,C,A,U,E,M,1,1,0\n"
                 "date,Account,Company,AU,Currency,Match Status,GL Balance,IHub balance,"
                 "Difference\n",
                 "may.csv, line 3: a second header, with other columns: read the tables of the "
                 "sheet one by one with --stacked");
    check_broken("date,Company,Account,AU,GL Balance,IHub balance\n",
                 "may.csv, line 2: a second header, with other columns: read the tables of the "
                 "sheet one by one with --stacked");
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
    CU_ASSERT_EQUAL_FATAL(
        ledger_match_header(field, n_field, &TERMS, "may.csv", 1, &layout, &err), STATUS_OK);
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
        {"every spelling seen in the field is known", spellings_of_the_field_are_known},
        {"the configuration names the rest", the_configuration_names_the_rest},
        {"derived and misspelt columns are told", derived_and_misspelt_columns_are_told},
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
        {"a reversed difference is told apart", a_reversed_difference_is_told_apart},
        {"remarks and headers are no rows", remarks_and_headers_are_no_rows},
        {"a second header with other columns is an error", another_header_is_an_error},
        {"absent columns are derived", absent_columns_are_derived},
        {"every figure read is kept or rejected", every_figure_is_kept_or_rejected},
        {"amounts with the other decimal mark are counted",
         amounts_with_the_other_mark_are_counted},
        {"every record knows its line", every_record_knows_its_line},
        {"findings are dropped and added in order", findings_are_dropped_and_added_in_order},
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
