#ifndef TIEOUT_OVERVIEW_READ_H
#define TIEOUT_OVERVIEW_READ_H

#include "results.h"

/* Something of the input that was not taken as given. */
struct overview_reject {
    int64_t line;
    const char *column; /* "" for the whole row */
    const char *reason;
    const char *text;
};

/* An attribute as a text; lists have a line for each entry. */
struct overview_fact {
    const char *name, *text;
};

/* What results.h5 says of the ledger as a whole and of where it comes from: the rest of
 * results_read, for a report. Arrays of length 0 where the file has no such part. */
struct overview {
    size_t n_month, n_age, n_score, n_point;
    struct results_month *month;
    struct results_age *age;
    double *score_from; /* [n_score] */
    int64_t *score_rows;
    struct results_point *point; /* by finding, then by date */
    int64_t n_reject;            /* all there are */
    size_t n_example;
    struct overview_reject *example; /* the first of them */
    size_t n_run, n_model;
    struct overview_fact *run, *model; /* attributes of /run and /model, by name */
    void *owned;
};

enum { OVERVIEW_EXAMPLES = 20 };

/* STATUS_NO_INPUT, STATUS_PERMISSION or STATUS_DATA as results_read. *out is produced. */
enum status overview_read(const char *path, struct overview **out, struct error *err);
void overview_free(struct overview *overview); /* NULL is fine */

/* The text of an attribute of /run or /model; NULL if it has none of that name. */
const char *overview_run_fact(const struct overview *overview, const char *name);
const char *overview_model_fact(const struct overview *overview, const char *name);

#endif
