#ifndef TIEOUT_SELECT_H
#define TIEOUT_SELECT_H

#include <stddef.h>
#include <stdint.h>

/* Exact order statistics by counting, digit by digit, so that ranks only add counts. A double
 * becomes a 64-bit key of the same order; a search keeps the leading digits of the wanted key
 * and narrows it by SELECT_BITS a pass. */
enum { SELECT_BITS = 16, SELECT_BUCKETS = 1 << SELECT_BITS, SELECT_PASSES = 64 / SELECT_BITS };

/* Order-preserving key of a double, -0 as +0; and back. Not for NaN. */
uint64_t select_key(double value);
double select_value(uint64_t key);

/* One search: the rank-th smallest (0-based) of all values. Set rank, zero the rest. */
struct select_search {
    int64_t rank;    /* in: of the wanted value, among the values that share prefix */
    uint64_t prefix; /* the leading digits found so far, right-aligned */
    int pass;        /* passes done; at SELECT_PASSES prefix is the key */
};

/* Adds to count[SELECT_BUCKETS] the values whose leading digits are the search's prefix, by
 * their next digit. */
void select_count(const double *value, size_t n, const struct select_search *search,
                  int64_t *count);

/* Narrows the search by one digit, given the counts over all values. */
void select_narrow(struct select_search *search, const int64_t *count);

/* numpy's linear percentile between the order statistics a <= b at fraction t in [0, 1). */
double select_interpolate(double a, double b, double t);

#endif
