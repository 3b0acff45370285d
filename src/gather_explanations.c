/* The findings in words, made where they are found: putting ten thousand into words takes as
 * long as scoring ten times as many rows, and rank 0 has the file to write meanwhile. */
#include "gather.h"

#include "comm.h"
#include "explain.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* One finding in words, to be freed; NULL if memory is short. */
static char *explain_finding(const struct anomaly *anomaly, const double *contribution,
                             const struct anomaly_terms *terms)
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
    char *copy = mem_array(strlen(text) + 1, 1);
    if (copy != NULL)
        strcpy(copy, text);
    return copy;
}

/* text[judged->n_anomaly] out; false if memory is short. */
static bool explain_all(const struct judged *judged, const struct anomaly_terms *terms,
                        char **text)
{
    size_t n = judged->n_anomaly, p = terms->profile->n_feature;
    bool all = true;

#pragma omp parallel for default(none) shared(judged, terms, text, n, p)                       \
    schedule(static) reduction(&& : all)
    for (size_t a = 0; a < n; a++) {
        text[a] = explain_finding(&judged->anomaly[a], judged->contribution + a * p, terms);
        all = all && text[a] != NULL;
    }
    return all;
}

/* The explanations of this rank's anomalies one behind another, each with its end;
 * *byte[*n_byte] is produced. */
static enum status explain_rank(const struct judged *judged, const struct anomaly_terms *terms,
                                char **byte, int64_t *n_byte, struct error *err)
{
    size_t n = judged->n_anomaly, size = 0;
    char **text = mem_array(n, sizeof *text);
    bool ready = text != NULL && explain_all(judged, terms, text);

    for (size_t a = 0; ready && a < n; a++)
        size += strlen(text[a]) + 1;
    char *joined = ready ? mem_array(size, 1) : NULL;
    char *next = joined;
    for (size_t a = 0; joined != NULL && a < n; a++)
        next = stpcpy(next, text[a]) + 1;
    for (size_t a = 0; text != NULL && a < n; a++)
        free(text[a]);
    free(text);
    *byte = joined;
    *n_byte = (int64_t)size;
    return joined != NULL ? STATUS_OK : error_no_memory(err, "the explanations");
}

enum status gather_explanations(const struct run *run, const struct judged *judged,
                                const struct anomaly_terms *terms, char **all,
                                struct error *err)
{
    int64_t *n_of = mem_array((size_t)run->n_rank, sizeof *n_of), n_mine = 0, n_all = 0;
    char *mine = NULL, *joined = NULL;
    enum status st = n_of == NULL ? error_no_memory(err, "the explanations")
                                  : explain_rank(judged, terms, &mine, &n_mine, err);

    TRY(run_agree(run, st, err));
    MPI_Gather(&n_mine, 1, MPI_INT64_T, n_of, 1, MPI_INT64_T, 0, run->comm);
    for (int r = 0; run->rank == 0 && r < run->n_rank; r++)
        n_all += n_of[r];
    if (run->rank == 0 && (joined = mem_array((size_t)n_all, 1)) == NULL)
        st = error_no_memory(err, "the explanations");
    TRY(run_agree(run, st, err));
    comm_gather_bytes(run, mine, n_mine, n_of, joined);
    *all = joined;
done:
    free(n_of);
    free(mine);
    return st;
}
