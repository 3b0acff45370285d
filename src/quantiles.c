/* Exact quantiles over ranks, by counting digits. The first pass goes over all values, one table
 * of counts a column. It leaves each search with the values of one bucket: if those are all the
 * same, as zeros often are, the search is over, otherwise they are copied, and the later passes
 * see only these few. Ranks add up tables of a fixed size, whatever the number of values. */
#include "quantiles.h"

#include "mem.h"
#include "select.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* All searches of one call; those of a column are adjacent. */
struct selection {
    const double *const *column;
    size_t n_column, n, n_wanted;
    struct select_search *search; /* [n_column * n_wanted] */
    int64_t *count;               /* the tables of one pass */
    uint64_t *low, *not_high;     /* [n_column * n_wanted] lowest key in reach, inverse of the
                                     highest: adjacent, so that one MIN over ranks does both */
    size_t *n_reach;              /* [n_column * n_wanted] values in reach on this rank */
    double **kept;                /* [n_column] values that the later passes look at */
    size_t *n_kept;
};

static void selection_free(struct selection *s)
{
    free(s->search);
    free(s->count);
    free(s->low);
    free(s->n_reach);
    for (size_t c = 0; s->kept != NULL && c < s->n_column; c++)
        free(s->kept[c]);
    free(s->kept);
    free(s->n_kept);
}

static enum status selection_prepare(struct selection *s, const int64_t *wanted,
                                     struct error *err)
{
    size_t n_search = s->n_column * s->n_wanted;
    size_t first = s->n_column * select_buckets(0), next = n_search * select_buckets(1);

    s->search = mem_array(n_search, sizeof *s->search);
    s->count = mem_array(first > next ? first : next, sizeof *s->count);
    s->low = mem_array(2 * n_search, sizeof *s->low);
    s->n_reach = mem_array(n_search, sizeof *s->n_reach);
    s->kept = mem_array(s->n_column, sizeof *s->kept);
    s->n_kept = mem_array(s->n_column, sizeof *s->n_kept);
    if (!s->search || !s->count || !s->low || !s->n_reach || !s->kept || !s->n_kept)
        return error_no_memory(err, "the counts of the quantiles");
    s->not_high = s->low + n_search;
    for (size_t i = 0; i < n_search; i++)
        s->search[i].rank = wanted[i % s->n_wanted];
    return STATUS_OK;
}

/* The first search of i's column with the same digits as search i: it counts for all of them. */
static size_t counts_for(const struct selection *s, size_t i)
{
    size_t first = i - i % s->n_wanted;

    while (s->search[first].prefix != s->search[i].prefix ||
           s->search[first].pass != s->search[i].pass)
        first++;
    return first;
}

static void count_first_digits(const struct run *run, struct selection *s)
{
    size_t n_bucket = select_buckets(0);

#pragma omp parallel for default(none) shared(s, n_bucket) schedule(dynamic, 1)
    for (size_t c = 0; c < s->n_column; c++)
        select_count(s->column[c], s->n, &s->search[c * s->n_wanted], s->count + c * n_bucket);
    for (size_t c = 0; c < s->n_column; c++)
        MPI_Allreduce(MPI_IN_PLACE, s->count + c * n_bucket, (int)n_bucket, MPI_INT64_T,
                      MPI_SUM, run->comm);
    for (size_t i = 0; i < s->n_column * s->n_wanted; i++)
        select_narrow(&s->search[i], s->count + i / s->n_wanted * n_bucket);
}

/* Ends the searches with a single value in reach. */
static void finish_single_values(const struct run *run, struct selection *s)
{
    size_t n_search = s->n_column * s->n_wanted;

#pragma omp parallel for default(none) shared(s, n_search) schedule(dynamic, 1)
    for (size_t i = 0; i < n_search; i++) {
        uint64_t high = 0;
        s->low[i] = UINT64_MAX;
        if (counts_for(s, i) == i)
            s->n_reach[i] = select_extent(s->column[i / s->n_wanted], s->n, &s->search[i],
                                          &s->low[i], &high);
        s->not_high[i] = ~high;
    }
    MPI_Allreduce(MPI_IN_PLACE, s->low, (int)(2 * n_search), MPI_UINT64_T, MPI_MIN, run->comm);
    for (size_t i = n_search; i-- > 0;) { /* from the back: the first ones count for others */
        size_t of = counts_for(s, i);
        if (s->low[of] == ~s->not_high[of])
            select_finish(&s->search[i], s->low[of]);
    }
}

/* Copies each column's values that are in reach of an unfinished search. */
static enum status keep_values(struct selection *s, struct error *err)
{
    enum { WANTED_MAX = 8 };
    bool failed = false;

    assert(s->n_wanted <= WANTED_MAX);
#pragma omp parallel for default(none) shared(s) schedule(dynamic, 1) reduction(|| : failed)
    for (size_t c = 0; c < s->n_column; c++) {
        const struct select_search *open[WANTED_MAX];
        size_t n_open = 0, n_value = 0;
        for (size_t i = c * s->n_wanted; i < (c + 1) * s->n_wanted; i++)
            if (s->search[i].pass < SELECT_PASSES && counts_for(s, i) == i) {
                open[n_open++] = &s->search[i];
                n_value += s->n_reach[i];
            }
        s->kept[c] = mem_array(n_value + 1, sizeof **s->kept);
        failed = failed || s->kept[c] == NULL;
        if (s->kept[c] != NULL)
            s->n_kept[c] = select_keep(s->column[c], s->n, open, n_open, s->kept[c]);
    }
    return failed ? error_no_memory(err, "the values near the quantiles") : STATUS_OK;
}

/* One later pass; the table of a search that counts for others is its own number's. */
static void count_next_digits(const struct run *run, struct selection *s, int pass)
{
    size_t n_search = s->n_column * s->n_wanted, n_bucket = select_buckets(pass);

    memset(s->count, 0, n_search * n_bucket * sizeof *s->count);
#pragma omp parallel for default(none) shared(s, n_search, n_bucket, pass) schedule(dynamic, 1)
    for (size_t i = 0; i < n_search; i++)
        if (s->search[i].pass == pass && counts_for(s, i) == i)
            select_count(s->kept[i / s->n_wanted], s->n_kept[i / s->n_wanted], &s->search[i],
                         s->count + i * n_bucket);
    MPI_Allreduce(MPI_IN_PLACE, s->count, (int)(n_search * n_bucket), MPI_INT64_T, MPI_SUM,
                  run->comm);
    for (size_t i = n_search; i-- > 0;)
        if (s->search[i].pass == pass)
            select_narrow(&s->search[i], s->count + counts_for(s, i) * n_bucket);
}

enum status quantiles_select(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, const int64_t *wanted, size_t n_wanted,
                             double *value, struct error *err)
{
    struct selection s = {.column = column, .n_column = n_column, .n = n, .n_wanted = n_wanted};
    enum status st = STATUS_OK;

    TRY(run_agree(run, selection_prepare(&s, wanted, err), err));
    count_first_digits(run, &s);
    finish_single_values(run, &s);
    TRY(run_agree(run, keep_values(&s, err), err));
    for (int pass = 1; pass < SELECT_PASSES; pass++)
        count_next_digits(run, &s, pass);
    for (size_t i = 0; i < n_column * n_wanted; i++)
        value[i] = select_value(s.search[i].prefix);
done:
    selection_free(&s);
    return st;
}

enum status quantiles_percentile(const struct run *run, const double *const *column,
                                 size_t n_column, size_t n, int64_t n_all, double q,
                                 double *value, struct error *err)
{
    struct select_position p = select_percentile(q, n_all);
    int64_t wanted[2] = {p.below, p.above};
    double *found = mem_array(2 * n_column, sizeof *found);
    enum status st = found == NULL ? error_no_memory(err, "quantiles") : STATUS_OK;

    TRY(run_agree(run, st, err));
    TRY(quantiles_select(run, column, n_column, n, wanted, 2, found, err));
    for (size_t c = 0; c < n_column; c++)
        value[c] = select_interpolate(found[2 * c], found[2 * c + 1], p.fraction);
done:
    free(found);
    return st;
}

enum status quantiles_robust(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, int64_t n_all, double *center,
                             double *scale, struct error *err)
{
    struct select_position low = select_percentile(25, n_all),
                           high = select_percentile(75, n_all);
    int64_t wanted[6] = {low.below, low.above,  (n_all - 1) / 2,
                         n_all / 2, high.below, high.above};
    double *found = mem_array(6 * n_column, sizeof *found);
    enum status st = found == NULL ? error_no_memory(err, "quantiles") : STATUS_OK;

    TRY(run_agree(run, st, err));
    TRY(quantiles_select(run, column, n_column, n, wanted, 6, found, err));
    for (size_t c = 0; c < n_column; c++) {
        const double *v = found + 6 * c;
        double spread = select_interpolate(v[4], v[5], high.fraction) -
                        select_interpolate(v[0], v[1], low.fraction);
        center[c] = (v[2] + v[3]) / 2;
        scale[c] = spread < 10 * DBL_EPSILON ? 1 : spread;
    }
done:
    free(found);
    return st;
}
