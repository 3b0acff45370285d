/* Training over ranks. Each rank draws the samples of its own trees, all ranks learn which rows
 * are wanted, the owners hand those out, each rank grows its trees, and the nodes go to everyone.
 * Trees go through in batches, so that large samples do not need all their rows at once. */
#include "train.h"

#include "comm.h"
#include "mem.h"
#include "merge_sort.h"
#include "part.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH_ROWS = 1 << 20, /* sampled rows held at a time */
    FETCH_AHEAD = 12      /* rows: in group order each waits for memory otherwise */
};

/* The distinct wanted places in ascending order, with a table that leads to the neighbourhood
 * of a place in one step: bucket b holds the wanted places in [b, b + 1) << shift. Most places
 * are not wanted, and a bit for each few of them tells most of these without a look at the
 * table. */
struct wanted {
    size_t n;
    uint64_t *place; /* [n] */
    int shift, bit_shift;
    uint32_t *bucket; /* [n_bucket + 1] first wanted place of each */
    uint64_t *bit;    /* bit b is set if a place in [b, b + 1) << bit_shift is wanted */
};

enum { BITS_PER_WANTED = 32 };

static void wanted_free(struct wanted *wanted)
{
    free(wanted->place);
    free(wanted->bucket);
    free(wanted->bit);
    *wanted = (struct wanted){0};
}

/* The width, as a power of 2, at which n_all places make about most parts. */
static int find_shift(int64_t n_all, size_t most)
{
    int shift = 0;

    while (n_all >> shift > (int64_t)most)
        shift++;
    return shift;
}

/* place[n] may repeat and has no order. *wanted is produced, freed by wanted_free on failure
 * too. */
static enum status wanted_build(const int64_t *place, size_t n, int64_t n_all,
                                struct wanted *wanted, struct error *err)
{
    uint64_t *item = mem_array(n, sizeof *item), *spare = mem_array(n, sizeof *spare);

    if (item == NULL || spare == NULL) {
        free(item);
        free(spare);
        return error_no_memory(err, "the sampled rows");
    }
    memcpy(item, place, n * sizeof *item);
    wanted->place = merge_sort(item, spare, n);
    free(wanted->place == item ? spare : item);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || wanted->place[i] != wanted->place[wanted->n - 1])
            wanted->place[wanted->n++] = wanted->place[i];
    wanted->shift = find_shift(n_all, wanted->n);
    wanted->bit_shift = find_shift(n_all, BITS_PER_WANTED * wanted->n);
    size_t n_bucket = (size_t)(n_all >> wanted->shift) + 1;
    wanted->bucket = mem_array(n_bucket + 1, sizeof *wanted->bucket);
    wanted->bit = mem_array((size_t)(n_all >> wanted->bit_shift) / 64 + 1, sizeof *wanted->bit);
    if (wanted->bucket == NULL || wanted->bit == NULL)
        return error_no_memory(err, "the sampled rows");
    for (size_t i = 0; i < wanted->n; i++) {
        uint64_t b = wanted->place[i] >> wanted->bit_shift;
        wanted->bit[b / 64] |= UINT64_C(1) << b % 64;
        wanted->bucket[(wanted->place[i] >> wanted->shift) + 1]++;
    }
    for (size_t b = 0; b < n_bucket; b++)
        wanted->bucket[b + 1] += wanted->bucket[b];
    return STATUS_OK;
}

/* Index of place among the wanted, or -1. */
static int64_t wanted_find(const struct wanted *wanted, int64_t place)
{
    uint64_t value = (uint64_t)place, b = value >> wanted->shift;
    uint64_t bit = value >> wanted->bit_shift;

    if ((wanted->bit[bit / 64] >> bit % 64 & 1) == 0)
        return -1;
    for (uint32_t i = wanted->bucket[b]; i < wanted->bucket[b + 1]; i++)
        if (wanted->place[i] == value)
            return i;
    return -1;
}

/* ---- which rows ---------------------------------------------------------------------------- */

/* The samples of trees [first, first + n_tree), drawn by the ranks that grow them.
 * place[n_tree * m] out, on every rank. All ranks. */
static enum status draw_samples(const struct run *run, const uint32_t *seed, int64_t n_tree,
                                int64_t m, int64_t n_all, int64_t **place, struct error *err)
{
    int64_t begin = part_begin(n_tree, run->n_rank, run->rank);
    int64_t end = part_begin(n_tree, run->n_rank, run->rank + 1), n_place = 0;
    int64_t *mine = mem_array((size_t)((end - begin) * m), sizeof *mine);
    struct error *failed = mem_array((size_t)(end - begin), sizeof *failed);
    void *all = NULL;
    enum status st = STATUS_OK;

    if (mine == NULL || failed == NULL)
        st = error_no_memory(err, "the sampled rows");
    TRY(run_agree(run, st, err));
#pragma omp parallel for default(none) shared(seed, begin, end, m, n_all, mine, failed)        \
    schedule(dynamic, 1)
    for (int64_t t = begin; t < end; t++)
        itree_draw_sample(seed[t], n_all, m, mine + (t - begin) * m, &failed[t - begin]);
    for (int64_t t = begin; t < end && st == STATUS_OK; t++) {
        *err = failed[t - begin];
        st = failed[t - begin].code;
    }
    TRY(run_agree(run, st, err));
    TRY(comm_gather_all(run, sizeof *mine, mine, (end - begin) * m, &all, &n_place, err));
    *place = all;
done:
    free(mine);
    free(failed);
    return st;
}

/* The scaled features of the wanted rows, from their owners. x[wanted->n * p] produced, on
 * every rank. All ranks. */
static enum status fetch_rows(const struct run *run, const struct encoded *rows,
                              const struct prepared *prepared, const struct wanted *wanted,
                              float **x, struct error *err)
{
    size_t p = prepared->n_feature, record = sizeof(int64_t) + p * sizeof(float);
    size_t n_mine = 0, capacity = 0;
    char *mine = NULL;
    void *all = NULL;
    float *matrix = NULL;
    int64_t n_found = 0;
    enum status st = STATUS_OK;

    for (size_t k = 0; k < rows->n_row; k++) {
        if (k + FETCH_AHEAD < rows->n_row)
            __builtin_prefetch(&rows->row[prepared->groups.member[k + FETCH_AHEAD]].order);
        int64_t index = wanted_find(wanted, rows->row[prepared->groups.member[k]].order);
        if (index < 0)
            continue;
        if (n_mine == capacity) {
            capacity = mem_grow(capacity, n_mine + 1);
            char *larger = mem_resize(mine, capacity, record);
            if (larger == NULL) {
                st = error_no_memory(err, "the sampled rows");
                break;
            }
            mine = larger;
        }
        char *out = mine + n_mine++ * record;
        memcpy(out, &index, sizeof index);
        for (size_t f = 0; f < p; f++)
            memcpy(out + sizeof index + f * sizeof(float), &prepared->x[f][k], sizeof(float));
    }
    matrix = mem_array(wanted->n * p, sizeof *matrix);
    if (st == STATUS_OK && matrix == NULL)
        st = error_no_memory(err, "the sampled rows");
    TRY(run_agree(run, st, err));
    TRY(comm_gather_all(run, record, mine, (int64_t)n_mine, &all, &n_found, err));
    for (int64_t i = 0; i < n_found; i++) {
        const char *in = (const char *)all + (size_t)i * record;
        int64_t index;
        memcpy(&index, in, sizeof index);
        memcpy(matrix + (size_t)index * p, in + sizeof index, p * sizeof *matrix);
    }
    *x = matrix;
    matrix = NULL;
done:
    free(mine);
    free(all);
    free(matrix);
    return st;
}

/* ---- growing ------------------------------------------------------------------------------- */

/* The trees of one batch that this rank grows. */
struct nursery {
    int64_t n_tree;
    size_t max_nodes;
    struct tree_node *node; /* [n_tree * max_nodes], later packed */
    int64_t *n_node;        /* [n_tree] */
    float *sample;          /* [n_tree * m * p] */
    struct error *failed;   /* [n_tree] */
};

static void nursery_free(struct nursery *nursery)
{
    free(nursery->node);
    free(nursery->n_node);
    free(nursery->sample);
    free(nursery->failed);
}

static enum status nursery_prepare(int64_t n_tree, int64_t m, size_t p, struct nursery *nursery,
                                   struct error *err)
{
    size_t n = (size_t)n_tree;

    nursery->n_tree = n_tree;
    nursery->max_nodes = itree_max_nodes((size_t)m);
    nursery->node = mem_array(n * nursery->max_nodes, sizeof *nursery->node);
    nursery->n_node = mem_array(n, sizeof *nursery->n_node);
    nursery->sample = mem_array(n * (size_t)m * p, sizeof *nursery->sample);
    nursery->failed = mem_array(n, sizeof *nursery->failed);
    if (!nursery->node || !nursery->n_node || !nursery->sample || !nursery->failed)
        return error_no_memory(err, "the trees");
    return STATUS_OK;
}

/* Grows tree t of the batch from its rows: place[m] of the matrix of wanted rows. */
static void grow_tree(struct nursery *nursery, int64_t t, uint32_t seed, const int64_t *place,
                      int64_t m, const struct wanted *wanted, const float *x, size_t p)
{
    float *sample = nursery->sample + (size_t)(t * m) * p;
    size_t n_node = 0;

    for (int64_t i = 0; i < m; i++)
        memcpy(sample + (size_t)i * p, x + (size_t)wanted_find(wanted, place[i]) * p,
               p * sizeof *sample);
    itree_grow(sample, (size_t)m, p, seed, nursery->node + (size_t)t * nursery->max_nodes,
               &n_node, &nursery->failed[t]);
    nursery->n_node[t] = (int64_t)n_node;
}

static enum status nursery_pack(struct nursery *nursery, int64_t *n_node, struct error *err)
{
    *n_node = 0;
    for (int64_t t = 0; t < nursery->n_tree; t++) {
        if (nursery->failed[t].code != STATUS_OK) {
            *err = nursery->failed[t];
            return err->code;
        }
        memmove(nursery->node + *n_node, nursery->node + (size_t)t * nursery->max_nodes,
                (size_t)nursery->n_node[t] * sizeof *nursery->node);
        *n_node += nursery->n_node[t];
    }
    return STATUS_OK;
}

/* Appends every rank's trees of this batch to the forest. All ranks. */
static enum status add_trees(const struct run *run, const struct nursery *nursery,
                             int64_t n_node, struct iforest *forest, struct error *err)
{
    void *node = NULL, *count = NULL;
    int64_t n_all = 0, n_tree = 0;
    enum status st = STATUS_OK;

    TRY(comm_gather_all(run, sizeof(struct tree_node), nursery->node, n_node, &node, &n_all,
                        err));
    TRY(comm_gather_all(run, sizeof(int64_t), nursery->n_node, nursery->n_tree, &count, &n_tree,
                        err));
    size_t have = forest->start[forest->n_tree];
    struct tree_node *larger =
        mem_resize(forest->node, have + (size_t)n_all, sizeof *forest->node);
    if (larger == NULL)
        st = error_no_memory(err, "the forest");
    else
        forest->node = larger;
    TRY(run_agree(run, st, err));
    memcpy(forest->node + have, node, (size_t)n_all * sizeof *forest->node);
    for (int64_t t = 0; t < n_tree; t++) {
        have += (size_t)((const int64_t *)count)[t];
        forest->start[++forest->n_tree] = have;
    }
done:
    free(node);
    free(count);
    return st;
}

/* One batch of trees: seed[n_tree]. All ranks. */
static enum status train_batch(const struct run *run, const struct encoded *rows,
                               const struct prepared *prepared, int64_t n_all,
                               const uint32_t *seed, int64_t n_tree, struct iforest *forest,
                               struct error *err)
{
    int64_t begin = part_begin(n_tree, run->n_rank, run->rank), m = forest->n_sample;
    int64_t end = part_begin(n_tree, run->n_rank, run->rank + 1), n_node = 0;
    size_t p = prepared->n_feature, n_place = (size_t)(n_tree * m);
    int64_t *place = NULL;
    struct wanted wanted = {0};
    struct nursery nursery = {0};
    float *x = NULL;
    enum status st = STATUS_OK;

    TRY(draw_samples(run, seed, n_tree, m, n_all, &place, err));
    st = wanted_build(place, n_place, n_all, &wanted, err);
    if (st == STATUS_OK)
        st = nursery_prepare(end - begin, m, p, &nursery, err);
    TRY(run_agree(run, st, err));
    TRY(fetch_rows(run, rows, prepared, &wanted, &x, err));
#pragma omp parallel for default(none)                                                         \
    shared(begin, end, nursery, seed, place, m, wanted, x, p) schedule(dynamic, 1)
    for (int64_t t = begin; t < end; t++)
        grow_tree(&nursery, t - begin, seed[t], place + t * m, m, &wanted, x, p);
    TRY(run_agree(run, nursery_pack(&nursery, &n_node, err), err));
    TRY(add_trees(run, &nursery, n_node, forest, err));
done:
    free(place);
    wanted_free(&wanted);
    nursery_free(&nursery);
    free(x);
    return st;
}

enum status train_forest(const struct run *run, const struct encoded *rows,
                         const struct prepared *prepared, int64_t n_all, size_t n_tree,
                         int64_t n_sample, uint32_t random_state, struct iforest *forest,
                         struct error *err)
{
    struct iforest grown = {.n_feature = prepared->n_feature,
                            .n_sample = n_sample < n_all ? n_sample : n_all};
    uint32_t *seed = mem_array(n_tree, sizeof *seed);
    size_t batch = (size_t)(BATCH_ROWS / grown.n_sample);
    enum status st = STATUS_OK;

    if (batch < (size_t)run->n_rank) /* give every rank a tree */
        batch = (size_t)run->n_rank;
    grown.start = mem_array(n_tree + 1, sizeof *grown.start);
    if (seed == NULL || grown.start == NULL)
        st = error_no_memory(err, "the forest");
    TRY(run_agree(run, st, err));
    iforest_seeds(random_state, n_tree, seed);
    for (size_t t = 0; t < n_tree; t += batch)
        TRY(train_batch(run, rows, prepared, n_all, seed + t,
                        (int64_t)(n_tree - t < batch ? n_tree - t : batch), &grown, err));
    *forest = grown;
    grown = (struct iforest){0};
done:
    iforest_free(&grown);
    free(seed);
    return st;
}
