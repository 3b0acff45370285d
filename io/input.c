/* What a ledger file is, and where its tables begin. Exports put titles above the header and,
 * in a stacked sheet, several headers below each other, so records are read from the top until
 * one names all the columns that must be there.
 *
 * How bytes come out of a file is input_source.c's part, who reads which of them src/ingest's. */
#include "input.h"

#include "ascii.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 1 << 20, /* bytes looked at at a time */
    HEADER_FIELDS_MAX = 1 << 14,
    TITLE_RECORDS_MAX = 100, /* a header lower down is not looked for */
    BINARY_CHECKED = 4096    /* bytes that are looked at for what no text holds */
};

/* The records of a file from its top. */
struct scan {
    const char *path;
    struct input_source *source;
    char *byte;
    size_t n, capacity, used;
    int64_t at;              /* offset in the text of byte[0] */
    int64_t line;            /* of byte[used] */
    bool ended;              /* byte[n] is the end of the text */
    struct csv_field *field; /* [HEADER_FIELDS_MAX] of the record read last */
    size_t n_field;
    int64_t record_at, record_line; /* where that one begins */
};

/* Refuses by name what is not plain UTF-8 text. *skip: bytes of a byte order mark. */
static enum status check_encoding(const char *byte, size_t n, const char *path, size_t *skip,
                                  struct error *err)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *what;
    } foreign[] = {
        {"\x1f\x8b", 2, "packed twice: unpack it once"},
        {"\x28\xb5\x2f\xfd", 4, "packed twice: unpack it once"},
        {"\xff\xfe", 2, "UTF-16: save it as UTF-8"},
        {"\xfe\xff", 2, "UTF-16: save it as UTF-8"},
        {"PK\x03\x04", 4, "a zip archive or Excel workbook: save it as CSV"},
        {"\xd0\xcf\x11\xe0", 4, "an old Excel workbook: save it as CSV"},
        {"\x89HDF", 4, "an HDF5 file: a ledger is a CSV file"},
    };

    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (n >= foreign[i].length && memcmp(byte, foreign[i].magic, foreign[i].length) == 0)
            return error_set(err, STATUS_DATA, "%s: is %s", path, foreign[i].what);
    if (memchr(byte, '\0', n < BINARY_CHECKED ? n : BINARY_CHECKED) != NULL)
        return error_set(
            err, STATUS_DATA,
            "%s: holds NUL bytes: is it UTF-16 without a mark, or no text? Save it "
            "as UTF-8",
            path);
    const char *cr = memchr(byte, '\r', n);
    if (cr != NULL && cr + 1 < byte + n && memchr(byte, '\n', n) == NULL)
        return error_set(err, STATUS_DATA,
                         "%s: its lines end with a carriage return alone: save it with line "
                         "feeds",
                         path);
    *skip = n >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return STATUS_OK;
}

/* Drops what has been used and fills the window up; one that is full of one record is
 * doubled. */
static enum status scan_fill(struct scan *scan, struct error *err)
{
    size_t got = 0;

    memmove(scan->byte, scan->byte + scan->used, scan->n - scan->used);
    scan->at += (int64_t)scan->used;
    scan->n -= scan->used;
    scan->used = 0;
    if (scan->n == scan->capacity) {
        if (scan->n >= INPUT_RECORD_MAX)
            return error_set(err, STATUS_DATA,
                             "%s, line %" PRId64 ": no line ends within %d MiB from here",
                             scan->path, scan->line, INPUT_RECORD_MAX >> 20);
        char *larger = mem_resize(scan->byte, 2 * scan->capacity, 1);
        if (larger == NULL)
            return error_no_memory(err, "a long record");
        scan->byte = larger;
        scan->capacity *= 2;
    }
    size_t room = scan->capacity - scan->n;
    enum status st = input_source_read(scan->source, scan->byte + scan->n, room, &got, err);
    scan->n += got;
    scan->ended = got < room;
    return st;
}

static enum status scan_open(struct scan *scan, struct error *err)
{
    enum status st = STATUS_OK;

    scan->byte = mem_array(WINDOW, 1);
    scan->capacity = WINDOW;
    scan->line = 1;
    scan->field = mem_array(HEADER_FIELDS_MAX, sizeof *scan->field);
    if (scan->byte == NULL || scan->field == NULL)
        return error_no_memory(err, "a header");
    TRY(input_source_open(scan->path, &scan->source, err));
    TRY(scan_fill(scan, err));
    TRY(check_encoding(scan->byte, scan->n, scan->path, &scan->used, err));
    if (scan->used == scan->n)
        st = error_set(err, STATUS_DATA, "%s: is empty", scan->path);
done:
    return st;
}

static void scan_close(struct scan *scan)
{
    input_source_close(scan->source);
    free(scan->byte);
    free(scan->field);
}

/* Passes over a line with stray quotes, which is none of a table. */
static void scan_skip_line(struct scan *scan)
{
    const char *begin = scan->byte + scan->used;
    const char *newline = memchr(begin, '\n', scan->n - scan->used);

    scan->used = newline != NULL ? (size_t)(newline + 1 - scan->byte) : scan->n;
    scan->line += newline != NULL;
    scan->n_field = 0;
}

/* Reads the next record; *how is CSV_RECORD or CSV_NONE, or a broken quote inside a table. */
static enum status scan_next(struct scan *scan, bool in_table, enum csv_end *how,
                             struct error *err)
{
    for (;;) {
        const char *cursor = scan->byte + scan->used;
        int64_t line = scan->line;
        *how = csv_read_record(&cursor, scan->byte + scan->n, scan->ended, scan->field,
                               HEADER_FIELDS_MAX, &scan->n_field, &line);
        scan->record_at = scan->at + (int64_t)scan->used;
        scan->record_line = scan->line;
        if (*how == CSV_RECORD) {
            scan->used = (size_t)(cursor - scan->byte);
            scan->line = line;
            return STATUS_OK;
        }
        if (*how == CSV_NONE && scan->ended)
            return STATUS_OK;
        if (*how == CSV_BARE_QUOTE || *how == CSV_OPEN_QUOTE) {
            if (in_table)
                return error_set(err, STATUS_DATA,
                                 "%s, line %" PRId64 ": a quote inside a field, or one that "
                                 "never closes",
                                 scan->path, line);
            scan_skip_line(scan);
            *how = CSV_RECORD;
            return STATUS_OK;
        }
        enum status st = scan_fill(scan, err);
        if (st != STATUS_OK)
            return st;
    }
}

/* The table below the header that was just read. */
static enum status add_table(const struct scan *scan, int32_t file,
                             const struct ledger_terms *terms, struct input_tables *tables,
                             struct error *err)
{
    struct input_table table = {.file = file,
                                .packing = (int32_t)input_source_packing(scan->source),
                                .size = input_source_size(scan->source),
                                .data_begin = scan->at + (int64_t)scan->used,
                                .header_line = scan->record_line,
                                .header_lines = scan->line - 1};
    enum status st = STATUS_OK;

    if (scan->n_field > HEADER_FIELDS_MAX)
        return error_set(err, STATUS_DATA, "%s, line %" PRId64 ": more than %d columns",
                         scan->path, scan->record_line, HEADER_FIELDS_MAX);
    st = ledger_match_header(scan->field, scan->n_field, terms, scan->path, scan->record_line,
                             &table.layout, err);
    if (st != STATUS_OK)
        return st;
    table.data_end = table.packing == PACKING_NONE ? table.size : INPUT_TO_END;
    struct input_table *more = mem_resize(tables->table, tables->n + 1, sizeof *more);
    if (more == NULL)
        return error_no_memory(err, "the list of tables");
    tables->table = more;
    tables->table[tables->n++] = table;
    return STATUS_OK;
}

static bool is_header(const struct scan *scan, const struct ledger_terms *terms)
{
    size_t n = scan->n_field < HEADER_FIELDS_MAX ? scan->n_field : HEADER_FIELDS_MAX;

    return ledger_is_header(scan->field, n, terms);
}

/* Reads on to the first header. Of lines that are none, the one that comes nearest is told. */
static enum status find_header(struct scan *scan, const struct ledger_terms *terms,
                               struct error *err)
{
    struct ledger_layout layout;
    enum csv_end how = CSV_NONE;
    size_t most = 0;
    int n_title = 0;
    enum status st = STATUS_OK;

    while (n_title < TITLE_RECORDS_MAX) {
        TRY(scan_next(scan, false, &how, err));
        if (how == CSV_NONE)
            break;
        if (is_header(scan, terms))
            return STATUS_OK;
        size_t n = scan->n_field < HEADER_FIELDS_MAX ? scan->n_field : HEADER_FIELDS_MAX;
        if (n == 0 || (n == 1 && scan->field[0].length == 0))
            continue;
        size_t n_column = ledger_count_columns(scan->field, n, terms);
        if (n_title++ > 0 && n_column <= most)
            continue;
        ledger_match_header(scan->field, n, terms, scan->path, scan->record_line, &layout, err);
        most = n_column;
    }
    st = STATUS_DATA; /* and *err is of the line that came nearest */
    if (n_title == 0)
        st = error_set(err, STATUS_DATA, "%s: no header: it is empty, or has stray quotes",
                       scan->path);
done:
    return st;
}

/* Reads on to the end of the text; every further header ends a table and begins one. */
static enum status find_more_tables(struct scan *scan, int32_t file,
                                    const struct ledger_terms *terms,
                                    struct input_tables *tables, struct error *err)
{
    enum csv_end how = CSV_NONE;
    enum status st = STATUS_OK;

    for (;;) {
        TRY(scan_next(scan, true, &how, err));
        if (how == CSV_NONE)
            break;
        if (!is_header(scan, terms))
            continue;
        tables->table[tables->n - 1].data_end = scan->record_at;
        TRY(add_table(scan, file, terms, tables, err));
    }
    tables->table[tables->n - 1].data_end = scan->at + (int64_t)scan->n;
done:
    return st;
}

enum status input_inspect(const char *path, int32_t file, const struct ledger_terms *terms,
                          bool stacked, struct input_tables *tables, struct error *err)
{
    struct scan scan = {.path = path};
    enum status st = STATUS_OK;

    TRY(scan_open(&scan, err));
    TRY(find_header(&scan, terms, err));
    TRY(add_table(&scan, file, terms, tables, err));
    if (stacked)
        TRY(find_more_tables(&scan, file, terms, tables, err));
done:
    scan_close(&scan);
    return st;
}

enum status input_open(const char *path, const struct input_table *table, int64_t offset,
                       struct input_source **out, struct error *err)
{
    struct input_source *source = NULL;
    enum status st = STATUS_OK;

    TRY(input_source_open(path, &source, err));
    if (input_source_size(source) != table->size)
        TRY(error_set(err, STATUS_DATA,
                      "%s: is %lld bytes here and was %lld: is it still being written, or not "
                      "the same file on every node?",
                      path, (long long)input_source_size(source), (long long)table->size));
    TRY(input_source_skip(source, offset, err));
    *out = source;
    source = NULL;
done:
    input_source_close(source);
    return st;
}
