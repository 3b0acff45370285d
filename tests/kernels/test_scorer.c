/* Scores against the plain walk down each tree (iforest_path_length): the same bits for every
 * form, depth, number of rows, features and threads. */
#include "byte_trees.h"
#include "failing_mem.h"
#include "grown_forest.h"
#include "linked_trees.h"
#include "portable_math.h"
#include "score_tile.h"
#include "simd.h"
#include "suite.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Columns of a row-major matrix; columns[n_feature] are freed with free_columns. */
static float **make_columns(const float *x, size_t n_row, size_t n_feature)
{
    float **column = mem_array(n_feature, sizeof *column);

    CU_ASSERT_PTR_NOT_NULL_FATAL(column);
    for (size_t f = 0; f < n_feature; f++) {
        column[f] = mem_array(n_row, sizeof **column);
        CU_ASSERT_PTR_NOT_NULL_FATAL(column[f]);
        for (size_t i = 0; i < n_row; i++)
            column[f][i] = x[i * n_feature + f];
    }
    return column;
}

static void free_columns(float **column, size_t n_feature)
{
    for (size_t f = 0; f < n_feature; f++)
        free(column[f]);
    free(column);
}

static struct scorer *make_scorer(const struct iforest *forest, enum simd simd)
{
    struct scorer *scorer = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(scorer_create(forest, simd, &scorer, &err), STATUS_OK);
    return scorer;
}

/* The next instruction set this processor has; the first after SIMD_AUTO, N_SIMD at the end. */
static enum simd next_simd(enum simd simd)
{
    do
        simd++;
    while (simd < N_SIMD && !simd_supported(simd));
    return simd;
}

static double plain_score(const struct iforest *forest, const float *x)
{
    double full = (double)forest->n_tree * itree_mean_path(forest->n_sample);
    double exponent = full > 0 ? -iforest_path_length(forest, x) / full : -1;
    double power;

    portable_exp2(&exponent, 1, &power);
    CU_ASSERT_DOUBLE_EQUAL(power, exp2(exponent), 1e-15);
    return -power;
}

static void check_forest(const struct iforest *forest, enum simd simd, const float *x,
                         const float *const *column, size_t n_row)
{
    struct scorer *scorer = make_scorer(forest, simd);
    double *score = mem_array(n_row + 1, sizeof *score);

    CU_ASSERT_PTR_NOT_NULL_FATAL(score);
    score[n_row] = 99;
    scorer_run(scorer, column, n_row, score);
    for (size_t i = 0; i < n_row; i++) {
        CU_ASSERT_EQUAL(score[i], plain_score(forest, x + i * forest->n_feature));
        CU_ASSERT(score[i] >= -1 && score[i] <= 0);
    }
    CU_ASSERT_EQUAL(score[n_row], 99);
    free(score);
    scorer_free(scorer);
}

/* Trees over n_train rows score n_row others, by all instruction sets. */
static void check_scores(size_t n_train, size_t n_row, size_t n_feature, size_t n_tree)
{
    float *train = make_matrix(n_train, n_feature, (uint32_t)(n_train + 7));
    float *x = make_matrix(n_row, n_feature, (uint32_t)(n_row + 8));
    float **column = make_columns(x, n_row, n_feature);
    struct iforest forest = grow_forest(train, n_train, n_feature, n_tree);

    for (enum simd simd = next_simd(SIMD_AUTO); simd < N_SIMD; simd = next_simd(simd))
        check_forest(&forest, simd, x, (const float *const *)column, n_row);
    iforest_free(&forest);
    free_columns(column, n_feature);
    free(x);
    free(train);
}

static void scores_are_those_of_the_plain_walk(void)
{
    check_scores(256, 2000, 12, 50);
}

static void any_number_of_rows_is_scored(void)
{
    static const size_t ROWS[] = {0, 1, 2, 15, 16, 17, 255, 256, 257, 511, 513};

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        check_scores(64, ROWS[i], 5, 10);
}

/* Above 64 features tiles have fewer rows. */
static void any_number_of_features_is_scored(void)
{
    static const size_t FEATURES[] = {1, 2, 8, 9, 16, 17, 40, 63, 64, 65, 100, 1023, 1024};

    for (size_t i = 0; i < sizeof FEATURES / sizeof FEATURES[0]; i++)
        check_scores(64, 300, FEATURES[i], 5);
}

/* Depths 1 to 12: both forms. */
static void any_depth_is_scored(void)
{
    for (size_t n_train = 1; n_train <= 4096; n_train *= 2) {
        check_scores(n_train, 400, 3, 7);
        check_scores(n_train + 1, 400, 3, 7);
    }
}

/* Gives the leaves n different weights in turn, never a negative length. */
static void weigh_leaves(struct iforest *forest, size_t n)
{
    size_t leaf = 0;

    for (size_t i = 0; i < forest->start[forest->n_tree]; i++)
        if (forest->node[i].feature < 0)
            forest->node[i].weight = fmax((double)(leaf++ % n) / (double)n - 0.4,
                                          -itree_leaf_length(&forest->node[i]));
}

/* A row's sum of path lengths and of weights, by the plain walk. */
static void walk(const struct iforest *forest, const float *tile, size_t row, double *length,
                 double *weight)
{
    float x[16];

    CU_ASSERT_FATAL(forest->n_feature <= sizeof x / sizeof x[0]);
    for (size_t f = 0; f < forest->n_feature; f++)
        x[f] = tile[f * SCORE_TILE_ROWS + row];
    *length = *weight = 0;
    for (size_t t = 0; t < forest->n_tree; t++) {
        const struct tree_node *leaf = iforest_leaf(forest, t, x);
        *length += itree_leaf_length(leaf);
        *weight += leaf->weight;
    }
}

static void check_sums(const struct iforest *forest, const float *tile, size_t n,
                       const double *sum, const double *weight)
{
    for (size_t i = 0; i < n; i++) {
        double length, of_leaves;
        walk(forest, tile, i, &length, &of_leaves);
        CU_ASSERT_EQUAL(sum[i], length);
        CU_ASSERT_EQUAL(weight[i], of_leaves);
    }
}

static void check_forms(const struct iforest *forest, enum simd simd, const float *tile,
                        size_t n, bool weighed)
{
    double sum[2][SCORE_TILE_ROWS] = {{0}}, weight[2][SCORE_TILE_ROWS] = {{0}};
    struct byte_trees *bytes = NULL;
    struct linked_trees *linked = NULL;
    struct error err;

    CU_ASSERT_FATAL(byte_trees_fit(forest, 9));
    CU_ASSERT_EQUAL_FATAL(byte_trees_create(forest, SCORE_TILE_ROWS, simd, &bytes, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(linked_trees_create(forest, 9, SCORE_TILE_ROWS, simd, &linked, &err),
                          STATUS_OK);
    byte_trees_add(bytes, tile, n, sum[0], weighed ? weight[0] : NULL);
    linked_trees_add(linked, tile, n, sum[1], weighed ? weight[1] : NULL);
    check_sums(forest, tile, n, sum[0], weight[0]);
    check_sums(forest, tile, n, sum[1], weight[1]);
    byte_trees_free(bytes);
    linked_trees_free(linked);
}

/* As many rows as make whole blocks, and some more. */
static void compare_forms(bool weighed)
{
    enum { FEATURES = 6 };
    static const size_t ROWS[] = {1, 16, 64, 250, 512};
    float *train = make_matrix(300, FEATURES, 1);
    struct iforest forest = grow_forest(train, 300, FEATURES, 20);
    float *tile = make_matrix(FEATURES, SCORE_TILE_ROWS, 2);

    if (weighed)
        weigh_leaves(&forest, 5);
    for (enum simd simd = next_simd(SIMD_AUTO); simd < N_SIMD; simd = next_simd(simd))
        for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
            check_forms(&forest, simd, tile, ROWS[i], weighed);
    free(tile);
    iforest_free(&forest);
    free(train);
}

static void both_forms_give_the_same_sums(void)
{
    compare_forms(false);
    compare_forms(true);
}

/* Depths are multiplied by each row's own factor; a factor of 1 changes no bit. */
static void check_factors(const struct scorer *scorer, const struct iforest *forest,
                          const float *x, float *const *column, size_t n)
{
    double full = (double)forest->n_tree * itree_mean_path(forest->n_sample);
    double *factor = mem_array(n, sizeof *factor), *score = mem_array(n, sizeof *score);

    CU_ASSERT_PTR_NOT_NULL_FATAL(factor);
    CU_ASSERT_PTR_NOT_NULL_FATAL(score);
    for (size_t i = 0; i < n; i++)
        factor[i] = 0.25 * (double)(i % 9);
    scorer_run_learned(scorer, (const float *const *)column, n, factor, score, NULL);
    for (size_t i = 0; i < n; i++) {
        double depth = iforest_path_length(forest, x + i * forest->n_feature) * factor[i];
        CU_ASSERT_DOUBLE_EQUAL(score[i], -exp2(-depth / full), 1e-15);
        if (factor[i] == 1)
            CU_ASSERT_EQUAL(score[i], plain_score(forest, x + i * forest->n_feature));
    }
    free(factor);
    free(score);
}

/* n_weight different weights: a few fit fours of trees, a hundred trees of bytes, thousands
 * neither. */
static void check_weighed(size_t n_train, size_t n_weight, bool bytes)
{
    enum { N = 600, FEATURES = 4 };
    float *train = make_matrix(n_train, FEATURES, 11);
    float *x = make_matrix(N, FEATURES, 12);
    float **column = make_columns(x, N, FEATURES);
    struct iforest forest = grow_forest(train, n_train, FEATURES, 10);
    double *plain = mem_array(N, sizeof *plain), *base = mem_array(N, sizeof *base);

    CU_ASSERT_PTR_NOT_NULL_FATAL(plain);
    CU_ASSERT_PTR_NOT_NULL_FATAL(base);
    for (size_t i = 0; i < N; i++)
        plain[i] = plain_score(&forest, x + i * FEATURES);
    weigh_leaves(&forest, n_weight);
    CU_ASSERT_EQUAL(byte_trees_fit(&forest, 30), bytes);
    for (enum simd simd = next_simd(SIMD_AUTO); simd < N_SIMD; simd = next_simd(simd)) {
        struct scorer *scorer = make_scorer(&forest, simd);
        double score[N];
        scorer_run_learned(scorer, (const float *const *)column, N, NULL, score, base);
        CU_ASSERT_EQUAL(memcmp(base, plain, N * sizeof *base), 0);
        for (size_t i = 0; i < N; i++)
            CU_ASSERT_EQUAL(score[i], plain_score(&forest, x + i * FEATURES));
        check_factors(scorer, &forest, x, column, N);
        scorer_free(scorer);
    }
    CU_ASSERT(plain[0] != plain_score(&forest, x));
    iforest_free(&forest);
    free_columns(column, FEATURES);
    free(x);
    free(train);
    free(plain);
    free(base);
}

static void weighed_leaves_give_both_scores(void)
{
    check_weighed(256, 7, true);
    check_weighed(256, 100, true);
    check_weighed(1024, 2000, false);
}

/* More inner nodes than one ranking takes, over a single feature: many groups, and parts. */
static void forests_of_many_trees_are_scored(void)
{
    check_scores(256, 300, 1, 700);
}

/* Each of the ways a forest does not fit bytes: nodes of a feature, path lengths, features, and
 * nodes in all. */
static void large_trees_do_not_fit_bytes(void)
{
    float *x = make_matrix(2000, 2, 3);
    struct iforest small = grow_forest(x, 250, 2, 3);
    struct iforest large = grow_forest(x, 2000, 1, 3);

    CU_ASSERT(byte_trees_fit(&small, 8));
    CU_ASSERT_FALSE(byte_trees_fit(&small, 0));
    small.n_feature = BYTE_TREES_FEATURES + 1;
    CU_ASSERT_FALSE(byte_trees_fit(&small, 8));
    CU_ASSERT_FALSE(byte_trees_fit(&large, 1000));
    iforest_free(&small);
    iforest_free(&large);
    free(x);
}

static void instruction_sets_are_chosen(void)
{
    struct error err = {.text = ""};
    enum simd chosen = N_SIMD;

    CU_ASSERT_EQUAL(simd_choose(SIMD_PORTABLE, &chosen, &err), STATUS_OK);
    CU_ASSERT_EQUAL(chosen, SIMD_PORTABLE);
    CU_ASSERT_EQUAL(simd_choose(SIMD_AUTO, &chosen, &err), STATUS_OK);
    CU_ASSERT_EQUAL(chosen, next_simd(SIMD_AUTO));
    for (enum simd simd = SIMD_AVX512; simd < N_SIMD; simd++) {
        if (simd_supported(simd))
            continue;
        printf("not checked, as this processor has no %s\n", simd_name(simd));
        CU_ASSERT_EQUAL(simd_choose(simd, &chosen, &err), STATUS_USAGE);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, simd_name(simd)));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "portable"));
    }
}

static void threads_change_no_bit(void)
{
    enum { N = 3001, FEATURES = 4 };
    float *x = make_matrix(N, FEATURES, 5);
    float **column = make_columns(x, N, FEATURES);
    struct iforest forest = grow_forest(x, 256, FEATURES, 20);
    struct scorer *scorer = make_scorer(&forest, SIMD_AUTO);
    double *one = mem_array(N, sizeof *one);
    double *many = mem_array(N, sizeof *many);
    int threads = omp_get_max_threads();

    CU_ASSERT_FATAL(one != NULL && many != NULL);
    omp_set_num_threads(1);
    scorer_run(scorer, (const float *const *)column, N, one);
    for (int n = 2; n <= 5; n++) {
        omp_set_num_threads(n);
        memset(many, 0, N * sizeof *many);
        scorer_run(scorer, (const float *const *)column, N, many);
        CU_ASSERT_EQUAL(memcmp(one, many, N * sizeof *one), 0);
    }
    omp_set_num_threads(threads);
    free(many);
    free(one);
    scorer_free(scorer);
    iforest_free(&forest);
    free_columns(column, FEATURES);
    free(x);
}

/* The largest float not above a double threshold, its neighbours, zeros and infinities. */
static void rows_next_to_a_threshold_go_the_right_way(void)
{
    static const double THRESHOLD[] = {0.1, -0.1, 1, 0, -0.0, 1e-50, -1e-50, 1 + 1e-9, 3e38};
    struct tree_node node[] = {{{0}, 0, 2, 3, 0}, {{0}, -1, -1, 1, 1}, {{0}, -1, -1, 2, 1}};
    size_t start[] = {0, 3};
    struct iforest forest = {1, 1, 3, start, node};

    for (size_t t = 0; t < sizeof THRESHOLD / sizeof THRESHOLD[0]; t++) {
        float near = (float)THRESHOLD[t];
        float x[] = {near,
                     nextafterf(near, INFINITY),
                     nextafterf(near, -INFINITY),
                     INFINITY,
                     -INFINITY,
                     FLT_MAX,
                     -FLT_MAX,
                     0.0f,
                     -0.0f,
                     FLT_TRUE_MIN};
        enum { N = sizeof x / sizeof x[0] };
        node[0].threshold = THRESHOLD[t];
        for (enum simd simd = next_simd(SIMD_AUTO); simd < N_SIMD; simd = next_simd(simd))
            check_forest(&forest, simd, x, (const float *const[]){x}, N);
    }
}

static void forests_of_single_rows_score_a_half(void)
{
    float x[2] = {5, 6};
    double score[2];
    struct iforest forest = grow_forest(x, 1, 1, 10);
    struct scorer *scorer = make_scorer(&forest, SIMD_AUTO);

    scorer_run(scorer, (const float *const[]){x}, 2, score);
    CU_ASSERT_EQUAL(score[0], -0.5);
    CU_ASSERT_EQUAL(score[1], -0.5);
    scorer_free(scorer);
    iforest_free(&forest);
}

/* IsolationForest(n_estimators=3, random_state=1).fit(x).score_samples(x), scikit-learn 1.2.1. */
static void a_small_forest_scores_as_scikit_learns(void)
{
    static const float X[7][2] = {{0, 5},   {1, 5},       {2, 5},     {3, 6},
                                  {100, 6}, {0.5f, 5.5f}, {1.5f, -40}};
    static const double EXPECTED[7] = {
        -0.42468945459812657, -0.36865694877618965, -0.3979315964926357, -0.37454581347864563,
        -0.585730717030521,   -0.40428808954222184, -0.7366411913723631};
    struct tree_node node[3 * 13];
    size_t start[4] = {0};
    struct iforest forest = {3, 2, 7, start, node};
    float **column = make_columns(&X[0][0], 7, 2);
    uint32_t seed[3];
    double score[7];
    struct error err;

    iforest_seeds(1, 3, seed);
    for (size_t t = 0; t < 3; t++) {
        size_t n_node;
        CU_ASSERT_EQUAL_FATAL(
            itree_grow(&X[0][0], 7, 2, seed[t], node + start[t], &n_node, &err), STATUS_OK);
        start[t + 1] = start[t] + n_node;
    }
    struct scorer *scorer = make_scorer(&forest, SIMD_AUTO);
    scorer_run(scorer, (const float *const *)column, 7, score);
    for (int i = 0; i < 7; i++)
        CU_ASSERT_DOUBLE_EQUAL(score[i], EXPECTED[i], 1e-15);
    scorer_free(scorer);
    free_columns(column, 2);
}

static void too_many_features_are_refused(void)
{
    struct tree_node node = {.feature = -1, .right = -1, .n_row = 1};
    size_t start[] = {0, 1};
    struct iforest forest = {1, 1025, 1, start, &node};
    struct scorer *scorer = NULL;
    struct error err;

    CU_ASSERT_EQUAL(scorer_create(&forest, SIMD_AUTO, &scorer, &err), STATUS_DATA);
    CU_ASSERT_PTR_NULL(scorer);
}

static void check_failing_create(size_t n_train)
{
    float *train = make_matrix(n_train, 2, 1);
    struct iforest forest = grow_forest(train, n_train, 2, 3);
    struct scorer *scorer = NULL;
    struct error err;
    int n_failed = 0;

    for (allocations_left = 0;; allocations_left = ++n_failed) {
        enum status st = scorer_create(&forest, SIMD_AUTO, &scorer, &err);
        if (st == STATUS_OK)
            break;
        CU_ASSERT_EQUAL(st, STATUS_INTERNAL);
        CU_ASSERT_PTR_NULL(scorer);
    }
    allocations_left = -1;
    CU_ASSERT(n_failed >= 3);
    scorer_free(scorer);
    iforest_free(&forest);
    free(train);
}

static void creating_fails_cleanly_at_each_allocation(void)
{
    check_failing_create(64);
    check_failing_create(4000);
}

static const struct fact FACTS[] = {
    {"scores are those of the plain walk", scores_are_those_of_the_plain_walk},
    {"any number of rows is scored", any_number_of_rows_is_scored},
    {"any number of features is scored", any_number_of_features_is_scored},
    {"trees of any depth are scored", any_depth_is_scored},
    {"both forms and all instruction sets give the same sums", both_forms_give_the_same_sums},
    {"forests of many trees are scored", forests_of_many_trees_are_scored},
    {"large trees do not fit bytes", large_trees_do_not_fit_bytes},
    {"the best instruction set is chosen, a missing one refused", instruction_sets_are_chosen},
    {"threads change no bit", threads_change_no_bit},
    {"weighed leaves give the score with and without weights", weighed_leaves_give_both_scores},
    {"rows next to a threshold go the right way", rows_next_to_a_threshold_go_the_right_way},
    {"forests of single rows score one half", forests_of_single_rows_score_a_half},
    {"a small forest scores as scikit-learn's", a_small_forest_scores_as_scikit_learns},
    {"too many features are refused", too_many_features_are_refused},
    {"creating fails cleanly at each allocation", creating_fails_cleanly_at_each_allocation},
};

int main(void)
{
    return suite_run("scorer", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
