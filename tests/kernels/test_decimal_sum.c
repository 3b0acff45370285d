/* Exact decimal sums against a second way to add decimals: by hand, digit by digit. */
#include "decimal_sum.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_text(struct decimal_sum *sum, const char *text)
{
    struct number number;

    if (!number_read(text, strlen(text), '.', &number))
        CU_FAIL_FATAL(text);
    decimal_sum_add(sum, &number);
}

static void check_sum(const char *const *text, size_t n, const char *expected)
{
    struct decimal_sum sum = {.n_beyond = 0};
    char printed[DECIMAL_TEXT];

    for (size_t i = 0; i < n; i++)
        add_text(&sum, text[i]);
    decimal_sum_normalise(&sum);
    decimal_sum_format(&sum, printed);
    CU_ASSERT_STRING_EQUAL(printed, expected);
}

#define CHECK_SUM(expected, ...)                                                               \
    check_sum((const char *const[]){__VA_ARGS__},                                              \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), expected)

static void worked_examples_add_up(void)
{
    CHECK_SUM("0.00", "0");
    CHECK_SUM("0.00", "-0", "-");
    CHECK_SUM("1.00", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1");
    CHECK_SUM("0.000000000000001", "1e-15");
    CHECK_SUM("-1234.50", "(1,234.50)");
    CHECK_SUM("-0.01", "1.00", "-1.01");
    CHECK_SUM("0.00", "123456789.123456789012345", "-123456789.123456789012345");
    CHECK_SUM("27670116110564327421.00", "9223372036854775807", "9223372036854775807",
              "9223372036854775807");
    CHECK_SUM("-27670116110564327421.50", "-9223372036854775807", "-9223372036854775807",
              "-9223372036854775807", "-.5");
    CHECK_SUM("100000000000000000000000000000.00", "1e29");
    CHECK_SUM("12345678901234567890123.4567890123456789012345678901234567890123",
              "12,345,678,901,234,567,890,123.4567890123456789012345678901234567890123000");
}

static void digits_beyond_its_range_are_counted_not_lost(void)
{
    static const char *const text[] = {"1e45", "1e-46", "1e300", "1e-400", "0.1"};
    struct decimal_sum sum = {.n_beyond = 0};
    char printed[DECIMAL_TEXT];

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        add_text(&sum, text[i]);
    add_text(&sum, "0e99"); /* nothing to lose */
    add_text(&sum, "1e44");
    add_text(&sum, "-1e-45");
    decimal_sum_normalise(&sum);
    CU_ASSERT_EQUAL(sum.n_beyond, 4);
    decimal_sum_format(&sum, printed);
    CU_ASSERT_STRING_EQUAL(printed, "100000000000000000000000000000000000000000000.09999999"
                                    "9999999999999999999999999999999999999");
}

/* Zeros in the middle of a text that is longer than any sum. */
static void long_texts_are_read_to_their_end(void)
{
    char text[400] = "1.";
    struct decimal_sum sum = {.n_beyond = 0};

    memset(text + 2, '0', 300);
    add_text(&sum, text);
    CU_ASSERT_EQUAL(sum.n_beyond, 0);
    text[302] = '1';
    add_text(&sum, text);
    CU_ASSERT_EQUAL(sum.n_beyond, 1);
    decimal_sum_normalise(&sum);
    decimal_sum_format(&sum, text);
    CU_ASSERT_STRING_EQUAL(text, "1.00");
}

static unsigned draw(unsigned *state, unsigned n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

/* Amounts in millionths, summed as integers. */
static void random_sums_equal_integers(void)
{
    unsigned state = 7;

    for (int round = 0; round < 200; round++) {
        struct decimal_sum sum[3] = {{.n_beyond = 0}};
        long long whole = 0;
        char printed[DECIMAL_TEXT], expected[64];
        for (int i = 0; i < 100; i++) {
            long long value = (long long)draw(&state, 1u << 24) << draw(&state, 16);
            char text[64];
            bool negative = draw(&state, 2) == 0;
            snprintf(text, sizeof text, "%s%lld.%06lld", negative ? "-" : "", value / 1000000,
                     value % 1000000);
            whole += negative ? -value : value;
            add_text(&sum[draw(&state, 3)], text);
        }
        decimal_sum_merge(&sum[0], &sum[1]);
        decimal_sum_normalise(&sum[2]);
        decimal_sum_merge(&sum[0], &sum[2]);
        decimal_sum_normalise(&sum[0]);
        decimal_sum_format(&sum[0], printed);
        long long size = llabs(whole);
        int n = snprintf(expected, sizeof expected, "%s%lld.%06lld", whole < 0 ? "-" : "",
                         size / 1000000, size % 1000000);
        while (expected[n - 1] == '0' && expected[n - 4] != '.' && n > 3 &&
               expected[n - 3] != '.')
            expected[--n] = '\0';
        CU_ASSERT_STRING_EQUAL(printed, expected);
    }
}

static void parts_add_up_or_not(void)
{
    struct decimal_sum whole = {.n_beyond = 0}, part = whole, rest = whole;

    add_text(&whole, "0.3");
    add_text(&part, "0.1");
    add_text(&rest, "0.2");
    decimal_sum_normalise(&whole);
    decimal_sum_normalise(&part);
    decimal_sum_normalise(&rest);
    CU_ASSERT_TRUE(decimal_sum_adds_up(&whole, &part, &rest));
    add_text(&rest, "1e-15");
    decimal_sum_normalise(&rest);
    CU_ASSERT_FALSE(decimal_sum_adds_up(&whole, &part, &rest));
}

int main(void)
{
    static const struct fact fact[] = {
        {"worked examples add up", worked_examples_add_up},
        {"digits beyond its range are counted, not lost",
         digits_beyond_its_range_are_counted_not_lost},
        {"long texts are read to their end", long_texts_are_read_to_their_end},
        {"random sums equal those of integers, in any order of merging",
         random_sums_equal_integers},
        {"parts add up or not", parts_add_up_or_not},
    };

    return suite_run("decimal_sum", fact, sizeof fact / sizeof fact[0]);
}
