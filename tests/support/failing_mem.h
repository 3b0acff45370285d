#ifndef TIEOUT_FAILING_MEM_H
#define TIEOUT_FAILING_MEM_H

#include "mem.h"

#include <stdlib.h>

/* A mem_array for tests that can be told to fail. Include it in one file of a test program:
 * the linker then takes this definition and leaves the library's out. */
static int allocations_left = -1; /* until one fails; negative: none fails */

void *mem_array(size_t count, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

#endif
