#ifndef TIEOUT_PATTERN_H
#define TIEOUT_PATTERN_H

#include "anomaly.h"
#include <stddef.h>
#include <stdint.h>

/* Raised whenever a rule below changes what some row is called. */
enum { PATTERN_RULES = 1 };

/* One account's rows, oldest first: n values each, amounts in the account's currency. */
struct series {
    const double *gl;
    const double *ihub;
    const double *difference;
    const int32_t *date; /* days since 1970-01-01, or ROW_NO_DATE */
    size_t n;
};

/* The pattern of row k, from rows 0 .. k alone: what comes later never changes it.
 * tolerance > 0: |difference| < tolerance is matched. At most the last 24 rows are looked at.
 * Amounts are finite. Cannot fail. */
enum pattern pattern_of_row(const struct series *series, size_t k, double tolerance);

/* Median of the differences of the 24 rows before row k at most; NaN if there are none. */
double pattern_usual_difference(const struct series *series, size_t k);

/* Where a break stands in its life. */
enum lifecycle {
    LIFECYCLE_MATCHED,    /* no break, none the row before */
    LIFECYCLE_NEW,        /* the account's first break, as far back as the ledger goes */
    LIFECYCLE_RECURRING,  /* breaks again after it had matched */
    LIFECYCLE_PERSISTENT, /* was a break the row before, too */
    LIFECYCLE_CLEARED,    /* matches now, was a break the row before */
    N_LIFECYCLE
};

const char *lifecycle_name(enum lifecycle lifecycle);

/* A row's break: since when it is open. */
struct break_age {
    enum lifecycle lifecycle;
    size_t first;       /* row at which the current run of breaks began; k if there is none */
    int32_t first_date; /* its date; ROW_NO_DATE if missing or if there is no break */
    int32_t months;     /* calendar months from first_date to the row's date; 0 if unknown */
};

/* Age of the break at row k, from rows 0 .. k; looks back as far as the breaks go. */
struct break_age pattern_break_age(const struct series *series, size_t k, double tolerance);

#endif
