/* Exact Shapley values of a row's path length, path-dependent (Lundberg et al. 2020).
 *
 * A tree's expectation given a set of known features is a sum over its leaves: the leaf's path
 * length times, for every distinct feature on the way to it, either "does the row take this way"
 * (1 or 0, feature known) or "what share of training rows takes it" (feature unknown). So each
 * leaf is a game of products, and its Shapley values have a closed form. With d features on the
 * way, a set of k others present has weight k! (d-1-k)! / d!, and the products of all sets of k
 * are the coefficients of t^k in the product of (share + t) over the features whose way the row
 * takes; the others only contribute their shares. Leaves cost O(depth^2) each; the published
 * algorithm does the same sums by extending and unwinding paths. */
#include "shapley.h"

#include <stdbool.h>
#include <stddef.h>

/* One feature on the way to a leaf, all its splits taken together. */
struct step {
    int32_t feature;
    bool taken;   /* the row goes this way */
    double share; /* of the training rows that go this way */
};

struct path {
    int n_step;
    struct step step[ITREE_MAX_DEPTH];
};

/* Product of (share + t) over steps: coefficient of t^k at [k]. */
struct polynomial {
    int degree;
    double coefficient[ITREE_MAX_DEPTH + 1];
};

static void path_extend(struct path *path, const struct step *split)
{
    for (int i = 0; i < path->n_step; i++)
        if (path->step[i].feature == split->feature) {
            path->step[i].taken = path->step[i].taken && split->taken;
            path->step[i].share *= split->share;
            return;
        }
    path->step[path->n_step++] = *split;
}

static void polynomial_multiply(struct polynomial *p, double share)
{
    double *c = p->coefficient;

    p->degree++;
    c[p->degree] = c[p->degree - 1];
    for (int k = p->degree - 1; k > 0; k--)
        c[k] = share * c[k] + c[k - 1];
    c[0] *= share;
}

/* Undoes polynomial_multiply, from the highest power down: shares are at most 1, so errors do
 * not grow. */
static void polynomial_divide(const struct polynomial *p, double share, struct polynomial *rest)
{
    rest->degree = p->degree - 1;
    rest->coefficient[rest->degree] = p->coefficient[p->degree];
    for (int k = rest->degree; k > 0; k--)
        rest->coefficient[k - 1] = p->coefficient[k] - share * rest->coefficient[k];
}

/* Sum over k of coefficient[k] k! (d-1-k)! / d!, where d = n_player. */
static double polynomial_weigh(const struct polynomial *p, int n_player)
{
    double weight = 1.0 / n_player;
    double sum = 0;

    for (int k = 0; k <= p->degree; k++) {
        if (k > 0)
            weight *= (double)k / (n_player - k);
        sum += weight * p->coefficient[k];
    }
    return sum;
}

/* Adds one leaf's Shapley values. A feature whose way the row does not take turns the leaf off
 * when it becomes known, so it gets minus what the leaf is worth without it; all such features
 * get the same. */
static void add_leaf(const struct path *path, double length, double *share)
{
    struct polynomial taken = {.coefficient = {1.0}};
    double untaken = length;

    for (int i = 0; i < path->n_step; i++)
        if (path->step[i].taken)
            polynomial_multiply(&taken, path->step[i].share);
        else
            untaken *= path->step[i].share;
    bool any_untaken = taken.degree < path->n_step;
    double off = any_untaken ? untaken * polynomial_weigh(&taken, path->n_step) : 0;
    for (int i = 0; i < path->n_step; i++) {
        const struct step *step = &path->step[i];
        if (step->taken) {
            struct polynomial others;
            polynomial_divide(&taken, step->share, &others);
            share[step->feature] +=
                (1 - step->share) * untaken * polynomial_weigh(&others, path->n_step);
        } else {
            share[step->feature] -= off;
        }
    }
}

/* Walks the tree in the order its nodes are stored, keeping the splits above the current node.
 * A left child follows its parent directly. */
static void add_tree(const struct tree_node *tree, size_t n_node, const float *x, double *share)
{
    size_t above[ITREE_MAX_DEPTH + 1] = {0};
    struct step split[ITREE_MAX_DEPTH];

    for (size_t i = 0; i < n_node; i++) {
        const struct tree_node *node = &tree[i];
        above[node->depth] = i;
        if (node->depth > 0) {
            size_t parent = above[node->depth - 1];
            bool goes_left = x[tree[parent].feature] <= tree[parent].threshold;
            split[node->depth - 1] =
                (struct step){tree[parent].feature, goes_left == (i == parent + 1),
                              (double)node->n_row / tree[parent].n_row};
        }
        if (node->feature >= 0)
            continue;
        struct path path = {0};
        for (int d = 0; d < node->depth; d++)
            path_extend(&path, &split[d]);
        add_leaf(&path, itree_leaf_length(node), share);
    }
}

double shapley_base(const struct iforest *forest)
{
    double base = 0;

    for (size_t t = 0; t < forest->n_tree; t++) {
        const struct tree_node *root = &forest->node[forest->start[t]];
        for (size_t i = forest->start[t]; i < forest->start[t + 1]; i++)
            if (forest->node[i].feature < 0)
                base +=
                    itree_leaf_length(&forest->node[i]) * forest->node[i].n_row / root->n_row;
    }
    return base;
}

enum status shapley_values(const struct iforest *forest, const float *x, double *share,
                           struct error *err)
{
    for (size_t i = 0; i < forest->start[forest->n_tree]; i++)
        if (forest->node[i].depth > ITREE_MAX_DEPTH)
            return error_set(err, STATUS_DATA, "the model has a tree deeper than %d levels",
                             ITREE_MAX_DEPTH);
    for (size_t f = 0; f < forest->n_feature; f++)
        share[f] = 0;
    for (size_t t = 0; t < forest->n_tree; t++)
        add_tree(forest->node + forest->start[t], forest->start[t + 1] - forest->start[t], x,
                 share);
    return STATUS_OK;
}
