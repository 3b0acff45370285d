/* How many rows a second are packed and written to /rows of a results file, which is synced, in
 * the folder of TMPDIR. Checked by reading them back. */
#include "bench.h"
#include "h5_in.h"
#include "mem.h"
#include "results_write.h"
#include "rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS, RUNS, N_OPTION };

struct work {
    char path[64];
    struct results_rows rows;
    int64_t *row_number;
    int32_t *file;
    double *score;
    uint8_t *anomaly, *pattern;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;
    struct results_writer *writer = NULL;
    enum status st = STATUS_OK;

    TRY(results_create(work->path, true, &writer, err));
    TRY(results_write_rows(writer, &work->rows, err));
    TRY(results_commit(&writer, err));
done:
    results_abandon(writer);
    return st;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t n = work->rows.n, n_stored = 0, n_wrong = 0;
    struct h5_in in = {.file = -1};
    double *score = mem_array(n, sizeof *score);
    int64_t *pattern = mem_array(n, sizeof *pattern);
    enum status st = STATUS_OK;

    if (score == NULL || pattern == NULL)
        TRY(error_no_memory(err, "the rows read back"));
    TRY(h5_in_open(&in, work->path, err));
    TRY(h5_in_size(&in, "/rows/anomaly_score", 1, &n_stored, err));
    if (n_stored != n)
        TRY(error_set(err, STATUS_INTERNAL, "%zu rows were written, not %zu", n_stored, n));
    TRY(h5_in_reals(&in, "/rows/anomaly_score", score, err));
    TRY(h5_in_integers(&in, "/rows/pattern", pattern, err));
    for (size_t i = 0; i < n; i++)
        n_wrong += score[i] != work->score[i] || pattern[i] != work->pattern[i];
    if (n_wrong > 0)
        TRY(error_set(err, STATUS_INTERNAL, "%zu rows are wrong", n_wrong));
done:
    h5_in_close(&in);
    free(score);
    free(pattern);
    return st;
}

/* Scores of a forest have few digits in common; one row in a hundred is an anomaly. */
static enum status prepare(struct work *work, size_t n, struct error *err)
{
    uint32_t random = 1;

    work->row_number = mem_array(n, sizeof *work->row_number);
    work->file = mem_array(n, sizeof *work->file);
    work->score = mem_array(n, sizeof *work->score);
    work->anomaly = mem_array(n, 1);
    work->pattern = mem_array(n, 1);
    if (!work->row_number || !work->file || !work->score || !work->anomaly || !work->pattern)
        return error_no_memory(err, "the rows");
    for (size_t i = 0; i < n; i++) {
        work->row_number[i] = (int64_t)i;
        work->score[i] = splitter_real(-0.01, 0.99, &random) / 4;
        work->anomaly[i] = work->score[i] < 0;
        work->pattern[i] = (uint8_t)(work->anomaly[i] ? i % N_PATTERN : 0);
    }
    work->rows = (struct results_rows){.n = n,
                                       .row_number = work->row_number,
                                       .file = work->file,
                                       .score = work->score,
                                       .anomaly = work->anomaly,
                                       .pattern = work->pattern};
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 1000000, NULL}, [RUNS] = {"runs", 7, NULL}};
    struct work work = {.row_number = NULL};
    const char *folder = getenv("TMPDIR");
    struct error err;
    enum status st = STATUS_OK;

    snprintf(work.path, sizeof work.path, "%s/tieout-bench-%ld.h5",
             folder != NULL ? folder : "/tmp", (long)getpid());
    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(prepare(&work, (size_t)option[ROWS].value, &err));
    TRY(bench_measure(&(struct bench){"write", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "rows", 0, 1, run, check, &work},
                      &err));
done:
    unlink(work.path);
    free(work.row_number);
    free(work.file);
    free(work.score);
    free(work.anomaly);
    free(work.pattern);
    return bench_end("write", st, &err);
}
