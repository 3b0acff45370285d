/* Which rows a tree trains on: scikit-learn 1.2.1's draws without replacement.
 *
 * It has three ways and picks one by the share of rows wanted; each uses the random numbers
 * differently, so all three are needed. Few of many: draw, and again if the row was drawn
 * before, which a hash table of the drawn rows tells. Nearly all: reservoir sampling. In
 * between: the front of a permutation. */
#include "itree.h"

#include "mem.h"
#include "rng.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double FEW = 0.01;  /* share of rows up to which draws are repeated */
static const double MOST = 0.99; /* share of rows from which a reservoir is kept */

/* Open addressing, a power of two of slots, at most half of them used; -1 marks a free one. */
struct row_set {
    int64_t *slot;
    uint64_t mask;
};

static bool row_set_create(struct row_set *set, int64_t n)
{
    uint64_t n_slot = 2;

    while (n_slot < 2 * (uint64_t)n)
        n_slot *= 2;
    set->mask = n_slot - 1;
    set->slot = mem_array(n_slot, sizeof *set->slot);
    for (uint64_t i = 0; set->slot != NULL && i < n_slot; i++)
        set->slot[i] = -1;
    return set->slot != NULL;
}

/* False if the row was there before. */
static bool row_set_add(struct row_set *set, int64_t row)
{
    uint64_t i = (uint64_t)row * 0x9e3779b97f4a7c15u >> 20 & set->mask;

    while (set->slot[i] != -1) {
        if (set->slot[i] == row)
            return false;
        i = (i + 1) & set->mask;
    }
    set->slot[i] = row;
    return true;
}

static enum status draw_repeating(struct mt *mt, int64_t n_row, int64_t n_sample,
                                  int64_t *sample, struct error *err)
{
    struct row_set chosen;

    if (!row_set_create(&chosen, n_sample))
        return error_no_memory(err, "drawing a tree's rows");
    for (int64_t i = 0; i < n_sample; i++)
        do
            sample[i] = mt_below(mt, n_row);
        while (!row_set_add(&chosen, sample[i]));
    free(chosen.slot);
    return STATUS_OK;
}

static enum status draw_permuted(struct mt *mt, int64_t n_row, int64_t n_sample,
                                 int64_t *sample, struct error *err)
{
    int64_t *permuted = mem_array((size_t)n_row, sizeof *permuted);

    if (permuted == NULL)
        return error_no_memory(err, "drawing a tree's rows");
    mt_permutation(mt, n_row, permuted);
    memcpy(sample, permuted, (size_t)n_sample * sizeof *sample);
    free(permuted);
    return STATUS_OK;
}

static void draw_reservoir(struct mt *mt, int64_t n_row, int64_t n_sample, int64_t *sample)
{
    for (int64_t i = 0; i < n_sample; i++)
        sample[i] = i;
    for (int64_t i = n_sample; i < n_row; i++) {
        int64_t j = mt_below(mt, i + 1);
        if (j < n_sample)
            sample[j] = i;
    }
}

static int compare_rows(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

enum status itree_draw_sample(uint32_t tree_seed, int64_t n_row, int64_t n_sample,
                              int64_t *sample, struct error *err)
{
    assert(0 <= n_sample && n_sample <= n_row);
    double share = n_row > 0 ? (double)n_sample / (double)n_row : 1.0;
    enum status st = STATUS_OK;
    struct mt mt;

    mt_seed(&mt, tree_seed);
    if (share <= FEW)
        TRY(draw_repeating(&mt, n_row, n_sample, sample, err));
    else if (share < MOST)
        TRY(draw_permuted(&mt, n_row, n_sample, sample, err));
    else
        draw_reservoir(&mt, n_row, n_sample, sample);
    qsort(sample, (size_t)n_sample, sizeof *sample, compare_rows);
done:
    return st;
}
