/* Shapley values against their definition: the average, over all orders in which features become
 * known, of what each changes, with the expectation of every set of known features computed by
 * walking the whole tree. */
#include "failing_mem.h"
#include "grown_forest.h"
#include "shapley.h"
#include "suite.h"

#include <omp.h>
#include <stdbool.h>
#include <string.h>

/* Expected path length below node i, features in the set known. */
static double expect(const struct tree_node *tree, int32_t i, const float *x, unsigned known)
{
    const struct tree_node *node = &tree[i];

    if (node->feature < 0)
        return itree_leaf_weighed(node);
    if ((known >> node->feature & 1) != 0)
        return expect(tree, x[node->feature] <= node->threshold ? i + 1 : node->right, x,
                      known);
    return (tree[i + 1].n_row * expect(tree, i + 1, x, known) +
            tree[node->right].n_row * expect(tree, node->right, x, known)) /
           node->n_row;
}

static double expect_forest(const struct iforest *forest, const float *x, unsigned known)
{
    double sum = 0;

    for (size_t t = 0; t < forest->n_tree; t++)
        sum += expect(forest->node + forest->start[t], 0, x, known);
    return sum;
}

static double factorial(int n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

static double define_share(const struct iforest *forest, const float *x, int feature)
{
    int p = (int)forest->n_feature;
    double sum = 0;

    for (unsigned set = 0; set < 1u << p; set++) {
        int n_known = __builtin_popcount(set);
        if ((set >> feature & 1) != 0)
            continue;
        sum += factorial(n_known) * factorial(p - 1 - n_known) / factorial(p) *
               (expect_forest(forest, x, set | 1u << feature) - expect_forest(forest, x, set));
    }
    return sum;
}

static void check_row(const struct iforest *forest, const float *x, bool by_definition)
{
    double share[32];
    double sum = shapley_base(forest);
    struct error err;

    CU_ASSERT_EQUAL_FATAL(shapley_batch(forest, x, 1, share, &err), STATUS_OK);
    for (int f = 0; f < (int)forest->n_feature; f++) {
        sum += share[f];
        if (by_definition)
            CU_ASSERT_DOUBLE_EQUAL(share[f], define_share(forest, x, f), 1e-10);
    }
    CU_ASSERT_DOUBLE_EQUAL(sum, iforest_path_length(forest, x), 1e-9);
}

static void check_forest(size_t n_train, size_t n_feature, size_t n_tree, bool by_definition)
{
    enum { N = 12 };
    float *train = make_matrix(n_train, n_feature, (uint32_t)(n_train + n_feature));
    float *x = make_matrix(N, n_feature, 3);
    struct iforest forest = grow_forest(train, n_train, n_feature, n_tree);

    for (size_t i = 0; i < N; i++)
        check_row(&forest, x + i * n_feature, by_definition);
    for (size_t i = 0; i < n_train && i < N; i++)
        check_row(&forest, train + i * n_feature, by_definition);
    iforest_free(&forest);
    free(x);
    free(train);
}

static void values_are_the_definitions(void)
{
    for (size_t n_feature = 1; n_feature <= 6; n_feature++)
        check_forest(64, n_feature, 3, true);
}

/* Two features in trees of depth 8: most paths split on both many times. */
static void repeated_features_count_once(void)
{
    check_forest(256, 2, 4, true);
    check_forest(256, 3, 4, true);
}

static void values_sum_to_the_path_length(void)
{
    check_forest(256, 12, 100, false);
    check_forest(256, 32, 20, false);
}

/* Depth 16 over 24 features. */
static void deep_trees_keep_the_sum(void)
{
    check_forest(40000, 24, 2, false);
}

static void small_trees_are_explained(void)
{
    for (size_t n_train = 1; n_train <= 5; n_train++)
        check_forest(n_train, 3, 5, true);
}

/* A path of ITREE_MAX_DEPTH splits, each on its own feature and sending one row of 31 left. */
static void the_deepest_path_is_explained(void)
{
    enum { LEVELS = ITREE_MAX_DEPTH, NODES = 2 * LEVELS + 1 };
    struct tree_node node[NODES];
    size_t start[] = {0, NODES};
    struct iforest forest = {1, LEVELS, LEVELS + 1, start, node};
    float x[LEVELS];

    for (int d = 0; d < LEVELS; d++) {
        node[2 * d] = (struct tree_node){{0}, d, 2 * d + 2, LEVELS + 1 - d, d};
        node[2 * d + 1] = (struct tree_node){{0}, -1, -1, 1, d + 1};
    }
    node[NODES - 1] = (struct tree_node){{0}, -1, -1, 1, LEVELS};
    for (int turn = 0; turn <= LEVELS; turn++) {
        for (int d = 0; d < LEVELS; d++)
            x[d] = d < turn ? 1 : -1;
        check_row(&forest, x, false);
    }
}

/* Two features whose splits contradict each other, as no training makes them: a row cannot
 * reach nodes 2 and 6, for all that their training rows say. */
static void branches_no_row_can_take_are_explained(void)
{
    struct tree_node node[] = {{{0}, 0, 4, 8, 0},   {{1}, 0, 3, 4, 1},   {{0}, -1, -1, 3, 2},
                               {{0}, -1, -1, 1, 2}, {{0}, 0, 8, 4, 1},   {{0}, 1, 7, 3, 2},
                               {{0}, -1, -1, 2, 3}, {{0}, -1, -1, 1, 3}, {{0}, -1, -1, 1, 2}};
    size_t start[] = {0, 9};
    struct iforest forest = {1, 2, 8, start, node};

    for (int i = 0; i < 9; i++)
        check_row(&forest, (float[]){(float)(i / 3 - 1), (float)(i % 3 - 1)}, true);
    node[1].threshold = 0; /* all that goes left at the root, goes left again */
    node[4].threshold = -1;
    for (int i = 0; i < 9; i++)
        check_row(&forest, (float[]){(float)(i / 3 - 1), (float)(i % 3 - 1)}, true);
}

/* Thresholds between two floats count as the lower one, and a row on a threshold goes left. */
static void a_row_on_a_threshold_goes_left(void)
{
    struct tree_node node[] = {{{0.1}, 0, 2, 4, 0},
                               {{0}, -1, -1, 1, 1},
                               {{0.5}, 0, 4, 3, 1},
                               {{0}, -1, -1, 1, 2},
                               {{0}, -1, -1, 2, 2}};
    size_t start[] = {0, 5};
    struct iforest forest = {1, 1, 4, start, node};

    check_row(&forest, &(float){0.1f}, true); /* above 0.1 */
    check_row(&forest, &(float){0.099999994f}, true);
    check_row(&forest, &(float){0.5f}, true);
    check_row(&forest, &(float){0.50000006f}, true);
}

/* All rows as one batch, on several threads, against each by itself. */
static void check_batch(size_t n_train, size_t n_feature, size_t n_tree, size_t n)
{
    float *train = make_matrix(n_train, n_feature, 8);
    float *x = make_matrix(n, n_feature, 9);
    struct iforest forest = grow_forest(train, n_train, n_feature, n_tree);
    size_t bytes = n * n_feature * sizeof(double);
    double *single = malloc(bytes), *batch = malloc(bytes);
    int n_thread = omp_get_max_threads();
    struct error err;

    CU_ASSERT_PTR_NOT_NULL_FATAL(single);
    CU_ASSERT_PTR_NOT_NULL_FATAL(batch);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL_FATAL(
            shapley_batch(&forest, x + i * n_feature, 1, single + i * n_feature, &err),
            STATUS_OK);
    for (int threads = 1; threads <= 4; threads++) {
        omp_set_num_threads(threads);
        memset(batch, 0xff, bytes);
        CU_ASSERT_EQUAL_FATAL(shapley_batch(&forest, x, n, batch, &err), STATUS_OK);
        CU_ASSERT_EQUAL(memcmp(batch, single, bytes), 0);
    }
    omp_set_num_threads(n_thread);
    free(batch);
    free(single);
    iforest_free(&forest);
    free(x);
    free(train);
}

static void a_batch_gives_the_same_bits(void)
{
    check_batch(256, 12, 20, 300);
    check_batch(256, 2, 5, 300);
    check_batch(3, 5, 5, 10);
}

/* More states than are remembered, so that some push others out. */
static void deep_trees_give_the_same_bits(void)
{
    check_batch(4000, 24, 1, 600);
}

static void many_blocks_give_the_same_bits(void)
{
    check_batch(16, 3, 1, 9001);
}

static void no_rows_are_no_error(void)
{
    float *train = make_matrix(16, 3, 4);
    struct iforest forest = grow_forest(train, 16, 3, 2);
    double share = 7;
    struct error err;

    CU_ASSERT_EQUAL(shapley_batch(&forest, train, 0, &share, &err), STATUS_OK);
    CU_ASSERT_EQUAL(share, 7);
    iforest_free(&forest);
    free(train);
}

static void short_memory_is_reported(void)
{
    float *train = make_matrix(16, 3, 4);
    struct iforest forest = grow_forest(train, 16, 3, 2);
    int n_thread = omp_get_max_threads();
    double share[3 * 2];
    struct error err;

    omp_set_num_threads(1);
    for (int n_allocated = 0; n_allocated < 5; n_allocated++) {
        allocations_left = n_allocated;
        CU_ASSERT_EQUAL(shapley_batch(&forest, train, 2, share, &err), STATUS_INTERNAL);
    }
    allocations_left = 5;
    CU_ASSERT_EQUAL(shapley_batch(&forest, train, 2, share, &err), STATUS_OK);
    allocations_left = -1;
    omp_set_num_threads(n_thread);
    iforest_free(&forest);
    free(train);
}

static void constant_data_has_no_shares(void)
{
    float train[40];
    double share[4] = {9, 9, 9, 9};
    struct error err;

    for (int i = 0; i < 40; i++)
        train[i] = 2.5f;
    struct iforest forest = grow_forest(train, 10, 4, 6);
    CU_ASSERT_EQUAL_FATAL(shapley_batch(&forest, train, 1, share, &err), STATUS_OK);
    for (int f = 0; f < 4; f++)
        CU_ASSERT_EQUAL(share[f], 0);
    CU_ASSERT_DOUBLE_EQUAL(shapley_base(&forest), 6 * itree_mean_path(10), 1e-12);
    iforest_free(&forest);
}

static void a_constant_feature_has_no_share(void)
{
    float *train = make_matrix(128, 5, 4);
    struct iforest forest = grow_forest(train, 128, 5, 10);
    double share[5];
    struct error err;

    CU_ASSERT_EQUAL_FATAL(shapley_batch(&forest, train, 1, share, &err), STATUS_OK);
    CU_ASSERT_EQUAL(share[4], 0);
    CU_ASSERT_NOT_EQUAL(share[0], 0);
    iforest_free(&forest);
    free(train);
}

static void what_isolates_is_negative(void)
{
    float *train = make_matrix(256, 3, 4);
    struct iforest forest = grow_forest(train, 256, 3, 50);
    float x[3] = {1000, 0, 0};
    double share[3];
    struct error err;

    CU_ASSERT_EQUAL_FATAL(shapley_batch(&forest, x, 1, share, &err), STATUS_OK);
    CU_ASSERT(share[0] < 0);
    CU_ASSERT(share[0] < share[1] && share[0] < share[2]);
    iforest_free(&forest);
    free(train);
}

static void too_deep_a_model_is_refused(void)
{
    struct tree_node node[] = {
        {{0}, 0, 2, 2, 0}, {{0}, -1, -1, 1, ITREE_MAX_DEPTH + 1}, {{0}, -1, -1, 1, 1}};
    size_t start[] = {0, 3};
    struct iforest forest = {1, 1, 2, start, node};
    float x = 0;
    double share = 7;
    struct error err;

    CU_ASSERT_EQUAL(shapley_batch(&forest, &x, 1, &share, &err), STATUS_DATA);
    CU_ASSERT_EQUAL(share, 7);
}

static const struct fact FACTS[] = {
    {"values are those of the definition", values_are_the_definitions},
    {"a feature that repeats on a path counts once", repeated_features_count_once},
    {"values and base sum to the path length", values_sum_to_the_path_length},
    {"deep trees keep the sum", deep_trees_keep_the_sum},
    {"trees of one to five rows are explained", small_trees_are_explained},
    {"the deepest possible path is explained", the_deepest_path_is_explained},
    {"branches that no row can take are explained", branches_no_row_can_take_are_explained},
    {"a row on a threshold goes left", a_row_on_a_threshold_goes_left},
    {"a batch gives each row the bits it has alone", a_batch_gives_the_same_bits},
    {"so it does over deep trees", deep_trees_give_the_same_bits},
    {"so it does in many blocks", many_blocks_give_the_same_bits},
    {"no rows are no error", no_rows_are_no_error},
    {"short memory is reported", short_memory_is_reported},
    {"constant data has no shares", constant_data_has_no_shares},
    {"a constant feature has no share", a_constant_feature_has_no_share},
    {"a feature that isolates is negative", what_isolates_is_negative},
    {"a model that is too deep is refused", too_deep_a_model_is_refused},
};

int main(void)
{
    return suite_run("shapley", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
