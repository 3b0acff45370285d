/* For test_csv.py: reads a ledger file at once and in two parts, cut at every byte, as two ranks
 * would share it, and prints what the whole gave. Fails if any cut gives something else.
 *     ledger_dump records FILE   every field of every record: "LENGTH:bytes" and a blank each, a
 *                                newline behind the record
 *     ledger_dump rows FILE      the first record is the header; a row a line: row number, the
 *                                date's text and the codes' texts as fields above, then the
 *                                amounts as hexadecimal doubles */
#include "date.h"
#include "ledger.h"
#include "mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 64 };

struct text {
    char *byte;
    size_t n;
};

static int fail(const char *what, size_t cut)
{
    fprintf(stderr, "ledger_dump: %s (cut at byte %zu)\n", what, cut);
    return 1;
}

static bool read_file(const char *path, struct text *text)
{
    FILE *file = fopen(path, "rb");
    long size = file != NULL && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;

    if (size < 0)
        return false;
    rewind(file);
    text->n = (size_t)size;
    text->byte = mem_array(text->n, 1);
    bool whole = text->byte != NULL && fread(text->byte, 1, text->n, file) == text->n;
    fclose(file);
    return whole;
}

/* Where the first record begins at or behind cut, told from the bytes before as a rank does. */
static size_t find_record(const struct text *text, size_t begin, size_t cut)
{
    struct csv_count before = {0};

    csv_count_bytes(text->byte + begin, cut - begin, &before);
    char previous = cut > begin ? text->byte[cut - 1] : '\n';
    return cut +
           csv_first_record(text->byte + cut, text->n - cut, before.quotes % 2 != 0, previous);
}

static void print_text(FILE *out, const char *byte, size_t n)
{
    fprintf(out, "%zu:", n);
    fwrite(byte, 1, n, out);
    fputc(' ', out);
}

/* ---- records ------------------------------------------------------------------------------- */

static void print_field(FILE *out, const struct csv_field *field)
{
    char *plain = mem_array(field->length + 1, 1);

    if (plain != NULL)
        print_text(out, plain, csv_unescape(field, plain));
    free(plain);
}

/* The records that begin in [begin, limit); false if one cannot be read. */
static bool print_records(const struct text *text, size_t begin, size_t limit, FILE *out)
{
    const char *cursor = text->byte + begin;
    struct csv_field field[FIELDS_MAX];
    size_t n_field;
    int64_t lines = 0;

    while (cursor < text->byte + limit) {
        if (csv_read_record(&cursor, text->byte + text->n, true, field, FIELDS_MAX, &n_field,
                            &lines) != CSV_RECORD ||
            n_field > FIELDS_MAX)
            return false;
        for (size_t i = 0; i < n_field; i++)
            print_field(out, &field[i]);
        fputc('\n', out);
    }
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void print_code(FILE *out, const struct dict *dict, uint32_t code)
{
    size_t n;
    const char *text = dict_text(dict, code, &n);

    print_text(out, text, n);
}

static void print_rows(FILE *out, const struct ledger_block *block, int64_t first)
{
    for (size_t i = 0; i < block->n_row; i++) {
        const struct row *row = &block->row[i];
        fprintf(out, "%" PRId64 " ", first + row->row_number);
        print_code(out, block->dict[DICT_DATE], (uint32_t)row->date);
        for (int c = 0; c < N_CODE; c++)
            print_code(out, block->dict[c], row->code[c]);
        fprintf(out, "%a %a %a\n", row->gl, row->ihub, row->difference);
    }
}

/* The rows of the records that begin in [begin, limit), numbered from *first, which moves on. */
static bool parse_rows(const struct text *text, size_t begin, size_t limit,
                       const struct ledger_layout *layout, int64_t *first, FILE *out)
{
    struct ledger_block *block = ledger_block_create();
    struct error err;
    int64_t line = 1;
    size_t used;
    bool more;
    bool good = block != NULL &&
                ledger_parse(text->byte + begin, text->n - begin, limit - begin, true, layout,
                             0, "file", &line, &used, &more, block, &err) == STATUS_OK;

    if (good) {
        print_rows(out, block, *first);
        *first += block->n_record;
    }
    ledger_block_free(block);
    return good;
}

static bool find_layout(const struct text *text, struct ledger_layout *layout, size_t *begin)
{
    const struct ledger_terms terms = {
        .date_orders = DATE_MONTH_FIRST | DATE_DAY_FIRST, .tolerance = 1, .decimal_mark = '.'};
    struct csv_field field[FIELDS_MAX];
    struct error err;
    const char *cursor = text->byte;
    size_t n_field;
    int64_t lines = 0;

    if (csv_read_record(&cursor, text->byte + text->n, true, field, FIELDS_MAX, &n_field,
                        &lines) != CSV_RECORD)
        return false;
    *begin = (size_t)(cursor - text->byte);
    return ledger_match_header(field, n_field, &terms, "file", 1, layout, &err) == STATUS_OK;
}

/* ---- both ---------------------------------------------------------------------------------- */

/* The text in two parts, one behind the other; layout is NULL for records. */
static bool print_parts(const struct text *text, size_t begin, size_t cut,
                        const struct ledger_layout *layout, struct text *printed)
{
    FILE *out = open_memstream(&printed->byte, &printed->n);
    size_t limit[2] = {cut, text->n}, from[2] = {begin, find_record(text, begin, cut)};
    int64_t first = 0;
    bool good = out != NULL;

    for (int part = 0; part < 2 && good; part++)
        good = layout != NULL ? parse_rows(text, from[part], limit[part], layout, &first, out)
                              : print_records(text, from[part], limit[part], out);
    return out != NULL && fclose(out) == 0 && good;
}

int main(int argc, char *argv[])
{
    struct text text = {0}, whole = {0};
    struct ledger_layout layout;
    size_t begin = 0;
    int code = 0;

    if (argc != 3 || !read_file(argv[2], &text))
        return fail("usage: ledger_dump records|rows FILE", 0);
    bool rows = strcmp(argv[1], "rows") == 0;
    if (rows && !find_layout(&text, &layout, &begin))
        return fail("no header", 0);
    if (!print_parts(&text, begin, begin, rows ? &layout : NULL, &whole))
        code = fail("cannot be read", begin);
    for (size_t cut = begin + 1; cut <= text.n && code == 0; cut++) {
        struct text parts = {0};
        if (!print_parts(&text, begin, cut, rows ? &layout : NULL, &parts) ||
            parts.n != whole.n || memcmp(parts.byte, whole.byte, whole.n) != 0)
            code = fail("a cut gives something else", cut);
        free(parts.byte);
    }
    fwrite(whole.byte, 1, whole.n, stdout);
    free(whole.byte);
    free(text.byte);
    return code;
}
