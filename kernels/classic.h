#ifndef TIEOUT_CLASSIC_H
#define TIEOUT_CLASSIC_H

#include "group.h"
#include "rows.h"
#include <stddef.h>

/* The twelve documented features, in the documented order. */
enum classic_feature {
    FEATURE_COMPANY,
    FEATURE_ACCOUNT,
    FEATURE_AU,
    FEATURE_DAYS_SINCE_LAST,
    FEATURE_GL_BALANCE,
    FEATURE_IHUB_BALANCE,
    FEATURE_BALANCE_DIFFERENCE,
    FEATURE_GL_CHANGE,
    FEATURE_IHUB_CHANGE,
    FEATURE_DIFF_CHANGE,
    FEATURE_GL_STD,
    FEATURE_IHUB_STD,
    N_CLASSIC
};

/* A feature's name in results.h5, its unit and what it means. */
struct feature_label {
    const char *name;
    const char *unit;
    const char *meaning;
};

extern const struct feature_label CLASSIC_LABEL[N_CLASSIC];

/* The features that follow from the two balances, bit 1 << f each. */
enum {
    CLASSIC_BALANCES = 1 << FEATURE_GL_BALANCE | 1 << FEATURE_IHUB_BALANCE |
                       1 << FEATURE_GL_CHANGE | 1 << FEATURE_IHUB_CHANGE | 1 << FEATURE_GL_STD |
                       1 << FEATURE_IHUB_STD,
    CLASSIC_OTHERS = ((1 << N_CLASSIC) - 1) & ~CLASSIC_BALANCES
};

/* Standard deviation over the last `window` values, ddof 1, fewer at the start, 0 for the first:
 * pandas 1.5.3's rolling(window, min_periods=1).std().fillna(0) to the bit, an online recurrence
 * (Welford's, compensated) that carries rounding residue of values that have left the window.
 * value[n], std[n] of one group; unit as value. */
void rolling_std(const double *value, size_t n, size_t window, double *std);

/* The classic features of every row, groups shared among OpenMP threads.
 * row[groups->n_row]   in, in the order groups->member refers to
 * column[N_CLASSIC]    in, arrays [n_row] that are filled in group order: element k belongs to
 *                      row[member[k]]; the columns of CLASSIC_BALANCES may all be NULL, and so
 *                      may all the others
 * Days since the group's previous row are whole days, 0 for the first row and next to a missing
 * date; changes are to the previous row, 0 for the first. */
void features_classic(const struct row *row, const struct groups *groups,
                      double *const column[N_CLASSIC]);

#endif
