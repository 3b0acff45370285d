/* The forest as a whole, on trees small enough to follow by hand. */
#include "grown_forest.h"
#include "iforest.h"
#include "suite.h"

#include <math.h>

static void seeds_are_numpys(void)
{
    uint32_t seed[4];

    iforest_seeds(0, 4, seed);
    CU_ASSERT_EQUAL(seed[0], 209652396);
    CU_ASSERT_EQUAL(seed[1], 398764591);
    CU_ASSERT_EQUAL(seed[2], 924231285);
    CU_ASSERT_EQUAL(seed[3], 1478610112);
    iforest_seeds(1, 3, seed);
    CU_ASSERT_EQUAL(seed[0], 1791095845);
    CU_ASSERT_EQUAL(seed[1], 2135392491);
    CU_ASSERT_EQUAL(seed[2], 946286476);
}

static void fewer_trees_have_the_same_first_seeds(void)
{
    uint32_t few[10];
    uint32_t many[700];

    iforest_seeds(42, 10, few);
    iforest_seeds(42, 700, many);
    for (int t = 0; t < 10; t++)
        CU_ASSERT_EQUAL(few[t], many[t]);
}

/* Two trees: x0 <= 1 ? (1 row) : x1 <= -2 ? (2 rows) : (5 rows); and a single leaf of 8. */
static struct tree_node NODE[] = {{{1}, 0, 2, 8, 0},   {{0}, -1, -1, 1, 1},
                                  {{-2}, 1, 4, 7, 1},  {{0}, -1, -1, 2, 2},
                                  {{0}, -1, -1, 5, 2}, {{0}, -1, -1, 8, 0}};
static size_t START[] = {0, 5, 6};
static const struct iforest SMALL = {
    .n_tree = 2, .n_feature = 2, .n_sample = 8, .start = START, .node = NODE};

static void path_length_adds_edges_and_mean_paths(void)
{
    double single = itree_mean_path(8);

    CU_ASSERT_DOUBLE_EQUAL(iforest_path_length(&SMALL, (float[]){0, 0}), 1 + single, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(iforest_path_length(&SMALL, (float[]){2, -3}), 3 + single, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(iforest_path_length(&SMALL, (float[]){2, 0}),
                           2 + itree_mean_path(5) + single, 1e-14);
}

static void a_row_at_the_threshold_goes_left(void)
{
    double left = iforest_path_length(&SMALL, (float[]){0, 0});

    CU_ASSERT_EQUAL(iforest_path_length(&SMALL, (float[]){1, 0}), left);
    CU_ASSERT(iforest_path_length(&SMALL, (float[]){nextafterf(1, 2), 0}) > left);
}

static void freeing_leaves_an_empty_forest(void)
{
    float *x = make_matrix(30, 2, 9);
    struct iforest forest = grow_forest(x, 30, 2, 3);

    iforest_free(&forest);
    CU_ASSERT_EQUAL(forest.n_tree, 0);
    CU_ASSERT_PTR_NULL(forest.start);
    CU_ASSERT_PTR_NULL(forest.node);
    iforest_free(&forest);
    CU_ASSERT_EQUAL(forest.n_tree, 0);
    free(x);
}

static const struct fact FACTS[] = {
    {"seeds are numpy's", seeds_are_numpys},
    {"fewer trees have the same first seeds", fewer_trees_have_the_same_first_seeds},
    {"a path length adds edges and mean paths", path_length_adds_edges_and_mean_paths},
    {"a row at the threshold goes left", a_row_at_the_threshold_goes_left},
    {"freeing leaves an empty forest, and again", freeing_leaves_an_empty_forest},
};

int main(void)
{
    return suite_run("iforest", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
