/* Learning from verdicts by the weights of leaves: online mirror descent with the linear loss
 * of Siddiqui et al. (KDD 2018), whose updates are sums, so that they can be added up in any
 * order. A row that is scored ends in the same leaves as the judged rows it resembles, and
 * takes over what was said of those; nothing is stored beside the forest. */
#include "leaf_weights.h"

#include <math.h>

static void reset_leaf(struct tree_node *node)
{
    if (node->feature < 0)
        node->weight = 0;
}

/* From a count of verdicts to edges. */
static void bound_leaf(struct tree_node *node, double rate)
{
    if (node->feature >= 0)
        return;
    double edges = fmin(fmax(rate * node->weight, -LEAF_WEIGHT_MOST), LEAF_WEIGHT_MOST);
    node->weight = fmax(edges, -itree_leaf_length(node));
}

void leaf_weights_learn(struct iforest *forest, const float *x, const bool *confirmed, size_t n,
                        double doubt)
{
    double rate = LEAF_WEIGHT_RATE * doubt;

#pragma omp parallel for default(none) shared(forest, x, confirmed, n, rate) schedule(static)
    for (size_t t = 0; t < forest->n_tree; t++) {
        for (size_t i = forest->start[t]; i < forest->start[t + 1]; i++)
            reset_leaf(&forest->node[i]);
        for (size_t k = 0; k < n; k++)
            iforest_leaf(forest, t, x + k * forest->n_feature)->weight += confirmed[k] ? -1 : 1;
        for (size_t i = forest->start[t]; i < forest->start[t + 1]; i++)
            bound_leaf(&forest->node[i], rate);
    }
}
