#ifndef TIEOUT_RESULTS_H
#define TIEOUT_RESULTS_H

/* What results.h5 holds, as the writer takes it and the reader gives it back. Rank 0 only. */

#include "anomaly.h"
#include "dict.h"
#include "iforest.h"
#include "ledger.h"
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
    const char *const *suppressed_reason; /* [n] a sentence; "" if raised */
};

/* What /model says of feedback. */
struct results_feedback {
    const char *sha256; /* over id and verdict of each reviewed row, by id */
    int64_t confirmed, rejected;
    int64_t unknown;                        /* verdicts on what is not in the ledger */
    double base_contamination, base_offset; /* without feedback */
    int64_t suppress_months;
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
