#ifndef TIEOUT_JIRA_BODY_H
#define TIEOUT_JIRA_BODY_H

#include "due_date.h"
#include "ticket_text.h"

#include <cjson/cJSON.h>

/* What Jira is sent, in the flavor of the settings; no network. What is produced is NULL if memory
 * is short; free with cJSON_Delete. */

enum { JIRA_LABEL = 64 };

/* What is said of a ticket beside its text. */
struct jira_ticket {
    const char *label[2]; /* beside "tieout"; NULL: none */
    const char *id;       /* a property for programs, on the cloud; NULL: none */
    enum severity severity;
    char due[DATE_TEXT];
};

cJSON *jira_ticket_body(const struct jira_settings *settings, const struct ticket_text *text,
                        const struct jira_ticket *ticket);
cJSON *jira_comment_body(const struct jira_settings *settings, const struct ticket_text *text);

/* JQL for the project's tickets with one of the labels, of which none needs escaping.
 * is_open: only those not done. free() it. */
char *jira_label_query(const struct jira_settings *settings, const char *const *label, size_t n,
                       bool is_open);

/* The body of a search for a page: token (Cloud, "" for the first) or how many tickets come
 * before it (Data Center). */
cJSON *jira_search_body(const struct jira_settings *settings, const char *jql,
                        const char *token, int64_t start);

#endif
