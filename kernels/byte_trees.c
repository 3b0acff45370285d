/* Scoring without descending: every inner node of a tree is evaluated for all rows of a block,
 * from the leaves up. A leaf's result is its number; an inner node's is, row by row, its left
 * or its right child's, as the row's value compares with the threshold; the root's is the
 * number of the leaf each row ends in. That is one comparison and one selection a node, over as
 * many rows as a register has bytes, without a branch or a gather. All inner nodes are more
 * than a path, but isolation trees are small where there are outliers: a tree over 256 rows of
 * a ledger has 30 to 40 of them.
 *
 * Values and thresholds are bytes (byte_ranks.h). The evaluation is plain C that compilers turn
 * into vector code, compiled once for each instruction set; all else is shared, so that the sets
 * cannot differ in a result. Where the processor permutes bytes and the trees are shallow,
 * tree_four.h descends them instead: that costs the same however many nodes they have. */
#include "byte_trees.h"

#include "byte_ranks.h"
#include "mem.h"
#include "score_tile.h"
#include "tree_four.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Descending takes about as long per level as evaluating this many nodes. */
enum { INNER_PER_LEVEL = 24 };

/* Results of nodes, BYTE_TREES_ROWS bytes each: first one for each number of a leaf, then a
 * stack for inner nodes. */
enum {
    MAX_LENGTHS = UINT8_MAX + 1,
    STACK = MAX_LENGTHS,
    N_RESULT = STACK + ITREE_MAX_DEPTH + 1
};

/* An inner node: out = x > threshold ? right : left. Offsets are in bytes. */
struct step {
    uint16_t column; /* of the tile */
    uint16_t left;   /* of results */
    uint16_t right;
    uint16_t out;
    int8_t threshold;
};

struct byte_tree {
    size_t first_step;
    size_t n_step;
    size_t first_length; /* of its leaves, by number */
    size_t n_length;     /* leaves of equal path length and weight share a number */
    size_t root;         /* offset of the root's result */
    size_t group;        /* in part->ranks */
};

/* Trees that share their ranks. */
struct part {
    size_t first_tree;
    size_t end_tree;
    size_t first_four;
    size_t end_four;
    struct byte_ranks *ranks;
};

struct byte_trees {
    size_t n_feature;
    size_t stride;
    void (*evaluate)(const struct step *step, size_t n_step, const int8_t *block,
                     uint8_t *result);
    struct step *step;
    double *length;         /* of leaves */
    double (*both)[2];      /* the same with the leaf's weight, side by side */
    struct tree_four *four; /* aligned, within four_memory; NULL: trees are evaluated */
    void *four_memory;
    size_t n_four;
    struct byte_tree *tree;
    struct part *part;
    size_t n_part;
    size_t most_lengths; /* of any tree */
};

/* ---- packing ------------------------------------------------------------------------------- */

/* The number of a leaf's path length and weight, a new one if no leaf before had both. */
static size_t number_length(struct byte_tree *tree, double *length, double (*both)[2],
                            const struct tree_node *leaf)
{
    double of_leaf = itree_leaf_length(leaf);
    size_t number = 0;

    while (number < tree->n_length &&
           (length[number] != of_leaf || both[number][1] != leaf->weight))
        number++;
    length[number] = of_leaf;
    both[number][0] = of_leaf;
    both[number][1] = leaf->weight;
    if (number == tree->n_length)
        tree->n_length++;
    return number;
}

/* Whether the ranks of thresholds fit a byte, and there are so many path lengths at most. */
static bool tree_fits(const struct iforest *forest, size_t index)
{
    struct byte_tree tree = {.n_length = 0};
    double length[MAX_LENGTHS + 1], both[MAX_LENGTHS + 1][2];
    size_t count[BYTE_TREES_FEATURES] = {0};
    bool fits = true;

    for (size_t i = forest->start[index]; fits && i < forest->start[index + 1]; i++) {
        const struct tree_node *node = &forest->node[i];
        if (node->feature >= 0)
            fits = ++count[node->feature] <= BYTE_RANKS_TREE;
        else
            fits = number_length(&tree, length, both, node) < MAX_LENGTHS;
    }
    return fits;
}

bool byte_trees_fit(const struct iforest *forest, int depth)
{
    size_t n_inner = forest->start[forest->n_tree] / 2;
    bool fits = forest->n_feature <= BYTE_TREES_FEATURES &&
                n_inner <= (size_t)depth * forest->n_tree * INNER_PER_LEVEL;

    for (size_t t = 0; fits && t < forest->n_tree; t++)
        fits = tree_fits(forest, t);
    return fits;
}

/* Nodes stand as in Polish notation, operator first. Read from the end, a node finds its
 * children's results on top of a stack, the left one's uppermost. */
static void pack_tree(const struct iforest *forest, size_t index,
                      const struct byte_ranks *ranks, size_t stride, struct byte_tree *tree,
                      struct step *step, double *length, double (*both)[2])
{
    size_t stack[ITREE_MAX_DEPTH + 2] = {0};
    size_t height = 0;

    for (size_t i = forest->start[index + 1]; i-- > forest->start[index];) {
        const struct tree_node *node = &forest->node[i];
        if (node->feature < 0) {
            size_t number = number_length(tree, length, both, node);
            stack[height++] = number * BYTE_TREES_ROWS;
            continue;
        }
        assert(height >= 2);
        height -= 2;
        size_t out = (STACK + height) * BYTE_TREES_ROWS;
        step[tree->n_step++] = (struct step){
            .column = (uint16_t)((size_t)node->feature * stride),
            .left = (uint16_t)stack[height + 1],
            .right = (uint16_t)stack[height],
            .out = (uint16_t)out,
            .threshold = byte_ranks_threshold(ranks, tree->group, (size_t)node->feature,
                                              node->threshold),
        };
        stack[height++] = out;
    }
    tree->root = stack[0];
}

/* Fours are for trees no deeper and over no more features than their tables, with few path
 * lengths and weights. */
static bool fours_fit(const struct iforest *forest)
{
    bool fit = forest->n_feature <= TREE_FOUR_FEATURES;

    for (size_t t = 0; fit && t < forest->n_tree; t++)
        fit = tree_four_fits(forest, t);
    return fit;
}

/* Room for as many fours as there are trees, and one to align the others. */
static enum status make_fours(struct byte_trees *trees, size_t n_tree, struct error *err)
{
    size_t alignment = _Alignof(struct tree_four);

    trees->four_memory = mem_array(n_tree + 1, sizeof *trees->four);
    if (trees->four_memory == NULL)
        return error_no_memory(err, "the forest");
    size_t past = (uintptr_t)trees->four_memory % alignment;
    trees->four = (void *)((char *)trees->four_memory + (alignment - past));
    return STATUS_OK;
}

/* To the last four of the part, if it has room and is of the tree's group. */
static void add_to_four(struct byte_trees *trees, const struct iforest *forest,
                        const struct part *part, size_t index)
{
    const struct byte_tree *tree = &trees->tree[index];
    struct tree_four *next = &trees->four[trees->n_four];

    if (trees->n_four > part->first_four && next[-1].n_tree < TREE_FOUR &&
        next[-1].group == tree->group)
        next--;
    else
        trees->n_four++;
    tree_four_pack(next, forest, index, part->ranks);
}

static void pack_part(struct byte_trees *trees, const struct iforest *forest, struct part *part)
{
    part->first_four = trees->n_four;
    for (size_t t = part->first_tree; t < part->end_tree; t++) {
        struct byte_tree *tree = &trees->tree[t];
        *tree = (struct byte_tree){.first_step = forest->start[t],
                                   .first_length = forest->start[t],
                                   .group = byte_ranks_group_of(part->ranks, t)};
        pack_tree(forest, t, part->ranks, trees->stride, tree, trees->step + tree->first_step,
                  trees->length + tree->first_length, trees->both + tree->first_length);
        if (tree->n_length > trees->most_lengths)
            trees->most_lengths = tree->n_length;
        if (trees->four != NULL)
            add_to_four(trees, forest, part, t);
    }
    part->end_four = trees->n_four;
}

/* The first tree that would make the trees from first on too many for one ranking. */
static size_t find_part_end(const struct iforest *forest, size_t first)
{
    size_t end = first + 1;

    while (end < forest->n_tree &&
           (forest->start[end + 1] - forest->start[first]) / 2 <= BYTE_RANKS_ALL)
        end++;
    return end;
}

static enum status pack_forest(struct byte_trees *trees, const struct iforest *forest,
                               struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t first = 0; first < forest->n_tree;
         first = trees->part[trees->n_part++].end_tree) {
        struct part *part = &trees->part[trees->n_part];
        part->first_tree = first;
        part->end_tree = find_part_end(forest, first);
        TRY(byte_ranks_create(forest, first, part->end_tree, &part->ranks, err));
        pack_part(trees, forest, part);
    }
done:
    return st;
}

/* ---- scoring ------------------------------------------------------------------------------- */

/* The same rows of left, right and out may be one array: each row is read before it is
 * written. */
static inline __attribute__((always_inline)) void
evaluate(const struct step *step, size_t n_step, const int8_t *block, uint8_t *result)
{
    for (size_t s = 0; s < n_step; s++) {
        const int8_t *x = block + step[s].column;
        const uint8_t *left = result + step[s].left;
        const uint8_t *right = result + step[s].right;
        uint8_t *out = result + step[s].out;
        int8_t threshold = step[s].threshold;
#pragma omp simd
        for (size_t row = 0; row < BYTE_TREES_ROWS; row++) {
            uint8_t a = left[row];
            uint8_t b = right[row];
            out[row] = x[row] > threshold ? b : a;
        }
    }
}

static void evaluate_portable(const struct step *step, size_t n_step, const int8_t *block,
                              uint8_t *result)
{
    evaluate(step, n_step, block, result);
}

__attribute__((target("avx2"))) static void
evaluate_avx2(const struct step *step, size_t n_step, const int8_t *block, uint8_t *result)
{
    evaluate(step, n_step, block, result);
}

__attribute__((target("avx512bw,avx512vl"))) static void
evaluate_avx512(const struct step *step, size_t n_step, const int8_t *block, uint8_t *result)
{
    evaluate(step, n_step, block, result);
}

static void add_lengths(const double *of_number, const uint8_t *restrict number,
                        double *restrict length)
{
    for (size_t row = 0; row < BYTE_TREES_ROWS; row++)
        length[row] += of_number[number[row]];
}

/* The same with the weights, a pair a row. */
static void add_both(const double (*of_number)[2], const uint8_t *restrict number,
                     double (*restrict sum)[2])
{
    for (size_t row = 0; row < BYTE_TREES_ROWS; row++) {
        sum[row][0] += of_number[number[row]][0];
        sum[row][1] += of_number[number[row]][1];
    }
}

/* What a thread works in. */
struct scratch {
    _Alignas(64) int8_t tile[SCORE_TILE_VALUES];
    uint16_t rank[SCORE_TILE_VALUES];
    _Alignas(64) union {
        uint8_t result[N_RESULT * BYTE_TREES_ROWS];         /* of evaluation */
        int8_t block[SCORE_TILE_ROWS * TREE_FOUR_FEATURES]; /* the tile as fours take it */
    };
};

static void translate_tile(const struct byte_trees *trees, const struct byte_ranks *ranks,
                           size_t group, size_t n, struct scratch *scratch)
{
    for (size_t f = 0; f < trees->n_feature; f++)
        byte_ranks_translate(ranks, group, f, scratch->rank + f * trees->stride, n,
                             scratch->tile + f * trees->stride);
}

static void add_evaluated(const struct byte_trees *trees, const struct part *part, size_t n,
                          struct scratch *scratch, double *length, double *weight)
{
    double both[SCORE_TILE_ROWS][2];
    size_t group = SIZE_MAX;

    for (size_t row = 0; weight != NULL && row < n; row++) {
        both[row][0] = length[row];
        both[row][1] = weight[row];
    }
    for (size_t t = part->first_tree; t < part->end_tree; t++) {
        const struct byte_tree *tree = &trees->tree[t];
        if (tree->group != group)
            translate_tile(trees, part->ranks, tree->group, n, scratch);
        group = tree->group;
        for (size_t row = 0; row < n; row += BYTE_TREES_ROWS) {
            const uint8_t *number = scratch->result + tree->root;
            trees->evaluate(trees->step + tree->first_step, tree->n_step, scratch->tile + row,
                            scratch->result);
            if (weight == NULL)
                add_lengths(trees->length + tree->first_length, number, length + row);
            else
                add_both((const double(*)[2])trees->both + tree->first_length, number,
                         both + row);
        }
    }
    for (size_t row = 0; weight != NULL && row < n; row++) {
        length[row] = both[row][0];
        weight[row] = both[row][1];
    }
}

static void cut_blocks(const struct byte_trees *trees, size_t n, struct scratch *scratch)
{
    int8_t *block = scratch->block;

    for (size_t row = 0; row < n; row += TREE_FOUR_ROWS, block += TREE_FOUR_BLOCK)
        for (size_t f = 0; f < trees->n_feature; f++)
            memcpy(block + f * TREE_FOUR_ROWS, scratch->tile + f * trees->stride + row,
                   TREE_FOUR_ROWS);
}

static void add_fours(const struct byte_trees *trees, const struct part *part, size_t n,
                      struct scratch *scratch, double *length, double *weight)
{
    size_t group = SIZE_MAX;

    for (size_t i = part->first_four; i < part->end_four; i++) {
        const struct tree_four *four = &trees->four[i];
        if (four->group != group) {
            translate_tile(trees, part->ranks, four->group, n, scratch);
            cut_blocks(trees, n, scratch);
        }
        group = four->group;
        tree_four_add(four, trees->n_feature, scratch->block, n, length, weight);
    }
}

static void add_part(const struct byte_trees *trees, const struct part *part, const float *tile,
                     size_t n, struct scratch *scratch, double *length, double *weight)
{
    for (size_t f = 0; f < trees->n_feature; f++)
        byte_ranks_find(part->ranks, f, tile + f * trees->stride, n,
                        scratch->rank + f * trees->stride);
    if (trees->four != NULL)
        add_fours(trees, part, n, scratch, length, weight);
    else
        add_evaluated(trees, part, n, scratch, length, weight);
}

void byte_trees_add(const struct byte_trees *trees, const float *tile, size_t n, double *length,
                    double *weight)
{
    struct scratch scratch;
    size_t padded = (n + BYTE_TREES_ROWS - 1) / BYTE_TREES_ROWS * BYTE_TREES_ROWS;

    for (size_t number = 0; trees->four == NULL && number < trees->most_lengths; number++)
        memset(scratch.result + number * BYTE_TREES_ROWS, (int)number, BYTE_TREES_ROWS);
    for (size_t p = 0; p < trees->n_part; p++)
        add_part(trees, &trees->part[p], tile, padded, &scratch, length, weight);
}

/* ---- life ---------------------------------------------------------------------------------- */

enum status byte_trees_create(const struct iforest *forest, size_t stride, enum simd simd,
                              struct byte_trees **out, struct error *err)
{
    assert(forest->n_feature * stride <= SCORE_TILE_VALUES);
    size_t n_node = forest->start[forest->n_tree];
    struct byte_trees *trees = mem_array(1, sizeof *trees);
    enum status st = STATUS_OK;

    if (trees == NULL)
        return error_no_memory(err, "the forest");
    trees->n_feature = forest->n_feature;
    trees->stride = stride;
    trees->evaluate = simd == SIMD_AVX512 ? evaluate_avx512
                      : simd == SIMD_AVX2 ? evaluate_avx2
                                          : evaluate_portable;
    trees->step = mem_array(n_node, sizeof *trees->step);
    trees->length = mem_array(n_node, sizeof *trees->length);
    trees->both = mem_array(n_node, sizeof *trees->both);
    trees->tree = mem_array(forest->n_tree, sizeof *trees->tree);
    trees->part = mem_array(forest->n_tree, sizeof *trees->part);
    if (!trees->step || !trees->length || !trees->both || !trees->tree || !trees->part)
        TRY(error_no_memory(err, "the forest"));
    if (simd == SIMD_AVX512 && tree_four_supported() && fours_fit(forest))
        TRY(make_fours(trees, forest->n_tree, err));
    TRY(pack_forest(trees, forest, err));
    *out = trees;
    trees = NULL;
done:
    byte_trees_free(trees);
    return st;
}

void byte_trees_free(struct byte_trees *trees)
{
    if (trees == NULL)
        return;
    for (size_t p = 0; p < trees->n_part; p++)
        byte_ranks_free(trees->part[p].ranks);
    free(trees->four_memory);
    free(trees->part);
    free(trees->tree);
    free(trees->length);
    free(trees->both);
    free(trees->step);
    free(trees);
}
