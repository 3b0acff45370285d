#ifndef TIEOUT_SMTP_H
#define TIEOUT_SMTP_H

#include "secret.h"
#include "service_settings.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

/* A mail server, spoken to by libcurl: always encrypted and verified (smtps://, or smtp:// with
 * STARTTLS), never without the login that the settings ask for. Only to this machine, and only
 * if network.plain-http is set, a server that offers no encryption is spoken to without.
 * network.proxy is for https and is not used. */
struct smtp;

/* Whether server is an address that smtp_open takes; STATUS_CONFIG and a sentence if not. */
enum status smtp_check_address(const char *server, struct error *err);

/* Borrows its arguments, which must outlive it; nothing is connected yet. *out is produced.
 * STATUS_CONFIG if the CA file cannot be used. */
enum status smtp_open(const struct network_settings *network, const char *server,
                      const char *user, const struct secret *password, struct smtp **out,
                      struct error *err);
void smtp_close(struct smtp *smtp); /* NULL is fine */

/* Connects, encrypts, logs in and asks for nothing (NOOP); stay: keeps the connection for a mail. STATUS_SERVICE if another try may do,
 * STATUS_CONFIG if only the user can mend it (login refused or not offered, no encryption, a
 * certificate that is not trusted), STATUS_STOPPED; each with a sentence. */
enum status smtp_login(struct smtp *smtp, bool stay, struct error *err);

/* What became of a mail for one recipient. */
enum smtp_fate {
    SMTP_ACCEPTED,
    SMTP_LATER,   /* surely not accepted; another try may do */
    SMTP_REFUSED, /* for good */
    SMTP_UNKNOWN  /* all was sent and the answer did not come */
};

enum { SMTP_REPLY = 200 };

struct smtp_recipient {
    const char *address;
    enum smtp_fate fate;
    char reply[SMTP_REPLY]; /* what the server said, or what went wrong; "" if accepted */
};

/* Sends byte[n], a whole message, after smtp_login on the same connection. fate and reply of
 * each recipient are set whatever happens. STATUS_OK if the dialogue came about, whatever was
 * said in it; STATUS_STOPPED if it was ended by a signal; STATUS_INTERNAL if memory is short. */
enum status smtp_send(struct smtp *smtp, const char *from, struct smtp_recipient *recipient,
                      size_t n_recipient, const char *byte, size_t n, struct error *err);

#endif
