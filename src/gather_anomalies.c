/* /anomalies to rank 0: all of them at once, as they must be ranked before any is written, with
 * their ids. Their explanations come with them (gather_explanations.c). */
#include "gather.h"

#include "comm.h"
#include "date.h"
#include "explain.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where each anomaly goes. */
struct ranked {
    bool suppressed;
    uint8_t severity;
    double score;
    int64_t row_number;
    size_t index;
};

/* Lowest score first, then input order. */
static int by_score(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->row_number > y->row_number) - (x->row_number < y->row_number);
}

/* What is suppressed last. */
static int by_severity(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->suppressed != y->suppressed)
        return x->suppressed - y->suppressed;
    return x->severity != y->severity ? y->severity - x->severity : by_score(a, b);
}

static struct ranked rank_of(const struct anomaly *anomaly, size_t index)
{
    return (struct ranked){anomaly->suppressor > 0, anomaly->severity, anomaly->score,
                           anomaly->row.row_number, index};
}

static struct anomaly_counts count_anomalies(const struct anomaly *anomaly, size_t n,
                                             int64_t budget)
{
    struct anomaly_counts count = {0, 0};

    for (size_t i = 0; i < n; i++)
        count.suppressed += anomaly[i].suppressor > 0;
    count.raised = (int64_t)n - count.suppressed;
    if (budget > 0 && count.raised > budget)
        count.raised = budget;
    return count;
}

/* Puts the anomalies to be written in order; returns how many. */
static size_t rank_anomalies(const struct anomaly *anomaly, size_t n, int64_t budget,
                             struct ranked *ranked)
{
    struct anomaly_counts count = count_anomalies(anomaly, n, budget);
    size_t n_raised = (size_t)count.raised, n_suppressed = (size_t)count.suppressed;

    for (size_t i = 0; i < n; i++)
        ranked[i] = rank_of(&anomaly[i], i);
    if (n_raised + n_suppressed < n) {
        qsort(ranked, n, sizeof *ranked, by_severity);
        memmove(ranked + n_raised, ranked + n - n_suppressed, n_suppressed * sizeof *ranked);
        n = n_raised + n_suppressed;
    }
    qsort(ranked, n, sizeof *ranked, by_score);
    return n;
}

/* Rank 0's list of anomalies as it is written; arrays [n]. */
struct anomaly_list {
    size_t n;
    struct anomaly *anomaly;
    double *contribution; /* [n * n_feature] */
    char (*id)[RESULTS_ID];
    const char **explanation;   /* borrowed */
    const char **suppressed_by; /* in the reviewers' texts */
    char **suppressed_reason;   /* NULL for what is raised */
};

static void free_texts(char **text, size_t n)
{
    for (size_t i = 0; text != NULL && i < n; i++)
        free(text[i]);
    free(text);
}

static void anomaly_list_free(struct anomaly_list *list)
{
    free(list->anomaly);
    free(list->contribution);
    free(list->id);
    free(list->explanation);
    free(list->suppressed_by);
    free_texts(list->suppressed_reason, list->n);
}

static enum status anomaly_list_allocate(size_t n, size_t n_feature, struct anomaly_list *list,
                                         struct error *err)
{
    list->n = n;
    list->anomaly = mem_array(n, sizeof *list->anomaly);
    list->contribution = mem_array(n * n_feature, sizeof *list->contribution);
    list->id = mem_array(n, sizeof *list->id);
    list->explanation = mem_array(n, sizeof *list->explanation);
    list->suppressed_by = mem_array(n, sizeof *list->suppressed_by);
    list->suppressed_reason = mem_array(n, sizeof *list->suppressed_reason);
    if (!list->anomaly || !list->contribution || !list->id || !list->explanation ||
        !list->suppressed_by || !list->suppressed_reason)
        return error_no_memory(err, "the anomalies");
    return STATUS_OK;
}

/* Who holds a finding back and why: the rejection, and what the reviewer wrote. */
static enum status tell_suppression(const struct anomaly *anomaly,
                                    const struct reviews *reviews, const char **by,
                                    char **reason, struct error *err)
{
    char date[DATE_TEXT] = "(no date)";

    *by = "";
    if (anomaly->suppressor == 0)
        return STATUS_OK;
    *reason = mem_array(EXPLAIN_TEXT, 1);
    if (*reason == NULL)
        return error_no_memory(err, "the suppressed findings");
    const struct reviewed *judged = &reviews->reviewed[anomaly->suppressor - 1];
    const struct verdict *verdict = &reviews->feedback.verdict[judged->verdict];
    const char *byte = reviews->feedback.byte, *comment = byte + verdict->comment;
    *by = byte + verdict->reviewer;
    if (judged->date != ROW_NO_DATE)
        date_format(judged->date, date);
    snprintf(*reason, EXPLAIN_TEXT, "rejected as %s of %s (finding %s)%s%s",
             pattern_name((enum pattern)anomaly->pattern), date, judged->id,
             comment[0] != '\0' ? ": " : "", comment);
    return STATUS_OK;
}

/* Everything of the ranks' anomalies, on rank 0. */
struct found_anomalies {
    size_t n;
    struct anomaly *anomaly;
    double *contribution; /* [n * n_feature] */
    char *explanations;   /* one behind another, each with its end */
    const char **explanation;
};

static void found_anomalies_free(struct found_anomalies *found)
{
    free(found->anomaly);
    free(found->contribution);
    free(found->explanations);
    free(found->explanation);
}

/* Those of the anomalies that are to be written, in order. */
static enum status list_anomalies(const struct found_anomalies *found,
                                  const struct anomaly_terms *terms, struct anomaly_list *list,
                                  struct error *err)
{
    size_t p = terms->profile->n_feature, n = found->n;
    struct ranked *ranked = mem_array(n, sizeof *ranked);
    enum status st = STATUS_OK;

    if (ranked == NULL) {
        st = error_no_memory(err, "the anomalies");
        goto done;
    }
    TRY(anomaly_list_allocate(rank_anomalies(found->anomaly, n, terms->budget, ranked), p, list,
                              err));
    for (size_t i = 0; i < list->n; i++) {
        double *share = list->contribution + i * p;
        list->anomaly[i] = found->anomaly[ranked[i].index];
        list->explanation[i] = found->explanation[ranked[i].index];
        memcpy(share, found->contribution + ranked[i].index * p, p * sizeof *share);
        TRY(anomaly_id(&list->anomaly[i], terms->facts->text, list->id[i], err));
        TRY(tell_suppression(&list->anomaly[i], terms->reviews, &list->suppressed_by[i],
                             &list->suppressed_reason[i], err));
    }
done:
    free(ranked);
    return st;
}

static enum status write_list(const struct anomaly_list *list,
                              const struct anomaly_terms *terms, struct results_writer *writer,
                              struct error *err)
{
    const struct results_anomalies anomalies = {
        .n = list->n,
        .anomaly = list->anomaly,
        .id = list->id,
        .text = terms->facts->text,
        .currency = terms->facts->has_currency,
        .n_contribution = terms->profile->n_feature,
        .contribution = list->contribution,
        .explanation = list->explanation,
        .explanation_source = "rules",
        .suppressed_by = list->suppressed_by,
        .suppressed_reason =
            terms->reviews->n > 0 ? (const char *const *)list->suppressed_reason : NULL,
    };

    return results_write_anomalies(writer, &anomalies, err);
}

static int by_row_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The most severe of the list that are raised. */
static enum status choose_drawn(const struct anomaly_list *list, struct drawn_list *drawn,
                                struct error *err)
{
    struct ranked *ranked = mem_array(list->n, sizeof *ranked);

    if (ranked == NULL)
        return error_no_memory(err, "the anomalies");
    for (size_t i = 0; i < list->n; i++)
        ranked[i] = rank_of(&list->anomaly[i], i);
    qsort(ranked, list->n, sizeof *ranked, by_severity);
    for (drawn->n = 0; drawn->n < list->n && drawn->n < SERIES_FINDINGS; drawn->n++) {
        if (ranked[drawn->n].suppressed)
            break;
        drawn->row_number[drawn->n] = ranked[drawn->n].row_number;
    }
    qsort(drawn->row_number, drawn->n, sizeof *drawn->row_number, by_row_number);
    free(ranked);
    return STATUS_OK;
}

static enum status write_anomalies(const struct found_anomalies *found,
                                   const struct anomaly_terms *terms,
                                   struct results_writer *writer, struct drawn_list *drawn,
                                   struct error *err)
{
    struct anomaly_list list = {.n = 0};
    enum status st = STATUS_OK;

    TRY(list_anomalies(found, terms, &list, err));
    TRY(write_list(&list, terms, writer, err));
    TRY(choose_drawn(&list, drawn, err));
done:
    anomaly_list_free(&list);
    return st;
}

/* Where each explanation begins. */
static void part_explanations(struct found_anomalies *found)
{
    const char *next = found->explanations;

    for (size_t a = 0; a < found->n; a++) {
        found->explanation[a] = next;
        next += strlen(next) + 1;
    }
}

/* Brings the ranks' anomalies to rank 0. All ranks. */
static enum status find_anomalies(const struct run *run, const struct judged *judged,
                                  const struct anomaly_terms *terms,
                                  struct found_anomalies *found, struct error *err)
{
    int64_t n_mine = (int64_t)judged->n_anomaly;
    int64_t *n_of = mem_array((size_t)run->n_rank, sizeof *n_of);
    size_t contributions = terms->profile->n_feature * sizeof(double);
    enum status st = n_of == NULL ? error_no_memory(err, "the anomalies") : STATUS_OK;

    TRY(run_agree(run, st, err));
    MPI_Gather(&n_mine, 1, MPI_INT64_T, n_of, 1, MPI_INT64_T, 0, run->comm);
    if (run->rank == 0) {
        for (int r = 0; r < run->n_rank; r++)
            found->n += (size_t)n_of[r];
        found->anomaly = mem_array(found->n, sizeof *found->anomaly);
        found->contribution = mem_array(found->n, contributions);
        found->explanation = mem_array(found->n, sizeof *found->explanation);
        if (!found->anomaly || !found->contribution || !found->explanation)
            st = error_no_memory(err, "the anomalies");
    }
    TRY(run_agree(run, st, err));
    comm_gather(run, sizeof *found->anomaly, judged->anomaly, n_mine, n_of, found->anomaly);
    comm_gather(run, contributions, judged->contribution, n_mine, n_of, found->contribution);
    TRY(gather_explanations(run, judged, terms, &found->explanations, err));
    part_explanations(found);
done:
    free(n_of);
    return st;
}

enum status gather_anomalies(const struct run *run, const struct judged *judged,
                             const struct anomaly_terms *terms, struct results_writer *writer,
                             struct anomaly_counts *count, struct drawn_list *drawn,
                             struct error *err)
{
    struct found_anomalies found = {.n = 0};
    struct anomaly_counts counted = {0, 0};
    enum status st = STATUS_OK;

    TRY(find_anomalies(run, judged, terms, &found, err));
    if (run->rank == 0) {
        counted = count_anomalies(found.anomaly, found.n, terms->budget);
        st = write_anomalies(&found, terms, writer, drawn, err);
    }
    TRY(run_agree(run, st, err));
    MPI_Bcast(&counted, sizeof counted, MPI_BYTE, 0, run->comm);
    comm_broadcast(run, drawn, sizeof *drawn);
    *count = counted;
done:
    found_anomalies_free(&found);
    return st;
}
