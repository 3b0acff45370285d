/* Grows one isolation tree with scikit-learn 1.2.1's numbers.
 *
 * A node draws features until one varies over its rows, then a threshold between that feature's
 * smallest and largest value. Features seen to be constant stay so below: they are kept at the
 * front of a list that lives through the whole tree, and that list's order is part of what the
 * random numbers mean, so it is kept exactly as the original keeps it. The rows' order within a
 * node is not: only their smallest and largest value matter.
 *
 * The sample is turned into columns first, because a node looks at one feature of many rows.
 * The sample itself is itree_sample.c's, scoring is scorer.c's. */
#include "itree.h"

#include "mem.h"
#include "portable_math.h"
#include "rng.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Values of a feature that are this near count as equal. */
static const float CONSTANT_WITHIN = 1e-7f;

static const double EULER_GAMMA = 0.57721566490153286;

/* Rows [start, end) of grower.member, waiting to become a node. */
struct pending {
    uint32_t start;
    uint32_t end;
    uint32_t n_constant; /* features that the parent found constant */
    int32_t parent;      /* whose right child this will be; -1 for the root and left children */
    int32_t depth;
};

struct split {
    double threshold;
    uint32_t feature;
    uint32_t n_constant; /* features constant in the node */
};

struct grower {
    size_t n_row;
    uint32_t n_feature;
    uint32_t random; /* state of the splitter's generator */
    int depth_limit;
    float *column;      /* [n_feature * n_row] */
    uint32_t *member;   /* [n_row] rows, each node's adjacent */
    uint32_t *feature;  /* [n_feature] */
    uint32_t *constant; /* [n_feature] */
};

size_t itree_max_nodes(size_t n_row)
{
    return 2 * n_row - 1;
}

int itree_depth_limit(size_t n_row)
{
    int limit = 1;

    while (limit < 63 && (size_t)1 << limit < n_row)
        limit++;
    return limit;
}

double itree_mean_path(int64_t n)
{
    if (n <= 1)
        return 0;
    if (n == 2)
        return 1;
    double rows = (double)n;
    return 2.0 * (portable_log(rows - 1.0) + EULER_GAMMA) - 2.0 * (rows - 1.0) / rows;
}

double itree_leaf_length(const struct tree_node *leaf)
{
    /* Nodes on the path, the mean search below the leaf, minus one: scikit-learn's order. */
    return leaf->depth + 1 + itree_mean_path(leaf->n_row) - 1.0;
}

double itree_leaf_weighed(const struct tree_node *leaf)
{
    return itree_leaf_length(leaf) + leaf->weight;
}

static enum status grower_start(struct grower *g, const float *x, struct error *err)
{
    g->column = mem_array(g->n_row, g->n_feature * sizeof *g->column);
    g->member = mem_array(g->n_row, sizeof *g->member);
    g->feature = mem_array(g->n_feature, sizeof *g->feature);
    g->constant = mem_array(g->n_feature, sizeof *g->constant);
    if (g->column == NULL || g->member == NULL || g->feature == NULL || g->constant == NULL)
        return error_no_memory(err, "growing a tree");
    for (uint32_t i = 0; i < g->n_row; i++)
        g->member[i] = i;
    for (uint32_t f = 0; f < g->n_feature; f++) {
        g->feature[f] = f;
        for (size_t i = 0; i < g->n_row; i++)
            g->column[f * g->n_row + i] = x[i * g->n_feature + f];
    }
    return STATUS_OK;
}

static void grower_stop(struct grower *g)
{
    free(g->column);
    free(g->member);
    free(g->feature);
    free(g->constant);
}

static void swap(uint32_t *item, uint32_t i, uint32_t j)
{
    uint32_t moved = item[i];

    item[i] = item[j];
    item[j] = moved;
}

/* Whether the feature varies over the rows, and between what. */
static bool find_range(const struct grower *g, const struct pending *part, uint32_t feature,
                       float *low, float *high)
{
    const float *value = g->column + feature * g->n_row;
    float least = value[g->member[part->start]];
    float most = least;

    for (uint32_t i = part->start + 1; i < part->end; i++) {
        float v = value[g->member[i]];
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    *low = least;
    *high = most;
    return most > least + CONSTANT_WITHIN;
}

/* A threshold in [low, high), so that either side gets a row. */
static double draw_threshold(struct grower *g, float low, float high)
{
    double threshold = splitter_real(low, high, &g->random);

    return threshold < high ? threshold : low;
}

/* Draws a feature that varies over the rows, and its threshold; false if there is none.
 *
 * The list of features is, from the front: known constants drawn in this node, known constants,
 * constants found in this node, others. */
static bool draw_split(struct grower *g, const struct pending *part, struct split *split)
{
    uint32_t known = part->n_constant;
    uint32_t drawn = 0;
    uint32_t found = 0;
    bool varies = false;

    while (!varies && known + found < g->n_feature) {
        float low;
        float high;
        uint32_t j = splitter_integer(drawn, g->n_feature - found, &g->random);
        if (j < known) {
            swap(g->feature, drawn++, j);
            continue;
        }
        j += found;
        split->feature = g->feature[j];
        varies = find_range(g, part, split->feature, &low, &high);
        if (varies) {
            swap(g->feature, g->n_feature - 1, j);
            split->threshold = draw_threshold(g, low, high);
        } else {
            swap(g->feature, known + found++, j);
        }
    }
    memcpy(g->feature, g->constant, known * sizeof *g->feature);
    memcpy(g->constant + known, g->feature + known, found * sizeof *g->feature);
    split->n_constant = known + found;
    return varies;
}

/* Brings the rows that go left to the front; returns where the others begin. */
static uint32_t partition(struct grower *g, const struct pending *part,
                          const struct split *split)
{
    const float *value = g->column + split->feature * g->n_row;
    uint32_t start = part->start;
    uint32_t end = part->end;

    while (start < end)
        if (value[g->member[start]] <= split->threshold)
            start++;
        else
            swap(g->member, start, --end);
    return start;
}

/* The node is a leaf until it is split. */
static void make_node(const struct pending *part, struct tree_node *node, size_t index)
{
    node[index] = (struct tree_node){.feature = -1,
                                     .right = -1,
                                     .n_row = (int32_t)(part->end - part->start),
                                     .depth = part->depth};
    if (part->parent >= 0)
        node[part->parent].right = (int32_t)index;
}

/* Replaces the node's rows on the stack by its children's, the left one on top. */
static void push_children(struct grower *g, const struct pending *part,
                          const struct split *split, int32_t index, struct pending *top)
{
    uint32_t middle = partition(g, part, split);

    top[0] = (struct pending){middle, part->end, split->n_constant, index, part->depth + 1};
    top[1] = (struct pending){part->start, middle, split->n_constant, -1, part->depth + 1};
}

/* Depth first, left before right. On a path every level leaves at most its right child on the
 * stack. */
static size_t grow_nodes(struct grower *g, struct tree_node *node)
{
    struct pending stack[ITREE_MAX_DEPTH + 2];
    size_t n_pending = 1;
    size_t n_node = 0;

    stack[0] = (struct pending){.end = (uint32_t)g->n_row, .parent = -1};
    while (n_pending > 0) {
        struct pending part = stack[--n_pending];
        struct split split;
        size_t index = n_node++;
        make_node(&part, node, index);
        if (part.depth == g->depth_limit || part.end - part.start < 2 ||
            !draw_split(g, &part, &split))
            continue;
        node[index].feature = (int32_t)split.feature;
        node[index].threshold = split.threshold;
        push_children(g, &part, &split, (int32_t)index, stack + n_pending);
        n_pending += 2;
    }
    return n_node;
}

/* The state that the original's splitter starts from, two generators away from the tree's. */
static uint32_t splitter_seed(uint32_t tree_seed)
{
    struct mt mt;

    mt_seed(&mt, tree_seed);
    mt_seed(&mt, (uint32_t)mt_below(&mt, INT32_MAX));
    return (uint32_t)mt_below(&mt, INT32_MAX);
}

enum status itree_grow(const float *x, size_t n_row, size_t n_feature, uint32_t tree_seed,
                       struct tree_node *node, size_t *n_node, struct error *err)
{
    struct grower g = {.n_row = n_row, .n_feature = (uint32_t)n_feature};
    enum status st = STATUS_OK;

    if (n_row < 1 || n_row > ITREE_MAX_ROWS || n_feature > INT32_MAX)
        return error_set(err, STATUS_USAGE,
                         "a tree trains on 1 to %d rows, not on %zu: change --samples",
                         ITREE_MAX_ROWS, n_row);
    g.random = splitter_seed(tree_seed);
    g.depth_limit = itree_depth_limit(n_row);
    TRY(grower_start(&g, x, err));
    *n_node = grow_nodes(&g, node);
done:
    grower_stop(&g);
    return st;
}
