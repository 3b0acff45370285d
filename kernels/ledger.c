/* Bytes to records: the hot path of reading a ledger. Each record's fields are found once, and
 * ledger_row.c makes a row of them.
 *
 * Whole files, ranks and threads, and the numbering of rows over all of them, are not seen
 * here: blocks are put together by who cut the files. */
#include "ledger.h"

#include "ascii.h"
#include "ledger_row.h"
#include "mem.h"
#include <inttypes.h>
#include <stdlib.h>

enum { SPARE_FIELDS = 8 };

/* Reads the next record's fields; if there are more than ever before, room is made for them
 * and the record is read again. */
static enum status next_record(struct ledger_reader *reader, const char **cursor,
                               const char *end, bool is_last, int64_t *line, enum csv_end *how,
                               struct error *err)
{
    const char *begin = *cursor;
    int64_t begin_line = *line;

    for (;;) {
        *how = csv_read_record(cursor, end, is_last, reader->field, reader->field_capacity,
                               &reader->n_field, line);
        if (*how != CSV_RECORD || reader->n_field <= reader->field_capacity)
            break;
        size_t capacity = mem_grow(reader->field_capacity, reader->n_field);
        struct csv_field *field = mem_resize(reader->field, capacity, sizeof *field);
        if (field == NULL)
            return error_no_memory(err, "a record's fields");
        reader->field = field;
        reader->field_capacity = capacity;
        *cursor = begin;
        *line = begin_line;
    }
    reader->record = begin;
    reader->record_line = begin_line;
    return STATUS_OK;
}

static enum status report_quotes(enum csv_end how, const char *path, int64_t line,
                                 struct error *err)
{
    if (how == CSV_OPEN_QUOTE)
        return error_set(err, STATUS_DATA,
                         "%.500s, line %" PRId64 ": a quoted field opens here and never closes",
                         path, line);
    return error_set(err, STATUS_DATA,
                     "%.500s, line %" PRId64 ": a quote inside a field: put the whole field in "
                     "quotes and double the quotes inside it",
                     path, line);
}

/* Bytes of the record that ended before next, without its line end. */
static size_t record_length(const char *record, const char *next)
{
    size_t length = (size_t)(next - record);

    length -= length > 0 && record[length - 1] == '\n';
    length -= length > 0 && record[length - 1] == '\r';
    return length;
}

static bool is_blank_line(const struct ledger_reader *reader)
{
    const char *text = reader->field[0].text;
    size_t length = reader->field[0].length;

    if (reader->n_field != 1 || reader->field[0].quoted)
        return false;
    ascii_trim(&text, &length);
    return length == 0;
}

static enum status take_record(struct ledger_reader *reader, const char *path,
                               struct error *err)
{
    switch (ledger_read_row(reader)) {
    case ROW_TAKEN:
        break;
    case ROW_NO_MEMORY:
        return error_no_memory(err, "the ledger's rows");
    case ROW_OTHER_HEADER:
        return error_set(err, STATUS_DATA,
                         "%.500s, line %" PRId64 ": a second header, with other columns: read "
                         "the tables of the sheet one by one with --stacked",
                         path, reader->record_line);
    }
    return STATUS_OK;
}

enum status ledger_parse(const char *byte, size_t n, size_t limit, bool is_last,
                         const struct ledger_layout *layout, int32_t file, const char *path,
                         int64_t *line, size_t *used, bool *more, struct ledger_block *block,
                         struct error *err)
{
    struct ledger_reader reader = {
        .layout = layout, .block = block, .file = file, .date = {.text = ""}};
    const char *cursor = byte;
    int64_t at_line = *line;
    enum csv_end how = CSV_NONE;
    enum status st = STATUS_OK;

    reader.field_capacity = (size_t)layout->n_field + SPARE_FIELDS;
    reader.field = mem_array(reader.field_capacity, sizeof *reader.field);
    if (reader.field == NULL)
        TRY(error_no_memory(err, "a record's fields"));
    while (cursor < byte + limit) {
        TRY(next_record(&reader, &cursor, byte + n, is_last, &at_line, &how, err));
        if (how == CSV_BARE_QUOTE || how == CSV_OPEN_QUOTE)
            TRY(report_quotes(how, path, at_line, err));
        if (how != CSV_RECORD)
            break;
        reader.n_record_byte = record_length(reader.record, cursor);
        if (!is_blank_line(&reader))
            TRY(take_record(&reader, path, err));
    }
    *line = at_line;
    *used = (size_t)(cursor - byte);
    *more = how == CSV_MORE;
done:
    free(reader.field);
    free(reader.scratch);
    return st;
}
