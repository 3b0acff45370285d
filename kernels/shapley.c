/* Exact Shapley values of rows' path lengths, path-dependent (Lundberg et al. 2020).
 *
 * A row's values are sums over leaves, and to any leaf most rows are alike: tree_patch.c cuts the
 * trees into patches of a few leaves, and a row is in one of at most a few hundred states there.
 * A block of rows goes through the patches in order. A state's values are worked out when the
 * first row in it comes by and remembered until the next patch, so that a row costs a look-up
 * and an addition a patch, and never more than working its values out for itself. (Fast TreeSHAP,
 * Yang 2021, tabulates single leaves in full.) A row's sum runs over the patches in order, and a
 * state's values depend on the patch alone: what is remembered, and for whom, changes no bit. */
#include "shapley.h"

#include "mem.h"
#include "part.h"
#include "tree_patch.h"

#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Enough to share the cost of a patch, few enough to stay in the second-level cache. */
enum { MAX_ROWS = 4096 };

/* Not a state: these are below 2^ITREE_MAX_DEPTH. */
static const uint32_t NO_STATE = UINT32_MAX;

/* What one thread needs for a block of rows. */
struct work {
    size_t n_feature;
    size_t stride; /* most rows of a block */
    struct patch_walk *walk;
    float *x;                    /* [n_feature * stride], feature-major */
    uint32_t *state;             /* [stride] of each row in the patch */
    uint32_t held[PATCH_STATES]; /* states remembered, or NO_STATE */
    double *value;               /* [PATCH_STATES * n_feature] theirs */
};

double shapley_base(const struct iforest *forest)
{
    double base = 0;

    for (size_t t = 0; t < forest->n_tree; t++) {
        const struct tree_node *root = &forest->node[forest->start[t]];
        for (size_t i = forest->start[t]; i < forest->start[t + 1]; i++)
            if (forest->node[i].feature < 0)
                base +=
                    itree_leaf_weighed(&forest->node[i]) * forest->node[i].n_row / root->n_row;
    }
    return base;
}

static void work_free(struct work *work)
{
    if (work == NULL)
        return;
    free(work->walk);
    free(work->x);
    free(work->state);
    free(work->value);
    free(work);
}

/* NULL if memory is short. */
static struct work *work_create(size_t n_feature, size_t n_row)
{
    struct work *work = mem_array(1, sizeof *work);

    if (work == NULL)
        return NULL;
    work->n_feature = n_feature;
    work->stride = n_row;
    work->walk = patch_walk_create();
    work->x = mem_array(n_feature, n_row * sizeof *work->x);
    work->state = mem_array(n_row, sizeof *work->state);
    work->value = mem_array(n_feature, PATCH_STATES * sizeof *work->value);
    if (!work->walk || !work->x || !work->state || !work->value) {
        work_free(work);
        return NULL;
    }
    return work;
}

static void find_states(struct work *work, const struct cut *cut, size_t n_cut, size_t n)
{
    memset(work->state, 0, n * sizeof *work->state);
    for (size_t c = 0; c < n_cut; c++)
        cut_add(&cut[c], work->x + (size_t)cut[c].feature * work->stride, n, work->state);
}

/* Where a state is remembered: in a patch of several leaves each has a place of its own. */
static size_t find_place(uint32_t state)
{
    uint32_t folded = state ^ state >> 2 * PATCH_STATE_BITS;

    return (folded ^ folded >> PATCH_STATE_BITS) % PATCH_STATES;
}

/* The values of a state in the patch. */
static const double *recall(struct work *work, uint32_t state)
{
    size_t place = find_place(state);
    double *value = work->value + place * work->n_feature;

    if (work->held[place] != state) {
        work->held[place] = state;
        memset(value, 0, work->n_feature * sizeof *value);
        patch_walk_solve(work->walk, state, value);
    }
    return value;
}

/* Adds to each row's shares what the patch gives. */
static void add_patch(struct work *work, size_t n, double *share)
{
    size_t p = work->n_feature;

    for (size_t i = 0; i < PATCH_STATES; i++)
        work->held[i] = NO_STATE;
    for (size_t r = 0; r < n; r++) {
        const double *restrict value = recall(work, work->state[r]);
        double *restrict row = share + r * p;
        for (size_t f = 0; f < p; f++)
            row[f] += value[f];
    }
}

static void add_block(const struct iforest *forest, struct work *work, const float *x, size_t n,
                      double *share)
{
    size_t p = forest->n_feature;
    const struct cut *cut;
    size_t n_cut;

    for (size_t r = 0; r < n; r++)
        for (size_t f = 0; f < p; f++) {
            work->x[f * work->stride + r] = x[r * p + f];
            share[r * p + f] = 0;
        }
    for (size_t t = 0; t < forest->n_tree; t++) {
        patch_walk_start(work->walk, forest->node + forest->start[t],
                         forest->start[t + 1] - forest->start[t]);
        while (patch_walk_next(work->walk, &cut, &n_cut)) {
            find_states(work, cut, n_cut, n);
            add_patch(work, n, share);
        }
    }
}

/* As many blocks for each thread, all of the same size but for a row. */
static size_t count_blocks(size_t n)
{
    size_t n_thread = (size_t)omp_get_max_threads();
    size_t rows = n_thread * MAX_ROWS;

    return n_thread * (n / rows + (n % rows > 0));
}

static bool too_deep(const struct iforest *forest)
{
    for (size_t i = 0; i < forest->start[forest->n_tree]; i++)
        if (forest->node[i].depth > ITREE_MAX_DEPTH)
            return true;
    return false;
}

enum status shapley_batch(const struct iforest *forest, const float *x, size_t n, double *share,
                          struct error *err)
{
    size_t p = forest->n_feature;
    size_t n_block = count_blocks(n);
    bool failed = false;

    if (too_deep(forest))
        return error_set(err, STATUS_DATA, "the model has a tree deeper than %d levels",
                         ITREE_MAX_DEPTH);
#pragma omp parallel for default(none) shared(forest, x, n, share, p, n_block)                 \
    schedule(static) reduction(||                                                              \
                               : failed)
    for (size_t b = 0; b < n_block; b++) {
        size_t first = (size_t)part_begin((int64_t)n, (int64_t)n_block, (int64_t)b);
        size_t end = (size_t)part_begin((int64_t)n, (int64_t)n_block, (int64_t)b + 1);
        struct work *work = work_create(p, end - first);
        if (work != NULL && end > first)
            add_block(forest, work, x + first * p, end - first, share + first * p);
        failed = failed || work == NULL;
        work_free(work);
    }
    return failed ? error_no_memory(err, "the attributions") : STATUS_OK;
}
