/* classic.c on worked examples; tests/oracle compares rolling_std with pandas on long series. */
#include "classic.h"

#include "suite.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static void check_std(const double *value, size_t n, const double *expected)
{
    double std[16];

    rolling_std(value, n, 3, std);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(std[i], expected[i]);
}

/* pandas.Series(value).rolling(3, min_periods=1).std().fillna(0) in pandas 1.5.3. */
static void std_is_pandas(void)
{
    static const double residue_of_a_spike[] = {0.01, 0.02, 1000000000000000.0, 0.03, 0.01,
                                                0.02, 0.05};
    static const double residue_of_a_spike_std[] = {0,
                                                    0x1.cf68d4fff04dep-8,
                                                    0x1.068c6ada5efcep+49,
                                                    0x1.068c6ada5efcep+49,
                                                    0x1.068c6ada5efcep+49,
                                                    0x1.0000000000000p+23,
                                                    0x1.0000000000000p+23};
    static const double constant_then_not[] = {5.1, 5.1, 5.1, 5.1, 7.3, 7.3, 7.3};
    static const double constant_then_not_std[] = {
        0, 0, 0, 0, 0x1.4529e661e9e9fp+0, 0x1.4529e661e9ea0p+0, 0};
    static const double alternating_signs[] = {-1000000000.0, 1000000000.0,  -999999999.9,
                                               999999999.9,   -1000000000.0, 0.1};
    static const double alternating_signs_std[] = {0,
                                                   0x1.512cbee97e0cap+30,
                                                   0x1.134d53e966cb1p+30,
                                                   0x1.134d53e92bac2p+30,
                                                   0x1.134d53e92bac2p+30,
                                                   0x1.dcd64fff99999p+29};
    static const double tiny[] = {1e-300, 2e-300, -3e-300, 0.0, 0.0, 0.0};
    static const double tiny_std[] = {0, 0, 0, 0, 0, 0};
    static const double overflow[] = {1e+308, -1e+308, 1e+308, 1.0, 2.0, 3.0, 4.0};
    static const double overflow_std[] = {0, 0, 0, 0, 0, 0, 0};
    static const double cents[] = {1234.56, 1234.57, -99.99, 1000000.01, 1000000.01, 3.5};
    static const double cents_std[] = {0,
                                       0x1.cf68d4ffd7dddp-8,
                                       0x1.8140ba66b80d0p+9,
                                       0x1.19bfe4581dc61p+19,
                                       0x1.19f000228abc4p+19,
                                       0x1.19e88822b6061p+19};

    check_std(residue_of_a_spike, 7, residue_of_a_spike_std);
    check_std(constant_then_not, 7, constant_then_not_std);
    check_std(alternating_signs, 6, alternating_signs_std);
    check_std(tiny, 6, tiny_std);
    check_std(overflow, 7, overflow_std);
    check_std(cents, 6, cents_std);
}

static void std_of_nothing_writes_nothing(void)
{
    double std = 7;
    rolling_std(NULL, 0, 3, &std);
    CU_ASSERT_EQUAL(std, 7);
}

/* Two passes over each window, where that loses nothing. */
static void std_is_the_deviation_of_the_window(void)
{
    enum { N = 200 };
    double value[N], std[N];

    for (size_t window = 1; window <= 9; window++) {
        for (int i = 0; i < N; i++)
            value[i] = i * 37 % 101 - 50;
        rolling_std(value, N, window, std);
        for (size_t i = 0; i < N; i++) {
            size_t begin = i + 1 > window ? i + 1 - window : 0;
            double count = (double)(i + 1 - begin), mean = 0, squares = 0;
            for (size_t k = begin; k <= i; k++)
                mean += value[k] / count;
            for (size_t k = begin; k <= i; k++)
                squares += (value[k] - mean) * (value[k] - mean);
            CU_ASSERT_DOUBLE_EQUAL(std[i], count > 1 ? sqrt(squares / (count - 1)) : 0, 1e-10);
        }
    }
}

/* Rows of three accounts, out of order, with their documented features. */
static const struct row LEDGER[] = {
    {.gl = 100, .ihub = 90, .difference = 10, .date = 31, .code = {4, 5, 6, 0, 1}},
    {.gl = -7, .ihub = -7, .difference = 0, .date = ROW_NO_DATE, .code = {1, 2, 3, 0, 0}},
    {.gl = 70, .ihub = 90, .difference = -20, .date = 0, .code = {4, 5, 6, 0, 1}},
    {.gl = 160, .ihub = 90, .difference = 71, .date = 59, .code = {4, 5, 6, 0, 1}},
    {.gl = 1, .ihub = 2, .difference = -1, .date = 10, .code = {1, 2, 4, 0, 1}},
    {.gl = -5, .ihub = -8, .difference = 3, .date = 40, .code = {1, 2, 3, 0, 1}},
};
enum { N_LEDGER = sizeof LEDGER / sizeof LEDGER[0] };

static void features_are_as_documented(void)
{
    /* In group order: rows 2 0 3, then 5 1, then 4. */
    static const double expected[N_CLASSIC][N_LEDGER] = {
        [FEATURE_COMPANY] = {4, 4, 4, 1, 1, 1},
        [FEATURE_ACCOUNT] = {5, 5, 5, 2, 2, 2},
        [FEATURE_AU] = {6, 6, 6, 3, 3, 4},
        [FEATURE_DAYS_SINCE_LAST] = {0, 31, 28, 0, 0, 0},
        [FEATURE_GL_BALANCE] = {70, 100, 160, -5, -7, 1},
        [FEATURE_IHUB_BALANCE] = {90, 90, 90, -8, -7, 2},
        [FEATURE_BALANCE_DIFFERENCE] = {-20, 10, 71, 3, 0, -1},
        [FEATURE_GL_CHANGE] = {0, 30, 60, 0, -2, 0},
        [FEATURE_IHUB_CHANGE] = {0, 0, 0, 0, 1, 0},
        [FEATURE_DIFF_CHANGE] = {0, 30, 61, 0, -3, 0},
        /* Squares of 30 about 85: 450; of 70, 100, 160 about 110: 4200 / 2. */
        [FEATURE_GL_STD] = {0, 21.213203435596427, 45.825756949558397, 0, 1.4142135623730951,
                            0},
        [FEATURE_IHUB_STD] = {0, 0, 0, 0, 0.70710678118654757, 0},
    };
    double value[N_CLASSIC][N_LEDGER], *column[N_CLASSIC];
    struct groups groups = {0};
    struct error err;

    for (int f = 0; f < N_CLASSIC; f++)
        column[f] = value[f];
    CU_ASSERT_EQUAL_FATAL(groups_build(LEDGER, N_LEDGER, KEY_CLASSIC, &groups, &err),
                          STATUS_OK);
    features_classic(LEDGER, &groups, column);
    for (int f = 0; f < N_CLASSIC; f++)
        for (int k = 0; k < N_LEDGER; k++)
            CU_ASSERT_DOUBLE_EQUAL(value[f][k], expected[f][k], 1e-13);
    groups_free(&groups);
}

static void either_half_is_the_same_without_the_other(void)
{
    double whole[N_CLASSIC][N_LEDGER], half[N_CLASSIC][N_LEDGER] = {{0}};
    double *all[N_CLASSIC], *balances[N_CLASSIC], *others[N_CLASSIC];
    struct groups groups;
    struct error err;

    for (int f = 0; f < N_CLASSIC; f++) {
        all[f] = whole[f];
        balances[f] = CLASSIC_BALANCES >> f & 1 ? half[f] : NULL;
        others[f] = CLASSIC_OTHERS >> f & 1 ? half[f] : NULL;
    }
    CU_ASSERT_EQUAL_FATAL(groups_build(LEDGER, N_LEDGER, KEY_CLASSIC, &groups, &err),
                          STATUS_OK);
    features_classic(LEDGER, &groups, all);
    features_classic(LEDGER, &groups, balances);
    features_classic(LEDGER, &groups, others);
    CU_ASSERT_EQUAL(memcmp(whole, half, sizeof whole), 0);
    groups_free(&groups);
}

static void days_are_whole_beyond_31_bits(void)
{
    static const struct row row[] = {{.date = INT32_MIN}, {.date = INT32_MAX - 1}};
    double value[N_CLASSIC][2], *column[N_CLASSIC];
    struct groups groups = {0};
    struct error err;

    for (int f = 0; f < N_CLASSIC; f++)
        column[f] = value[f];
    CU_ASSERT_EQUAL_FATAL(groups_build(row, 2, KEY_CLASSIC, &groups, &err), STATUS_OK);
    features_classic(row, &groups, column);
    CU_ASSERT_EQUAL(value[FEATURE_DAYS_SINCE_LAST][1], 4294967294.0);
    groups_free(&groups);
}

static void no_rows_have_no_features(void)
{
    double *column[N_CLASSIC] = {NULL};
    struct groups groups = {0};
    struct error err;

    CU_ASSERT_EQUAL_FATAL(groups_build(NULL, 0, KEY_CLASSIC, &groups, &err), STATUS_OK);
    features_classic(NULL, &groups, column);
    groups_free(&groups);
}

/* A checksum of all features of made-up rows. */
static uint64_t features_checksum(size_t n)
{
    struct row *row = calloc(n, sizeof *row);
    double *column[N_CLASSIC];
    struct groups groups = {0};
    struct error err;
    uint64_t sum = 0, bits;

    for (size_t i = 0; i < n; i++) {
        row[i].code[CODE_ACCOUNT] = (uint32_t)(i * 7919 % 1009);
        row[i].date = (int32_t)(i % 97);
        row[i].gl = (double)(i * 31 % 10007) / 7;
        row[i].ihub = (double)(i * 37 % 10007) / 3;
        row[i].difference = row[i].gl - row[i].ihub;
    }
    for (int f = 0; f < N_CLASSIC; f++)
        column[f] = calloc(n, sizeof(double));
    CU_ASSERT_EQUAL_FATAL(groups_build(row, n, KEY_CLASSIC, &groups, &err), STATUS_OK);
    features_classic(row, &groups, column);
    for (int f = 0; f < N_CLASSIC; f++) {
        for (size_t k = 0; k < n; k++) {
            memcpy(&bits, &column[f][k], sizeof bits);
            sum = (sum ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
        }
        free(column[f]);
    }
    groups_free(&groups);
    free(row);
    return sum;
}

static void threads_change_no_bit(void)
{
    int before = omp_get_max_threads();

    omp_set_num_threads(1);
    uint64_t alone = features_checksum(50000);
    omp_set_num_threads(4);
    CU_ASSERT_EQUAL(features_checksum(50000), alone);
    omp_set_num_threads(before);
}

static void every_feature_has_a_label(void)
{
    for (int f = 0; f < N_CLASSIC; f++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(CLASSIC_LABEL[f].name);
        CU_ASSERT_PTR_NOT_NULL(CLASSIC_LABEL[f].unit);
        CU_ASSERT_PTR_NOT_NULL(CLASSIC_LABEL[f].meaning);
        for (int g = 0; g < f; g++)
            CU_ASSERT_STRING_NOT_EQUAL(CLASSIC_LABEL[f].name, CLASSIC_LABEL[g].name);
    }
}

int main(void)
{
    static const struct fact fact[] = {
        {"the rolling deviation has pandas' bits", std_is_pandas},
        {"the deviation of nothing writes nothing", std_of_nothing_writes_nothing},
        {"the rolling deviation is that of the window", std_is_the_deviation_of_the_window},
        {"the features are as documented", features_are_as_documented},
        {"either half is the same without the other",
         either_half_is_the_same_without_the_other},
        {"days are whole beyond 31 bits", days_are_whole_beyond_31_bits},
        {"no rows have no features", no_rows_have_no_features},
        {"the number of threads changes no bit", threads_change_no_bit},
        {"every feature has a label of its own", every_feature_has_a_label},
    };
    return suite_run("classic", fact, sizeof fact / sizeof fact[0]);
}
