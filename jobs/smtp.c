/* Mail by libcurl. What libcurl tells of a mail is one code for all recipients, and whether it
 * logged in it does not tell at all: a server that offers no login is simply spoken to without.
 * So the dialogue is watched through libcurl's debug callback, which sees each command and each
 * reply: the replies to RCPT say who was refused, 235 that the login was taken, and a reply after
 * the message that the server has it. Commands are looked at for their first word and nothing of
 * them is kept, as one of them is the password.
 *
 * A mail takes two steps on one connection: smtp_login, whose failures leave nothing sent, and
 * smtp_send. Between the message's end and its reply nobody can know: SMTP_UNKNOWN. */
#include "smtp.h"

#include "ascii.h"
#include "mail_character.h"
#include "mem.h"
#include "stop.h"
#include "transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE_SECONDS = 5,  /* for a reply, when told to stop */
    GOODBYE_SECONDS = 2 /* for the reply to QUIT, which libcurl would wait two minutes for */
};

enum stage {
    STAGE_OTHER,
    STAGE_MAIL,
    STAGE_RECIPIENT,
    STAGE_DATA,
    STAGE_MESSAGE, /* from the server's go-ahead on */
    STAGE_QUIT
};

/* What is known of a dialogue from watching it. */
struct dialogue {
    enum stage stage; /* the last command */
    bool logged_in;
    int refusal;           /* the reply to MAIL, DATA or the message, if it is no acceptance */
    int last;              /* the last reply's code */
    bool answered;         /* the message got a reply */
    char said[SMTP_REPLY]; /* the last reply, shown as text */
    struct smtp_recipient *recipient; /* [n_recipient] */
    int *reply;                       /* [n_recipient] code of the reply to RCPT; 0: none */
    size_t n_recipient;
    size_t n_named; /* recipients that were named so far */
};

/* The message on its way. */
struct outgoing {
    const char *byte;
    size_t left;
    bool ended; /* libcurl has seen its end: what follows is the mark that makes it a mail */
    time_t stop_seen; /* when stop_requested was seen, 0: not yet */
    time_t quit_seen; /* when QUIT was */
};

struct smtp {
    const struct network_settings *network;
    const char *server;
    const char *user;
    const struct secret *password;
    CURL *easy;
    char *url;
    struct transport transport;
    struct dialogue dialogue;
    struct outgoing outgoing;
};

/* ---- Watching ------------------------------------------------------------------------------ */

static bool begins(const char *data, size_t n, const char *word)
{
    size_t length = strlen(word);

    return n >= length && memcmp(data, word, length) == 0;
}

static void see_command(struct dialogue *dialogue, const char *data, size_t n)
{
    if (begins(data, n, "MAIL FROM:")) {
        dialogue->stage = STAGE_MAIL;
    } else if (begins(data, n, "RCPT TO:")) {
        dialogue->stage = STAGE_RECIPIENT;
        dialogue->n_named++;
    } else if (begins(data, n, "DATA\r\n")) {
        dialogue->stage = STAGE_DATA;
    } else if (begins(data, n, "QUIT\r\n")) {
        dialogue->stage = STAGE_QUIT;
    } else if (dialogue->stage != STAGE_MESSAGE) {
        dialogue->stage = STAGE_OTHER;
    }
}

/* A copy of a reply line that can be shown. */
static void keep_reply(char said[SMTP_REPLY], const char *data, size_t n)
{
    char line[SMTP_REPLY];
    const char *at = line;
    size_t used = 0, width = 0;

    while (n > 0 && (data[n - 1] == '\r' || data[n - 1] == '\n'))
        n--;
    if (n >= sizeof line)
        n = sizeof line - 1;
    memcpy(line, data, n);
    line[n] = '\0';
    while (*at != '\0') {
        const char *byte = mail_character_next(&at, &width);
        if (used + width >= SMTP_REPLY)
            break;
        memcpy(said + used, byte, width);
        used += width;
    }
    said[used] = '\0';
}

static void see_reply_to_recipient(struct dialogue *dialogue, int code)
{
    size_t i = dialogue->n_named - 1;

    if (i >= dialogue->n_recipient)
        return;
    dialogue->reply[i] = code;
    memcpy(dialogue->recipient[i].reply, dialogue->said, SMTP_REPLY);
}

/* A line from the server. In a reply of several lines all but the last have a hyphen behind the
 * code; what follows QUIT is of no interest. */
static void see_reply(struct dialogue *dialogue, const char *data, size_t n)
{
    if (dialogue->stage == STAGE_QUIT || n < 4 || data[3] == '-' || !ascii_is_digit(data[0]) ||
        !ascii_is_digit(data[1]) || !ascii_is_digit(data[2]))
        return;
    int code = (data[0] - '0') * 100 + (data[1] - '0') * 10 + data[2] - '0';
    dialogue->last = code;
    keep_reply(dialogue->said, data, n);
    if (code == 220 || code == 235) /* a new connection is not logged in yet */
        dialogue->logged_in = code == 235;
    if (dialogue->stage == STAGE_RECIPIENT)
        see_reply_to_recipient(dialogue, code);
    else if (dialogue->stage != STAGE_OTHER && code >= 400 && dialogue->refusal == 0)
        dialogue->refusal = code;
    dialogue->answered = dialogue->answered || dialogue->stage == STAGE_MESSAGE;
    if (dialogue->stage == STAGE_DATA && code == 354)
        dialogue->stage = STAGE_MESSAGE;
}

static int watch(CURL *easy, curl_infotype type, char *data, size_t n, void *context)
{
    struct smtp *smtp = context;

    (void)easy;
    if (type == CURLINFO_HEADER_OUT)
        see_command(&smtp->dialogue, data, n);
    else if (type == CURLINFO_HEADER_IN)
        see_reply(&smtp->dialogue, data, n);
    return 0;
}

/* ---- Transfers ----------------------------------------------------------------------------- */

static size_t give_message(char *buffer, size_t size, size_t n, void *context)
{
    struct smtp *smtp = context;
    struct outgoing *outgoing = &smtp->outgoing;
    size_t part = size * n < outgoing->left ? size * n : outgoing->left;

    /* libcurl may have had to connect anew, and found another server of the same name. */
    if (smtp->user != NULL && !smtp->dialogue.logged_in)
        return CURL_READFUNC_ABORT;
    memcpy(buffer, outgoing->byte, part);
    outgoing->byte += part;
    outgoing->left -= part;
    outgoing->ended = part == 0;
    return part;
}

static size_t drop_answer(char *data, size_t size, size_t n, void *context)
{
    (void)data, (void)context;
    return size * n;
}

/* Seconds since this was first asked, *since being 0 then. */
static time_t seconds_since(time_t *since)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (*since == 0)
        *since = now.tv_sec;
    return now.tv_sec - *since;
}

/* Whether to end the transfer: when told to stop, though a message that is out already gets time
 * for its reply; and when there is only the goodbye left to wait for. */
static int look_for_end(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct smtp *smtp = context;
    struct outgoing *outgoing = &smtp->outgoing;

    (void)a, (void)b, (void)c, (void)d;
    if (smtp->dialogue.stage == STAGE_QUIT &&
        seconds_since(&outgoing->quit_seen) >= GOODBYE_SECONDS)
        return 1;
    if (!stop_requested())
        return 0;
    return !outgoing->ended || seconds_since(&outgoing->stop_seen) >= GRACE_SECONDS;
}

/* The parts of a server's address; the caller frees them with curl_free. NULL: not there. */
struct address_parts {
    char *scheme, *host, *path, *query;
};

static bool split_address(const char *server, struct address_parts *parts)
{
    CURLU *url = curl_url();
    bool ok = url != NULL && curl_url_set(url, CURLUPART_URL, server, 0) == CURLUE_OK;

    *parts = (struct address_parts){0};
    if (ok) {
        curl_url_get(url, CURLUPART_SCHEME, &parts->scheme, 0);
        curl_url_get(url, CURLUPART_HOST, &parts->host, 0);
        curl_url_get(url, CURLUPART_PATH, &parts->path, 0);
        curl_url_get(url, CURLUPART_QUERY, &parts->query, 0);
    }
    curl_url_cleanup(url);
    return ok && parts->scheme != NULL && parts->host != NULL;
}

static void free_parts(struct address_parts *parts)
{
    curl_free(parts->scheme);
    curl_free(parts->host);
    curl_free(parts->path);
    curl_free(parts->query);
}

enum status smtp_check_address(const char *server, struct error *err)
{
    struct address_parts parts;
    bool ok = split_address(server, &parts) &&
              (strcmp(parts.scheme, "smtps") == 0 || strcmp(parts.scheme, "smtp") == 0) &&
              (parts.path == NULL || strcmp(parts.path, "/") == 0) && parts.query == NULL;

    free_parts(&parts);
    return ok ? STATUS_OK
              : error_set(
                    err, STATUS_CONFIG,
                    "email.server: want smtps://host:465, or smtp://host:587 for STARTTLS, "
                    "and nothing else in it");
}

/* Whether the server may be spoken to without encryption if it offers none: by its name a server
 * on this machine; that it is one transport.h sees to. */
static bool may_be_plain(const struct smtp *smtp)
{
    struct address_parts parts;
    bool local = split_address(smtp->server, &parts) && strcmp(parts.scheme, "smtp") == 0 &&
                 (strcmp(parts.host, "localhost") == 0 || strcmp(parts.host, "[::1]") == 0 ||
                  strncmp(parts.host, "127.", 4) == 0);

    free_parts(&parts);
    return local && smtp->network->plain_http;
}

/* The server's address with the name this machine greets it by, which libcurl takes from the
 * path. A name without a dot says nothing to others, and some servers refuse it; then, as RFC
 * 5321 has it, an address in brackets. */
static char *make_url(const char *server)
{
    char name[256] = "";
    size_t n = strlen(server);
    size_t room = n + sizeof name + 2;
    char *url = mem_array(room, 1);

    if (gethostname(name, sizeof name - 1) != 0 || strchr(name, '.') == NULL ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") !=
            strlen(name))
        strcpy(name, "%5B127.0.0.1%5D");
    while (n > 0 && server[n - 1] == '/')
        n--;
    if (url != NULL)
        snprintf(url, room, "%.*s/%s", (int)n, server, name);
    return url;
}

static bool set_login(struct smtp *smtp)
{
    if (smtp->user == NULL)
        return true;
    return curl_easy_setopt(smtp->easy, CURLOPT_USERNAME, smtp->user) == CURLE_OK &&
           curl_easy_setopt(smtp->easy, CURLOPT_PASSWORD, smtp->password->text) == CURLE_OK;
}

static bool set_callbacks(struct smtp *smtp)
{
    CURL *easy = smtp->easy;

    return curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) == CURLE_OK && /* for the watching */
           curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, watch) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_DEBUGDATA, smtp) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_for_end) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_XFERINFODATA, smtp) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_message) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READDATA, smtp) == CURLE_OK;
}

/* What login and mail have in common. The connection stays from the one to the other and is then
 * closed within the transfer, as only there libcurl's wait for the goodbye can be ended. */
static bool prepare(struct smtp *smtp)
{
    bool plain = may_be_plain(smtp);
    long encryption = plain ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL;

    smtp->outgoing = (struct outgoing){0};
    return transport_prepare(smtp->easy, smtp->network, smtp->url, "smtps,smtp", plain,
                             &smtp->transport) &&
           curl_easy_setopt(smtp->easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(smtp->easy, CURLOPT_USE_SSL, encryption) == CURLE_OK &&
           set_login(smtp) && set_callbacks(smtp);
}

enum status smtp_open(const struct network_settings *network, const char *server,
                      const char *user, const struct secret *password, struct smtp **out,
                      struct error *err)
{
    enum status st = STATUS_OK;
    struct smtp *smtp = NULL;
    bool opened = false;

    TRY(transport_open(network, err));
    opened = true;
    smtp = mem_array(1, sizeof *smtp);
    if (smtp == NULL)
        TRY(error_no_memory(err, "the mail server"));
    *smtp =
        (struct smtp){.network = network, .server = server, .user = user, .password = password};
    smtp->easy = curl_easy_init();
    smtp->url = make_url(server);
    if (smtp->easy == NULL || smtp->url == NULL)
        TRY(error_no_memory(err, "the mail server"));
    *out = smtp;
    smtp = NULL;
    opened = false;
done:
    if (smtp != NULL) {
        curl_easy_cleanup(smtp->easy);
        free(smtp->url);
        free(smtp);
    }
    if (opened)
        transport_close();
    return st;
}

void smtp_close(struct smtp *smtp)
{
    if (smtp == NULL)
        return;
    curl_easy_cleanup(smtp->easy);
    free(smtp->url);
    free(smtp);
    transport_close();
}

/* ---- Login --------------------------------------------------------------------------------- */

static enum status explain_login(const struct smtp *smtp, CURLcode code, struct error *err)
{
    char host[TRANSPORT_HOST];
    char why[SMTP_REPLY + ERROR_TEXT / 2];
    const struct dialogue *dialogue = &smtp->dialogue;
    bool lasting = dialogue->last < 400 || dialogue->last >= 500;

    transport_host(smtp->server, host);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return error_set(err, STATUS_STOPPED, "stopped before the mail server was reached");
    if (code == CURLE_LOGIN_DENIED)
        return error_set(err, lasting ? STATUS_CONFIG : STATUS_SERVICE,
                         "the mail server %s refuses the login of email.user (%s): check the "
                         "user and the password",
                         host, dialogue->said);
    if (code == CURLE_USE_SSL_FAILED)
        return error_set(err, STATUS_CONFIG,
                         "the mail server %s offers no encryption (STARTTLS), and without it "
                         "nothing is sent: use a port that does, or smtps://",
                         host);
    if (dialogue->last >= 400)
        return error_set(err, lasting ? STATUS_CONFIG : STATUS_SERVICE,
                         "the mail server %s refuses to talk (%s)", host, dialogue->said);
    transport_explain(&smtp->transport, code, smtp->server, why, sizeof why);
    return error_set(
        err, transport_is_lasting(&smtp->transport, code) ? STATUS_CONFIG : STATUS_SERVICE,
        "the mail server %s", why);
}

enum status smtp_login(struct smtp *smtp, bool stay, struct error *err)
{
    char host[TRANSPORT_HOST];

    smtp->dialogue = (struct dialogue){.stage = STAGE_OTHER};
    curl_easy_reset(smtp->easy);
    if (!prepare(smtp) || curl_easy_setopt(smtp->easy, CURLOPT_NOBODY, 1L) != CURLE_OK ||
        curl_easy_setopt(smtp->easy, CURLOPT_CUSTOMREQUEST, "NOOP") != CURLE_OK ||
        curl_easy_setopt(smtp->easy, CURLOPT_FRESH_CONNECT, 1L) != CURLE_OK ||
        curl_easy_setopt(smtp->easy, CURLOPT_FORBID_REUSE, stay ? 0L : 1L) != CURLE_OK)
        return error_no_memory(err, "the mail server");
    CURLcode code = curl_easy_perform(smtp->easy);
    if (code != CURLE_OK)
        return explain_login(smtp, code, err);
    if (smtp->user == NULL || smtp->dialogue.logged_in)
        return STATUS_OK;
    transport_host(smtp->server, host);
    return error_set(err, STATUS_CONFIG,
                     "the mail server %s offers no login, and email.user asks for one: use "
                     "another port, or leave email.user out",
                     host);
}

/* ---- Mail ---------------------------------------------------------------------------------- */

static enum smtp_fate fate_of_reply(int code)
{
    if (code < 400)
        return SMTP_ACCEPTED;
    return code < 500 ? SMTP_LATER : SMTP_REFUSED;
}

/* What became of a recipient that the server took. */
static enum smtp_fate fate_of_message(const struct smtp *smtp, CURLcode code)
{
    const struct dialogue *dialogue = &smtp->dialogue;

    if (code == CURLE_OK)
        return SMTP_ACCEPTED;
    if (dialogue->refusal != 0)
        return fate_of_reply(dialogue->refusal);
    /* A message that got a reply which is no refusal is accepted, whatever failed then. */
    if (dialogue->answered)
        return SMTP_ACCEPTED;
    return smtp->outgoing.ended ? SMTP_UNKNOWN : SMTP_LATER;
}

static void settle(struct smtp *smtp, CURLcode code)
{
    const struct dialogue *dialogue = &smtp->dialogue;
    enum smtp_fate rest = fate_of_message(smtp, code);
    char why[SMTP_REPLY] = "";

    if (dialogue->refusal != 0)
        snprintf(why, sizeof why, "%s", dialogue->said);
    else if (code != CURLE_OK)
        transport_explain(&smtp->transport, code, smtp->server, why, sizeof why);
    for (size_t i = 0; i < dialogue->n_recipient; i++) {
        struct smtp_recipient *recipient = &dialogue->recipient[i];
        if (dialogue->reply[i] >= 400) {
            recipient->fate = fate_of_reply(dialogue->reply[i]);
            continue;
        }
        recipient->fate = rest;
        snprintf(recipient->reply, SMTP_REPLY, "%s", rest == SMTP_ACCEPTED ? "" : why);
    }
}

static struct curl_slist *list_recipients(const struct smtp_recipient *recipient, size_t n)
{
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < n; i++) {
        struct curl_slist *longer = curl_slist_append(list, recipient[i].address);
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static bool prepare_mail(struct smtp *smtp, const char *from, struct curl_slist *to,
                         const char *byte, size_t n)
{
    CURL *easy = smtp->easy;

    curl_easy_reset(easy);
    if (!prepare(smtp))
        return false;
    smtp->outgoing = (struct outgoing){.byte = byte, .left = n};
    return curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)n) == CURLE_OK;
}

enum status smtp_send(struct smtp *smtp, const char *from, struct smtp_recipient *recipient,
                      size_t n_recipient, const char *byte, size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    int *reply = mem_array(n_recipient, sizeof *reply);
    struct curl_slist *to = list_recipients(recipient, n_recipient);

    smtp->dialogue = (struct dialogue){.stage = STAGE_OTHER,
                                       .logged_in = smtp->dialogue.logged_in,
                                       .recipient = recipient,
                                       .reply = reply,
                                       .n_recipient = n_recipient};
    for (size_t i = 0; i < n_recipient; i++)
        recipient[i] = (struct smtp_recipient){recipient[i].address, SMTP_LATER, ""};
    if (reply == NULL || to == NULL || !prepare_mail(smtp, from, to, byte, n))
        TRY(error_no_memory(err, "the mail"));
    CURLcode code = curl_easy_perform(smtp->easy);
    settle(smtp, code);
    if (code == CURLE_ABORTED_BY_CALLBACK && stop_requested())
        TRY(error_set(err, STATUS_STOPPED, "stopped while the mail was being sent"));
done:
    curl_slist_free_all(to);
    free(reply);
    smtp->dialogue = (struct dialogue){.stage = STAGE_OTHER};
    return st;
}
