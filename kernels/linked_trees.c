/* Scoring by linked trees, for those too deep to be made perfect: the children of a node are
 * neighbours, so that a step down is i = left + (x > threshold). A leaf is its own left child
 * and has threshold +infinity: a row that arrives early stays, and all take the same number of
 * steps without a branch.
 *
 * What counts is how many nodes the caches hold, so a node has 8 bytes. With AVX-512, 16 rows
 * descend in a register, which gathers their nodes and then their values; blocks of rows take
 * turns, as a gather is waited for longer than it takes, and end when all are in leaves. */
#include "linked_trees.h"

#include "mem.h"
#include "score_tile.h"

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { LEFT_BITS = 18, LEFT_MASK = (1 << LEFT_BITS) - 1, TURNS = 4 };

_Static_assert(LINKED_TREES_NODES == 1 << LEFT_BITS, "a node can name any other of its tree");
_Static_assert((SCORE_TILE_VALUES - 1) >> (32 - LEFT_BITS) == 0, "and any column");

struct linked_node {
    float threshold;
    uint32_t
        step; /* column of the tile (feature * stride) and, in the lower LEFT_BITS, the left
                      child's place within the tree; the right child is the next */
};

/* Tree t has nodes and leaf lengths start[t] .. start[t + 1). */
struct linked_trees {
    size_t n_tree;
    int depth;
    void (*add)(const struct linked_trees *trees, size_t tree, const float *tile, size_t n,
                double *length, double *weight);
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
            node[at] = (struct linked_node){INFINITY, at};
            length[at] = itree_leaf_length(from);
            weight[at] = from->weight;
            continue;
        }
        uint32_t column = (uint32_t)((size_t)from->feature * stride);
        node[at] = (struct linked_node){score_threshold(from->threshold),
                                        column << LEFT_BITS | n_place};
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

/* ---- scoring ------------------------------------------------------------------------------- */

/* Adds what the leaves at[n] of a tree say. */
static void add_leaves(const struct linked_trees *trees, size_t tree, const uint32_t *at,
                       size_t n, double *length, double *weight)
{
    const double *leaf = trees->length + trees->start[tree];
    const double *of_leaf = trees->weight + trees->start[tree];

    for (size_t lane = 0; lane < n; lane++)
        length[lane] += leaf[at[lane]];
    for (size_t lane = 0; weight != NULL && lane < n; lane++)
        weight[lane] += of_leaf[at[lane]];
}

/* One tree, n rows, a multiple of SCORE_LANES. */
static void add_portable(const struct linked_trees *trees, size_t tree, const float *tile,
                         size_t n, double *length, double *weight)
{
    const struct linked_node *node = trees->node + trees->start[tree];

    for (size_t row = 0; row < n; row += SCORE_LANES) {
        const float *x = tile + row;
        uint32_t at[SCORE_LANES] = {0};
        for (int level = 0; level < trees->depth; level++)
            for (uint32_t lane = 0; lane < SCORE_LANES; lane++) {
                struct linked_node here = node[at[lane]];
                at[lane] = (here.step & LEFT_MASK) +
                           (x[(here.step >> LEFT_BITS) + lane] > here.threshold);
            }
        add_leaves(trees, tree, at, SCORE_LANES, length + row,
                   weight != NULL ? weight + row : NULL);
    }
}

#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

/* One step of 16 rows whose values begin at x. */
WITH_AVX512 static inline __attribute__((always_inline)) __m512i
step_down(const struct linked_node *node, const float *x, __m512i at)
{
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i even = _mm512_slli_epi32(lane, 1);
    const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    __m512i low = _mm512_i32gather_epi64(_mm512_castsi512_si256(at), node, sizeof *node);
    __m512i high = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(at, 1), node, sizeof *node);
    __m512i threshold = _mm512_permutex2var_epi32(low, even, high);
    __m512i step = _mm512_permutex2var_epi32(low, odd, high);
    __m512i from = _mm512_add_epi32(_mm512_srli_epi32(step, LEFT_BITS), lane);
    __m512 value = _mm512_i32gather_ps(from, x, sizeof *x);
    __mmask16 right = _mm512_cmp_ps_mask(value, _mm512_castsi512_ps(threshold), _CMP_GT_OQ);
    __m512i left = _mm512_and_si512(step, _mm512_set1_epi32(LEFT_MASK));

    return _mm512_mask_add_epi32(left, right, left, _mm512_set1_epi32(1));
}

/* `turns` blocks of 16 rows. */
WITH_AVX512 static inline __attribute__((always_inline)) void
descend(const struct linked_trees *trees, size_t tree, const float *x, int turns, uint32_t *out)
{
    const struct linked_node *node = trees->node + trees->start[tree];
    __m512i at[TURNS];
    __mmask16 moved = 1;

    for (int turn = 0; turn < turns; turn++)
        at[turn] = _mm512_setzero_si512();
    for (int level = 0; level < trees->depth && moved != 0; level++) {
        moved = 0;
        for (int turn = 0; turn < turns; turn++) {
            __m512i next = step_down(node, x + turn * SCORE_LANES, at[turn]);
            moved |= _mm512_cmpneq_epi32_mask(next, at[turn]);
            at[turn] = next;
        }
    }
    for (int turn = 0; turn < turns; turn++)
        _mm512_storeu_si512(out + turn * SCORE_LANES, at[turn]);
}

WITH_AVX512 static void add_avx512(const struct linked_trees *trees, size_t tree,
                                   const float *tile, size_t n, double *length, double *weight)
{
    enum { TOGETHER = TURNS * SCORE_LANES };
    uint32_t at[TOGETHER];

    for (size_t row = 0, taken; row < n; row += taken) {
        taken = n - row < TOGETHER ? SCORE_LANES : TOGETHER;
        if (taken == TOGETHER)
            descend(trees, tree, tile + row, TURNS, at);
        else
            descend(trees, tree, tile + row, 1, at);
        add_leaves(trees, tree, at, taken, length + row, weight != NULL ? weight + row : NULL);
    }
}

void linked_trees_add(const struct linked_trees *trees, const float *tile, size_t n,
                      double *length, double *weight)
{
    size_t padded = (n + SCORE_LANES - 1) / SCORE_LANES * SCORE_LANES;

    for (size_t t = 0; t < trees->n_tree; t++)
        trees->add(trees, t, tile, padded, length, weight);
}

/* ---- life ---------------------------------------------------------------------------------- */

enum status linked_trees_create(const struct iforest *forest, int depth, size_t stride,
                                enum simd simd, struct linked_trees **out, struct error *err)
{
    struct linked_trees *trees = NULL;
    enum status st = STATUS_OK;

    for (size_t t = 0; t < forest->n_tree; t++)
        if (forest->start[t + 1] - forest->start[t] > LINKED_TREES_NODES)
            return error_set(err, STATUS_DATA,
                             "tree %zu has %zu nodes: at most %d are supported", t,
                             forest->start[t + 1] - forest->start[t], LINKED_TREES_NODES);
    trees = mem_array(1, sizeof *trees);
    if (trees == NULL)
        return error_no_memory(err, "the forest");
    trees->n_tree = forest->n_tree;
    trees->depth = depth;
    trees->add = simd == SIMD_AVX512 ? add_avx512 : add_portable;
    st = pack_forest(forest, stride, trees, err);
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
