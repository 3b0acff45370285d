#ifndef TIEOUT_LEAF_WEIGHTS_H
#define TIEOUT_LEAF_WEIGHTS_H

#include "iforest.h"
#include <stdbool.h>
#include <stddef.h>

/* How much a forest learns from a verdict, in edges of path length. */
#define LEAF_WEIGHT_RATE 2.0 /* per verdict in the leaf, where the forest is in full doubt */
#define LEAF_WEIGHT_MOST 8.0 /* that a leaf's path length is changed by */

/* Weighs the leaves of a forest by what reviewers said of n rows: those that confirmed rows end
 * in become shorter, those of rejected ones longer. Whatever weights there were are replaced;
 * n == 0 takes them away. The order of the rows does not matter, nor do threads.
 * A leaf's weight is RATE doubt (rejected - confirmed rows in it), at most MOST either way, and
 * no path length becomes negative.
 * x[n * n_feature]  in, scaled as the forest's training rows, row-major
 * confirmed[n]      in
 * doubt             in [0, 1], see lesson.h */
void leaf_weights_learn(struct iforest *forest, const float *x, const bool *confirmed, size_t n,
                        double doubt);

#endif
