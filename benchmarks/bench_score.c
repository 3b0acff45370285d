/* How many rows a second a forest scores, checked against the plain walk. */
#include "bench.h"
#include "made_forest.h"
#include "mem.h"
#include "portable_math.h"
#include "simd.h"

#include <stdlib.h>

enum { ROWS, TREES, SAMPLES, FEATURES, DATA, WITH, RUNS, N_OPTION };

struct work {
    size_t n_row;
    struct iforest forest;
    struct scorer *scorer;
    float **x; /* [n_feature][n_row] */
    double *score;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    (void)err;
    scorer_run(work->scorer, (const float *const *)work->x, work->n_row, work->score);
    return STATUS_OK;
}

/* A thousand rows, evenly spread, to the bit. */
static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    const struct iforest *forest = &work->forest;
    double full = (double)forest->n_tree * itree_mean_path(forest->n_sample);
    float *row = mem_array(forest->n_feature, sizeof *row);
    size_t n_wrong = 0;

    if (row == NULL)
        return error_no_memory(err, "a row");
    for (size_t i = 0; i < work->n_row; i += 1 + work->n_row / 1000) {
        for (size_t f = 0; f < forest->n_feature; f++)
            row[f] = work->x[f][i];
        double power = -iforest_path_length(forest, row) / full;
        portable_exp2(&power, 1, &power);
        n_wrong += work->score[i] != -power;
    }
    free(row);
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu scores are wrong", n_wrong);
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 200000, NULL},
                                            [TREES] = {"trees", 200, NULL},
                                            [SAMPLES] = {"samples", 256, NULL},
                                            [FEATURES] = {"features", 12, NULL},
                                            [DATA] = {"data", DATA_LEDGER, MADE_DATA},
                                            [WITH] = {"simd", SIMD_AUTO, BENCH_SIMD},
                                            [RUNS] = {"runs", 15, NULL}};
    struct work work = {.n_row = 0};
    enum simd simd = SIMD_AUTO;
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(simd_choose((enum simd)option[WITH].value, &simd, &err));
    option[WITH].value = simd;
    size_t n_feature = (size_t)option[FEATURES].value;
    enum made_data data = (enum made_data)option[DATA].value;
    work.n_row = (size_t)option[ROWS].value;
    TRY(made_forest(data, (size_t)option[TREES].value, (size_t)option[SAMPLES].value, n_feature,
                    &work.forest, &err));
    TRY(scorer_create(&work.forest, simd, &work.scorer, &err));
    work.x = made_columns(data, work.n_row, n_feature);
    work.score = mem_array(work.n_row, sizeof *work.score);
    if (work.x == NULL || work.score == NULL)
        TRY(error_no_memory(&err, "the rows"));
    TRY(bench_measure(&(struct bench){.name = "score",
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
    made_columns_free(work.x, work.forest.n_feature);
    free(work.score);
    scorer_free(work.scorer);
    iforest_free(&work.forest);
    return bench_end("score", st, &err);
}
