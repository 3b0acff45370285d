/* The growing arrays of a ledger block, each with room made before anything is appended, so
 * that a block that runs out of memory is still whole. */
#include "ledger_block.h"

#include "mem.h"
#include <assert.h>
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
    free(block->date_record);
    free(block->mark);
    free(block->control);
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

struct row *block_reserve_row(struct ledger_block *block)
{
    void *row = block->row;

    if (!reserve(&row, &block->row_capacity, block->n_row + 1, sizeof *block->row))
        return NULL;
    block->row = row;
    return &block->row[block->n_row];
}

bool block_reserve_date(struct ledger_block *block)
{
    size_t needed = dict_size(block->dict[DICT_DATE]) + 1;
    void *orders = block->date_orders, *record = block->date_record;
    bool fits =
        reserve(&orders, &block->date_orders_capacity, needed, sizeof *block->date_orders) &&
        reserve(&record, &block->date_record_capacity, needed, sizeof *block->date_record);

    block->date_orders = orders;
    block->date_record = record;
    return fits;
}

bool block_add_control(struct ledger_block *block, uint32_t currency)
{
    void *all = block->control;
    size_t n = (size_t)currency + 1;
    bool fits = reserve(&all, &block->control_capacity, n, sizeof *block->control);

    block->control = all;
    if (!fits)
        return false;
    memset(&block->control[block->n_control], 0,
           (n - block->n_control) * sizeof *block->control);
    block->n_control = n;
    return true;
}

bool block_add_mark(struct ledger_block *block, int32_t file, int64_t line)
{
    void *marks = block->mark;
    bool fits = reserve(&marks, &block->mark_capacity, block->n_mark + 1, sizeof *block->mark);

    block->mark = marks;
    if (fits)
        block->mark[block->n_mark++] = (struct line_mark){block->n_record - 1, line, file};
    return fits;
}

struct line_mark ledger_block_line(const struct ledger_block *block, int64_t record)
{
    size_t low = 0,
           high = block->n_mark; /* the last mark at or before record is in [low, high) */

    assert(record >= 0 && record < block->n_record);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (block->mark[middle].record <= record)
            low = middle;
        else
            high = middle;
    }
    const struct line_mark *mark = &block->mark[low];
    return (struct line_mark){record, mark->line + (record - mark->record), mark->file};
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

void ledger_block_drop_rejects(struct ledger_block *block, enum reject_reason reason,
                               bool keep_first, enum reject_reason as)
{
    size_t n = 0, n_byte = 0;

    for (size_t i = 0; i < block->n_reject; i++) {
        struct reject finding = block->reject[i];
        if (finding.reason == reason) {
            if (!keep_first)
                continue;
            keep_first = false;
            finding.reason = (uint8_t)as;
        }
        if (finding.length > 0)
            memmove(block->reject_byte + n_byte, block->reject_byte + finding.text,
                    finding.length);
        finding.text = n_byte;
        n_byte += finding.length;
        block->reject[n++] = finding;
    }
    block->n_reject = n;
    block->n_reject_byte = n_byte;
}

/* Copies a finding, whose text lies in byte, behind those of to. */
static bool append_reject(struct ledger_block *to, const struct reject *finding,
                          const char *byte)
{
    return block_add_reject(to, finding, finding->length > 0 ? byte + finding->text : "",
                            finding->length);
}

enum status ledger_block_add_rejects(struct ledger_block *block, int64_t first_record,
                                     const struct reject *more, size_t n_more, const char *byte,
                                     struct error *err)
{
    struct ledger_block merged = {.n_reject = 0}; /* holds findings alone */
    size_t old = 0;
    bool fits = true;

    for (size_t i = 0; i < n_more && fits; i++) {
        struct reject finding = more[i];
        struct line_mark at = ledger_block_line(block, finding.row_number - first_record);
        finding.file = at.file;
        finding.line = at.line;
        for (; fits && old < block->n_reject &&
               block->reject[old].row_number <= finding.row_number;
             old++)
            fits = append_reject(&merged, &block->reject[old], block->reject_byte);
        fits = fits && append_reject(&merged, &finding, byte);
    }
    for (; fits && old < block->n_reject; old++)
        fits = append_reject(&merged, &block->reject[old], block->reject_byte);
    if (!fits) {
        free(merged.reject);
        free(merged.reject_byte);
        return error_no_memory(err, "the findings");
    }
    free(block->reject);
    free(block->reject_byte);
    block->reject = merged.reject;
    block->n_reject = merged.n_reject;
    block->reject_capacity = merged.reject_capacity;
    block->reject_byte = merged.reject_byte;
    block->n_reject_byte = merged.n_reject_byte;
    block->reject_byte_capacity = merged.reject_byte_capacity;
    return STATUS_OK;
}
