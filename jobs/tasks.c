/* Tasks, each posted with an Idempotency-Key that is made from the finding's id and so is the same
 * on every try, by any run: what a lost answer left open is simply posted again. A server that
 * does not know the header may still double then; the outbox sees to it that nothing else does. */
#include "tasks.h"

#include "json_draft.h"
#include "one_line.h"
#include "task_plan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TASK_ANSWER = 64 };

static const char KEY_NAME[] = "tasks-key";
static const char DRAFT[] = "tasks.json";

/* ---- settings ----------------------------------------------------------------------------- */

bool tasks_is_configured(const struct settings *settings)
{
    return secret_is_named(&settings->services.tasks.key, KEY_NAME);
}

enum status tasks_validate(const struct settings *settings, struct error *err)
{
    const char *url = settings->services.tasks.url;
    bool plain = settings->services.network.plain_http;

    if (!tasks_is_configured(settings) || strncasecmp(url, "https://", 8) == 0 ||
        (plain && strncasecmp(url, "http://", 7) == 0))
        return STATUS_OK;
    return error_set(err, STATUS_CONFIG, "tasks.url is '%s': it must begin with https://", url);
}

/* ---- posting ------------------------------------------------------------------------------ */

struct task_run {
    struct followup *followup;
    struct task_plan plan;
    struct secret secret;
    size_t n_posted;
    char reason[HTTP_SENTENCE]; /* of the first that was refused */
};

static enum status mark(const struct task_run *run, struct task *task, enum outbox_state state,
                        const char *answer, const char *reason, struct error *err)
{
    task->state = state;
    return outbox_mark(run->followup->outbox, task_name(task), state, answer, reason, err);
}

static enum status write_intents(struct task_run *run, struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t k = 0; k < run->plan.n; k++)
        TRY(outbox_add(run->followup->outbox, task_name(&run->plan.task[k]), err));
    TRY(recall_drop_gone(&run->plan.recall, run->followup->outbox, err));
done:
    return st;
}

static enum status record_intents(struct task_run *run, struct error *err)
{
    struct outbox *outbox = run->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    st = outbox_end(outbox, write_intents(run, err), err);
done:
    return st;
}

/* http_batch.start */
static enum status start(void *context, size_t k, struct http_request *request, bool *skip,
                         struct error *err)
{
    struct task_run *run = context;
    struct task *task = &run->plan.task[k];
    cJSON *body = NULL;
    enum status st = STATUS_OK;

    *skip = !task_is_open(task);
    if (*skip)
        return STATUS_OK;
    TRY(task_body(run->followup, &run->plan, task, &body, err));
    task->body = cJSON_PrintUnformatted(body);
    if (task->body == NULL)
        TRY(error_no_memory(err, "a task"));
    TRY(mark(run, task, OUTBOX_SENT, NULL, "", err));
    *request = (struct http_request){.method = "POST",
                                     .url = run->followup->settings->services.tasks.url,
                                     .secret = &run->secret,
                                     .idempotency_key = task->idempotency_key,
                                     .body = task->body,
                                     .repeat = HTTP_REPEAT_ANY};
done:
    cJSON_Delete(body);
    return st;
}

/* The id the server gave a task, if it said one; no more than an auditor needs to find it. */
static void read_id(const char *body, char id[TASK_ANSWER])
{
    cJSON *json = cJSON_Parse(body);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, "id"));

    one_line(text != NULL ? text : "", (TASK_ANSWER - 1) / 3, id);
    cJSON_Delete(json);
}

/* What the server says in {"error": {"message": ...}}, else what its status means. */
static void read_reason(const struct http_reply *reply, char reason[HTTP_SENTENCE])
{
    cJSON *json = cJSON_Parse(reply->body);
    const cJSON *error = cJSON_GetObjectItem(json, "error");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(error, "message"));

    one_line(text != NULL ? text : "", (HTTP_SENTENCE - 1) / 3, reason);
    if (reason[0] == '\0')
        snprintf(reason, HTTP_SENTENCE, "%s", reply->sentence);
    cJSON_Delete(json);
}

/* The server will not take this one. */
static enum status refuse(struct task_run *run, struct task *task,
                          const struct http_reply *reply, struct error *err)
{
    char reason[HTTP_SENTENCE];

    read_reason(reply, reason);
    if (run->reason[0] == '\0')
        memcpy(run->reason, reason, sizeof run->reason);
    return mark(run, task, OUTBOX_FAILED, NULL, reason, err);
}

/* The server will not take any; not STATUS_OK, so that the batch ends. */
static enum status give_up(struct task_run *run, struct task *task,
                           const struct http_reply *reply, enum outbox_state state,
                           enum status code, struct error *err)
{
    enum status st = mark(run, task, state, NULL, reply->sentence, err);

    if (st != STATUS_OK)
        return st;
    if (code == STATUS_CONFIG)
        return error_set(err, code,
                         "%s: check tasks.url and the key, which may have expired, then run "
                         "tieout followup again",
                         reply->sentence);
    return error_set(err, code, "%s", reply->sentence);
}

/* http_batch.finish */
static enum status finish(void *context, size_t k, struct http_reply *reply, struct error *err)
{
    struct task_run *run = context;
    struct task *task = &run->plan.task[k];
    int status = reply->status;
    char id[TASK_ANSWER];

    cJSON_free(task->body);
    task->body = NULL;
    if ((status >= 200 && status < 300) || status == 409) {
        run->n_posted++;
        read_id(reply->body, id);
        return mark(run, task, OUTBOX_DONE, id, "", err);
    }
    if (status == 401 || status == 403 || status == 404 || (status >= 300 && status < 400))
        return give_up(run, task, reply, OUTBOX_PENDING, STATUS_CONFIG, err);
    if (reply->outcome == HTTP_NOT_SENT || status == 429 || status == 503)
        return give_up(run, task, reply, OUTBOX_PENDING, STATUS_SERVICE, err);
    if (reply->outcome == HTTP_UNKNOWN || status >= 500 || status == 408)
        return give_up(run, task, reply, OUTBOX_SENT, STATUS_SERVICE, err);
    return refuse(run, task, reply, err);
}

static enum status post_all(struct task_run *run, struct error *err)
{
    const struct task_settings *settings = &run->followup->settings->services.tasks;
    struct http_batch batch = {.n = run->plan.n,
                               .at_once = (size_t)settings->at_once,
                               .context = run,
                               .start = start,
                               .finish = finish};
    enum status st = STATUS_OK;

    TRY(tasks_validate(run->followup->settings, err));
    TRY(secret_read(&settings->key, KEY_NAME, &run->secret, err));
    TRY(record_intents(run, err));
    TRY(http_run(run->followup->http, &batch, err));
done:
    return st;
}

static enum status send(struct task_run *run, struct error *said)
{
    struct error why = {0};
    bool idle =
        task_plan_count(&run->plan, task_is_open) == 0 && !recall_has_gone(&run->plan.recall);
    enum status st = idle ? STATUS_OK : post_all(run, &why);
    size_t n_left = task_plan_count(&run->plan, task_is_open),
           n_refused = task_plan_count(&run->plan, task_is_refused);
    const char *plural = run->n_posted == 1 ? "" : "s";

    if (st != STATUS_OK)
        return error_set(said, st, "%zu task%s posted, %zu left: %s", run->n_posted, plural,
                         n_left, why.text);
    if (n_refused > 0)
        return error_set(
            said, STATUS_CONFIG,
            "%zu task%s posted, %zu refused%s%s: see tieout followup --status, and "
            "try again with --retry-failed",
            run->n_posted, plural, n_refused, run->reason[0] != '\0' ? ", first " : "",
            run->reason);
    if (idle)
        return error_set(said, STATUS_OK, "all tasks are posted already");
    return error_set(said, STATUS_OK, "%zu task%s posted", run->n_posted, plural);
}

/* ---- draft -------------------------------------------------------------------------------- */

static enum status add_all(const struct task_run *run, struct json_draft *draft,
                           struct error *err)
{
    const char *url = run->followup->settings->services.tasks.url;
    char to[ERROR_TEXT];
    enum status st = STATUS_OK;

    for (size_t k = 0; k < run->plan.n; k++) {
        cJSON *body = NULL;
        if (!task_is_open(&run->plan.task[k]))
            continue;
        snprintf(to, sizeof to, "POST %s, Idempotency-Key: %s", url,
                 run->plan.task[k].idempotency_key);
        TRY(task_body(run->followup, &run->plan, &run->plan.task[k], &body, err));
        TRY(json_draft_add(draft, to, body, err));
    }
done:
    return st;
}

static enum status write_draft(const struct task_run *run, struct error *said)
{
    const struct followup *followup = run->followup;
    bool configured = tasks_is_configured(followup->settings);
    struct json_draft draft;
    enum status st = STATUS_OK;

    TRY(json_draft_open(&draft, said));
    TRY(add_all(run, &draft, said));
    TRY(json_draft_save(&draft, followup->folder, DRAFT, said));
    error_set(said, STATUS_OK, "%zu tasks that would be posted are in %s/%s%s", draft.n,
              followup->folder, DRAFT, configured ? "" : " (tasks.key_file is not set)");
done:
    json_draft_close(&draft);
    return st;
}

static void release(struct task_run *run)
{
    for (size_t k = 0; k < run->plan.n; k++)
        cJSON_free(run->plan.task[k].body);
    task_plan_free(&run->plan);
    secret_erase(&run->secret);
}

enum status post_tasks(struct followup *followup, struct error *said)
{
    struct task_run run = {.followup = followup};
    enum status st = STATUS_OK;

    TRY(task_plan_make(followup, &run.plan, said));
    if (tasks_is_configured(followup->settings) && followup->send)
        TRY(send(&run, said));
    else
        TRY(write_draft(&run, said));
done:
    release(&run);
    return st;
}

/* ---- check -------------------------------------------------------------------------------- */

enum status tasks_check(const struct settings *settings, struct http *http, struct error *said)
{
    const struct task_settings *tasks = &settings->services.tasks;
    struct secret secret = {0};
    struct http_reply reply = {0};
    struct http_request request = {
        .method = "HEAD", .url = tasks->url, .secret = &secret, .repeat = HTTP_REPEAT_ANY};
    enum status st = STATUS_OK;

    TRY(tasks_validate(settings, said));
    TRY(secret_read(&tasks->key, KEY_NAME, &secret, said));
    TRY(http_send(http, &request, &reply, said));
    if (reply.status == 0)
        TRY(error_set(said, STATUS_SERVICE, "tasks: %s", reply.sentence));
    if (reply.status == 401 || reply.status == 403)
        TRY(error_set(said, STATUS_CONFIG, "tasks: %s: check the key", reply.sentence));
    st =
        error_set(said, STATUS_OK,
                  "the server of tasks.url answers (status %d); whether it takes the key shows "
                  "with the first task",
                  reply.status);
done:
    secret_erase(&secret);
    http_reply_free(&reply);
    return st;
}
