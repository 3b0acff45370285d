#ifndef TIEOUT_FEEDBACK_PREVIEW_H
#define TIEOUT_FEEDBACK_PREVIEW_H

#include "feedback.h"
#include <stdio.h>

/* Prints what feedback says of the findings in a results file, and what the same ledger would
 * give with it: how many findings were right, in all and by pattern; which anomalies would
 * leave, enter or be suppressed; and the first of the new list with their places in the old
 * one. The rows are scored again for that, exactly as a run with this feedback would, which
 * takes features of all rows (--keep-features); without them the list is judged and what cannot
 * be said is named. Verdicts on what is not among the findings are listed and left out.
 *   feedback         as feedback_read gives it; verdicts found by key get their ids
 *   suppress_months  as the run would be given
 * STATUS_NO_INPUT or STATUS_DATA as results_read, STATUS_DATA for contradictions, STATUS_WRITE
 * if out took an error. */
enum status feedback_preview(const char *results, struct feedback *feedback,
                             int64_t suppress_months, FILE *out, struct error *err);

#endif
