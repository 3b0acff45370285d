/* Requests to services: a batch is worked off in a fixed number of places, each with one request
 * at a time, all in one thread by libcurl's multi interface. A place is idle, has an attempt
 * under way, or waits for the time of the next one; the loop sleeps in curl_multi_poll until the
 * first of anything. What one attempt is and how its end is judged: http_attempt.c. */
#include "http.h"

#include "http_attempt.h"
#include "mem.h"
#include "stop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
    LOOK_MS = 200,        /* how often a signal to stop is looked for */
    GRACE_MS = 5000,      /* what is under way gets when told to stop */
    FIRST_WAIT_MS = 1000, /* between the first attempt and the second, at most */
    MAX_DOUBLING = 20
};

struct http {
    const struct network_settings *network;
    CURLM *multi;
};

enum place_state { PLACE_IDLE, PLACE_UNDER_WAY, PLACE_WAITING };

struct place {
    enum place_state state;
    size_t item; /* of the batch */
    struct http_request request;
    struct http_attempt attempt;
    struct http_reply reply; /* of the last attempt, while waiting */
    int n_attempt;
    bool maybe_done; /* an attempt may have been acted on */
    int64_t due_ms;  /* when waiting: of the next attempt */
};

struct http_work {
    struct http *http;
    const struct http_batch *batch;
    size_t n_place;
    struct place *place; /* [n_place] */
    size_t next;         /* first item not started */
    bool ending;         /* nothing is started or repeated any more */
    bool stopped;        /* because of a signal */
    int64_t give_up_ms;  /* when stopped: for what is under way */
    enum status st;      /* first failure of start or finish */
    struct error *err;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum status http_open(const struct network_settings *network, struct http **out,
                      struct error *err)
{
    struct http *http = NULL;
    enum status st = STATUS_OK;

    TRY(transport_open(network, err));
    http = mem_array(1, sizeof *http);
    CURLM *multi = http != NULL ? curl_multi_init() : NULL;
    if (multi == NULL) {
        transport_close();
        TRY(error_no_memory(err, "connections"));
    }
    *http = (struct http){.network = network, .multi = multi};
    *out = http;
    http = NULL;
done:
    free(http);
    return st;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    curl_multi_cleanup(http->multi);
    transport_close();
    free(http);
}

/* The first failure is the batch's; later ones have nobody to tell. */
static void note_failure(struct http_work *work, enum status st, const struct error *err)
{
    if (st == STATUS_OK)
        return;
    work->ending = true;
    if (work->st == STATUS_OK) {
        work->st = st;
        *work->err = *err;
    }
}

static void finish_place(struct http_work *work, struct place *place)
{
    struct error err = {0};

    place->state = PLACE_IDLE;
    place->reply.n_attempt = place->n_attempt;
    if (place->maybe_done && place->reply.outcome == HTTP_NOT_SENT)
        place->reply.outcome = HTTP_UNKNOWN;
    note_failure(work,
                 work->batch->finish(work->batch->context, place->item, &place->reply, &err),
                 &err);
}

/* A doubling time of which up to half is left to chance, so that many who failed together do not
 * come back together. */
static int64_t backoff_ms(int n_attempt)
{
    int doubling = n_attempt - 1 < MAX_DOUBLING ? n_attempt - 1 : MAX_DOUBLING;
    int64_t full = (int64_t)FIRST_WAIT_MS << doubling;
    uint32_t chance = 0;

    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = 0;
    return full - (int64_t)(chance % (uint64_t)(full / 2 + 1));
}

static int64_t wait_ms(const struct http_work *work, const struct place *place, int64_t asked)
{
    int64_t most = work->http->network->max_wait;

    if (asked > 0)
        return (asked < most ? asked : most) * 1000;
    int64_t wait = backoff_ms(place->n_attempt);
    return wait < most * 1000 ? wait : most * 1000;
}

/* Jira's word for a limit that outlasts any wait of ours. */
static bool is_quota(const struct http_reply *reply)
{
    return strncmp(reply->limit_reason, "jira-quota", strlen("jira-quota")) == 0;
}

/* Whether what became of the request lets it be made again (http.h). */
static bool may_repeat(const struct http_reply *reply, enum http_repeat repeat)
{
    if (reply->outcome == HTTP_NOT_SENT)
        return true;
    if (reply->outcome == HTTP_UNKNOWN)
        return repeat == HTTP_REPEAT_ANY;
    switch (reply->status) {
    case 429:
        return !is_quota(reply);
    case 503:
        return true;
    case 408:
    case 500:
    case 502:
    case 504:
        return repeat == HTTP_REPEAT_ANY;
    default:
        return false;
    }
}

static bool is_final(const struct http_batch *batch, const struct http_reply *reply)
{
    return batch->is_final != NULL && reply->outcome == HTTP_ANSWERED && batch->is_final(reply);
}

static void end_attempt(struct http_work *work, struct place *place, CURLcode code)
{
    int64_t asked = http_attempt_wait(&place->attempt);
    bool same_again = http_attempt_end(&place->attempt, &place->request, code, &place->reply);

    place->maybe_done = place->maybe_done || place->reply.outcome == HTTP_UNKNOWN;
    if (work->ending || same_again || place->n_attempt >= work->http->network->attempts ||
        !may_repeat(&place->reply, place->request.repeat) ||
        is_final(work->batch, &place->reply)) {
        finish_place(work, place);
        return;
    }
    place->state = PLACE_WAITING;
    place->due_ms = now_ms() + wait_ms(work, place, asked);
}

static void begin_attempt(struct http_work *work, struct place *place)
{
    struct http_attempt *attempt = &place->attempt;

    place->n_attempt++;
    place->state = PLACE_UNDER_WAY;
    if (!http_attempt_prepare(attempt, work->http->network, &place->request) ||
        curl_multi_add_handle(work->http->multi, attempt->easy) != CURLM_OK)
        end_attempt(work, place, CURLE_OUT_OF_MEMORY);
}

static void look_for_stop(struct http_work *work)
{
    if (work->stopped || !stop_requested())
        return;
    work->stopped = work->ending = true;
    work->give_up_ms = now_ms() + GRACE_MS;
}

static bool may_start(struct http_work *work)
{
    look_for_stop(work);
    return !work->ending && work->next < work->batch->n;
}

static void start_next(struct http_work *work, struct place *place)
{
    struct error err = {0};
    bool skip = true;

    while (skip && may_start(work)) {
        place->item = work->next++;
        place->request = (struct http_request){0};
        skip = false;
        note_failure(
            work,
            work->batch->start(work->batch->context, place->item, &place->request, &skip, &err),
            &err);
        if (work->ending)
            return;
    }
    if (skip)
        return;
    place->n_attempt = 0;
    place->maybe_done = false;
    begin_attempt(work, place);
}

static void serve_place(struct http_work *work, struct place *place)
{
    int64_t now = now_ms();

    if (place->state == PLACE_UNDER_WAY && now >= work->give_up_ms) {
        curl_multi_remove_handle(work->http->multi, place->attempt.easy);
        end_attempt(work, place, CURLE_ABORTED_BY_CALLBACK);
    }
    if (place->state == PLACE_WAITING && work->ending)
        finish_place(work, place);
    if (place->state == PLACE_WAITING && now >= place->due_ms)
        begin_attempt(work, place);
    if (place->state == PLACE_IDLE)
        start_next(work, place);
}

static struct place *find_place(const struct http_work *work, const CURL *easy)
{
    size_t i = 0;

    while (i < work->n_place && work->place[i].attempt.easy != easy)
        i++;
    assert(i < work->n_place);
    return &work->place[i];
}

static void collect_ended(struct http_work *work)
{
    CURLM *multi = work->http->multi;
    int n_left = 0;

    for (CURLMsg *said; (said = curl_multi_info_read(multi, &n_left)) != NULL;) {
        struct place *place = find_place(work, said->easy_handle);
        CURLcode code = said->data.result;
        curl_multi_remove_handle(multi, place->attempt.easy);
        end_attempt(work, place, code);
    }
}

static bool is_busy(const struct http_work *work)
{
    for (size_t i = 0; i < work->n_place; i++)
        if (work->place[i].state != PLACE_IDLE)
            return true;
    return !work->ending && work->next < work->batch->n;
}

/* Until something comes, an attempt is due, or a signal must be looked for. */
static CURLMcode sleep_a_while(const struct http_work *work)
{
    int64_t wait = LOOK_MS;
    int64_t now = now_ms();

    for (size_t i = 0; i < work->n_place; i++)
        if (work->place[i].state == PLACE_WAITING && work->place[i].due_ms - now < wait)
            wait = work->place[i].due_ms - now;
    return curl_multi_poll(work->http->multi, NULL, 0, wait > 0 ? (int)wait : 0, NULL);
}

static void work_off(struct http_work *work)
{
    struct error err;
    int n_running = 0;

    while (is_busy(work)) {
        look_for_stop(work);
        for (size_t i = 0; i < work->n_place; i++)
            serve_place(work, &work->place[i]);
        CURLMcode code = curl_multi_perform(work->http->multi, &n_running);
        collect_ended(work);
        if (code == CURLM_OK && is_busy(work))
            code = sleep_a_while(work);
        if (code != CURLM_OK) {
            error_set(&err, STATUS_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
            note_failure(work, err.code, &err);
            work->give_up_ms = 0;
        }
    }
}

enum status http_run(struct http *http, const struct http_batch *batch, struct error *err)
{
    struct http_work work = {.http = http,
                             .batch = batch,
                             .n_place = batch->at_once < batch->n ? batch->at_once : batch->n,
                             .give_up_ms = INT64_MAX,
                             .err = err};
    enum status st = STATUS_OK;

    assert(batch->at_once >= 1);
    work.place = mem_array(work.n_place, sizeof *work.place);
    if (work.place == NULL)
        TRY(error_no_memory(err, "requests"));
    for (size_t i = 0; i < work.n_place; i++)
        TRY(http_attempt_open(&work.place[i].attempt, err));
    work_off(&work);
    if (work.stopped)
        TRY(error_set(err, STATUS_STOPPED, "stopped by a signal; run it again to go on"));
    st = work.st;
done:
    for (size_t i = 0; work.place != NULL && i < work.n_place; i++)
        http_attempt_close(&work.place[i].attempt);
    free(work.place);
    return st;
}

struct single {
    const struct http_request *request;
    struct http_reply *reply;
};

static enum status start_single(void *context, size_t i, struct http_request *request,
                                bool *skip, struct error *err)
{
    const struct single *single = context;

    (void)i, (void)skip, (void)err;
    *request = *single->request;
    return STATUS_OK;
}

/* The body is the place's, so it is copied. */
static enum status finish_single(void *context, size_t i, struct http_reply *reply,
                                 struct error *err)
{
    struct single *single = context;
    char *body = mem_array(reply->n_body + 1, 1);

    (void)i;
    if (body == NULL)
        return error_no_memory(err, "an answer");
    memcpy(body, reply->body, reply->n_body);
    free(single->reply->body);
    *single->reply = *reply;
    single->reply->body = body;
    return STATUS_OK;
}

enum status http_send(struct http *http, const struct http_request *request,
                      struct http_reply *reply, struct error *err)
{
    struct single single = {.request = request, .reply = reply};
    struct http_batch batch = {.n = 1,
                               .at_once = 1,
                               .context = &single,
                               .start = start_single,
                               .finish = finish_single};
    enum status st = STATUS_OK;

    /* What it is if a signal to stop has come before. */
    *reply = (struct http_reply){.outcome = HTTP_NOT_SENT,
                                 .body = mem_array(1, 1),
                                 .sentence = "stopped before anything was sent"};
    if (reply->body == NULL)
        TRY(error_no_memory(err, "an answer"));
    TRY(http_run(http, &batch, err));
done:
    if (st != STATUS_OK && st != STATUS_STOPPED)
        http_reply_free(reply);
    return st;
}

void http_reply_free(struct http_reply *reply)
{
    free(reply->body);
    *reply = (struct http_reply){0};
}
