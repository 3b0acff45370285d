/* What is usual in a short series, as worked out by hand. */
#include "past.h"
#include "suite.h"

static void check_changes(void)
{
    static const double value[] = {1.0, 4.0, 2.0};
    double change[2];
    CU_ASSERT_EQUAL(past_changes(value, 3, change), 2);
    CU_ASSERT_EQUAL(change[0], 3.0);
    CU_ASSERT_EQUAL(change[1], -2.0);
    CU_ASSERT_EQUAL(past_changes(value, 1, change), 0);
    CU_ASSERT_EQUAL(past_changes(value, 0, change), 0);
}

static void check_median(void)
{
    static const double value[] = {9.0, 1.0, 5.0, 3.0};
    CU_ASSERT_EQUAL(past_median(value, 0), 0.0);
    CU_ASSERT_EQUAL(past_median(value, 1), 9.0);
    CU_ASSERT_EQUAL(past_median(value, 3), 5.0);
    CU_ASSERT_EQUAL(past_median(value, 4), 4.0);
}

static void check_low_mean(void)
{
    static const double sorted[] = {1.0, 2.0, 3.0, 4.0, 1000.0};
    CU_ASSERT_EQUAL(past_low_mean(sorted, 0), 0.0);
    CU_ASSERT_EQUAL(past_low_mean(sorted, 1), 1.0);
    CU_ASSERT_EQUAL(past_low_mean(sorted, 2), 1.0);
    CU_ASSERT_EQUAL(past_low_mean(sorted, 4), 2.0);
    CU_ASSERT_EQUAL(past_low_mean(sorted, 5), 2.0); /* two of five are left out */
}

static void check_usual_size(void)
{
    double calm[] = {0.0, -2.0, 2.0, -2.0, 0.0}, rare[] = {0.0, 0.0, -6.0, 0.0, 6.0, 6.0, 0.0};
    CU_ASSERT_DOUBLE_EQUAL(past_usual_size(calm, 5), 1.48 * 2.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(past_usual_size(rare, 7), 6.0 / 5.0, 1e-15);
    CU_ASSERT_EQUAL(past_usual_size(calm, 0), 0.0);
}

static void check_expected(void)
{
    static const double trend[] = {10.0, 20.0, 30.0, 41.0};
    static const double half_year[] = {7.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0};
    static const double error[] = {5.0, 5.0, 80.0, 6.0};
    CU_ASSERT_EQUAL(past_from_expected((struct past){trend, 3}), 1.0);
    CU_ASSERT_EQUAL(past_from_expected((struct past){half_year, 6}), 2.0);
    CU_ASSERT_EQUAL(past_from_expected((struct past){error, 3}), 1.0);
    CU_ASSERT_EQUAL(past_from_expected((struct past){error, 1}), 0.0);
}

static void check_known(void)
{
    static const double value[] = {5.0, 80.0, 4.0, 79.0};
    CU_ASSERT_EQUAL(past_from_known((struct past){value, 3}, 3), 74.0); /* 80 was there once */
    CU_ASSERT_EQUAL(past_from_known((struct past){value, 3}, 1), 74.0);
}

static void check_range(void)
{
    static const double value[] = {40.0, 40.75, 39.5, 60.0};
    CU_ASSERT_EQUAL(past_range(value, 1), 0.0);
    CU_ASSERT_EQUAL(past_range(value, 3), 1.25);
    CU_ASSERT_EQUAL(past_range(value, 4), 20.5);
}

/* 10 a row, but for an error two rows ago and its correction. */
static void check_trend_goes_on(void)
{
    static const double value[] = {10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 900.0, 80.0};
    CU_ASSERT_EQUAL(past_from_expected((struct past){value, 7}), 0.0);
    static const double late[] = {0.0, 0.0, 0.0, 0.0, 40.0, 900.0, 80.0};
    CU_ASSERT_EQUAL(past_from_expected((struct past){late, 6}), 80.0);
}

int main(void)
{
    static const struct fact FACTS[] = {
        {"changes go from row to row", check_changes},
        {"the median of an even number lies between the middle two", check_median},
        {"the largest quarter is left out of the mean", check_low_mean},
        {"the usual size is 1.48 medians, or the low mean if larger", check_usual_size},
        {"trends, seasons and the usual level are expected", check_expected},
        {"a value seen once is not known yet", check_known},
        {"a range is from the smallest to the largest", check_range},
        {"a trend goes on beyond an error", check_trend_goes_on},
    };
    return suite_run("past", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
