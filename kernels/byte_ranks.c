/* Values as their ranks among a forest's thresholds.
 *
 * A feature's thresholds are sorted once. A value's rank among them is found in two moves: the
 * value's bits, read as an integer that grows with the value, are cut into equal intervals, and a
 * table has the rank at which each interval begins; a branch-free binary search as long as the
 * fullest interval needs does the rest. The logarithmic spacing of floats suits amounts, which
 * are heavy-tailed; thresholds in one clump only cost more steps.
 *
 * From the rank over all trees a byte table gives the rank within each group, so that the search
 * is done once a value. */
#include "byte_ranks.h"

#include "mem.h"
#include "score_tile.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVALS = 2048 };

struct feature_cuts {
    size_t n_cut;
    float *cut; /* [3 n_cut] distinct and ascending, then +infinity where the search may look */
    int32_t low;               /* order_key of the first cut, where the first interval begins */
    int32_t high;              /* and just above the last one's */
    int shift;                 /* an interval is 2^shift keys wide */
    int n_step;                /* of the search: 2^n_step exceeds the cuts of every interval */
    uint16_t begin[INTERVALS]; /* cuts below each interval */
    int8_t *byte;              /* [n_group * (n_cut + 1)] by group and rank */
};

struct byte_ranks {
    size_t n_feature;
    size_t first_tree;
    size_t n_group;
    uint32_t *group; /* of each tree, from first_tree on */
    struct feature_cuts *feature;
};

/* Floats in their order, as integers; -0 is below +0. */
static int32_t order_key(float x)
{
    int32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits ^ (bits >> 31 & INT32_MAX);
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a;
    float y = *(const float *)b;

    return (x > y) - (x < y);
}

/* A threshold as it is stored: no -0, because its key would part it from the equal +0. */
static float stored(double threshold)
{
    return score_threshold(threshold) + 0.0f;
}

/* How many of the n ascending cuts are below x. */
static size_t count_below(const float *cut, size_t n, float x)
{
    size_t below = 0;

    while (n > 0) {
        size_t half = n / 2;
        if (cut[below + half] < x) {
            below += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return below;
}

/* Counts the tree's inner nodes by feature; false if one has more than a byte tells apart. */
static bool count_nodes(const struct iforest *forest, size_t tree, size_t *count)
{
    bool fits = true;

    for (size_t i = forest->start[tree]; i < forest->start[tree + 1]; i++)
        if (forest->node[i].feature >= 0)
            fits &= ++count[forest->node[i].feature] <= BYTE_RANKS_TREE;
    return fits;
}

/* count[n_feature] is scratch, zeroed. */
static void part_trees(struct byte_ranks *ranks, const struct iforest *forest, size_t end,
                       size_t *count)
{
    uint32_t group = 0;

    for (size_t t = ranks->first_tree; t < end; t++) {
        if (!count_nodes(forest, t, count)) {
            group++;
            memset(count, 0, ranks->n_feature * sizeof *count);
            bool fits = count_nodes(forest, t, count);
            assert(fits);
            (void)fits;
        }
        ranks->group[t - ranks->first_tree] = group;
    }
    ranks->n_group = group + 1;
}

/* cut has room for the feature's thresholds, n_cut of them. */
static void sort_cuts(struct feature_cuts *cuts)
{
    size_t n = 0;

    qsort(cuts->cut, cuts->n_cut, sizeof *cuts->cut, compare_floats);
    for (size_t i = 0; i < cuts->n_cut; i++)
        if (n == 0 || cuts->cut[n - 1] < cuts->cut[i])
            cuts->cut[n++] = cuts->cut[i];
    for (size_t i = n; i < 3 * cuts->n_cut; i++)
        cuts->cut[i] = INFINITY;
    cuts->n_cut = n;
}

static size_t interval_of(const struct feature_cuts *cuts, int32_t key)
{
    return ((uint32_t)key - (uint32_t)cuts->low) >> cuts->shift;
}

static void make_intervals(struct feature_cuts *cuts)
{
    size_t below = 0;
    size_t fullest = 0;

    if (cuts->n_cut == 0)
        return;
    cuts->low = order_key(cuts->cut[0]);
    cuts->high = order_key(cuts->cut[cuts->n_cut - 1]) + 1;
    while (interval_of(cuts, cuts->high) >= INTERVALS)
        cuts->shift++;
    for (size_t i = 0; i < INTERVALS; i++) {
        size_t begin = below;
        cuts->begin[i] = (uint16_t)begin;
        while (below < cuts->n_cut && interval_of(cuts, order_key(cuts->cut[below])) == i)
            below++;
        fullest = below - begin > fullest ? below - begin : fullest;
    }
    while ((size_t)1 << cuts->n_step <= fullest)
        cuts->n_step++;
}

/* Room for the cuts of each feature, and the cuts. count[n_feature]: their number. */
static bool collect_cuts(struct byte_ranks *ranks, const struct iforest *forest, size_t end,
                         const size_t *count)
{
    for (size_t f = 0; f < ranks->n_feature; f++) {
        ranks->feature[f].cut = mem_array(3 * count[f], sizeof(float));
        if (ranks->feature[f].cut == NULL)
            return false;
    }
    for (size_t i = forest->start[ranks->first_tree]; i < forest->start[end]; i++)
        if (forest->node[i].feature >= 0) {
            struct feature_cuts *cuts = &ranks->feature[forest->node[i].feature];
            cuts->cut[cuts->n_cut++] = stored(forest->node[i].threshold);
        }
    return true;
}

static int8_t *group_bytes(const struct feature_cuts *cuts, size_t group)
{
    return cuts->byte + group * (cuts->n_cut + 1);
}

/* Marks each group's cuts, then counts them up: a rank's byte is that of -128 and the group's
 * cuts below it. */
static bool make_bytes(struct byte_ranks *ranks, const struct iforest *forest, size_t end)
{
    for (size_t f = 0; f < ranks->n_feature; f++) {
        struct feature_cuts *cuts = &ranks->feature[f];
        cuts->byte = mem_array(ranks->n_group, cuts->n_cut + 1);
        if (cuts->byte == NULL)
            return false;
    }
    for (size_t t = ranks->first_tree; t < end; t++)
        for (size_t i = forest->start[t]; i < forest->start[t + 1]; i++)
            if (forest->node[i].feature >= 0) {
                struct feature_cuts *cuts = &ranks->feature[forest->node[i].feature];
                float cut = stored(forest->node[i].threshold);
                group_bytes(cuts, byte_ranks_group_of(
                                      ranks, t))[count_below(cuts->cut, cuts->n_cut, cut)] = 1;
            }
    for (size_t f = 0; f < ranks->n_feature; f++)
        for (size_t g = 0; g < ranks->n_group; g++) {
            const struct feature_cuts *cuts = &ranks->feature[f];
            int8_t *byte = group_bytes(cuts, g);
            int below = INT8_MIN;
            for (size_t rank = 0; rank <= cuts->n_cut; rank++) {
                bool marked = byte[rank] != 0;
                byte[rank] = (int8_t)below;
                below += marked;
            }
        }
    return true;
}

static bool fill_ranks(struct byte_ranks *ranks, const struct iforest *forest, size_t end)
{
    size_t *count = mem_array(ranks->n_feature, sizeof *count);
    bool complete = false;

    ranks->group = mem_array(end - ranks->first_tree, sizeof *ranks->group);
    ranks->feature = mem_array(ranks->n_feature, sizeof *ranks->feature);
    if (count != NULL && ranks->group != NULL && ranks->feature != NULL) {
        part_trees(ranks, forest, end, count);
        memset(count, 0, ranks->n_feature * sizeof *count);
        for (size_t t = ranks->first_tree; t < end; t++)
            count_nodes(forest, t, count);
        complete = collect_cuts(ranks, forest, end, count);
    }
    for (size_t f = 0; complete && f < ranks->n_feature; f++) {
        sort_cuts(&ranks->feature[f]);
        make_intervals(&ranks->feature[f]);
    }
    free(count);
    return complete && make_bytes(ranks, forest, end);
}

enum status byte_ranks_create(const struct iforest *forest, size_t first, size_t end,
                              struct byte_ranks **out, struct error *err)
{
    struct byte_ranks *ranks = mem_array(1, sizeof *ranks);

    if (ranks == NULL)
        return error_no_memory(err, "the forest");
    ranks->n_feature = forest->n_feature;
    ranks->first_tree = first;
    if (!fill_ranks(ranks, forest, end)) {
        byte_ranks_free(ranks);
        return error_no_memory(err, "the forest");
    }
    *out = ranks;
    return STATUS_OK;
}

void byte_ranks_free(struct byte_ranks *ranks)
{
    if (ranks == NULL)
        return;
    for (size_t f = 0; ranks->feature != NULL && f < ranks->n_feature; f++) {
        free(ranks->feature[f].cut);
        free(ranks->feature[f].byte);
    }
    free(ranks->feature);
    free(ranks->group);
    free(ranks);
}

size_t byte_ranks_group_of(const struct byte_ranks *ranks, size_t tree)
{
    return ranks->group[tree - ranks->first_tree];
}

int8_t byte_ranks_threshold(const struct byte_ranks *ranks, size_t group, size_t feature,
                            double threshold)
{
    const struct feature_cuts *cuts = &ranks->feature[feature];

    return group_bytes(cuts, group)[count_below(cuts->cut, cuts->n_cut, stored(threshold))];
}

static void find_intervals(const struct feature_cuts *cuts, const float *restrict x, size_t n,
                           uint16_t *restrict interval)
{
    int32_t low = cuts->low;
    int32_t high = cuts->high;
    int shift = cuts->shift;

    for (size_t i = 0; i < n; i++) {
        int32_t key = order_key(x[i]);
        key = key < low ? low : key;
        key = key > high ? high : key;
        interval[i] = (uint16_t)(((uint32_t)key - (uint32_t)low) >> shift);
    }
}

void byte_ranks_find(const struct byte_ranks *ranks, size_t feature, const float *restrict x,
                     size_t n, uint16_t *restrict rank)
{
    const struct feature_cuts *cuts = &ranks->feature[feature];

    find_intervals(cuts, x, n, rank);
    for (size_t i = 0; i < n; i++)
        rank[i] = cuts->begin[rank[i]];
    for (int step = cuts->n_step - 1; step >= 0; step--) {
        const float *middle = cuts->cut + ((size_t)1 << step) - 1;
        for (size_t i = 0; i < n; i++)
            rank[i] = (uint16_t)(rank[i] + ((unsigned)(middle[rank[i]] < x[i]) << step));
    }
}

void byte_ranks_translate(const struct byte_ranks *ranks, size_t group, size_t feature,
                          const uint16_t *restrict rank, size_t n, int8_t *restrict byte)
{
    const int8_t *of = group_bytes(&ranks->feature[feature], group);

    for (size_t i = 0; i < n; i++)
        byte[i] = of[rank[i]];
}
