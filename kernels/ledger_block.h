#ifndef TIEOUT_LEDGER_BLOCK_H
#define TIEOUT_LEDGER_BLOCK_H

#include "ledger.h"

/* Appending to a ledger block, for ledger_parse. On short memory the block keeps what it held. */

/* A row at the end, to be filled in; valid until the next one. NULL if memory is short. */
struct row *block_add_row(struct ledger_block *block);

/* Room in date_orders for one date more than the dictionary holds; false if memory is short. */
bool block_reserve_date(struct ledger_block *block);

/* A finding, whose text and length are set here: text cut to REJECT_TEXT bytes. */
bool block_add_reject(struct ledger_block *block, const struct reject *reject, const char *text,
                      size_t length);

#endif
