/* The growing arrays of a ledger block, each with room made before anything is appended, so
 * that a block that runs out of memory is still whole. */
#include "ledger_block.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct ledger_block *ledger_block_create(void)
{
    struct ledger_block *block = mem_array(1, sizeof *block);

    if (block == NULL)
        return NULL;
    for (size_t i = 0; i < N_DICT; i++) {
        block->dict[i] = dict_create();
        if (block->dict[i] == NULL) {
            ledger_block_free(block);
            return NULL;
        }
    }
    return block;
}

void ledger_block_free(struct ledger_block *block)
{
    if (block == NULL)
        return;
    for (size_t i = 0; i < N_DICT; i++)
        dict_free(block->dict[i]);
    free(block->row);
    free(block->reject);
    free(block->reject_byte);
    free(block->date_orders);
    free(block);
}

/* Makes *array hold at least needed items. */
static bool reserve(void **array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    size_t grown = mem_grow(*capacity, needed);
    void *moved = mem_resize(*array, grown, size);
    if (moved == NULL)
        return false;
    *array = moved;
    *capacity = grown;
    return true;
}

struct row *block_add_row(struct ledger_block *block)
{
    void *row = block->row;

    if (!reserve(&row, &block->row_capacity, block->n_row + 1, sizeof *block->row))
        return NULL;
    block->row = row;
    return &block->row[block->n_row++];
}

bool block_reserve_date(struct ledger_block *block)
{
    void *orders = block->date_orders;
    bool fits = reserve(&orders, &block->date_orders_capacity,
                        dict_size(block->dict[DICT_DATE]) + 1, sizeof *block->date_orders);

    block->date_orders = orders;
    return fits;
}

/* Length of text cut to at most REJECT_TEXT bytes, no UTF-8 character in two. */
static size_t cut_length(const char *text, size_t length)
{
    enum { CONTINUATION_MASK = 0xC0, CONTINUATION = 0x80, LONGEST = 4 };
    size_t cut = REJECT_TEXT;

    if (length <= REJECT_TEXT)
        return length;
    while (cut > REJECT_TEXT - LONGEST &&
           ((unsigned char)text[cut] & CONTINUATION_MASK) == CONTINUATION)
        cut--;
    return cut > REJECT_TEXT - LONGEST ? cut : REJECT_TEXT; /* not UTF-8: any cut is as good */
}

bool block_add_reject(struct ledger_block *block, const struct reject *reject, const char *text,
                      size_t length)
{
    void *list = block->reject;
    void *bytes = block->reject_byte;
    size_t kept = cut_length(text, length);
    bool fits =
        reserve(&list, &block->reject_capacity, block->n_reject + 1, sizeof *block->reject);

    block->reject = list;
    if (!fits)
        return false;
    fits = reserve(&bytes, &block->reject_byte_capacity, block->n_reject_byte + kept, 1);
    block->reject_byte = bytes;
    if (!fits)
        return false;
    struct reject *added = &block->reject[block->n_reject++];
    *added = *reject;
    added->text = block->n_reject_byte;
    added->length = (uint32_t)kept;
    if (kept > 0)
        memcpy(block->reject_byte + block->n_reject_byte, text, kept);
    block->n_reject_byte += kept;
    return true;
}
