/* Random numbers that repeat scikit-learn's: numpy's legacy RandomState for seeds and samples,
 * the 32-bit xorshift for splits.
 *
 * MT19937 is seeded by Knuth's multiplicative recurrence and refilled 624 words at a time.
 * Bounded draws mask a word down to the bound's bits and reject what is too large: unlike a
 * remainder that has no bias, and it is what fixes how many words each draw uses up. */
#include "rng.h"

#include <assert.h>

enum { MT_SHIFT = 397 };

static const uint32_t MT_TWIST = 0x9908b0dfu;
static const uint32_t MT_TOP_BIT = 0x80000000u;

void mt_seed(struct mt *mt, uint32_t seed)
{
    mt->word[0] = seed;
    for (uint32_t i = 1; i < MT_WORDS; i++) {
        uint32_t last = mt->word[i - 1];
        mt->word[i] = 1812433253u * (last ^ last >> 30) + i;
    }
    mt->next = MT_WORDS;
}

/* The top bit of one word and the rest of the next, shifted into a third. */
static uint32_t twist(uint32_t top, uint32_t rest, uint32_t other)
{
    uint32_t y = (top & MT_TOP_BIT) | (rest & ~MT_TOP_BIT);

    return other ^ y >> 1 ^ ((y & 1) != 0 ? MT_TWIST : 0);
}

static void refill(struct mt *mt)
{
    uint32_t *w = mt->word;
    int i = 0;

    for (; i < MT_WORDS - MT_SHIFT; i++)
        w[i] = twist(w[i], w[i + 1], w[i + MT_SHIFT]);
    for (; i < MT_WORDS - 1; i++)
        w[i] = twist(w[i], w[i + 1], w[i + MT_SHIFT - MT_WORDS]);
    w[i] = twist(w[i], w[0], w[MT_SHIFT - 1]);
    mt->next = 0;
}

uint32_t mt_next(struct mt *mt)
{
    if (mt->next == MT_WORDS)
        refill(mt);
    uint32_t y = mt->word[mt->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* Two words, the first one high. */
static uint64_t next_64(struct mt *mt)
{
    uint64_t high = mt_next(mt);

    return high << 32 | mt_next(mt);
}

/* The smallest 2^k - 1 that is not below value. */
static uint64_t mask_over(uint64_t value)
{
    for (int shift = 1; shift < 64; shift *= 2)
        value |= value >> shift;
    return value;
}

int64_t mt_below(struct mt *mt, int64_t high)
{
    assert(high >= 1);
    uint64_t last = (uint64_t)high - 1;
    uint64_t mask = mask_over(last);
    uint64_t draw;

    if (last == 0)
        return 0;
    do
        draw = (last > UINT32_MAX ? next_64(mt) : mt_next(mt)) & mask;
    while (draw > last);
    return (int64_t)draw;
}

void mt_permutation(struct mt *mt, int64_t n, int64_t *item)
{
    for (int64_t i = 0; i < n; i++)
        item[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = mt_below(mt, i + 1);
        int64_t swapped = item[i];
        item[i] = item[j];
        item[j] = swapped;
    }
}

/* A word of the xorshift generator without its top bit. */
static uint32_t splitter_next(uint32_t *state)
{
    uint32_t x = *state != 0 ? *state : 1;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x & INT32_MAX;
}

uint32_t splitter_integer(uint32_t low, uint32_t high, uint32_t *state)
{
    assert(low < high);
    return low + splitter_next(state) % (high - low);
}

double splitter_real(double low, double high, uint32_t *state)
{
    return (high - low) * splitter_next(state) / INT32_MAX + low;
}
