#ifndef TIEOUT_PROFILE_H
#define TIEOUT_PROFILE_H

#include "classic.h"
#include "group.h"
#include "rows.h"

/* What a row is judged by: a set of features and how their share of anomalies is estimated. */
struct profile {
    const char *name;
    unsigned
        key; /* code columns of the group key; CODE_CURRENCY counts only where there is one */
    size_t n_feature;
    const struct feature_label *label; /* [n_feature] */
    /* Fills column[n_feature][n_row] in group order; see features_classic. */
    void (*features)(const struct row *row, const struct groups *groups, double *const *column);
};

enum profile_number { PROFILE_CLASSIC, N_PROFILE };

const struct profile *profile_get(enum profile_number number);

#endif
