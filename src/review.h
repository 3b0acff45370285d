#ifndef TIEOUT_REVIEW_H
#define TIEOUT_REVIEW_H

#include "encode.h"
#include "feedback.h"
#include "group.h"
#include "log.h"
#include "run.h"

/* A row of the ledger that reviewers have judged. */
struct reviewed {
    char id[RESULTS_ID];
    bool confirmed;
    int32_t date; /* as-of date in days, or ROW_NO_DATE */
    int64_t row_number;
    size_t verdict; /* index in the feedback */
};

/* One of this rank's rows among them. */
struct reviewed_here {
    size_t place; /* of the row in group order */
    size_t index; /* in reviewed */
};

/* What reviewers said of this ledger. The same on every rank, but for here. */
struct reviews {
    struct feedback feedback; /* settled */
    size_t n;
    struct reviewed *reviewed; /* [n] by id */
    size_t n_here;
    struct reviewed_here *here; /* [n_here] by place */
    int64_t n_confirmed, n_rejected;
    int64_t n_unknown;       /* verdicts on what is not in the ledger */
    char sha256[SHA256_HEX]; /* over id and verdict of each reviewed row */
};

/* Reads the feedback files on rank 0 and shares them. paths: as feedback_read takes them, or
 * NULL for none. All ranks. *reviews is produced, with feedback alone. */
enum status review_share(const struct run *run, const char *paths, struct reviews *reviews,
                         struct error *err);

/* Finds the rows that the verdicts are on, and fills the rest of reviews. Verdicts on nothing
 * in the ledger, or on no single row, are counted and logged with file and line. STATUS_DATA if
 * two contradict each other. All ranks. */
enum status review_find(const struct run *run, const struct encoded *rows,
                        const struct groups *groups, const struct ledger_facts *facts,
                        struct log *log, struct reviews *reviews, struct error *err);

void reviews_free(struct reviews *reviews); /* leaves none */

/* Rows of the same account, currency and date that come before member k of the group that
 * begins at `first`. */
uint32_t review_occurrence(const struct row *row, const struct groups *groups, size_t first,
                           size_t k);

#endif
