#ifndef TIEOUT_LEDGER_BLOCK_H
#define TIEOUT_LEDGER_BLOCK_H

#include "ledger.h"

/* Appending to a ledger block, for ledger_parse. On short memory the block keeps what it held. */

/* Room for one row behind the last, to be filled in and then counted in n_row; valid until the
 * next one. NULL if memory is short. */
struct row *block_reserve_row(struct ledger_block *block);

/* Room in date_orders and date_record for one date more than the dictionary holds; false if
 * memory is short. */
bool block_reserve_date(struct ledger_block *block);

/* Makes room for the control of a currency code; false if memory is short. */
bool block_add_control(struct ledger_block *block, uint32_t currency);

/* The control of a currency code, zero at first, valid until the next one; *control is NULL for a
 * code beyond CONTROL_CURRENCIES. False if memory is short. */
static inline bool block_get_control(struct ledger_block *block, uint32_t currency,
                                     struct control **control)
{
    *control = NULL;
    if (currency >= CONTROL_CURRENCIES)
        return true;
    if (currency >= block->n_control && !block_add_control(block, currency))
        return false;
    *control = &block->control[currency];
    return true;
}

/* A mark at the record that n_record counted last; false if memory is short. */
bool block_add_mark(struct ledger_block *block, int32_t file, int64_t line);

/* Notes file and line of the record that n_record counted last, if they do not follow from the
 * record before; false if memory is short. */
static inline bool block_mark_line(struct ledger_block *block, int32_t file, int64_t line)
{
    if (block->n_mark > 0) {
        const struct line_mark *last = &block->mark[block->n_mark - 1];
        if (last->file == file && last->line + (block->n_record - 1 - last->record) == line)
            return true;
    }
    return block_add_mark(block, file, line);
}

/* A finding, whose text and length are set here: text cut to REJECT_TEXT bytes. */
bool block_add_reject(struct ledger_block *block, const struct reject *reject, const char *text,
                      size_t length);

#endif
