/* The forest as a whole: seeds, memory, and a row's path through all trees taken one node at a
 * time. That walk is the plain statement of what scorer.c computes many rows at once; it compares
 * with the thresholds as they were drawn, in double. */
#include "iforest.h"

#include "rng.h"

#include <stdlib.h>

void iforest_free(struct iforest *forest)
{
    free(forest->start);
    free(forest->node);
    *forest = (struct iforest){0};
}

void iforest_seeds(uint32_t random_state, size_t n_tree, uint32_t *seed)
{
    struct mt mt;

    mt_seed(&mt, random_state);
    for (size_t t = 0; t < n_tree; t++)
        seed[t] = (uint32_t)mt_below(&mt, INT32_MAX);
}

struct tree_node *iforest_leaf(const struct iforest *forest, size_t index, const float *x)
{
    struct tree_node *tree = forest->node + forest->start[index];
    struct tree_node *node = tree;

    while (node->feature >= 0)
        node = x[node->feature] <= node->threshold ? node + 1 : tree + node->right;
    return node;
}

bool iforest_is_weighed(const struct iforest *forest)
{
    for (size_t i = 0; i < forest->start[forest->n_tree]; i++)
        if (forest->node[i].feature < 0 && forest->node[i].weight != 0)
            return true;
    return false;
}

double iforest_path_length(const struct iforest *forest, const float *x)
{
    double length = 0, weight = 0;

    for (size_t t = 0; t < forest->n_tree; t++) {
        const struct tree_node *leaf = iforest_leaf(forest, t, x);
        length += itree_leaf_length(leaf);
        weight += leaf->weight;
    }
    return length + weight;
}
