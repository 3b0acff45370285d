#ifndef TIEOUT_RESULTS_READ_H
#define TIEOUT_RESULTS_READ_H

#include "results.h"

/* One anomaly as stored; the texts belong to the list. */
struct finding {
    const char *id;
    int64_t row_number;
    const char *as_of_date; /* ISO, "" if missing */
    const char *company;
    const char *account;
    const char *au;
    const char *currency; /* "" if the input had none */
    const char *match_status;
    double feature[N_CLASSIC]; /* the codes are not stored: the first three are NaN */
    double score;
    double usual_difference; /* NaN for the account's first row */
    double break_months;
    const char *break_since; /* ISO, "" if there is no break */
    const char *lifecycle;
    const char *severity;
    const char *pattern;
    const char *explanation;
    int64_t departing;          /* bit 1 << f: feature f of the model departs by itself */
    const double *contribution; /* [n_contribution] of the list */
    const char *suppressed_by;  /* "" for what is raised, like the next */
    const char *suppressed_reason;
};

/* What show and the follow-up jobs need of results.h5. */
struct findings {
    size_t n;
    struct finding *finding; /* [n] lowest score first; behind them [n_suppressed] more */
    size_t n_suppressed; /* findings that reviewers rejected before and that are not raised */
    size_t n_contribution;
    const char **feature_name; /* [n_contribution] */
    int64_t n_row;             /* rows scored */
    int64_t n_flagged;         /* anomalies among them; n of them are to be followed up */
    size_t n_input;
    const char **input; /* [n_input] ledgers, as the command line named them */
    double contamination;
    double offset;
    char *profile;
    char *digest;
    char *started;    /* when the run that found them began, 2024-06-03T07:15:00Z */
    char *last_as_of; /* latest as-of date of the ledgers, ISO; "" if no row has one */
    void *owned;      /* the texts and numbers behind the pointers */
};

/* Reads path. STATUS_NO_INPUT if it is missing, STATUS_DATA if it is not a results file of
 * tieout (says which part is missing). *out is produced; free with findings_free. */
enum status results_read(const char *path, struct findings **out, struct error *err);
void findings_free(struct findings *findings); /* NULL is fine */

#endif
