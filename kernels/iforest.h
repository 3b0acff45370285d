#ifndef TIEOUT_IFOREST_H
#define TIEOUT_IFOREST_H

#include "itree.h"
#include "simd.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An isolation forest (Liu, Ting, Zhou 2008) with scikit-learn 1.2.1's numbers. */
struct iforest {
    size_t n_tree;
    size_t n_feature;
    int64_t n_sample;       /* training rows of each tree, all alike */
    size_t *start;          /* [n_tree + 1] offset of each tree's first node; start[0] == 0 */
    struct tree_node *node; /* [start[n_tree]] */
};

/* Leaves an empty forest. */
void iforest_free(struct iforest *forest);

/* seed[n_tree] out: what RandomState(random_state).randint(2**31 - 1) gives n_tree times. */
void iforest_seeds(uint32_t random_state, size_t n_tree, uint32_t *seed);

/* The leaf that a row ends in. x[n_feature] in, one scaled row. */
struct tree_node *iforest_leaf(const struct iforest *forest, size_t tree, const float *x);

/* Whether some leaf has a weight other than 0. */
bool iforest_is_weighed(const struct iforest *forest);

/* A forest made ready for scoring: owns its memory, does not refer to the forest. */
struct scorer;

/* simd: what to compute with; changes no score. *out is produced. STATUS_USAGE if the processor
 * has no such instructions, STATUS_DATA beyond 1024 features or 262,144 nodes of a tree that
 * are too many for bytes, STATUS_INTERNAL if memory is short. */
enum status scorer_create(const struct iforest *forest, enum simd simd, struct scorer **out,
                          struct error *err);
void scorer_free(struct scorer *scorer);

/* Anomaly score of every row: -2^(-depth / (n_tree * c(n_sample))), in [-1, 0], the leaves'
 * weights included (leaf_weights.h keeps depths from becoming negative), the lower the more
 * anomalous: scikit-learn's score_samples. Rows are shared among OpenMP threads; each row's sum
 * runs over the trees in order, so neither threads nor vector width change a bit.
 * x[n_feature]  in, one array of n scaled values per feature
 * score[n]      out. Cannot fail. */
void scorer_run(const struct scorer *scorer, const float *const *x, size_t n, double *score);

/* The same after feedback: the depth of score[n] includes the leaves' weights and is multiplied
 * by factor[n], which is not negative; that of base[n] is as grown. One descent gives
 * both. factor and base may be NULL: 1, and not wanted. */
void scorer_run_learned(const struct scorer *scorer, const float *const *x, size_t n,
                        const double *factor, double *score, double *base);

/* The sum over trees of a row's path lengths (edges to its leaf plus c(rows in the leaf)), then
 * of the leaves' weights. x[n_feature] in, one scaled row. For checks and explanations; scores
 * come from scorer_run. */
double iforest_path_length(const struct iforest *forest, const float *x);

#endif
