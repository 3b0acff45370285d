#ifndef TIEOUT_GROWN_FOREST_H
#define TIEOUT_GROWN_FOREST_H

#include "iforest.h"
#include "mem.h"
#include "rng.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>

/* Made-up data and forests grown from them, for tests of what uses a forest. */

/* Row-major [n_row * n_feature], seeded. By column: normal-ish, coarse steps (many ties), heavy
 * tail, and so on in turn; with n_feature > 4 the last column is constant. Freed by the caller. */
static inline float *make_matrix(size_t n_row, size_t n_feature, uint32_t seed)
{
    float *x = mem_array(n_row * n_feature, sizeof *x);
    uint32_t state = seed;

    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    for (size_t i = 0; i < n_row; i++)
        for (size_t f = 0; f < n_feature; f++) {
            double a = splitter_real(-1, 1, &state);
            double b = splitter_real(-1, 1, &state);
            double value = f % 3 == 0 ? a + b : f % 3 == 1 ? (int)(4 * a) : a / (b * b + 1e-4);
            x[i * n_feature + f] = n_feature > 4 && f == n_feature - 1 ? 3.0f : (float)value;
        }
    return x;
}

/* Trees that all train on the same n_row rows. Freed with iforest_free. */
static inline struct iforest grow_forest(const float *x, size_t n_row, size_t n_feature,
                                         size_t n_tree)
{
    struct iforest forest = {
        .n_tree = n_tree, .n_feature = n_feature, .n_sample = (int64_t)n_row};
    struct error err;

    forest.start = mem_array(n_tree + 1, sizeof *forest.start);
    forest.node = mem_array(n_tree * itree_max_nodes(n_row), sizeof *forest.node);
    CU_ASSERT_PTR_NOT_NULL_FATAL(forest.start);
    CU_ASSERT_PTR_NOT_NULL_FATAL(forest.node);
    for (size_t t = 0; t < n_tree; t++) {
        size_t n_node = 0;
        enum status st = itree_grow(x, n_row, n_feature, (uint32_t)(1000 + t),
                                    forest.node + forest.start[t], &n_node, &err);
        CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
        forest.start[t + 1] = forest.start[t] + n_node;
    }
    return forest;
}

#endif
