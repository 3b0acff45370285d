/* Exact quantiles over ranks, by counting digits. The first pass goes over all values, one table
 * of counts a column. It leaves each search with the values of one bucket; these are collected,
 * and the later passes see only those few. Ranks add up tables of a fixed size, whatever the
 * number of values. Threads share the columns, or, where these are fewer, parts of them. */
#include "quantiles.h"

#include "mem.h"
#include "part.h"
#include "select.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WANTED_MAX = 8 }; /* searches in a column */

/* All searches of one call; those of a column are adjacent, and so are its parts. */
struct selection {
    const double *const *column;
    size_t n_column, n, n_wanted;
    size_t n_part;                /* of each column */
    struct select_search *search; /* [n_column * n_wanted] */
    size_t *from;   /* [n_column * n_wanted] the search whose reach has its values */
    int64_t *count; /* the tables of one pass */
    struct select_reach *reach; /* [n_column * n_part][n_wanted] */
};

static void selection_free(struct selection *s)
{
    free(s->search);
    free(s->from);
    free(s->count);
    for (size_t i = 0; s->reach != NULL && i < s->n_column * s->n_part * s->n_wanted; i++)
        free(s->reach[i].other);
    free(s->reach);
}

static enum status selection_prepare(struct selection *s, const int64_t *wanted,
                                     struct error *err)
{
    size_t n_search = s->n_column * s->n_wanted, n_piece = s->n_column * s->n_part;
    size_t first = n_piece * select_buckets(0), next = n_search * select_buckets(1);

    s->search = mem_array(n_search, sizeof *s->search);
    s->from = mem_array(n_search, sizeof *s->from);
    s->count = mem_array(first > next ? first : next, sizeof *s->count);
    s->reach = mem_array(n_piece * s->n_wanted, sizeof *s->reach);
    if (!s->search || !s->from || !s->count || !s->reach)
        return error_no_memory(err, "the counts of the quantiles");
    for (size_t i = 0; i < n_search; i++)
        s->search[i].rank = wanted[i % s->n_wanted];
    return STATUS_OK;
}

/* Piece i: the values of part i % n_part of column i / n_part. */
static const double *piece(const struct selection *s, size_t i, size_t *n)
{
    int64_t n_part = (int64_t)s->n_part, part = (int64_t)(i % s->n_part);
    int64_t begin = part_begin((int64_t)s->n, n_part, part);

    *n = (size_t)(part_begin((int64_t)s->n, n_part, part + 1) - begin);
    return s->column[i / s->n_part] + begin;
}

/* The first search of i's column with the same digits as search i: it counts for all of them. */
static size_t counts_for(const struct selection *s, size_t i)
{
    size_t first = i - i % s->n_wanted;

    while (s->search[first].prefix != s->search[i].prefix)
        first++;
    return first;
}

static void count_first_digits(const struct run *run, struct selection *s)
{
    size_t n_bucket = select_buckets(0), n_piece = s->n_column * s->n_part;

#pragma omp parallel for default(none) shared(s, n_bucket, n_piece) schedule(dynamic, 1)
    for (size_t i = 0; i < n_piece; i++) {
        size_t n = 0;
        const double *value = piece(s, i, &n);
        select_count(value, n, &s->search[i / s->n_part * s->n_wanted],
                     s->count + i * n_bucket);
    }
    for (size_t c = 0; c < s->n_column; c++) {
        int64_t *count = s->count + c * s->n_part * n_bucket;
        for (size_t i = n_bucket; i < s->n_part * n_bucket; i++)
            count[i % n_bucket] += count[i];
        MPI_Allreduce(MPI_IN_PLACE, count, (int)n_bucket, MPI_INT64_T, MPI_SUM, run->comm);
        for (size_t i = c * s->n_wanted; i < (c + 1) * s->n_wanted; i++)
            select_narrow(&s->search[i], count);
    }
}

/* Collects the values of piece i for its column's searches. */
static bool collect_piece(struct selection *s, size_t i)
{
    const struct select_search *distinct[WANTED_MAX] = {NULL};
    struct select_reach reach[WANTED_MAX] = {{.n_usual = 0}};
    size_t first = i / s->n_part * s->n_wanted, n_distinct = 0, n = 0;
    const double *value = piece(s, i, &n);

    for (size_t w = 0; w < s->n_wanted; w++)
        if (counts_for(s, first + w) == first + w)
            distinct[n_distinct++] = &s->search[first + w];
    bool ready = select_collect(value, n, distinct, n_distinct, reach);
    for (size_t d = 0; d < n_distinct; d++)
        s->reach[i * s->n_wanted + (size_t)(distinct[d] - &s->search[first])] = reach[d];
    return ready;
}

static enum status collect_values(struct selection *s, struct error *err)
{
    size_t n_piece = s->n_column * s->n_part;
    bool failed = false;

    assert(s->n_wanted <= WANTED_MAX);
    for (size_t i = 0; i < s->n_column * s->n_wanted; i++)
        s->from[i] = counts_for(s, i);
#pragma omp parallel for default(none) shared(s, n_piece) schedule(dynamic, 1)                 \
    reduction(||                                                                               \
              : failed)
    for (size_t i = 0; i < n_piece; i++)
        failed = !collect_piece(s, i) || failed;
    return failed ? error_no_memory(err, "the values near the quantiles") : STATUS_OK;
}

/* Counts for search i what its column's parts have collected. */
static void count_collected(struct selection *s, size_t i, int64_t *count)
{
    size_t first = i / s->n_wanted * s->n_part;

    for (size_t part = first; part < first + s->n_part; part++)
        select_count_reach(&s->reach[part * s->n_wanted + s->from[i] % s->n_wanted],
                           &s->search[i], count);
}

/* One later pass; the table of a search that counts for others is its own number's. */
static void count_next_digits(const struct run *run, struct selection *s, int pass)
{
    size_t n_search = s->n_column * s->n_wanted, n_bucket = select_buckets(pass);

    memset(s->count, 0, n_search * n_bucket * sizeof *s->count);
#pragma omp parallel for default(none) shared(s, n_search, n_bucket) schedule(dynamic, 1)
    for (size_t i = 0; i < n_search; i++)
        if (counts_for(s, i) == i)
            count_collected(s, i, s->count + i * n_bucket);
    MPI_Allreduce(MPI_IN_PLACE, s->count, (int)(n_search * n_bucket), MPI_INT64_T, MPI_SUM,
                  run->comm);
    for (size_t i = n_search; i-- > 0;) /* from the back: the first ones count for others */
        select_narrow(&s->search[i], s->count + counts_for(s, i) * n_bucket);
}

enum status quantiles_select(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, const int64_t *wanted, size_t n_wanted,
                             double *value, struct error *err)
{
    size_t n_part = ((size_t)run->n_thread + n_column - 1) / n_column;
    struct selection s = {
        .column = column, .n_column = n_column, .n = n, .n_wanted = n_wanted, .n_part = n_part};
    enum status st = STATUS_OK;

    TRY(run_agree(run, selection_prepare(&s, wanted, err), err));
    count_first_digits(run, &s);
    TRY(run_agree(run, collect_values(&s, err), err));
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
