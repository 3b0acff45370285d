/* Makes requests with our own client, for a Python test that has the servers. One line of JSON on
 * standard input:
 *   network   ca_file, proxy, connect_timeout, timeout, attempts, max_wait, plain_http
 *   secret    of all requests
 *   final     true: an answer that speaks of a quota is final
 *   at_once, skip (number of the request to skip), fail_start, fail_finish (numbers; absent: none)
 *   requests  of method, url, user, idempotency_key, body, repeat ("any" or "refused")
 * A line of JSON for each event: {"event": "start"}, "finish" with the reply, "end" with the
 * status and the sentence. Signals ask it to stop as they do the program. With one request and
 * "send": true it is made by http_send. */
#include "http.h"
#include "stop.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
    const cJSON *requests;
    int skip;
    int fail_start;
    int fail_finish;
    struct secret secret;
};

static char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

static int number_of(const cJSON *object, const char *name, int otherwise)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);

    return cJSON_IsNumber(item) ? item->valueint : otherwise;
}

static void tell(cJSON *event)
{
    char *line = cJSON_PrintUnformatted(event);

    puts(line);
    fflush(stdout);
    cJSON_free(line);
    cJSON_Delete(event);
}

static cJSON *new_event(const char *name, size_t i)
{
    cJSON *event = cJSON_CreateObject();

    cJSON_AddStringToObject(event, "event", name);
    cJSON_AddNumberToObject(event, "i", (double)i);
    return event;
}

static void fill_request(const struct plan *plan, const cJSON *wanted,
                         struct http_request *request)
{
    const char *repeat = text_of(wanted, "repeat");

    *request = (struct http_request){
        .method = text_of(wanted, "method"),
        .url = text_of(wanted, "url"),
        .user = text_of(wanted, "user"),
        .secret = &plan->secret,
        .idempotency_key = text_of(wanted, "idempotency_key"),
        .body = text_of(wanted, "body"),
        .repeat = repeat != NULL && strcmp(repeat, "any") == 0 ? HTTP_REPEAT_ANY
                                                               : HTTP_REPEAT_REFUSED,
    };
}

static enum status start(void *context, size_t i, struct http_request *request, bool *skip,
                         struct error *err)
{
    const struct plan *plan = context;

    tell(new_event("start", i));
    if ((int)i == plan->fail_start)
        return error_set(err, STATUS_WRITE, "start was told to fail");
    *skip = (int)i == plan->skip;
    fill_request(plan, cJSON_GetArrayItem(plan->requests, (int)i), request);
    return STATUS_OK;
}

static void tell_reply(size_t i, const struct http_reply *reply)
{
    static const char *const OUTCOME[] = {"answered", "not-sent", "unknown"};
    cJSON *event = new_event("finish", i);

    cJSON_AddStringToObject(event, "outcome", OUTCOME[reply->outcome]);
    cJSON_AddNumberToObject(event, "status", reply->status);
    cJSON_AddNumberToObject(event, "attempts", reply->n_attempt);
    cJSON_AddNumberToObject(event, "n_body", (double)reply->n_body);
    cJSON_AddNumberToObject(event, "length", (double)strlen(reply->body));
    if (reply->n_body < 100000)
        cJSON_AddStringToObject(event, "body", reply->body);
    cJSON_AddStringToObject(event, "login_reason", reply->login_reason);
    cJSON_AddStringToObject(event, "limit_reason", reply->limit_reason);
    cJSON_AddStringToObject(event, "sentence", reply->sentence);
    tell(event);
}

static enum status finish(void *context, size_t i, struct http_reply *reply, struct error *err)
{
    const struct plan *plan = context;

    tell_reply(i, reply);
    if ((int)i == plan->fail_finish)
        return error_set(err, STATUS_WRITE, "finish was told to fail");
    return STATUS_OK;
}

static bool tells_of_quota(const struct http_reply *reply)
{
    return strstr(reply->body, "quota") != NULL;
}

static enum status run(const cJSON *input, struct plan *plan, struct error *err)
{
    const cJSON *wanted = cJSON_GetObjectItem(input, "network");
    struct network_settings network = {
        .ca_file = text_of(wanted, "ca_file"),
        .proxy = text_of(wanted, "proxy"),
        .connect_timeout = number_of(wanted, "connect_timeout", 10),
        .timeout = number_of(wanted, "timeout", 20),
        .attempts = number_of(wanted, "attempts", 3),
        .max_wait = number_of(wanted, "max_wait", 0),
        .plain_http = cJSON_IsTrue(cJSON_GetObjectItem(wanted, "plain_http")),
    };
    struct http_batch batch = {.n = (size_t)cJSON_GetArraySize(plan->requests),
                               .at_once = (size_t)number_of(input, "at_once", 1),
                               .context = plan,
                               .start = start,
                               .finish = finish};
    struct http_request request;
    struct http_reply reply = {0};
    struct http *http = NULL;
    enum status st = STATUS_OK;

    if (cJSON_IsTrue(cJSON_GetObjectItem(input, "final")))
        batch.is_final = tells_of_quota;
    TRY(http_open(&network, &http, err));
    if (cJSON_IsTrue(cJSON_GetObjectItem(input, "send"))) {
        fill_request(plan, cJSON_GetArrayItem(plan->requests, 0), &request);
        st = http_send(http, &request, &reply, err);
        if (reply.body != NULL)
            tell_reply(0, &reply);
    } else
        st = http_run(http, &batch, err);
done:
    http_reply_free(&reply);
    http_close(http);
    return st;
}

int main(void)
{
    struct error err = {0};
    char *text = NULL;
    size_t capacity = 0;
    cJSON *input = getline(&text, &capacity, stdin) > 0 ? cJSON_Parse(text) : NULL;

    free(text);
    if (input == NULL) {
        fputs("http_drive: no line of JSON on standard input\n", stderr);
        return 1;
    }
    stop_listen();
    struct plan plan = {.requests = cJSON_GetObjectItem(input, "requests"),
                        .skip = number_of(input, "skip", -1),
                        .fail_start = number_of(input, "fail_start", -1),
                        .fail_finish = number_of(input, "fail_finish", -1)};
    const char *secret = text_of(input, "secret");
    if (secret != NULL)
        plan.secret.n =
            (size_t)snprintf(plan.secret.text, sizeof plan.secret.text, "%s", secret);
    cJSON *end = cJSON_CreateObject();
    cJSON_AddStringToObject(end, "event", "end");
    cJSON_AddNumberToObject(end, "status", run(input, &plan, &err));
    cJSON_AddStringToObject(end, "sentence", err.text);
    tell(end);
    cJSON_Delete(input);
    return 0;
}
