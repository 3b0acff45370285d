/* How many rows a second the forest scores:
 *     bench_forest [ROWS [TREES [SAMPLES [FEATURES [SIMD [ledger|even]]]]]]
 * with OMP_NUM_THREADS threads. The data are a ledger's (codes and heavy-tailed amounts) or evenly
 * spread, which makes trees three times as big. A first run warms the caches and is checked
 * against the plain walk; the fastest and the median of those after it are printed. */
#include "iforest.h"
#include "mem.h"
#include "portable_math.h"
#include "rng.h"
#include "simd.h"

#include <omp.h>
#include <revision.h> /* made by the build */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 15, CODES = 3, CODE_VALUES = 20 };

struct bench {
    size_t n_row;
    size_t n_tree;
    size_t n_sample;
    size_t n_feature;
    enum simd simd;
    bool even;
    struct iforest forest;
    float **x; /* [n_feature][n_row] */
};

static float draw_value(const struct bench *bench, size_t feature, uint32_t *state)
{
    double a = splitter_real(-1, 1, state);
    double b = splitter_real(-1, 1, state);

    if (bench->even)
        return (float)a;
    return (float)(feature < CODES ? (int)(CODE_VALUES * a) : a / (b * b + 1e-3));
}

static enum status grow_tree(struct bench *bench, size_t tree, float *sample, struct error *err)
{
    struct iforest *forest = &bench->forest;
    uint32_t state = (uint32_t)tree + 1;
    size_t n_node = 0;

    for (size_t i = 0; i < bench->n_sample * bench->n_feature; i++)
        sample[i] = draw_value(bench, i % bench->n_feature, &state);
    enum status st = itree_grow(sample, bench->n_sample, bench->n_feature, (uint32_t)tree,
                                forest->node + forest->start[tree], &n_node, err);
    forest->start[tree + 1] = forest->start[tree] + n_node;
    return st;
}

static enum status grow_forest(struct bench *bench, struct error *err)
{
    struct iforest *forest = &bench->forest;
    float *sample = mem_array(bench->n_sample * bench->n_feature, sizeof *sample);
    enum status st = STATUS_OK;

    *forest = (struct iforest){.n_tree = bench->n_tree,
                               .n_feature = bench->n_feature,
                               .n_sample = (int64_t)bench->n_sample};
    forest->start = mem_array(bench->n_tree + 1, sizeof *forest->start);
    forest->node =
        mem_array(bench->n_tree * itree_max_nodes(bench->n_sample), sizeof *forest->node);
    if (sample == NULL || forest->start == NULL || forest->node == NULL)
        TRY(error_no_memory(err, "the forest"));
    for (size_t t = 0; t < bench->n_tree; t++)
        TRY(grow_tree(bench, t, sample, err));
done:
    free(sample);
    return st;
}

static enum status draw_rows(struct bench *bench, struct error *err)
{
    uint32_t state = 1;

    bench->x = mem_array(bench->n_feature, sizeof *bench->x);
    for (size_t f = 0; bench->x != NULL && f < bench->n_feature; f++) {
        bench->x[f] = mem_array(bench->n_row, sizeof **bench->x);
        if (bench->x[f] == NULL)
            return error_no_memory(err, "the rows");
        for (size_t i = 0; i < bench->n_row; i++)
            bench->x[f][i] = draw_value(bench, f, &state);
    }
    return bench->x != NULL ? STATUS_OK : error_no_memory(err, "the rows");
}

/* A thousand rows, evenly spread. */
static enum status check_scores(const struct bench *bench, const double *score,
                                struct error *err)
{
    double full = (double)bench->n_tree * itree_mean_path((int64_t)bench->n_sample);
    float *row = mem_array(bench->n_feature, sizeof *row);

    if (row == NULL)
        return error_no_memory(err, "a row");
    size_t n_wrong = 0;
    for (size_t i = 0; i < bench->n_row; i += 1 + bench->n_row / 1000) {
        for (size_t f = 0; f < bench->n_feature; f++)
            row[f] = bench->x[f][i];
        double power = -iforest_path_length(&bench->forest, row) / full;
        portable_exp2(&power, 1, &power);
        n_wrong += score[i] != -power;
    }
    free(row);
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu scores are wrong", n_wrong);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_line(const struct bench *bench, double seconds[RUNS])
{
    double n_row = (double)bench->n_row;

    qsort(seconds, RUNS, sizeof *seconds, compare_reals);
    printf("{\"bench\":\"forest\",\"rows_per_second_median\":%.0f,"
           "\"rows_per_second_best\":%.0f,\"simd\":\"%s\",\"threads\":%d,\"rows\":%zu,"
           "\"trees\":%zu,\"samples\":%zu,\"features\":%zu,\"data\":\"%s\","
           "\"inner_nodes_per_tree\":%.1f,\"runs\":%d,\"revision\":\"%s\"}\n",
           n_row / seconds[RUNS / 2], n_row / seconds[0], simd_name(bench->simd),
           omp_get_max_threads(), bench->n_row, bench->n_tree, bench->n_sample,
           bench->n_feature, bench->even ? "even" : "ledger",
           (double)(bench->forest.start[bench->n_tree] / 2) / (double)bench->n_tree, RUNS,
           TIEOUT_REVISION);
}

static enum status measure(struct bench *bench, struct error *err)
{
    struct scorer *scorer = NULL;
    double seconds[RUNS];
    double *score = mem_array(bench->n_row, sizeof *score);
    const float *const *x = (const float *const *)bench->x;
    enum status st = STATUS_OK;

    if (score == NULL)
        TRY(error_no_memory(err, "the scores"));
    TRY(simd_choose(bench->simd, &bench->simd, err));
    TRY(scorer_create(&bench->forest, bench->simd, &scorer, err));
    scorer_run(scorer, x, bench->n_row, score);
    TRY(check_scores(bench, score, err));
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        scorer_run(scorer, x, bench->n_row, score);
        seconds[run] = now() - start;
    }
    print_line(bench, seconds);
done:
    scorer_free(scorer);
    free(score);
    return st;
}

static size_t read_count(int argc, char *const argv[], int i, size_t standard)
{
    return i < argc ? (size_t)strtoull(argv[i], NULL, 10) : standard;
}

/* N_SIMD if there is no such word. */
static enum simd read_simd(const char *word)
{
    enum simd simd = SIMD_AUTO;

    while (simd < N_SIMD && strcmp(word, simd_name(simd)) != 0)
        simd++;
    return simd;
}

int main(int argc, char *argv[])
{
    struct error err;
    struct bench bench = {.n_row = read_count(argc, argv, 1, 500000),
                          .n_tree = read_count(argc, argv, 2, 200),
                          .n_sample = read_count(argc, argv, 3, 256),
                          .n_feature = read_count(argc, argv, 4, 12),
                          .simd = argc > 5 ? read_simd(argv[5]) : SIMD_AUTO,
                          .even = argc > 6 && strcmp(argv[6], "even") == 0};
    enum status st = STATUS_OK;

    if (bench.n_row == 0 || bench.n_tree == 0 || bench.n_sample < 2 || bench.n_feature == 0 ||
        bench.simd == N_SIMD)
        TRY(error_set(&err, STATUS_USAGE,
                      "bench_forest [ROWS [TREES [SAMPLES [FEATURES [SIMD [ledger|even]]]]]]"));
    TRY(grow_forest(&bench, &err));
    TRY(draw_rows(&bench, &err));
    TRY(measure(&bench, &err));
done:
    if (st != STATUS_OK)
        fprintf(stderr, "bench_forest: %s\n", err.text);
    for (size_t f = 0; bench.x != NULL && f < bench.n_feature; f++)
        free(bench.x[f]);
    free(bench.x);
    iforest_free(&bench.forest);
    return (int)st;
}
