/* Allocation that checks count * size. calloc does both checks and the zeroing, and the system
 * gives large blocks zeroed for free. */
#include "mem.h"

#include <stdint.h>
#include <stdlib.h>

void *mem_array(size_t count, size_t size)
{
    return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    size_t bytes = count * size;
    return realloc(old, bytes > 0 ? bytes : 1);
}

size_t mem_grow(size_t capacity, size_t needed)
{
    size_t next = capacity + capacity / 2 + 16;
    return next > needed ? next : needed;
}
