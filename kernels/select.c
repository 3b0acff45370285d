/* Exact order statistics by counting digits. Four passes over the values with a histogram of
 * 2^16 buckets each find any rank, with counts that ranks and threads add up in any order;
 * sampling or sorting over ranks would move the values themselves. Memory does not depend on
 * the number of values.
 *
 * Who adds up the counts is left to the caller (src/quantiles.c over ranks). */
#include "select.h"

#include <assert.h>
#include <string.h>

static const uint64_t SIGN = UINT64_C(1) << 63;

/* Positive doubles are ordered as their bits are, negative ones the other way round. */
uint64_t select_key(double value)
{
    double no_minus_zero = value + 0.0;
    uint64_t bits;

    memcpy(&bits, &no_minus_zero, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

double select_value(uint64_t key)
{
    uint64_t bits = key & SIGN ? key ^ SIGN : ~key;
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

void select_count(const double *value, size_t n, const struct select_search *search,
                  int64_t *count)
{
    assert(search->pass >= 0 && search->pass < SELECT_PASSES);
    int shift = (SELECT_PASSES - 1 - search->pass) * SELECT_BITS;
    uint64_t prefix = search->prefix;

    for (size_t i = 0; i < n; i++) {
        uint64_t leading = select_key(value[i]) >> shift;
        if (leading >> SELECT_BITS == prefix)
            count[leading % SELECT_BUCKETS]++;
    }
}

void select_narrow(struct select_search *search, const int64_t *count)
{
    uint64_t digit = 0;

    while (search->rank >= count[digit]) {
        search->rank -= count[digit];
        digit++;
        assert(digit < SELECT_BUCKETS);
    }
    search->prefix = search->prefix << SELECT_BITS | digit;
    search->pass++;
}

/* numpy works from the nearer end, so that t near 1 gives b itself. */
double select_interpolate(double a, double b, double t)
{
    double distance = b - a;
    return t < 0.5 ? a + distance * t : b - distance * (1 - t);
}
