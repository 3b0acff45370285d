/* Explanations against sentences written by hand. */
#include "date.h"
#include "explain.h"
#include "pattern.h"
#include "suite.h"

#include <math.h>
#include <string.h>

static const struct feature_label LABEL[] = {
    {"a", "1", "first thing"}, {"b", "1", "second thing"}, {"c", "1", "third thing"}};

static struct anomaly spike(void)
{
    return (struct anomaly){.row = {.gl = 60000,
                                    .ihub = 10000,
                                    .difference = 50000,
                                    .date = date_days("2024-05-31", 10, DATE_MONTH_FIRST)},
                            .departing = 7,
                            .feature = {[FEATURE_DAYS_SINCE_LAST] = 31,
                                        [FEATURE_GL_BALANCE] = 60000,
                                        [FEATURE_IHUB_BALANCE] = 10000,
                                        [FEATURE_BALANCE_DIFFERENCE] = 50000,
                                        [FEATURE_GL_CHANGE] = 50000,
                                        [FEATURE_DIFF_CHANGE] = 50000},
                            .score = -0.1,
                            .break_since = date_days("2024-05-31", 10, DATE_MONTH_FIRST),
                            .pattern = PATTERN_SPIKE,
                            .lifecycle = LIFECYCLE_NEW};
}

static struct explain_context context(const double *contribution)
{
    return (struct explain_context){"USDx", 3, 1.0, LABEL, contribution, 3};
}

static void a_spike_is_told_in_full(void)
{
    static const double contribution[] = {-3, 1, -1};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    explain_anomaly(&a, &c, text);
    CU_ASSERT_STRING_EQUAL(
        text,
        "The GL exceeds the sub-ledger by 50,000.00 USD: GL 60,000.00 USD, sub-ledger "
        "10,000.00 USD. The difference (GL less sub-ledger) went from 0.00 USD on 2024-04-30 "
        "to 50,000.00 USD; the account usually ties out. Since then the GL rose by 50,000.00 "
        "USD and the sub-ledger did not move. Pattern spike: a large break after months that "
        "matched. It is the account's first break in this ledger. What sets it "
        "apart, with its share in the score: first thing (75 %), third thing (25 %); an even "
        "share is 33 %.");
}

static void an_old_break_is_told_in_full(void)
{
    static const double contribution[] = {0, 0, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.row.gl = a.feature[FEATURE_GL_BALANCE] = 20000;
    a.row.ihub = a.feature[FEATURE_IHUB_BALANCE] = 35000;
    a.row.difference = a.feature[FEATURE_BALANCE_DIFFERENCE] = -15000;
    a.feature[FEATURE_GL_CHANGE] = 0.001;
    a.feature[FEATURE_IHUB_CHANGE] = -25000;
    a.feature[FEATURE_DIFF_CHANGE] = 25000;
    a.usual_difference = -1234.5;
    a.pattern = PATTERN_INCONSISTENT;
    a.lifecycle = LIFECYCLE_PERSISTENT;
    a.break_since = date_days("2024-03-31", 10, DATE_MONTH_FIRST);
    a.break_months = 2;
    c.currency_length = 0;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_STRING_EQUAL(
        text, "The sub-ledger exceeds the GL by 15,000.00: GL 20,000.00, sub-ledger 35,000.00. "
              "The difference (GL less sub-ledger) went from -40,000.00 on 2024-04-30 to "
              "-15,000.00; it is usually -1,234.50. Since then the GL did not move and the "
              "sub-ledger fell by 25,000.00. Pattern inconsistent: the breaks jump about from "
              "month to month. The break has been open since 2024-03-31, for 2 months.");
}

/* What is said of anomaly a, whose features all count alike, contains the sentence. */
static void check_said(const struct anomaly *a, const char *sentence)
{
    static const double contribution[] = {0, 0, 0};
    struct explain_context c = context(contribution);
    char text[EXPLAIN_TEXT];

    explain_anomaly(a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, sentence));
}

static void the_age_follows_the_lifecycle(void)
{
    struct anomaly a = spike();

    a.lifecycle = LIFECYCLE_RECURRING;
    check_said(&a, "matched. The account had breaks before and matched in between.");
    a.lifecycle = LIFECYCLE_CLEARED;
    check_said(&a, "matched. The break of the row before is cleared.");
    a.lifecycle = LIFECYCLE_PERSISTENT;
    check_said(&a, "matched. The break was open in the row before already.");
    a.break_since = date_days("2024-04-30", 10, DATE_MONTH_FIRST);
    check_said(&a, "matched. The break has been open since 2024-04-30.");
    a.break_months = 1;
    check_said(&a, "matched. The break has been open since 2024-04-30, for 1 month.");
    a.break_since = ROW_NO_DATE;
    check_said(&a, "matched. The break was open in the row before already.");
}

static void a_difference_that_stayed_is_as_it_was(void)
{
    struct anomaly a = spike();

    a.feature[FEATURE_DIFF_CHANGE] = 0;
    check_said(&a, "10,000.00 USD. The difference (GL less sub-ledger) is as it was on "
                   "2024-04-30; the account");
}

static void a_wrong_difference_is_told(void)
{
    struct anomaly a = spike();

    a.row.ihub = a.feature[FEATURE_IHUB_BALANCE] = 60000;
    check_said(&a, "The ledger gives a difference of 50,000.00 USD, but GL less sub-ledger is "
                   "0.00 USD: GL 60,000.00 USD, sub-ledger 60,000.00 USD. The "
                   "difference given went from 0.00 USD on");
}

static void what_does_not_depart_is_no_reason(void)
{
    static const double contribution[] = {-2, -3, 0.5};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.departing = 5; /* not the second, and the third makes it less anomalous */
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ": first thing (40 %); an even share"));
}

static void several_reasons_are_named_most_first(void)
{
    static const struct feature_label many[6] = {{"", "", "one"},   {"", "", "two"},
                                                 {"", "", "three"}, {"", "", "four"},
                                                 {"", "", "five"},  {"", "", "six"}};
    static const double contribution[6] = {-2, 0, -2, 1, -4, -1.9};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.departing = 63;
    c.label = many;
    c.n_feature = 6;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, " What sets it apart, with its share in the score: five (40 %), one "
                     "(20 %), three (20 %); an even share is 17 %."));
}

static void a_matched_row_ties_out(void)
{
    static const double contribution[] = {0, 2, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.row.ihub = a.feature[FEATURE_IHUB_BALANCE] = 59999.5;
    a.row.difference = a.feature[FEATURE_BALANCE_DIFFERENCE] = 0.5;
    a.pattern = PATTERN_MATCHED_JUMP;
    a.lifecycle = LIFECYCLE_MATCHED;
    a.break_since = ROW_NO_DATE;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "The GL and the sub-ledger tie out: GL 60,000.00 USD"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "their difference does not."));
    CU_ASSERT_EQUAL(text[strlen(text) - 1], '.');
    CU_ASSERT_PTR_NULL(strstr(text, "open"));
    CU_ASSERT_PTR_NULL(strstr(text, "score"));
}

static void a_first_row_has_no_past(void)
{
    struct anomaly a = spike();

    a.usual_difference = (double)NAN;
    check_said(&a, " This is the account's first row, so nothing is usual for it yet. Pattern");
}

static void a_row_without_a_date_says_the_row_before(void)
{
    struct anomaly a = spike();

    a.row.date = a.break_since = ROW_NO_DATE;
    a.feature[FEATURE_DAYS_SINCE_LAST] = 0;
    check_said(&a, "went from 0.00 USD in the row before to 50,000.00 USD;");
}

static void a_long_currency_is_cut_with_the_rest(void)
{
    static const double contribution[] = {-1, -1, -1};
    static char currency[4 * EXPLAIN_TEXT];
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    memset(currency, 'X', sizeof currency);
    c.currency = currency;
    c.currency_length = sizeof currency;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_EQUAL(strlen(text), EXPLAIN_TEXT - 1);
}

int main(void)
{
    static const struct fact facts[] = {
        {"a spike is told in full", a_spike_is_told_in_full},
        {"an old break is told in full", an_old_break_is_told_in_full},
        {"the age of a break follows its lifecycle", the_age_follows_the_lifecycle},
        {"a difference that stayed is as it was", a_difference_that_stayed_is_as_it_was},
        {"a difference that is not that of the balances is told", a_wrong_difference_is_told},
        {"what does not depart is no reason", what_does_not_depart_is_no_reason},
        {"several reasons are named, most first", several_reasons_are_named_most_first},
        {"a matched row ties out", a_matched_row_ties_out},
        {"a first row has no past", a_first_row_has_no_past},
        {"a row without a date says the row before", a_row_without_a_date_says_the_row_before},
        {"a long currency is cut with the rest", a_long_currency_is_cut_with_the_rest},
    };

    return suite_run("explain", facts, sizeof facts / sizeof facts[0]);
}
