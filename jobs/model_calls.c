/* Asking the language model. An answer is worth money and minutes, so each is in the outbox as
 * soon as it is there, under a hash of what was asked: whoever runs again, asks for nothing that
 * was answered. Asking twice does no harm, so an action of unknown outcome is simply asked again.
 *
 * One refusal of a kind that a repeat would not mend, or one request that failed after all its
 * attempts, ends the asking for this run: what was started is waited for, the rest keeps the
 * rules' words. */
#include "model_calls.h"

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

enum { BYTES_A_TOKEN = 2 /* or more: what a request takes is estimated on the safe side */ };

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
    size_t n_ask, next; /* ask[next ..] were not asked yet */
    struct ask *ask;
    size_t n_again; /* those to be asked once more */
    struct ask **again;
    size_t n_item; /* of the batch under way */
    struct ask **item;
    int64_t reserved; /* tokens of the requests under way */
    bool heard;       /* an answer with a text has come */
    bool over;        /* nothing more is asked */
    enum status st;   /* why */
    char remark[HTTP_SENTENCE + 128];
    int64_t n_call, n_token;
};

enum status model_body(const struct followup *followup, size_t finding, const char *complaint,
                       char **body, struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {0};

    TRY(facts_make(followup->findings, finding, &facts, err));
    *body = model_request(&followup->settings->services.model, &facts, complaint);
    if (*body == NULL)
        TRY(error_no_memory(err, "a request to the model"));
done:
    facts_free(&facts);
    return st;
}

/* ---- what is to be asked ------------------------------------------------------------------- */

static enum status list_asks(struct model_run *run, const struct subjects *subjects,
                             struct error *err)
{
    int64_t most = run->model->max_calls;
    size_t room = (uint64_t)most < subjects->n ? (size_t)most : subjects->n;

    run->ask = mem_array(room, sizeof *run->ask);
    run->again = mem_array(room, sizeof *run->again);
    run->item = mem_array(room, sizeof *run->item);
    if (run->ask == NULL || run->again == NULL || run->item == NULL)
        return error_no_memory(err, "the requests to the model");
    for (size_t i = 0; i < subjects->n && run->n_ask < room; i++)
        if (subject_is_open(&subjects->subject[i]))
            run->ask[run->n_ask++].subject = &subjects->subject[i];
    return STATUS_OK;
}

static enum status add_intents(struct model_run *run, struct error *err)
{
    struct outbox *outbox = run->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; st == STATUS_OK && i < run->n_ask; i++)
        st = outbox_add(outbox, subject_name(run->ask[i].subject), err);
    st = outbox_end(outbox, st, err);
done:
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
    vsnprintf(run->remark, sizeof run->remark, format, args);
    va_end(args);
}

static bool is_affordable(const struct model_run *run, const struct ask *ask)
{
    int64_t most = run->model->max_tokens;

    return most == 0 || run->n_token + run->reserved + ask->reserved <= most;
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
    TRY(model_body(run->followup, ask->subject->finding, ask->again ? ask->why : NULL,
                   &ask->body, err));
    ask->reserved = (int64_t)strlen(ask->body) / BYTES_A_TOKEN + run->model->answer_tokens;
    if (!is_affordable(run, ask)) {
        stop_asking(run, STATUS_OK, "model.max-tokens allows no more in this run");
        *skip = true;
        goto done;
    }
    TRY(outbox_mark(run->followup->outbox, subject_name(ask->subject), OUTBOX_SENT, NULL, NULL,
                    err));
    run->reserved += ask->reserved;
    run->n_call++;
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
    return outbox_mark(run->followup->outbox, subject_name(ask->subject), state, NULL, why,
                       err);
}

static enum status keep_answer(struct model_run *run, const struct ask *ask,
                               const struct model_answer *answer, struct error *err)
{
    char *text = model_answer_print(answer, run->model->name);
    enum status st = STATUS_OK;

    if (text == NULL)
        TRY(error_no_memory(err, "an answer of the model"));
    TRY(outbox_mark(run->followup->outbox, subject_name(ask->subject), OUTBOX_DONE, text, "",
                    err));
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
    run->n_token += n_token;
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
    int64_t left = run->model->max_calls - run->n_call;

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

static void run_close(struct model_run *run)
{
    secret_erase(&run->key);
    free(run->url);
    free(run->ask);
    free(run->again);
    free(run->item);
}

static enum status run_through(struct model_run *run, const struct subjects *subjects,
                               struct error *err)
{
    enum status st = STATUS_OK;

    TRY(list_asks(run, subjects, err));
    if (run->n_ask == 0)
        goto done;
    TRY(secret_read(&run->model->key, MODEL_KEY, &run->key, err));
    run->url = model_url(run->model, "/chat/completions");
    if (run->url == NULL)
        TRY(error_no_memory(err, "the address of the model"));
    TRY(add_intents(run, err));
    TRY(ask_all(run, err));
    if (run->over && run->st == STATUS_OK)
        log_warn(run->followup->log, "model: %s", run->remark);
    else if (run->over)
        TRY(error_set(err, run->st, "%s", run->remark));
done:
    return st;
}

enum status model_ask(struct followup *followup, const struct subjects *subjects,
                      int64_t *n_call, int64_t *n_token, struct error *err)
{
    struct model_run run = {.followup = followup, .model = &followup->settings->services.model};
    enum status st = run_through(&run, subjects, err);

    *n_call = run.n_call;
    *n_token = run.n_token;
    run_close(&run);
    return st;
}
