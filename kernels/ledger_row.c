/* Records to rows: a record's fields are found by the caller; of those that are columns the
 * blanks are cut off, missing values drop the row, texts become codes and amounts numbers,
 * straight into the block's next row.
 *
 * Ledgers repeat themselves: a column holds the text of the row above, or, where a month lists
 * its accounts in last month's order, the text first seen after that one. Both are tried before
 * the dictionary is searched (dict_code_near), which saves hashing and most cache misses.
 *
 * Sheets hold more than rows: blank rows, remarks, the header again. What is no row is told
 * apart only once a record has failed to be one, so that good rows do not pay for it. */
#include "ledger_row.h"

#include "ascii.h"
#include "date.h"
#include "ledger_block.h"
#include "mem.h"
#include "missing.h"
#include "number.h"
#include <float.h>
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
        [REJECT_BLANK] = "blank row, dropped",
        [REJECT_NOTE] = "a note and no row, dropped",
        [REJECT_HEADER] = "the header again, row dropped",
        [REJECT_REVERSED] = "difference is IHub - GL, kept as given",
        [REJECT_SIGN] = "most differences are IHub - GL, kept as given; the first one",
        [REJECT_DUPLICATE] = "another row has this account and date, both kept",
        [REJECT_CURRENCY] = "not the currency of the account's first row, kept",
    };

    return text[reason];
}

bool reject_drops_row(enum reject_reason reason)
{
    return reason == REJECT_EMPTY || reason == REJECT_SHORT || reason == REJECT_LONG ||
           reason == REJECT_BLANK || reason == REJECT_NOTE || reason == REJECT_HEADER;
}

/* ---- findings ------------------------------------------------------------------------------ */

static bool reject(struct ledger_reader *reader, enum reject_reason reason,
                   enum ledger_column column, const char *text, size_t length)
{
    struct reject finding = {.row_number = reader->block->n_record - 1,
                             .line = reader->record_line,
                             .file = reader->file,
                             .column = (uint8_t)column,
                             .reason = (uint8_t)reason};

    return block_add_reject(reader->block, &finding, text, length);
}

static bool reject_value(struct ledger_reader *reader, enum reject_reason reason,
                         enum ledger_column column)
{
    const struct ledger_value *value = &reader->value[column];

    return reject(reader, reason, column, value->found, value->n_found);
}

static bool reject_record(struct ledger_reader *reader, enum reject_reason reason)
{
    return reject(reader, reason, COLUMN_NONE, reader->record, reader->n_record_byte);
}

static bool field_is_blank(const struct csv_field *field)
{
    for (size_t k = 0; k < field->length; k++)
        if (!ascii_is_blank(field->text[k]))
            return false;
    return true;
}

static bool fields_are_blank(const struct csv_field *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!field_is_blank(&field[i]))
            return false;
    return true;
}

/* ---- values -------------------------------------------------------------------------------- */

/* Values that hold "" are read from a copy that does not. All the copies of a record fit into
 * as many bytes as it has. */
static bool unescape_values(struct ledger_reader *reader)
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
        reader->value[c] = (struct ledger_value){out, length, out, length};
        out += length;
    }
    return true;
}

/* Takes the columns out of the record's fields. */
static bool take_values(struct ledger_reader *reader)
{
    bool escaped = false;

    for (size_t c = 0; c < N_COLUMN; c++) {
        int32_t at = reader->layout->field[c];
        struct csv_field field = at >= 0 ? reader->field[at] : (struct csv_field){.text = ""};
        reader->value[c] =
            (struct ledger_value){field.text, field.length, field.text, field.length};
        escaped = escaped || field.escaped;
    }
    if (escaped && !unescape_values(reader))
        return false;
    for (size_t c = 0; c < N_COLUMN; c++)
        ascii_trim(&reader->value[c].text, &reader->value[c].length);
    return true;
}

/* The first required column without a value, or COLUMN_NONE. Columns that are derived have
 * theirs. */
static enum ledger_column first_missing(const struct ledger_reader *reader)
{
    for (int c = 0; c < N_REQUIRED; c++)
        if (reader->layout->field[c] >= 0 &&
            text_is_missing(reader->value[c].text, reader->value[c].length))
            return (enum ledger_column)c;
    return COLUMN_NONE;
}

/* Code of text, tried near the row before's; false if memory is short. */
static bool encode(struct ledger_reader *reader, int which, const char *text, size_t length,
                   uint32_t *code)
{
    *code = dict_code_near(reader->block->dict[which], reader->last[which], text, length);
    if (*code == UINT32_MAX)
        return false;
    reader->last[which] = *code;
    return true;
}

static bool encode_texts(struct ledger_reader *reader, struct row *row)
{
    static const enum ledger_column source[N_CODE] = {
        [CODE_COMPANY] = COLUMN_COMPANY,
        [CODE_ACCOUNT] = COLUMN_ACCOUNT,
        [CODE_AU] = COLUMN_AU,
        [CODE_STATUS] = COLUMN_STATUS,
        [CODE_CURRENCY] = COLUMN_CURRENCY,
    };

    for (int c = 0; c < N_CODE; c++) {
        const struct ledger_value *value = &reader->value[source[c]];
        bool absent = c == CODE_CURRENCY && text_is_missing(value->text, value->length);
        if (!encode(reader, c, value->text, absent ? 0 : value->length, &row->code[c]))
            return false;
    }
    return true;
}

/* The code of the date's text; a text met for the first time is judged, once. */
static bool encode_new_date(struct ledger_reader *reader)
{
    struct ledger_block *block = reader->block;
    const struct ledger_value *value = &reader->value[COLUMN_DATE];
    size_t known = dict_size(block->dict[DICT_DATE]);
    size_t skip;
    size_t length = date_part(value->text, value->length, &skip);
    const char *text = value->text + skip;
    uint32_t code;

    if (!block_reserve_date(block) || !encode(reader, DICT_DATE, text, length, &code))
        return false;
    if (code >= known) {
        block->date_orders[code] =
            (unsigned char)(date_orders(text, length) & reader->layout->date_orders);
        block->date_record[code] = block->n_record - 1;
    }
    bool in_input = !reader->field[reader->layout->field[COLUMN_DATE]].escaped;
    reader->date = in_input ? *value : (struct ledger_value){.text = ""};
    return true;
}

/* As the row before's if it reads the same, time of day and all. */
static bool encode_date(struct ledger_reader *reader, struct row *row)
{
    const struct ledger_value *value = &reader->value[COLUMN_DATE];
    const struct ledger_value *before = &reader->date;
    bool same = before->length == value->length &&
                memcmp(before->text, value->text, value->length) == 0;

    if (!same && !encode_new_date(reader))
        return false;
    row->date = (int32_t)reader->last[DICT_DATE];
    return true;
}

/* ---- amounts ------------------------------------------------------------------------------- */

static bool value_is_number(const struct ledger_reader *reader, enum ledger_column column,
                            char mark, struct number *number)
{
    const struct ledger_value *value = &reader->value[column];

    return number_read(value->text, value->length, mark, number);
}

/* Lists an amount that is none; whether the other decimal mark would make it one is counted,
 * since many of these mean that the mark is the wrong one. */
static bool reject_amount(struct ledger_reader *reader, enum ledger_column column)
{
    struct number number;
    char other = reader->layout->decimal_mark == '.' ? ',' : '.';

    reader->block->n_other_mark += value_is_number(reader, column, other, &number);
    return reject_value(reader, REJECT_NUMBER, column);
}

/* Half a cent may be missing, and for huge balances what their own rounding to doubles makes. */
static double allowed_error(const struct row *row)
{
    return 0.005 + 4 * DBL_EPSILON * fmax(fabs(row->gl), fabs(row->ihub));
}

bool ledger_row_contradicts(const struct row *row)
{
    return fabs(row->difference - (row->gl - row->ihub)) > allowed_error(row);
}

/* Lists a difference that is not the one of the balances. */
static bool check_difference(struct ledger_reader *reader, const struct row *row)
{
    double allowed = allowed_error(row), apart = row->gl - row->ihub;

    reader->block->n_apart += fabs(apart) > allowed;
    if (!ledger_row_contradicts(row))
        return true;
    bool reversed = fabs(row->difference + apart) <= allowed;
    return reject_value(reader, reversed ? REJECT_REVERSED : REJECT_DIFFERENCE,
                        COLUMN_DIFFERENCE);
}

/* The amounts of the record at hand, as texts say them and as the row's doubles. */
static bool read_amounts(struct ledger_reader *reader, struct row *row,
                         struct number number[N_CONTROL_COLUMN])
{
    bool derived = reader->layout->field[COLUMN_DIFFERENCE] < 0, readable = true;

    for (int a = 0; a < N_CONTROL_COLUMN; a++) {
        if (value_is_number(reader, ledger_amount_column(a), reader->layout->decimal_mark,
                            &number[a]))
            continue;
        number[a] = (struct number){.value = 0};
        if (a == CONTROL_DIFFERENCE && derived)
            continue;
        readable = false;
        if (!reject_amount(reader, ledger_amount_column(a)))
            return false;
    }
    row->gl = number[CONTROL_GL].value;
    row->ihub = number[CONTROL_IHUB].value;
    row->difference = derived ? row->gl - row->ihub : number[CONTROL_DIFFERENCE].value;
    return !readable || check_difference(reader, row);
}

/* Gives a row without a status column its status. */
static void derive_status(struct ledger_reader *reader, const struct row *row)
{
    bool matches = fabs(row->difference) < reader->layout->tolerance;
    const char *text = matches ? "Match" : "Break";

    if (reader->layout->field[COLUMN_STATUS] < 0)
        reader->value[COLUMN_STATUS] =
            (struct ledger_value){text, strlen(text), text, strlen(text)};
}

/* ---- what is no row ------------------------------------------------------------------------ */

/* How a record compares with the header it stands below. */
enum again { NO_HEADER, SAME_HEADER, OTHER_HEADER };

/* Has the record all columns where the layout has them? */
static bool stands_alike(const struct ledger_reader *reader, const struct ledger_terms *terms)
{
    struct ledger_layout found;
    struct error err;

    return ledger_match_header(reader->field, reader->n_field, terms, "", 0, &found, &err) ==
               STATUS_OK &&
           memcmp(found.field, reader->layout->field, sizeof found.field) == 0;
}

static enum again compare_header(const struct ledger_reader *reader)
{
    const struct ledger_layout *layout = reader->layout;
    struct ledger_terms usual = {.decimal_mark = '.'}, as_above = usual;

    for (int c = 0; c < N_COLUMN; c++)
        as_above.named[c] = layout->field[c] >= 0 ? layout->name[c] : NULL;
    if (!ledger_is_header(reader->field, reader->n_field, &as_above) &&
        !ledger_is_header(reader->field, reader->n_field, &usual))
        return NO_HEADER;
    return stands_alike(reader, &as_above) || stands_alike(reader, &usual) ? SAME_HEADER
                                                                           : OTHER_HEADER;
}

/* The number of fields with something in them, counted up to 2, and the first such one. */
static int count_filled(const struct ledger_reader *reader, size_t *first)
{
    int n = 0;

    for (size_t i = 0; i < reader->n_field && n < 2; i++) {
        if (field_is_blank(&reader->field[i]))
            continue;
        if (n == 0)
            *first = i;
        n++;
    }
    return n;
}

/* Is the only filled field of a record something else than a balance without its account? */
static bool is_note(const struct ledger_reader *reader, size_t filled)
{
    struct number number;

    for (int a = 0; a < N_CONTROL_COLUMN; a++)
        if (reader->layout->field[ledger_amount_column(a)] == (int32_t)filled)
            return !number_read(reader->field[filled].text, reader->field[filled].length,
                                reader->layout->decimal_mark, &number);
    return true;
}

/* Lists a record of which it is known that it is no row. In `*is_row` out: whether it looks like
 * one all the same, so that the caller has to say why it is none. */
static enum ledger_row_end reject_no_row(struct ledger_reader *reader, bool *is_row)
{
    size_t first = 0;
    int n_filled = count_filled(reader, &first);
    enum reject_reason reason = REJECT_BLANK;

    *is_row = false;
    if (n_filled == 1) {
        *is_row = !is_note(reader, first);
        reason = REJECT_NOTE;
    } else if (n_filled > 1) {
        enum again again = compare_header(reader);
        if (again == OTHER_HEADER)
            return ROW_OTHER_HEADER;
        *is_row = again == NO_HEADER;
        reason = REJECT_HEADER;
    }
    if (*is_row)
        return ROW_TAKEN;
    size_t length = reason == REJECT_BLANK ? 0 : reader->n_record_byte;
    return reject(reader, reason, COLUMN_NONE, reader->record, length) ? ROW_TAKEN
                                                                       : ROW_NO_MEMORY;
}

/* A record with more or fewer fields than the header. */
static enum ledger_row_end reject_odd_length(struct ledger_reader *reader)
{
    bool is_short = reader->n_field < (size_t)reader->layout->n_field, is_row;
    enum ledger_row_end end = reject_no_row(reader, &is_row);

    if (end != ROW_TAKEN || !is_row)
        return end;
    return reject_record(reader, is_short ? REJECT_SHORT : REJECT_LONG) ? ROW_TAKEN
                                                                        : ROW_NO_MEMORY;
}

/* A record without a value it must have. What balances it has are rejected with it. */
static enum ledger_row_end reject_incomplete(struct ledger_reader *reader,
                                             enum ledger_column missing)
{
    const struct ledger_value *value = &reader->value[COLUMN_CURRENCY];
    struct number number[N_CONTROL_COLUMN] = {{.value = 0}};
    bool is_row;
    enum ledger_row_end end = reject_no_row(reader, &is_row);
    struct control *control;
    uint32_t currency;

    if (end != ROW_TAKEN || !is_row)
        return end;
    for (int a = 0; a < N_CONTROL_COLUMN; a++)
        value_is_number(reader, ledger_amount_column(a), reader->layout->decimal_mark,
                        &number[a]);
    bool absent = text_is_missing(value->text, value->length);
    if (!encode(reader, CODE_CURRENCY, value->text, absent ? 0 : value->length, &currency) ||
        !block_get_control(reader->block, currency, &control))
        return ROW_NO_MEMORY;
    if (control != NULL)
        control_add(control, CONTROL_READ, number);
    if (!reject_value(reader, REJECT_EMPTY, missing))
        return ROW_NO_MEMORY;
    if (control != NULL)
        control_add(control, CONTROL_REJECTED, number);
    return ROW_TAKEN;
}

/* A record whose date is none: the header again, or a row without a date. */
static enum ledger_row_end check_undated(struct ledger_reader *reader, bool *is_row)
{
    enum again again = compare_header(reader);
    bool fits = true;

    *is_row = again == NO_HEADER;
    if (again == OTHER_HEADER)
        return ROW_OTHER_HEADER;
    if (again == SAME_HEADER)
        fits = reject_record(reader, REJECT_HEADER);
    else
        fits = reject_value(reader, REJECT_DATE, COLUMN_DATE);
    return fits ? ROW_TAKEN : ROW_NO_MEMORY;
}

/* ---- one record ---------------------------------------------------------------------------- */

/* All but the date of a record that is a row. */
static bool take_row(struct ledger_reader *reader, struct row *row)
{
    struct number number[N_CONTROL_COLUMN];
    struct control *control;

    if (!read_amounts(reader, row, number))
        return false;
    derive_status(reader, row);
    if (!encode_texts(reader, row) ||
        !block_get_control(reader->block, row->code[CODE_CURRENCY], &control))
        return false;
    if (control != NULL)
        control_add(control, CONTROL_READ, number);
    reader->block->n_row++;
    reader->block->fingerprint += row_fingerprint(row);
    if (control != NULL)
        control_add(control, CONTROL_KEPT, number);
    return true;
}

enum ledger_row_end ledger_read_row(struct ledger_reader *reader)
{
    struct ledger_block *block = reader->block;
    size_t wanted = (size_t)reader->layout->n_field;

    block->n_record++;
    if (!block_mark_line(block, reader->file, reader->record_line))
        return ROW_NO_MEMORY;
    if (reader->n_field < wanted ||
        !fields_are_blank(reader->field + wanted, reader->n_field - wanted))
        return reject_odd_length(reader);
    if (!take_values(reader))
        return ROW_NO_MEMORY;
    enum ledger_column missing = first_missing(reader);
    if (missing != COLUMN_NONE)
        return reject_incomplete(reader, missing);
    struct row *row = block_reserve_row(block);
    if (row == NULL)
        return ROW_NO_MEMORY;
    *row = (struct row){.row_number = block->n_record - 1};
    if (!encode_date(reader, row))
        return ROW_NO_MEMORY;
    if (block->date_orders[row->date] == 0) {
        bool is_row;
        enum ledger_row_end end = check_undated(reader, &is_row);
        if (end != ROW_TAKEN || !is_row)
            return end;
    }
    return take_row(reader, row) ? ROW_TAKEN : ROW_NO_MEMORY;
}
