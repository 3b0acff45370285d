#ifndef TIEOUT_TRANSPORT_H
#define TIEOUT_TRANSPORT_H

#include "service_settings.h"
#include "status.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* What requests and mail have in common: libcurl's transfers, encrypted, verified, and in bounded
 * time. */

/* Gets libcurl ready, and has SIGPIPE ignored; for each success there must be one
 * transport_close. STATUS_CONFIG if network.ca-file cannot be read or has no certificate. */
enum status transport_open(const struct network_settings *network, struct error *err);
void transport_close(void);

/* How far one transfer came; filled while it runs. */
struct transport {
    bool begun; /* the connection stood and the request followed: from here on, what failed may
                     have been done all the same. Without it the server has surely not acted. */
    bool refused; /* without encryption, and the address was not this machine's */
    char detail[CURL_ERROR_SIZE]; /* libcurl's words, of which some may be the server's */
};

/* Zeroes transport, which must live as long as the transfer, and gives easy the address and all
 * that is the same for every transfer: TLS 1.2 or later, always verified, by network.ca-file
 * alone if there is one; no proxy but network.proxy; no redirects; the two time limits.
 *   protocol  the only ones allowed, such as "https" or "smtps,smtp"
 *   plain     the transfer will not be encrypted: then only to this machine, and by no proxy
 * False if libcurl takes it not, for want of memory. */
bool transport_prepare(CURL *easy, const struct network_settings *network, const char *url,
                       const char *protocol, bool plain, struct transport *transport);

/* Whether a transfer that failed so would fail again: what is wrong is the address or the
 * certificate. */
bool transport_is_lasting(const struct transport *transport, CURLcode code);

enum { TRANSPORT_HOST = 128 };

/* "host" or "host:port" of an address, for sentences: without user, password and path. Cut if it
 * is longer; "the address" if there is none to be found. */
void transport_host(const char *url, char host[TRANSPORT_HOST]);

/* One sentence on why the transfer failed, with the host, without secrets, and with what to do
 * where that is known. code is not CURLE_OK. */
void transport_explain(const struct transport *transport, CURLcode code, const char *url,
                       char *text, size_t size);

#endif
