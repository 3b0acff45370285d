#ifndef TIEOUT_LEDGER_ROW_H
#define TIEOUT_LEDGER_ROW_H

#include "ledger.h"

/* One record becomes a row or a finding, for ledger_parse. */

/* A column's value in the record at hand: as found, and without the blanks around it. */
struct ledger_value {
    const char *found;
    size_t n_found;
    const char *text;
    size_t length;
};

/* What reading the records of one piece needs. */
struct ledger_reader {
    const struct ledger_layout *layout;
    struct ledger_block *block;
    int32_t file;
    struct csv_field *field; /* [field_capacity], the record's fields */
    size_t field_capacity, n_field;
    const char *record; /* where the record begins, and the bytes up to its line end */
    size_t n_record_byte;
    int64_t record_line;
    struct ledger_value value[N_COLUMN];
    char *scratch; /* columns without their "" */
    size_t scratch_capacity;
    uint32_t last[N_DICT];    /* each dictionary's code in the row before */
    struct ledger_value date; /* the date of the row before, if it lies in the input */
};

enum ledger_row_end {
    ROW_TAKEN,       /* as a row, as a finding, or as both */
    ROW_NO_MEMORY,   /* memory is short */
    ROW_OTHER_HEADER /* it is a header, and its columns are not where the layout has them */
};

/* Takes the record at hand, which is not a blank line, into the block. */
enum ledger_row_end ledger_read_row(struct ledger_reader *reader);

#endif
