/* Bytes must compare as the floats and thresholds they stand for; that is all they promise, so
 * every value is compared with every threshold of its group. */
#include "byte_ranks.h"
#include "failing_mem.h"
#include "grown_forest.h"
#include "suite.h"

#include <float.h>
#include <math.h>

enum { MAX_VALUES = 512 };

/* How often a byte goes another way than its value. */
static size_t count_wrong(const struct iforest *forest, const struct byte_ranks *ranks,
                          size_t tree, const float *x, size_t n)
{
    size_t group = byte_ranks_group_of(ranks, tree);
    uint16_t rank[MAX_VALUES];
    int8_t byte[MAX_VALUES];
    size_t n_wrong = 0;

    for (size_t i = forest->start[tree]; i < forest->start[tree + 1]; i++) {
        const struct tree_node *node = &forest->node[i];
        if (node->feature < 0)
            continue;
        size_t feature = (size_t)node->feature;
        int8_t threshold = byte_ranks_threshold(ranks, group, feature, node->threshold);
        byte_ranks_find(ranks, feature, x, n, rank);
        byte_ranks_translate(ranks, group, feature, rank, n, byte);
        for (size_t k = 0; k < n; k++)
            n_wrong += (byte[k] > threshold) != (x[k] > node->threshold);
    }
    return n_wrong;
}

static void check_forest(const struct iforest *forest, const float *x, size_t n)
{
    struct byte_ranks *ranks = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(byte_ranks_create(forest, 0, forest->n_tree, &ranks, &err),
                          STATUS_OK);
    for (size_t t = 0; t < forest->n_tree; t++)
        CU_ASSERT_EQUAL(count_wrong(forest, ranks, t, x, n), 0);
    byte_ranks_free(ranks);
}

static void bytes_compare_as_floats_do(void)
{
    float *train = make_matrix(200, 3, 1);
    float *x = make_matrix(MAX_VALUES, 1, 2);
    struct iforest forest = grow_forest(train, 200, 3, 12);

    check_forest(&forest, x, MAX_VALUES);
    iforest_free(&forest);
    free(x);
    free(train);
}

/* A tree of one feature: a chain of nodes with the thresholds, each with a leaf to the left. */
static struct iforest make_chain(const double *threshold, size_t n, size_t *start,
                                 struct tree_node *node)
{
    for (size_t i = 0; i < n; i++) {
        node[2 * i] =
            (struct tree_node){.threshold = threshold[i], .right = (int32_t)(2 * i + 2)};
        node[2 * i + 1] = (struct tree_node){.feature = -1, .right = -1, .n_row = 1};
    }
    node[2 * n] = (struct tree_node){.feature = -1, .right = -1, .n_row = 1};
    start[0] = 0;
    start[1] = 2 * n + 1;
    return (struct iforest){1, 1, 256, start, node};
}

/* The thresholds, their neighbours, and the extremes. */
static void check_chain(const double *threshold, size_t n)
{
    struct tree_node node[2 * BYTE_RANKS_TREE + 1];
    size_t start[2];
    float x[MAX_VALUES] = {0.0f,    -0.0f,    INFINITY,     -INFINITY,
                           FLT_MAX, -FLT_MAX, FLT_TRUE_MIN, -FLT_TRUE_MIN};
    size_t n_x = 8;
    struct iforest forest = make_chain(threshold, n, start, node);

    for (size_t i = 0; i < n && n_x + 3 <= MAX_VALUES; i++) {
        x[n_x++] = (float)threshold[i];
        x[n_x++] = nextafterf((float)threshold[i], INFINITY);
        x[n_x++] = nextafterf((float)threshold[i], -INFINITY);
    }
    check_forest(&forest, x, n_x);
}

static void zeros_and_extremes_are_told_apart(void)
{
    static const double ZEROS[] = {0.0, -0.0, 1e-50, -1e-50, 1e-45, -1e-45};
    static const double EXTREMES[] = {3e38, -3e38, 3.5e38, -3.5e38, 0.1, -0.1};

    check_chain(ZEROS, sizeof ZEROS / sizeof ZEROS[0]);
    check_chain(&ZEROS[1], 1);
    check_chain(EXTREMES, sizeof EXTREMES / sizeof EXTREMES[0]);
    check_chain(EXTREMES, 1);
    check_chain(EXTREMES, 0);
}

/* All in one interval of the search, but for one that stretches it. */
static void clumps_are_told_apart(void)
{
    double threshold[BYTE_RANKS_TREE];
    float value = 1e6f;

    for (size_t i = 0; i < BYTE_RANKS_TREE; i++) {
        threshold[i] = value;
        value = nextafterf(value, INFINITY);
    }
    check_chain(threshold, BYTE_RANKS_TREE);
    threshold[0] = -1e30;
    check_chain(threshold, BYTE_RANKS_TREE);
}

static void groups_hold_as_many_trees_as_a_byte_allows(void)
{
    enum { TREES = 5, EACH = 100 };
    struct tree_node node[TREES * (2 * EACH + 1)];
    size_t start[TREES + 1] = {0};
    struct iforest forest = {TREES, 1, 256, start, node};
    struct byte_ranks *ranks = NULL;
    struct error err;

    for (size_t t = 0; t < TREES; t++) {
        double threshold[EACH];
        size_t ends[2];
        for (size_t i = 0; i < EACH; i++)
            threshold[i] = (double)(i * TREES + t);
        make_chain(threshold, EACH, ends, node + start[t]);
        start[t + 1] = start[t] + ends[1];
    }
    CU_ASSERT_EQUAL_FATAL(byte_ranks_create(&forest, 0, TREES, &ranks, &err), STATUS_OK);
    for (size_t t = 0; t < TREES; t++)
        CU_ASSERT_EQUAL(byte_ranks_group_of(ranks, t), t / 2);
    byte_ranks_free(ranks);
    float x[] = {0, 1, 249, 250, 499, 500};
    check_forest(&forest, x, sizeof x / sizeof x[0]);
}

static void creating_fails_cleanly_at_each_allocation(void)
{
    float *train = make_matrix(64, 2, 1);
    struct iforest forest = grow_forest(train, 64, 2, 3);
    struct byte_ranks *ranks = NULL;
    struct error err;
    int n_failed = 0;

    for (allocations_left = 0;
         byte_ranks_create(&forest, 0, 3, &ranks, &err) == STATUS_INTERNAL && n_failed < 100;
         allocations_left = ++n_failed)
        CU_ASSERT_PTR_NULL(ranks);
    allocations_left = -1;
    CU_ASSERT(n_failed >= 8);
    byte_ranks_free(ranks);
    iforest_free(&forest);
    free(train);
}

static const struct fact FACTS[] = {
    {"bytes compare as floats do", bytes_compare_as_floats_do},
    {"zeros and extremes are told apart", zeros_and_extremes_are_told_apart},
    {"clumps are told apart", clumps_are_told_apart},
    {"groups hold as many trees as a byte allows", groups_hold_as_many_trees_as_a_byte_allows},
    {"creating fails cleanly at each allocation", creating_fails_cleanly_at_each_allocation},
};

int main(void)
{
    return suite_run("byte_ranks", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
