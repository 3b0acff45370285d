/* Exact Shapley values of a row's path length, path-dependent (Lundberg et al. 2020).
 *
 * A tree's expectation given a set of known features is a sum over its leaves: the leaf's path
 * length times, for every distinct feature on the way to it, "does the row go this way" (1 or 0)
 * if the feature is known, else "what share of the training rows does". So each leaf is a game of
 * products and can be solved by itself. Let every other feature become known at a random time,
 * uniform in [0, 1]: at time t a factor is on average share (1 - t) + goes t, and a feature's
 * Shapley value is the integral over t of the product of the others' factors, times what knowing
 * it changes, goes - share. The integrand is a polynomial of lower degree than the number of
 * features, so a Gauss rule of half as many points is exact. All factors are positive, so that
 * nothing cancels at any depth. A leaf costs O(depth^2), as in the published algorithm. */
#include "shapley.h"

#include <stdbool.h>
#include <stddef.h>

/* One feature on the way to a leaf, all its splits taken together. */
struct step {
    int32_t feature;
    double taken; /* 1 if the row goes this way, else 0 */
    double share; /* of the training rows that go this way */
};

struct path {
    int n_step;
    struct step step[ITREE_MAX_DEPTH];
};

/* Gauss-Legendre on [0, 1]: exact for polynomials of degree 2 n_point - 1. The numbers are those
 * of 50-digit arithmetic, rounded. */
enum { MAX_POINTS = ITREE_MAX_DEPTH / 2 };

struct rule {
    int n_point;
    double at[MAX_POINTS];
    double weight[MAX_POINTS];
};

static const struct rule RULE[] = {
    {4,
     {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263},
     {0.17392742256872692, 0.32607257743127305, 0.32607257743127305, 0.17392742256872692}},
    {8,
     {0.019855071751231884, 0.10166676129318664, 0.2372337950418355, 0.4082826787521751,
      0.591717321247825, 0.7627662049581645, 0.8983332387068134, 0.9801449282487681},
     {0.05061426814518813, 0.11119051722668724, 0.15685332293894363, 0.181341891689181,
      0.181341891689181, 0.15685332293894363, 0.11119051722668724, 0.05061426814518813}},
    {15,
     {0.006003740989757286, 0.031363303799647045, 0.0758967082947864, 0.13779113431991497,
      0.21451391369573058, 0.3029243264612183, 0.39940295300128276, 0.5, 0.6005970469987173,
      0.6970756735387816, 0.7854860863042694, 0.862208865680085, 0.9241032917052137,
      0.968636696200353, 0.9939962590102427},
     {0.015376620998058635, 0.03518302374405406, 0.05357961023358597, 0.06978533896307716,
      0.08313460290849696, 0.0930805000077811, 0.09921574266355579, 0.10128912096278064,
      0.09921574266355579, 0.0930805000077811, 0.08313460290849696, 0.06978533896307716,
      0.05357961023358597, 0.03518302374405406, 0.015376620998058635}},
};

static void path_extend(struct path *path, const struct step *split)
{
    for (int i = 0; i < path->n_step; i++)
        if (path->step[i].feature == split->feature) {
            path->step[i].taken *= split->taken;
            path->step[i].share *= split->share;
            return;
        }
    path->step[path->n_step++] = *split;
}

/* The smallest rule that is exact for a path; with n_step features the degree is n_step - 1. */
static const struct rule *choose_rule(int n_step)
{
    const struct rule *rule = RULE;

    while (2 * rule->n_point < n_step)
        rule++;
    return rule;
}

/* What a step multiplies a leaf's worth by when its feature is known with probability t. */
static double step_factor(const struct step *step, double t)
{
    return step->share + (step->taken - step->share) * t;
}

/* Adds one leaf's Shapley values. */
static void add_leaf(const struct path *path, double length, double *share)
{
    const struct rule *rule = choose_rule(path->n_step);
    double product[MAX_POINTS];

    for (int q = 0; q < rule->n_point; q++)
        product[q] = length * rule->weight[q];
    for (int i = 0; i < path->n_step; i++)
        for (int q = 0; q < rule->n_point; q++)
            product[q] *= step_factor(&path->step[i], rule->at[q]);
    for (int i = 0; i < path->n_step; i++) {
        const struct step *step = &path->step[i];
        double others = 0;
        for (int q = 0; q < rule->n_point; q++)
            others += product[q] / step_factor(step, rule->at[q]);
        share[step->feature] += (step->taken - step->share) * others;
    }
}

/* Walks the tree in the order its nodes are stored, keeping the splits above the current node.
 * A left child follows its parent directly. */
static void add_tree(const struct tree_node *tree, size_t n_node, const float *x, double *share)
{
    size_t above[ITREE_MAX_DEPTH + 1] = {0};
    struct step split[ITREE_MAX_DEPTH];
    struct path path;

    for (size_t i = 0; i < n_node; i++) {
        const struct tree_node *node = &tree[i];
        above[node->depth] = i;
        if (node->depth > 0) {
            size_t parent = above[node->depth - 1];
            bool goes_left = x[tree[parent].feature] <= tree[parent].threshold;
            split[node->depth - 1] =
                (struct step){tree[parent].feature, goes_left == (i == parent + 1) ? 1.0 : 0.0,
                              (double)node->n_row / tree[parent].n_row};
        }
        if (node->feature >= 0)
            continue;
        path.n_step = 0;
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
