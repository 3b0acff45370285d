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
    return (struct anomaly){.row = {.date = date_days("2024-05-31", 10, DATE_MONTH_FIRST)},
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
    static const double contribution[] = {-3, 1, -1}; /* an even share would be 4/3 */
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    explain_anomaly(&a, &c, text);
    CU_ASSERT_STRING_EQUAL(
        text,
        "The GL exceeds the sub-ledger by 50,000.00 USD: GL 60,000.00, sub-ledger "
        "10,000.00. The difference was 0.00 on 2024-04-30 and is usually 0.00; since then "
        "the GL moved by +50,000.00, the sub-ledger by 0.00. Pattern spike: a large break "
        "after months that matched. What counts most in the score: first thing (75 %).");
}

static void an_old_break_tells_since_when(void)
{
    static const double contribution[] = {-1, -1e-9, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.feature[FEATURE_BALANCE_DIFFERENCE] = -15000;
    a.pattern = PATTERN_INCONSISTENT;
    a.break_since = date_days("2024-03-31", 10, DATE_MONTH_FIRST);
    a.break_months = 2;
    c.currency_length = 0;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "The sub-ledger exceeds the GL by 15,000.00: GL"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "The break is open since 2024-03-31 (2 months)."));
    CU_ASSERT_PTR_NULL(strstr(text, "second thing"));
}

static void features_that_count_alike_are_no_reason(void)
{
    static const double contribution[] = {-1, -1.1, -1};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NULL(strstr(text, "What counts"));
}

static void several_reasons_are_named_most_first(void)
{
    static const struct feature_label many[6] = {{"", "", "one"},   {"", "", "two"},
                                                 {"", "", "three"}, {"", "", "four"},
                                                 {"", "", "five"},  {"", "", "six"}};
    static const double contribution[6] = {-2, 0, -2, 1, -4, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    c.label = many;
    c.n_feature = 6;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, " What counts most in the score: five (50 %), one (25 %), three (25 %)."));
}

static void a_matched_row_ties_out(void)
{
    static const double contribution[] = {0, 2, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.feature[FEATURE_BALANCE_DIFFERENCE] = 0.5;
    a.pattern = PATTERN_MATCHED_JUMP;
    a.break_since = ROW_NO_DATE;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "GL and sub-ledger tie out in USD: GL 60,000.00"));
    CU_ASSERT_PTR_NULL(strstr(text, "open since"));
    CU_ASSERT_PTR_NULL(strstr(text, "What counts"));
}

static void a_first_row_has_no_past(void)
{
    static const double contribution[] = {0, 0, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.usual_difference = (double)NAN;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "This is the account's first row."));
}

static void a_row_without_a_date_says_the_row_before(void)
{
    static const double contribution[] = {0, 0, 0};
    struct explain_context c = context(contribution);
    struct anomaly a = spike();
    char text[EXPLAIN_TEXT];

    a.row.date = a.break_since = ROW_NO_DATE;
    a.feature[FEATURE_DAYS_SINCE_LAST] = 0;
    explain_anomaly(&a, &c, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "was 0.00 in the row before and"));
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
        {"an old break tells since when", an_old_break_tells_since_when},
        {"features that count alike are no reason", features_that_count_alike_are_no_reason},
        {"several reasons are named, most first", several_reasons_are_named_most_first},
        {"a matched row ties out", a_matched_row_ties_out},
        {"a first row has no past", a_first_row_has_no_past},
        {"a row without a date says the row before", a_row_without_a_date_says_the_row_before},
        {"a long currency is cut with the rest", a_long_currency_is_cut_with_the_rest},
    };

    return suite_run("explain", facts, sizeof facts / sizeof facts[0]);
}
