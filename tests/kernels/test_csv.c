/* CSV records against a reader that takes one byte at a time, on nasty inputs, on random ones,
 * and on every cut of them. Records are compared as printed text. */
#include "csv.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { OUT = 1 << 12, MAX_FIELD = 8 };

/* Records as text: [a][b c][] and a newline, with an * behind a quoted field. */
struct print {
    char text[OUT];
    size_t length;
};

static void put(struct print *print, const char *text, size_t length)
{
    CU_ASSERT_FATAL(print->length + length < OUT);
    memcpy(print->text + print->length, text, length);
    print->length += length;
    print->text[print->length] = '\0';
}

static void put_field(struct print *print, const char *text, size_t length, bool quoted)
{
    put(print, "[", 1);
    put(print, text, length);
    put(print, quoted ? "]*" : "]", quoted ? 2 : 1);
}

/* Prints the records that begin before limit; returns why it stopped. */
static enum csv_end read_all(const char *byte, size_t n, size_t limit, bool is_last,
                             struct print *print, int64_t *lines)
{
    const char *cursor = byte;
    struct csv_field field[MAX_FIELD];
    size_t n_field;

    while (cursor < byte + limit) {
        enum csv_end how =
            csv_read_record(&cursor, byte + n, is_last, field, MAX_FIELD, &n_field, lines);
        if (how != CSV_RECORD)
            return how;
        for (size_t i = 0; i < n_field && i < MAX_FIELD; i++) {
            char plain[OUT];
            size_t length = csv_unescape(&field[i], plain);
            put_field(print, plain, length, field[i].quoted);
        }
        put(print, n_field > MAX_FIELD ? "+\n" : "\n", n_field > MAX_FIELD ? 2 : 1);
    }
    return CSV_NONE;
}

/* The same one byte at a time. */
static enum csv_end read_slowly(const char *byte, size_t n, struct print *print)
{
    size_t i = 0;

    while (i < n) {
        struct print record = {.length = 0};
        for (bool ends = false; !ends;) {
            char field[OUT];
            size_t length = 0;
            bool quoted = i < n && byte[i] == '"';
            i += quoted;
            for (; i < n; i++) {
                if (quoted && byte[i] == '"' && i + 1 < n && byte[i + 1] == '"')
                    i++;
                else if (byte[i] == '"' || (!quoted && (byte[i] == ',' || byte[i] == '\n')))
                    break;
                field[length++] = byte[i];
            }
            if (quoted && i == n)
                return CSV_OPEN_QUOTE;
            i += quoted;
            bool cr = quoted && i < n && byte[i] == '\r';
            i += cr;
            if (i < n && byte[i] != '\n' && (byte[i] != ',' || cr))
                return CSV_BARE_QUOTE;
            ends = i == n || byte[i] == '\n';
            i++;
            if (ends && !quoted && length > 0 && field[length - 1] == '\r')
                length--;
            put_field(&record, field, length, quoted);
        }
        put(print, record.text, record.length);
        put(print, "\n", 1);
    }
    return CSV_NONE;
}

static void check_text(const char *input, const char *expected, int64_t n_line)
{
    struct print print = {.length = 0};
    int64_t lines = 0;
    enum csv_end how = read_all(input, strlen(input), strlen(input), true, &print, &lines);

    CU_ASSERT_EQUAL(how, CSV_NONE);
    CU_ASSERT_STRING_EQUAL(print.text, expected);
    CU_ASSERT_EQUAL(lines, n_line);
}

static void reads_worked_examples(void)
{
    check_text("", "", 0);
    check_text("\n", "[]\n", 1);
    check_text("a", "[a]\n", 0);
    check_text("a,b\n", "[a][b]\n", 1);
    check_text("a,b\r\nc,d\r\n", "[a][b]\n[c][d]\n", 2);
    check_text("a,\n", "[a][]\n", 1);
    check_text("a,", "[a][]\n", 0);
    check_text("\"\"", "[]*\n", 0);
    check_text("\"a,b\",c\n", "[a,b]*[c]\n", 1);
    check_text("\"a\nb\"\r\nc", "[a\nb]*\n[c]\n", 2);
    check_text("\"say \"\"hi\"\"\",x", "[say \"hi\"]*[x]\n", 0);
    check_text("\"\"\"\"\r\n", "[\"]*\n", 1);
    check_text("a\rb,c\r", "[a\rb][c]\n", 0);
    check_text("\"a\"\r", "[a]*\n", 0);
    check_text("1,2,3,4,5,6,7,8,9\n", "[1][2][3][4][5][6][7][8]+\n", 1);
}

static const char *const NASTY[] = {
    "",
    "\n\n\n",
    "a,b\nc,d",
    "a,b\r\n\r\n \r\nc,d\r\n",
    "\"x,y\",\"1\n2\n3\",\"\"\"q\"\"\"\nplain,\"\",z\n",
    "\"\"\"\"\"\",\",\"\n\"\n\n\"\"\n\",\"\r\n\"\r\n,,,\n\"end\"",
    "\"all\nof\nit\nis\nquoted, \"\"really\"\"\"\n\"yes\"\n",
    ("header,of,a,file\n1,\"Comment, with a comma\nand a newline that makes it longer than a "
     "block of sixty-four bytes\",3,4\r\n5,6,7,8\r\n"),
};

enum { N_NASTY = sizeof NASTY / sizeof NASTY[0] };

/* A file cut in two at every byte, each part reading the records that begin in it. */
static void check_cuts(const char *byte, size_t n)
{
    struct print whole = {.length = 0};
    int64_t lines = 0;

    CU_ASSERT_EQUAL(read_all(byte, n, n, true, &whole, &lines), CSV_NONE);
    for (size_t cut = 0; cut <= n; cut++) {
        struct print parts = {.length = 0};
        struct csv_count before = {0, 0};
        lines = 0;
        CU_ASSERT_EQUAL(read_all(byte, n, cut, true, &parts, &lines), CSV_NONE);
        csv_count_bytes(byte, cut, &before);
        char previous = cut > 0 ? byte[cut - 1] : '\n';
        size_t first =
            cut + csv_first_record(byte + cut, n - cut, before.quotes % 2 != 0, previous);
        struct csv_count skipped = {0, 0};
        csv_count_bytes(byte, first, &skipped);
        CU_ASSERT_EQUAL(skipped.newlines, lines);
        read_all(byte + first, n - first, n - first, true, &parts, &lines);
        CU_ASSERT_STRING_EQUAL(parts.text, whole.text);
    }
}

static void any_cut_gives_the_same_records(void)
{
    for (size_t i = 0; i < N_NASTY; i++)
        check_cuts(NASTY[i], strlen(NASTY[i]));
}

/* Bytes that end early: the records that are whole, then CSV_MORE or nothing, never a guess. */
static void missing_bytes_are_asked_for(void)
{
    for (size_t i = 0; i < N_NASTY; i++) {
        size_t n = strlen(NASTY[i]);
        struct print whole = {.length = 0};
        int64_t lines = 0;
        read_all(NASTY[i], n, n, true, &whole, &lines);
        for (size_t cut = 0; cut <= n; cut++) {
            struct print part = {.length = 0};
            struct csv_count in_part = {0, 0};
            lines = 0;
            enum csv_end how = read_all(NASTY[i], cut, cut, false, &part, &lines);
            CU_ASSERT(how == CSV_MORE || how == CSV_NONE);
            CU_ASSERT_EQUAL(strncmp(whole.text, part.text, part.length), 0);
            csv_count_bytes(NASTY[i], cut, &in_part);
            CU_ASSERT(how == CSV_MORE ? lines <= in_part.newlines : lines == in_part.newlines);
        }
    }
}

static unsigned draw(unsigned *state, unsigned n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void check_random(unsigned *state, const char *alphabet, size_t n)
{
    char byte[200] = {0};
    struct print fast = {.length = 0}, slow = {.length = 0};
    int64_t lines = 0;

    for (size_t i = 0; i < n; i++)
        byte[i] = alphabet[draw(state, (unsigned)strlen(alphabet))];
    enum csv_end expected = read_slowly(byte, n, &slow);
    CU_ASSERT_EQUAL(read_all(byte, n, n, true, &fast, &lines), expected);
    if (strcmp(fast.text, slow.text) != 0 && strchr(fast.text, '+') == NULL)
        CU_FAIL("the two readers differ");
    if (expected == CSV_NONE && n < 40)
        check_cuts(byte, n);
}

static void random_bytes_read_as_the_slow_reader_does(void)
{
    unsigned state = 1;

    for (size_t round = 0; round < 4000; round++) {
        check_random(&state, "aaaa\",\n\r\"", draw(&state, 30));
        check_random(&state, "abcdefghij\n,", draw(&state, 200));
    }
}

static void check_error(const char *input, enum csv_end expected, int64_t expected_lines)
{
    const char *cursor = input;
    struct csv_field field[MAX_FIELD];
    size_t n_field;
    int64_t lines = 10;

    CU_ASSERT_EQUAL(csv_read_record(&cursor, input + strlen(input), true, field, MAX_FIELD,
                                    &n_field, &lines),
                    expected);
    CU_ASSERT_PTR_EQUAL(cursor, input);
    CU_ASSERT_EQUAL(lines, 10 + expected_lines);
}

static void broken_quotes_are_told_with_their_line(void)
{
    check_error("a\"b,c\n", CSV_BARE_QUOTE, 0);
    check_error("\"a\nb\",c\"\n", CSV_BARE_QUOTE, 1);
    check_error("\"a\n\nb\"x,c\n", CSV_BARE_QUOTE, 2);
    check_error("\"a\" ,b\n", CSV_BARE_QUOTE, 0);
    check_error("\"a\"\rb\n", CSV_BARE_QUOTE, 0);
    check_error("\"a\nb\",\"c\n\n", CSV_OPEN_QUOTE, 1);
    check_error("\"", CSV_OPEN_QUOTE, 0);
    check_error("\"\"\"", CSV_OPEN_QUOTE, 0);
}

static void counts_are_those_of_a_plain_loop(void)
{
    enum { N = 64 * 255 * 2 + 77 };
    char *byte = malloc(N);
    unsigned state = 7;

    CU_ASSERT_PTR_NOT_NULL_FATAL(byte);
    for (size_t i = 0; i < N; i++)
        byte[i] = "\"\n,x"[draw(&state, 4)];
    for (size_t n = 0; n <= N; n += n < 300 ? 1 : 997) {
        struct csv_count count = {5, 6}, plain = {5, 6};
        csv_count_bytes(byte, n, &count);
        for (size_t i = 0; i < n; i++) {
            plain.quotes += byte[i] == '"';
            plain.newlines += byte[i] == '\n';
        }
        CU_ASSERT_EQUAL(count.quotes, plain.quotes);
        CU_ASSERT_EQUAL(count.newlines, plain.newlines);
    }
    struct csv_count full = {0, 0};
    memset(byte, '"', N);
    csv_count_bytes(byte, N, &full);
    CU_ASSERT_EQUAL(full.quotes, N);
    CU_ASSERT_EQUAL(full.newlines, 0);
    free(byte);
}

static void a_record_begins_behind_a_newline_outside_quotes(void)
{
    CU_ASSERT_EQUAL(csv_first_record("ab", 2, false, '\n'), 0);
    CU_ASSERT_EQUAL(csv_first_record("ab", 2, true, '\n'), 2);
    CU_ASSERT_EQUAL(csv_first_record("a\nb", 3, false, 'x'), 2);
    CU_ASSERT_EQUAL(csv_first_record("a\nb\"\nc", 6, true, 'x'), 5);
    CU_ASSERT_EQUAL(csv_first_record("\"\n", 2, false, 'x'), 2);
    CU_ASSERT_EQUAL(csv_first_record("", 0, false, '\n'), 0);
}

int main(void)
{
    static const struct fact fact[] = {
        {"worked examples read as RFC 4180 says", reads_worked_examples},
        {"a file cut at any byte gives the same records", any_cut_gives_the_same_records},
        {"bytes that end early are asked for, not guessed", missing_bytes_are_asked_for},
        {"random bytes read as a byte-wise reader reads them",
         random_bytes_read_as_the_slow_reader_does},
        {"broken quotes are told with their line", broken_quotes_are_told_with_their_line},
        {"quotes and newlines are counted as a plain loop does",
         counts_are_those_of_a_plain_loop},
        {"a record begins behind a newline outside quotes",
         a_record_begins_behind_a_newline_outside_quotes},
    };

    return suite_run("csv", fact, sizeof fact / sizeof fact[0]);
}
