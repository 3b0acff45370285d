/* The model's words, from whoever has them: the outbox, or, asked now, the model. */
#include "model_words.h"

#include "draft.h"
#include "facts.h"
#include "model_calls.h"
#include "model_reply.h"
#include "model_service.h"
#include "model_subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* confidence: NULL if nobody asks for it. */
static enum status use_words(struct followup *followup, const struct subject *subject,
                             double *confidence, struct model_tally *tally, struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {0};
    struct model_answer answer;
    char why[MODEL_WHY];

    TRY(facts_make(followup->findings, subject->finding, &facts, err));
    if (!model_answer_read(subject->action->answer, &facts, &answer, why))
        goto done; /* somebody has changed the outbox */
    size_t n_summary = strlen(answer.summary) + 1, n_action = strlen(answer.action) + 1;
    char *kept = text_store_take(n_summary + n_action, followup->kept);
    if (kept == NULL)
        TRY(error_no_memory(err, "the explanations"));
    memcpy(kept, answer.summary, n_summary);
    memcpy(kept + n_summary, answer.action, n_action);
    followup->explained[subject->finding] =
        (struct explanation){.source = "model",
                             .text = kept,
                             .likely_cause = answer.likely_cause,
                             .recommended_action = kept + n_summary};
    if (confidence != NULL)
        confidence[subject->finding] = answer.confidence;
    tally->n_worded++;
done:
    facts_free(&facts);
    return st;
}

static enum status use_all_words(struct followup *followup, const struct subjects *subjects,
                                 double *confidence, struct model_tally *tally,
                                 struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < subjects->n; i++)
        if (subject_is_worded(&subjects->subject[i]))
            TRY(use_words(followup, &subjects->subject[i], confidence, tally, err));
done:
    return st;
}

/* What a dry run would ask, as an array of bodies. */
static enum status write_draft(const struct followup *followup, const struct subjects *subjects,
                               struct model_tally *tally, struct error *err)
{
    enum status st = STATUS_OK;
    char *text = NULL, *body = NULL;
    size_t n = 0;
    int64_t most = followup->settings->services.model.max_calls;
    FILE *out = open_memstream(&text, &n);

    if (out == NULL)
        TRY(error_no_memory(err, "the requests to the model"));
    fputc('[', out);
    for (size_t i = 0; i < subjects->n && (int64_t)tally->n_to_ask < most; i++) {
        const struct subject *subject = &subjects->subject[i];
        if (!subject_is_open(subject))
            continue;
        TRY(model_body(followup, subject->finding, NULL, &body, err));
        fprintf(out, "%s\n%s", tally->n_to_ask++ > 0 ? "," : "", body);
        cJSON_free(body);
        body = NULL;
    }
    fputs(tally->n_to_ask > 0 ? "\n]\n" : "]\n", out);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    out = NULL;
    if (failed)
        TRY(error_no_memory(err, "the requests to the model"));
    TRY(draft_write(followup->folder, MODEL_DRAFT, text, n, NULL, err));
done:
    if (out != NULL)
        fclose(out);
    free(text);
    return st;
}

enum status model_word(struct followup *followup, double *confidence, struct model_tally *tally,
                       struct error *err)
{
    struct subjects subjects = {0};
    enum status st = STATUS_OK, asked = STATUS_OK;
    struct error why = {0};

    *tally = (struct model_tally){0};
    TRY(model_validate(followup->settings, err));
    TRY(subjects_make(followup->findings, followup->settings->services.model.name, &subjects,
                      err));
    TRY(subjects_look_up(&subjects, followup->outbox, err));
    if (followup->send)
        asked = model_ask(followup, &subjects, &tally->n_call, &tally->n_token, &why);
    else
        asked = write_draft(followup, &subjects, tally, &why);
    TRY(subjects_look_up(&subjects, followup->outbox, err));
    TRY(use_all_words(followup, &subjects, confidence, tally, err));
    if (asked != STATUS_OK) {
        *err = why;
        st = asked;
    }
done:
    subjects_free(&subjects);
    return st;
}

static enum status recall_from(struct followup *followup, const char *model, struct error *err)
{
    struct subjects subjects = {0};
    struct model_tally tally = {0};
    enum status st = STATUS_OK;

    TRY(subjects_make(followup->findings, model, &subjects, err));
    TRY(subjects_look_up(&subjects, followup->outbox, err));
    TRY(use_all_words(followup, &subjects, NULL, &tally, err));
done:
    subjects_free(&subjects);
    return st;
}

enum status model_recall(struct followup *followup, struct error *err)
{
    struct outbox_list list = {0};
    char *last = NULL;
    enum status st = STATUS_OK;

    TRY(outbox_select(followup->outbox, "model", "explanation", 1u << OUTBOX_DONE, &list, err));
    for (size_t i = 0; i < list.n; i++) {
        char *giver = model_answer_giver(list.action[i].answer);
        if (giver == NULL || (last != NULL && strcmp(giver, last) == 0)) {
            free(giver);
            continue; /* answers of one model stand together */
        }
        free(last);
        last = giver;
        TRY(recall_from(followup, last, err));
    }
done:
    free(last);
    outbox_list_free(&list);
    return st;
}
