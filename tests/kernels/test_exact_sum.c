/* exact_sum.c against Python's math.fsum (values noted where used), against sums known by
 * construction, and against itself in other orders. */
#include "exact_sum.h"

#include "suite.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N_RANDOM = 5000 };

static double sum_of(const double *value, size_t n)
{
    struct exact_sum sum = {0};

    for (size_t i = 0; i < n; i++)
        exact_sum_add(&sum, value[i]);
    return exact_sum_round(&sum);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

/* Finite doubles of every size and sign. */
static void fill_random(double *value, size_t n)
{
    uint64_t state = 5;

    for (size_t i = 0; i < n; i++) {
        int exponent = (int)(next(&state) % 2090) - 1080;
        value[i] = ldexp((double)next(&state) * (i % 2 ? 1 : -1), exponent - 60);
    }
}

static void shuffle(double *value, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(next(state) % i);
        double kept = value[k];
        value[k] = value[i - 1];
        value[i - 1] = kept;
    }
}

static void empty_sum_is_zero(void)
{
    struct exact_sum sum = {0};
    CU_ASSERT_EQUAL(bits_of(exact_sum_round(&sum)), 0);
    exact_sum_add(&sum, -0.0);
    CU_ASSERT_EQUAL(bits_of(exact_sum_round(&sum)), 0);
}

static void one_value_is_itself(void)
{
    static const double value[] = {
        1,         -1,        0.1,      5e-324,      -5e-324,
        DBL_MIN,   DBL_MAX,   -DBL_MAX, 1e-310,      DBL_MIN - 5e-324,
        0x1p-1022, 0x1p-1021, 0x1p1023, 123456789.01};
    double random[N_RANDOM];

    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
        CU_ASSERT_EQUAL(bits_of(sum_of(&value[i], 1)), bits_of(value[i]));
    fill_random(random, N_RANDOM);
    for (size_t i = 0; i < N_RANDOM; i++)
        CU_ASSERT_EQUAL(sum_of(&random[i], 1), random[i]);
}

/* math.fsum of the same list; where it overflows on the way, the sum is plain to see. */
static void sums_are_fsums(void)
{
    static const struct {
        double value[6];
        double sum;
    } fact[] = {
        {{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, 2.1},
        {{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0.6000000000000001},
        {{1e308, 1e308, -1e308, -1e308, 1e-300, 0}, 1e-300},
        {{1e308, 1e308, -1e308, 5e-324, -5e-324, 0}, 1e308},
        {{1e16, 1, -1e16, 1, 1e100, -1e100}, 2},
        {{5e-324, 5e-324, 5e-324, 0, 0, 0}, 1.5e-323},
        {{DBL_MIN, -5e-324, 0, 0, 0, 0}, 2.225073858507201e-308},
        {{-1e15, 0.01, -0.02, 1e15, 0, 0}, -0.01},
        {{-0.1, -0.2, -0.3, 0.05, 0, 0}, -0.55},
    };

    for (size_t i = 0; i < sizeof fact / sizeof fact[0]; i++)
        CU_ASSERT_EQUAL(sum_of(fact[i].value, 6), fact[i].sum);
}

static void ties_go_to_even(void)
{
    static const double down[] = {0x1p53, 1}, up[] = {0x1p53, 2, 1};
    static const double above[] = {0x1p53, 1, 5e-324}, below[] = {0x1p53, 1, -5e-324};
    static const double carry[] = {0x1.fffffffffffffp52, 0.5};
    static const double negative[] = {-0x1p53, -2, -1};

    CU_ASSERT_EQUAL(sum_of(down, 2), 0x1p53);
    CU_ASSERT_EQUAL(sum_of(up, 3), 0x1p53 + 4);
    CU_ASSERT_EQUAL(sum_of(above, 3), 0x1p53 + 2);
    CU_ASSERT_EQUAL(sum_of(below, 3), 0x1p53);
    CU_ASSERT_EQUAL(sum_of(carry, 2), 0x1p53);
    CU_ASSERT_EQUAL(sum_of(negative, 3), -0x1p53 - 4);
}

static void too_large_sums_are_infinite(void)
{
    static const double up[] = {DBL_MAX, DBL_MAX}, down[] = {-DBL_MAX, -0x1p970};
    static const double just_not[] = {DBL_MAX, 0x1p969};

    CU_ASSERT_EQUAL(sum_of(up, 2), INFINITY);
    CU_ASSERT_EQUAL(sum_of(down, 2), -INFINITY);
    CU_ASSERT_EQUAL(sum_of(just_not, 2), DBL_MAX);
}

static void order_changes_no_bit(void)
{
    double value[N_RANDOM];
    uint64_t state = 9;

    fill_random(value, N_RANDOM);
    uint64_t expected = bits_of(sum_of(value, N_RANDOM));
    for (int round = 0; round < 20; round++) {
        shuffle(value, N_RANDOM, &state);
        CU_ASSERT_EQUAL(bits_of(sum_of(value, N_RANDOM)), expected);
    }
}

/* Each value and its negative: nothing is left but what was put in besides. */
static void opposites_cancel(void)
{
    double value[2 * N_RANDOM + 1];
    uint64_t state = 3;

    fill_random(value, N_RANDOM);
    for (size_t i = 0; i < N_RANDOM; i++)
        value[N_RANDOM + i] = -value[i];
    value[2 * N_RANDOM] = -3e-320;
    shuffle(value, 2 * N_RANDOM + 1, &state);
    CU_ASSERT_EQUAL(sum_of(value, 2 * N_RANDOM + 1), -3e-320);
}

static void merging_is_adding_all(void)
{
    double value[N_RANDOM];
    struct exact_sum part[3] = {{.pending = 0}};
    struct exact_sum words = {0};

    fill_random(value, N_RANDOM);
    for (size_t i = 0; i < N_RANDOM; i++)
        exact_sum_add(&part[i % 3], value[i]);
    exact_sum_normalise(&part[1]);
    for (int p = 0; p < 3; p++) {
        struct exact_sum normal = part[p];
        exact_sum_normalise(&normal);
        for (int i = 0; i < EXACT_SUM_WORDS; i++)
            words.word[i] += normal.word[i];
    }
    exact_sum_merge(&part[0], &part[1]);
    exact_sum_merge(&part[0], &part[2]);
    CU_ASSERT_EQUAL(bits_of(exact_sum_round(&part[0])), bits_of(sum_of(value, N_RANDOM)));
    CU_ASSERT_EQUAL(bits_of(exact_sum_round(&words)), bits_of(sum_of(value, N_RANDOM)));
}

static void rounding_keeps_the_sum(void)
{
    struct exact_sum sum = {0};

    exact_sum_add(&sum, -1e16);
    CU_ASSERT_EQUAL(exact_sum_round(&sum), -1e16);
    exact_sum_add(&sum, -1);
    CU_ASSERT_EQUAL(exact_sum_round(&sum), -1e16);
    exact_sum_add(&sum, 1e16);
    CU_ASSERT_EQUAL(exact_sum_round(&sum), -1);
}

static void normal_words_are_digits(void)
{
    struct exact_sum sum = {0};

    for (int i = 0; i < 1000; i++)
        exact_sum_add(&sum, i % 3 ? -1e9 : 7e-5);
    exact_sum_normalise(&sum);
    for (int i = 0; i + 1 < EXACT_SUM_WORDS; i++)
        CU_ASSERT_TRUE(sum.word[i] >= 0 && sum.word[i] <= UINT32_MAX);
    CU_ASSERT_TRUE(sum.word[EXACT_SUM_WORDS - 1] < 0);
    CU_ASSERT_EQUAL(sum.pending, 0);
}

/* Doubling by merging reaches 2^40 additions in 40 steps; without carries in between the words
 * would have overflowed at 2^31. */
static void trillions_of_additions_fit(void)
{
    struct exact_sum sum = {0};

    exact_sum_add(&sum, -(0x1p53 - 1));
    for (int i = 0; i < 40; i++) {
        struct exact_sum same = sum;
        exact_sum_merge(&sum, &same);
    }
    CU_ASSERT_EQUAL(exact_sum_round(&sum), -(0x1p53 - 1) * 0x1p40);
}

/* The words as full as the additions noted as pending can have made them. */
static void pending_additions_are_carried_in_time(void)
{
    struct exact_sum sum = {0};
    const int64_t before = INT64_C(536870900); /* some short of 2^29 */

    for (int i = 0; i < 3; i++)
        sum.word[33 + i] = before * UINT32_MAX;
    sum.pending = before;
    double expected = ldexp((double)before, 32 * 36 - 1074);
    for (int i = 0; i < 100; i++)
        exact_sum_add(&sum, 1);
    CU_ASSERT_TRUE(sum.pending < 100);
    CU_ASSERT_DOUBLE_EQUAL(exact_sum_round(&sum) / expected, 1, 1e-8);
}

int main(void)
{
    static const struct fact fact[] = {
        {"an empty sum is +0", empty_sum_is_zero},
        {"one value is itself", one_value_is_itself},
        {"sums are math.fsum's", sums_are_fsums},
        {"ties go to even", ties_go_to_even},
        {"sums beyond the largest double are infinite", too_large_sums_are_infinite},
        {"the order changes no bit", order_changes_no_bit},
        {"opposites cancel", opposites_cancel},
        {"merging sums, or their words, is adding all", merging_is_adding_all},
        {"rounding keeps the sum", rounding_keeps_the_sum},
        {"normalised words are digits, the top one signed", normal_words_are_digits},
        {"a trillion additions fit", trillions_of_additions_fit},
        {"pending additions are carried in time", pending_additions_are_carried_in_time},
    };
    return suite_run("exact_sum", fact, sizeof fact / sizeof fact[0]);
}
