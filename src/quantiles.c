/* Exact quantiles over ranks. Every pass counts the next 16 bits of the values that share the
 * digits found so far and adds the counts up over ranks; all columns and all wanted ranks go
 * through a pass together, searches with the same digits share a table. */
#include "quantiles.h"

#include "mem.h"
#include "select.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* table[s]: which of the pass's tables search s counts in; returns how many tables there are.
 * Searches of one column are adjacent and ascending by rank, hence by digits too. */
static size_t share_tables(const struct select_search *search, size_t n_column, size_t n_wanted,
                           size_t *table)
{
    size_t n_table = 0;

    for (size_t c = 0; c < n_column; c++)
        for (size_t w = 0; w < n_wanted; w++) {
            size_t s = c * n_wanted + w;
            bool same = w > 0 && search[s].prefix == search[s - 1].prefix;
            table[s] = same ? n_table - 1 : n_table++;
        }
    return n_table;
}

enum status quantiles_select(const struct run *run, const double *const *column,
                             size_t n_column, size_t n, const int64_t *wanted, size_t n_wanted,
                             double *value, struct error *err)
{
    size_t n_search = n_column * n_wanted;
    struct select_search *search = mem_array(n_search, sizeof *search);
    size_t *table = mem_array(n_search, sizeof *table);
    int64_t *count = mem_array(n_search * SELECT_BUCKETS, sizeof *count);
    enum status st = STATUS_OK;

    if (search == NULL || table == NULL || count == NULL)
        st = error_no_memory(err, "the counts of the quantiles");
    TRY(run_agree(run, st, err));
    for (size_t s = 0; s < n_search; s++)
        search[s].rank = wanted[s % n_wanted];
    for (int pass = 0; pass < SELECT_PASSES; pass++) {
        size_t n_table = share_tables(search, n_column, n_wanted, table);
        memset(count, 0, n_table * SELECT_BUCKETS * sizeof *count);
#pragma omp parallel for default(none)                                                         \
    shared(n_search, table, search, column, n, n_wanted, count) schedule(dynamic, 1)
        for (size_t s = 0; s < n_search; s++)
            if (s == 0 || table[s] != table[s - 1])
                select_count(column[s / n_wanted], n, &search[s],
                             count + table[s] * SELECT_BUCKETS);
        for (size_t t = 0; t < n_table; t++)
            MPI_Allreduce(MPI_IN_PLACE, count + t * SELECT_BUCKETS, SELECT_BUCKETS, MPI_INT64_T,
                          MPI_SUM, run->comm);
        for (size_t s = 0; s < n_search; s++)
            select_narrow(&search[s], count + table[s] * SELECT_BUCKETS);
    }
    for (size_t s = 0; s < n_search; s++)
        value[s] = select_value(search[s].prefix);
done:
    free(search);
    free(table);
    free(count);
    return st;
}

/* Between which order statistics the percentile lies, and at which fraction. */
struct position {
    int64_t below, above;
    double fraction;
};

static struct position percentile_position(double q, int64_t n_all)
{
    double at = q / 100.0 * (double)(n_all - 1), below = floor(at);
    int64_t k = (int64_t)below;

    return (struct position){k, k + 1 < n_all ? k + 1 : k, at - below};
}

enum status quantiles_percentile(const struct run *run, const double *const *column,
                                 size_t n_column, size_t n, int64_t n_all, double q,
                                 double *value, struct error *err)
{
    struct position p = percentile_position(q, n_all);
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
    struct position low = percentile_position(25, n_all), high = percentile_position(75, n_all);
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
