/* Asking the language model. An answer is worth money and minutes, so each is in the outbox as
 * soon as it is there, under a hash of what was asked: whoever runs again, asks for nothing that
 * was answered. Asking twice does no harm, so an action of unknown outcome is simply asked again.
 *
 * One refusal of a kind that a repeat would not mend, or one request that failed after all its
 * attempts, ends the asking for this run: what was started is waited for, the rest keeps the
 * rules' words. */
#include "model_calls.h"

#include "draft.h"
#include "facts.h"
#include "mem.h"
#include "model_prompt.h"
#include "model_reply.h"
#include "model_service.h"
#include "secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_A_TOKEN = 4 /* for an estimate of what a request takes */ };

/* A finding and the name its explanation has in the outbox. Findings with the same facts, rows
 * entered twice, share one; then it may be asked for twice. */
struct subject {
    size_t finding;
    int severity;
    char key[SHA256_HEX];
    const struct outbox_action *action; /* what is known of it, or NULL */
};

/* A subject that is asked about. */
struct ask {
    const struct subject *subject;
    char *body;          /* of the request under way */
    int64_t reserved;    /* tokens it may take */
    bool again;          /* the first answer was refused */
    char why[MODEL_WHY]; /* ... because */
};

struct model_run {
    struct followup *followup;
    const struct model_settings *model;
    struct secret key;
    char *url;
    size_t n_subject;
    struct subject *subject; /* the most severe first */
    size_t n_ask, next;      /* ask[next ..] were not asked yet */
    struct ask *ask;
    size_t n_again; /* those to be asked once more */
    struct ask **again;
    size_t n_item; /* of the batch under way */
    struct ask **item;
    int64_t reserved; /* tokens of the requests under way */
    bool heard;       /* an answer with a text has come */
    bool over;        /* nothing more is asked */
    enum status st;   /* why */
    struct model_tally *tally;
};

static struct outbox_name name_of(const struct subject *subject)
{
    return (struct outbox_name){"model", "explanation", subject->key};
}

/* ---- what there is ------------------------------------------------------------------------- */

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

static enum status name_subject(const struct model_run *run, size_t i, struct subject *subject,
                                struct error *err)
{
    const struct findings *findings = run->followup->findings;
    struct facts facts = {0};
    enum status st = STATUS_OK;

    subject->finding = i;
    subject->severity = severity_number(findings->finding[i].severity);
    TRY(facts_make(findings, i, &facts, err));
    TRY(facts_key(&facts, MODEL_RULES, run->model->name, subject->key, err));
done:
    facts_free(&facts);
    return st;
}

static enum status name_subjects(struct model_run *run, struct error *err)
{
    enum status st = STATUS_OK;
    size_t n = run->followup->findings->n;

    run->subject = mem_array(n, sizeof *run->subject);
    if (run->subject == NULL)
        TRY(error_no_memory(err, "the explanations"));
    for (; run->n_subject < n; run->n_subject++)
        TRY(name_subject(run, run->n_subject, &run->subject[run->n_subject], err));
    qsort(run->subject, n, sizeof *run->subject, by_severity);
done:
    return st;
}

/* Gives each subject its action of the list, where there is one. The list must live as long. */
static enum status match_actions(struct model_run *run, const struct outbox_list *list,
                                 struct error *err)
{
    const struct outbox_action **sorted = mem_array(list->n, sizeof *sorted);

    if (sorted == NULL)
        return error_no_memory(err, "the explanations");
    for (size_t i = 0; i < list->n; i++)
        sorted[i] = &list->action[i];
    qsort(sorted, list->n, sizeof *sorted, by_key);
    for (size_t i = 0; i < run->n_subject; i++) {
        const struct outbox_action wanted = {.key = run->subject[i].key};
        const struct outbox_action *key = &wanted;
        const struct outbox_action **found =
            bsearch(&key, sorted, list->n, sizeof *sorted, by_key);
        run->subject[i].action = found != NULL ? *found : NULL;
    }
    free(sorted);
    return STATUS_OK;
}

static bool has_words(const struct subject *subject)
{
    return subject->action != NULL && subject->action->state == OUTBOX_DONE;
}

/* ---- what is to be asked ------------------------------------------------------------------- */

static enum status list_asks(struct model_run *run, struct error *err)
{
    int64_t most = run->model->max_calls;
    size_t room = (uint64_t)most < run->n_subject ? (size_t)most : run->n_subject;

    run->ask = mem_array(room, sizeof *run->ask);
    run->again = mem_array(room, sizeof *run->again);
    run->item = mem_array(room, sizeof *run->item);
    if (run->ask == NULL || run->again == NULL || run->item == NULL)
        return error_no_memory(err, "the requests to the model");
    for (size_t i = 0; i < run->n_subject && run->n_ask < room; i++) {
        const struct subject *subject = &run->subject[i];
        bool failed = subject->action != NULL && subject->action->state == OUTBOX_FAILED;
        if (!failed && !has_words(subject))
            run->ask[run->n_ask++].subject = subject;
    }
    run->tally->n_to_ask = run->n_ask;
    return STATUS_OK;
}

static enum status add_intents(struct model_run *run, struct error *err)
{
    struct outbox *outbox = run->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; i < run->n_ask; i++)
        TRY(outbox_add(outbox, name_of(run->ask[i].subject), err));
    TRY(outbox_commit(outbox, err));
done:
    if (st != STATUS_OK)
        outbox_abandon(outbox);
    return st;
}

static enum status make_body(const struct model_run *run, const struct ask *ask, char **body,
                             struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {0};

    TRY(facts_make(run->followup->findings, ask->subject->finding, &facts, err));
    *body = model_request(run->model, &facts, ask->again ? ask->why : NULL);
    if (*body == NULL)
        TRY(error_no_memory(err, "a request to the model"));
done:
    facts_free(&facts);
    return st;
}

/* What a dry run would ask, as an array of bodies. */
static enum status write_draft(const struct model_run *run, struct error *err)
{
    enum status st = STATUS_OK;
    char *text = NULL, *body = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    if (out == NULL)
        TRY(error_no_memory(err, "the requests to the model"));
    fputc('[', out);
    for (size_t i = 0; i < run->n_ask; i++) {
        TRY(make_body(run, &run->ask[i], &body, err));
        fprintf(out, "%s\n%s", i > 0 ? "," : "", body);
        cJSON_free(body);
        body = NULL;
    }
    fputs(run->n_ask > 0 ? "\n]\n" : "]\n", out);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    out = NULL;
    if (failed)
        TRY(error_no_memory(err, "the requests to the model"));
    TRY(draft_write(run->followup->folder, MODEL_DRAFT, text, n, NULL, err));
done:
    if (out != NULL)
        fclose(out);
    free(text);
    return st;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* Ends the asking. The first reason is the one to tell. */
__attribute__((format(printf, 3, 4))) static void
stop_asking(struct model_run *run, enum status st, const char *format, ...)
{
    va_list args;

    if (run->over)
        return;
    run->over = true;
    run->st = st;
    va_start(args, format);
    vsnprintf(run->tally->remark, sizeof run->tally->remark, format, args);
    va_end(args);
}

static bool is_affordable(const struct model_run *run, const struct ask *ask)
{
    int64_t most = run->model->max_tokens;

    return most == 0 || run->tally->n_token + run->reserved + ask->reserved <= most;
}

static enum status start(void *context, size_t i, struct http_request *request, bool *skip,
                         struct error *err)
{
    struct model_run *run = context;
    struct ask *ask = run->item[i];
    enum status st = STATUS_OK;

    *skip = run->over;
    if (*skip)
        return STATUS_OK;
    TRY(make_body(run, ask, &ask->body, err));
    ask->reserved = (int64_t)strlen(ask->body) / BYTES_A_TOKEN + run->model->answer_tokens;
    if (!is_affordable(run, ask)) {
        stop_asking(run, STATUS_OK, "model.max-tokens allows no more in this run");
        *skip = true;
        goto done;
    }
    TRY(outbox_mark(run->followup->outbox, name_of(ask->subject), OUTBOX_SENT, NULL, NULL,
                    err));
    run->reserved += ask->reserved;
    run->tally->n_call++;
    *request = (struct http_request){.method = "POST",
                                     .url = run->url,
                                     .secret = &run->key,
                                     .body = ask->body,
                                     .repeat = HTTP_REPEAT_ANY};
done:
    if (st != STATUS_OK || *skip) {
        cJSON_free(ask->body);
        ask->body = NULL;
    }
    return st;
}

static bool is_final(const struct http_reply *reply)
{
    return reply->status == 429 && model_is_out_of_quota(reply->body, reply->n_body);
}

/* The state an ask has for a later run, with the reason. */
static enum status leave(struct model_run *run, const struct ask *ask, enum outbox_state state,
                         const char *why, struct error *err)
{
    return outbox_mark(run->followup->outbox, name_of(ask->subject), state, NULL, why, err);
}

static enum status keep_answer(struct model_run *run, const struct ask *ask,
                               const struct model_answer *answer, struct error *err)
{
    char *text = model_answer_print(answer);
    enum status st = STATUS_OK;

    if (text == NULL)
        TRY(error_no_memory(err, "an answer of the model"));
    TRY(outbox_mark(run->followup->outbox, name_of(ask->subject), OUTBOX_DONE, text, "", err));
done:
    cJSON_free(text);
    return st;
}

static enum status take_answer(struct model_run *run, struct ask *ask,
                               const struct http_reply *reply, struct error *err)
{
    enum status st = STATUS_OK;
    struct model_answer answer;
    struct facts facts = {0};
    int64_t n_token = 0;

    TRY(facts_make(run->followup->findings, ask->subject->finding, &facts, err));
    run->heard = true;
    bool second = ask->again;
    bool accepted =
        model_reply_read(reply->body, reply->n_body, &facts, &answer, ask->why, &n_token);
    run->tally->n_token += n_token;
    if (accepted)
        TRY(keep_answer(run, ask, &answer, err));
    else
        TRY(leave(run, ask, second ? OUTBOX_FAILED : OUTBOX_PENDING, ask->why, err));
    if (!accepted && !second) {
        ask->again = true;
        run->again[run->n_again++] = ask;
    }
done:
    facts_free(&facts);
    return st;
}

/* A status that says the request, not the server, is to blame. If the server has answered others
 * of this run, it is this one request; else all are alike, and the settings are. */
static enum status take_refusal(struct model_run *run, const struct ask *ask,
                                const struct http_reply *reply, struct error *err)
{
    const char *look = "model.name, model.limit-name and model.temperature";
    bool this_one = run->heard;

    if (reply->status == 401 || reply->status == 403) {
        look = "model.key-file or model.key-env";
        this_one = false;
    } else if (reply->status == 404) {
        look = "model.url and model.name";
        this_one = false;
    }
    if (!this_one)
        stop_asking(run, STATUS_CONFIG, "%s; look at %s", reply->sentence, look);
    return leave(run, ask, this_one ? OUTBOX_FAILED : OUTBOX_PENDING, reply->sentence, err);
}

static enum status finish(void *context, size_t i, struct http_reply *reply, struct error *err)
{
    struct model_run *run = context;
    struct ask *ask = run->item[i];
    bool answered = reply->outcome == HTTP_ANSWERED;

    cJSON_free(ask->body);
    ask->body = NULL;
    run->reserved -= ask->reserved;
    if (answered && reply->status >= 200 && reply->status < 300)
        return take_answer(run, ask, reply, err);
    if (answered && is_final(reply)) {
        stop_asking(run, STATUS_OK,
                    "the quota of the model's account is used up, so it is not asked any more "
                    "in this run");
    } else if (answered && reply->status < 500 && reply->status != 408 &&
               reply->status != 429) {
        return take_refusal(run, ask, reply, err);
    } else {
        stop_asking(run, STATUS_SERVICE, "%s; the program's own explanations stand in",
                    reply->sentence);
    }
    return leave(run, ask, OUTBOX_PENDING, reply->sentence, err);
}

/* The next requests: first those to be asked again. */
static void fill_batch(struct model_run *run)
{
    int64_t left = run->model->max_calls - run->tally->n_call;

    run->n_item = 0;
    while (run->n_again > 0 && (int64_t)run->n_item < left)
        run->item[run->n_item++] = run->again[--run->n_again];
    /* Half of what is left at most, so that each may be asked a second time. */
    for (int64_t first = (left - (int64_t)run->n_item + 1) / 2;
         first > 0 && run->next < run->n_ask; first--)
        run->item[run->n_item++] = &run->ask[run->next++];
}

static enum status ask_all(struct model_run *run, struct error *err)
{
    enum status st = STATUS_OK;

    for (fill_batch(run); run->n_item > 0 && !run->over; fill_batch(run)) {
        const struct http_batch batch = {.n = run->n_item,
                                         .at_once = (size_t)run->model->at_once,
                                         .context = run,
                                         .start = start,
                                         .is_final = is_final,
                                         .finish = finish};
        TRY(http_run(run->followup->http, &batch, err));
    }
done:
    return st;
}

/* ---- what has come of it ------------------------------------------------------------------- */

static enum status use_words(struct model_run *run, const struct subject *subject,
                             double *confidence, struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {0};
    struct model_answer answer;
    char why[MODEL_WHY];

    TRY(facts_make(run->followup->findings, subject->finding, &facts, err));
    if (!model_answer_read(subject->action->answer, &facts, &answer, why))
        goto done; /* somebody has changed the outbox */
    size_t n_summary = strlen(answer.summary) + 1, n_action = strlen(answer.action) + 1;
    char *kept = text_store_take(n_summary + n_action, run->followup->kept);
    if (kept == NULL)
        TRY(error_no_memory(err, "the explanations"));
    memcpy(kept, answer.summary, n_summary);
    memcpy(kept + n_summary, answer.action, n_action);
    run->followup->explained[subject->finding] =
        (struct explanation){.source = "model",
                             .text = kept,
                             .likely_cause = answer.likely_cause,
                             .recommended_action = kept + n_summary};
    confidence[subject->finding] = answer.confidence;
    run->tally->n_worded++;
done:
    facts_free(&facts);
    return st;
}

/* Reads what the outbox knows; *list is to be freed when the subjects are no longer used. */
static enum status look_up(struct model_run *run, struct outbox_list *list, struct error *err)
{
    enum status st = STATUS_OK;

    if (run->followup->outbox != NULL)
        TRY(outbox_select(run->followup->outbox, "model", "explanation",
                          (1u << N_OUTBOX_STATE) - 1, list, err));
    TRY(match_actions(run, list, err));
done:
    return st;
}

static enum status use_all_words(struct model_run *run, double *confidence, struct error *err)
{
    enum status st = STATUS_OK;
    struct outbox_list list = {0};

    TRY(look_up(run, &list, err));
    for (size_t i = 0; i < run->n_subject; i++)
        if (has_words(&run->subject[i]))
            TRY(use_words(run, &run->subject[i], confidence, err));
done:
    outbox_list_free(&list);
    return st;
}

static enum status ask_model(struct model_run *run, struct error *err)
{
    enum status st = STATUS_OK;
    struct outbox_list list = {0};

    TRY(look_up(run, &list, err));
    TRY(list_asks(run, err));
    if (!run->followup->send) {
        TRY(write_draft(run, err));
        goto done;
    }
    if (run->n_ask == 0)
        goto done;
    TRY(secret_read(&run->model->key, MODEL_KEY, &run->key, err));
    run->url = model_url(run->model, "/chat/completions");
    if (run->url == NULL)
        TRY(error_no_memory(err, "the address of the model"));
    TRY(add_intents(run, err));
    TRY(ask_all(run, err));
    if (run->over && run->st == STATUS_OK)
        log_warn(run->followup->log, "model: %s", run->tally->remark);
    else if (run->over)
        TRY(error_set(err, run->st, "%s", run->tally->remark));
done:
    outbox_list_free(&list);
    return st;
}

static void run_close(struct model_run *run)
{
    secret_erase(&run->key);
    free(run->url);
    free(run->subject);
    free(run->ask);
    free(run->again);
    free(run->item);
}

enum status model_word(struct followup *followup, double *confidence, struct model_tally *tally,
                       struct error *err)
{
    struct model_run run = {
        .followup = followup, .model = &followup->settings->services.model, .tally = tally};
    enum status st = STATUS_OK, asked = STATUS_OK;
    struct error why = {0};

    *tally = (struct model_tally){0};
    TRY(model_validate(followup->settings, err));
    TRY(name_subjects(&run, err));
    asked = ask_model(&run, &why);
    TRY(use_all_words(&run, confidence, err));
    if (asked != STATUS_OK) {
        *err = why;
        st = asked;
    }
done:
    run_close(&run);
    return st;
}
