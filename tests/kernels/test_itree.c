/* Trees and samples against scikit-learn 1.2.1 (numbers printed from IsolationForest and
 * sample_without_replacement) and against what every tree must satisfy. Far more of the former
 * is in tests/oracle/test_forest.py. */
#include "failing_mem.h"
#include "grown_forest.h"
#include "itree.h"
#include "suite.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static void depth_limit_is_the_rounded_up_logarithm(void)
{
    static const size_t LIMIT[][2] = {{1, 1},   {2, 1},   {3, 2},   {4, 2},       {5, 3},
                                      {255, 8}, {256, 8}, {257, 9}, {1 << 30, 30}};

    for (size_t i = 0; i < sizeof LIMIT / sizeof LIMIT[0]; i++)
        CU_ASSERT_EQUAL(itree_depth_limit(LIMIT[i][0]), (int)LIMIT[i][1]);
    CU_ASSERT_EQUAL(itree_depth_limit(ITREE_MAX_ROWS), ITREE_MAX_DEPTH);
}

static void mean_path_is_the_formula(void)
{
    CU_ASSERT_EQUAL(itree_mean_path(0), 0);
    CU_ASSERT_EQUAL(itree_mean_path(1), 0);
    CU_ASSERT_EQUAL(itree_mean_path(2), 1);
    for (int64_t n = 3; n < 3000; n++) {
        long double exact =
            2 * (logl(n - 1) + 0.577215664901532860606512L) - 2 * (n - 1.0L) / n;
        CU_ASSERT(fabsl(itree_mean_path(n) - exact) <= 4e-16L * exact);
    }
    CU_ASSERT_DOUBLE_EQUAL(itree_mean_path(256), 10.244770920119917, 4e-15);
    CU_ASSERT(isfinite(itree_mean_path(INT64_MAX)));
}

/* Exactly it is 2 H(n-1) - 2(n-1)/n, H the harmonic number; ln + gamma is 1/2n short of that. */
static void mean_path_is_that_of_search_trees(void)
{
    double harmonic = 0;

    for (int n = 2; n <= 10000; n++) {
        harmonic += 1.0 / (n - 1);
        double exact = 2 * harmonic - 2.0 * (n - 1) / n;
        CU_ASSERT(n < 100 || fabs(itree_mean_path(n) - exact) < 1.1 / n);
    }
}

static void leaf_length_counts_edges_and_the_rows_left(void)
{
    struct tree_node leaf = {.feature = -1, .right = -1, .n_row = 1, .depth = 3};

    CU_ASSERT_EQUAL(itree_leaf_length(&leaf), 3);
    leaf.n_row = 2;
    CU_ASSERT_EQUAL(itree_leaf_length(&leaf), 4);
    leaf.n_row = 9;
    CU_ASSERT_DOUBLE_EQUAL(itree_leaf_length(&leaf), 3 + itree_mean_path(9), 1e-14);
}

/* sorted(sample_without_replacement(n_row, n_sample, random_state=11)) */
struct drawn {
    int64_t n_row;
    int64_t n_sample;
    int64_t sample[10];
};

static const struct drawn DRAWN[] = {
    {1000, 10, {80, 91, 269, 332, 337, 583, 673, 703, 921, 951}},
    {1001, 10, {80, 91, 269, 332, 337, 583, 673, 703, 921, 951}},
    {8589934592, 5, {2854952027, 4588342975, 4746691143, 5128687543, 8273322316}},
    {200, 2, {153, 191}},
    {20, 8, {3, 5, 6, 9, 10, 14, 15, 19}},
    {7, 7, {0, 1, 2, 3, 4, 5, 6}},
};

static void small_samples_are_scikit_learns(void)
{
    struct error err;

    for (size_t i = 0; i < sizeof DRAWN / sizeof DRAWN[0]; i++) {
        int64_t sample[10];
        enum status st = itree_draw_sample(11, DRAWN[i].n_row, DRAWN[i].n_sample, sample, &err);
        CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
        for (int64_t k = 0; k < DRAWN[i].n_sample; k++)
            CU_ASSERT_EQUAL(sample[k], DRAWN[i].sample[k]);
    }
}

/* scikit-learn leaves out row 25 in both. */
static void nearly_whole_samples_are_scikit_learns(void)
{
    struct error err;

    for (int64_t n_row = 100; n_row <= 101; n_row++) {
        int64_t sample[100];
        CU_ASSERT_EQUAL_FATAL(itree_draw_sample(11, n_row, n_row - 1, sample, &err), STATUS_OK);
        for (int64_t k = 0; k < n_row - 1; k++)
            CU_ASSERT_EQUAL(sample[k], k < 25 ? k : k + 1);
    }
}

static void samples_are_ascending_and_in_range(void)
{
    enum { MOST = 400 };
    int64_t sample[MOST];
    struct error err;

    for (int64_t n_row = 0; n_row <= 60000; n_row = n_row * 3 / 2 + 1)
        for (int64_t n_sample = 0; n_sample <= MOST; n_sample += 57) {
            if (n_sample > n_row)
                continue;
            enum status st = itree_draw_sample((uint32_t)n_row, n_row, n_sample, sample, &err);
            CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
            for (int64_t k = 0; k < n_sample; k++)
                CU_ASSERT(sample[k] > (k > 0 ? sample[k - 1] : -1) && sample[k] < n_row);
        }
}

static void sample_without_memory_is_an_error(void)
{
    int64_t sample[50];
    struct error err;

    allocations_left = 0;
    CU_ASSERT_EQUAL(itree_draw_sample(1, 100, 50, sample, &err), STATUS_INTERNAL);
    CU_ASSERT_EQUAL(itree_draw_sample(1, 100000, 50, sample, &err), STATUS_INTERNAL);
    CU_ASSERT_EQUAL(itree_draw_sample(1, 50, 50, sample, &err), STATUS_OK);
    allocations_left = -1;
}

/* The first tree of IsolationForest(n_estimators=3, random_state=1).fit(x). */
static void tree_is_scikit_learns(void)
{
    static const float X[7][2] = {{0, 5},   {1, 5},       {2, 5},     {3, 6},
                                  {100, 6}, {0.5f, 5.5f}, {1.5f, -40}};
    static const struct tree_node EXPECTED[7] = {{{0x1.07013f1e0e028p+2}, 0, 6, 7, 0},
                                                 {{-0x1.12973045452e6p+5}, 1, 3, 6, 1},
                                                 {{0}, -1, -1, 1, 2},
                                                 {{0x1.688c2e4ad1186p-2}, 0, 5, 5, 2},
                                                 {{0}, -1, -1, 1, 3},
                                                 {{0}, -1, -1, 4, 3},
                                                 {{0}, -1, -1, 1, 1}};
    struct tree_node node[13];
    size_t n_node;
    struct error err;

    enum status st = itree_grow(&X[0][0], 7, 2, 1791095845, node, &n_node, &err);
    CU_ASSERT_EQUAL_FATAL(st, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(n_node, 7);
    for (size_t i = 0; i < n_node; i++) {
        CU_ASSERT_EQUAL(node[i].threshold, EXPECTED[i].threshold);
        CU_ASSERT_EQUAL(node[i].feature, EXPECTED[i].feature);
        CU_ASSERT_EQUAL(node[i].right, EXPECTED[i].right);
        CU_ASSERT_EQUAL(node[i].n_row, EXPECTED[i].n_row);
        CU_ASSERT_EQUAL(node[i].depth, EXPECTED[i].depth);
    }
}

/* Rows of x that the tree sends to node i, found by walking each row from the root. */
static int32_t count_rows(const float *x, size_t n_row, size_t n_feature,
                          const struct tree_node *tree, int32_t wanted)
{
    int32_t count = 0;

    for (size_t row = 0; row < n_row; row++) {
        int32_t i = 0;
        while (i != wanted && tree[i].feature >= 0) {
            bool left = x[row * n_feature + (size_t)tree[i].feature] <= tree[i].threshold;
            i = left ? i + 1 : tree[i].right;
        }
        count += i == wanted;
    }
    return count;
}

static bool can_be_split(const float *x, size_t n_row, size_t n_feature)
{
    for (size_t f = 0; f < n_feature; f++)
        for (size_t i = 1; i < n_row; i++)
            if (fabsf(x[i * n_feature + f] - x[f]) > 1e-6f)
                return true;
    return false;
}

/* Checks the subtree at i; returns the index behind it. */
static int32_t check_subtree(const struct tree_node *tree, int32_t i, int depth, int limit)
{
    CU_ASSERT_EQUAL_FATAL(tree[i].depth, depth);
    CU_ASSERT_FATAL(tree[i].n_row >= 1);
    if (tree[i].feature < 0) {
        CU_ASSERT_EQUAL(tree[i].feature, -1);
        CU_ASSERT_EQUAL(tree[i].right, -1);
        CU_ASSERT_EQUAL(tree[i].threshold, 0);
        return i + 1;
    }
    CU_ASSERT_FATAL(depth < limit);
    CU_ASSERT_EQUAL_FATAL(check_subtree(tree, i + 1, depth + 1, limit), tree[i].right);
    CU_ASSERT_EQUAL(tree[i].n_row, tree[i + 1].n_row + tree[tree[i].right].n_row);
    return check_subtree(tree, tree[i].right, depth + 1, limit);
}

static void check_grown(const float *x, size_t n_row, size_t n_feature)
{
    struct iforest forest = grow_forest(x, n_row, n_feature, 4);

    for (size_t t = 0; t < forest.n_tree; t++) {
        const struct tree_node *tree = forest.node + forest.start[t];
        size_t n_node = forest.start[t + 1] - forest.start[t];
        CU_ASSERT(n_node <= itree_max_nodes(n_row));
        CU_ASSERT_EQUAL(check_subtree(tree, 0, 0, itree_depth_limit(n_row)), (int32_t)n_node);
        for (size_t i = 0; i < n_node; i++)
            CU_ASSERT_EQUAL(tree[i].n_row, count_rows(x, n_row, n_feature, tree, (int32_t)i));
        CU_ASSERT_EQUAL(n_node > 1, can_be_split(x, n_row, n_feature));
    }
    iforest_free(&forest);
}

static void node_counts_are_those_of_the_rows(void)
{
    for (size_t n_row = 1; n_row < 140; n_row = n_row * 3 / 2 + 1)
        for (size_t n_feature = 1; n_feature <= 9; n_feature += 2) {
            float *x = make_matrix(n_row, n_feature, (uint32_t)(n_row + n_feature));
            check_grown(x, n_row, n_feature);
            free(x);
        }
}

static void equal_rows_make_one_leaf(void)
{
    float x[30];

    for (int i = 0; i < 30; i++)
        x[i] = (float)(i % 3);
    check_grown(x, 10, 3);
}

static void no_features_make_one_leaf(void)
{
    float x = 0;

    check_grown(&x, 10, 0);
}

/* Thresholds between neighbouring and between infinite values must leave no child empty. */
static void extreme_values_still_split(void)
{
    static const float EXTREME[6] = {-INFINITY, -FLT_MAX, 0, 1, FLT_MAX, INFINITY};
    float near[4] = {1e8f, 1e8f, nextafterf(1e8f, 2e8f), 1e8f};

    check_grown(EXTREME, 6, 1);
    check_grown(EXTREME + 1, 4, 1);
    check_grown(EXTREME, 2, 1);
    check_grown(EXTREME + 4, 2, 1);
    check_grown(near, 4, 1);
}

static void values_within_1e7_are_constant(void)
{
    float x[2] = {0, 1e-7f};
    struct tree_node node[3];
    struct error err;
    size_t n_node;

    CU_ASSERT_EQUAL(itree_grow(x, 2, 1, 5, node, &n_node, &err), STATUS_OK);
    CU_ASSERT_EQUAL(n_node, 1);
    x[1] = nextafterf(1e-7f, 1);
    CU_ASSERT_EQUAL(itree_grow(x, 2, 1, 5, node, &n_node, &err), STATUS_OK);
    CU_ASSERT_EQUAL(n_node, 3);
}

static void too_many_rows_are_refused(void)
{
    float x = 0;
    struct tree_node node;
    struct error err;
    size_t n_node;

    enum status st = itree_grow(&x, (size_t)ITREE_MAX_ROWS + 1, 1, 5, &node, &n_node, &err);
    CU_ASSERT_EQUAL(st, STATUS_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "1073741825"));
    CU_ASSERT_EQUAL(itree_grow(&x, 0, 1, 5, &node, &n_node, &err), STATUS_USAGE);
}

static void growing_fails_cleanly_at_each_allocation(void)
{
    float *x = make_matrix(20, 3, 1);
    struct tree_node node[39];
    struct error err;
    size_t n_node = 77;
    int n_failed = 0;

    for (allocations_left = 0;; allocations_left = ++n_failed) {
        enum status st = itree_grow(x, 20, 3, 5, node, &n_node, &err);
        if (st == STATUS_OK)
            break;
        CU_ASSERT_EQUAL(st, STATUS_INTERNAL);
        CU_ASSERT_EQUAL(n_node, 77);
    }
    allocations_left = -1;
    CU_ASSERT(n_failed >= 1);
    CU_ASSERT(n_node > 1 && n_node <= 39);
    free(x);
}

static const struct fact FACTS[] = {
    {"the depth limit is the logarithm rounded up", depth_limit_is_the_rounded_up_logarithm},
    {"the mean path is the formula's", mean_path_is_the_formula},
    {"the mean path is that of random search trees", mean_path_is_that_of_search_trees},
    {"a leaf's length is its edges and c(rows)", leaf_length_counts_edges_and_the_rows_left},
    {"small samples are scikit-learn's", small_samples_are_scikit_learns},
    {"samples of nearly all rows are too", nearly_whole_samples_are_scikit_learns},
    {"samples are ascending and in range", samples_are_ascending_and_in_range},
    {"a sample without memory is an error", sample_without_memory_is_an_error},
    {"a tree is scikit-learn's", tree_is_scikit_learns},
    {"a node's count is of the rows that reach it", node_counts_are_those_of_the_rows},
    {"equal rows make one leaf", equal_rows_make_one_leaf},
    {"rows without features make one leaf", no_features_make_one_leaf},
    {"extreme values still split in two", extreme_values_still_split},
    {"values within 1e-7 are constant", values_within_1e7_are_constant},
    {"too many rows and none are refused", too_many_rows_are_refused},
    {"growing fails cleanly at each allocation", growing_fails_cleanly_at_each_allocation},
};

int main(void)
{
    return suite_run("itree", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
