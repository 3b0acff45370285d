/* How many values a second are looked through for the medians and quartiles of columns spread over
 * the ranks. Checked against sorting the whole column, which rank 0 does. */
#include "bench.h"
#include "made_forest.h"
#include "mem.h"
#include "part.h"
#include "prepare.h"
#include "quantiles.h"
#include "run.h"

#include <stdlib.h>

enum { ROWS, FEATURES, RUNS, N_OPTION };

struct work {
    struct run run;
    int64_t n_all;
    size_t n, n_feature; /* here */
    double **column;     /* [n_feature][n] */
    double *center, *scale;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    MPI_Barrier(work->run.comm);
    return quantiles_robust(&work->run, (const double *const *)work->column, work->n_feature,
                            work->n, work->n_all, work->center, work->scale, err);
}

/* Column f, or this rank's part of it: value[end - begin]. Any rank can make any part. */
static void make_part(size_t f, int64_t begin, int64_t end, double *value)
{
    for (int64_t i = begin; i < end; i++) {
        uint32_t random = (uint32_t)(2654435761u * (uint64_t)(i + 1));
        value[i - begin] = made_value(DATA_LEDGER, f, &random);
    }
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t n = (size_t)work->n_all, n_wrong = 0;
    double *sorted = mem_array(n, sizeof *sorted);
    enum status st = sorted == NULL ? error_no_memory(err, "a whole column") : STATUS_OK;

    for (size_t f = 0; f < work->n_feature && st == STATUS_OK; f++) {
        make_part(f, 0, work->n_all, sorted);
        qsort(sorted, n, sizeof *sorted, compare_reals);
        n_wrong += work->center[f] != (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
    free(sorted);
    if (st == STATUS_OK && n_wrong > 0)
        st = error_set(err, STATUS_INTERNAL, "%zu medians are wrong", n_wrong);
    return run_agree(&work->run, st, err);
}

static enum status prepare(struct work *work, struct error *err)
{
    int64_t begin = part_begin(work->n_all, work->run.n_rank, work->run.rank);
    int64_t end = part_begin(work->n_all, work->run.n_rank, work->run.rank + 1);

    work->n = (size_t)(end - begin);
    work->column = columns_create(work->n_feature, work->n);
    work->center = mem_array(work->n_feature, sizeof *work->center);
    work->scale = mem_array(work->n_feature, sizeof *work->scale);
    if (work->column == NULL || work->center == NULL || work->scale == NULL)
        return error_no_memory(err, "the columns");
    for (size_t f = 0; f < work->n_feature; f++)
        make_part(f, begin, end, work->column[f]);
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 1000000, NULL},
                                            [FEATURES] = {"features", 12, NULL},
                                            [RUNS] = {"runs", 7, NULL}};
    struct work work = {.n = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(run_start(0, &work.run, &err));
    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    work.n_all = option[ROWS].value;
    work.n_feature = (size_t)option[FEATURES].value;
    TRY(run_agree(&work.run, prepare(&work, &err), &err));
    TRY(bench_measure(&(struct bench){"quantiles", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value * option[FEATURES].value, "values",
                                      work.run.rank, work.run.n_rank, run, check, &work},
                      &err));
done:
    columns_free(work.column, work.n_feature);
    free(work.center);
    free(work.scale);
    int code = work.run.rank == 0 ? bench_end("quantiles", st, &err) : (int)st;
    run_stop(&work.run);
    return code;
}
