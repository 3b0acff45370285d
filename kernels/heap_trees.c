/* Scoring by perfect trees: all have the forest's depth, node i has children 2i and 2i + 1, the
 * root is 1. A step down is i = 2i + (x > threshold), with no branch and no child to load. An
 * early leaf goes on to the bottom by thresholds of +infinity, which send every row left. A tree
 * stays in the first-level cache while a tile goes through it. */
#include "heap_trees.h"

#include "mem.h"
#include "score_tile.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

struct heap_node {
    float threshold;
    uint32_t column; /* of the tile: feature * stride */
};

/* Tree t has the 2^depth nodes and leaves from t * 2^depth on; its node 0 is unused. */
struct heap_trees {
    size_t n_tree;
    int depth;
    struct heap_node *node;
    double *leaf;
};

/* A node's parent is the last one seen a level up, and a left child directly follows it. */
static void pack_tree(const struct tree_node *tree, size_t n_node, int depth, size_t stride,
                      struct heap_node *node, double *leaf)
{
    size_t above[HEAP_MAX_DEPTH + 1];
    size_t n_leaf = (size_t)1 << depth;

    for (size_t i = 0; i < n_leaf; i++)
        node[i].threshold = INFINITY;
    for (size_t i = 0; i < n_node; i++) {
        const struct tree_node *from = &tree[i];
        size_t at = 1;
        if (from->depth > 0)
            at = 2 * above[from->depth - 1] + (tree[i - 1].feature < 0);
        above[from->depth] = at;
        if (from->feature < 0)
            leaf[(at << (depth - from->depth)) - n_leaf] = itree_leaf_length(from);
        else
            node[at] = (struct heap_node){score_threshold(from->threshold),
                                          (uint32_t)((size_t)from->feature * stride)};
    }
}

enum status heap_trees_create(const struct iforest *forest, int depth, size_t stride,
                              struct heap_trees **out, struct error *err)
{
    assert(0 <= depth && depth <= HEAP_MAX_DEPTH);
    size_t n_leaf = (size_t)1 << depth;
    struct heap_trees *trees = mem_array(1, sizeof *trees);

    if (trees == NULL)
        return error_no_memory(err, "the forest");
    trees->n_tree = forest->n_tree;
    trees->depth = depth;
    trees->node = mem_array(forest->n_tree, n_leaf * sizeof *trees->node);
    trees->leaf = mem_array(forest->n_tree, n_leaf * sizeof *trees->leaf);
    if (trees->node == NULL || trees->leaf == NULL) {
        heap_trees_free(trees);
        return error_no_memory(err, "the forest");
    }
    for (size_t t = 0; t < forest->n_tree; t++)
        pack_tree(forest->node + forest->start[t], forest->start[t + 1] - forest->start[t],
                  depth, stride, trees->node + t * n_leaf, trees->leaf + t * n_leaf);
    *out = trees;
    return STATUS_OK;
}

void heap_trees_free(struct heap_trees *trees)
{
    if (trees == NULL)
        return;
    free(trees->node);
    free(trees->leaf);
    free(trees);
}

/* One tree, SCORE_LANES rows. x points at the first of them in the tile's first column. */
static void add_lanes(const struct heap_node *node, const double *leaf, int depth,
                      const float *x, double *length)
{
    size_t at[SCORE_LANES];

    for (int lane = 0; lane < SCORE_LANES; lane++)
        at[lane] = 1;
    for (int level = 0; level < depth; level++)
        for (int lane = 0; lane < SCORE_LANES; lane++) {
            const struct heap_node *here = &node[at[lane]];
            at[lane] = 2 * at[lane] + (x[here->column + lane] > here->threshold);
        }
    for (int lane = 0; lane < SCORE_LANES; lane++)
        length[lane] += leaf[at[lane] - ((size_t)1 << depth)];
}

void heap_trees_add(const struct heap_trees *trees, const float *tile, size_t n, double *length)
{
    for (size_t t = 0; t < trees->n_tree; t++)
        for (size_t row = 0; row < n; row += SCORE_LANES)
            add_lanes(trees->node + (t << trees->depth), trees->leaf + (t << trees->depth),
                      trees->depth, tile + row, length + row);
}
