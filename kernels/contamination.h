#ifndef TIEOUT_CONTAMINATION_H
#define TIEOUT_CONTAMINATION_H

#include "rows.h"
#include <stddef.h>
#include <stdint.h>

/* The documented estimate of the share of anomalies: rows with |difference| > mean + 3 standard
 * deviations (ddof 1) of |difference|, clamped. The sums are exact (exact_sum.h), so that the
 * parts may be computed anywhere. */
#define CONTAMINATION_LEAST 0.01
#define CONTAMINATION_MOST  0.5

struct exact_sum;

/* Adds |difference| of each row, and its squared distance from mean. */
void contamination_add_amounts(const struct row *row, size_t n, struct exact_sum *sum);
void contamination_add_squares(const struct row *row, size_t n, double mean,
                               struct exact_sum *sum);

/* mean + 3 sqrt(squares / (n_row - 1)); NaN for one row, beyond which no row is. */
double contamination_threshold(double mean, double squares, int64_t n_row);

/* Rows with |difference| > threshold. */
int64_t contamination_count(const struct row *row, size_t n, double threshold);

/* How many confirmed findings an estimate that nobody has reviewed is worth. */
#define CONTAMINATION_PRIOR 20

/* The share of anomalies, given an estimate of it and what reviewers said of findings: the
 * estimate times the expected share of confirmed ones, (confirmed + PRIOR) / (all + PRIOR),
 * which is the mean of a beta distribution that begins with PRIOR confirmed and no rejected
 * finding. Not below least, nor above estimate. */
double contamination_follow(double estimate, int64_t n_confirmed, int64_t n_rejected,
                            double least);

/* n_beyond / n_row, clamped to the two limits. */
double contamination_share(int64_t n_beyond, int64_t n_row);

#endif
