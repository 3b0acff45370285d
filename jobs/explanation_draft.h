#ifndef TIEOUT_EXPLANATION_DRAFT_H
#define TIEOUT_EXPLANATION_DRAFT_H

#include "followup.h"

/* Writes explanations.json (draft.h): for each finding its id, who explained it, the explanation,
 * the likely cause, action and confidence of the model, the facts sheet, and each feature's share
 * in the score in percent of all that makes the row anomalous (negative: it speaks against).
 * confidence[findings->n]  NaN where there is none */
enum status explanation_draft_write(const struct followup *followup, const double *confidence,
                                    struct error *err);

#endif
