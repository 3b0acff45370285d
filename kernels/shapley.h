#ifndef TIEOUT_SHAPLEY_H
#define TIEOUT_SHAPLEY_H

#include "iforest.h"
#include "status.h"

/* Sum over trees of the path length expected when no feature is known: each leaf's path length
 * weighted by its share of the tree's training rows. */
double shapley_base(const struct iforest *forest);

/* Each feature's share in a row's path length: exact path-dependent Shapley values (Lundberg et
 * al. 2020, TreeSHAP): a feature that is not known sends a row down both branches by the shares
 * of training rows. shapley_base + the sum of the shares is iforest_path_length to 1e-9.
 * Negative: the feature isolates the row sooner, makes it more anomalous.
 * x[n_feature]      in, one scaled row
 * share[n_feature]  out, in edges, summed over trees */
enum status shapley_values(const struct iforest *forest, const float *x, double *share,
                           struct error *err);

#endif
