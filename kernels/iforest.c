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

static const struct tree_node *find_leaf(const struct tree_node *tree, const float *x)
{
    const struct tree_node *node = tree;

    while (node->feature >= 0)
        node = x[node->feature] <= node->threshold ? node + 1 : tree + node->right;
    return node;
}

double iforest_path_length(const struct iforest *forest, const float *x)
{
    double length = 0;

    for (size_t t = 0; t < forest->n_tree; t++)
        length += itree_leaf_length(find_leaf(forest->node + forest->start[t], x));
    return length;
}
