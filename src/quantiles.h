#ifndef TIEOUT_QUANTILES_H
#define TIEOUT_QUANTILES_H

#include "run.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* Exact order statistics of columns spread over ranks, by counting (select.h): the same bits
 * for every layout. All ranks.
 *   column[n_column]   in, this rank's n values of each; no NaN
 *   wanted[n_wanted]   in, 0-based ranks in the sorted whole column, the same for all columns
 *   value[n_column * n_wanted]  out, on every rank */
enum status quantiles_select(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, const int64_t *wanted, size_t n_wanted,
                             double *value, struct error *err);

/* numpy's percentile(column, q, method "linear") of n_all values over all ranks; q in [0, 100].
 * value[n_column] out. n_all >= 1. All ranks. */
enum status quantiles_percentile(const struct run *run, const double *const *column,
                                 size_t n_column, size_t n, int64_t n_all, double q,
                                 double *value, struct error *err);

/* What RobustScaler learns: center = median (mean of the two middle values), scale = 75 % - 25 %
 * percentile, 1 where that is below 10 epsilon. center, scale [n_column] out. All ranks. */
enum status quantiles_robust(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, int64_t n_all, double *center,
                             double *scale, struct error *err);

#endif
