#ifndef TIEOUT_HTTP_H
#define TIEOUT_HTTP_H

#include "secret.h"
#include "service_settings.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* HTTPS to the services, many requests at a time in one thread. TLS 1.2 or later, always
 * verified; no redirects; no proxy but that of the settings; http:// only if network.plain-http
 * is set and only to a loopback address. Nothing of a header or a body is logged. */
struct http;

/* The settings must outlive it. *out is produced. STATUS_CONFIG if the CA file cannot be used. */
enum status http_open(const struct network_settings *network, struct http **out,
                      struct error *err);
void http_close(struct http *http); /* NULL is fine */

/* What may be done when an attempt fails. */
enum http_repeat {
    HTTP_REPEAT_REFUSED, /* again only if the server has surely not acted: not reached, 429
                              (unless RateLimit-Reason tells of a quota), 503 */
    HTTP_REPEAT_ANY      /* again whatever happened (also cut answers, 408, 500, 502, 504): the
                              server takes a repeat for the same */
};

enum { HTTP_MAX_KEY = 255, HTTP_WORD = 64, HTTP_SENTENCE = 480 };

/* A request; borrowed until its reply has been handed over. */
struct http_request {
    const char *method; /* "GET", "POST", "PUT", "HEAD" */
    const char *url;
    const char *user;            /* basic authentication; NULL: secret is a bearer token */
    const struct secret *secret; /* NULL or n == 0: no authentication */
    const char *idempotency_key; /* header Idempotency-Key, one line of at most HTTP_MAX_KEY
                                    characters; NULL: none */
    const char *body;            /* JSON, terminated; NULL: none */
    enum http_repeat repeat;
};

enum http_outcome {
    HTTP_ANSWERED, /* a whole answer, whatever its status; after 408, 500, 502 and 504 nobody
                      knows what the server has done */
    HTTP_NOT_SENT, /* the server has surely not acted on it */
    HTTP_UNKNOWN   /* it may have */
};

/* What became of a request after its last attempt. */
struct http_reply {
    enum http_outcome outcome;
    int status; /* HTTP status; with HTTP_UNKNOWN it may be set too: the answer's body was
                         cut. 0: none came */
    char *body; /* what came of it, terminated; never NULL; a larger answer than 16 MiB is cut
                         off: HTTP_UNKNOWN */
    size_t n_body;
    int n_attempt;
    char login_reason[HTTP_WORD]; /* header X-Seraph-LoginReason, or "" */
    char limit_reason[HTTP_WORD]; /* header RateLimit-Reason, or "" */
    char sentence[HTTP_SENTENCE]; /* what went wrong, with the host and without secrets, for the
                                     user; "" for an answer with a status below 300 */
};

/* Requests to be made one after the other, some at a time. */
struct http_batch {
    size_t n;
    size_t at_once; /* >= 1 */
    void *context;
    /* Asked in order, 0 .. n - 1, when request i is about to be sent for the first time, so that
     * an intent can be stored before the first byte: fills request. *skip: there is nothing to
     * send for i, finish is not called. A failure ends the batch; requests under way are still
     * waited for. */
    enum status (*start)(void *context, size_t i, struct http_request *request, bool *skip,
                         struct error *err);
    /* Asked before a repeat: whether waiting surely mends nothing, such as a quota used up. NULL:
     * never. */
    bool (*is_final)(const struct http_reply *reply);
    /* Told once for each request that was started; body may be changed in place. */
    enum status (*finish)(void *context, size_t i, struct http_reply *reply, struct error *err);
};

/* Runs a batch to its end. Between attempts: the server's Retry-After, else a doubling time with
 * jitter, at most network.max_wait; network.attempts attempts. When stop_requested, nothing more
 * is started or repeated, what is under way gets a few seconds, and STATUS_STOPPED is returned
 * after every started request was finished (HTTP_UNKNOWN or HTTP_NOT_SENT). Otherwise the first
 * failure of start or finish, or STATUS_OK: what servers answer is no failure here. */
enum status http_run(struct http *http, const struct http_batch *batch, struct error *err);

/* One request. reply is produced on STATUS_OK and STATUS_STOPPED: free with http_reply_free. */
enum status http_send(struct http *http, const struct http_request *request,
                      struct http_reply *reply, struct error *err);
void http_reply_free(struct http_reply *reply); /* leaves nothing */

#endif
