/* Sums without rounding. A double is an integer of at most 53 bits times a power of two, so it
 * touches three neighbouring 32-bit digits of a fixed-point number that spans every double.
 * The digits sit in 64-bit words whose upper halves collect carries (Neal 2015): an addition is
 * three integer additions and no branch on the data, and the carries are propagated only when a
 * word could run full. Sorting or compensated summation would need the order to be agreed on;
 * this needs nothing.
 *
 * A sum beyond the largest double rounds to infinity, as IEEE 754 has it. */
#include "exact_sum.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { DIGIT_BITS = 32, FRACTION_BITS = 52, EXPONENT_ALL_ONES = 2047 };

static const int64_t DIGIT_MASK = 0xffffffff;

/* An addition changes a word by less than 2^32, so words stay below 2^62 for this many; what
 * is left is for the words of other sums. */
static const int64_t MAX_PENDING = INT64_C(1) << 29;

void exact_sum_add(struct exact_sum *sum, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned exponent = (unsigned)(bits >> FRACTION_BITS) & EXPONENT_ALL_ONES;
    assert(exponent != EXPONENT_ALL_ONES);

    /* Subnormals have the exponent of the smallest normals and no leading one. */
    unsigned is_normal = exponent != 0;
    uint64_t integer = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    integer |= (uint64_t)is_normal << FRACTION_BITS;
    unsigned position = exponent - is_normal;
    unsigned shift = position % DIGIT_BITS;
    int64_t *word = &sum->word[position / DIGIT_BITS];

    /* x ^ -1 - -1 is -x, x ^ 0 - 0 is x. */
    int64_t negative = -(int64_t)(bits >> 63);
    int64_t low = (int64_t)(integer << shift) & DIGIT_MASK;
    int64_t middle = (int64_t)(integer >> (DIGIT_BITS - shift)) & DIGIT_MASK;
    int64_t high = (int64_t)(integer >> DIGIT_BITS >> (DIGIT_BITS - shift));
    word[0] += (low ^ negative) - negative;
    word[1] += (middle ^ negative) - negative;
    word[2] += (high ^ negative) - negative;

    if (++sum->pending >= MAX_PENDING)
        exact_sum_normalise(sum);
}

void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other)
{
    for (int i = 0; i < EXACT_SUM_WORDS; i++)
        sum->word[i] += other->word[i];
    /* One more for the digits other has that are not pending. */
    sum->pending += other->pending + 1;
    if (sum->pending >= MAX_PENDING)
        exact_sum_normalise(sum);
}

void exact_sum_normalise(struct exact_sum *sum)
{
    for (int i = 0; i + 1 < EXACT_SUM_WORDS; i++) {
        int64_t digit = sum->word[i] & DIGIT_MASK;
        sum->word[i + 1] += (sum->word[i] - digit) / (DIGIT_MASK + 1);
        sum->word[i] = digit;
    }
    sum->pending = 0;
}

/* The 64 bits of a normalised, non-negative sum from bit position on. */
static uint64_t bits_from(const struct exact_sum *sum, int position)
{
    int i = position / DIGIT_BITS;
    int shift = position % DIGIT_BITS;
    uint64_t word[3] = {0};

    for (int k = 0; k < 3 && i + k < EXACT_SUM_WORDS; k++)
        word[k] = (uint64_t)sum->word[i + k];
    uint64_t bits = (word[0] | word[1] << DIGIT_BITS) >> shift;
    return shift > 0 ? bits | word[2] << (2 * DIGIT_BITS - shift) : bits;
}

static bool any_bit_below(const struct exact_sum *sum, int position)
{
    for (int i = 0; i < position / DIGIT_BITS; i++)
        if (sum->word[i] != 0)
            return true;
    int64_t rest = (INT64_C(1) << position % DIGIT_BITS) - 1;
    return (sum->word[position / DIGIT_BITS] & rest) != 0;
}

/* Number of bits of a normalised, non-negative sum. */
static int bit_length(const struct exact_sum *sum)
{
    int i = EXACT_SUM_WORDS - 1;
    while (i > 0 && sum->word[i] == 0)
        i--;
    int length = i * DIGIT_BITS;
    for (int64_t digit = sum->word[i]; digit > 0; digit >>= 1)
        length++;
    return length;
}

/* The bits of the double nearest to a normalised, non-negative sum. */
static uint64_t nearest_double(const struct exact_sum *sum)
{
    static const uint64_t infinity = (uint64_t)EXPONENT_ALL_ONES << FRACTION_BITS;
    int cut = bit_length(sum) - (FRACTION_BITS + 1);

    /* Up to 53 bits the sum is a double, and its bits are the sum: a subnormal, or a normal
     * of exponent 1, whose leading one is the exponent. */
    if (cut <= 0)
        return bits_from(sum, 0);
    uint64_t kept = bits_from(sum, cut);
    bool half = bits_from(sum, cut - 1) & 1;
    bool round_up = half && ((kept & 1) != 0 || any_bit_below(sum, cut - 1));
    if (cut >= EXPONENT_ALL_ONES - 1)
        return infinity;
    /* The leading one of kept adds the missing 1 to the exponent; rounding up to a power of
     * two carries into it rightly, and beyond the largest double into infinity. */
    return ((uint64_t)cut << FRACTION_BITS) + kept + round_up;
}

double exact_sum_round(struct exact_sum *sum)
{
    struct exact_sum size;
    double value;

    exact_sum_normalise(sum);
    size = *sum;
    bool negative = size.word[EXACT_SUM_WORDS - 1] < 0;
    if (negative) {
        for (int i = 0; i < EXACT_SUM_WORDS; i++)
            size.word[i] = -size.word[i];
        exact_sum_normalise(&size);
    }
    uint64_t bits = nearest_double(&size) | (uint64_t)negative << 63;
    memcpy(&value, &bits, sizeof value);
    return value;
}
