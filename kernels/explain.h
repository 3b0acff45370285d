#ifndef TIEOUT_EXPLAIN_H
#define TIEOUT_EXPLAIN_H

#include "anomaly.h"
#include "classic.h"
#include <stddef.h>

enum { EXPLAIN_TEXT = 1024 };

/* What is known of a finding beside the anomaly itself. */
struct explain_context {
    const char *currency; /* not terminated; currency_length 0: there is none */
    size_t currency_length;
    double tolerance;                  /* |difference| below it is matched */
    const struct feature_label *label; /* [n_feature] of the model */
    const double *contribution;        /* [n_feature] Shapley values, in edges */
    size_t n_feature;
};

/* A few plain sentences that an accountant reads: by how much the sides differ, what it was
 * before and what is usual here, which side moved, the pattern, since when the break is open,
 * and what sets the row apart with its share in the score. Always the same for the same facts;
 * every number in it is one of them. */
void explain_anomaly(const struct anomaly *anomaly, const struct explain_context *context,
                     char text[EXPLAIN_TEXT]);

#endif
