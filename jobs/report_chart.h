#ifndef TIEOUT_REPORT_CHART_H
#define TIEOUT_REPORT_CHART_H

#include "results.h"

#include <stdio.h>

/* Charts as SVG inside an HTML page whose style sheet (report.css) gives them their colours, so
 * that they follow dark mode and print. What differs, differs in shape too, not in colour alone:
 * solid and dashed lines, filled and hollow marks. Errors stay in the stream. */

/* What is usual for an account before a row: the median of its differences, of SERIES_BEFORE at
 * most, and three usual deviations (1.48 medians of the distance from it) to both sides, but no
 * less than the tolerance. */
struct usual_band {
    double low, high; /* NaN if there is no row before */
};

struct usual_band chart_usual_band(const struct results_point *point, size_t n, size_t flagged,
                                   double tolerance);

/* The rows around a finding: GL and sub-ledger above, the difference below with what is usual and
 * the flagged row. n > 0, flagged < n. */
void chart_account(FILE *out, const struct results_point *point, size_t n, size_t flagged,
                   double tolerance, const char *currency);

/* How many rows have which score, on a logarithmic scale, and the threshold. */
void chart_scores(FILE *out, const double *from, const int64_t *n_row, size_t n);

/* Open breaks at the end of each month, of one currency; n > 0. */
void chart_closing(FILE *out, const struct results_month *month, size_t n);

/* A bar of this share of its width, 0 to 1. */
void chart_bar(FILE *out, double share);

#endif
