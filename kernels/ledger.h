#ifndef TIEOUT_LEDGER_H
#define TIEOUT_LEDGER_H

#include "control.h"
#include "csv.h"
#include "dict.h"
#include "rows.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the bytes of a ledger to rows: which field is which column, which values count as empty,
 * what is dropped, what is taken as 0 or as missing. Everything not taken as given is listed. */

/* The columns of the input. The first N_REQUIRED must have a value in every row; of these, match
 * status and difference may be absent from the file, and are then derived. */
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

/* The column a person means by a name, spelt in any of the ways headers spell it; COLUMN_NONE if
 * it is none. */
enum ledger_column ledger_column_named(const char *name);

/* The column of an amount (enum control_column) that the completeness control sums. */
static inline enum ledger_column ledger_amount_column(int amount)
{
    static const enum ledger_column column[N_CONTROL_COLUMN] = {
        [CONTROL_GL] = COLUMN_GL,
        [CONTROL_IHUB] = COLUMN_IHUB,
        [CONTROL_DIFFERENCE] = COLUMN_DIFFERENCE,
    };

    return column[amount];
}

/* Whether a file without the column can be read: it is optional, or derived. */
bool ledger_column_may_be_absent(enum ledger_column column);

/* How the files are to be read. */
struct ledger_terms {
    const char *named[N_COLUMN]; /* a column's name in the header; NULL: the usual spellings */
    uint32_t date_orders;        /* or'ed enum date_order: other dates are none */
    double tolerance;  /* |difference| below it is "Match" where the status is derived */
    char decimal_mark; /* '.', or ',' */
};

enum { LEDGER_NAME = 64 }; /* a name of a header, cut to fit, terminated */

/* Where the columns stand in the records below one header, and how they read. */
struct ledger_layout {
    int32_t n_field;         /* fields of the header, trailing empty ones not counted */
    int32_t field[N_COLUMN]; /* index of each column's field, or -1 if absent */
    char name[N_COLUMN][LEDGER_NAME]; /* as the header spells it; "" if absent */
    char near[N_COLUMN][LEDGER_NAME]; /* of an absent column: a name in the header that is
                                         nearly its own; "" if there is none */
    uint32_t date_orders;             /* as in the terms, and below */
    double tolerance;
    char decimal_mark;
};

/* Finds the columns in a header, regardless of case, blanks, '_' and '.', by the spellings
 * teams use. STATUS_DATA if a column is missing that must be there, or two fields name one; the
 * sentence names path, line, what is missing and what was found. line: where the header
 * begins. */
enum status ledger_match_header(const struct csv_field *header, size_t n_field,
                                const struct ledger_terms *terms, const char *path,
                                int64_t line, struct ledger_layout *layout, struct error *err);

/* How many of the columns that must be there a record's fields name, and whether that is all of
 * them: then the record is a header. */
size_t ledger_count_columns(const struct csv_field *field, size_t n_field,
                            const struct ledger_terms *terms);
bool ledger_is_header(const struct csv_field *field, size_t n_field,
                      const struct ledger_terms *terms);

enum reject_reason {
    REJECT_EMPTY,      /* a required field is empty: row dropped */
    REJECT_SHORT,      /* fewer fields than the header: row dropped */
    REJECT_LONG,       /* more fields than the header, not all empty: row dropped */
    REJECT_NUMBER,     /* not a number: taken as 0 */
    REJECT_DATE,       /* not a date: taken as missing, sorts last */
    REJECT_DIFFERENCE, /* difference is not GL - IHub within 0.005: kept as given */
    REJECT_BLANK,      /* all fields are empty: row dropped */
    REJECT_NOTE,       /* one text and nothing else, such as a remark or a title: row dropped */
    REJECT_HEADER,     /* the header once more: row dropped */
    REJECT_REVERSED,   /* difference is IHub - GL: kept as given */
    REJECT_SIGN,       /* the first of many: most differences are IHub - GL, kept as given */
    REJECT_DUPLICATE,  /* an account has several rows of one as-of date: kept */
    REJECT_CURRENCY,   /* an account's currency is not that of its first row: kept */
    N_REJECT
};

/* A short text for people and /rejects/reason, such as "empty field, row dropped". */
const char *reject_text(enum reject_reason reason);

/* Whether the row is not among the rows then. */
bool reject_drops_row(enum reject_reason reason);

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

/* A record and its line; the ones behind it are a line further each, up to the next mark. */
struct line_mark {
    int64_t record; /* counted as row_number in the block's rows */
    int64_t line;
    int32_t file;
};

/* What one thread has read so far. Owned by who created it. In its rows, row_number counts the
 * records of this block from 0, code[] and date are codes of this block's dictionaries (date is
 * the code of the date's text), and order is 0: agreeing with the others is the next step. */
struct ledger_block {
    struct dict *dict[N_DICT];
    struct row *row; /* [n_row] */
    size_t n_row, row_capacity;
    struct reject *reject; /* [n_reject], in the order met, texts one behind the other */
    size_t n_reject, reject_capacity;
    char *reject_byte;
    size_t n_reject_byte, reject_byte_capacity;
    unsigned char *date_orders; /* [dict_size(dict[DICT_DATE])], see date.h */
    size_t date_orders_capacity;
    int64_t *date_record; /* [the same] the first record with that date */
    size_t date_record_capacity;
    struct line_mark *mark; /* [n_mark] ascending */
    size_t n_mark, mark_capacity;
    struct control *control; /* [n_control] by currency code; codes beyond are not summed */
    size_t n_control, control_capacity;
    uint64_t fingerprint; /* sum of the rows', see rows.h */
    int64_t n_record;     /* data records met, blank lines not counted */
    int64_t n_apart;      /* rows kept whose GL and IHub balances differ */
    int64_t n_other_mark; /* amounts that only the other decimal mark makes numbers */
};

struct ledger_block *ledger_block_create(void); /* NULL if memory is short */
void ledger_block_free(struct ledger_block *block);

/* File and line of a record of the block. */
struct line_mark ledger_block_line(const struct ledger_block *block, int64_t record);

/* Drops every finding of this reason, or with keep_first all but the first, which gets the
 * reason `as`. */
void ledger_block_drop_rejects(struct ledger_block *block, enum reject_reason reason,
                               bool keep_first, enum reject_reason as);

/* Adds findings of records of this block, ascending by row number, whose texts lie in byte: each
 * behind those that are there for its record. File and line are filled in. STATUS_INTERNAL if
 * memory is short. first_record: the block's first record's number in more's row numbers. */
enum status ledger_block_add_rejects(struct ledger_block *block, int64_t first_record,
                                     const struct reject *more, size_t n_more, const char *byte,
                                     struct error *err);

/* Appends to block the records that begin in byte[0 .. limit); byte[n], n >= limit, holds
 * enough to end the last of them, or *more comes back true. byte[0] begins a record.
 *   is_last   byte[n] is the end of the file
 *   file      index of the file, for findings; path its name, for errors
 *   line      in: line number of byte[0]; out: of byte[*used]
 *   used      out: bytes taken, up to the end of the last whole record
 *   more      out: a record begins in byte[*used .. limit) and does not end before n
 * Blank lines are skipped. A field is empty if it is one of pandas' spellings of a missing
 * value or only blanks; blanks around a value are not part of it. A difference whose column is
 * absent is GL - IHub; a match status "Match" within the tolerance, else "Break". STATUS_DATA,
 * naming path and line, if the quoting is broken, as then no cut of the file can be trusted, or
 * if a second header has its columns elsewhere. */
enum status ledger_parse(const char *byte, size_t n, size_t limit, bool is_last,
                         const struct ledger_layout *layout, int32_t file, const char *path,
                         int64_t *line, size_t *used, bool *more, struct ledger_block *block,
                         struct error *err);

/* Whether the difference given is not the one of the balances. Half a cent is allowed, and for
 * huge balances what their own rounding to doubles makes. */
bool ledger_row_contradicts(const struct row *row);

#endif
