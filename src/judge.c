/* Everything an anomaly carries: its pattern, its documented features, its place among rows of the
 * same key and date, its severity and what each feature added to its score.
 * The documented features were not kept, so they are computed again, for the groups with
 * anomalies only and some of these at a time. */
#include "judge.h"

#include "learn.h"
#include "mem.h"
#include "pattern.h"
#include "settings.h"
#include "severity.h"
#include "shapley.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- anomalies ----------------------------------------------------------------------------- */

static bool is_followed_up(const struct row *row, double decision, const struct judgement *by)
{
    return decision < 0 && (by->alert_on == ALERT_ALL || row->date == by->alert_on);
}

enum { CHOSEN_ROWS = 1 << 16 }; /* rows of groups with an anomaly at a time */

/* Some groups that have an anomaly, as groups of their own; room for CHOSEN_ROWS and the largest
 * group. */
struct chosen_groups {
    struct groups groups;
    size_t *place;              /* [n_row] where each member stands in the groups of all rows */
    int32_t *date;              /* [n_row] */
    double **column;            /* [N_CLASSIC][n_row] the documented features */
    const struct encoded *rows; /* borrowed, like the rest */
    const uint8_t *pattern;
    const struct scored *scored;
    const struct judgement *by;
};

static void chosen_free(struct chosen_groups *chosen)
{
    groups_free(&chosen->groups);
    free(chosen->place);
    free(chosen->date);
    columns_free(chosen->column, N_CLASSIC);
}

static bool has_anomaly(const struct chosen_groups *chosen, const uint32_t *member, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (is_followed_up(&chosen->rows->row[member[k]], chosen->scored->decision[member[k]],
                           chosen->by))
            return true;
    return false;
}

static enum status chosen_prepare(const struct groups *all, struct chosen_groups *chosen,
                                  struct error *err)
{
    struct groups *some = &chosen->groups;
    size_t room = CHOSEN_ROWS + groups_largest(all);

    room = room < all->n_row ? room : all->n_row;
    some->start = mem_array(room + 1, sizeof *some->start);
    some->member = mem_array(room, sizeof *some->member);
    chosen->place = mem_array(room, sizeof *chosen->place);
    chosen->date = mem_array(room, sizeof *chosen->date);
    chosen->column = columns_create(N_CLASSIC, room);
    if (!some->start || !some->member || !chosen->place || !chosen->date || !chosen->column)
        return error_no_memory(err, "the anomalies");
    return STATUS_OK;
}

/* Takes the next groups that have an anomaly, from group g on; returns where to go on. */
static size_t choose_groups(const struct groups *all, size_t g, struct chosen_groups *chosen)
{
    struct groups *some = &chosen->groups;

    some->n_row = some->n_group = 0;
    for (; g < all->n_group && some->n_row < CHOSEN_ROWS; g++) {
        size_t first = all->start[g], end = all->start[g + 1];
        if (!has_anomaly(chosen, all->member + first, end - first))
            continue;
        for (size_t k = first; k < end; k++, some->n_row++) {
            chosen->place[some->n_row] = k;
            chosen->date[some->n_row] = chosen->rows->row[all->member[k]].date;
            some->member[some->n_row] = all->member[k];
        }
        some->start[++some->n_group] = some->n_row;
    }
    features_classic(chosen->rows->row, some, chosen->column);
    return g;
}

static double materiality_for(const struct judgement *by, const struct row *row)
{
    size_t start = by->currency->start[row->code[CODE_CURRENCY]];
    size_t end = by->currency->start[row->code[CODE_CURRENCY] + 1];

    return materiality_of(by->materiality, by->currency->byte + start, end - start);
}

/* Member k, which is an anomaly, of chosen group g. */
static void fill_anomaly(const struct chosen_groups *chosen, size_t g, size_t k,
                         const struct judged *judged, struct anomaly *anomaly)
{
    const struct groups *groups = &chosen->groups;
    const struct judgement *by = chosen->by;
    size_t first = groups->start[g];
    uint32_t i = groups->member[k];
    const struct row *row = &chosen->rows->row[i];
    struct series series = {chosen->column[FEATURE_GL_BALANCE] + first,
                            chosen->column[FEATURE_IHUB_BALANCE] + first,
                            chosen->column[FEATURE_BALANCE_DIFFERENCE] + first,
                            chosen->date + first, groups->start[g + 1] - first};
    struct break_age age = pattern_break_age(&series, k - first, by->tolerance);

    *anomaly =
        (struct anomaly){.row = *row,
                         .score = chosen->scored->decision[i],
                         .usual_difference = pattern_usual_difference(&series, k - first),
                         .break_months = age.months,
                         .break_since = age.first_date,
                         .occurrence = review_occurrence(chosen->rows->row, groups, first, k),
                         .pattern = chosen->pattern[i],
                         .suppressor = judged->suppressor != NULL ? judged->suppressor[i] : 0,
                         .lifecycle = (uint8_t)age.lifecycle};
    for (size_t f = 0; f < N_CLASSIC; f++)
        anomaly->feature[f] = chosen->column[f][k];
    anomaly->severity =
        (uint8_t)severity_of(anomaly->score, anomaly->feature[FEATURE_BALANCE_DIFFERENCE],
                             anomaly->feature[FEATURE_DIFF_CHANGE], materiality_for(by, row));
}

/* Which features of a scaled row depart by themselves; room[n_feature] is for scratch. */
static int64_t departing(const struct prepared *prepared, const struct profile *profile,
                         const float *x, double *room)
{
    for (size_t f = 0; f < prepared->n_feature; f++)
        room[f] = x[f] * prepared->scale[f] + prepared->center[f];
    return profile->departing(room);
}

/* Shapley values of the anomalies, and which of their features depart; at[a] is where anomaly a
 * stands in group order. */
static enum status attribute(const struct iforest *forest, const struct prepared *prepared,
                             const struct profile *profile, const size_t *at,
                             struct judged *judged, struct error *err)
{
    size_t p = prepared->n_feature, n = judged->n_anomaly;
    float *const *x = prepared->x;
    enum status st = STATUS_OK;
    float *rows = mem_array(n * p, sizeof *rows);
    double *room = mem_array(p, sizeof *room);

    if (rows == NULL || room == NULL)
        TRY(error_no_memory(err, "the attributions"));
    for (size_t a = 0; a < n; a++) {
        for (size_t f = 0; f < p; f++)
            rows[a * p + f] = x[f][at[a]];
        judged->anomaly[a].departing = departing(prepared, profile, rows + a * p, room);
    }
    TRY(shapley_batch(forest, rows, n, judged->contribution, err));
done:
    free(rows);
    free(room);
    return st;
}

/* Appends the anomalies of the chosen groups to the judged; at: where each stands in the groups
 * of all rows. Returns how many there are then. */
static size_t fill_chosen(const struct chosen_groups *chosen, size_t n, struct judged *judged,
                          size_t *at)
{
    const struct groups *groups = &chosen->groups;

    for (size_t g = 0; g < groups->n_group; g++)
        for (size_t k = groups->start[g]; k < groups->start[g + 1]; k++) {
            uint32_t i = groups->member[k];
            if (!is_followed_up(&chosen->rows->row[i], chosen->scored->decision[i], chosen->by))
                continue;
            fill_anomaly(chosen, g, k, judged, &judged->anomaly[n]);
            at[n++] = chosen->place[k];
        }
    return n;
}

static enum status describe_anomalies(const struct encoded *rows,
                                      const struct prepared *prepared,
                                      const struct iforest *forest, const struct scored *scored,
                                      const struct judgement *by, struct judged *judged,
                                      struct error *err)
{
    struct chosen_groups chosen = {
        .rows = rows, .pattern = prepared->pattern, .scored = scored, .by = by};
    const struct groups *groups = &prepared->groups;
    size_t *at = NULL, n = 0;
    enum status st = STATUS_OK;

    for (size_t i = 0; i < rows->n_row; i++)
        judged->n_anomaly += is_followed_up(&rows->row[i], scored->decision[i], by);
    judged->anomaly = mem_array(judged->n_anomaly, sizeof *judged->anomaly);
    judged->contribution =
        mem_array(judged->n_anomaly * prepared->n_feature, sizeof *judged->contribution);
    at = mem_array(judged->n_anomaly, sizeof *at);
    if (!judged->anomaly || !judged->contribution || !at)
        TRY(error_no_memory(err, "the anomalies"));
    TRY(chosen_prepare(groups, &chosen, err));
    for (size_t g = 0; g < groups->n_group;) {
        g = choose_groups(groups, g, &chosen);
        n = fill_chosen(&chosen, n, judged, at);
    }
    TRY(attribute(forest, prepared, by->profile, at, judged, err));
done:
    chosen_free(&chosen);
    free(at);
    return st;
}

enum status judge_rows(const struct encoded *rows, const struct prepared *prepared,
                       const struct iforest *forest, const struct scored *scored,
                       const struct judgement *by, struct judged *out, struct error *err)
{
    struct judged judged = {.n_anomaly = 0};
    enum status st = STATUS_OK;

    TRY(learn_suppress(rows, prepared, scored, by->reviews, by->tolerance, by->suppress_months,
                       &judged.suppressor, err));
    TRY(describe_anomalies(rows, prepared, forest, scored, by, &judged, err));
    *out = judged;
    judged = (struct judged){.n_anomaly = 0};
done:
    judged_free(&judged);
    return st;
}

void judged_free(struct judged *judged)
{
    free(judged->suppressor);
    free(judged->anomaly);
    free(judged->contribution);
    *judged = (struct judged){.n_anomaly = 0};
}
