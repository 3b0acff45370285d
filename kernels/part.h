#ifndef TIEOUT_PART_H
#define TIEOUT_PART_H

#include <stdint.h>

/* First item of part p when n items are split evenly over n_part: parts differ by at most one
 * item, larger ones first, and part p ends where p + 1 begins. p may be n_part (gives n). */
static inline int64_t part_begin(int64_t n, int64_t n_part, int64_t p)
{
    int64_t extra = n % n_part;
    return n / n_part * p + (p < extra ? p : extra);
}

#endif
