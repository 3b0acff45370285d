#ifndef TIEOUT_RESULTS_H
#define TIEOUT_RESULTS_H

/* What results.h5 holds, as the writer takes it and the reader gives it back. Rank 0 only. */

#include "anomaly.h"
#include "break_roll.h"
#include "dict.h"
#include "iforest.h"
#include "ledger.h"
#include "lesson.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESULTS_DIGEST = 65, RESULTS_ID = 17 }; /* hex digits and the terminator */

/* A piece of /rows: the next n kept rows in input order. */
struct results_rows {
    size_t n;
    const int64_t *row_number;
    const int32_t *file; /* index into the run's input files */
    const double *score; /* decision function */
    const uint8_t *anomaly;
    const uint8_t *pattern;
    const double *base;        /* decision function without feedback; NULL: there is none */
    const uint8_t *suppressed; /* with base */
    size_t n_feature;          /* 0, or the number of feature columns kept */
    const struct feature_label *label;
    const double *const *feature; /* [n_feature][n] */
};

/* /anomalies, in the order to be stored. */
struct results_anomalies {
    size_t n;
    const struct anomaly *anomaly;        /* [n] */
    char (*id)[RESULTS_ID];               /* [n], see anomaly_id in results_write.h */
    const struct texts *text;             /* [N_CODE], what the rows' codes mean */
    bool currency;                        /* the input has a currency column: write it too */
    size_t n_contribution;                /* features of the model */
    const double *contribution;           /* [n * n_contribution], row-major, in edges */
    const char *const *explanation;       /* [n] UTF-8, terminated */
    const char *explanation_source;       /* the same for all */
    const char *const *suppressed_by;     /* [n] reviewer; "" if raised. NULL: no feedback */
    const char *const *suppressed_reason; /* [n] a sentence; NULL if raised */
};

/* What /model says of feedback. */
struct results_feedback {
    const char *sha256; /* over id and verdict of each reviewed row, by id */
    int64_t confirmed, rejected;
    int64_t unknown;                        /* verdicts on what is not in the ledger */
    double base_contamination, base_offset; /* without feedback */
    int64_t suppress_months;
    const struct lesson *lesson;
};

/* /model. */
struct results_model {
    const struct iforest *forest;
    const struct feature_label *label; /* [forest->n_feature] */
    const double *center;              /* [forest->n_feature], unit of the feature */
    const double *scale;               /* [forest->n_feature], unit of the feature */
    double contamination;
    double offset; /* threshold on score_samples */
    uint32_t seed;
    const char *profile;
    const struct results_feedback *feedback; /* NULL: none */
};

/* An entry of /months: a month of a currency, see break_roll.h. Texts are UTF-8. */
struct results_month {
    const char *month;    /* "2024-05"; "" for rows that are in no other entry */
    const char *currency; /* "" if the input has none */
    int64_t count[N_ROLL_COUNT];
    double amount[N_ROLL_AMOUNT];
};

/* An entry of /ageing: breaks open in the last month. */
struct results_age {
    const char *currency;
    int64_t from; /* months at least, and fewer than the next entry of the currency has */
    int64_t n_break;
    double amount;
};

/* /scores: how many rows have a score in [from[i], from[i + 1]); the last interval is open. */
struct results_scores {
    size_t n;
    const double *from;
    const int64_t *n_row;
};

/* An entry of /series: a row of the account of a finding. */
struct results_point {
    int64_t finding; /* row number of the flagged row */
    int64_t row_number;
    const char *as_of_date; /* ISO, "" if missing */
    double gl, ihub, difference;
    double score;
};

/* What /series has. Not all rows, so that the file stays small whatever is flagged. */
enum {
    SERIES_FINDINGS = 500, /* the most severe */
    SERIES_BEFORE = 24,    /* rows before the flagged one, at most */
    SERIES_BEHIND = 11
};

/* An attribute of /run. */
enum fact_kind { FACT_TEXT, FACT_INTEGER, FACT_REAL, FACT_TEXTS };

struct results_fact {
    const char *name;
    enum fact_kind kind;
    const char *text;
    int64_t integer;
    double real;
    const char *const *texts; /* [n_text] */
    size_t n_text;
};

#endif
