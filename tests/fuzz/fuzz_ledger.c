/* Fuzzes the reading of a ledger: any bytes, below any header, must end in rows, findings or a
 * sentence, and the same ones however the bytes are cut. The first byte of the input chooses how
 * it is read, the second where it is cut. A property that fails aborts, which the fuzzer
 * reports with the input that did it. */
#include "date.h"
#include "ledger.h"
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 64, NUMBER_MAX = 64 };

static void demand(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* ---- one amount, one date ------------------------------------------------------------------- */

/* Digits, one point and an exponent alone are read as strtod reads them. */
static void check_number(const char *text, size_t length)
{
    char copy[NUMBER_MAX + 1];
    struct number number;

    if (length == 0 || length > NUMBER_MAX || !number_read(text, length, '.', &number))
        return;
    demand(isfinite(number.value), "an amount is finite");
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (strspn(copy, "0123456789.eE+-") != length || strpbrk(copy, "0123456789") == NULL ||
        copy[length - 1] == '-')
        return;
    double value = strtod(copy, NULL);
    demand(memcmp(&value, &number.value, sizeof value) == 0, "an amount is what strtod reads");
}

static void check_date(const char *text, size_t length)
{
    static const enum date_order order[] = {DATE_MONTH_FIRST, DATE_DAY_FIRST};
    unsigned orders = date_orders(text, length);
    char iso[DATE_TEXT];

    for (size_t i = 0; i < 2; i++) {
        if ((orders & order[i]) == 0)
            continue;
        int32_t days = date_days(text, length, order[i]);
        date_format(days, iso);
        demand(date_days(iso, strlen(iso), order[i]) == days, "a date is its ISO text");
    }
    size_t skip, part = date_part(text, length, &skip);
    demand(skip + part <= length, "a date's part lies in it");
}

/* ---- a ledger at once and in pieces ----------------------------------------------------------- */

static enum status parse(const char *byte, size_t n, size_t piece,
                         const struct ledger_layout *layout, struct ledger_block *block,
                         struct error *err)
{
    size_t at = 0, have = piece < n ? piece : n;
    int64_t line = 1;
    enum status st = STATUS_OK;

    while (at < n) {
        size_t used = 0;
        bool more = false, is_last = have == n;
        /* A copy of exactly these bytes, so that reading one more is seen. */
        char *copy = malloc(have - at);
        memcpy(copy, byte + at, have - at);
        st = ledger_parse(copy, have - at, have - at, is_last, layout, 0, "fuzz", &line, &used,
                          &more, block, err);
        free(copy);
        if (st != STATUS_OK)
            break;
        demand(used <= have - at, "no more is used than there is");
        demand(!is_last || (!more && used == have - at), "the last piece is read to its end");
        at += used;
        have = n - have < piece ? n : have + piece;
    }
    return st;
}

static void check_block(struct ledger_block *block)
{
    int64_t n_kept = 0, n_dropped = 0;

    for (size_t c = 0; c < block->n_control; c++) {
        control_normalise(&block->control[c]);
        demand(control_adds_up(&block->control[c]), "what is read is kept or rejected");
        n_kept += block->control[c].n_row[CONTROL_KEPT];
    }
    for (size_t i = 0; i < block->n_reject; i++)
        n_dropped += reject_drops_row((enum reject_reason)block->reject[i].reason);
    demand(n_kept == (int64_t)block->n_row || block->n_control == CONTROL_CURRENCIES,
           "every kept row is in the control");
    demand((int64_t)block->n_row + n_dropped == block->n_record,
           "every record is accounted for");
    for (size_t i = 0; i < block->n_row; i++)
        demand(isfinite(block->row[i].gl) && isfinite(block->row[i].ihub),
               "amounts are finite");
    for (size_t i = 0; i < block->n_reject; i++)
        demand(ledger_block_line(block, block->reject[i].row_number).line ==
                   block->reject[i].line,
               "a record knows its line");
}

static void compare_blocks(const struct ledger_block *a, const struct ledger_block *b)
{
    demand(a->n_row == b->n_row && a->n_reject == b->n_reject && a->n_record == b->n_record &&
               a->n_reject_byte == b->n_reject_byte && a->n_control == b->n_control,
           "pieces give as many rows and findings");
    demand(a->n_row == 0 || memcmp(a->row, b->row, a->n_row * sizeof *a->row) == 0,
           "pieces give the same rows");
    demand(a->n_reject_byte == 0 ||
               memcmp(a->reject_byte, b->reject_byte, a->n_reject_byte) == 0,
           "pieces give the same texts");
    for (size_t i = 0; i < a->n_reject; i++)
        demand(a->reject[i].line == b->reject[i].line &&
                   a->reject[i].reason == b->reject[i].reason &&
                   a->reject[i].column == b->reject[i].column &&
                   a->reject[i].row_number == b->reject[i].row_number,
               "pieces give the same findings");
}

static void check_ledger(const char *byte, size_t n, size_t piece,
                         const struct ledger_layout *layout)
{
    struct ledger_block *whole = ledger_block_create(), *pieces = ledger_block_create();
    struct error err = {.code = STATUS_OK}, also = {.code = STATUS_OK};
    enum status st = parse(byte, n, n, layout, whole, &err);

    demand(st == STATUS_OK || (st == STATUS_DATA && err.text[0] != '\0'),
           "a refusal has a sentence");
    demand(parse(byte, n, piece, layout, pieces, &also) == st, "pieces end as the whole does");
    if (st == STATUS_OK) {
        check_block(whole);
        check_block(pieces);
        compare_blocks(whole, pieces);
    } else {
        demand(strcmp(err.text, also.text) == 0, "pieces are refused with the same words");
    }
    ledger_block_free(whole);
    ledger_block_free(pieces);
}

/* The layout of the first record if it is a header, else a plain one. */
static void choose_layout(const char *byte, size_t n, const struct ledger_terms *terms,
                          struct ledger_layout *layout)
{
    static const char plain[] = "date,company,account,au,status,gl balance,ihub balance,"
                                "difference,match status,currency";
    struct csv_field field[FIELDS_MAX];
    struct error err;
    const char *cursor = byte;
    size_t n_field = 0;
    int64_t lines = 0;

    if (csv_read_record(&cursor, byte + n, true, field, FIELDS_MAX, &n_field, &lines) ==
            CSV_RECORD &&
        n_field <= FIELDS_MAX &&
        ledger_match_header(field, n_field, terms, "fuzz", 1, layout, &err) == STATUS_OK)
        return;
    cursor = plain;
    csv_read_record(&cursor, plain + strlen(plain), true, field, FIELDS_MAX, &n_field, &lines);
    demand(ledger_match_header(field, n_field, terms, "fuzz", 1, layout, &err) == STATUS_OK,
           "a plain header matches");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct ledger_terms terms = {.date_orders = data[0] & 3 ? data[0] & 3u : 3u,
                                 .tolerance = 1,
                                 .decimal_mark = (data[0] & 4) != 0 ? ',' : '.'};
    size_t piece = 1u + data[1], n = size - 2;
    char *byte = malloc(n > 0 ? n : 1);
    struct ledger_layout layout;

    memcpy(byte, data + 2, n);
    check_number(byte, n);
    check_date(byte, n);
    choose_layout(byte, n, &terms, &layout);
    check_ledger(byte, n, piece, &layout);
    free(byte);
    return 0;
}
