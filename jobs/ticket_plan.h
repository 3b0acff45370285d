#ifndef TIEOUT_TICKET_PLAN_H
#define TIEOUT_TICKET_PLAN_H

#include "followup.h"
#include "jira_body.h"
#include "jira_reply.h"
#include "recall.h"

/* Which findings get a ticket, which a comment on the ticket of their break, and which only a line
 * in the ticket that sums up the rest. */

enum errand_kind { ERRAND_TICKET, ERRAND_COMMENT, ERRAND_SUMMARY };

const char *errand_kind_name(enum errand_kind kind); /* as the outbox has it */

struct errand {
    enum errand_kind kind;
    const struct finding *finding; /* NULL for the summary */
    char key[RESULTS_ID];          /* in the outbox: the finding's id, or the summary's */
    char label[JIRA_LABEL];        /* of the ticket: tieout-ID */
    char break_label[JIRA_LABEL];  /* the same for every finding of the break; "" if none */
    struct errand *leader;         /* whose ticket is commented on; NULL if not a follower */
    bool known;                    /* the outbox has it */
    bool changed;                  /* since the outbox was told */
    bool fresh;                    /* its ticket was opened by this run */
    enum outbox_state state;
    char ticket[JIRA_KEY]; /* the ticket, or that which is commented on; "" if not known yet */
};

struct ticket_plan {
    struct errand *errand; /* [n], the most urgent first, the summary last */
    size_t n;
    size_t *rest; /* [n_rest] findings without an errand of their own, the most urgent first */
    size_t n_rest;
    struct recall recall; /* what the outbox has of Jira */
};

/* Findings of one break (company, account, AU, currency, and the day it began) share a ticket: the
 * earliest opens it, the others comment on it. What the outbox knows already stays as it is, also
 * beyond jira.max-tickets. *plan is produced, on failure an empty one. */
enum status ticket_plan_make(const struct followup *followup, struct ticket_plan *plan,
                             struct error *err);
void ticket_plan_free(struct ticket_plan *plan);

/* Whether something is still to be done for it. */
bool errand_is_open(const struct errand *errand);

/* Whether a ticket is still to be opened for it. */
bool errand_wants_ticket(const struct errand *errand);

size_t ticket_plan_count(const struct ticket_plan *plan, bool (*which)(const struct errand *));

/* What Jira is to be sent for it. *body is produced; cJSON_Delete. */
enum status errand_body(const struct followup *followup, const struct ticket_plan *plan,
                        const struct errand *errand, cJSON **body, struct error *err);

#endif
