#ifndef TIEOUT_MERGE_SORT_H
#define TIEOUT_MERGE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts item[n] ascending; returns where the result is: item or spare, which has room for n
 * too. A key in the upper bits and an index in the lower ones make it a stable sort by key. */
uint64_t *merge_sort(uint64_t *item, uint64_t *spare, size_t n);

#endif
