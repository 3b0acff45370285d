#ifndef TIEOUT_TREE_PATCH_H
#define TIEOUT_TREE_PATCH_H

#include "itree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Trees cut into patches: a node and all below it. All that the leaves of a patch can ask of a
 * row is in which cell of each feature it lies, between which of the few thresholds that they and
 * the nodes above the patch have. A state is a number for such a combination of cells. */

/* Most states of a patch that has several leaves. One leaf alone can have 2^ITREE_MAX_DEPTH. */
enum { PATCH_STATE_BITS = 8, PATCH_STATES = 1 << PATCH_STATE_BITS };

/* A value of the feature that is above `at` adds weight to its row's state, modulo 2^32. */
struct cut {
    int32_t feature;
    float at;
    uint32_t weight;
};

/* Adds to the states of n rows what the cut tells of them.
 * x[n]      in, their values of the feature
 * state[n]  in and out */
void cut_add(const struct cut *cut, const float *restrict x, size_t n,
             uint32_t *restrict state);

/* Walks through the patches of a tree in the order of its leaves, one at a time. */
struct patch_walk;

/* NULL if memory is short. Freed with free(). */
struct patch_walk *patch_walk_create(void);

/* Before the first patch of a tree. The tree is borrowed. No node is deeper than
 * ITREE_MAX_DEPTH. */
void patch_walk_start(struct patch_walk *walk, const struct tree_node *tree, size_t n_node);

/* On to the next patch, and what makes a row's state there: the sum of its cuts' weights.
 * False after the last. *cut[*n_cut] out, valid until the next call. */
bool patch_walk_next(struct patch_walk *walk, const struct cut **cut, size_t *n_cut);

/* Adds the Shapley values of the path length within the patch, for rows in the state.
 * value[n_feature] in and out. */
void patch_walk_solve(const struct patch_walk *walk, uint32_t state, double *value);

#endif
