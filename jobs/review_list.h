#ifndef TIEOUT_REVIEW_LIST_H
#define TIEOUT_REVIEW_LIST_H

#include "results_read.h"

/* The reviewers' list, which anomalies.csv and anomalies.xlsx write each in its own form: a row a
 * finding, and at its right the columns that reviewers fill in. */

enum review_kind {
    REVIEW_TEXT,
    REVIEW_ID,     /* a text that a spreadsheet may take for a number */
    REVIEW_DATE,   /* a text, ISO, "" if missing */
    REVIEW_AMOUNT, /* a number, account currency, NaN if missing */
    REVIEW_SCORE,  /* a number */
    REVIEW_PROSE,  /* the explanation, a few sentences */
    REVIEW_ANSWER  /* the reviewer's: empty */
};

struct review_column {
    const char *title;
    enum review_kind kind;
    size_t offset; /* of the member of struct finding, where the kind has one */
    double width;  /* in a spreadsheet, characters */
};

enum {
    REVIEW_SEVERITY = 13,
    REVIEW_VERDICT = 16,
    N_REVIEW_ANSWER = 4,
    N_REVIEW_COLUMN = REVIEW_VERDICT + N_REVIEW_ANSWER
};

extern const struct review_column REVIEW_COLUMN[N_REVIEW_COLUMN];

/* What a finding has in a column that is a text, and in one that is a number. */
const char *review_text(const struct finding *finding, const char *explanation,
                        const struct review_column *column);
double review_number(const struct finding *finding, const struct review_column *column);

#endif
