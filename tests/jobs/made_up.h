#ifndef TIEOUT_TEST_MADE_UP_H
#define TIEOUT_TEST_MADE_UP_H

/* Findings made up for the tests of the jobs, and text caught from a stream. */

#include "results_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MADE_UP = 3 };

static double made_up_share[MADE_UP][2] = {{-1.5, 0.25}, {-0.1, -0.2}, {0, 1e-300}};

static inline struct finding made_up_finding(size_t i)
{
    static const char *const ID[MADE_UP] = {"0123456789abcdef", "fedcba9876543210",
                                            "00000000000000ff"};
    static const char *const ACCOUNT[MADE_UP] = {"1619205", "=cmd|' /C calc'!A0",
                                                 "a \"quoted\", long\nname of an account"};
    static const double AMOUNT[MADE_UP] = {-1234567.891, 0.1, 1e300};
    struct finding finding = {.id = ID[i],
                              .row_number = i == 0 ? INT64_C(9007199254740993) : (int64_t)i,
                              .as_of_date = i == 2 ? "" : "2024-05-31",
                              .company = i == 1 ? "M\u00fcnchen" : "00002",
                              .account = ACCOUNT[i],
                              .au = "62695",
                              .currency = "",
                              .match_status = "Break",
                              .score = -0.25 + 0.1 * (double)i,
                              .severity = i == 0 ? "critical" : "low",
                              .usual_difference = i == 0 ? NAN : 2.5,
                              .break_months = 2,
                              .break_since = i == 0 ? "2024-03-31" : "",
                              .lifecycle = i == 0 ? "persistent" : "matched",
                              .pattern = i == 0 ? "spike" : "inconsistent",
                              .explanation = i == 1 ? "" : "Difference moved, by far.",
                              .contribution = made_up_share[i]};

    for (int k = 0; k < N_CLASSIC; k++)
        finding.feature[k] = k < FEATURE_DAYS_SINCE_LAST ? NAN : AMOUNT[i] + (double)k;
    finding.feature[FEATURE_BALANCE_DIFFERENCE] = AMOUNT[i];
    return finding;
}

/* The first n of the made-up findings, in `room`. */
static inline struct findings made_up_findings(struct finding room[MADE_UP], size_t n)
{
    static char name[2][16] = {"gl_change", "diff_change"};
    static const char *names[2] = {name[0], name[1]};
    static char profile[] = "classic";
    static char digest[] = "";
    static char started[] = "2024-06-03T07:15:00Z";
    static char last_as_of[] = "2024-05-31";
    static const char *input[] = {"ledgers/may.csv", "j\u00e4nner.csv"};

    for (size_t i = 0; i < n; i++)
        room[i] = made_up_finding(i);
    return (struct findings){.n = n,
                             .finding = room,
                             .n_contribution = 2,
                             .feature_name = names,
                             .n_row = 12345,
                             .n_flagged = (int64_t)n,
                             .n_input = 2,
                             .input = input,
                             .contamination = 0.01,
                             .offset = -0.6,
                             .profile = profile,
                             .digest = digest,
                             .started = started,
                             .last_as_of = last_as_of};
}

/* The whole of a file as terminated text, to be freed; NULL if it cannot be read. */
static inline char *file_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 1 << 16);

    if (in == NULL || text == NULL) {
        free(text);
        return NULL;
    }
    text[fread(text, 1, (1 << 16) - 1, in)] = '\0';
    fclose(in);
    return text;
}

#endif
