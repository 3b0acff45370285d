/* Scoring by linked trees, for those too deep to be made perfect: the children of a node are
 * neighbours, so that a step down is i = left + (x > threshold). A leaf is its own left child
 * and has threshold +infinity: a row that arrives early stays, and all take the same number of
 * steps without a branch. */
#include "linked_trees.h"

#include "mem.h"
#include "score_tile.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct linked_node {
    float threshold;
    uint32_t column; /* of the tile: feature * stride */
    uint32_t left;   /* within the tree; the right child is the next */
};

/* Tree t has nodes and leaf lengths start[t] .. start[t + 1). */
struct linked_trees {
    size_t n_tree;
    int depth;
    size_t *start;
    struct linked_node *node;
    double *length; /* 0 in inner nodes */
    double *weight; /* the same */
};

/* Gives each node's children the next two free places. place[n_node] is scratch. */
static void pack_tree(const struct tree_node *tree, size_t n_node, size_t stride,
                      uint32_t *place, struct linked_node *node, double *length, double *weight)
{
    uint32_t n_place = 1;

    place[0] = 0;
    for (size_t i = 0; i < n_node; i++) {
        const struct tree_node *from = &tree[i];
        uint32_t at = place[i];
        if (from->feature < 0) {
            node[at] = (struct linked_node){INFINITY, 0, at};
            length[at] = itree_leaf_length(from);
            weight[at] = from->weight;
            continue;
        }
        node[at] = (struct linked_node){score_threshold(from->threshold),
                                        (uint32_t)((size_t)from->feature * stride), n_place};
        place[i + 1] = n_place;
        place[from->right] = n_place + 1;
        n_place += 2;
    }
}

static enum status pack_forest(const struct iforest *forest, size_t stride,
                               struct linked_trees *trees, struct error *err)
{
    size_t n_node = forest->start[forest->n_tree];
    uint32_t *place = mem_array(n_node, sizeof *place);

    trees->start = mem_array(forest->n_tree + 1, sizeof *trees->start);
    trees->node = mem_array(n_node, sizeof *trees->node);
    trees->length = mem_array(n_node, sizeof *trees->length);
    trees->weight = mem_array(n_node, sizeof *trees->weight);
    bool complete = place && trees->start && trees->node && trees->length && trees->weight;
    for (size_t t = 0; complete && t < forest->n_tree; t++) {
        size_t start = forest->start[t];
        pack_tree(forest->node + start, forest->start[t + 1] - start, stride, place,
                  trees->node + start, trees->length + start, trees->weight + start);
        trees->start[t + 1] = forest->start[t + 1];
    }
    free(place);
    return complete ? STATUS_OK : error_no_memory(err, "the forest");
}

enum status linked_trees_create(const struct iforest *forest, int depth, size_t stride,
                                struct linked_trees **out, struct error *err)
{
    struct linked_trees *trees = mem_array(1, sizeof *trees);

    if (trees == NULL)
        return error_no_memory(err, "the forest");
    trees->n_tree = forest->n_tree;
    trees->depth = depth;
    enum status st = pack_forest(forest, stride, trees, err);
    if (st == STATUS_OK)
        *out = trees;
    else
        linked_trees_free(trees);
    return st;
}

void linked_trees_free(struct linked_trees *trees)
{
    if (trees == NULL)
        return;
    free(trees->start);
    free(trees->node);
    free(trees->length);
    free(trees->weight);
    free(trees);
}

/* One tree, SCORE_LANES rows. x points at the first of them in the tile's first column. */
static void add_lanes(const struct linked_trees *trees, size_t tree, const float *x,
                      double *length, double *weight)
{
    const struct linked_node *node = trees->node + trees->start[tree];
    const double *leaf = trees->length + trees->start[tree];
    const double *of_leaf = trees->weight + trees->start[tree];
    size_t at[SCORE_LANES] = {0};

    for (int level = 0; level < trees->depth; level++)
        for (int lane = 0; lane < SCORE_LANES; lane++) {
            const struct linked_node *here = &node[at[lane]];
            at[lane] = here->left + (x[here->column + lane] > here->threshold);
        }
    for (int lane = 0; lane < SCORE_LANES; lane++)
        length[lane] += leaf[at[lane]];
    for (int lane = 0; weight != NULL && lane < SCORE_LANES; lane++)
        weight[lane] += of_leaf[at[lane]];
}

void linked_trees_add(const struct linked_trees *trees, const float *tile, size_t n,
                      double *length, double *weight)
{
    for (size_t t = 0; t < trees->n_tree; t++)
        for (size_t row = 0; row < n; row += SCORE_LANES)
            add_lanes(trees, t, tile + row, length + row, weight != NULL ? weight + row : NULL);
}
