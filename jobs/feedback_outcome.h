#ifndef TIEOUT_FEEDBACK_OUTCOME_H
#define TIEOUT_FEEDBACK_OUTCOME_H

#include "feedback.h"
#include "results_model_read.h"
#include "results_read.h"
#include "suppression.h"

#include <stdio.h>

/* What feedback says of the findings in a results file, and what a run with it would give. */

enum { NOT_REVIEWED = -1 };

/* The findings of the file, raised and suppressed ones, and what was said of each. */
struct feedback_review {
    const struct finding *finding; /* [n] */
    size_t n;
    const struct finding **by_id; /* [n] sorted */
    int8_t *verdict;              /* [n] 1 confirmed, 0 rejected, or NOT_REVIEWED */
    size_t n_confirmed, n_rejected;
};

/* What a run with the feedback would give; arrays [n] of the findings or [n_row]. */
struct feedback_outcome {
    double *decision; /* [n_row] */
    bool *suppressed; /* [n] findings held back */
    double contamination;
};

/* Matches verdicts with findings, by id or, where that may be altered, by company, account, AU
 * and date; writes to out which verdicts are on none, and drops these. review refers to findings.
 * *review is produced, on failure too. STATUS_DATA for contradictions. */
enum status feedback_review(const struct findings *findings, struct feedback *feedback,
                            struct feedback_review *review, FILE *out, struct error *err);
void feedback_review_free(struct feedback_review *review);

/* Learns from the reviews and scores the rows again, as detect would; decision stays NULL where
 * the file has no features. model's leaves are weighed. The arrays of *outcome are produced, on
 * failure too. */
enum status feedback_run_again(const struct feedback_review *review, struct stored_model *model,
                               int64_t months, struct feedback_outcome *outcome,
                               struct error *err);

/* Where a row stands in /rows; n_row if it does not. */
size_t feedback_find_row(const struct stored_model *model, int64_t row_number);

/* A finding as suppression compares it; pattern N_PATTERN if it has another name. */
struct matter feedback_matter(const struct finding *finding);

#endif
