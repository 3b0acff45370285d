/* /anomalies to rank 0: all of them at once, as they must be ranked before any is written, with
 * their ids and explanations. */
#include "gather.h"

#include "comm.h"
#include "explain.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Where each anomaly goes. */
struct ranked {
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

static int by_severity(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return x->severity != y->severity ? y->severity - x->severity : by_score(a, b);
}

/* Puts the anomalies to be written in order; returns how many. */
static size_t rank_anomalies(const struct anomaly *anomaly, size_t n, int64_t budget,
                             struct ranked *ranked)
{
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){anomaly[i].severity, anomaly[i].score,
                                    anomaly[i].row.row_number, i};
    if (budget > 0 && (int64_t)n > budget) {
        qsort(ranked, n, sizeof *ranked, by_severity);
        n = (size_t)budget;
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
    char **explanation;
};

static void anomaly_list_free(struct anomaly_list *list)
{
    free(list->anomaly);
    free(list->contribution);
    free(list->id);
    for (size_t i = 0; list->explanation != NULL && i < list->n; i++)
        free(list->explanation[i]);
    free(list->explanation);
}

static enum status anomaly_list_allocate(size_t n, size_t n_feature, struct anomaly_list *list,
                                         struct error *err)
{
    list->n = n;
    list->anomaly = mem_array(n, sizeof *list->anomaly);
    list->contribution = mem_array(n * n_feature, sizeof *list->contribution);
    list->id = mem_array(n, sizeof *list->id);
    list->explanation = mem_array(n, sizeof *list->explanation);
    if (!list->anomaly || !list->contribution || !list->id || !list->explanation)
        return error_no_memory(err, "the anomalies");
    return STATUS_OK;
}

static enum status explain_finding(const struct anomaly *anomaly, const double *contribution,
                                   const struct anomaly_terms *terms, char **explanation,
                                   struct error *err)
{
    const struct texts *currency = &terms->facts->text[CODE_CURRENCY];
    size_t start = currency->start[anomaly->row.code[CODE_CURRENCY]];
    size_t end = currency->start[anomaly->row.code[CODE_CURRENCY] + 1];
    struct explain_context context = {
        .currency = currency->byte + start,
        .currency_length = end - start,
        .tolerance = terms->tolerance,
        .label = terms->profile->label,
        .contribution = contribution,
        .n_feature = terms->profile->n_feature,
    };
    char text[EXPLAIN_TEXT];

    explain_anomaly(anomaly, &context, text);
    *explanation = mem_array(strlen(text) + 1, 1);
    if (*explanation == NULL)
        return error_no_memory(err, "the explanations");
    strcpy(*explanation, text);
    return STATUS_OK;
}

/* Those of anomaly[n] that are to be written, in order. */
static enum status list_anomalies(const struct anomaly *anomaly, const double *contribution,
                                  size_t n, const struct anomaly_terms *terms,
                                  struct anomaly_list *list, struct error *err)
{
    size_t p = terms->profile->n_feature;
    struct ranked *ranked = mem_array(n, sizeof *ranked);
    enum status st = STATUS_OK;

    if (ranked == NULL) {
        st = error_no_memory(err, "the anomalies");
        goto done;
    }
    TRY(anomaly_list_allocate(rank_anomalies(anomaly, n, terms->budget, ranked), p, list, err));
    for (size_t i = 0; i < list->n; i++) {
        double *share = list->contribution + i * p;
        list->anomaly[i] = anomaly[ranked[i].index];
        memcpy(share, contribution + ranked[i].index * p, p * sizeof *share);
        TRY(anomaly_id(&list->anomaly[i], terms->facts->text, list->id[i], err));
        TRY(explain_finding(&list->anomaly[i], share, terms, &list->explanation[i], err));
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
        .explanation = (const char *const *)list->explanation,
        .explanation_source = "rules",
    };

    return results_write_anomalies(writer, &anomalies, err);
}

static int by_row_number(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    return (x->row_number > y->row_number) - (x->row_number < y->row_number);
}

/* The most severe of the list. */
static enum status choose_drawn(const struct anomaly_list *list, struct drawn_list *drawn,
                                struct error *err)
{
    struct ranked *ranked = mem_array(list->n, sizeof *ranked);

    if (ranked == NULL)
        return error_no_memory(err, "the anomalies");
    drawn->n = rank_anomalies(list->anomaly, list->n, SERIES_FINDINGS, ranked);
    for (size_t i = 0; i < drawn->n; i++)
        drawn->finding[i] = (struct drawn){ranked[i].row_number, (int64_t)ranked[i].index};
    qsort(drawn->finding, drawn->n, sizeof *drawn->finding, by_row_number);
    free(ranked);
    return STATUS_OK;
}

static enum status write_anomalies(const struct anomaly *anomaly, const double *contribution,
                                   size_t n, const struct anomaly_terms *terms,
                                   struct results_writer *writer, struct drawn_list *drawn,
                                   struct error *err)
{
    struct anomaly_list list = {.n = 0};
    enum status st = STATUS_OK;

    TRY(list_anomalies(anomaly, contribution, n, terms, &list, err));
    TRY(write_list(&list, terms, writer, err));
    TRY(choose_drawn(&list, drawn, err));
done:
    anomaly_list_free(&list);
    return st;
}

enum status gather_anomalies(const struct run *run, const struct judged *judged,
                             const struct anomaly_terms *terms, struct results_writer *writer,
                             int64_t *n_anomaly, struct drawn_list *drawn, struct error *err)
{
    int64_t n_mine = (int64_t)judged->n_anomaly, n_all = 0;
    int64_t *n_of = mem_array((size_t)run->n_rank, sizeof *n_of);
    size_t contributions = terms->profile->n_feature * sizeof(double);
    struct anomaly *anomaly = NULL;
    double *contribution = NULL;
    enum status st = n_of == NULL ? error_no_memory(err, "the anomalies") : STATUS_OK;

    TRY(run_agree(run, st, err));
    MPI_Allgather(&n_mine, 1, MPI_INT64_T, n_of, 1, MPI_INT64_T, run->comm);
    for (int r = 0; r < run->n_rank; r++)
        n_all += n_of[r];
    if (run->rank == 0) {
        anomaly = mem_array((size_t)n_all, sizeof *anomaly);
        contribution = mem_array((size_t)n_all, contributions);
        if (anomaly == NULL || contribution == NULL)
            st = error_no_memory(err, "the anomalies");
    }
    TRY(run_agree(run, st, err));
    comm_gather(run, sizeof *anomaly, judged->anomaly, n_mine, n_of, anomaly);
    comm_gather(run, contributions, judged->contribution, n_mine, n_of, contribution);
    if (run->rank == 0)
        st = write_anomalies(anomaly, contribution, (size_t)n_all, terms, writer, drawn, err);
    TRY(run_agree(run, st, err));
    comm_broadcast(run, drawn, sizeof *drawn);
    *n_anomaly = terms->budget > 0 && terms->budget < n_all ? terms->budget : n_all;
done:
    free(n_of);
    free(anomaly);
    free(contribution);
    return st;
}
