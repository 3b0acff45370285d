/* Exact order statistics by counting digits. Five passes over the values, of which the later ones
 * see only those that share the first digits, find any rank, with counts that ranks and threads
 * add up in any order; sampling or sorting over ranks would move the values themselves.
 *
 * Who adds up the counts is left to the caller (src/quantiles.c over ranks). */
#include "select.h"

#include "mem.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { COLLECTED = 1 << 12 }; /* values looked at between two looks at the room left */

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

/* Where a search counts a value, NULL if it does not. */
static inline int64_t *bucket_of(double value, const struct select_search *search,
                                 int64_t *count)
{
    int shift = bits_behind(search->pass + 1);
    int digit_bits = bits_behind(search->pass) - shift;
    uint64_t leading = select_key(value) >> shift;

    if (leading >> digit_bits != search->prefix)
        return NULL;
    return &count[leading & (select_buckets(search->pass) - 1)];
}

void select_count(const double *value, size_t n, const struct select_search *search,
                  int64_t *count)
{
    const struct select_search fixed = *search;

    assert(fixed.pass >= 0 && fixed.pass < SELECT_PASSES);
    for (size_t i = 0; i < n; i++) {
        int64_t *bucket = bucket_of(value[i], &fixed, count);
        if (bucket != NULL)
            ++*bucket;
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

static bool reserve(struct select_reach *reach, size_t n)
{
    if (reach->capacity - reach->n_other >= n)
        return true;
    size_t capacity = mem_grow(reach->capacity, reach->n_other + n);
    double *other = mem_resize(reach->other, capacity, sizeof *other);
    if (other == NULL)
        return false;
    reach->other = other;
    reach->capacity = capacity;
    return true;
}

static void reach_add(struct select_reach *reach, double value)
{
    if (reach->n_usual == 0)
        reach->usual = value;
    if (value == reach->usual)
        reach->n_usual++;
    else
        reach->other[reach->n_other++] = value;
}

bool select_collect(const double *value, size_t n, const struct select_search *const *search,
                    size_t n_search, struct select_reach *reach)
{
    uint8_t of[SELECT_BUCKETS] = {0}; /* 1 + search whose prefix it is, or 0 */
    int shift = bits_behind(1);

    assert(n_search <= UINT8_MAX);
    for (size_t s = 0; s < n_search; s++) {
        assert(search[s]->pass == 1);
        of[search[s]->prefix] = (uint8_t)(s + 1);
    }
    for (size_t begin = 0; begin < n && n_search > 0; begin += COLLECTED) {
        size_t end = n - begin < COLLECTED ? n : begin + COLLECTED;
        for (size_t s = 0; s < n_search; s++)
            if (!reserve(&reach[s], end - begin))
                return false;
        for (size_t i = begin; i < end; i++) {
            uint8_t s = of[select_key(value[i]) >> shift];
            if (s > 0)
                reach_add(&reach[s - 1], value[i]);
        }
    }
    return true;
}

void select_count_reach(const struct select_reach *reach, const struct select_search *search,
                        int64_t *count)
{
    int64_t *bucket = reach->n_usual > 0 ? bucket_of(reach->usual, search, count) : NULL;

    if (bucket != NULL)
        *bucket += reach->n_usual;
    select_count(reach->other, reach->n_other, search, count);
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
