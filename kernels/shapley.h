#ifndef TIEOUT_SHAPLEY_H
#define TIEOUT_SHAPLEY_H

#include "iforest.h"
#include "status.h"

/* Sum over trees of the path length expected when no feature is known: each leaf's path length
 * weighted by its share of the tree's training rows. */
double shapley_base(const struct iforest *forest);

/* Each feature's share in the path length of each of n rows: exact path-dependent Shapley values
 * (Lundberg et al. 2020, TreeSHAP): a feature that is not known sends a row down both branches by
 * the shares of training rows. shapley_base + the sum of a row's shares is iforest_path_length to
 * 1e-9. Negative: the feature isolates the row sooner, makes it more anomalous.
 * Rows are shared among OpenMP threads. A row's shares have the same bits whatever the number of
 * threads and whichever rows come with it; many rows at once are much cheaper than one by one.
 * x[n * n_feature]      in, scaled, row-major
 * share[n * n_feature]  out, in edges, summed over trees
 * STATUS_DATA if a tree is deeper than ITREE_MAX_DEPTH, STATUS_INTERNAL if memory is short, and
 * then share is not to be used. */
enum status shapley_batch(const struct iforest *forest, const float *x, size_t n, double *share,
                          struct error *err);

#endif
