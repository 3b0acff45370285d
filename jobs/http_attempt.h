#ifndef TIEOUT_HTTP_ATTEMPT_H
#define TIEOUT_HTTP_ATTEMPT_H

#include "http.h"
#include "transport.h"

enum { HTTP_MAX_BODY = 16 << 20 };

/* A place for attempts at requests, one after the other, as libcurl runs them. */
struct http_attempt {
    CURL *easy;
    struct curl_slist *header;
    struct transport transport;
    char *body; /* what has come of the answer, terminated */
    size_t n_body;
    size_t capacity;
    bool too_large; /* the answer was cut off here */
    bool no_memory;
};

enum status http_attempt_open(struct http_attempt *attempt, struct error *err);
void http_attempt_close(struct http_attempt *attempt); /* a zeroed one is fine */

/* Sets attempt->easy up for the request; starting it is the caller's. False if memory is
 * short: then http_attempt_end with CURLE_OUT_OF_MEMORY. */
bool http_attempt_prepare(struct http_attempt *attempt, const struct network_settings *network,
                          const struct http_request *request);

/* The seconds the server asks to wait, 0 if it does not; before http_attempt_end. */
int64_t http_attempt_wait(const struct http_attempt *attempt);

/* How it ended: *reply is produced but for n_attempt; its body is borrowed until the next
 * attempt. code is CURLE_ABORTED_BY_CALLBACK if we gave up waiting. After it libcurl's copies of
 * the secret are gone. Returns whether another attempt would end the same. */
bool http_attempt_end(struct http_attempt *attempt, const struct http_request *request,
                      CURLcode code, struct http_reply *reply);

#endif
