#ifndef TIEOUT_LEAF_WEIGHTS_H
#define TIEOUT_LEAF_WEIGHTS_H

#include "iforest.h"
#include <stdbool.h>
#include <stddef.h>

/* How much a forest learns from a verdict, in edges of path length. */
#define LEAF_WEIGHT_RATE                                                                       \
    4.0 /* per rejected row in the leaf, where all verdicts are rejections */
#define LEAF_WEIGHT_CONFIRMED 2.0 /* a confirmed row counts as so many rejected ones */
#define LEAF_WEIGHT_MOST      8.0 /* that a leaf's path length is changed by */

/* Weighs the leaves of a forest by what reviewers said of n rows: those that confirmed rows end
 * in become shorter, those of rejected ones longer. Whatever weights there were are replaced;
 * n == 0 takes them away. The order of the rows does not matter, nor do threads.
 * A leaf's weight is RATE r^2 (rejected - CONFIRMED confirmed rows in it), r being the share of
 * rejected rows in all, at most MOST either way, and no path length becomes negative.
 * x[n * n_feature]  in, scaled as the forest's training rows, row-major
 * confirmed[n]      in */
void leaf_weights_learn(struct iforest *forest, const float *x, const bool *confirmed,
                        size_t n);

#endif
