/* One attempt at an HTTP request: libcurl's options out of the request, and a reply out of what
 * came of it. libcurl repeats a request by itself if a connection it used before turns out dead,
 * even one that the server has already acted on; so what may not be repeated gets a connection
 * of its own. There is no lower limit of speed: a model is silent while it thinks, and
 * network.timeout bounds it all. Whether to try again is left to http.c. */
#include "http_attempt.h"

#include "mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
    struct http_attempt *attempt = context;
    size_t n_new = size * n;

    if (n_new > HTTP_MAX_BODY - attempt->n_body) {
        attempt->too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    size_t needed = attempt->n_body + n_new + 1;
    if (needed > attempt->capacity) {
        size_t capacity = mem_grow(attempt->capacity, needed);
        char *body = mem_resize(attempt->body, capacity, 1);
        if (body == NULL) {
            attempt->no_memory = true;
            return CURL_WRITEFUNC_ERROR;
        }
        attempt->body = body;
        attempt->capacity = capacity;
    }
    memcpy(attempt->body + attempt->n_body, data, n_new);
    attempt->n_body += n_new;
    attempt->body[attempt->n_body] = '\0';
    return n_new;
}

static bool add_header(struct http_attempt *attempt, const char *line)
{
    struct curl_slist *longer = curl_slist_append(attempt->header, line);

    if (longer != NULL)
        attempt->header = longer;
    return longer != NULL;
}

/* The key is made by a job, never out of a ledger's text. */
static bool add_idempotency_key(struct http_attempt *attempt, const char *key)
{
    char line[sizeof "Idempotency-Key: " + HTTP_MAX_KEY];

    if (key == NULL)
        return true;
    assert(strlen(key) <= HTTP_MAX_KEY && strpbrk(key, "\r\n") == NULL);
    snprintf(line, sizeof line, "Idempotency-Key: %s", key);
    return add_header(attempt, line);
}

static bool set_headers(struct http_attempt *attempt, const struct http_request *request)
{
    return add_header(attempt, "Accept: application/json") &&
           add_header(attempt, "Expect:") && /* else libcurl waits ahead of a large body */
           (request->body == NULL || add_header(attempt, "Content-Type: application/json")) &&
           add_idempotency_key(attempt, request->idempotency_key) &&
           curl_easy_setopt(attempt->easy, CURLOPT_HTTPHEADER, attempt->header) == CURLE_OK &&
           curl_easy_setopt(attempt->easy, CURLOPT_USERAGENT, "tieout") == CURLE_OK;
}

static bool set_login(CURL *easy, const struct http_request *request)
{
    const struct secret *secret = request->secret;

    if (secret == NULL || secret->n == 0)
        return true;
    if (request->user == NULL)
        return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, secret->text) == CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERNAME, request->user) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PASSWORD, secret->text) == CURLE_OK;
}

static bool set_body(CURL *easy, const struct http_request *request)
{
    if (strcmp(request->method, "HEAD") == 0)
        return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    if (strcmp(request->method, "GET") == 0)
        return true;
    return curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                            request->body != NULL ? request->body : "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

static bool set_connection(CURL *easy, enum http_repeat repeat)
{
    long own = repeat == HTTP_REPEAT_REFUSED;

    return curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, own) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, own) == CURLE_OK;
}

static bool take_answer(struct http_attempt *attempt)
{
    return curl_easy_setopt(attempt->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(attempt->easy, CURLOPT_WRITEDATA, attempt) == CURLE_OK;
}

/* An address without a scheme is taken for http:// by libcurl. */
static bool is_plain(const char *url)
{
    return strncasecmp(url, "https:", strlen("https:")) != 0;
}

enum status http_attempt_open(struct http_attempt *attempt, struct error *err)
{
    *attempt = (struct http_attempt){.easy = curl_easy_init(), .body = mem_array(1, 1)};
    attempt->capacity = 1;
    if (attempt->easy == NULL || attempt->body == NULL)
        return error_no_memory(err, "a connection");
    return STATUS_OK;
}

void http_attempt_close(struct http_attempt *attempt)
{
    curl_slist_free_all(attempt->header);
    curl_easy_cleanup(attempt->easy);
    free(attempt->body);
}

bool http_attempt_prepare(struct http_attempt *attempt, const struct network_settings *network,
                          const struct http_request *request)
{
    attempt->n_body = 0;
    attempt->body[0] = '\0';
    attempt->too_large = attempt->no_memory = false;
    return transport_prepare(attempt->easy, network, request->url,
                             network->plain_http ? "https,http" : "https",
                             is_plain(request->url), &attempt->transport) &&
           set_headers(attempt, request) && set_login(attempt->easy, request) &&
           set_body(attempt->easy, request) && set_connection(attempt->easy, request->repeat) &&
           take_answer(attempt);
}

int64_t http_attempt_wait(const struct http_attempt *attempt)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(attempt->easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK)
        return 0;
    return seconds > 0 ? seconds : 0;
}

static void copy_header(CURL *easy, const char *name, char word[HTTP_WORD])
{
    struct curl_header *header = NULL;

    word[0] = '\0';
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        snprintf(word, HTTP_WORD, "%s", header->value);
}

/* What an answer's status means to the user; the host stands before it. */
static const char *meaning_of(int status)
{
    if (status < 400)
        return "sends elsewhere, which is not followed: check the address";
    switch (status) {
    case 401:
        return "does not accept the user or the secret";
    case 403:
        return "does not permit this to the user";
    case 404:
        return "does not have this: check the address";
    case 429:
        return "wants fewer requests";
    case 503:
        return "is not available at the moment";
    default:
        return status < 500 ? "does not accept the request" : "has a failure of its own";
    }
}

static void explain(const struct http_attempt *attempt, const struct http_request *request,
                    CURLcode code, struct http_reply *reply)
{
    char host[TRANSPORT_HOST];

    transport_host(request->url, host);
    if (attempt->too_large)
        snprintf(reply->sentence, HTTP_SENTENCE, "%s sent an answer of more than %d MiB", host,
                 HTTP_MAX_BODY >> 20);
    else if (attempt->no_memory || code == CURLE_OUT_OF_MEMORY)
        snprintf(reply->sentence, HTTP_SENTENCE, "out of memory while talking to %s", host);
    else if (code == CURLE_ABORTED_BY_CALLBACK)
        snprintf(reply->sentence, HTTP_SENTENCE, "stopped before %s had answered", host);
    else if (code != CURLE_OK)
        transport_explain(&attempt->transport, code, request->url, reply->sentence,
                          HTTP_SENTENCE);
    else if (reply->status >= 300)
        snprintf(reply->sentence, HTTP_SENTENCE, "%s %s (status %d)", host,
                 meaning_of(reply->status), reply->status);
}

static enum http_outcome judge(const struct http_attempt *attempt, CURLcode code)
{
    if (code == CURLE_OK)
        return HTTP_ANSWERED;
    return attempt->transport.begun ? HTTP_UNKNOWN : HTTP_NOT_SENT;
}

bool http_attempt_end(struct http_attempt *attempt, const struct http_request *request,
                      CURLcode code, struct http_reply *reply)
{
    long status = 0;

    memset(reply, 0, sizeof *reply);
    reply->outcome = judge(attempt, code);
    if (attempt->transport.begun) {
        curl_easy_getinfo(attempt->easy, CURLINFO_RESPONSE_CODE, &status);
        reply->status = status >= 200 ? (int)status : 0;
        copy_header(attempt->easy, "X-Seraph-LoginReason", reply->login_reason);
        copy_header(attempt->easy, "RateLimit-Reason", reply->limit_reason);
    }
    explain(attempt, request, code, reply);
    reply->body = attempt->body;
    reply->n_body = attempt->n_body;
    curl_easy_reset(attempt->easy);
    curl_slist_free_all(attempt->header);
    attempt->header = NULL;
    return attempt->too_large || transport_is_lasting(&attempt->transport, code);
}
