/* What feedback would change, as a table by pattern and the first of the new list. How it is
 * worked out is feedback_outcome.c's. */
#include "feedback_preview.h"

#include "code_point.h"
#include "feedback_outcome.h"
#include "mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 }; /* of the new list */

/* Counts of one pattern. */
struct tally {
    size_t findings, confirmed, rejected, leave, enter, suppressed;
};

static void count_findings(const struct feedback_review *review,
                           const struct stored_model *model,
                           const struct feedback_outcome *outcome, struct tally *tally)
{
    for (size_t i = 0; i < review->n; i++) {
        uint8_t pattern = feedback_matter(&review->finding[i]).pattern;
        size_t row = feedback_find_row(model, review->finding[i].row_number);
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

static void count_rows(const struct stored_model *model, const struct feedback_outcome *outcome,
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

static const struct finding *finding_of_row(const struct feedback_review *review,
                                            int64_t row_number)
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
static void print_moves(const struct feedback_review *review, const struct stored_model *model,
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

static enum status show_moves(const struct feedback_review *review,
                              const struct stored_model *model,
                              const struct feedback_outcome *outcome, FILE *out,
                              struct error *err)
{
    bool *held = mem_array(model->n_row, sizeof *held);
    struct place *before = mem_array(model->n_row, sizeof *before);
    struct place *after = mem_array(model->n_row, sizeof *after);
    enum status st = STATUS_OK;

    if (held == NULL || before == NULL || after == NULL)
        TRY(error_no_memory(err, "the lists"));
    for (size_t i = 0; i < review->n; i++) {
        size_t row = feedback_find_row(model, review->finding[i].row_number);
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

static void print_summary(const char *results, const struct feedback_review *review,
                          const struct stored_model *model,
                          const struct feedback_outcome *outcome, FILE *out)
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
    struct feedback_review review = {.n = 0};
    struct feedback_outcome outcome = {.decision = NULL};
    struct tally tally[N_PATTERN] = {{0}};
    enum status st = STATUS_OK;

    TRY(results_read(results, &findings, err));
    TRY(results_read_model(results, &model, err));
    TRY(feedback_review(findings, feedback, &review, out, err));
    TRY(feedback_run_again(&review, &model, suppress_months, &outcome, err));
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
    feedback_review_free(&review);
    free(outcome.decision);
    free(outcome.suppressed);
    stored_model_free(&model);
    findings_free(findings);
    return st;
}
