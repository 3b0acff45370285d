/* Records to rows: the hot path of reading a ledger. A record's fields are found once; of those
 * that are columns the blanks are cut off, missing values drop the row, texts become codes and
 * amounts numbers, straight into the block's next row.
 *
 * Ledgers repeat themselves: a column holds the text of the row above, or, where a month lists
 * its accounts in last month's order, the text first seen after that one. Both are tried before
 * the dictionary is searched (dict_code_near), which saves hashing and most cache misses.
 *
 * Whole files, ranks and threads, and the numbering of rows over all of them, are not seen
 * here: blocks are put together by who cut the files. */
#include "ledger.h"

#include "ascii.h"
#include "date.h"
#include "ledger_block.h"
#include "mem.h"
#include "missing.h"
#include "number.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *reject_text(enum reject_reason reason)
{
    static const char *const text[N_REJECT] = {
        [REJECT_EMPTY] = "empty field, row dropped",
        [REJECT_SHORT] = "fewer fields than the header, row dropped",
        [REJECT_LONG] = "more fields than the header, row dropped",
        [REJECT_NUMBER] = "not a number, taken as 0",
        [REJECT_DATE] = "not a date, taken as missing",
        [REJECT_DIFFERENCE] = "difference is not GL - IHub, kept as given",
    };

    return text[reason];
}

/* A column's value in the record at hand: as found, and without the blanks around it. */
struct value {
    const char *found;
    size_t n_found;
    const char *text;
    size_t length;
};

/* What reading the records of one piece needs. */
struct reader {
    const struct ledger_layout *layout;
    struct ledger_block *block;
    int32_t file;
    struct csv_field *field; /* [field_capacity], the record's fields */
    size_t field_capacity, n_field;
    const char *record; /* where the record begins, and the bytes up to its line end */
    size_t n_record_byte;
    int64_t record_line;
    struct value value[N_COLUMN];
    char *scratch; /* columns without their "" */
    size_t scratch_capacity;
    uint32_t last[N_DICT]; /* each dictionary's code in the row before */
    struct value date;     /* the date of the row before, if it lies in the input */
};

enum { SPARE_FIELDS = 8 };

static bool reject(struct reader *reader, enum reject_reason reason, enum ledger_column column,
                   const char *text, size_t length)
{
    struct reject finding = {.row_number = reader->block->n_record - 1,
                             .line = reader->record_line,
                             .file = reader->file,
                             .column = (uint8_t)column,
                             .reason = (uint8_t)reason};

    return block_add_reject(reader->block, &finding, text, length);
}

static bool reject_value(struct reader *reader, enum reject_reason reason,
                         enum ledger_column column)
{
    const struct value *value = &reader->value[column];

    return reject(reader, reason, column, value->found, value->n_found);
}

static bool reject_record(struct reader *reader, enum reject_reason reason)
{
    return reject(reader, reason, COLUMN_NONE, reader->record, reader->n_record_byte);
}

static bool fields_are_blank(const struct csv_field *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < field[i].length; k++)
            if (!ascii_is_blank(field[i].text[k]))
                return false;
    return true;
}

/* Values that hold "" are read from a copy that does not. All the copies of a record fit into
 * as many bytes as it has. */
static bool unescape_values(struct reader *reader)
{
    if (reader->n_record_byte > reader->scratch_capacity) {
        char *scratch = mem_resize(reader->scratch, reader->n_record_byte, 1);
        if (scratch == NULL)
            return false;
        reader->scratch = scratch;
        reader->scratch_capacity = reader->n_record_byte;
    }
    char *out = reader->scratch;
    for (size_t c = 0; c < N_COLUMN; c++) {
        int32_t at = reader->layout->field[c];
        if (at < 0 || !reader->field[at].escaped)
            continue;
        size_t length = csv_unescape(&reader->field[at], out);
        reader->value[c] = (struct value){out, length, out, length};
        out += length;
    }
    return true;
}

/* Takes the columns out of the record's fields. */
static bool take_values(struct reader *reader)
{
    bool escaped = false;

    for (size_t c = 0; c < N_COLUMN; c++) {
        int32_t at = reader->layout->field[c];
        struct csv_field field = at >= 0 ? reader->field[at] : (struct csv_field){.text = ""};
        reader->value[c] = (struct value){field.text, field.length, field.text, field.length};
        escaped = escaped || field.escaped;
    }
    if (escaped && !unescape_values(reader))
        return false;
    for (size_t c = 0; c < N_COLUMN; c++)
        ascii_trim(&reader->value[c].text, &reader->value[c].length);
    return true;
}

/* The first required column without a value, or COLUMN_NONE. */
static enum ledger_column first_missing(const struct reader *reader)
{
    for (int c = 0; c < N_REQUIRED; c++)
        if (text_is_missing(reader->value[c].text, reader->value[c].length))
            return (enum ledger_column)c;
    return COLUMN_NONE;
}

/* Code of text, tried near the row before's; false if memory is short. */
static bool encode(struct reader *reader, int which, const char *text, size_t length,
                   uint32_t *code)
{
    *code = dict_code_near(reader->block->dict[which], reader->last[which], text, length);
    if (*code == UINT32_MAX)
        return false;
    reader->last[which] = *code;
    return true;
}

static bool encode_texts(struct reader *reader, struct row *row)
{
    static const enum ledger_column source[N_CODE] = {
        [CODE_COMPANY] = COLUMN_COMPANY,
        [CODE_ACCOUNT] = COLUMN_ACCOUNT,
        [CODE_AU] = COLUMN_AU,
        [CODE_STATUS] = COLUMN_STATUS,
        [CODE_CURRENCY] = COLUMN_CURRENCY,
    };

    for (int c = 0; c < N_CODE; c++) {
        const struct value *value = &reader->value[source[c]];
        bool absent = c == CODE_CURRENCY && text_is_missing(value->text, value->length);
        if (!encode(reader, c, value->text, absent ? 0 : value->length, &row->code[c]))
            return false;
    }
    return true;
}

/* The code of the date's text; a text met for the first time is judged, once. */
static bool encode_new_date(struct reader *reader)
{
    struct ledger_block *block = reader->block;
    const struct value *value = &reader->value[COLUMN_DATE];
    size_t known = dict_size(block->dict[DICT_DATE]);
    size_t skip;
    size_t length = date_part(value->text, value->length, &skip);
    const char *text = value->text + skip;
    uint32_t code;

    if (!block_reserve_date(block) || !encode(reader, DICT_DATE, text, length, &code))
        return false;
    if (code >= known)
        block->date_orders[code] =
            (unsigned char)(date_orders(text, length) & reader->layout->date_orders);
    bool in_input = !reader->field[reader->layout->field[COLUMN_DATE]].escaped;
    reader->date = in_input ? *value : (struct value){.text = ""};
    return true;
}

/* As the row before's if it reads the same, time of day and all. */
static bool encode_date(struct reader *reader, struct row *row)
{
    const struct value *value = &reader->value[COLUMN_DATE];
    const struct value *before = &reader->date;
    bool same = before->length == value->length &&
                memcmp(before->text, value->text, value->length) == 0;

    if (!same && !encode_new_date(reader))
        return false;
    uint32_t code = reader->last[DICT_DATE];
    row->date = (int32_t)code;
    return reader->block->date_orders[code] != 0 ||
           reject_value(reader, REJECT_DATE, COLUMN_DATE);
}

static bool read_amount(struct reader *reader, enum ledger_column column, double *amount,
                        bool *readable)
{
    const struct value *value = &reader->value[column];

    *amount = 0;
    if (number_read(value->text, value->length, amount))
        return true;
    *readable = false;
    return reject_value(reader, REJECT_NUMBER, column);
}

bool ledger_row_contradicts(const struct row *row)
{
    double allowed = 0.005 + 4 * DBL_EPSILON * fmax(fabs(row->gl), fabs(row->ihub));

    return fabs(row->difference - (row->gl - row->ihub)) > allowed;
}

static bool read_amounts(struct reader *reader, struct row *row)
{
    bool readable = true;

    if (!read_amount(reader, COLUMN_GL, &row->gl, &readable) ||
        !read_amount(reader, COLUMN_IHUB, &row->ihub, &readable) ||
        !read_amount(reader, COLUMN_DIFFERENCE, &row->difference, &readable))
        return false;
    return !readable || !ledger_row_contradicts(row) ||
           reject_value(reader, REJECT_DIFFERENCE, COLUMN_DIFFERENCE);
}

/* One record that is not a blank line, to a row or a finding; false if memory is short. */
static bool read_row(struct reader *reader)
{
    size_t wanted = (size_t)reader->layout->n_field;

    reader->block->n_record++;
    if (reader->n_field < wanted) {
        if (fields_are_blank(reader->field, reader->n_field))
            return reject(reader, REJECT_EMPTY, COLUMN_DATE, "", 0);
        return reject_record(reader, REJECT_SHORT);
    }
    if (!fields_are_blank(reader->field + wanted, reader->n_field - wanted))
        return reject_record(reader, REJECT_LONG);
    if (!take_values(reader))
        return false;
    enum ledger_column missing = first_missing(reader);
    if (missing != COLUMN_NONE)
        return reject_value(reader, REJECT_EMPTY, missing);
    struct row row = {.row_number = reader->block->n_record - 1};
    if (!encode_texts(reader, &row) || !encode_date(reader, &row) ||
        !read_amounts(reader, &row))
        return false;
    struct row *added = block_add_row(reader->block);
    if (added != NULL)
        *added = row;
    return added != NULL;
}

/* Reads the next record's fields; if there are more than ever before, room is made for them
 * and the record is read again. */
static enum status next_record(struct reader *reader, const char **cursor, const char *end,
                               bool is_last, int64_t *line, enum csv_end *how,
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

enum status ledger_parse(const char *byte, size_t n, size_t limit, bool is_last,
                         const struct ledger_layout *layout, int32_t file, const char *path,
                         int64_t *line, size_t *used, bool *more, struct ledger_block *block,
                         struct error *err)
{
    struct reader reader = {
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
        bool blank_line =
            reader.n_field == 1 && !reader.field[0].quoted && fields_are_blank(reader.field, 1);
        reader.n_record_byte = record_length(reader.record, cursor);
        if (!blank_line && !read_row(&reader))
            TRY(error_no_memory(err, "the ledger's rows"));
    }
    *line = at_line;
    *used = (size_t)(cursor - byte);
    *more = how == CSV_MORE;
done:
    free(reader.field);
    free(reader.scratch);
    return st;
}
