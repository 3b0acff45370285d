/* Weights by a plain count per leaf, and what they are for: rows like the confirmed rise, rows
 * like the rejected fall. */
#include "grown_forest.h"
#include "leaf_weights.h"
#include "suite.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { N_TRAIN = 256, FEATURES = 3, TREES = 40 };

struct setting {
    float *x; /* [N_TRAIN * FEATURES] */
    struct iforest forest;
};

static struct setting make_setting(void)
{
    struct setting s = {.x = make_matrix(N_TRAIN, FEATURES, 3)};

    s.forest = grow_forest(s.x, N_TRAIN, FEATURES, TREES);
    return s;
}

static void free_setting(struct setting *s)
{
    iforest_free(&s->forest);
    free(s->x);
}

static size_t count_nodes(const struct iforest *forest)
{
    return forest->start[forest->n_tree];
}

static void no_verdict_changes_nothing(void)
{
    struct setting s = make_setting();
    size_t size = count_nodes(&s.forest) * sizeof *s.forest.node;
    struct tree_node *grown = mem_array(size, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(grown);
    memcpy(grown, s.forest.node, size);
    leaf_weights_learn(&s.forest, NULL, NULL, 0, 1);
    CU_ASSERT_EQUAL(memcmp(grown, s.forest.node, size), 0);
    leaf_weights_learn(&s.forest, s.x, (bool[3]){true, false, false}, 3, 1);
    CU_ASSERT(memcmp(grown, s.forest.node, size) != 0);
    CU_ASSERT(iforest_is_weighed(&s.forest));
    leaf_weights_learn(&s.forest, NULL, NULL, 0, 1);
    CU_ASSERT_EQUAL(memcmp(grown, s.forest.node, size), 0);
    CU_ASSERT_FALSE(iforest_is_weighed(&s.forest));
    free(grown);
    free_setting(&s);
}

/* One tree of two leaves, by hand. */
static void weights_are_those_of_the_formula(void)
{
    struct tree_node node[] = {{{0}, 0, 2, 40, 0}, {{0}, -1, -1, 1, 1}, {{0}, -1, -1, 39, 1}};
    size_t start[] = {0, 3};
    struct iforest forest = {1, 1, 40, start, node};
    const float x[] = {-1, 1, 2};

    leaf_weights_learn(&forest, x, (bool[]){true, false, false}, 3, 1);
    CU_ASSERT_EQUAL(node[1].weight, -1); /* no path is shorter than nothing */
    CU_ASSERT_EQUAL(node[2].weight, 2 * LEAF_WEIGHT_RATE);
    leaf_weights_learn(&forest, x, (bool[]){false, true, true}, 3, 0.25);
    CU_ASSERT_EQUAL(node[1].weight, LEAF_WEIGHT_RATE / 4);
    CU_ASSERT_EQUAL(node[2].weight, -LEAF_WEIGHT_RATE / 2);
    leaf_weights_learn(&forest, x, (bool[]){false, true, true}, 3, 0);
    CU_ASSERT_EQUAL(node[1].weight, 0);
    CU_ASSERT_EQUAL(node[2].weight, 0);
}

static void weights_are_bounded(void)
{
    struct setting s = make_setting();
    bool confirmed[N_TRAIN];

    for (int all = 0; all < 2; all++) {
        for (size_t i = 0; i < N_TRAIN; i++)
            confirmed[i] = all == 1 || i % 2 == 0;
        leaf_weights_learn(&s.forest, s.x, confirmed, N_TRAIN, 1);
        for (size_t i = 0; i < count_nodes(&s.forest); i++)
            if (s.forest.node[i].feature < 0) {
                CU_ASSERT(fabs(s.forest.node[i].weight) <= LEAF_WEIGHT_MOST);
                CU_ASSERT(itree_leaf_weighed(&s.forest.node[i]) >= 0);
            }
    }
    free_setting(&s);
}

static void confirmed_rows_rise_and_rejected_fall(void)
{
    struct setting s = make_setting();
    const float *confirmed = s.x, *rejected = s.x + FEATURES, *other = s.x + 2 * FEATURES;
    double before[3], gap_before, gap_after;

    before[0] = iforest_path_length(&s.forest, confirmed);
    before[1] = iforest_path_length(&s.forest, rejected);
    before[2] = iforest_path_length(&s.forest, other);
    leaf_weights_learn(&s.forest, s.x, (bool[]){true, false}, 2, 1);
    CU_ASSERT(iforest_path_length(&s.forest, confirmed) < before[0]);
    CU_ASSERT(iforest_path_length(&s.forest, rejected) > before[1]);
    gap_before = before[1] - before[0];
    gap_after =
        iforest_path_length(&s.forest, rejected) - iforest_path_length(&s.forest, confirmed);
    CU_ASSERT(gap_after > gap_before + 1);
    /* A third row moves less than either of the judged ones. */
    CU_ASSERT(fabs(iforest_path_length(&s.forest, other) - before[2]) < gap_after - gap_before);
    free_setting(&s);
}

static void order_and_threads_change_no_bit(void)
{
    struct setting s = make_setting();
    size_t size = count_nodes(&s.forest) * sizeof *s.forest.node;
    struct tree_node *first = mem_array(size, 1);
    float reversed[50 * FEATURES];
    bool confirmed[50], backwards[50];
    int threads = omp_get_max_threads();

    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    for (size_t i = 0; i < 50; i++) {
        confirmed[i] = i % 3 == 0;
        backwards[49 - i] = confirmed[i];
        memcpy(reversed + (49 - i) * FEATURES, s.x + i * FEATURES, FEATURES * sizeof *s.x);
    }
    leaf_weights_learn(&s.forest, s.x, confirmed, 50, 0.5);
    memcpy(first, s.forest.node, size);
    for (int n = 1; n <= 4; n++) {
        omp_set_num_threads(n);
        leaf_weights_learn(&s.forest, reversed, backwards, 50, 0.5);
        CU_ASSERT_EQUAL(memcmp(first, s.forest.node, size), 0);
    }
    omp_set_num_threads(threads);
    free(first);
    free_setting(&s);
}

/* One verdict more on a row, among random ones: its path never becomes longer by a confirmation
 * nor shorter by a rejection. */
static void a_verdict_moves_its_row_its_own_way(void)
{
    enum { N = 60 };
    struct setting s = make_setting();
    bool confirmed[N];
    uint32_t state = 5;
    int moved = 0;

    for (size_t n = 0; n + 1 < N; n++) {
        double length[3];
        const float *own = s.x + n * FEATURES;
        for (size_t i = 0; i < n; i++)
            confirmed[i] = splitter_real(0, 1, &state) < 0.3;
        for (int way = 0; way < 3; way++) { /* none, rejected, confirmed */
            confirmed[n] = way == 2;
            leaf_weights_learn(&s.forest, s.x, confirmed, n + (way > 0), 1);
            length[way] = iforest_path_length(&s.forest, own);
        }
        CU_ASSERT(length[1] >= length[0]);
        CU_ASSERT(length[2] <= length[0]);
        moved += length[1] > length[0] && length[2] < length[0];
    }
    CU_ASSERT(moved > N / 2);
    free_setting(&s);
}

static const struct fact FACTS[] = {
    {"no verdict changes nothing, and takes weights away", no_verdict_changes_nothing},
    {"weights are those of the formula", weights_are_those_of_the_formula},
    {"weights are bounded, and no path becomes negative", weights_are_bounded},
    {"confirmed rows rise and rejected rows fall", confirmed_rows_rise_and_rejected_fall},
    {"the order of verdicts and threads change no bit", order_and_threads_change_no_bit},
    {"a verdict moves its row its own way, whatever others say",
     a_verdict_moves_its_row_its_own_way},
};

int main(void)
{
    return suite_run("leaf_weights", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
