/* What every transfer by libcurl is given, and what its failures mean. Whether a failed transfer
 * may have been acted on is not guessed from libcurl's code: its last callback ahead of the
 * request sets a flag. libcurl copies passwords about, so it is given memory that is erased when
 * it is freed. What is sent, and what an answer means, is left to HTTP and mail. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "transport.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void free_erased(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

/* realloc would leave the old copy behind when it moves. */
static void *resize_erased(void *old, size_t size)
{
    size_t before = old != NULL ? malloc_usable_size(old) : 0;
    void *moved = malloc(size > 0 ? size : 1);

    if (moved == NULL)
        return NULL;
    if (before > 0)
        memcpy(moved, old, before < size ? before : size);
    free_erased(old);
    return moved;
}

/* Whether the file has a PEM block: libcurl would say so only at the first connection. */
static enum status check_certificates(const char *path, struct error *err)
{
    FILE *file = fopen(path, "r");
    char line[256];
    bool found = false;
    int why = errno;

    if (file == NULL)
        return error_set(err, STATUS_CONFIG, "cannot open the certificates %s: %s", path,
                         strerror(why));
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = strstr(line, "-----BEGIN ") != NULL && strstr(line, "CERTIFICATE") != NULL;
    why = ferror(file) != 0 ? errno : 0;
    fclose(file);
    if (why != 0)
        return error_set(err, STATUS_CONFIG, "cannot read the certificates %s: %s", path,
                         strerror(why));
    if (!found)
        return error_set(err, STATUS_CONFIG,
                         "%s has no certificate: network.ca-file wants a file in PEM form",
                         path);
    return STATUS_OK;
}

enum status transport_open(const struct network_settings *network, struct error *err)
{
    enum status st = STATUS_OK;

    signal(SIGPIPE, SIG_IGN); /* a service that hangs up is an error, not the end */
    if (network->ca_file != NULL)
        TRY(check_certificates(network->ca_file, err));
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, free_erased, resize_erased, strdup,
                             calloc) != CURLE_OK)
        TRY(error_set(err, STATUS_INTERNAL, "libcurl cannot be started"));
done:
    return st;
}

void transport_close(void)
{
    curl_global_cleanup();
}

static int note_begin(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transport *transport = context;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    transport->begun = true;
    return CURL_PREREQFUNC_OK;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    }
    return false;
}

/* The address itself is looked at, as a name may resolve to anything. */
static curl_socket_t open_local_socket(void *context, curlsocktype purpose,
                                       struct curl_sockaddr *address)
{
    struct transport *transport = context;

    (void)purpose;
    if (!is_loopback(&address->addr)) {
        transport->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool set_text(CURL *easy, CURLoption option, const char *text)
{
    return curl_easy_setopt(easy, option, text) == CURLE_OK;
}

static bool set_long(CURL *easy, CURLoption option, long value)
{
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_trust(CURL *easy, const char *ca_file)
{
    if (!set_long(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) ||
        !set_long(easy, CURLOPT_SSL_VERIFYPEER, 1) ||
        !set_long(easy, CURLOPT_SSL_VERIFYHOST, 2))
        return false;
    if (ca_file == NULL)
        return true;
    return set_text(easy, CURLOPT_CAINFO, ca_file) && set_text(easy, CURLOPT_CAPATH, NULL) &&
           set_text(easy, CURLOPT_PROXY_CAINFO, ca_file) &&
           set_text(easy, CURLOPT_PROXY_CAPATH, NULL);
}

/* An empty text keeps libcurl from asking the environment. */
static bool set_proxy(CURL *easy, const char *proxy)
{
    return set_text(easy, CURLOPT_PROXY, proxy != NULL ? proxy : "") &&
           set_text(easy, CURLOPT_NOPROXY, "");
}

static bool set_limits(CURL *easy, const struct network_settings *network)
{
    return set_long(easy, CURLOPT_NOSIGNAL, 1) && set_long(easy, CURLOPT_FOLLOWLOCATION, 0) &&
           set_long(easy, CURLOPT_CONNECTTIMEOUT, (long)network->connect_timeout) &&
           set_long(easy, CURLOPT_TIMEOUT, (long)network->timeout);
}

static bool watch(CURL *easy, bool plain, struct transport *transport)
{
    bool ok = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transport->detail) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, note_begin) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PREREQDATA, transport) == CURLE_OK;

    if (ok && plain)
        ok =
            curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_local_socket) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transport) == CURLE_OK;
    return ok;
}

bool transport_prepare(CURL *easy, const struct network_settings *network, const char *url,
                       const char *protocol, bool plain, struct transport *transport)
{
    memset(transport, 0, sizeof *transport);
    return set_text(easy, CURLOPT_URL, url) &&
           set_text(easy, CURLOPT_PROTOCOLS_STR, protocol) &&
           set_trust(easy, network->ca_file) &&
           set_proxy(easy, plain ? NULL : network->proxy) && set_limits(easy, network) &&
           watch(easy, plain, transport);
}

bool transport_is_lasting(const struct transport *transport, CURLcode code)
{
    return transport->refused || code == CURLE_UNSUPPORTED_PROTOCOL ||
           code == CURLE_URL_MALFORMAT || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CACERT_BADFILE;
}

void transport_host(const char *url, char host[TRANSPORT_HOST])
{
    CURLU *parsed = curl_url();
    char *name = NULL;
    char *port = NULL;

    snprintf(host, TRANSPORT_HOST, "the address");
    if (parsed != NULL &&
        curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &name, 0) == CURLUE_OK) {
        bool has_port = curl_url_get(parsed, CURLUPART_PORT, &port, 0) == CURLUE_OK;
        snprintf(host, TRANSPORT_HOST, "%.100s%s%s", name, has_port ? ":" : "",
                 has_port ? port : "");
    }
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(parsed);
}

/* What a code means to the user; the host stands before it. */
struct meaning {
    CURLcode code;
    const char *what;
    const char *advice; /* or NULL */
};

static const struct meaning MEANING[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, "is not spoken to without encryption",
     "use an address of https://, or network.plain-http for a service on this machine"},
    {CURLE_URL_MALFORMAT, "is no address that can be used", NULL},
    {CURLE_COULDNT_RESOLVE_PROXY, "needs a proxy that cannot be found", "check network.proxy"},
    {CURLE_COULDNT_RESOLVE_HOST, "cannot be found", "check the address and the network"},
    {CURLE_COULDNT_CONNECT, "cannot be reached", NULL},
    {CURLE_SSL_CONNECT_ERROR, "gave no encrypted connection", NULL},
    {CURLE_PEER_FAILED_VERIFICATION, "has a certificate that is not trusted",
     "if an authority of your own issued it, set network.ca-file"},
    {CURLE_SSL_CACERT_BADFILE, "cannot be verified", "check network.ca-file"},
    {CURLE_PARTIAL_FILE, "cut its answer short", NULL},
    {CURLE_GOT_NOTHING, "closed the connection without an answer", NULL},
    {CURLE_SEND_ERROR, "cut the connection", NULL},
    {CURLE_RECV_ERROR, "cut the connection", NULL},
};

static struct meaning find_meaning(const struct transport *transport, CURLcode code)
{
    static const struct meaning REFUSED = {CURLE_COULDNT_CONNECT,
                                           "is not this machine, and others need encryption",
                                           "use an address of https://"};
    static const struct meaning NO_CONNECTION = {
        CURLE_OPERATION_TIMEDOUT, "gave no connection in time",
        "check the address, the network and network.connect-timeout"};
    static const struct meaning NO_ANSWER = {CURLE_OPERATION_TIMEDOUT, "did not answer in time",
                                             "network.timeout says how long"};
    static const struct meaning OTHER = {CURLE_OK, "cannot be talked to", NULL};

    if (transport->refused)
        return REFUSED;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return transport->begun ? NO_ANSWER : NO_CONNECTION;
    for (size_t i = 0; i < sizeof MEANING / sizeof *MEANING; i++)
        if (MEANING[i].code == code)
            return MEANING[i];
    return OTHER;
}

void transport_explain(const struct transport *transport, CURLcode code, const char *url,
                       char *text, size_t size)
{
    struct meaning meaning = find_meaning(transport, code);
    char host[TRANSPORT_HOST];
    const char *detail =
        transport->detail[0] != '\0' ? transport->detail : curl_easy_strerror(code);

    transport_host(url, host);
    snprintf(text, size, "%s %s (%s)%s%s", host, meaning.what, detail,
             meaning.advice != NULL ? "; " : "", meaning.advice != NULL ? meaning.advice : "");
}
