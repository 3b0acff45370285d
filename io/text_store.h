#ifndef TIEOUT_TEXT_STORE_H
#define TIEOUT_TEXT_STORE_H

#include <stddef.h>

/* Texts that are made one by one and freed all at once. Zeroed: empty. */
struct text_store {
    struct text_block *block;
};

/* Room for size bytes; NULL if memory is short. The signature is what HDF5 calls back. */
void *text_store_take(size_t size, void *store);

/* Nothing: the text goes with the store. */
void text_store_drop(void *text, void *unused);

void text_store_free(struct text_store *store); /* leaves an empty store */

#endif
