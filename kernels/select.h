#ifndef TIEOUT_SELECT_H
#define TIEOUT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exact order statistics by counting, digit by digit, so that ranks only add counts. A double
 * becomes a 64-bit key of the same order; a search keeps the leading digits of the wanted key
 * and adds one each pass: the first of 16 bits, which leaves few values to look at, the others
 * of 12, whose counts stay in the nearest cache. */
enum {
    SELECT_FIRST_BITS = 16,
    SELECT_NEXT_BITS = 12,
    SELECT_PASSES = 1 + (64 - SELECT_FIRST_BITS) / SELECT_NEXT_BITS,
    SELECT_BUCKETS = 1 << SELECT_FIRST_BITS /* of the first pass, the most of any */
};

/* Buckets of a pass. */
size_t select_buckets(int pass);

/* Order-preserving key of a double, -0 as +0; and back. Not for NaN. */
uint64_t select_key(double value);
double select_value(uint64_t key);

/* One search: the rank-th smallest (0-based) of all values. Set rank, zero the rest. */
struct select_search {
    int64_t rank;    /* in: of the wanted value, among the values that share prefix */
    uint64_t prefix; /* the leading digits found so far, right-aligned */
    int pass;        /* passes done; at SELECT_PASSES prefix is the key */
};

/* Adds to count[select_buckets(search->pass)] the values whose leading digits are the search's
 * prefix, by their next digit. */
void select_count(const double *value, size_t n, const struct select_search *search,
                  int64_t *count);

/* Narrows the search by one digit, given the counts over all values. */
void select_narrow(struct select_search *search, const int64_t *count);

/* The values of one search after its first pass. A bucket that a quantile falls in often holds
 * one value many times, such as 0, which is therefore counted and not copied. */
struct select_reach {
    double usual;    /* the first value met */
    int64_t n_usual; /* values equal to it; 0: there are none at all */
    double *other;   /* [n_other] the rest, in their order; to be freed */
    size_t n_other, capacity;
};

/* Adds to reach[n_search] the values whose leading digits are the prefix of search[n_search],
 * which are distinct, fewer than 256, and all after their first pass. False if memory is short. */
bool select_collect(const double *value, size_t n, const struct select_search *const *search,
                    size_t n_search, struct select_reach *reach);

/* select_count of the values that were collected for this search. */
void select_count_reach(const struct select_reach *reach, const struct select_search *search,
                        int64_t *count);

/* Between which order statistics the percentile q in [0, 100] of n values lies, and at which
 * fraction, n >= 1. */
struct select_position {
    int64_t below, above;
    double fraction;
};

struct select_position select_percentile(double q, int64_t n);

/* numpy's linear percentile between the order statistics a <= b at fraction t in [0, 1). */
double select_interpolate(double a, double b, double t);

#endif
