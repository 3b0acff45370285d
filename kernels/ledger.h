#ifndef TIEOUT_LEDGER_H
#define TIEOUT_LEDGER_H

#include "csv.h"
#include "dict.h"
#include "rows.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the bytes of a ledger to rows: which field is which column, which values count as empty,
 * what is dropped, what is taken as 0 or as missing. Everything not taken as given is listed. */

/* The columns of the input; the first N_REQUIRED must be there. */
enum ledger_column {
    COLUMN_DATE,
    COLUMN_COMPANY,
    COLUMN_ACCOUNT,
    COLUMN_AU,
    COLUMN_STATUS,
    COLUMN_GL,
    COLUMN_IHUB,
    COLUMN_DIFFERENCE,
    N_REQUIRED,
    COLUMN_CURRENCY = N_REQUIRED,
    N_COLUMN,
    COLUMN_NONE = N_COLUMN /* a finding about the whole row */
};

/* "Asofdate", "Company" ... as the documentation spells them; "" for COLUMN_NONE. */
const char *ledger_column_name(enum ledger_column column);

/* Where the columns stand in one file's records. */
struct ledger_layout {
    int32_t n_field;         /* fields of the header, trailing empty ones not counted */
    int32_t field[N_COLUMN]; /* index of each column's field, or -1 if absent (optional ones) */
    uint32_t date_orders; /* or'ed enum date_order: a date readable in none of these is not */
};

/* Finds the columns in a header, regardless of case, blanks, '_' and '.'. STATUS_DATA if a
 * required one is missing or one is there twice; the sentence names path, what is missing and
 * what was found. */
enum status ledger_match_header(const struct csv_field *header, size_t n_field,
                                const char *path, struct ledger_layout *layout,
                                struct error *err);

enum reject_reason {
    REJECT_EMPTY,      /* a required field is empty: row dropped */
    REJECT_SHORT,      /* fewer fields than the header: row dropped */
    REJECT_LONG,       /* more fields than the header, not all empty: row dropped */
    REJECT_NUMBER,     /* not a number: taken as 0 */
    REJECT_DATE,       /* not a date: taken as missing, sorts last */
    REJECT_DIFFERENCE, /* difference is not GL - IHub within 0.005: kept as given */
    N_REJECT
};

/* A short text for people and /rejects/reason, such as "empty field, row dropped". */
const char *reject_text(enum reject_reason reason);

enum { REJECT_TEXT = 256 }; /* bytes of the text found that are kept, on a UTF-8 boundary */

/* One finding. row_number: as in struct row. line: where the record begins, from 1. */
struct reject {
    int64_t row_number;
    int64_t line;
    size_t text; /* offset in the block's reject_byte */
    uint32_t length;
    int32_t file;
    uint8_t column; /* enum ledger_column */
    uint8_t reason; /* enum reject_reason */
};

enum { DICT_DATE = N_CODE, N_DICT }; /* the dictionaries of a block: N_CODE codes, then dates */

/* What one thread has read so far. Owned by who created it. In its rows, row_number counts the
 * records of this block from 0, code[] and date are codes of this block's dictionaries (date is
 * the code of the date's text), and order is 0: agreeing with the others is the next step. */
struct ledger_block {
    struct dict *dict[N_DICT];
    struct row *row; /* [n_row] */
    size_t n_row, row_capacity;
    struct reject *reject; /* [n_reject], in the order met */
    size_t n_reject, reject_capacity;
    char *reject_byte;
    size_t n_reject_byte, reject_byte_capacity;
    unsigned char *date_orders; /* [dict_size(dict[DICT_DATE])], see date.h */
    size_t date_orders_capacity;
    int64_t n_record; /* data records met, blank lines not counted */
};

struct ledger_block *ledger_block_create(void); /* NULL if memory is short */
void ledger_block_free(struct ledger_block *block);

/* Appends to block the records that begin in byte[0 .. limit); byte[n], n >= limit, holds
 * enough to end the last of them, or *more comes back true. byte[0] begins a record.
 *   is_last   byte[n] is the end of the file
 *   file      index of the file, for findings; path its name, for errors
 *   line      in: line number of byte[0]; out: of byte[*used]
 *   used      out: bytes taken, up to the end of the last whole record
 *   more      out: a record begins in byte[*used .. limit) and does not end before n
 * Blank lines are skipped. A field is empty if it is one of pandas' spellings of a missing
 * value or only blanks; blanks around a value are not part of it. STATUS_DATA, naming path and
 * line, if the quoting is broken, as then no cut of the file can be trusted. */
enum status ledger_parse(const char *byte, size_t n, size_t limit, bool is_last,
                         const struct ledger_layout *layout, int32_t file, const char *path,
                         int64_t *line, size_t *used, bool *more, struct ledger_block *block,
                         struct error *err);

/* Whether the difference given is not the one of the balances. Half a cent is allowed, and for
 * huge balances what their own rounding to doubles makes. */
bool ledger_row_contradicts(const struct row *row);

#endif
