/* Rows to scaled features: groups, patterns, features, contamination, centre and spread. Everything that
 * needs all ranks is an exact sum, a count or an exact quantile, so the layout cannot show. */
#include "prepare.h"

#include "contamination.h"
#include "exact_sum.h"
#include "mem.h"
#include "part.h"
#include "patterns.h"
#include "quantiles.h"

#include <math.h>
#include <stdlib.h>

/* ---- contamination ------------------------------------------------------------------------- */

/* Exact sums of this rank's threads, one each. */
static double sum_over_all(const struct run *run, struct exact_sum *part)
{
    for (int t = 1; t < run->n_thread; t++)
        exact_sum_merge(&part[0], &part[t]);
    exact_sum_normalise(&part[0]);
    MPI_Allreduce(MPI_IN_PLACE, part[0].word, EXACT_SUM_WORDS, MPI_INT64_T, MPI_SUM, run->comm);
    return exact_sum_round(&part[0]);
}

static enum status estimate_contamination(const struct run *run, const struct encoded *rows,
                                          int64_t n_all, double *share, struct error *err)
{
    int n_part = run->n_thread;
    const struct row *row = rows->row;
    int64_t n = (int64_t)rows->n_row, n_beyond = 0;
    struct exact_sum *amount = mem_array((size_t)n_part, sizeof *amount);
    struct exact_sum *square = mem_array((size_t)n_part, sizeof *square);
    enum status st = STATUS_OK;

    if (amount == NULL || square == NULL)
        st = error_no_memory(err, "the sum of the differences");
    TRY(run_agree(run, st, err));
#pragma omp parallel for default(none) shared(n_part, row, n, amount) schedule(static, 1)
    for (int p = 0; p < n_part; p++) {
        int64_t begin = part_begin(n, n_part, p), end = part_begin(n, n_part, p + 1);
        contamination_add_amounts(row + begin, (size_t)(end - begin), &amount[p]);
    }
    double mean = sum_over_all(run, amount) / (double)n_all;
#pragma omp parallel for default(none) shared(n_part, row, n, square, mean) schedule(static, 1)
    for (int p = 0; p < n_part; p++) {
        int64_t begin = part_begin(n, n_part, p), end = part_begin(n, n_part, p + 1);
        contamination_add_squares(row + begin, (size_t)(end - begin), mean, &square[p]);
    }
    double threshold = contamination_threshold(mean, sum_over_all(run, square), n_all);
    n_beyond = contamination_count(row, rows->n_row, threshold);
    MPI_Allreduce(MPI_IN_PLACE, &n_beyond, 1, MPI_INT64_T, MPI_SUM, run->comm);
    *share = contamination_share(n_beyond, n_all);
done:
    free(amount);
    free(square);
    return st;
}

/* ---- features ------------------------------------------------------------------------------ */

double **columns_create(size_t n_column, size_t n_row)
{
    double **column = mem_array(n_column, sizeof *column);

    for (size_t c = 0; column != NULL && c < n_column; c++) {
        column[c] = mem_array(n_row, sizeof **column);
        if (column[c] == NULL) {
            columns_free(column, n_column);
            return NULL;
        }
    }
    return column;
}

void columns_free(double **column, size_t n_column)
{
    for (size_t c = 0; column != NULL && c < n_column; c++)
        free(column[c]);
    free(column);
}

/* (value - centre) / spread in double, rounded once to float: what scikit-learn's trees see. */
static float *scale_column(const double *value, size_t n, double center, double scale)
{
    float *x = mem_array(n, sizeof *x);

    if (x == NULL)
        return NULL;
#pragma omp parallel for default(none) shared(x, value, n, center, scale) schedule(static)
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((value[i] - center) / scale);
    return x;
}

static enum status prepared_allocate(size_t n_feature, struct prepared *out, struct error *err)
{
    out->n_feature = n_feature;
    out->x = mem_array(n_feature, sizeof *out->x);
    out->center = mem_array(n_feature, sizeof *out->center);
    out->scale = mem_array(n_feature, sizeof *out->scale);
    if (out->x == NULL || out->center == NULL || out->scale == NULL)
        return error_no_memory(err, "the features");
    return STATUS_OK;
}

enum status prepare_rows(const struct run *run, const struct encoded *rows, int64_t n_all,
                         const struct profile *profile, unsigned key, double contamination,
                         double tolerance, struct prepared *out, struct error *err)
{
    struct prepared made = {.contamination = contamination};
    size_t p = profile->n_feature;
    double **column = NULL;
    enum status st = STATUS_OK;

    if (contamination == 0 && !profile->share_from_departures)
        TRY(estimate_contamination(run, rows, n_all, &made.contamination, err));
    st = prepared_allocate(p, &made, err);
    if (st == STATUS_OK)
        st = groups_build(rows->row, rows->n_row, key, &made.groups, err);
    if (st == STATUS_OK && (made.pattern = mem_array(rows->n_row, 1)) == NULL)
        st = error_no_memory(err, "the patterns");
    if (st == STATUS_OK)
        st = patterns_find(rows->row, &made.groups, tolerance, made.pattern, err);
    if (st == STATUS_OK && (column = columns_create(p, rows->n_row)) == NULL)
        st = error_no_memory(err, "the features");
    TRY(run_agree(run, st, err));
    int64_t n_depart = (int64_t)profile->features(rows->row, &made.groups, tolerance, column);
    MPI_Allreduce(MPI_IN_PLACE, &n_depart, 1, MPI_INT64_T, MPI_SUM, run->comm);
    if (contamination == 0 && profile->share_from_departures)
        made.contamination = fmin((double)n_depart / (double)n_all, CONTAMINATION_MOST);
    TRY(quantiles_robust(run, (const double *const *)column, p, rows->n_row, n_all, made.center,
                         made.scale, err));
    for (size_t f = 0; f < p && st == STATUS_OK; f++) {
        made.x[f] = scale_column(column[f], rows->n_row, made.center[f], made.scale[f]);
        if (made.x[f] == NULL)
            st = error_no_memory(err, "the scaled features");
        free(column[f]); /* so that no feature is held twice for longer than its turn */
        column[f] = NULL;
    }
    TRY(run_agree(run, st, err));
    *out = made;
    made = (struct prepared){0};
done:
    columns_free(column, p);
    prepared_free(&made);
    return st;
}

void prepared_free(struct prepared *prepared)
{
    groups_free(&prepared->groups);
    for (size_t f = 0; prepared->x != NULL && f < prepared->n_feature; f++)
        free(prepared->x[f]);
    free(prepared->x);
    free(prepared->center);
    free(prepared->scale);
    free(prepared->pattern);
    *prepared = (struct prepared){0};
}
