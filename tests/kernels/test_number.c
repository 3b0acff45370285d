/* Amounts against strtod, bit for bit, and against a table of what accountants write. */
#include "number.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Equal bits, so that -0 and 0 differ. */
static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* With a decimal point; the value alone. */
static bool read_value(const char *text, size_t length, double *value)
{
    struct number number;

    if (!number_read(text, length, '.', &number))
        return false;
    *value = number.value;
    return true;
}

static void check_as_strtod(const char *text)
{
    double expected = strtod(text, NULL);
    double value = 12345;
    bool is_number = read_value(text, strlen(text), &value);

    if (is_number != (isfinite(expected) != 0) || (is_number && !same_bits(value, expected))) {
        fprintf(stderr, "%.60s: %a, strtod %a\n", text, value, expected);
        CU_FAIL("not as strtod reads it");
    }
}

static void accountants_spellings_are_read(void)
{
    static const struct {
        const char *text;
        double value;
    } row[] = {
        {"1234.5", 1234.5},
        {"1,234.50", 1234.5},
        {"-1234.5", -1234.5},
        {"1234.50-", -1234.5},
        {"(1,234.50)", -1234.5},
        {"$ 12", 12},
        {"USD 12", 12},
        {"12 EUR", 12},
        {"\xC2\xA3"
         "1.2",
         1.2},
        {"1e3", 1000},
        {".5", .5},
        {"5.", 5},
        {"+5", 5},
        {"  7\t", 7},
        {"-$5", -5},
        {"$-5", -5},
        {"($ 5)", -5},
        {"$(5)", -5},
        {"- 5", -5},
        {"1,234,567", 1234567},
        {"12,345,678.9", 12345678.9},
        {"\xE2\x82\xAC 3", 3},
        {"3\xE2\x82\xAC", 3},
        {"USD12", 12},
        {"1E-2", .01},
        {"1,000e3", 1e6},
        {"0", 0},
        {"-0", -0.0},
        {"(0)", -0.0},
        {"00012", 12},
        {"1e-400", 0},
        {"1e3 EUR", 1000},
        {"5 CHF-", -5},
        {"0.1", 0.1},
        {"12 345.50", 12345.5},
        {"12'345'678.9", 12345678.9},
        {"1\xC2\xA0"
         "234.5",
         1234.5},
        {"1\xE2\x80\xAF"
         "234",
         1234},
        {"\xC2\xA0-7\xC2\xA0", -7},
        {"\xE2\x88\x92"
         "5.25",
         -5.25},
        {"5.25\xE2\x88\x92", -5.25},
        {"-", 0},
        {" $ -   ", 0},
        {"1.123456789012345", 1.123456789012345},
        {"9007199254740993", 9007199254740992.0},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double value = 99;
        CU_ASSERT(read_value(row[i].text, strlen(row[i].text), &value));
        if (!same_bits(value, row[i].value))
            CU_FAIL(row[i].text);
    }
}

static void everything_else_is_refused(void)
{
    static const char *const text[] = {
        "",       " ",       "- -",      "+",      ".",        ",",     "()",        "$",
        "USD",    "(5",      "5)",       "-(5)",   "(5)-",     "(-5)",  "--5",       "-5-",
        "+-5",    "5+",      "1,2,3.4",  "1,23",   "1234,567", ",123",  "1,",        "1,2345",
        "1.5,00", "1,234,5", "0x10",     "1e",     "1e+",      "1e5.",  "1e5e5",     "e5",
        "inf",    "-inf",    "Infinity", "nan",    "NaN",      "INF",   "NAN",       "1 2",
        "1..2",   "1.2.3",   "12abc",    "usd 12", "USDX 12",  "$ $ 1", "USD 1 EUR", "1.234,50",
        "1e999",  "-1e999",  "1,,000",   "((5))",  "5 USDX",   "1\n2",  "12 34.00",  "\xC2",
    };

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        double value = 99;
        if (read_value(text[i], strlen(text[i]), &value))
            CU_FAIL(text[i]);
        CU_ASSERT_EQUAL(value, 99);
    }
}

static void a_decimal_comma_swaps_the_marks(void)
{
    static const struct {
        const char *text;
        bool is_number;
        double value;
    } row[] = {
        {"1.234,50", true, 1234.5},
        {"1234,5", true, 1234.5},
        {"(1.234,50)", true, -1234.5},
        {"1.234.567,89-", true, -1234567.89},
        {",5", true, .5},
        {"5,", true, 5},
        {"1.234", true, 1234},
        {"12 345,50 EUR", true, 12345.5},
        {"1'234,5", true, 1234.5},
        {"1,5e3", true, 1500},
        {"0,123456789012345", true, 0.123456789012345},
        {"1,234.50", false, 0},
        {"1.23", false, 0},
        {"1,2,3", false, 0},
        {"1.234.50", false, 0},
        {".5", false, 0},
        {"1 234.567,8", false, 0},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct number number = {.value = 99};
        bool is_number = number_read(row[i].text, strlen(row[i].text), ',', &number);
        if (is_number != row[i].is_number)
            CU_FAIL(row[i].text);
        CU_ASSERT_EQUAL(number.value, is_number ? row[i].value : 99);
    }
}

static void the_decimal_comes_with_the_double(void)
{
    struct number number;

    CU_ASSERT_FATAL(number_read("(1,234.50)", 10, '.', &number));
    CU_ASSERT_EQUAL(number.mantissa, 123450);
    CU_ASSERT_EQUAL(number.exponent, -2);
    CU_ASSERT_TRUE(number.negative);
    CU_ASSERT_EQUAL(number.n_byte, 8);
    CU_ASSERT_EQUAL(memcmp(number.digits, "1,234.50", 8), 0);
    CU_ASSERT_FATAL(number_read("-", 1, '.', &number));
    CU_ASSERT_EQUAL(number.mantissa, 0);
    CU_ASSERT_EQUAL(number.n_byte, 0);
    CU_ASSERT_FALSE(number.negative);
}

static unsigned draw(unsigned *state, unsigned n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static size_t put_digits(char *text, size_t n, unsigned *state)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('0' + draw(state, 10));
    return n;
}

static void random_decimals_equal_strtod(void)
{
    unsigned state = 3;

    for (size_t round = 0; round < 400000; round++) {
        char text[128];
        size_t n = 0;
        if (draw(&state, 4) == 0)
            text[n++] = '-';
        n += put_digits(text + n, 1 + draw(&state, round % 8 == 0 ? 30 : 12), &state);
        if (draw(&state, 3) > 0) {
            text[n++] = '.';
            n += put_digits(text + n, draw(&state, round % 8 == 1 ? 30 : 4), &state);
        }
        text[n] = '\0';
        if (draw(&state, 4) == 0)
            snprintf(text + n, sizeof text - n, "e%d", (int)draw(&state, 660) - 340);
        check_as_strtod(text);
    }
}

static void printed_doubles_come_back(void)
{
    unsigned state = 4;

    for (size_t round = 0; round < 100000; round++) {
        unsigned long long bits = 0;
        double value, back = 0;
        char text[64];
        for (size_t i = 0; i < 8; i++)
            bits = bits << 8 | draw(&state, 256);
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        snprintf(text, sizeof text, "%.17g", value);
        CU_ASSERT(read_value(text, strlen(text), &back));
        CU_ASSERT(same_bits(back, value));
    }
}

/* The middle between two neighbouring doubles, as its full decimal expansion, then with a digit
 * behind it that tips the rounding. */
static void middles_round_as_strtod_rounds(void)
{
    static char text[4000];
    static const double value[] = {
        1, 0.1, 123456.78, 9007199254740992.0, 0x1p-1022, 0x1p-1074, 0x1.fffffffffffffp-1022};

    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        /* long double holds the middle where its exponent range allows */
        long double middle =
            ((long double)value[i] + (long double)nextafter(value[i], 2e16)) / 2;
        int n = snprintf(text, sizeof text, "%.1200Lf", middle);
        check_as_strtod(text);
        text[n] = '1';
        text[n + 1] = '\0';
        check_as_strtod(text);
        memset(text + n, '0', 1500);
        strcpy(text + n + 1500, "3");
        check_as_strtod(text);
    }
}

static void very_long_texts_equal_strtod(void)
{
    enum { LONG = 20000 };
    char *text = malloc(LONG + 32);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '0', LONG); /* zeros in front that the exponent makes up for */
    text[1] = '.';
    strcpy(text + LONG, "12345e19999");
    check_as_strtod(text);
    memset(text, '9', LONG);
    strcpy(text + LONG, "e-19990");
    check_as_strtod(text);
    strcpy(text + LONG, "");
    check_as_strtod(text);
    check_as_strtod("1e99999999999999999999999");
    check_as_strtod("1e-99999999999999999999999");
    check_as_strtod("0e99999999999999999999999");
    check_as_strtod("1e22");
    check_as_strtod("1e23");
    check_as_strtod("1e-22");
    check_as_strtod("9999999999999999999");
    check_as_strtod("18446744073709551616");
    check_as_strtod("1.7976931348623157e308");
    check_as_strtod("1.7976931348623159e308");
    check_as_strtod("4.9406564584124654e-324");
    check_as_strtod("2.4703282292062327e-324");
    free(text);
}

static void the_length_bounds_the_text(void)
{
    char text[] = {'1', '2', '3', '4'};
    double value = 0;

    for (size_t n = 1; n <= sizeof text; n++) {
        char copy[8] = {0};
        memcpy(copy, text, n);
        CU_ASSERT(read_value(text, n, &value));
        CU_ASSERT_EQUAL(value, strtod(copy, NULL));
    }
}

int main(void)
{
    static const struct fact fact[] = {
        {"amounts as accountants write them are read", accountants_spellings_are_read},
        {"everything else is refused, and leaves the value alone", everything_else_is_refused},
        {"a decimal comma swaps the marks", a_decimal_comma_swaps_the_marks},
        {"the decimal comes with the double", the_decimal_comes_with_the_double},
        {"random decimals equal strtod to the bit", random_decimals_equal_strtod},
        {"a double printed with 17 digits comes back", printed_doubles_come_back},
        {"middles between doubles round as strtod rounds", middles_round_as_strtod_rounds},
        {"very long texts and exponents equal strtod", very_long_texts_equal_strtod},
        {"nothing behind the length is read", the_length_bounds_the_text},
    };

    return suite_run("number", fact, sizeof fact / sizeof fact[0]);
}
