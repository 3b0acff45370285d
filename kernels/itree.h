#ifndef TIEOUT_ITREE_H
#define TIEOUT_ITREE_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* Trees over more rows would have more nodes than an int32_t counts. */
enum { ITREE_MAX_ROWS = 1 << 30, ITREE_MAX_DEPTH = 30 };

/* One node. The nodes of a tree stand in the order they were made, depth first, left before
 * right: the left child of node i is node i + 1. */
struct tree_node {
    union {
        double threshold; /* a row with x[feature] <= threshold (float32 against float64) goes
                             left */
        double weight;    /* in a leaf: edges that verdicts add to its path length
                             (leaf_weights.h), 0 as grown */
    };
    int32_t feature; /* -1 in a leaf */
    int32_t right;   /* index of the right child within the tree; -1 in a leaf */
    int32_t n_row;   /* training rows that reached the node */
    int32_t depth;   /* 0 at the root */
};

/* Nodes that a tree over n_row rows can have at most, n_row >= 1. */
size_t itree_max_nodes(size_t n_row);

/* Depth limit of a tree over n_row rows: ceil(log2(max(n_row, 2))). */
int itree_depth_limit(size_t n_row);

/* c(n): mean path length of an unsuccessful search in a binary search tree of n rows (Liu, Ting,
 * Zhou 2008), as scikit-learn writes it: 0 for n <= 1, 1 for 2, else 2(ln(n-1)+gamma) - 2(n-1)/n.
 * The same bits on every x86-64 machine. */
double itree_mean_path(int64_t n);

/* Path length of a row that ends in leaf: edges to it plus itree_mean_path(its rows), without
 * the leaf's weight; and with it. */
double itree_leaf_length(const struct tree_node *leaf);
double itree_leaf_weighed(const struct tree_node *leaf);

/* The rows that tree number t of the forest trains on: sample[n_sample] out, ascending, distinct,
 * in [0, n_row). tree_seed is the tree's element of the forest's seeds (iforest_seeds); n_sample
 * <= n_row. scikit-learn's three ways of drawing without replacement, by n_sample / n_row.
 * STATUS_INTERNAL if memory for a permutation of n_row is short. */
enum status itree_draw_sample(uint32_t tree_seed, int64_t n_row, int64_t n_sample,
                              int64_t *sample, struct error *err);

/* Grows one tree, scikit-learn's way (ExtraTreeRegressor, random splitter, max_features 1).
 * x[n_row * n_feature]            in, row-major, scaled; rows in ascending row number; no NaN
 * node[itree_max_nodes(n_row)]    out, n_node of them used
 * 1 <= n_row <= ITREE_MAX_ROWS, else STATUS_USAGE. Depends on nothing but its arguments. */
enum status itree_grow(const float *x, size_t n_row, size_t n_feature, uint32_t tree_seed,
                       struct tree_node *node, size_t *n_node, struct error *err);

#endif
