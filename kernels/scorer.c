/* Scores rows: copies a block of them into a tile, has a packed form of the forest add up the
 * path lengths, and turns these into scores.
 *
 * Rows are blocked so that a tile and a tree stay in the first-level cache, and each form goes
 * tree by tree, so that a row's sum has the order of scikit-learn's. Which form is used depends
 * on the trees' size and changes no bit. */
#include "byte_trees.h"
#include "iforest.h"
#include "linked_trees.h"
#include "mem.h"
#include "portable_math.h"
#include "score_tile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Linked trees are large, and leave a tile less of the cache. */
enum { MAX_FEATURES = SCORE_TILE_VALUES / SCORE_LANES, LINKED_TILE_ROWS = 256 };

struct scorer {
    size_t n_feature;
    bool weighed;             /* some leaf has a weight */
    size_t tile_rows;         /* rows a block, and the tile's stride */
    double full_length;       /* n_tree c(n_sample), the path length of score -1/2 */
    size_t lanes;             /* rows of a block are padded to a multiple of this */
    struct byte_trees *bytes; /* or, if NULL, */
    struct linked_trees *linked;
};

static int find_depth(const struct iforest *forest)
{
    int depth = 0;

    for (size_t i = 0; i < forest->start[forest->n_tree]; i++)
        if (forest->node[i].depth > depth)
            depth = forest->node[i].depth;
    return depth;
}

static size_t fit_tile_rows(size_t n_feature, size_t lanes, size_t most)
{
    size_t rows = n_feature > 0 ? SCORE_TILE_VALUES / n_feature : most;

    return rows < most ? rows - rows % lanes : most;
}

/* Bytes for trees that fit them: the fastest by far, whatever the instructions. */
static enum status pack_trees(const struct iforest *forest, enum simd simd,
                              struct scorer *scorer, struct error *err)
{
    int depth = find_depth(forest);
    bool bytes = byte_trees_fit(forest, depth);

    scorer->lanes = bytes ? BYTE_TREES_ROWS : SCORE_LANES;
    scorer->tile_rows = fit_tile_rows(forest->n_feature, scorer->lanes,
                                      bytes ? SCORE_TILE_ROWS : LINKED_TILE_ROWS);
    if (bytes)
        return byte_trees_create(forest, scorer->tile_rows, simd, &scorer->bytes, err);
    return linked_trees_create(forest, depth, scorer->tile_rows, simd, &scorer->linked, err);
}

enum status scorer_create(const struct iforest *forest, enum simd simd, struct scorer **out,
                          struct error *err)
{
    enum status st = STATUS_OK;
    struct scorer *scorer = mem_array(1, sizeof *scorer);

    if (scorer == NULL)
        TRY(error_no_memory(err, "the forest"));
    if (forest->n_feature > MAX_FEATURES)
        TRY(error_set(err, STATUS_DATA, "a forest over %zu features: at most %d are supported",
                      forest->n_feature, MAX_FEATURES));
    scorer->n_feature = forest->n_feature;
    scorer->weighed = iforest_is_weighed(forest);
    scorer->full_length = (double)forest->n_tree * itree_mean_path(forest->n_sample);
    TRY(simd_choose(simd, &simd, err));
    TRY(pack_trees(forest, simd, scorer, err));
    *out = scorer;
    scorer = NULL;
done:
    scorer_free(scorer);
    return st;
}

void scorer_free(struct scorer *scorer)
{
    if (scorer == NULL)
        return;
    byte_trees_free(scorer->bytes);
    linked_trees_free(scorer->linked);
    free(scorer);
}

/* Copies n rows from row start on, and zeros behind them up to a whole number of lanes. */
static void fill_tile(const struct scorer *scorer, const float *const *x, size_t start,
                      size_t n, float *tile)
{
    size_t padding = (scorer->lanes - n % scorer->lanes) % scorer->lanes;

    for (size_t f = 0; f < scorer->n_feature; f++) {
        float *column = tile + f * scorer->tile_rows;
        memcpy(column, x[f] + start, n * sizeof *column);
        memset(column + n, 0, padding * sizeof *column);
    }
}

/* A forest of single rows has no path lengths to compare with; its score is -1/2. */
static void make_scores(const struct scorer *scorer, const double *length, size_t n,
                        double *score)
{
    double power[SCORE_TILE_ROWS] = {0};

    for (size_t i = 0; i < n; i++)
        power[i] = scorer->full_length > 0 ? -length[i] / scorer->full_length : -1;
    portable_exp2(power, n, power);
    for (size_t i = 0; i < n; i++)
        score[i] = -power[i];
}

/* Where the scores go, and what depths are multiplied by; factor and base may be NULL. */
struct scores {
    const double *factor;
    double *score, *base;
};

static void score_block(const struct scorer *scorer, const float *const *x, size_t start,
                        size_t n, const struct scores *out)
{
    float tile[SCORE_TILE_VALUES];
    double length[SCORE_TILE_ROWS] = {0}, weight[SCORE_TILE_ROWS] = {0};
    double *weights = scorer->weighed ? weight : NULL;

    fill_tile(scorer, x, start, n, tile);
    if (scorer->bytes != NULL)
        byte_trees_add(scorer->bytes, tile, n, length, weights);
    else
        linked_trees_add(scorer->linked, tile, n, length, weights);
    if (out->base != NULL)
        make_scores(scorer, length, n, out->base + start);
    for (size_t i = 0; scorer->weighed && i < n; i++)
        length[i] += weight[i];
    for (size_t i = 0; out->factor != NULL && i < n; i++)
        length[i] *= out->factor[start + i];
    make_scores(scorer, length, n, out->score + start);
}

static void score_blocks(const struct scorer *scorer, const float *const *x, size_t n,
                         const struct scores *out)
{
    size_t rows = scorer->tile_rows;
    size_t n_block = n / rows + (n % rows > 0);

#pragma omp parallel for default(none) shared(scorer, x, n, out, rows, n_block) schedule(static)
    for (size_t block = 0; block < n_block; block++) {
        size_t start = block * rows;
        size_t left = n - start;
        score_block(scorer, x, start, left < rows ? left : rows, out);
    }
}

void scorer_run(const struct scorer *scorer, const float *const *x, size_t n, double *score)
{
    score_blocks(scorer, x, n, &(const struct scores){NULL, score, NULL});
}

void scorer_run_learned(const struct scorer *scorer, const float *const *x, size_t n,
                        const double *factor, double *score, double *base)
{
    score_blocks(scorer, x, n, &(const struct scores){factor, score, base});
}
