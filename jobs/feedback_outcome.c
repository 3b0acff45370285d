/* A run with feedback, from what the results file of one without it keeps: the same kernels in
 * the same order as detect, on one process. */
#include "feedback_outcome.h"

#include "contamination.h"
#include "date.h"
#include "lesson.h"
#include "mem.h"
#include "pattern.h"
#include "select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 }; /* verdicts on nothing that are named one by one */

void feedback_review_free(struct feedback_review *review)
{
    free(review->by_id);
    free(review->verdict);
}

/* ---- verdicts to findings ---------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct finding *const *)a)->id,
                  (*(const struct finding *const *)b)->id);
}

static enum status review_start(const struct findings *findings, struct feedback_review *review,
                                struct error *err)
{
    size_t n = findings->n + findings->n_suppressed;

    *review = (struct feedback_review){.finding = findings->finding,
                                       .n = n,
                                       .by_id = mem_array(n, sizeof *review->by_id),
                                       .verdict = mem_array(n, 1)};
    if (review->by_id == NULL || review->verdict == NULL)
        return error_no_memory(err, "the findings");
    for (size_t i = 0; i < n; i++) {
        review->by_id[i] = &findings->finding[i];
        review->verdict[i] = NOT_REVIEWED;
    }
    if (n > 0)
        qsort(review->by_id, n, sizeof *review->by_id, by_id);
    return STATUS_OK;
}

static const struct finding *find_id(const struct feedback_review *review, const char *id)
{
    const struct finding key = {.id = id}, *wanted = &key;
    const struct finding **hit =
        bsearch(&wanted, review->by_id, review->n, sizeof *review->by_id, by_id);

    return hit != NULL ? *hit : NULL;
}

static bool has_date(const struct finding *finding, int32_t date)
{
    char text[DATE_TEXT];

    if (date == ROW_NO_DATE)
        return false;
    date_format(date, text);
    return strcmp(text, finding->as_of_date) == 0;
}

/* The only finding of the verdict's company, account, AU and date; NULL if there is none or
 * there are several. */
static const struct finding *find_key(const struct feedback_review *review,
                                      const struct feedback *feedback,
                                      const struct verdict *verdict)
{
    const char *byte = feedback->byte;
    const struct finding *only = NULL;

    for (size_t i = 0; i < review->n; i++) {
        const struct finding *finding = &review->finding[i];
        bool same =
            strcmp(finding->company, byte + verdict->company) == 0 &&
            strcmp(finding->account, byte + verdict->account) == 0 &&
            strcmp(finding->au, byte + verdict->au) == 0 &&
            (verdict->currency == 0 ||
             strcmp(finding->currency, byte + verdict->currency) == 0) &&
            (has_date(finding, verdict->date[0]) || has_date(finding, verdict->date[1]));
        if (same && only != NULL)
            return NULL;
        if (same)
            only = finding;
    }
    return only;
}

/* Leaves the verdicts that are on findings, with their ids; says which are not. */
static void keep_known(const struct feedback_review *review, struct feedback *feedback,
                       FILE *out)
{
    size_t kept = 0, unknown = 0;

    for (size_t v = 0; v < feedback->n; v++) {
        struct verdict *verdict = &feedback->verdict[v];
        const struct finding *finding = find_id(review, verdict->id);
        if (finding == NULL && verdict->by_key)
            finding = find_key(review, feedback, verdict);
        if (finding == NULL) {
            if (unknown++ < SHOWN)
                fprintf(out, "%s: line %" PRId64 " is on none of these findings\n",
                        feedback->path[verdict->file], verdict->line);
            continue;
        }
        memcpy(verdict->id, finding->id, strnlen(finding->id, RESULTS_ID - 1));
        feedback->verdict[kept++] = *verdict;
    }
    feedback->n = kept;
    if (unknown > SHOWN)
        fprintf(out, "%zu verdicts in all are on none of these findings\n", unknown);
}

enum status feedback_review(const struct findings *findings, struct feedback *feedback,
                            struct feedback_review *review, FILE *out, struct error *err)
{
    enum status st = STATUS_OK;

    TRY(review_start(findings, review, err));
    keep_known(review, feedback, out);
    TRY(feedback_settle(feedback, err));
    for (size_t v = 0; v < feedback->n; v++) {
        size_t i = (size_t)(find_id(review, feedback->verdict[v].id) - review->finding);
        review->verdict[i] = feedback->verdict[v].confirmed;
        review->n_confirmed += feedback->verdict[v].confirmed;
        review->n_rejected += !feedback->verdict[v].confirmed;
    }
done:
    return st;
}

/* ---- the run again ----------------------------------------------------------------------- */

size_t feedback_find_row(const struct stored_model *model, int64_t row_number)
{
    size_t low = 0, high = model->n_row;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (model->row_number[middle] < row_number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < model->n_row && model->row_number[low] == row_number ? low : model->n_row;
}

/* Weighs the model's leaves, and patterns, by the verdicts on findings. */
static enum status learn(const struct feedback_review *review, struct stored_model *model,
                         struct lesson *lesson, struct error *err)
{
    size_t n = review->n_confirmed + review->n_rejected, p = model->forest.n_feature, v = 0;
    float *x = mem_array(n * p, sizeof *x);
    bool *confirmed = mem_array(n, sizeof *confirmed);
    uint8_t *pattern = mem_array(n, 1);
    enum status st = STATUS_OK;

    if (x == NULL || confirmed == NULL || pattern == NULL)
        TRY(error_no_memory(err, "the reviewed rows"));
    for (size_t i = 0; i < review->n; i++) {
        if (review->verdict[i] == NOT_REVIEWED)
            continue;
        size_t row = feedback_find_row(model, review->finding[i].row_number);
        if (row == model->n_row)
            TRY(error_set(err, STATUS_DATA, "finding %s is on no row of /rows",
                          review->finding[i].id));
        for (size_t f = 0; f < p; f++)
            x[v * p + f] = model->x[f][row];
        pattern[v] = model->pattern[row];
        confirmed[v++] = review->verdict[i] == 1;
    }
    TRY(lesson_learn(&model->forest, x, pattern, confirmed, n, lesson, err));
done:
    free(x);
    free(confirmed);
    free(pattern);
    return st;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum status subtract_percentile(double *score, size_t n, double share, struct error *err)
{
    struct select_position at = select_percentile(100.0 * share, (int64_t)n);
    double *sorted = mem_array(n, sizeof *sorted);

    if (sorted == NULL)
        return error_no_memory(err, "the scores");
    memcpy(sorted, score, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    double offset = select_interpolate(sorted[at.below], sorted[at.above], at.fraction);
    for (size_t i = 0; i < n; i++)
        score[i] -= offset;
    free(sorted);
    return STATUS_OK;
}

static enum status score_again(const struct stored_model *model, const struct lesson *lesson,
                               struct feedback_outcome *outcome, struct error *err)
{
    struct scorer *scorer = NULL;
    double *factor = mem_array(model->n_row, sizeof *factor);
    enum status st = STATUS_OK;

    outcome->decision = mem_array(model->n_row, sizeof *outcome->decision);
    if (outcome->decision == NULL || factor == NULL)
        TRY(error_no_memory(err, "the scores"));
    TRY(scorer_create(&model->forest, SIMD_AUTO, &scorer, err));
    for (size_t i = 0; i < model->n_row; i++)
        factor[i] = lesson->factor[model->pattern[i]];
    scorer_run_learned(scorer, (const float *const *)model->x, model->n_row, factor,
                       outcome->decision, NULL);
    TRY(subtract_percentile(outcome->decision, model->n_row, outcome->contamination, err));
done:
    scorer_free(scorer);
    free(factor);
    return st;
}

struct matter feedback_matter(const struct finding *finding)
{
    size_t length = strlen(finding->as_of_date);
    struct matter matter = {
        length > 0 ? date_days(finding->as_of_date, length, DATE_MONTH_FIRST) : ROW_NO_DATE,
        N_PATTERN, finding->feature[FEATURE_BALANCE_DIFFERENCE]};

    for (uint8_t p = 0; p < N_PATTERN; p++)
        if (strcmp(finding->pattern, pattern_name((enum pattern)p)) == 0)
            matter.pattern = p;
    return matter;
}

static bool same_account(const struct finding *a, const struct finding *b)
{
    return strcmp(a->account, b->account) == 0 && strcmp(a->company, b->company) == 0 &&
           strcmp(a->au, b->au) == 0 && strcmp(a->currency, b->currency) == 0;
}

/* Whether the last verdict on the finding's matter is a rejection. */
static bool is_held_back(const struct feedback_review *review, size_t i, double tolerance,
                         int64_t months)
{
    struct matter later = feedback_matter(&review->finding[i]);
    int32_t latest = INT32_MIN;
    bool held = false;

    if (review->verdict[i] != NOT_REVIEWED)
        return review->verdict[i] == 0;
    for (size_t j = 0; j < review->n; j++) {
        if (review->verdict[j] == NOT_REVIEWED ||
            !same_account(&review->finding[i], &review->finding[j]))
            continue;
        struct matter earlier = feedback_matter(&review->finding[j]);
        if (earlier.date >= latest && suppression_covers(&earlier, &later, tolerance, months)) {
            held = review->verdict[j] == 0;
            latest = earlier.date;
        }
    }
    return held;
}

enum status feedback_run_again(const struct feedback_review *review, struct stored_model *model,
                               int64_t months, struct feedback_outcome *outcome,
                               struct error *err)
{
    struct lesson lesson;
    enum status st = STATUS_OK;

    outcome->contamination = model->contamination;
    if (!model->share_given && review->n_confirmed + review->n_rejected > 0)
        outcome->contamination =
            contamination_follow(model->contamination, (int64_t)review->n_confirmed,
                                 (int64_t)review->n_rejected, model->least_share);
    outcome->suppressed = mem_array(review->n, sizeof *outcome->suppressed);
    if (outcome->suppressed == NULL)
        TRY(error_no_memory(err, "the findings"));
    for (size_t i = 0; i < review->n; i++)
        outcome->suppressed[i] = is_held_back(review, i, model->tolerance, months);
    if (model->x == NULL)
        goto done;
    TRY(learn(review, model, &lesson, err));
    TRY(score_again(model, &lesson, outcome, err));
done:
    return st;
}
