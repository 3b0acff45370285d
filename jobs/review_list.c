/* The columns of the reviewers' list in one table, so that its two forms cannot differ. How a
 * cell is written, and when a list may be replaced, is each form's own. */
#include "review_list.h"

#include <stddef.h>
#include <string.h>

#define MEMBER(name)  offsetof(struct finding, name)
#define FEATURE(name) (MEMBER(feature) + FEATURE_##name * sizeof(double))

const struct review_column REVIEW_COLUMN[N_REVIEW_COLUMN] = {
    {"id", REVIEW_ID, MEMBER(id), 20},
    {"as_of_date", REVIEW_DATE, MEMBER(as_of_date), 14},
    {"company", REVIEW_TEXT, MEMBER(company), 13},
    {"account", REVIEW_TEXT, MEMBER(account), 14},
    {"au", REVIEW_TEXT, MEMBER(au), 10},
    {"currency", REVIEW_TEXT, MEMBER(currency), 12},
    {"gl_balance", REVIEW_AMOUNT, FEATURE(GL_BALANCE), 18},
    {"ihub_balance", REVIEW_AMOUNT, FEATURE(IHUB_BALANCE), 18},
    {"balance_difference", REVIEW_AMOUNT, FEATURE(BALANCE_DIFFERENCE), 21},
    {"usual_difference", REVIEW_AMOUNT, MEMBER(usual_difference), 19},
    {"pattern", REVIEW_TEXT, MEMBER(pattern), 14},
    {"lifecycle", REVIEW_TEXT, MEMBER(lifecycle), 13},
    {"break_since", REVIEW_DATE, MEMBER(break_since), 14},
    [REVIEW_SEVERITY] = {"severity", REVIEW_TEXT, MEMBER(severity), 12},
    {"anomaly_score", REVIEW_SCORE, MEMBER(score), 16},
    {"explanation", REVIEW_PROSE, 0, 100},
    [REVIEW_VERDICT] = {"verdict", REVIEW_ANSWER, 0, 16},
    {"reviewer", REVIEW_ANSWER, 0, 14},
    {"comment", REVIEW_ANSWER, 0, 40},
    {"reviewed_at", REVIEW_ANSWER, 0, 14},
};

const char *review_text(const struct finding *finding, const char *explanation,
                        const struct review_column *column)
{
    const char *text = "";

    if (column->kind == REVIEW_PROSE)
        return explanation;
    if (column->kind == REVIEW_TEXT || column->kind == REVIEW_ID || column->kind == REVIEW_DATE)
        memcpy(&text, (const char *)finding + column->offset, sizeof text);
    return text;
}

double review_number(const struct finding *finding, const struct review_column *column)
{
    double value;

    memcpy(&value, (const char *)finding + column->offset, sizeof value);
    return value;
}
