#ifndef TIEOUT_PAST_H
#define TIEOUT_PAST_H

#include <stddef.h>

/* Rows a row is compared with at most. */
enum { PAST_ROWS = 24 };

/* An amount of one account over time: value[0 .. n) is the past, oldest first, value[n] is now.
 * 1 <= n <= PAST_ROWS. All values are finite. */
struct past {
    const double *value;
    size_t n;
};

/* One instruction each, where fmin and fmax, which must heed NaN, are calls. */
static inline double past_smaller(double a, double b)
{
    return a < b ? a : b;
}

static inline double past_larger(double a, double b)
{
    return a > b ? a : b;
}

/* change[0 .. n - 1) out: value[i + 1] - value[i]. Returns their number, 0 if n is. */
size_t past_changes(const double *value, size_t n, double *change);

void past_sort(double *value, size_t n);

/* Median of value[n], n <= PAST_ROWS; 0 if there are none. */
double past_median(const double *value, size_t n);

/* Mean of sorted[n] without its largest quarter; of a single value itself, 0 of none. */
double past_low_mean(const double *sorted, size_t n);

/* What is usual of change[n], which is overwritten: the larger of 1.48 medians of |change| and
 * the mean of |change| without its largest quarter. 0 if there are none. */
double past_usual_size(double *change, size_t n);

/* That of the changes from row to row in the past. */
double past_usual_change(struct past x);

/* Distance of now from the nearest value the past lets expect: its median, its last value, that
 * continued by the median or by the last change, a value 2 to 4 rows ago that lay on the trend and
 * is continued by it, the values 3, 6 and 12 rows ago. */
double past_from_expected(struct past x);

/* Distance of now from the second-nearest of the first n past values, so that one error does not
 * excuse the next; from the only one if there is one. */
double past_from_known(struct past x, size_t n);

/* From the smallest to the largest of value[n]; n >= 1. */
double past_range(const double *value, size_t n);

#endif
