#ifndef TIEOUT_SELECT_H
#define TIEOUT_SELECT_H

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

/* How many values have the search's prefix as leading digits, and the lowest and highest key of
 * these: UINT64_MAX and 0 if there is none. If both are equal over all values, that key is what
 * is wanted. The search has done a pass at least. */
size_t select_extent(const double *value, size_t n, const struct select_search *search,
                     uint64_t *low, uint64_t *high);

/* Ends a search whose key is known. */
void select_finish(struct select_search *search, uint64_t key);

/* Copies the values whose leading digits are the prefix of one of the searches, all after their
 * first pass and distinct; returns how many. kept has room for these and one more. */
size_t select_keep(const double *value, size_t n, const struct select_search *const *search,
                   size_t n_search, double *kept);

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
