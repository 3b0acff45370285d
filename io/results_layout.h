#ifndef TIEOUT_RESULTS_LAYOUT_H
#define TIEOUT_RESULTS_LAYOUT_H

#include <stdbool.h>
#include <stdio.h>

/* What results.h5 consists of: one table, over which the writer loops and in which the reader
 * looks up names. */

enum value_type {
    VALUE_I8,      /* 64-bit integer */
    VALUE_I4,      /* 32-bit integer */
    VALUE_U1,      /* 8-bit unsigned integer */
    VALUE_PATTERN, /* the same with the patterns' names, an HDF5 enumeration */
    VALUE_F8,      /* IEEE double */
    VALUE_TEXT     /* variable-length UTF-8 */
};

/* The members of a group stand together. */
enum dataset_id {
    ROWS_ROW_NUMBER,
    ROWS_FILE,
    ROWS_SCORE,
    ROWS_ANOMALY,
    ROWS_PATTERN,
    ROWS_BASE_SCORE,
    ROWS_SUPPRESSED,
    ANOMALIES_ID,
    ANOMALIES_ROW_NUMBER,
    ANOMALIES_AS_OF_DATE,
    ANOMALIES_COMPANY,
    ANOMALIES_ACCOUNT,
    ANOMALIES_AU,
    ANOMALIES_CURRENCY,
    ANOMALIES_MATCH_STATUS,
    ANOMALIES_FEATURE, /* the first of enum classic_feature that is not a code; the rest follow */
    ANOMALIES_DAYS_SINCE_LAST = ANOMALIES_FEATURE,
    ANOMALIES_GL_BALANCE,
    ANOMALIES_IHUB_BALANCE,
    ANOMALIES_BALANCE_DIFFERENCE,
    ANOMALIES_GL_CHANGE,
    ANOMALIES_IHUB_CHANGE,
    ANOMALIES_DIFF_CHANGE,
    ANOMALIES_GL_STD,
    ANOMALIES_IHUB_STD,
    ANOMALIES_SCORE,
    ANOMALIES_USUAL_DIFFERENCE,
    ANOMALIES_BREAK_MONTHS,
    ANOMALIES_SEVERITY,
    ANOMALIES_PATTERN,
    ANOMALIES_LIFECYCLE,
    ANOMALIES_BREAK_SINCE,
    ANOMALIES_CONTRIBUTIONS,
    ANOMALIES_DEPARTING,
    ANOMALIES_EXPLANATION,
    ANOMALIES_EXPLANATION_SOURCE,
    ANOMALIES_SUPPRESSED_BY,
    ANOMALIES_SUPPRESSED_REASON,
    MODEL_FEATURE_NAMES,
    MODEL_CENTER,
    MODEL_SCALE,
    MODEL_TREE_START,
    MODEL_TREE_FEATURE,
    MODEL_TREE_THRESHOLD,
    MODEL_TREE_RIGHT,
    MODEL_TREE_ROWS,
    MODEL_TREE_WEIGHT,
    MODEL_PATTERN_FACTOR,
    REJECTS_ROW_NUMBER,
    REJECTS_FILE,
    REJECTS_LINE,
    REJECTS_COLUMN,
    REJECTS_REASON,
    REJECTS_TEXT,
    MONTHS_MONTH,
    MONTHS_CURRENCY,
    MONTHS_COUNT, /* the first of enum roll_count; the rest follow */
    MONTHS_ROWS = MONTHS_COUNT,
    MONTHS_MATCHED,
    MONTHS_N_OPENING,
    MONTHS_N_NEW,
    MONTHS_N_CLEARED,
    MONTHS_N_ABSENT,
    MONTHS_N_CLOSING,
    MONTHS_AMOUNT, /* the first of enum roll_amount; the rest follow */
    MONTHS_OPENING = MONTHS_AMOUNT,
    MONTHS_NEW,
    MONTHS_CLEARED,
    MONTHS_ABSENT,
    MONTHS_CHANGE,
    MONTHS_CLOSING,
    MONTHS_NET,
    AGEING_CURRENCY,
    AGEING_MONTHS,
    AGEING_BREAKS,
    AGEING_AMOUNT,
    SCORES_FROM,
    SCORES_ROWS,
    SERIES_FINDING,
    SERIES_ROW_NUMBER,
    SERIES_AS_OF_DATE,
    SERIES_GL_BALANCE,
    SERIES_IHUB_BALANCE,
    SERIES_BALANCE_DIFFERENCE,
    SERIES_SCORE,
    N_DATASET
};

struct dataset {
    const char *name; /* full */
    enum value_type type;
    const char *unit; /* "1" for numbers without one, "text" for texts */
    const char *description;
    bool digested; /* part of the content digest */
    bool packed;   /* shuffle and deflate */
};

extern const struct dataset DATASET[N_DATASET];

extern const char *const RESULTS_GROUP[]; /* the groups, parents first; NULL behind the last */

/* All about it in one page of Markdown. */
void results_page(FILE *stream);

#define RESULTS_ROW_FEATURES "/rows/features/" /* prefix of the kept features, type f8 */

#endif
