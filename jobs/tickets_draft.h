#ifndef TIEOUT_TICKETS_DRAFT_H
#define TIEOUT_TICKETS_DRAFT_H

#include "ticket_plan.h"

/* Writes what Jira would be sent to tickets.json in the follow-up folder: an array of {"to": which
 * request, "body": its JSON}. said->text says so. */
enum status tickets_draft(const struct followup *followup, const struct ticket_plan *plan,
                          struct error *said);

#endif
