#ifndef TIEOUT_EMAIL_COMPOSE_H
#define TIEOUT_EMAIL_COMPOSE_H

#include "followup.h"
#include "mail_address.h"

/* The whole message about the findings, with what lies in the folder attached: anomalies.csv as
 * it is there now, and report.html if there is one. A pure function of those and the settings.
 *   link  [findings->n] addresses of tickets, see tickets_links
 * *byte is produced, free() it. */
enum status email_compose(const struct followup *followup, const char *from,
                          const struct mail_addresses *to, char *const *link, char **byte,
                          size_t *n, struct error *err);

#endif
