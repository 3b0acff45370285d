#ifndef TIEOUT_EXPLAIN_FINDINGS_H
#define TIEOUT_EXPLAIN_FINDINGS_H

#include "followup.h"
#include "model_service.h"

/* The job that explains (followup.h): fills followup->explained for every finding, by rules where
 * no language model is configured, or it has no acceptable words, and writes explanations.json.
 * The most severe are put to the model first. Whatever happens to the model, every finding is
 * explained when this returns.
 * STATUS_SERVICE: the model was not reached; a later run asks it again. STATUS_CONFIG: it refused
 * the key, the model or the request; says what to mend. A quota used up is no failure. */
enum status explain_findings(struct followup *followup, struct error *said);

#endif
