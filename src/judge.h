#ifndef TIEOUT_JUDGE_H
#define TIEOUT_JUDGE_H

#include "anomaly.h"
#include "encode.h"
#include "iforest.h"
#include "materiality.h"
#include "prepare.h"
#include "review.h"
#include "score.h"

/* What rows are judged by, beside their score. */
struct judgement {
    double tolerance; /* |difference| below it is matched */
    const struct profile *profile;
    const struct materiality *materiality; /* what a break must come to, by currency */
    const struct texts *currency;          /* what the currency codes mean */
    const struct reviews *reviews;         /* what reviewers said */
    int64_t suppress_months; /* what they rejected is not raised again for so long */
    int32_t alert_on;        /* only rows of this as-of date are followed up; ALERT_ALL: any */
};

/* What is said about this rank's rows beyond their score. */
struct judged {
    uint32_t *suppressor; /* [n_row] see learn_suppress; NULL without reviews */
    size_t n_anomaly;
    struct anomaly *anomaly; /* [n_anomaly] rows with decision < 0 that are followed up */
    double *contribution;    /* [n_anomaly * n_feature] Shapley values of the path length */
};

/* Local. *out is produced. */
enum status judge_rows(const struct encoded *rows, const struct prepared *prepared,
                       const struct iforest *forest, const struct scored *scored,
                       const struct judgement *by, struct judged *out, struct error *err);

void judged_free(struct judged *judged); /* leaves nothing */

#endif
