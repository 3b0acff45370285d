/* explanations.json: a finding at a time, so that many need no more memory than the text of the
 * file. Made of the results file and of the answers kept in the outbox, and so the same in every
 * run that learns nothing new. */
#include "explanation_draft.h"

#include "draft.h"
#include "facts.h"
#include "json_add.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { USUAL_BYTES = 4096 };
enum { FINDINGS_TOLD = 1 << 10 }; /* between two tellings of how far it is */

static bool add_shares(cJSON *object, const struct findings *findings, size_t i)
{
    const double *contribution = findings->finding[i].contribution;
    cJSON *shares = cJSON_AddObjectToObject(object, "share_percent");
    double all = 0;

    for (size_t k = 0; k < findings->n_contribution; k++)
        all += fmin(contribution[k], 0);
    for (size_t k = 0; shares != NULL && k < findings->n_contribution && all < 0; k++)
        if (!json_add_number(shares, findings->feature_name[k], 100 * contribution[k] / all, 1))
            return false;
    return shares != NULL;
}

/* Consumes facts->sheet. */
static bool fill_object(cJSON *object, const struct followup *followup, size_t i,
                        double confidence, struct facts *facts)
{
    const struct explanation *said = &followup->explained[i];

    if (!json_add_text(object, "id", followup->findings->finding[i].id) ||
        !json_add_text(object, "explanation_source", said->source) ||
        !json_add_text(object, "explanation", said->text) ||
        !json_add_text(object, "likely_cause", said->likely_cause) ||
        !json_add_text(object, "recommended_action", said->recommended_action) ||
        !json_add_number(object, "confidence", confidence, 2) ||
        !cJSON_AddItemToObject(object, "facts", facts->sheet))
        return false;
    facts->sheet = NULL;
    return add_shares(object, followup->findings, i);
}

static enum status print_finding(const struct followup *followup, size_t i, double confidence,
                                 FILE *out, struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {0};
    cJSON *object = cJSON_CreateObject();
    char *text = NULL;

    TRY(facts_make(followup->findings, i, &facts, err));
    if (object != NULL && fill_object(object, followup, i, confidence, &facts))
        text = cJSON_PrintBuffered(object, USUAL_BYTES, true);
    if (text == NULL)
        TRY(error_no_memory(err, "the explanations"));
    fprintf(out, "%s%s", i > 0 ? ",\n" : "", text);
done:
    cJSON_free(text);
    cJSON_Delete(object);
    facts_free(&facts);
    return st;
}

enum status explanation_draft_write(const struct followup *followup, const double *confidence,
                                    struct error *err)
{
    enum status st = STATUS_OK;
    char *byte = NULL;
    size_t n = 0, n_finding = followup->findings->n;
    double begun = log_clock();
    FILE *out = open_memstream(&byte, &n);

    if (out == NULL)
        TRY(error_no_memory(err, "the explanations"));
    fputs("[\n", out);
    for (size_t i = 0; i < n_finding; i++) {
        if (i % FINDINGS_TOLD == 0)
            log_progress(followup->log, "explanations", (int64_t)i, (int64_t)n_finding,
                         "anomalies", log_clock() - begun);
        TRY(print_finding(followup, i, confidence[i], out, err));
    }
    fputs(n_finding > 0 ? "\n]\n" : "]\n", out);
    int failed = ferror(out);
    failed = fclose(out) != 0 || failed;
    out = NULL;
    if (failed)
        TRY(error_no_memory(err, "the explanations"));
    TRY(draft_write(followup->folder, "explanations.json", byte, n, NULL, err));
done:
    if (out != NULL)
        fclose(out);
    free(byte);
    return st;
}
