/* Who gets the mail, and what the outbox is told of it. Marked sent before the server hears of
 * it and settled by what the server says, recipient by recipient: accepted, refused for good,
 * put off, or unknown. Only those put off are tried again at once; what is unknown waits for the
 * next run, which sends the same mail under the same Message-ID. How mail is written and how it
 * travels: email_compose.h and smtp.h. */
#include "email.h"

#include "draft.h"
#include "email_compose.h"
#include "mail_address.h"
#include "mail_message.h"
#include "mem.h"
#include "smtp.h"
#include "stop.h"
#include "tickets.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char SERVICE[] = "email", KIND[] = "mail", PASSWORD[] = "email-password";

/* In a draft, until the settings say who; such addresses cannot exist (RFC 2606). */
static const char DRAFT_FROM[] = "tieout@example.invalid",
                  DRAFT_TO[] = "reviewers@example.invalid";

enum { KEY = 320, DIGEST_PART = 32, MOST_DOUBLING = 10, LOOKS_A_SECOND = 5 };

/* A recipient on the way through one run. */
struct addressee {
    char key[KEY]; /* in the outbox */
    enum outbox_state state;
    bool again; /* an earlier run may have sent it */
    bool now;   /* settled by this run */
    char reason[SMTP_REPLY];
};

struct delivery {
    struct followup *followup;
    const struct email_settings *email;
    struct mail_addresses to;
    struct addressee *addressee;      /* [to.n] */
    struct smtp_recipient *recipient; /* [to.n] room for those of one attempt */
    size_t *of;                       /* [to.n] whose addressee each of them is */
    size_t n_open;                    /* of an attempt */
    struct smtp *smtp;
    char *byte; /* the message */
    size_t n;
};

/* ---- Settings ------------------------------------------------------------------------------ */

bool email_is_configured(const struct settings *settings)
{
    return settings->services.email.server != NULL;
}

static enum status check_from(const char *from, struct error *err)
{
    if (mail_address_is_valid(from, strlen(from)))
        return STATUS_OK;
    return error_set(err, STATUS_CONFIG,
                     "email.from: \"%.80s\" is not an address of the form name@example.com",
                     from);
}

static enum status check_login(const struct email_settings *email, struct error *err)
{
    bool password = secret_is_named(&email->password, PASSWORD);

    if (email->user != NULL && !password)
        return error_set(err, STATUS_CONFIG,
                         "email.user is set and the password is not: set email.password-file");
    if (email->user == NULL &&
        (email->password.file != NULL || email->password.variable != NULL))
        return error_set(err, STATUS_CONFIG,
                         "the password for mail is set and email.user is not");
    return STATUS_OK;
}

enum status email_validate(const struct settings *settings, struct error *err)
{
    enum status st = STATUS_OK;
    const struct email_settings *email = &settings->services.email;
    struct mail_addresses to = {0};

    if (email->from != NULL)
        TRY(check_from(email->from, err));
    if (email->to != NULL)
        TRY(mail_addresses_parse(email->to, "email.to", &to, err));
    if (email->server == NULL)
        goto done;
    TRY(smtp_check_address(email->server, err));
    if (email->from == NULL || email->to == NULL)
        TRY(error_set(err, STATUS_CONFIG, "email.server is set and email.%s is not",
                      email->from == NULL ? "from" : "to"));
    TRY(check_login(email, err));
done:
    mail_addresses_free(&to);
    return st;
}

static enum status open_server(const struct settings *settings, struct secret *password,
                               struct smtp **smtp, struct error *err)
{
    enum status st = STATUS_OK;
    const struct email_settings *email = &settings->services.email;

    TRY(secret_read(&email->password, PASSWORD, password, err));
    TRY(smtp_open(&settings->services.network, email->server, email->user, password, smtp,
                  err));
done:
    return st;
}

enum status email_check(const struct settings *settings, struct http *http, struct error *said)
{
    enum status st = STATUS_OK;
    const struct email_settings *email = &settings->services.email;
    struct secret password = {.n = 0};
    struct smtp *smtp = NULL;

    (void)http;
    TRY(email_validate(settings, said));
    TRY(open_server(settings, &password, &smtp, said));
    TRY(smtp_login(smtp, false, said));
    error_set(said, STATUS_OK, "%s answers%s%s; no mail was sent", email->server,
              email->user != NULL ? " and takes the login of " : ", without a login",
              email->user != NULL ? email->user : "");
done:
    smtp_close(smtp);
    secret_erase(&password);
    return st;
}

/* ---- The message --------------------------------------------------------------------------- */

static enum status compose(struct delivery *delivery, struct error *err)
{
    enum status st = STATUS_OK;
    const struct followup *followup = delivery->followup;
    const struct email_settings *email = delivery->email;
    char **link = NULL;

    TRY(tickets_links(followup, &link, err));
    TRY(email_compose(followup, email->from != NULL ? email->from : DRAFT_FROM, &delivery->to,
                      link, &delivery->byte, &delivery->n, err));
done:
    tickets_links_free(followup->findings, link);
    return st;
}

static enum status write_draft(struct delivery *delivery, struct error *said)
{
    static const char NAME[] = "mail.eml";
    enum status st = STATUS_OK;
    const struct followup *followup = delivery->followup;
    bool changed = false;

    TRY(draft_write(followup->folder, NAME, delivery->byte, delivery->n, &changed, said));
    error_set(said, STATUS_OK, "%s/%s %s%s", followup->folder, NAME,
              changed ? "has the mail that would be sent" : "is up to date",
              email_is_configured(followup->settings) ? "" : ": email.server is not set");
done:
    return st;
}

/* ---- The outbox ---------------------------------------------------------------------------- */

static struct outbox_name name_of(const struct addressee *addressee)
{
    return (struct outbox_name){SERVICE, KIND, addressee->key};
}

static bool is_open(const struct addressee *addressee)
{
    return addressee->state == OUTBOX_PENDING || addressee->state == OUTBOX_SENT;
}

static enum status look_up(struct delivery *delivery, struct addressee *addressee,
                           struct error *err)
{
    enum status st = STATUS_OK;
    struct outbox_list found = {0};

    TRY(outbox_find(delivery->followup->outbox, name_of(addressee), &found, err));
    if (found.n > 0) {
        addressee->state = found.action[0].state;
        addressee->again = addressee->state == OUTBOX_SENT;
        snprintf(addressee->reason, sizeof addressee->reason, "%.*s", SMTP_REPLY - 1,
                 found.action[0].reason);
    }
done:
    outbox_list_free(&found);
    return st;
}

/* Writes down that every recipient is to get the mail, and learns who has it already. */
static enum status plan(struct delivery *delivery, struct error *err)
{
    enum status st = STATUS_OK;
    struct outbox *outbox = delivery->followup->outbox;

    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; st == STATUS_OK && i < delivery->to.n; i++) {
        struct addressee *addressee = &delivery->addressee[i];
        snprintf(addressee->key, KEY, "%s %.*s", delivery->to.address[i], DIGEST_PART,
                 delivery->followup->findings->digest);
        st = outbox_add(outbox, name_of(addressee), err);
    }
    TRY(outbox_end(outbox, st, err));
    for (size_t i = 0; i < delivery->to.n; i++)
        TRY(look_up(delivery, &delivery->addressee[i], err));
done:
    return st;
}

/* Tells the outbox the state and reason of this attempt's recipients, all at once: ahead of the
 * attempt, or, settled, of those for whom something is known now. */
static enum status mark_attempt(struct delivery *delivery, bool settled, struct error *err)
{
    enum status st = STATUS_OK;
    struct outbox *outbox = delivery->followup->outbox;
    char id[MAIL_ID];

    mail_message_id(delivery->followup->findings->digest, delivery->email->from, id);
    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; st == STATUS_OK && i < delivery->n_open; i++) {
        const struct addressee *addressee = &delivery->addressee[delivery->of[i]];
        if (settled && addressee->state == OUTBOX_SENT)
            continue;
        st = outbox_mark(outbox, name_of(addressee), addressee->state,
                         addressee->state == OUTBOX_DONE ? id : NULL, addressee->reason, err);
    }
    st = outbox_end(outbox, st, err);
done:
    return st;
}

/* ---- Attempts ------------------------------------------------------------------------------ */

static void gather_open(struct delivery *delivery)
{
    delivery->n_open = 0;
    for (size_t i = 0; i < delivery->to.n; i++) {
        const struct addressee *addressee = &delivery->addressee[i];
        if (!is_open(addressee) || (addressee->now && addressee->state == OUTBOX_SENT))
            continue;
        delivery->recipient[delivery->n_open] =
            (struct smtp_recipient){.address = delivery->to.address[i]};
        delivery->of[delivery->n_open++] = i;
    }
}

static void set_open(struct delivery *delivery, enum outbox_state state, const char *reason)
{
    for (size_t i = 0; i < delivery->n_open; i++) {
        struct addressee *addressee = &delivery->addressee[delivery->of[i]];
        /* What an earlier run may have sent stays so until it is sent again. */
        if (!addressee->again || state != OUTBOX_PENDING)
            addressee->state = state;
        snprintf(addressee->reason, sizeof addressee->reason, "%.*s", SMTP_REPLY - 1, reason);
    }
}

static void take_fates(struct delivery *delivery)
{
    static const enum outbox_state STATE[] = {[SMTP_ACCEPTED] = OUTBOX_DONE,
                                              [SMTP_LATER] = OUTBOX_PENDING,
                                              [SMTP_REFUSED] = OUTBOX_FAILED,
                                              [SMTP_UNKNOWN] = OUTBOX_SENT};

    for (size_t i = 0; i < delivery->n_open; i++) {
        struct addressee *addressee = &delivery->addressee[delivery->of[i]];
        const struct smtp_recipient *recipient = &delivery->recipient[i];
        enum outbox_state state = STATE[recipient->fate];
        bool doubtful = addressee->again && state == OUTBOX_PENDING;
        addressee->state = doubtful ? OUTBOX_SENT : state;
        addressee->now = recipient->fate != SMTP_LATER;
        memcpy(addressee->reason, recipient->reply, SMTP_REPLY);
    }
}

/* One connection: login, then the mail to everyone who is to get it still. A failure to write to
 * the outbox is graver than what the server did. */
static enum status attempt(struct delivery *delivery, struct error *err)
{
    enum status st = STATUS_OK;
    struct error served = {.code = STATUS_OK};

    if (smtp_login(delivery->smtp, true, &served) != STATUS_OK) {
        set_open(delivery, OUTBOX_PENDING, served.text);
    } else {
        set_open(delivery, OUTBOX_SENT, "no answer came");
        TRY(mark_attempt(delivery, false, err));
        smtp_send(delivery->smtp, delivery->email->from, delivery->recipient, delivery->n_open,
                  delivery->byte, delivery->n, &served);
        take_fates(delivery);
    }
    TRY(mark_attempt(delivery, true, err));
    *err = served;
    st = served.code;
done:
    return st;
}

/* A doubling time, or until told to stop. */
static void wait_before(int64_t n_attempt, int64_t most)
{
    const struct timespec look = {.tv_nsec = 1000000000L / LOOKS_A_SECOND};
    int64_t doubling = n_attempt - 1 < MOST_DOUBLING ? n_attempt - 1 : MOST_DOUBLING;
    int64_t seconds = INT64_C(1) << doubling;

    if (seconds > most)
        seconds = most;
    for (int64_t i = 0; i < seconds * LOOKS_A_SECOND && !stop_requested(); i++)
        nanosleep(&look, NULL);
}

/* Attempts until nobody is put off. STATUS_OK, too, if somebody still is: the addressees tell. */
static enum status deliver(struct delivery *delivery, struct error *err)
{
    enum status st = STATUS_OK;
    const struct network_settings *network = &delivery->followup->settings->services.network;

    for (int64_t n = 1; n <= network->attempts; n++) {
        gather_open(delivery);
        if (delivery->n_open == 0)
            return STATUS_OK;
        if (n > 1)
            wait_before(n - 1, network->max_wait);
        if (stop_requested())
            return error_set(err, STATUS_STOPPED, "stopped before the mail was sent");
        st = attempt(delivery, err);
        if (st != STATUS_OK && st != STATUS_SERVICE)
            return st;
    }
    return STATUS_OK;
}

/* ---- What is said -------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void say(struct error *said, const char *format,
                                                      ...)
{
    size_t used = strlen(said->text);
    va_list args;

    va_start(args, format);
    vsnprintf(said->text + used, sizeof said->text - used, format, args);
    va_end(args);
}

/* What can be said of a recipient when all is over. */
struct group {
    enum outbox_state state;
    bool now, again;
    bool reason;
    const char *words;
};

static bool is_in(const struct addressee *addressee, const struct group *group)
{
    return addressee->state == group->state && addressee->now == group->now &&
           (addressee->state == OUTBOX_PENDING || addressee->state == OUTBOX_FAILED ||
            addressee->again == group->again);
}

/* The next one of the group from i on; to.n: there is none. */
static size_t find_in(const struct delivery *delivery, const struct group *group, size_t i)
{
    while (i < delivery->to.n && !is_in(&delivery->addressee[i], group))
        i++;
    return i;
}

/* "; refused for a@x, b@x (why), c@x (why else)": a reason behind the last it holds for. */
static void say_group(const struct delivery *delivery, const struct group *group,
                      struct error *said)
{
    size_t next = 0;
    bool first = true;

    for (size_t i = find_in(delivery, group, 0); i < delivery->to.n; i = next) {
        const char *reason = delivery->addressee[i].reason;
        next = find_in(delivery, group, i + 1);
        if (first)
            say(said, "%s%s ", said->text[0] != '\0' ? "; " : "", group->words);
        say(said, "%s%s", first ? "" : ", ", delivery->to.address[i]);
        first = false;
        bool same =
            next < delivery->to.n && strcmp(delivery->addressee[next].reason, reason) == 0;
        if (group->reason && reason[0] != '\0' && !same)
            say(said, " (%s)", reason);
    }
}

static enum status conclude(const struct delivery *delivery, struct error *said)
{
    static const struct group GROUP[] = {
        {OUTBOX_DONE, true, false, false, "mail sent to"},
        {OUTBOX_DONE, true, true, false,
         "mail sent again, as the answer of an earlier run never came, to"},
        {OUTBOX_DONE, false, false, false, "mail was sent before to"},
        {OUTBOX_FAILED, true, false, true, "refused for"},
        {OUTBOX_FAILED, false, false, true, "refused before for"},
        {OUTBOX_PENDING, false, false, true, "not taken yet for"},
        {OUTBOX_SENT, true, false, true, "sent with no answer to"},
        {OUTBOX_SENT, true, true, true, "sent again with no answer to"},
        {OUTBOX_SENT, false, true, true, "not sent again yet to"},
    };
    bool failed = false, open = false;

    said->text[0] = '\0';
    for (size_t i = 0; i < sizeof GROUP / sizeof *GROUP; i++)
        say_group(delivery, &GROUP[i], said);
    for (size_t i = 0; i < delivery->to.n; i++) {
        failed = failed || delivery->addressee[i].state == OUTBOX_FAILED;
        open = open || is_open(&delivery->addressee[i]);
    }
    if (failed)
        say(said, ": correct email.to or what the server asks for, then use --retry-failed");
    said->code = open ? STATUS_SERVICE : failed ? STATUS_CONFIG : STATUS_OK;
    return said->code;
}

/* ---- The job ------------------------------------------------------------------------------- */

static enum status send_to_all(struct delivery *delivery, struct error *said)
{
    enum status st = STATUS_OK;
    struct secret password = {.n = 0};

    TRY(plan(delivery, said));
    gather_open(delivery);
    if (delivery->n_open > 0) {
        TRY(open_server(delivery->followup->settings, &password, &delivery->smtp, said));
        TRY(deliver(delivery, said));
    }
    st = conclude(delivery, said);
done:
    smtp_close(delivery->smtp);
    secret_erase(&password);
    return st;
}

static enum status prepare(struct delivery *delivery, struct error *err)
{
    enum status st = STATUS_OK;
    const struct email_settings *email = delivery->email;

    TRY(email_validate(delivery->followup->settings, err));
    TRY(mail_addresses_parse(email->to != NULL ? email->to : DRAFT_TO, "email.to",
                             &delivery->to, err));
    delivery->addressee = mem_array(delivery->to.n, sizeof *delivery->addressee);
    delivery->recipient = mem_array(delivery->to.n, sizeof *delivery->recipient);
    delivery->of = mem_array(delivery->to.n, sizeof *delivery->of);
    if (delivery->addressee == NULL || delivery->recipient == NULL || delivery->of == NULL)
        TRY(error_no_memory(err, "the mail"));
    TRY(compose(delivery, err));
done:
    return st;
}

enum status send_email(struct followup *followup, struct error *said)
{
    enum status st = STATUS_OK;
    const struct settings *settings = followup->settings;
    struct delivery delivery = {.followup = followup, .email = &settings->services.email};

    if (followup->findings->n == 0 && !delivery.email->when_none)
        return error_set(said, STATUS_OK,
                         "no mail, as there are no anomalies (email.when-none would send one)");
    TRY(prepare(&delivery, said));
    if (followup->send && email_is_configured(settings))
        TRY(send_to_all(&delivery, said));
    else
        TRY(write_draft(&delivery, said));
done:
    mail_addresses_free(&delivery.to);
    free(delivery.addressee);
    free(delivery.recipient);
    free(delivery.of);
    free(delivery.byte);
    return st;
}
