#ifndef TIEOUT_EMAIL_H
#define TIEOUT_EMAIL_H

#include "followup.h"

/* The follow-up job that mails the findings (email.*) to every recipient once. Not configured or
 * a dry run: mail.eml beside the results. No anomalies: no mail, unless email.when-none.
 *
 * In the outbox an action is one recipient ("email", "mail", "ADDRESS DIGEST"), so that one who
 * is refused or put off does not keep the mail from the others, nor gets it to them twice. Where
 * it is not known whether a mail arrived it is sent again with the same Message-ID, by which
 * mailboxes know it. STATUS_SERVICE: to be run again. STATUS_CONFIG: the server refused the
 * login, a recipient or the mail for good. See followup.h. */
enum status send_email(struct followup *followup, struct error *said);

bool email_is_configured(const struct settings *settings);

/* STATUS_CONFIG if email.* is half set or has an address that is none. */
enum status email_validate(const struct settings *settings, struct error *err);

/* Connects, encrypts, logs in and leaves, sending nothing. http is not used. */
enum status email_check(const struct settings *settings, struct http *http, struct error *said);

#endif
