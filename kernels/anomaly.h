#ifndef TIEOUT_ANOMALY_H
#define TIEOUT_ANOMALY_H

#include "classic.h"
#include "rows.h"
#include <stdint.h>

/* What an account's series looks like at a row (pattern.h). Stored by number: append only. */
enum pattern {
    PATTERN_MATCHED,
    PATTERN_SPIKE,
    PATTERN_INCONSISTENT,
    PATTERN_CONSISTENT,
    PATTERN_IN_LINE,
    PATTERN_NEW_GROUP,
    PATTERN_RECURRING,
    PATTERN_SIGN_FLIP,
    PATTERN_ONE_SIDED,
    PATTERN_SCALE,
    PATTERN_STALE,
    PATTERN_DUPLICATE,
    PATTERN_MATCHED_JUMP,
    N_PATTERN
};

/* "spike" ..., and one line that says what it means. */
const char *pattern_name(enum pattern pattern);
const char *pattern_meaning(enum pattern pattern);

/* How urgent an anomaly is (severity.h). */
enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, N_SEVERITY };

const char *severity_name(enum severity severity);

/* A flagged row with what is said about it. Fixed size, so that ranks can send it as bytes. */
struct anomaly {
    struct row row;
    double feature[N_CLASSIC]; /* the twelve documented features, as features_classic gives */
    double score;              /* decision function, < 0 */
    double usual_difference; /* median of the account's differences before this row (pattern.h);
                                  NaN for its first row */
    int64_t departing;       /* bit f: feature f of the model departs by itself (profile.h) */
    double break_months; /* calendar months that the break is open; 0 if it is new or none */
    int32_t break_since; /* as-of date on which the break began; ROW_NO_DATE if none */
    uint32_t suppressor; /* 1 + index of the reviewed row whose rejection holds this one back;
                            0: it is raised */
    uint32_t occurrence; /* 0 for the first row of its key and date, 1 for the next ... */
    uint8_t pattern;
    uint8_t severity;
    uint8_t lifecycle; /* enum lifecycle */
};

#endif
