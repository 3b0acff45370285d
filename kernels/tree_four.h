#ifndef TIEOUT_TREE_FOUR_H
#define TIEOUT_TREE_FOUR_H

#include "byte_ranks.h"
#include "iforest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Up to four trees of one group of byte ranks, as tables for AVX-512's byte permutations. */
enum {
    TREE_FOUR = 4,
    TREE_FOUR_DEPTH = 8,     /* of a tree at most */
    TREE_FOUR_FEATURES = 16, /* at most */
    TREE_FOUR_LENGTHS = 32,  /* different path lengths of a tree at most, and weights */
    TREE_FOUR_ROWS = 16,     /* rows of a block */
    TREE_FOUR_BLOCK = TREE_FOUR_ROWS * TREE_FOUR_FEATURES,
    TREE_FOUR_TABLE = 192 + (4 << TREE_FOUR_DEPTH)
};

struct tree_four {
    _Alignas(64) int8_t threshold[TREE_FOUR_TABLE]; /* by level, tree, place within the level */
    uint8_t feature[TREE_FOUR_TABLE];               /* times TREE_FOUR_ROWS */
    uint8_t number[TREE_FOUR << TREE_FOUR_DEPTH];   /* of a path length, by tree and place */
    uint8_t heft[TREE_FOUR << TREE_FOUR_DEPTH];     /* number of a weight, the same */
    double length[TREE_FOUR][TREE_FOUR_LENGTHS];    /* by tree and number */
    double weight[TREE_FOUR][TREE_FOUR_LENGTHS];
    size_t n_tree;
    size_t group; /* of byte ranks */
};

/* Whether the processor has what tree_four_add needs. */
bool tree_four_supported(void);

/* Whether tree number `index` of the forest is no deeper, and has no more path lengths and
 * weights, than a four has room for. */
bool tree_four_fits(const struct iforest *forest, size_t index);

/* Adds tree number `index`, which fits. four starts as zeros, and has fewer than TREE_FOUR
 * trees. */
void tree_four_pack(struct tree_four *four, const struct iforest *forest, size_t index,
                    const struct byte_ranks *ranks);

/* Adds to length[n] each row's path lengths, tree after tree, and to weight[n], if it is not
 * NULL, the weights of the leaves.
 * block  in, 64-byte aligned: bytes of n rows, block after block of TREE_FOUR_ROWS rows,
 *        each [TREE_FOUR_FEATURES][TREE_FOUR_ROWS]
 * n      a multiple of 2 TREE_FOUR_ROWS */
void tree_four_add(const struct tree_four *four, size_t n_feature, const int8_t *block,
                   size_t n, double *length, double *weight);

#endif
