#ifndef TIEOUT_DEPARTURES_H
#define TIEOUT_DEPARTURES_H

#include "past.h"
#include <stdbool.h>

/* One row of an account with its past; all series but tread are of the same n. */
struct moment {
    struct past gl, ihub, difference; /* account currency */
    struct past share;                /* |difference| over |GL| + |IHub| */
    struct past tread; /* differences that stood for two rows, however long ago */
    double tolerance;  /* > 0; |difference| < tolerance is matched */
};

/* How far a row departs from its past, each >= 0 and in units of what is usual there (share: of
 * the balances). history.h has the formulas. */
struct departures {
    double break_;
    double drift;
    double repeat;
    double jump;
    double move;
    double share;
    bool counts; /* beyond three units, judged with a count's greater caution */
};

/* The departures of the row now. Cannot fail; amounts that overflow give finite departures. */
struct departures departures_of(const struct moment *moment);

#endif
