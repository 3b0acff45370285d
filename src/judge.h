#ifndef TIEOUT_JUDGE_H
#define TIEOUT_JUDGE_H

#include "anomaly.h"
#include "encode.h"
#include "iforest.h"
#include "prepare.h"
#include "score.h"

/* What is said about this rank's rows beyond their score. */
struct judged {
    uint8_t *pattern; /* [n_row] enum pattern, in the order of the rows */
    size_t n_anomaly;
    struct anomaly *anomaly; /* [n_anomaly] rows with decision < 0 */
    double *contribution;    /* [n_anomaly * n_feature] Shapley values of the path length */
};

/* tolerance, materiality: amounts in the accounts' currency (pattern.h, severity.h). Local.
 * *out is produced. */
enum status judge_rows(const struct encoded *rows, const struct prepared *prepared,
                       const struct iforest *forest, const struct scored *scored,
                       double tolerance, double materiality, struct judged *out,
                       struct error *err);

void judged_free(struct judged *judged); /* leaves nothing */

#endif
