#ifndef TIEOUT_EXPLAIN_FINDINGS_H
#define TIEOUT_EXPLAIN_FINDINGS_H

#include "followup.h"
#include "model_service.h"

/* The job that explains (followup.h): puts a language model's words into followup->explained,
 * where one is configured and has acceptable words, and writes explanations.json. The most severe
 * findings are put to the model first. Whatever happens to it, the others keep the rules' words.
 * STATUS_SERVICE: the model was not reached; a later run asks it again. STATUS_CONFIG: it refused
 * the key, the model or the request; says what to mend. A quota used up is no failure. */
enum status explain_findings(struct followup *followup, struct error *said);

#endif
