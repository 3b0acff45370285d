/* What verdicts teach: by hand where it can be written down, and what must hold whatever they are. */
#include "failing_mem.h"
#include "grown_forest.h"
#include "lesson.h"
#include "suite.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { N_TRAIN = 256, FEATURES = 3, TREES = 40, N_VERDICT = 60 };

/* A forest, rows that stand in its order, the most anomalous first, and a pattern of each. */
struct setting {
    float *train, *x;
    struct iforest forest;
    uint8_t pattern[N_VERDICT];
};

static struct setting make_setting(void)
{
    struct setting s = {.train = make_matrix(N_TRAIN, FEATURES, 3),
                        .x = make_matrix(N_VERDICT, FEATURES, 4)};
    float row[FEATURES];

    s.forest = grow_forest(s.train, N_TRAIN, FEATURES, TREES);
    for (size_t i = 0; i < N_VERDICT; i++) {
        s.pattern[i] = (uint8_t)(i % 5);
        for (size_t k = i;
             k > 0 && iforest_path_length(&s.forest, s.x + k * FEATURES) <
                          iforest_path_length(&s.forest, s.x + (k - 1) * FEATURES);
             k--) {
            memcpy(row, s.x + k * FEATURES, sizeof row);
            memcpy(s.x + k * FEATURES, s.x + (k - 1) * FEATURES, sizeof row);
            memcpy(s.x + (k - 1) * FEATURES, row, sizeof row);
        }
    }
    return s;
}

static void free_setting(struct setting *s)
{
    iforest_free(&s->forest);
    free(s->train);
    free(s->x);
}

/* As the first lesson: of a forest whose leaves have no weights. */
static struct lesson learn(struct setting *s, const float *x, const uint8_t *pattern,
                           const bool *confirmed, size_t n)
{
    struct lesson lesson;
    struct error err;

    for (size_t i = 0; i < s->forest.start[TREES]; i++)
        if (s->forest.node[i].feature < 0)
            s->forest.node[i].weight = 0;
    CU_ASSERT_EQUAL_FATAL(lesson_learn(&s->forest, x, pattern, confirmed, n, &lesson, &err),
                          STATUS_OK);
    return lesson;
}

static void no_verdict_teaches_nothing(void)
{
    struct setting s = make_setting();
    size_t size = s.forest.start[TREES] * sizeof *s.forest.node;
    struct tree_node *grown = mem_array(size, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(grown);
    memcpy(grown, s.forest.node, size);
    struct lesson lesson = learn(&s, NULL, NULL, NULL, 0);
    CU_ASSERT_EQUAL(lesson.doubt, 0);
    for (size_t p = 0; p < N_PATTERN; p++)
        CU_ASSERT_EQUAL(lesson.factor[p], 1);
    CU_ASSERT_EQUAL(memcmp(grown, s.forest.node, size), 0);
    free(grown);
    free_setting(&s);
}

/* Four rows in the forest's order. */
static void doubt_is_that_of_the_formula(void)
{
    static const struct {
        bool confirmed[4];
        double wrong, right; /* pairs, the one that is added included */
        double rejected;
    } CASE[] = {
        {{true, true, false, false}, 0.5, 4.5, 2}, {{false, false, true, true}, 4.5, 0.5, 2},
        {{true, false, true, false}, 1.5, 3.5, 2}, {{false, false, false, false}, 0.5, 0.5, 4},
        {{true, true, true, true}, 0.5, 0.5, 0},   {{false, true, true, true}, 3.5, 0.5, 1},
    };
    struct setting s = make_setting();
    const size_t at[] = {0, 20, 40, 59};
    float x[4 * FEATURES];

    for (size_t i = 0; i < 4; i++)
        memcpy(x + i * FEATURES, s.x + at[i] * FEATURES, FEATURES * sizeof *x);
    for (size_t c = 0; c < sizeof CASE / sizeof *CASE; c++) {
        double disorder = CASE[c].wrong / (CASE[c].wrong + CASE[c].right);
        double root = fmin(1, 4 * disorder * (CASE[c].rejected + 1) / 6);
        struct lesson lesson = learn(&s, x, s.pattern, CASE[c].confirmed, 4);
        CU_ASSERT_DOUBLE_EQUAL(lesson.doubt, root * root, 1e-15);
    }
    free_setting(&s);
}

/* The same row twice, once confirmed: one pair, and it is tied. */
static void ties_count_half(void)
{
    struct setting s = make_setting();
    float x[2 * FEATURES];

    memcpy(x, s.x, FEATURES * sizeof *x);
    memcpy(x + FEATURES, s.x, FEATURES * sizeof *x);
    struct lesson lesson = learn(&s, x, s.pattern, (bool[]){true, false}, 2);
    CU_ASSERT_EQUAL(lesson.doubt, 1); /* 4 * (0.5 + 0.5) / 2 * 2 / 4 */
    free_setting(&s);
}

/* All that the forest puts first is confirmed, all the rest rejected. */
static void a_forest_that_is_right_stays(void)
{
    struct setting s = make_setting();
    bool confirmed[N_VERDICT];

    for (size_t i = 0; i < N_VERDICT; i++)
        confirmed[i] = i < N_VERDICT / 2;
    struct lesson right = learn(&s, s.x, s.pattern, confirmed, N_VERDICT);
    for (size_t i = 0; i < N_VERDICT; i++)
        confirmed[i] = i >= N_VERDICT / 2;
    struct lesson wrong = learn(&s, s.x, s.pattern, confirmed, N_VERDICT);
    CU_ASSERT(right.doubt < 1e-4);
    CU_ASSERT_EQUAL(wrong.doubt, 1);
    free_setting(&s);
}

static void factors_are_those_of_the_formula(void)
{
    CU_ASSERT_EQUAL(lesson_factor(0, 0), 1);
    CU_ASSERT_DOUBLE_EQUAL(lesson_factor(0, 10), sqrt(10), 1e-15); /* of 10, 1 may be wrong */
    CU_ASSERT_DOUBLE_EQUAL(lesson_factor(10, 0), 1 / sqrt(10), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(lesson_factor(3, 3), 1, 1e-15);
    CU_ASSERT_EQUAL(lesson_factor(0, 1000), LESSON_FACTOR_MOST);
    CU_ASSERT_EQUAL(lesson_factor(1000, 0), 1 / LESSON_FACTOR_MOST);
}

/* One verdict in ten the other way counts for nothing, so the pattern moves the way of the nine,
 * as nine without a tenth of ten. */
static void a_tenth_of_mistakes_turns_no_pattern(void)
{
    for (size_t tenth = 1; tenth <= 100; tenth++) {
        double nine = sqrt(8 * (double)tenth + 1);
        CU_ASSERT_DOUBLE_EQUAL(lesson_factor(tenth, 9 * tenth), fmin(nine, LESSON_FACTOR_MOST),
                               1e-12);
        CU_ASSERT_DOUBLE_EQUAL(lesson_factor(9 * tenth, tenth),
                               fmax(1 / nine, 1 / LESSON_FACTOR_MOST), 1e-12);
    }
}

static void a_verdict_moves_its_pattern_its_own_way(void)
{
    for (size_t c = 0; c < 80; c++)
        for (size_t r = 0; r < 80; r++) {
            CU_ASSERT(lesson_factor(c + 1, r) <= lesson_factor(c, r));
            CU_ASSERT(lesson_factor(c, r + 1) >= lesson_factor(c, r));
        }
}

static void factors_follow_doubt_and_are_bounded(void)
{
    struct setting s = make_setting();
    bool confirmed[N_VERDICT];
    uint32_t state = 9;

    for (int round = 0; round < 50; round++) {
        size_t count[N_PATTERN][2] = {{0}};
        double share = splitter_real(0, 1, &state);
        for (size_t i = 0; i < N_VERDICT; i++) {
            confirmed[i] = splitter_real(0, 1, &state) < share;
            count[s.pattern[i]][confirmed[i]]++;
        }
        struct lesson lesson = learn(&s, s.x, s.pattern, confirmed, N_VERDICT);
        CU_ASSERT(lesson.doubt >= 0 && lesson.doubt <= 1);
        for (size_t p = 0; p < N_PATTERN; p++) {
            double full = lesson_factor(count[p][true], count[p][false]);
            CU_ASSERT_EQUAL(lesson.factor[p], 1 + lesson.doubt * (full - 1));
            CU_ASSERT(lesson.factor[p] >= 1 / LESSON_FACTOR_MOST &&
                      lesson.factor[p] <= LESSON_FACTOR_MOST);
        }
    }
    free_setting(&s);
}

static void order_and_threads_change_no_bit(void)
{
    struct setting s = make_setting();
    size_t size = s.forest.start[TREES] * sizeof *s.forest.node;
    struct tree_node *first = mem_array(size, 1);
    float x[N_VERDICT * FEATURES];
    bool confirmed[N_VERDICT], backwards[N_VERDICT];
    uint8_t pattern[N_VERDICT];
    int threads = omp_get_max_threads();

    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    for (size_t i = 0; i < N_VERDICT; i++) {
        size_t to = N_VERDICT - 1 - i;
        confirmed[i] = i % 3 == 0;
        backwards[to] = confirmed[i];
        pattern[to] = s.pattern[i];
        memcpy(x + to * FEATURES, s.x + i * FEATURES, FEATURES * sizeof *x);
    }
    struct lesson want = learn(&s, s.x, s.pattern, confirmed, N_VERDICT);
    memcpy(first, s.forest.node, size);
    for (int n = 1; n <= 4; n++) {
        omp_set_num_threads(n);
        struct lesson lesson = learn(&s, x, pattern, backwards, N_VERDICT);
        CU_ASSERT_EQUAL(memcmp(&lesson, &want, sizeof want), 0);
        CU_ASSERT_EQUAL(memcmp(first, s.forest.node, size), 0);
    }
    omp_set_num_threads(threads);
    free(first);
    free_setting(&s);
}

static void short_memory_is_told(void)
{
    struct setting s = make_setting();
    struct lesson lesson;
    struct error err;

    allocations_left = 0;
    CU_ASSERT_EQUAL(lesson_learn(&s.forest, s.x, s.pattern, (bool[]){true}, 1, &lesson, &err),
                    STATUS_INTERNAL);
    allocations_left = -1;
    CU_ASSERT_FALSE(iforest_is_weighed(&s.forest));
    free_setting(&s);
}

static const struct fact FACTS[] = {
    {"no verdict teaches nothing", no_verdict_teaches_nothing},
    {"doubt is that of the formula", doubt_is_that_of_the_formula},
    {"ties count half", ties_count_half},
    {"a forest that is right stays as it is", a_forest_that_is_right_stays},
    {"a pattern's factor is that of the formula", factors_are_those_of_the_formula},
    {"a tenth of wrong verdicts never turns a pattern", a_tenth_of_mistakes_turns_no_pattern},
    {"a verdict moves its pattern its own way", a_verdict_moves_its_pattern_its_own_way},
    {"factors follow doubt and are bounded", factors_follow_doubt_and_are_bounded},
    {"the order of verdicts and threads change no bit", order_and_threads_change_no_bit},
    {"short memory is told, and the forest stays", short_memory_is_told},
};

int main(void)
{
    return suite_run("lesson", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
