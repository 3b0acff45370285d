/* The twelve documented features of a ledger row: its codes and balances, and what changed
 * since the group's previous row.
 *
 * The rolling deviation is the recurrence of pandas 1.5.3, not the deviation of the three
 * values: a team that leaves the script keeps its numbers, residue included. After a spike has
 * left the window the recurrence still carries its rounding, and the script's forest was
 * trained on that. Each step of it is therefore one rounding in a fixed order; nothing may be
 * regrouped. tests/oracle compares the bits with pandas.
 *
 * Which rows form a group, and their order, is group.c's. */
#include "classic.h"

#include <assert.h>
#include <math.h>

enum { STD_WINDOW = 3, GROUPS_A_CHUNK = 64, FETCH_AHEAD = 12 };

const struct feature_label CLASSIC_LABEL[N_CLASSIC] = {
    [FEATURE_COMPANY] = {"company", "1", "rank of the company among the sorted companies"},
    [FEATURE_ACCOUNT] = {"account", "1", "rank of the account among the sorted accounts"},
    [FEATURE_AU] = {"au", "1", "rank of the accounting unit among the sorted units"},
    [FEATURE_DAYS_SINCE_LAST] = {"days_since_last", "day",
                                 "days since the group's previous row, 0 for the first"},
    [FEATURE_GL_BALANCE] = {"gl_balance", "currency", "general-ledger balance"},
    [FEATURE_IHUB_BALANCE] = {"ihub_balance", "currency", "sub-ledger balance"},
    [FEATURE_BALANCE_DIFFERENCE] = {"balance_difference", "currency",
                                    "general-ledger less sub-ledger balance, as given"},
    [FEATURE_GL_CHANGE] = {"gl_change", "currency",
                           "change of the GL balance since the group's previous row"},
    [FEATURE_IHUB_CHANGE] = {"ihub_change", "currency",
                             "change of the sub-ledger balance since the group's previous row"},
    [FEATURE_DIFF_CHANGE] = {"diff_change", "currency",
                             "change of the difference since the group's previous row"},
    [FEATURE_GL_STD] = {"gl_std", "currency",
                        "standard deviation of the GL balance over the group's last 3 rows"},
    [FEATURE_IHUB_STD] =
        {"ihub_std", "currency",
         "standard deviation of the sub-ledger balance over the group's last 3 rows"},
};

/* Welford's running mean and sum of squared deviations. Values entering and leaving have a
 * compensation (Kahan) each. */
struct moments {
    double n;
    double mean;
    double squares;
    double entering;
    double leaving;
    double last;     /* the value that entered last */
    size_t same_run; /* how many values equal to it entered in a row */
};

/* value less mean, with the rounding lost here carried to the next call. */
static double compensated_distance(double value, double mean, double *compensation)
{
    double corrected = value - *compensation;
    double distance = corrected - mean;

    *compensation = distance + mean - corrected;
    return distance;
}

static void moments_enter(struct moments *m, double value)
{
    double mean_before = m->mean - m->entering;

    m->same_run = value == m->last ? m->same_run + 1 : 1;
    m->last = value;
    m->n += 1;
    m->mean += compensated_distance(value, m->mean, &m->entering) / m->n;
    m->squares += (value - mean_before) * (value - m->mean);
}

static void moments_leave(struct moments *m, double value)
{
    double mean_before = m->mean - m->leaving;

    m->n -= 1;
    if (m->n > 0) {
        m->mean -= compensated_distance(value, m->mean, &m->leaving) / m->n;
        m->squares -= (value - mean_before) * (value - m->mean);
    } else {
        m->mean = 0;
        m->squares = 0;
    }
}

/* 0 where pandas gives NaN and the script fills in 0: a single value, a sum of squares below
 * zero by rounding, or one that overflowed. */
static double moments_std(const struct moments *m)
{
    if (m->n < 2 || (double)m->same_run >= m->n)
        return 0;
    double variance = m->squares / (m->n - 1);
    return variance > 0 ? sqrt(variance) : 0;
}

void rolling_std(const double *value, size_t n, size_t window, double *std)
{
    struct moments m = {0};

    assert(window >= 1);
    for (size_t i = 0; i < n; i++) {
        if (i >= window)
            moments_leave(&m, value[i - window]);
        moments_enter(&m, value[i]);
        std[i] = moments_std(&m);
    }
}

static double days_between(int32_t before, int32_t after)
{
    if (before == ROW_NO_DATE || after == ROW_NO_DATE)
        return 0;
    return (double)((int64_t)after - before);
}

/* A group's rows lie anywhere: without asking early, each waits for memory. */
static void fetch_ahead(const struct row *row, const struct groups *groups, size_t k)
{
    if (k + FETCH_AHEAD < groups->n_row) {
        const struct row *ahead = &row[groups->member[k + FETCH_AHEAD]];
        __builtin_prefetch(&ahead->gl);
        __builtin_prefetch(&ahead->code[N_CODE - 1]);
    }
}

static void fill_changes(const double *value, size_t n, double *change)
{
    if (n > 0)
        change[0] = 0;
    for (size_t i = 1; i < n; i++)
        change[i] = value[i] - value[i - 1];
}

/* The features of CLASSIC_BALANCES, for the group at begin .. end. */
static void fill_balances(const struct row *row, const struct groups *groups, size_t begin,
                          size_t end, double *const column[N_CLASSIC])
{
    double *gl = column[FEATURE_GL_BALANCE], *ihub = column[FEATURE_IHUB_BALANCE];
    size_t n = end - begin;

    for (size_t k = begin; k < end; k++) {
        const struct row *r = &row[groups->member[k]];

        fetch_ahead(row, groups, k);
        gl[k] = r->gl;
        ihub[k] = r->ihub;
    }
    fill_changes(gl + begin, n, column[FEATURE_GL_CHANGE] + begin);
    fill_changes(ihub + begin, n, column[FEATURE_IHUB_CHANGE] + begin);
    rolling_std(gl + begin, n, STD_WINDOW, column[FEATURE_GL_STD] + begin);
    rolling_std(ihub + begin, n, STD_WINDOW, column[FEATURE_IHUB_STD] + begin);
}

/* The features of CLASSIC_OTHERS, for the group at begin .. end. */
static void fill_others(const struct row *row, const struct groups *groups, size_t begin,
                        size_t end, double *const column[N_CLASSIC])
{
    const uint32_t *member = groups->member;
    double *difference = column[FEATURE_BALANCE_DIFFERENCE];

    for (size_t k = begin; k < end; k++) {
        const struct row *r = &row[member[k]];

        fetch_ahead(row, groups, k);
        column[FEATURE_COMPANY][k] = r->code[CODE_COMPANY];
        column[FEATURE_ACCOUNT][k] = r->code[CODE_ACCOUNT];
        column[FEATURE_AU][k] = r->code[CODE_AU];
        column[FEATURE_DAYS_SINCE_LAST][k] =
            k > begin ? days_between(row[member[k - 1]].date, r->date) : 0;
        difference[k] = r->difference;
    }
    fill_changes(difference + begin, end - begin, column[FEATURE_DIFF_CHANGE] + begin);
}

void features_classic(const struct row *row, const struct groups *groups,
                      double *const column[N_CLASSIC])
{
#pragma omp parallel for default(none) shared(row, groups, column)                             \
    schedule(dynamic, GROUPS_A_CHUNK)
    for (size_t g = 0; g < groups->n_group; g++) {
        size_t begin = groups->start[g], end = groups->start[g + 1];

        if (column[FEATURE_GL_BALANCE] != NULL)
            fill_balances(row, groups, begin, end, column);
        if (column[FEATURE_BALANCE_DIFFERENCE] != NULL)
            fill_others(row, groups, begin, end, column);
    }
}
