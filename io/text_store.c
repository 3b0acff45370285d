/* A list of large blocks that are filled from the front: reading a million short texts must not
 * be a million allocations, nor their freeing. */
#include "text_store.h"

#include "mem.h"
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK = 1 << 20 };

struct text_block {
    struct text_block *next;
    size_t used, size;
    char byte[];
};

void *text_store_take(size_t size, void *owner)
{
    struct text_store *store = owner;
    struct text_block *block = store->block;

    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        if (room > SIZE_MAX - sizeof *block)
            return NULL;
        block = mem_array(sizeof *block + room, 1);
        if (block == NULL)
            return NULL;
        block->size = room;
        block->next = store->block;
        store->block = block;
    }
    char *text = block->byte + block->used;
    block->used += size;
    return text;
}

void text_store_drop(void *text, void *unused)
{
    (void)text, (void)unused;
}

void text_store_free(struct text_store *store)
{
    while (store->block != NULL) {
        struct text_block *next = store->block->next;
        free(store->block);
        store->block = next;
    }
}
