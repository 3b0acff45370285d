/* How many trees a second grow: drawing a tree's rows from all, and the tree itself. Checked by
 * sending every training row down its tree: as many must arrive in each leaf as the leaf says. */
#include "bench.h"
#include "iforest.h"
#include "made_forest.h"
#include "mem.h"

#include <stdlib.h>

enum { ROWS, TREES, SAMPLES, FEATURES, DATA, RUNS, N_OPTION };

struct work {
    int64_t n_row; /* drawn from */
    size_t n_tree, n_sample, n_feature;
    uint32_t *seed;       /* [n_tree] */
    float *x;             /* [n_sample * n_feature] what every tree trains on */
    int64_t *sample;      /* [n_tree * n_sample] */
    struct iforest grown; /* start: a tree every itree_max_nodes */
    size_t *n_node;       /* [n_tree] */
    struct error *failed; /* [n_tree] */
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;
    size_t n_tree = work->n_tree;

#pragma omp parallel for default(none) shared(work, n_tree) schedule(dynamic, 1)
    for (size_t t = 0; t < n_tree; t++) {
        itree_draw_sample(work->seed[t], work->n_row, (int64_t)work->n_sample,
                          work->sample + t * work->n_sample, &work->failed[t]);
        itree_grow(work->x, work->n_sample, work->n_feature, work->seed[t],
                   work->grown.node + work->grown.start[t], &work->n_node[t], &work->failed[t]);
    }
    for (size_t t = 0; t < n_tree; t++)
        if (work->failed[t].code != STATUS_OK) {
            *err = work->failed[t];
            return err->code;
        }
    return STATUS_OK;
}

/* Whether sample[n] is ascending and within the rows. */
static bool is_sample(const int64_t *sample, size_t n, int64_t n_row)
{
    for (size_t i = 0; i < n; i++)
        if (sample[i] < 0 || sample[i] >= n_row || (i > 0 && sample[i] <= sample[i - 1]))
            return false;
    return true;
}

static enum status check(void *state, struct error *err)
{
    struct work *work = state;
    size_t n_wrong = 0;

    for (size_t t = 0; t < work->n_tree; t++) {
        struct tree_node *node = work->grown.node + work->grown.start[t];
        for (size_t i = 0; i < work->n_sample; i++)
            iforest_leaf(&work->grown, t, work->x + i * work->n_feature)->n_row--;
        for (size_t i = 0; i < work->n_node[t]; i++)
            n_wrong += node[i].feature < 0 && node[i].n_row != 0;
        n_wrong += !is_sample(work->sample + t * work->n_sample, work->n_sample, work->n_row);
    }
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu leaves are wrong", n_wrong);
}

static enum status prepare(struct work *work, enum made_data data, struct error *err)
{
    work->seed = mem_array(work->n_tree, sizeof *work->seed);
    work->x = mem_array(work->n_sample * work->n_feature, sizeof *work->x);
    work->sample = mem_array(work->n_tree * work->n_sample, sizeof *work->sample);
    work->n_node = mem_array(work->n_tree, sizeof *work->n_node);
    work->failed = mem_array(work->n_tree, sizeof *work->failed);
    work->grown.n_tree = work->n_tree;
    work->grown.start = mem_array(work->n_tree + 1, sizeof *work->grown.start);
    work->grown.node =
        mem_array(work->n_tree * itree_max_nodes(work->n_sample), sizeof *work->grown.node);
    if (!work->seed || !work->x || !work->sample || !work->n_node || !work->failed ||
        !work->grown.start || !work->grown.node)
        return error_no_memory(err, "the trees");
    for (size_t t = 0; t <= work->n_tree; t++)
        work->grown.start[t] = t * itree_max_nodes(work->n_sample);
    iforest_seeds(42, work->n_tree, work->seed);
    made_sample(data, work->n_sample, work->n_feature, 0, work->x);
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 1000000, NULL},          [TREES] = {"trees", 200, NULL},
        [SAMPLES] = {"samples", 256, NULL},        [FEATURES] = {"features", 12, NULL},
        [DATA] = {"data", DATA_LEDGER, MADE_DATA}, [RUNS] = {"runs", 15, NULL}};
    struct work work = {.n_row = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    if (option[SAMPLES].value > option[ROWS].value)
        option[SAMPLES].value = option[ROWS].value;
    work.n_row = option[ROWS].value;
    work.n_tree = (size_t)option[TREES].value;
    work.n_sample = (size_t)option[SAMPLES].value;
    work.n_feature = (size_t)option[FEATURES].value;
    TRY(prepare(&work, (enum made_data)option[DATA].value, &err));
    TRY(bench_measure(&(struct bench){.name = "grow",
                                      .option = option,
                                      .n_option = N_OPTION,
                                      .n_run = option[RUNS].value,
                                      .n_item = option[TREES].value,
                                      .item = "trees",
                                      .run = run,
                                      .check = check,
                                      .state = &work},
                      &err));
done:
    free(work.seed);
    free(work.x);
    free(work.sample);
    free(work.n_node);
    free(work.failed);
    iforest_free(&work.grown);
    return bench_end("grow", st, &err);
}
