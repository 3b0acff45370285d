/* select.c against qsort, with the values spread over slices whose counts are added up, as
 * ranks do, and against numpy 1.24's percentile. */
#include "select.h"

#include "mem.h"
#include "suite.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 20;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The rank-th of value[n], counted in three slices. */
static double select_in_slices(const double *value, size_t n, size_t rank)
{
    struct select_search search = {.rank = (int64_t)rank};
    size_t cut[] = {0, n / 5, n / 5, n};

    while (search.pass < SELECT_PASSES) {
        int64_t *count = mem_array(select_buckets(search.pass), sizeof *count);
        for (int s = 0; s < 3; s++)
            select_count(value + cut[s], cut[s + 1] - cut[s], &search, count);
        select_narrow(&search, count);
        free(count);
    }
    return select_value(search.prefix);
}

/* Every `step`-th rank of value equals the sorted array's. */
static void check_against_sort(const double *value, size_t n, size_t step)
{
    double *sorted = mem_array(n, sizeof *sorted);

    memcpy(sorted, value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t rank = 0; rank < n; rank += step) {
        double got = select_in_slices(value, n, rank);
        CU_ASSERT_EQUAL(got, sorted[rank]);
        CU_ASSERT_FALSE(got == 0 && signbit(got));
    }
    CU_ASSERT_EQUAL(select_in_slices(value, n, n - 1), sorted[n - 1]);
    free(sorted);
}

static void awkward_values_are_ordered(void)
{
    static const double value[] = {
        0.0, -0.0, 5e-324,          -5e-324,  DBL_MIN,   -DBL_MIN, DBL_MAX, -DBL_MAX, 1,
        -1,  1,    1 + DBL_EPSILON, INFINITY, -INFINITY, 0.1,      -0.1,    1e300,    -1e300};
    check_against_sort(value, sizeof value / sizeof value[0], 1);
}

static void any_bits_are_ordered(void)
{
    enum { N = 4000 };
    static double value[N];
    uint64_t state = 1;

    for (size_t i = 0; i < N; i++) {
        uint64_t bits = next(&state) << 32 ^ next(&state);
        memcpy(&value[i], &bits, sizeof bits);
        if (isnan(value[i]))
            value[i] = 0;
    }
    check_against_sort(value, N, 97);
}

static void many_ties_are_counted(void)
{
    enum { N = 200000 };
    double *value = mem_array(N, sizeof *value);
    uint64_t state = 7;

    for (size_t i = 0; i < N; i++)
        value[i] = (double)(next(&state) % 11) - 5 + (i % 1000 == 0 ? 0.25 : 0);
    check_against_sort(value, N, 19997);
    free(value);
}

/* Values that share the digits of either of two searches, and no others, in their order; the
 * first of each is only counted. */
static void collected_values_are_those_a_search_may_want(void)
{
    static const double value[] = {1, 1.01, 2, -1, 1.02, 1, 8, 1e9, 1.03, -1.01, 8.1};
    static const double more[] = {1, 1.04};
    static const double near_one[] = {1.01, 1.02, 1.03, 1.04};
    struct select_search one = {.prefix = select_key(1) >> 48, .pass = 1};
    struct select_search minus = {.prefix = select_key(-1) >> 48, .pass = 1};
    const struct select_search *search[] = {&one, &minus};
    struct select_reach reach[2] = {{.n_usual = 0}, {.n_usual = 0}};

    CU_ASSERT_TRUE_FATAL(select_collect(value, 11, search, 2, reach));
    CU_ASSERT_TRUE_FATAL(select_collect(more, 2, search, 2, reach));
    CU_ASSERT_EQUAL(reach[0].usual, 1);
    CU_ASSERT_EQUAL(reach[0].n_usual, 3);
    CU_ASSERT_EQUAL_FATAL(reach[0].n_other, 4);
    CU_ASSERT_EQUAL(memcmp(reach[0].other, near_one, sizeof near_one), 0);
    CU_ASSERT_EQUAL(reach[1].usual, -1);
    CU_ASSERT_EQUAL(reach[1].n_usual, 1);
    CU_ASSERT_EQUAL_FATAL(reach[1].n_other, 1);
    CU_ASSERT_EQUAL(reach[1].other[0], -1.01);
    free(reach[0].other);
    free(reach[1].other);
}

/* 20,000 values in reach, of which every third is the usual one. */
static void collected_values_count_as_the_values_do(void)
{
    enum { N = 20000 };
    static double value[N];
    struct select_search one = {.prefix = select_key(1) >> 48, .pass = 1};
    const struct select_search *search[] = {&one};
    struct select_reach reach = {.n_usual = 0};
    int64_t *count = mem_array(SELECT_BUCKETS, sizeof *count);
    int64_t *expected = mem_array(SELECT_BUCKETS, sizeof *expected);

    for (size_t i = 0; i < N; i++)
        value[i] = i % 3 == 0 ? 1.03 : 1 + (double)i / N / 20;
    CU_ASSERT_TRUE_FATAL(select_collect(value, N, search, 1, &reach));
    select_count_reach(&reach, &one, count);
    select_count(value, N, &one, expected);
    CU_ASSERT_EQUAL(memcmp(count, expected, select_buckets(1) * sizeof *count), 0);
    CU_ASSERT_TRUE(reach.n_other < (size_t)N - N / 3);
    free(reach.other);
    free(count);
    free(expected);
}

static void nothing_in_reach_counts_nothing(void)
{
    static const double value[] = {3, 4};
    struct select_search one = {.prefix = select_key(1) >> 48, .pass = 1};
    const struct select_search *search[] = {&one};
    struct select_reach reach = {.n_usual = 0};
    int64_t *count = mem_array(SELECT_BUCKETS, sizeof *count), total = 0;

    CU_ASSERT_TRUE_FATAL(select_collect(value, 2, search, 1, &reach));
    select_count_reach(&reach, &one, count);
    for (size_t i = 0; i < select_buckets(1); i++)
        total += count[i];
    CU_ASSERT_EQUAL(total, 0);
    free(reach.other);
    free(count);
}

static void one_value_is_every_rank(void)
{
    static const double value[] = {-42.5};
    check_against_sort(value, 1, 1);
}

static void key_and_value_are_inverse(void)
{
    static const double value[] = {5e-324, -5e-324, DBL_MAX, -DBL_MAX, 0.1, -1e-310, 0.0};

    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
        CU_ASSERT_EQUAL(select_value(select_key(value[i])), value[i]);
    CU_ASSERT_EQUAL(select_key(-0.0), select_key(0.0));
    CU_ASSERT_TRUE(select_key(-5e-324) < select_key(0.0));
    CU_ASSERT_TRUE(select_key(0.0) < select_key(5e-324));
}

static void counts_beyond_32_bits_are_walked(void)
{
    int64_t *count = mem_array(SELECT_BUCKETS, sizeof *count);
    struct select_search search = {.rank = INT64_C(7000000000)};

    count[3] = INT64_C(6999999999);
    count[9] = 1;
    count[65535] = INT64_C(5000000000);
    select_narrow(&search, count);
    CU_ASSERT_EQUAL(search.prefix, 65535);
    CU_ASSERT_EQUAL(search.rank, 0);
    CU_ASSERT_EQUAL(search.pass, 1);
    free(count);
}

/* What numpy 1.24's percentile computes between two order statistics (numpy.lib's _lerp), in
 * hexadecimal so that no bit is lost. */
static void interpolation_is_numpys(void)
{
    static const struct {
        double a, b, t, expected;
    } fact[] = {
        {-0x1.bf635aef470b0p-4, 0x1.07172a9f029f4p+1, 0.5, 0x1.f2381f8f10cdcp-1},
        {-0x1.15bf5b345515ap-1, 0x1.258c0d27d2e56p+1, 0.5, 0x1.c0386cb57b400p-1},
        {0x1.c5999df9270f4p-2, 0x1.49cc32a72eb58p+1, 0.5, 0x1.827f666653976p+0},
        {0x1.0000000000000p+0, 0x1.0000000000000p+1, 0x1.0000000000000p-1,
         0x1.8000000000000p+0},
        {0x1.999999999999ap-4, 0x1.3333333333333p-2, 0x1.0000000000000p-1,
         0x1.999999999999ap-3},
        {0x1.999999999999ap-4, 0x1.3333333333333p-2, 0x1.fffffffffffffp-2,
         0x1.9999999999999p-3},
        {0x1.999999999999ap-4, 0x1.3333333333333p-2, 0x1.fffffffffffffp-1,
         0x1.3333333333333p-2},
        {0x1.999999999999ap-4, 0x1.6666666666666p-1, 0x0.0p+0, 0x1.999999999999ap-4},
        {-0x1.7e43c8800759cp+996, 0x1.7e43c8800759cp+996, 0x1.0000000000000p-2,
         -0x1.7e43c8800759cp+995},
        {0x1.4000000000000p+2, 0x1.4000000000000p+2, 0x1.6666666666666p-1,
         0x1.4000000000000p+2},
        {-0x1.0c5300342457cp-1, 0x1.1bce51b273196p+0, 0x1.7ad586f53dadep-2,
         0x1.477a2ba587d18p-4},
        {0x1.a9a80ef2b7250p-3, 0x1.0ae14ffb0cf4fp+1, 0x1.0c67fd3611240p-4,
         0x1.52c9e4ec97533p-2},
        {-0x1.65c4cee250614p-1, 0x1.34b047bd6614ep+0, 0x1.bc706f3b40e36p-1,
         0x1.e8b3bcf88716dp-1},
        {0x1.7bcd0b1e97240p-5, 0x1.229339ed347c1p+1, 0x1.57c33eb1be368p-1,
         0x1.8a1742b3ea322p+0},
        {-0x1.be6e8aeb98c88p-1, 0x1.671adc661f0e6p+0, 0x1.2ea49ac2bd0e3p-1,
         0x1.e3f98b57d104ep-2},
        {0x1.b68984c9c1804p-2, 0x1.9884df8db65d0p+1, 0x1.9471495d333b4p-2,
         0x1.85086c15f9deep+0},
        {0x1.59186876fb5c0p-3, 0x1.70c82d2799e0ep+1, 0x1.5d2cc33a9b555p-1,
         0x1.025ca232fd359p+1},
    };

    for (size_t i = 0; i < sizeof fact / sizeof fact[0]; i++)
        CU_ASSERT_EQUAL(select_interpolate(fact[i].a, fact[i].b, fact[i].t), fact[i].expected);
}

int main(void)
{
    static const struct fact fact[] = {
        {"awkward values are ordered as numbers", awkward_values_are_ordered},
        {"doubles of any bits are ordered as numbers", any_bits_are_ordered},
        {"ties are counted once each", many_ties_are_counted},
        {"collected values are those a search may want",
         collected_values_are_those_a_search_may_want},
        {"collected values count as the values do", collected_values_count_as_the_values_do},
        {"nothing in reach counts nothing", nothing_in_reach_counts_nothing},
        {"one value is found", one_value_is_every_rank},
        {"key and value are inverse, -0 is +0", key_and_value_are_inverse},
        {"counts beyond 32 bits are walked", counts_beyond_32_bits_are_walked},
        {"interpolation equals numpy's bits", interpolation_is_numpys},
    };
    return suite_run("select", fact, sizeof fact / sizeof fact[0]);
}
