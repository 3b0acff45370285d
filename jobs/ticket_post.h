#ifndef TIEOUT_TICKET_POST_H
#define TIEOUT_TICKET_POST_H

#include "jira.h"
#include "ticket_plan.h"

/* Sends what a plan has left to do, and keeps the outbox told. */
struct ticket_post {
    const struct followup *followup;
    struct ticket_plan *plan;
    struct jira *jira;
    size_t n_opened, n_commented;
    char reason[JIRA_REASON]; /* of the first that was refused; "" if none was */
};

/* Writes down what is to be done and what was found to be done already, all together. */
enum status ticket_post_intents(struct ticket_post *post, struct error *err);

/* Open the tickets, then add the comments. Each ends at the first answer that shows Jira
 * unwilling (jira_fail) or a signal; what was refused does not end it. */
enum status ticket_post_tickets(struct ticket_post *post, struct error *err);
enum status ticket_post_comments(struct ticket_post *post, struct error *err);

#endif
