/* Feedback against the results it is about. Everything is computed as detect does it, from the
 * model and the features that the file keeps: the same kernels, the same order. */
#include "feedback_preview.h"

#include "code_point.h"
#include "contamination.h"
#include "date.h"
#include "leaf_weights.h"
#include "mem.h"
#include "results_model_read.h"
#include "results_read.h"
#include "select.h"
#include "suppression.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10, NOT_REVIEWED = -1 };

/* The findings of the file, raised and suppressed ones, and what was said of each. */
struct review {
    const struct finding *finding; /* [n] */
    size_t n;
    const struct finding **by_id; /* [n] sorted */
    int8_t *verdict;              /* [n] 1 confirmed, 0 rejected, or NOT_REVIEWED */
    size_t n_confirmed, n_rejected;
};

/* What a run with the feedback would give; arrays [n] of the findings or [n_row]. */
struct outcome {
    double *decision; /* [n_row] */
    bool *suppressed; /* [n] findings held back */
    double contamination;
};

static void review_free(struct review *review)
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

static enum status review_start(const struct findings *findings, struct review *review,
                                struct error *err)
{
    size_t n = findings->n + findings->n_suppressed;

    *review = (struct review){.finding = findings->finding,
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

static const struct finding *find_id(const struct review *review, const char *id)
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
static const struct finding *find_key(const struct review *review,
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
static void keep_known(const struct review *review, struct feedback *feedback, FILE *out)
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

static enum status review_findings(const struct findings *findings, struct feedback *feedback,
                                   struct review *review, FILE *out, struct error *err)
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

/* Where a row stands in /rows; n_row if it does not. */
static size_t find_row(const struct stored_model *model, int64_t row_number)
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

/* Weighs the model's leaves by the verdicts on findings. */
static enum status learn(const struct review *review, struct stored_model *model,
                         struct error *err)
{
    size_t n = review->n_confirmed + review->n_rejected, p = model->forest.n_feature, v = 0;
    float *x = mem_array(n * p, sizeof *x);
    bool *confirmed = mem_array(n, sizeof *confirmed);
    enum status st = STATUS_OK;

    if (x == NULL || confirmed == NULL)
        TRY(error_no_memory(err, "the reviewed rows"));
    for (size_t i = 0; i < review->n; i++) {
        if (review->verdict[i] == NOT_REVIEWED)
            continue;
        size_t row = find_row(model, review->finding[i].row_number);
        if (row == model->n_row)
            TRY(error_set(err, STATUS_DATA, "finding %s is on no row of /rows",
                          review->finding[i].id));
        for (size_t f = 0; f < p; f++)
            x[v * p + f] = model->x[f][row];
        confirmed[v++] = review->verdict[i] == 1;
    }
    leaf_weights_learn(&model->forest, x, confirmed, n);
done:
    free(x);
    free(confirmed);
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

static enum status score_again(const struct stored_model *model, struct outcome *outcome,
                               struct error *err)
{
    struct scorer *scorer = NULL;
    enum status st = STATUS_OK;

    outcome->decision = mem_array(model->n_row, sizeof *outcome->decision);
    if (outcome->decision == NULL)
        TRY(error_no_memory(err, "the scores"));
    TRY(scorer_create(&model->forest, SIMD_AUTO, &scorer, err));
    scorer_run(scorer, (const float *const *)model->x, model->n_row, outcome->decision);
    TRY(subtract_percentile(outcome->decision, model->n_row, outcome->contamination, err));
done:
    scorer_free(scorer);
    return st;
}

static struct matter matter_of(const struct finding *finding)
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
static bool is_held_back(const struct review *review, size_t i, double tolerance,
                         int64_t months)
{
    struct matter later = matter_of(&review->finding[i]);
    int32_t latest = INT32_MIN;
    bool held = false;

    if (review->verdict[i] != NOT_REVIEWED)
        return review->verdict[i] == 0;
    for (size_t j = 0; j < review->n; j++) {
        if (review->verdict[j] == NOT_REVIEWED ||
            !same_account(&review->finding[i], &review->finding[j]))
            continue;
        struct matter earlier = matter_of(&review->finding[j]);
        if (earlier.date >= latest && suppression_covers(&earlier, &later, tolerance, months)) {
            held = review->verdict[j] == 0;
            latest = earlier.date;
        }
    }
    return held;
}

static enum status run_again(const struct review *review, struct stored_model *model,
                             int64_t months, struct outcome *outcome, struct error *err)
{
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
    TRY(learn(review, model, err));
    TRY(score_again(model, outcome, err));
done:
    return st;
}

/* ---- what is printed --------------------------------------------------------------------- */

/* Counts of one pattern. */
struct tally {
    size_t findings, confirmed, rejected, leave, enter, suppressed;
};

static void count_findings(const struct review *review, const struct stored_model *model,
                           const struct outcome *outcome, struct tally *tally)
{
    for (size_t i = 0; i < review->n; i++) {
        uint8_t pattern = matter_of(&review->finding[i]).pattern;
        size_t row = find_row(model, review->finding[i].row_number);
        bool stays =
            outcome->decision == NULL || row == model->n_row || outcome->decision[row] < 0;
        if (pattern == N_PATTERN)
            continue;
        tally[pattern].findings++;
        tally[pattern].confirmed += review->verdict[i] == 1;
        tally[pattern].rejected += review->verdict[i] == 0;
        tally[pattern].suppressed += outcome->suppressed[i] && stays;
    }
}

static void count_rows(const struct stored_model *model, const struct outcome *outcome,
                       struct tally *tally)
{
    for (size_t i = 0; outcome->decision != NULL && i < model->n_row; i++) {
        bool before = model->decision[i] < 0, after = outcome->decision[i] < 0;
        tally[model->pattern[i]].leave += before && !after;
        tally[model->pattern[i]].enter += !before && after;
    }
}

static void print_tally(const char *name, const struct tally *tally, bool scored, FILE *out)
{
    size_t reviewed = tally->confirmed + tally->rejected;

    fprintf(out, "%-13s %9zu %9zu %10zu", name, tally->findings, reviewed, tally->confirmed);
    if (reviewed > 0)
        fprintf(out, " %10.2f", (double)tally->confirmed / (double)reviewed);
    else
        fprintf(out, " %10s", "-");
    fprintf(out, " %11zu", tally->suppressed);
    if (scored)
        fprintf(out, " %6zu %6zu", tally->leave, tally->enter);
    fputc('\n', out);
}

static void print_patterns(const struct tally tally[N_PATTERN], bool scored, FILE *out)
{
    struct tally all = {0};

    fprintf(out, "\n%-13s %9s %9s %10s %10s %11s%s\n", "pattern", "findings", "reviewed",
            "confirmed", "precision", "suppressed", scored ? "  leave  enter" : "");
    for (int p = 0; p < N_PATTERN; p++) {
        const struct tally *own = &tally[p];
        if (own->findings + own->leave + own->enter == 0)
            continue;
        print_tally(pattern_name((enum pattern)p), own, scored, out);
        all.findings += own->findings;
        all.confirmed += own->confirmed;
        all.rejected += own->rejected;
        all.suppressed += own->suppressed;
        all.leave += own->leave;
        all.enter += own->enter;
    }
    print_tally("all", &all, scored, out);
}

/* A row's place in a list. */
struct place {
    double decision;
    size_t row;
};

static int by_decision(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->decision != y->decision)
        return x->decision < y->decision ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows with decision < 0, most anomalous first, with room for all; returns how many. */
static size_t list_places(const double *decision, const bool *left_out, size_t n,
                          struct place *place)
{
    size_t n_place = 0;

    for (size_t i = 0; i < n; i++)
        if (decision[i] < 0 && (left_out == NULL || !left_out[i]))
            place[n_place++] = (struct place){decision[i], i};
    if (n_place > 0)
        qsort(place, n_place, sizeof *place, by_decision);
    return n_place;
}

static const struct finding *finding_of_row(const struct review *review, int64_t row_number)
{
    for (size_t i = 0; i < review->n; i++)
        if (review->finding[i].row_number == row_number)
            return &review->finding[i];
    return NULL;
}

/* Text out of a ledger, without what could move a terminal's cursor. */
static void print_text(const char *text, FILE *out)
{
    while (*text != '\0') {
        const char *from = text;
        uint32_t code = code_point_next(&text);
        bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == CODE_POINT_BAD;
        if (control)
            fputc('?', out);
        else
            fwrite(from, 1, (size_t)(text - from), out);
    }
}

static size_t place_of(const struct place *place, size_t n, size_t row)
{
    size_t at = 0;

    while (at < n && place[at].row != row)
        at++;
    return at;
}

/* The first of the new list. before[n_before], after[n_after] are in order. */
static void print_moves(const struct review *review, const struct stored_model *model,
                        const struct place *before, size_t n_before, const struct place *after,
                        size_t n_after, FILE *out)
{
    fprintf(out, "\nThe first of %zu, and where they stood before\n", n_after);
    fprintf(out, "%4s %6s %10s %-16s %-10s %-12s %s\n", "now", "before", "row", "id",
            "as_of_date", "pattern", "account");
    for (size_t i = 0; i < n_after && i < SHOWN; i++) {
        size_t row = after[i].row, was = place_of(before, n_before, row);
        const struct finding *finding = finding_of_row(review, model->row_number[row]);
        char old[24] = "new";
        if (was < n_before)
            snprintf(old, sizeof old, "%zu", was + 1);
        fprintf(out, "%4zu %6s %10" PRId64 " %-16s %-10s %-12s ", i + 1, old,
                model->row_number[row], finding != NULL ? finding->id : "",
                finding != NULL ? finding->as_of_date : "",
                pattern_name((enum pattern)model->pattern[row]));
        print_text(finding != NULL ? finding->account : "", out);
        fputc('\n', out);
    }
}

static enum status show_moves(const struct review *review, const struct stored_model *model,
                              const struct outcome *outcome, FILE *out, struct error *err)
{
    bool *held = mem_array(model->n_row, sizeof *held);
    struct place *before = mem_array(model->n_row, sizeof *before);
    struct place *after = mem_array(model->n_row, sizeof *after);
    enum status st = STATUS_OK;

    if (held == NULL || before == NULL || after == NULL)
        TRY(error_no_memory(err, "the lists"));
    for (size_t i = 0; i < review->n; i++) {
        size_t row = find_row(model, review->finding[i].row_number);
        if (row < model->n_row)
            held[row] = outcome->suppressed[i];
    }
    size_t n_before = list_places(model->decision, NULL, model->n_row, before);
    size_t n_after = list_places(outcome->decision, held, model->n_row, after);
    print_moves(review, model, before, n_before, after, n_after, out);
    fprintf(out,
            "What enters is not checked for suppression here: its account and date are not "
            "in the file.\n");
done:
    free(held);
    free(before);
    free(after);
    return st;
}

static void print_summary(const char *results, const struct review *review,
                          const struct stored_model *model, const struct outcome *outcome,
                          FILE *out)
{
    size_t reviewed = review->n_confirmed + review->n_rejected;

    fprintf(out, "%s: %zu findings, %zu reviewed: %zu confirmed, %zu rejected", results,
            review->n, reviewed, review->n_confirmed, review->n_rejected);
    if (reviewed > 0)
        fprintf(out, ", precision %.2f", (double)review->n_confirmed / (double)reviewed);
    fprintf(out,
            "\nshare of anomalies (contamination): %.4g without this feedback, %.4g with it\n",
            model->contamination, outcome->contamination);
}

enum status feedback_preview(const char *results, struct feedback *feedback,
                             int64_t suppress_months, FILE *out, struct error *err)
{
    struct findings *findings = NULL;
    struct stored_model model = {.n_row = 0};
    struct review review = {.n = 0};
    struct outcome outcome = {.decision = NULL};
    struct tally tally[N_PATTERN] = {{0}};
    enum status st = STATUS_OK;

    TRY(results_read(results, &findings, err));
    TRY(results_read_model(results, &model, err));
    TRY(review_findings(findings, feedback, &review, out, err));
    TRY(run_again(&review, &model, suppress_months, &outcome, err));
    print_summary(results, &review, &model, &outcome, out);
    count_findings(&review, &model, &outcome, tally);
    count_rows(&model, &outcome, tally);
    print_patterns(tally, outcome.decision != NULL, out);
    if (outcome.decision != NULL)
        TRY(show_moves(&review, &model, &outcome, out, err));
    else
        fprintf(out,
                "\nWhich anomalies would leave or enter takes the features of all rows: "
                "detect with\n--keep-features keeps them, detect with --feedback answers it "
                "for good.\n");
    errno = 0;
    if (fflush(out) != 0 || ferror(out))
        TRY(error_set(err, STATUS_WRITE, "cannot write what feedback would change: %s",
                      strerror(errno)));
done:
    review_free(&review);
    free(outcome.decision);
    free(outcome.suppressed);
    stored_model_free(&model);
    findings_free(findings);
    return st;
}
