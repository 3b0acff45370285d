#ifndef TIEOUT_MADE_LEDGER_H
#define TIEOUT_MADE_LEDGER_H

#include "group.h"
#include "ledger.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* What `tieout generate` writes, in memory: as text, and read. */
struct made_ledger {
    char *text;
    size_t n_byte;
    size_t n_header; /* bytes of the header line; records follow */
    struct ledger_layout layout;
    struct ledger_block *block; /* its rows and dictionaries; NULL until it is read */
};

/* The text of n_row rows over 24 months. *ledger is produced. */
enum status made_ledger_write(int64_t n_row, struct made_ledger *ledger, struct error *err);

/* Reads the text into a new block. *block is produced. */
enum status made_ledger_read(const struct made_ledger *ledger, struct ledger_block **block,
                             struct error *err);

/* Both, and the rows grouped by account; what a row's date holds is in the order of time. *ledger
 * and *groups are produced. */
enum status made_ledger_group(int64_t n_row, struct made_ledger *ledger, struct groups *groups,
                              struct error *err);

void made_ledger_free(struct made_ledger *ledger); /* leaves nothing */

#endif
