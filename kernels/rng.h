#ifndef TIEOUT_RNG_H
#define TIEOUT_RNG_H

#include <stdint.h>

/* The random numbers of scikit-learn 1.2.1's isolation forest: numpy's legacy RandomState
 * (MT19937, Matsumoto and Nishimura 1998, seeded by init_genrand) and the xorshift generator of
 * the tree splitter (Marsaglia 2003). */

enum { MT_WORDS = 624 };

struct mt {
    uint32_t word[MT_WORDS];
    int next;
};

void mt_seed(struct mt *mt, uint32_t seed);
uint32_t mt_next(struct mt *mt);

/* RandomState.randint(high): uniform in [0, high), by masking and rejection; 64-bit words when
 * high - 1 needs more than 32 bits. high >= 1; high == 1 draws nothing. */
int64_t mt_below(struct mt *mt, int64_t high);

/* RandomState.permutation(n) into item[n]. */
void mt_permutation(struct mt *mt, int64_t n, int64_t *item);

/* The splitter's generator; state 0 counts as 1. Integer in [low, high), real in [low, high]. */
uint32_t splitter_integer(uint32_t low, uint32_t high, uint32_t *state);
double splitter_real(double low, double high, uint32_t *state);

#endif
