/* amount_text.h against strtod, and against amounts written out by hand. */
#include "amount_text.h"

#include "suite.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void exact_reads_back(void)
{
    uint64_t bits = 42;
    size_t wrong = 0;

    for (int i = 0; i < 200000; i++) {
        char text[AMOUNT_TEXT];
        double value = 0;
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        amount_exact(value, text);
        double back = strtod(text, NULL);
        wrong += memcmp(&back, &value, sizeof value) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void exact_is_short(void)
{
    static const struct {
        double value;
        const char *text;
    } CASE[] = {{0.1, "0.1"},
                {1234567.89, "1234567.89"},
                {-15000, "-15000"},
                {0.1 + 0.2, "0.30000000000000004"},
                {9007199254740993.0, "9007199254740992"}};
    char text[AMOUNT_TEXT];

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        amount_exact(CASE[i].value, text);
        CU_ASSERT_STRING_EQUAL(text, CASE[i].text);
    }
}

static void grouped_counts_in_threes(void)
{
    static const struct {
        double value;
        const char *text;
    } CASE[] = {{0, "0.00"},
                {-0.001, "0.00"},
                {-0.0, "0.00"},
                {-0.01, "-0.01"},
                {999.999, "1,000.00"},
                {100, "100.00"},
                {-100, "-100.00"},
                {-123456.78, "-123,456.78"},
                {1234567.891, "1,234,567.89"},
                {999999999999999, "999,999,999,999,999.00"},
                {-999999999999999.9, "-999,999,999,999,999.88"},
                {1e15, "1e+15"},
                {-1.7976931348623157e308, "-1.79769e+308"},
                {INFINITY, "inf"}};
    char text[AMOUNT_TEXT];

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        amount_grouped(CASE[i].value, text);
        CU_ASSERT_STRING_EQUAL(text, CASE[i].text);
    }
}

static void any_decimal_is_grouped(void)
{
    static const char *const CASE[][2] = {
        {"", ""},
        {"0", "0"},
        {"-100", "-100"},
        {"-1000.000001", "-1,000.000001"},
        {"123456", "123,456"},
        {"12345678901234567890.5", "12,345,678,901,234,567,890.5"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char text[AMOUNT_GROUPED(32)];
        amount_group(CASE[i][0], text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, CASE[i][1]);
    }
}

static void nan_is_no_text(void)
{
    char text[AMOUNT_TEXT] = "x";

    amount_exact(NAN, text);
    CU_ASSERT_STRING_EQUAL(text, "");
    strcpy(text, "x");
    amount_grouped(NAN, text);
    CU_ASSERT_STRING_EQUAL(text, "");
}

int main(void)
{
    static const struct fact FACT[] = {
        {"an exact text reads back as the same double, any bits", exact_reads_back},
        {"an exact text has no more digits than needed", exact_is_short},
        {"a grouped amount has commas, two decimals, no negative zero",
         grouped_counts_in_threes},
        {"any decimal is grouped, however long", any_decimal_is_grouped},
        {"NaN is an empty text", nan_is_no_text},
    };
    return suite_run("amount_text", FACT, sizeof FACT / sizeof *FACT);
}
