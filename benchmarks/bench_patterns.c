/* How many rows a second get a pattern. Checked: the account cut down to the rows that a pattern
 * may look at gives the same, and matched is what differs by less than the tolerance alone. */
#include "bench.h"
#include "made_ledger.h"
#include "mem.h"
#include "past.h"
#include "pattern.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS, RUNS, N_OPTION };

static const double TOLERANCE = 0.01;

struct work {
    struct made_ledger ledger;
    struct groups groups;
    double *gl, *ihub, *difference; /* [n_row] in group order */
    int32_t *date;
    uint8_t *pattern;
};

/* n rows from the first-th on, in group order. */
static struct series series_of(const struct work *work, size_t first, size_t n)
{
    return (struct series){work->gl + first, work->ihub + first, work->difference + first,
                           work->date + first, n};
}

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    (void)err;
    for (size_t g = 0; g < work->groups.n_group; g++) {
        size_t first = work->groups.start[g], n = work->groups.start[g + 1] - first;
        struct series series = series_of(work, first, n);
        for (size_t k = 0; k < n; k++)
            work->pattern[first + k] = (uint8_t)pattern_of_row(&series, k, TOLERANCE);
    }
    return STATUS_OK;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t n_wrong = 0;

    for (size_t g = 0; g < work->groups.n_group; g++)
        for (size_t k = work->groups.start[g]; k < work->groups.start[g + 1]; k++) {
            size_t before = k - work->groups.start[g];
            size_t past = before < PAST_ROWS ? before : PAST_ROWS;
            struct series series = series_of(work, k - past, past + 1);
            n_wrong += work->pattern[k] != (uint8_t)pattern_of_row(&series, past, TOLERANCE) ||
                       (work->pattern[k] == PATTERN_MATCHED &&
                        !(fabs(work->difference[k]) < TOLERANCE));
        }
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu patterns are wrong", n_wrong);
}

static enum status prepare(struct work *work, struct error *err)
{
    size_t n = work->groups.n_row;

    work->gl = mem_array(n, sizeof *work->gl);
    work->ihub = mem_array(n, sizeof *work->ihub);
    work->difference = mem_array(n, sizeof *work->difference);
    work->date = mem_array(n, sizeof *work->date);
    work->pattern = mem_array(n, 1);
    if (!work->gl || !work->ihub || !work->difference || !work->date || !work->pattern)
        return error_no_memory(err, "the rows");
    for (size_t k = 0; k < n; k++) {
        const struct row *row = &work->ledger.block->row[work->groups.member[k]];
        work->gl[k] = row->gl;
        work->ihub[k] = row->ihub;
        work->difference[k] = row->difference;
        work->date[k] = row->date;
    }
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 200000, NULL}, [RUNS] = {"runs", 15, NULL}};
    struct work work = {.gl = NULL};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(made_ledger_group(option[ROWS].value, &work.ledger, &work.groups, &err));
    TRY(prepare(&work, &err));
    TRY(bench_measure(&(struct bench){"patterns", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "rows", 0, 1, run, check, &work},
                      &err));
done:
    free(work.gl);
    free(work.ihub);
    free(work.difference);
    free(work.date);
    free(work.pattern);
    groups_free(&work.groups);
    made_ledger_free(&work.ledger);
    return bench_end("patterns", st, &err);
}
