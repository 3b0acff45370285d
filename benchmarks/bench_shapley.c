/* How many rows a second are attributed to their features: exact Shapley values of the path length.
 * Checked: with what is expected of an unknown row they add up to the plain walk's length. */
#include "bench.h"
#include "made_forest.h"
#include "mem.h"
#include "shapley.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS, TREES, SAMPLES, FEATURES, DATA, RUNS, N_OPTION };

struct work {
    size_t n_row;
    struct iforest forest;
    float *x;      /* [n_row * n_feature] */
    double *share; /* the same */
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    return shapley_batch(&work->forest, work->x, work->n_row, work->share, err);
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t p = work->forest.n_feature, n_wrong = 0;
    double base = shapley_base(&work->forest);

    for (size_t i = 0; i < work->n_row; i++) {
        double sum = base;
        for (size_t f = 0; f < p; f++)
            sum += work->share[i * p + f];
        n_wrong += !(fabs(sum - iforest_path_length(&work->forest, work->x + i * p)) < 1e-9);
    }
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu rows are wrong", n_wrong);
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 10000, NULL},
                                            [TREES] = {"trees", 200, NULL},
                                            [SAMPLES] = {"samples", 256, NULL},
                                            [FEATURES] = {"features", 12, NULL},
                                            [DATA] = {"data", DATA_LEDGER, MADE_DATA},
                                            [RUNS] = {"runs", 7, NULL}};
    struct work work = {.n_row = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    size_t n_feature = (size_t)option[FEATURES].value;
    enum made_data data = (enum made_data)option[DATA].value;
    work.n_row = (size_t)option[ROWS].value;
    TRY(made_forest(data, (size_t)option[TREES].value, (size_t)option[SAMPLES].value, n_feature,
                    &work.forest, &err));
    work.x = mem_array(work.n_row * n_feature, sizeof *work.x);
    work.share = mem_array(work.n_row * n_feature, sizeof *work.share);
    if (work.x == NULL || work.share == NULL)
        TRY(error_no_memory(&err, "the rows"));
    made_sample(data, work.n_row, n_feature, 1000000, work.x);
    TRY(bench_measure(&(struct bench){.name = "shapley",
                                      .option = option,
                                      .n_option = N_OPTION,
                                      .n_run = option[RUNS].value,
                                      .n_item = option[ROWS].value,
                                      .item = "rows",
                                      .run = run,
                                      .check = check,
                                      .state = &work},
                      &err));
done:
    free(work.x);
    free(work.share);
    iforest_free(&work.forest);
    return bench_end("shapley", st, &err);
}
