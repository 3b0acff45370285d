#ifndef TIEOUT_FAILING_MEM_H
#define TIEOUT_FAILING_MEM_H

#include "mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* Allocation for tests that can be told to fail. Include it in one file of a test program: the
 * linker then takes these definitions and leaves the library's out. */
static _Atomic long allocations_left = -1; /* until one fails; negative: none fails */

static bool may_allocate(void)
{
    long left = allocations_left;

    while (left > 0 && !atomic_compare_exchange_weak(&allocations_left, &left, left - 1))
        continue; /* another thread was first: left is now what it left */
    return left != 0;
}

void *mem_array(size_t count, size_t size)
{
    return may_allocate() ? calloc(count > 0 ? count : 1, size > 0 ? size : 1) : NULL;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    return may_allocate() ? realloc(old, (count > 0 ? count : 1) * size) : NULL;
}

size_t mem_grow(size_t capacity, size_t needed)
{
    size_t next = capacity + capacity / 4 + 1; /* slowly, so that growing happens often */
    return next > needed ? next : needed;
}

#endif
