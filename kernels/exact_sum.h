#ifndef TIEOUT_EXACT_SUM_H
#define TIEOUT_EXACT_SUM_H

#include <stddef.h>
#include <stdint.h>

/* A sum of doubles without rounding: a fixed-point number as wide as the range of double
 * (Neal 2015, "small superaccumulator"), in 32-bit digits held in 64-bit words. Adding is
 * associative, so ranks and threads may add in any order and get the same bits; the sum is
 * rounded once, at the end. Zero-initialise. Not for NaN or infinities. */
enum { EXACT_SUM_WORDS = 68 };

struct exact_sum {
    int64_t word[EXACT_SUM_WORDS]; /* digit i counts 2^(32 i - 1074) */
    int64_t pending;               /* additions since the carries were last propagated */
};

void exact_sum_add(struct exact_sum *sum, double value);

/* Adds every word of other; both stay usable. What MPI does by summing words of normalised
 * sums is the same. */
void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other);

/* Propagates carries: each word but the highest is then in [0, 2^32). */
void exact_sum_normalise(struct exact_sum *sum);

/* The double nearest to the exact sum, ties to even; normalises. */
double exact_sum_round(struct exact_sum *sum);

#endif
