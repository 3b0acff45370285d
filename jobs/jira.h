#ifndef TIEOUT_JIRA_H
#define TIEOUT_JIRA_H

#include "jira_reply.h"
#include "settings.h"

/* Jira, Cloud (REST v3) or Data Center (REST v2), behind one interface. */
struct jira;

bool jira_is_configured(const struct settings *settings); /* jira.url is set */

/* STATUS_CONFIG, with the key, if Jira is configured but what it takes is not. */
enum status jira_validate(const struct settings *settings, struct error *err);

/* Reads the token. settings and http must outlive *out, which is produced. */
enum status jira_open(const struct settings *settings, struct http *http, struct jira **out,
                      struct error *err);
void jira_close(struct jira *jira); /* NULL is fine */

/* Each call below is one request or a few. STATUS_STOPPED on a signal. What cannot be done is
 * STATUS_SERVICE, or STATUS_CONFIG if the credentials or the address are to be mended. */

/* Asks who we are: unlike a search this is never answered to a dead token. */
enum status jira_greet(struct jira *jira, struct error *err);

/* Finds the tickets that have the labels of match[n]; is_open: only those not done. */
enum status jira_search(struct jira *jira, bool is_open, struct jira_match *match, size_t n,
                        struct error *err);

/* Whether a comment on the ticket contains mark. A ticket that is not there has none. */
enum status jira_has_comment(struct jira *jira, const char *ticket, const char *mark, bool *has,
                             struct error *err);

/* Send a body (jira_body.h), once unless Jira has surely not acted on it. reply is produced on
 * STATUS_OK and STATUS_STOPPED, whatever Jira answered: http_reply_free. */
enum status jira_send_bulk(struct jira *jira, const char *body, struct http_reply *reply,
                           struct error *err);
enum status jira_send_comment(struct jira *jira, const char *ticket, const char *body,
                              struct http_reply *reply, struct error *err);

/* Sets err to what an answer other than JIRA_DONE means to the user, and returns its code. */
enum status jira_fail(const struct http_reply *reply, struct error *err);

/* Where a person sees a ticket; free() it, NULL if memory is short. */
char *jira_link(const struct jira_settings *settings, const char *ticket);

/* For `tieout check`: the token, the project and the issue type. Changes nothing. */
enum status jira_check(const struct settings *settings, struct http *http, struct error *said);

#endif
