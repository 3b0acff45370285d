/* Exact order statistics by counting digits. Five passes over the values, of which the
 * later ones see only those that share the first digits, find any rank, with counts that ranks and threads add up in any order;
 * sampling or sorting over ranks would move the values themselves. Memory does not depend on
 * the number of values.
 *
 * Who adds up the counts is left to the caller (src/quantiles.c over ranks). */
#include "select.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
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

size_t select_buckets(int pass)
{
    return (size_t)1 << (pass == 0 ? SELECT_FIRST_BITS : SELECT_NEXT_BITS);
}

/* Bits of a key behind the digits found in this many passes. */
static int bits_behind(int passes)
{
    return passes == 0 ? 64 : 64 - SELECT_FIRST_BITS - (passes - 1) * SELECT_NEXT_BITS;
}

void select_count(const double *value, size_t n, const struct select_search *search,
                  int64_t *count)
{
    assert(search->pass >= 0 && search->pass < SELECT_PASSES);
    int shift = bits_behind(search->pass + 1);
    int digit_bits = bits_behind(search->pass) - shift;
    uint64_t digit_mask = select_buckets(search->pass) - 1;
    uint64_t prefix = search->prefix;

    for (size_t i = 0; i < n; i++) {
        uint64_t leading = select_key(value[i]) >> shift;
        if (leading >> digit_bits == prefix)
            count[leading & digit_mask]++;
    }
}

void select_narrow(struct select_search *search, const int64_t *count)
{
    uint64_t digit = 0;
    int digit_bits = bits_behind(search->pass) - bits_behind(search->pass + 1);

    while (search->rank >= count[digit]) {
        search->rank -= count[digit];
        digit++;
        assert(digit < select_buckets(search->pass));
    }
    search->prefix = search->prefix << digit_bits | digit;
    search->pass++;
}

size_t select_extent(const double *value, size_t n, const struct select_search *search,
                     uint64_t *low, uint64_t *high)
{
    int shift = bits_behind(search->pass);
    uint64_t prefix = search->prefix, least = UINT64_MAX, most = 0;
    size_t n_inside = 0;

    assert(search->pass > 0);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = select_key(value[i]);
        bool inside = key >> shift == prefix;
        least = inside && key < least ? key : least;
        most = inside && key > most ? key : most;
        n_inside += inside;
    }
    *low = least;
    *high = most;
    return n_inside;
}

void select_finish(struct select_search *search, uint64_t key)
{
    search->prefix = key;
    search->pass = SELECT_PASSES;
}

size_t select_keep(const double *value, size_t n, const struct select_search *const *search,
                   size_t n_search, double *kept)
{
    int shift = bits_behind(1);
    size_t n_kept = 0;

    for (size_t i = 0; i < n && n_search > 0; i++) {
        uint64_t leading = select_key(value[i]) >> shift;
        bool wanted = false;
        for (size_t s = 0; s < n_search; s++)
            wanted |= leading == search[s]->prefix;
        kept[n_kept] = value[i]; /* the next one takes its place unless it is wanted */
        n_kept += wanted;
    }
    return n_kept;
}

struct select_position select_percentile(double q, int64_t n)
{
    double at = q / 100.0 * (double)(n - 1), below = floor(at);
    int64_t k = (int64_t)below;

    return (struct select_position){k, k + 1 < n ? k + 1 : k, at - below};
}

/* numpy works from the nearer end, so that t near 1 gives b itself. */
double select_interpolate(double a, double b, double t)
{
    double distance = b - a;
    return t < 0.5 ? a + distance * t : b - distance * (1 - t);
}
