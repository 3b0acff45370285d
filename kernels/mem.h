#ifndef TIEOUT_MEM_H
#define TIEOUT_MEM_H

#include <stddef.h>

/* Memory for count items of size bytes, zeroed; the caller frees it with free(). NULL if the
 * product overflows or memory is short; never NULL for count 0. */
void *mem_array(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* Resizes what mem_array gave; added bytes are not zeroed. NULL on overflow or short memory,
 * and then old is still valid and still owned by the caller. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((alloc_size(2, 3)));

/* The capacity to grow to so that needed fits: at least half as much again as now, so that
 * appending one by one copies each item a bounded number of times. */
size_t mem_grow(size_t capacity, size_t needed);

#endif
