/* Quantiles against sorting the whole column, which every rank can make up for itself. The
 * constants were printed by numpy 1.24: percentile and sklearn's RobustScaler. */
#include "mem.h"
#include "mpi_suite.h"
#include "part.h"
#include "quantiles.h"

#include <math.h>
#include <stdlib.h>

/* A column with ties, both zeros, tiny and huge values. */
static double made_up(int64_t i)
{
    uint64_t x = (uint64_t)i * 0x9e3779b97f4a7c15u;

    x ^= x >> 29;
    switch (x % 7) {
    case 0:
        return 0.0;
    case 1:
        return -0.0;
    case 2:
        return (double)(x % 11) - 5;
    case 3:
        return ldexp((double)(x % 1000), -1040);
    case 4:
        return -ldexp((double)(x % 1000), 900);
    default:
        return (double)(x % 100003) / 7 - 3000;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* This rank's part of the n values and the whole, sorted. */
static void make_column(int64_t n, double **mine, size_t *n_mine, double **sorted)
{
    const struct run *run = mpi_suite_ranks();
    int64_t begin = part_begin(n, run->n_rank, run->rank);

    *n_mine = (size_t)(part_begin(n, run->n_rank, run->rank + 1) - begin);
    *mine = mem_array(*n_mine, sizeof **mine);
    *sorted = mem_array((size_t)n, sizeof **sorted);
    for (int64_t i = 0; i < n; i++)
        (*sorted)[i] = made_up(i);
    for (size_t i = 0; i < *n_mine; i++)
        (*mine)[i] = made_up(begin + (int64_t)i);
    qsort(*sorted, (size_t)n, sizeof **sorted, compare);
}

static void order_statistics_are_those_of_the_sorted_column(void)
{
    static const int64_t size[] = {1, 2, 3, 4, 5, 17, 1000, 20011};

    for (size_t s = 0; s < sizeof size / sizeof size[0]; s++) {
        double *mine, *sorted, found[3];
        size_t n_mine;
        struct error err = {0};
        int64_t wanted[3] = {0, size[s] / 3, size[s] - 1};
        make_column(size[s], &mine, &n_mine, &sorted);
        const double *column[1] = {mine};
        CU_ASSERT_EQUAL(
            quantiles_select(mpi_suite_ranks(), column, 1, n_mine, wanted, 3, found, &err),
            STATUS_OK);
        for (int w = 0; w < 3; w++)
            CU_ASSERT_EQUAL(found[w], sorted[wanted[w]]);
        free(mine);
        free(sorted);
    }
}

static void columns_are_selected_side_by_side(void)
{
    double *mine, *sorted, found[4], *twice;
    size_t n_mine;
    struct error err = {0};
    int64_t wanted[2] = {100, 4000};

    make_column(5003, &mine, &n_mine, &sorted);
    twice = mem_array(n_mine, sizeof *twice);
    for (size_t i = 0; i < n_mine; i++)
        twice[i] = 2 * mine[i];
    const double *column[2] = {mine, twice};
    CU_ASSERT_EQUAL(
        quantiles_select(mpi_suite_ranks(), column, 2, n_mine, wanted, 2, found, &err),
        STATUS_OK);
    for (int w = 0; w < 2; w++) {
        CU_ASSERT_EQUAL(found[w], sorted[wanted[w]]);
        CU_ASSERT_EQUAL(found[2 + w], 2 * sorted[wanted[w]]);
    }
    free(mine);
    free(twice);
    free(sorted);
}

/* Gives rank 0 all of v. */
static const double *on_rank_0(const double *v, size_t n, size_t *n_mine)
{
    *n_mine = mpi_suite_ranks()->rank == 0 ? n : 0;
    return v;
}

static void percentiles_interpolate_as_numpy_does(void)
{
    static const double v[] = {3.5, -1.25, 10, 0.1, 7};
    static const double q[] = {0, 10, 25, 50, 62.5, 90, 100};
    static const double numpy[] = {-1.25, -0.71, 0.1, 3.5, 5.25, 8.8, 10};
    size_t n_mine;
    const double *column[1] = {on_rank_0(v, 5, &n_mine)};
    struct error err = {0};

    for (size_t i = 0; i < sizeof q / sizeof q[0]; i++) {
        double found = NAN;
        CU_ASSERT_EQUAL(
            quantiles_percentile(mpi_suite_ranks(), column, 1, n_mine, 5, q[i], &found, &err),
            STATUS_OK);
        CU_ASSERT_DOUBLE_EQUAL(found, numpy[i], 1e-15);
    }
}

static void robust_centre_and_spread_are_the_scalers(void)
{
    static const double v[] = {3.5, -1.25, 10, 0.1, 7, 8};
    double center, scale;
    size_t n_mine;
    const double *column[1] = {on_rank_0(v, 6, &n_mine)};
    struct error err = {0};

    CU_ASSERT_EQUAL(
        quantiles_robust(mpi_suite_ranks(), column, 1, n_mine, 6, &center, &scale, &err),
        STATUS_OK);
    CU_ASSERT_EQUAL(center, 5.25);
    CU_ASSERT_EQUAL(scale, 6.8);
}

static void a_column_without_spread_has_scale_1(void)
{
    static const double v[] = {4, 4, 4};
    double center, scale;
    size_t n_mine;
    const double *column[1] = {on_rank_0(v, 3, &n_mine)};
    struct error err = {0};

    CU_ASSERT_EQUAL(
        quantiles_robust(mpi_suite_ranks(), column, 1, n_mine, 3, &center, &scale, &err),
        STATUS_OK);
    CU_ASSERT_EQUAL(center, 4);
    CU_ASSERT_EQUAL(scale, 1);
}

int main(void)
{
    static const struct fact facts[] = {
        {"order statistics are those of the sorted column",
         order_statistics_are_those_of_the_sorted_column},
        {"columns are selected side by side", columns_are_selected_side_by_side},
        {"percentiles interpolate as numpy does", percentiles_interpolate_as_numpy_does},
        {"robust centre and spread are the scaler's", robust_centre_and_spread_are_the_scalers},
        {"a column without spread has scale 1", a_column_without_spread_has_scale_1},
    };

    return mpi_suite_run("quantiles", facts, sizeof facts / sizeof facts[0]);
}
