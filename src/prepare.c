/* Rows to scaled features: groups, patterns, features, contamination, centre and spread.
 * Everything that needs all ranks is an exact sum, a count or an exact quantile, so the layout
 * cannot show. Features are wanted as doubles for the quantiles and as floats by the forest; a
 * profile with many goes through in batches, so that only a part of them lies there as doubles. */
#include "prepare.h"

#include "contamination.h"
#include "exact_sum.h"
#include "mem.h"
#include "part.h"
#include "patterns.h"
#include "quantiles.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 512,       /* values scaled at a time */
    MOST_FEATURES = 32 /* bits of a set */
};

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

/* (value - centre) / spread in double, rounded once to float: what scikit-learn's trees see. The
 * floats take the place of the doubles, so that no feature is held twice. */
static float *scale_column(double *value, size_t n, double center, double scale)
{
    char *out = (char *)value;
    float x[BLOCK];

    for (size_t begin = 0; begin < n; begin += BLOCK) {
        size_t n_block = n - begin < BLOCK ? n - begin : BLOCK;
        for (size_t i = 0; i < n_block; i++)
            x[i] = (float)((value[begin + i] - center) / scale);
        memcpy(out + begin * sizeof *x, x, n_block * sizeof *x); /* behind what is read next */
    }
    void *smaller = mem_resize(value, n, sizeof *x);
    return smaller != NULL ? smaller : (void *)value;
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

/* Features that are computed and scaled together. */
struct batch {
    size_t n;
    size_t feature[MOST_FEATURES];      /* [n] which they are */
    double *column[MOST_FEATURES];      /* [n_feature][n_row] NULL for those of other batches */
    const double *value[MOST_FEATURES]; /* [n] the columns that are there */
    double center[MOST_FEATURES], scale[MOST_FEATURES]; /* [n] */
};

static bool batch_allocate(unsigned set, size_t n_feature, size_t n_row, struct batch *batch)
{
    assert(n_feature <= MOST_FEATURES);
    for (size_t f = 0; f < n_feature; f++) {
        if (!(set >> f & 1))
            continue;
        batch->column[f] = mem_array(n_row, sizeof *batch->column[f]);
        if (batch->column[f] == NULL)
            return false;
        batch->feature[batch->n] = f;
        batch->value[batch->n++] = batch->column[f];
    }
    return true;
}

/* The columns become the scaled features, which take them over. */
static void batch_scale(struct batch *batch, size_t n_row, struct prepared *made)
{
#pragma omp parallel for default(none) shared(batch, n_row, made) schedule(dynamic, 1)
    for (size_t i = 0; i < batch->n; i++) {
        size_t f = batch->feature[i];
        made->center[f] = batch->center[i];
        made->scale[f] = batch->scale[i];
        made->x[f] = scale_column(batch->column[f], n_row, made->center[f], made->scale[f]);
        batch->column[f] = NULL;
    }
}

/* The features of a set, from rows to their scaled form. Adds to *n_depart. All ranks. */
static enum status prepare_batch(const struct run *run, const struct encoded *rows,
                                 int64_t n_all, const struct profile *profile, unsigned set,
                                 double tolerance, struct prepared *made, int64_t *n_depart,
                                 struct error *err)
{
    struct batch batch = {.n = 0};
    enum status st = STATUS_OK;

    if (!batch_allocate(set, profile->n_feature, rows->n_row, &batch))
        st = error_no_memory(err, "the features");
    TRY(run_agree(run, st, err));
    *n_depart += (int64_t)profile->features(rows->row, &made->groups, tolerance, batch.column);
    TRY(quantiles_robust(run, batch.value, batch.n, rows->n_row, n_all, batch.center,
                         batch.scale, err));
    batch_scale(&batch, rows->n_row, made);
done:
    for (size_t f = 0; f < MOST_FEATURES; f++)
        free(batch.column[f]);
    return st;
}

enum status prepare_rows(const struct run *run, const struct encoded *rows, int64_t n_all,
                         const struct profile *profile, unsigned key, double contamination,
                         double tolerance, struct prepared *out, struct error *err)
{
    struct prepared made = {.contamination = contamination};
    int64_t n_depart = 0;
    enum status st = STATUS_OK;

    if (contamination == 0 && !profile->share_from_departures)
        TRY(estimate_contamination(run, rows, n_all, &made.contamination, err));
    st = prepared_allocate(profile->n_feature, &made, err);
    if (st == STATUS_OK)
        st = groups_build(rows->row, rows->n_row, key, &made.groups, err);
    if (st == STATUS_OK && (made.pattern = mem_array(rows->n_row, 1)) == NULL)
        st = error_no_memory(err, "the patterns");
    if (st == STATUS_OK)
        st = patterns_find(rows->row, &made.groups, tolerance, made.pattern, err);
    TRY(run_agree(run, st, err));
    for (const unsigned *set = profile->batch; *set != 0; set++)
        TRY(prepare_batch(run, rows, n_all, profile, *set, tolerance, &made, &n_depart, err));
    MPI_Allreduce(MPI_IN_PLACE, &n_depart, 1, MPI_INT64_T, MPI_SUM, run->comm);
    if (contamination == 0 && profile->share_from_departures)
        made.contamination = fmin((double)n_depart / (double)n_all, CONTAMINATION_MOST);
    *out = made;
    made = (struct prepared){0};
done:
    prepared_free(&made);
    return st;
}

void prepared_drop_features(struct prepared *prepared)
{
    for (size_t f = 0; prepared->x != NULL && f < prepared->n_feature; f++)
        free(prepared->x[f]);
    free(prepared->x);
    prepared->x = NULL;
}

void prepared_free(struct prepared *prepared)
{
    groups_free(&prepared->groups);
    prepared_drop_features(prepared);
    free(prepared->center);
    free(prepared->scale);
    free(prepared->pattern);
    *prepared = (struct prepared){0};
}
