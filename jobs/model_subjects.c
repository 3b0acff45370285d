/* Which findings the model has explained, has failed to, or is still to be asked about: the
 * findings, by severity, beside the actions of the outbox, by the hash of what would be asked. */
#include "model_subjects.h"

#include "anomaly.h"
#include "facts.h"
#include "mem.h"
#include "model_prompt.h"

#include <stdlib.h>
#include <string.h>

struct outbox_name subject_name(const struct subject *subject)
{
    return (struct outbox_name){"model", "explanation", subject->key};
}

bool subject_is_worded(const struct subject *subject)
{
    return subject->action != NULL && subject->action->state == OUTBOX_DONE;
}

bool subject_is_open(const struct subject *subject)
{
    return subject->action == NULL || subject->action->state == OUTBOX_PENDING ||
           subject->action->state == OUTBOX_SENT;
}

static int severity_number(const char *name)
{
    int s = N_SEVERITY - 1;

    while (s > 0 && strcmp(severity_name((enum severity)s), name) != 0)
        s--;
    return s;
}

static int by_severity(const void *a, const void *b)
{
    const struct subject *x = a, *y = b;

    if (x->severity != y->severity)
        return y->severity - x->severity;
    return (x->finding > y->finding) - (x->finding < y->finding);
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const struct outbox_action *const *)a)->key,
                  (*(const struct outbox_action *const *)b)->key);
}

static enum status name_subject(const struct findings *findings, size_t i, const char *model,
                                struct subject *subject, struct error *err)
{
    struct facts facts = {0};
    enum status st = STATUS_OK;

    subject->finding = i;
    subject->severity = severity_number(findings->finding[i].severity);
    TRY(facts_make(findings, i, &facts, err));
    TRY(facts_key(&facts, MODEL_RULES, model, subject->key, err));
done:
    facts_free(&facts);
    return st;
}

enum status subjects_make(const struct findings *findings, const char *model,
                          struct subjects *out, struct error *err)
{
    enum status st = STATUS_OK;
    struct subjects made = {.n = findings->n,
                            .subject = mem_array(findings->n, sizeof *made.subject)};

    if (made.subject == NULL)
        TRY(error_no_memory(err, "the explanations"));
    for (size_t i = 0; i < made.n; i++)
        TRY(name_subject(findings, i, model, &made.subject[i], err));
    qsort(made.subject, made.n, sizeof *made.subject, by_severity);
    *out = made;
    made = (struct subjects){0};
done:
    subjects_free(&made);
    return st;
}

void subjects_free(struct subjects *subjects)
{
    outbox_list_free(&subjects->known);
    free(subjects->subject);
    *subjects = (struct subjects){0};
}

/* Gives each subject its action, where there is one. */
static enum status match_actions(struct subjects *subjects, struct error *err)
{
    const struct outbox_list *known = &subjects->known;
    const struct outbox_action **sorted = mem_array(known->n, sizeof *sorted);

    if (sorted == NULL)
        return error_no_memory(err, "the explanations");
    for (size_t i = 0; i < known->n; i++)
        sorted[i] = &known->action[i];
    qsort(sorted, known->n, sizeof *sorted, by_key);
    for (size_t i = 0; i < subjects->n; i++) {
        const struct outbox_action wanted = {.key = subjects->subject[i].key};
        const struct outbox_action *key = &wanted;
        const struct outbox_action **found =
            bsearch(&key, sorted, known->n, sizeof *sorted, by_key);
        subjects->subject[i].action = found != NULL ? *found : NULL;
    }
    free(sorted);
    return STATUS_OK;
}

enum status subjects_look_up(struct subjects *subjects, struct outbox *outbox,
                             struct error *err)
{
    struct outbox_list known = {0};
    enum status st = STATUS_OK;

    TRY(outbox_select(outbox, "model", "explanation", (1u << N_OUTBOX_STATE) - 1, &known, err));
    outbox_list_free(&subjects->known);
    subjects->known = known;
    TRY(match_actions(subjects, err));
done:
    return st;
}
