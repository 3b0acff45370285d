#ifndef TIEOUT_TICKET_SEARCH_H
#define TIEOUT_TICKET_SEARCH_H

#include "jira.h"
#include "ticket_plan.h"

/* Changes the errands that are still to be done by what Jira has: one whose ticket is there is
 * done, one whose break has an open ticket becomes a comment on it. What may have been opened is
 * searched for until it shows or jira.search-seconds have gone by. The outbox is not told. */
enum status ticket_search(const struct followup *followup, struct jira *jira,
                          struct ticket_plan *plan, struct error *err);

#endif
