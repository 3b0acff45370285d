/* Cuts trees into patches and solves a patch for a state.
 *
 * A patch is the largest subtree with few enough states. Each of its features is an axis: the
 * bounds that the nodes above the patch set, and the thresholds in it between these bounds, cut
 * the axis into cells. What lies outside the bounds, below or above, is one cell, number 0: no
 * leaf of the patch is there. The state is a number whose digits, one an axis, are the cells.
 *
 * The expected path length given some known features is a sum over leaves: the leaf's length
 * times, for every distinct feature on the way to it, "does the row go this way" (1 or 0) if the
 * feature is known, else "what share of the training rows does". So each leaf is a game of
 * products, which product_game.c solves, and its values depend on the row's cells only. */
#include "tree_patch.h"

#include "mem.h"
#include "product_game.h"
#include "score_tile.h"

#include <math.h>
#include <string.h>

/* Sharing axes is for a patch of several leaves; a leaf alone has one for each step. */
enum {
    MAX_AXES = ITREE_MAX_DEPTH,
    MAX_SHARED_AXES = PATCH_STATE_BITS,
    MAX_LEAVES = PATCH_STATES,
    MAX_STEPS = MAX_LEAVES * MAX_SHARED_AXES,
    MAX_AXIS_CUTS = PATCH_STATES + 2,
    MAX_CUTS = PATCH_STATES + 2 * MAX_AXES
};

_Static_assert((int)ITREE_MAX_DEPTH <= (int)PRODUCT_GAME_PLAYERS, "a path is one game");

/* What the splits above a node ask of one feature: low < x <= high. */
struct side {
    int32_t feature;
    float low, high; /* infinite if nothing is asked */
    double share;    /* of the training rows that go this way */
};

/* What the splits above a node ask of all features, each once. */
struct path {
    int n_side;
    struct side side[ITREE_MAX_DEPTH];
};

struct axis {
    struct side side; /* what is asked above the patch */
    uint32_t n_cell;
    int n_cut;
    float *cut; /* ascending */
};

/* A leaf's side in terms of cells: n_cell of them from one on. */
struct step {
    int axis;
    uint32_t from, n_cell;
    double share;
    size_t feature;
};

struct leaf {
    double length;
    int first_step, n_step;
};

struct patch_walk {
    const struct tree_node *tree;
    size_t n_node;
    size_t next;                           /* the first node after the patch */
    size_t above[ITREE_MAX_DEPTH + 1];     /* the last node seen at each depth */
    struct path path[ITREE_MAX_DEPTH + 1]; /* the path to it */
    /* The patch. */
    int n_axis, n_leaf, n_step;
    size_t n_cut;
    struct axis axis[MAX_AXES];
    struct leaf leaf[MAX_LEAVES];
    struct step step[MAX_STEPS];
    struct cut cut[MAX_CUTS];
    float threshold[MAX_AXES][MAX_AXIS_CUTS];
};

struct patch_walk *patch_walk_create(void)
{
    return mem_array(1, sizeof(struct patch_walk));
}

void patch_walk_start(struct patch_walk *walk, const struct tree_node *tree, size_t n_node)
{
    walk->tree = tree;
    walk->n_node = n_node;
    walk->next = 0;
}

void cut_add(const struct cut *cut, const float *restrict x, size_t n, uint32_t *restrict state)
{
    float at = cut->at;
    uint32_t weight = cut->weight;

    for (size_t r = 0; r < n; r++)
        state[r] += x[r] > at ? weight : 0;
}

/* ---- paths --------------------------------------------------------------------------------- */

static struct side *find_side(struct path *path, int32_t feature)
{
    for (int i = 0; i < path->n_side; i++)
        if (path->side[i].feature == feature)
            return &path->side[i];
    path->side[path->n_side] = (struct side){feature, -INFINITY, INFINITY, 1};
    return &path->side[path->n_side++];
}

/* Makes the path to node i from its parent's, the last node seen a level up. A left child
 * directly follows its parent. */
static const struct path *enter_node(struct patch_walk *walk, size_t i)
{
    const struct tree_node *node = &walk->tree[i];
    struct path *path = &walk->path[node->depth];

    walk->above[node->depth] = i;
    path->n_side = 0;
    if (node->depth == 0)
        return path;
    size_t parent = walk->above[node->depth - 1];
    const struct tree_node *split = &walk->tree[parent];
    const struct path *before = path - 1;
    path->n_side = before->n_side;
    memcpy(path->side, before->side, before->n_side * sizeof *path->side);
    struct side *side = find_side(path, split->feature);
    float threshold = score_threshold(split->threshold);
    if (i == parent + 1)
        side->high = fminf(side->high, threshold);
    else
        side->low = fmaxf(side->low, threshold);
    side->share *= (double)node->n_row / split->n_row;
    return path;
}

/* ---- axes ---------------------------------------------------------------------------------- */

/* An axis with the bounds for its cuts: a row is inside, or not. */
static struct axis *add_axis(struct patch_walk *walk, const struct side *side)
{
    struct axis *axis = &walk->axis[walk->n_axis++];

    axis->side = *side;
    axis->n_cut = 0;
    axis->cut = walk->threshold[axis - walk->axis];
    if (side->low > -INFINITY)
        axis->cut[axis->n_cut++] = side->low;
    if (side->high < INFINITY)
        axis->cut[axis->n_cut++] = side->high;
    axis->n_cell = axis->n_cut > 0 ? 2 : 1;
    return axis;
}

static struct axis *find_axis(struct patch_walk *walk, int32_t feature)
{
    for (int a = 0; a < walk->n_axis; a++)
        if (walk->axis[a].side.feature == feature)
            return &walk->axis[a];
    return add_axis(walk, &(struct side){feature, -INFINITY, INFINITY, 1});
}

/* Cuts the axis at a threshold inside its bounds. */
static void add_cut(struct axis *axis, float at)
{
    int i = axis->n_cut;

    if (!(axis->side.low < at && at < axis->side.high))
        return;
    while (i > 0 && axis->cut[i - 1] > at)
        i--;
    if (i > 0 && axis->cut[i - 1] == at)
        return;
    memmove(axis->cut + i + 1, axis->cut + i, (axis->n_cut - i) * sizeof *axis->cut);
    axis->cut[i] = at;
    axis->n_cut++;
    axis->n_cell++;
}

/* What a patch of several leaves may have. The states alone imply the rest, unless the model has
 * branches that no row can take. */
static bool is_small(const struct patch_walk *walk, uint32_t n_state, size_t n_leaf)
{
    return n_state <= PATCH_STATES && n_leaf <= MAX_LEAVES && walk->n_axis <= MAX_SHARED_AXES;
}

/* Whether node i and all below it make a patch: a leaf always does. The axes are then laid. */
static bool lay_axes(struct patch_walk *walk, size_t i, const struct path *path)
{
    int32_t depth = walk->tree[i].depth;
    uint32_t n_state = 1;
    size_t n_leaf = 0;

    walk->n_axis = 0;
    for (int s = 0; s < path->n_side; s++)
        n_state *= add_axis(walk, &path->side[s])->n_cell;
    if (walk->tree[i].feature < 0)
        return true;
    for (bool below = true; below && is_small(walk, n_state, n_leaf);
         below = ++i < walk->n_node && walk->tree[i].depth > depth) {
        const struct tree_node *node = &walk->tree[i];
        if (node->feature < 0) {
            n_leaf++;
            continue;
        }
        struct axis *axis = find_axis(walk, node->feature);
        n_state /= axis->n_cell;
        add_cut(axis, score_threshold(node->threshold));
        n_state *= axis->n_cell;
    }
    return is_small(walk, n_state, n_leaf);
}

/* Numbers the states. Above the last cut of an axis with two bounds is cell 0 again. */
static void number_states(struct patch_walk *walk)
{
    uint32_t stride = 1;

    walk->n_cut = 0;
    for (int a = 0; a < walk->n_axis; a++) {
        struct axis *axis = &walk->axis[a];
        bool closed = axis->side.low > -INFINITY && axis->side.high < INFINITY;
        for (int i = 0; i < axis->n_cut; i++)
            walk->cut[walk->n_cut++] = (struct cut){axis->side.feature, axis->cut[i], stride};
        if (closed)
            walk->cut[walk->n_cut - 1].weight = -(axis->n_cell - 1) * stride;
        stride *= axis->n_cell;
    }
}

/* ---- leaves -------------------------------------------------------------------------------- */

static struct step make_step(struct patch_walk *walk, const struct side *side)
{
    const struct axis *axis = find_axis(walk, side->feature);
    uint32_t from = 0, to = 1;

    for (int i = 0; i < axis->n_cut; i++) {
        from += axis->cut[i] <= side->low;
        to += axis->cut[i] < side->high;
    }
    return (struct step){(int)(axis - walk->axis), from, to > from ? to - from : 0, side->share,
                         (size_t)side->feature};
}

static void add_leaf(struct patch_walk *walk, const struct tree_node *node,
                     const struct path *path)
{
    walk->leaf[walk->n_leaf++] =
        (struct leaf){itree_leaf_weighed(node), walk->n_step, path->n_side};
    for (int s = 0; s < path->n_side; s++)
        walk->step[walk->n_step++] = make_step(walk, &path->side[s]);
}

/* Takes the leaves below node i; returns the first node that is not. */
static size_t add_leaves(struct patch_walk *walk, size_t i, const struct path *path)
{
    int32_t depth = walk->tree[i].depth;

    walk->n_leaf = 0;
    walk->n_step = 0;
    for (;;) {
        if (walk->tree[i].feature < 0)
            add_leaf(walk, &walk->tree[i], path);
        if (++i == walk->n_node || walk->tree[i].depth <= depth)
            return i;
        path = enter_node(walk, i);
    }
}

bool patch_walk_next(struct patch_walk *walk, const struct cut **cut, size_t *n_cut)
{
    const struct path *path;
    size_t i = walk->next;

    if (i == walk->n_node)
        return false;
    while (path = enter_node(walk, i), !lay_axes(walk, i, path))
        i++;
    walk->next = add_leaves(walk, i, path);
    number_states(walk);
    *cut = walk->cut;
    *n_cut = walk->n_cut;
    return true;
}

/* ---- solving ------------------------------------------------------------------------------- */

void patch_walk_solve(const struct patch_walk *walk, uint32_t state, double *value)
{
    uint32_t cell[MAX_AXES];
    struct player player[ITREE_MAX_DEPTH];

    for (int a = 0; a < walk->n_axis; a++) {
        cell[a] = state % walk->axis[a].n_cell;
        state /= walk->axis[a].n_cell;
    }
    for (int i = 0; i < walk->n_leaf; i++) {
        const struct leaf *leaf = &walk->leaf[i];
        const struct step *step = &walk->step[leaf->first_step];
        for (int s = 0; s < leaf->n_step; s++) {
            bool inside = cell[step[s].axis] - step[s].from < step[s].n_cell;
            player[s] = (struct player){inside, step[s].share, step[s].feature};
        }
        product_game_add(player, leaf->n_step, leaf->length, value);
    }
}
