#ifndef TIEOUT_TICKETS_H
#define TIEOUT_TICKETS_H

#include "followup.h"

/* The follow-up job that opens tickets in Jira (jira.*): one for each of the most severe findings,
 * jira.max-tickets at most, and one that sums up the rest. A break that has an open ticket, from
 * an earlier month or an earlier finding of the same results, gets a comment there instead. Not
 * configured or a dry run: tickets.json beside the results. STATUS_SERVICE: another run goes on;
 * STATUS_CONFIG: Jira let nobody in, or refused some. See followup.h. */
enum status open_tickets(struct followup *followup, struct error *said);

/* Where each finding's ticket is to be seen, or that on which it was commented.
 * *link out, [findings->n], NULL where there is none; tickets_links_free. */
enum status tickets_links(const struct followup *followup, char ***link, struct error *err);
void tickets_links_free(const struct findings *findings, char **link); /* NULL is fine */

#endif
