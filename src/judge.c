/* Patterns of all rows, and everything an anomaly carries: its documented features, its place
 * among rows of the same key and date, its severity and what each feature added to its score.
 * The documented features were not kept, so they are computed again, for the groups with
 * anomalies only. */
#include "judge.h"

#include "mem.h"
#include "pattern.h"
#include "severity.h"
#include "shapley.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- patterns ------------------------------------------------------------------------------ */

/* One group's values side by side; arrays with room for the largest group. */
struct scratch {
    double *gl, *ihub, *difference;
    int32_t *date;
};

static void scratch_free(struct scratch *scratch)
{
    free(scratch->gl);
    free(scratch->ihub);
    free(scratch->difference);
    free(scratch->date);
}

static bool scratch_allocate(struct scratch *scratch, size_t n)
{
    scratch->gl = mem_array(n, sizeof *scratch->gl);
    scratch->ihub = mem_array(n, sizeof *scratch->ihub);
    scratch->difference = mem_array(n, sizeof *scratch->difference);
    scratch->date = mem_array(n, sizeof *scratch->date);
    return scratch->gl && scratch->ihub && scratch->difference && scratch->date;
}

static size_t largest_group(const struct groups *groups)
{
    size_t largest = 0;

    for (size_t g = 0; g < groups->n_group; g++) {
        size_t n = groups->start[g + 1] - groups->start[g];
        largest = n > largest ? n : largest;
    }
    return largest;
}

static void group_patterns(const struct row *row, const uint32_t *member, size_t n,
                           const struct scratch *scratch, double tolerance, uint8_t *pattern)
{
    struct series series = {scratch->gl, scratch->ihub, scratch->difference, scratch->date, n};

    for (size_t k = 0; k < n; k++) {
        scratch->gl[k] = row[member[k]].gl;
        scratch->ihub[k] = row[member[k]].ihub;
        scratch->difference[k] = row[member[k]].difference;
        scratch->date[k] = row[member[k]].date;
    }
    for (size_t k = 0; k < n; k++)
        pattern[member[k]] = (uint8_t)pattern_of_row(&series, k, tolerance);
}

static enum status all_patterns(const struct encoded *rows, const struct groups *groups,
                                double tolerance, uint8_t *pattern, struct error *err)
{
    size_t largest = largest_group(groups);
    const struct row *row = rows->row;
    bool short_of_memory = false;

#pragma omp parallel default(none) shared(row, groups, tolerance, pattern, largest)            \
    reduction(||                                                                               \
              : short_of_memory)
    {
        struct scratch scratch = {0};
        bool ready = scratch_allocate(&scratch, largest);
        short_of_memory = short_of_memory || !ready;
#pragma omp for schedule(dynamic, 256)
        for (size_t g = 0; g < groups->n_group; g++)
            if (ready)
                group_patterns(row, groups->member + groups->start[g],
                               groups->start[g + 1] - groups->start[g], &scratch, tolerance,
                               pattern);
        scratch_free(&scratch);
    }
    return short_of_memory ? error_no_memory(err, "the patterns") : STATUS_OK;
}

/* ---- anomalies ----------------------------------------------------------------------------- */

/* The groups that have an anomaly, as groups of their own; place[k]: where member k stands in
 * the groups of all rows. */
static enum status groups_with_anomalies(const struct groups *groups, const double *decision,
                                         struct groups *some, size_t **place, struct error *err)
{
    struct groups chosen = {0};
    size_t *at = mem_array(groups->n_row, sizeof *at);

    chosen.start = mem_array(groups->n_group + 1, sizeof *chosen.start);
    chosen.member = mem_array(groups->n_row, sizeof *chosen.member);
    if (at == NULL || chosen.start == NULL || chosen.member == NULL) {
        free(at);
        groups_free(&chosen);
        return error_no_memory(err, "the anomalies");
    }
    for (size_t g = 0; g < groups->n_group; g++) {
        bool any = false;
        for (size_t k = groups->start[g]; k < groups->start[g + 1] && !any; k++)
            any = decision[groups->member[k]] < 0;
        if (!any)
            continue;
        for (size_t k = groups->start[g]; k < groups->start[g + 1]; k++) {
            at[chosen.n_row] = k;
            chosen.member[chosen.n_row++] = groups->member[k];
        }
        chosen.start[++chosen.n_group] = chosen.n_row;
    }
    *some = chosen;
    *place = at;
    return STATUS_OK;
}

/* Rows of the same account, currency and date that come before member k of its group. */
static uint32_t occurrence_of(const struct row *row, const struct groups *groups, size_t first,
                              size_t k)
{
    const struct row *self = &row[groups->member[k]];
    uint32_t before = 0;

    while (k-- > first && row[groups->member[k]].date == self->date)
        before += memcmp(row[groups->member[k]].code, self->code,
                         CODE_STATUS * sizeof *self->code) == 0;
    return before;
}

static void fill_anomaly(const struct row *row, const struct groups *groups, size_t g, size_t k,
                         double *const *column, const struct judged *judged,
                         const struct scored *scored, double materiality,
                         struct anomaly *anomaly)
{
    uint32_t i = groups->member[k];

    *anomaly = (struct anomaly){.row = row[i],
                                .score = scored->decision[i],
                                .occurrence = occurrence_of(row, groups, groups->start[g], k),
                                .pattern = judged->pattern[i]};
    for (size_t f = 0; f < N_CLASSIC; f++)
        anomaly->feature[f] = column[f][k];
    anomaly->severity =
        (uint8_t)severity_of(anomaly->score, anomaly->feature[FEATURE_BALANCE_DIFFERENCE],
                             anomaly->feature[FEATURE_DIFF_CHANGE], materiality);
}

/* Shapley values of the anomalies; at[a] is where anomaly a stands in group order. */
static enum status attribute(const struct iforest *forest, const struct prepared *prepared,
                             const size_t *at, struct judged *judged, struct error *err)
{
    size_t p = prepared->n_feature, n = judged->n_anomaly;
    float *const *x = prepared->x;
    enum status st = STATUS_OK;
    float *rows = mem_array(n * p, sizeof *rows);

    if (rows == NULL)
        return error_no_memory(err, "the attributions");
    for (size_t a = 0; a < n; a++)
        for (size_t f = 0; f < p; f++)
            rows[a * p + f] = x[f][at[a]];
    st = shapley_batch(forest, rows, n, judged->contribution, err);
    free(rows);
    return st;
}

static enum status describe_anomalies(const struct encoded *rows,
                                      const struct prepared *prepared,
                                      const struct iforest *forest, const struct scored *scored,
                                      double materiality, struct judged *judged,
                                      struct error *err)
{
    struct groups some = {0};
    size_t *place = NULL, *at = NULL, a = 0;
    double **column = NULL;
    enum status st = STATUS_OK;

    TRY(groups_with_anomalies(&prepared->groups, scored->decision, &some, &place, err));
    for (size_t i = 0; i < rows->n_row; i++)
        judged->n_anomaly += scored->decision[i] < 0;
    judged->anomaly = mem_array(judged->n_anomaly, sizeof *judged->anomaly);
    judged->contribution =
        mem_array(judged->n_anomaly * prepared->n_feature, sizeof *judged->contribution);
    at = mem_array(judged->n_anomaly, sizeof *at);
    column = columns_create(N_CLASSIC, some.n_row);
    if (!judged->anomaly || !judged->contribution || !at || !column) {
        st = error_no_memory(err, "the anomalies");
        goto done;
    }
    features_classic(rows->row, &some, column);
    for (size_t g = 0; g < some.n_group; g++)
        for (size_t k = some.start[g]; k < some.start[g + 1]; k++)
            if (scored->decision[some.member[k]] < 0) {
                fill_anomaly(rows->row, &some, g, k, column, judged, scored, materiality,
                             &judged->anomaly[a]);
                at[a++] = place[k];
            }
    TRY(attribute(forest, prepared, at, judged, err));
done:
    groups_free(&some);
    free(place);
    free(at);
    columns_free(column, N_CLASSIC);
    return st;
}

enum status judge_rows(const struct encoded *rows, const struct prepared *prepared,
                       const struct iforest *forest, const struct scored *scored,
                       double tolerance, double materiality, struct judged *out,
                       struct error *err)
{
    struct judged judged = {.pattern = mem_array(rows->n_row, 1)};
    enum status st = STATUS_OK;

    if (judged.pattern == NULL) {
        st = error_no_memory(err, "the patterns");
        goto done;
    }
    TRY(all_patterns(rows, &prepared->groups, tolerance, judged.pattern, err));
    TRY(describe_anomalies(rows, prepared, forest, scored, materiality, &judged, err));
    *out = judged;
    judged = (struct judged){0};
done:
    judged_free(&judged);
    return st;
}

void judged_free(struct judged *judged)
{
    free(judged->pattern);
    free(judged->anomaly);
    free(judged->contribution);
    *judged = (struct judged){0};
}
