#ifndef TIEOUT_PROFILE_H
#define TIEOUT_PROFILE_H

#include "classic.h"
#include "group.h"
#include "rows.h"
#include <stdbool.h>

/* What a row is judged by: a set of features and how their share of anomalies is estimated. */
struct profile {
    const char *name;
    unsigned
        key; /* code columns of the group key; CODE_CURRENCY counts only where there is one */
    size_t n_feature;
    const struct feature_label *label; /* [n_feature] */
    /* Fills column[n_feature][n_row] in group order; see features_classic, features_history.
     * Returns how many rows depart from their group's own history, 0 if that is not told. The
     * columns of a batch may be asked for without the others, which are then NULL. */
    size_t (*features)(const struct row *row, const struct groups *groups, double tolerance,
                       double *const *column);
    const unsigned *batch; /* sets of features, bit 1 << f each, that together are all of them;
                              0 ends the list */
    /* The features of a row that depart by themselves, bit 1 << f for feature f: those that are
     * worth naming as a reason. feature[n_feature] may be off by 1e-6 of the largest. */
    unsigned (*departing)(const double *feature);
    bool share_from_departures; /* contamination is that count over all rows, not an estimate
                                   from the amounts (contamination.h) */
};

enum profile_number { PROFILE_HISTORY, PROFILE_CLASSIC, N_PROFILE };

const struct profile *profile_get(enum profile_number number);

#endif
