#ifndef TIEOUT_TRIAGE_H
#define TIEOUT_TRIAGE_H

#include "results_read.h"
#include "service_settings.h"

/* The finding's severity; low if its name is none of ours, as a results file may come from
 * elsewhere. */
enum severity triage_severity(const struct finding *finding);

/* The findings by urgency: the most severe first, of equals the most anomalous.
 * *order out, [findings->n] indices, to be freed by the caller. STATUS_DATA if an id is not what
 * tieout gives (RESULTS_ID - 1 hexadecimal digits): ids go into labels, headers and searches. */
enum status triage_order(const struct findings *findings, size_t **order, struct error *err);

enum { TRIAGE_KEY = 17 };

/* A key for the findings together, hexadecimal: the same for the same set of ids, whatever else
 * the results say of them and in whichever order. */
enum status triage_key(const struct findings *findings, char key[TRIAGE_KEY],
                       struct error *err);

#endif
