/* How many rows a second get a profile's features. Checked: the classic ones against differences
 * and a two-pass deviation; the history ones against the same account cut down to the rows they
 * may depend on, row by row, to the bit. */
#include "bench.h"
#include "history.h"
#include "made_ledger.h"
#include "mem.h"
#include "past.h"
#include "prepare.h"
#include "profile.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS, PROFILE, RUNS, N_OPTION };
enum { STD_ROWS = 3, EVERY = 7 /* groups checked of history */ };

static const double TOLERANCE = 0.01;

struct work {
    const struct profile *profile;
    struct made_ledger ledger;
    struct groups groups;
    double **column; /* [n_feature][n_row] */
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    (void)err;
    work->profile->features(work->ledger.block->row, &work->groups, TOLERANCE, work->column);
    return STATUS_OK;
}

/* Of the last rows of gl[k + 1]. */
static double plain_std(const double *gl, size_t k)
{
    size_t first = k + 1 > STD_ROWS ? k + 1 - STD_ROWS : 0;
    double n = (double)(k + 1 - first), mean = 0, squares = 0;

    for (size_t i = first; i <= k; i++)
        mean += gl[i] / n;
    for (size_t i = first; i <= k; i++)
        squares += (gl[i] - mean) * (gl[i] - mean);
    return n > 1 ? sqrt(squares / (n - 1)) : 0;
}

static size_t count_wrong_classic(const struct work *work, size_t g)
{
    size_t first = work->groups.start[g], n = work->groups.start[g + 1] - first, n_wrong = 0;
    const double *gl = work->column[FEATURE_GL_BALANCE] + first;

    for (size_t k = 0; k < n; k++) {
        double change = k > 0 ? gl[k] - gl[k - 1] : 0, std = plain_std(gl, k);
        n_wrong +=
            gl[k] != work->ledger.block->row[work->groups.member[first + k]].gl ||
            work->column[FEATURE_GL_CHANGE][first + k] != change ||
            !(fabs(work->column[FEATURE_GL_STD][first + k] - std) <= 1e-6 * (1 + fabs(gl[k])));
    }
    return n_wrong;
}

/* Each row with no more than its past, as an account of its own. */
static size_t count_wrong_history(const struct work *work, size_t g)
{
    size_t first = work->groups.start[g], n = work->groups.start[g + 1] - first, n_wrong = 0;
    double value[N_HISTORY][PAST_ROWS + 1], *column[N_HISTORY];

    for (size_t f = 0; f < N_HISTORY; f++)
        column[f] = value[f];
    for (size_t k = 0; k < n && g % EVERY == 0; k++) {
        size_t past = k < PAST_ROWS ? k : PAST_ROWS, start[2] = {0, past + 1};
        struct groups alone = {.n_group = 1,
                               .n_row = past + 1,
                               .start = start,
                               .member = work->groups.member + first + k - past};
        features_history(work->ledger.block->row, &alone, TOLERANCE, column);
        for (size_t f = 0; f < N_HISTORY; f++)
            n_wrong +=
                value[f][past] != work->column[f][first + k] || (k == 0 && value[f][past] != 0);
    }
    return n_wrong;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    bool history = work->profile->n_feature == N_HISTORY;
    size_t n_wrong = 0;

    for (size_t g = 0; g < work->groups.n_group; g++)
        n_wrong += history ? count_wrong_history(work, g) : count_wrong_classic(work, g);
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu features are wrong", n_wrong);
}

int main(int argc, char *argv[])
{
    static const char *const profile[] = {
        [PROFILE_HISTORY] = "history", [PROFILE_CLASSIC] = "classic", [N_PROFILE] = NULL};
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 200000, NULL},
                                            [PROFILE] = {"profile", PROFILE_HISTORY, profile},
                                            [RUNS] = {"runs", 15, NULL}};
    struct work work = {.column = NULL};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    work.profile = profile_get((enum profile_number)option[PROFILE].value);
    TRY(made_ledger_group(option[ROWS].value, &work.ledger, &work.groups, &err));
    work.column = columns_create(work.profile->n_feature, work.groups.n_row);
    if (work.column == NULL)
        TRY(error_no_memory(&err, "the features"));
    TRY(bench_measure(&(struct bench){"features", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "rows", 0, 1, run, check, &work},
                      &err));
done:
    if (work.profile != NULL)
        columns_free(work.column, work.profile->n_feature);
    groups_free(&work.groups);
    made_ledger_free(&work.ledger);
    return bench_end("features", st, &err);
}
