/* Amounts from text, to the last bit as strtod reads them, without its cost. Nearly every
 * amount has at most 19 digits, a mantissa below 2^53 and a small power of ten: both are then
 * exact doubles, and one multiplication or division rounds once, correctly (Clinger 1990). The
 * rest goes to strtod as bare digits with an exponent, which no locale reads differently.
 *
 * What stands around the digits (blanks, a currency, a sign, parentheses) is peeled off first. */
#include "number.h"

#include "ascii.h"
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The digits of an amount and what was peeled off. */
struct amount {
    const char *text;
    size_t length;
    int signs;
    bool negative, currency, opened, closed;
};

/* Dollar, pound, euro, yen. */
static const char *const SYMBOL[] = {"$", "\xC2\xA3", "\xE2\x82\xAC", "\xC2\xA5"};

enum { N_SYMBOL = sizeof SYMBOL / sizeof SYMBOL[0], ISO_CODE = 3 };

/* Length of the currency at the front of text, or at its back; 0 if there is none. */
static size_t currency_length(const char *text, size_t length, bool front)
{
    for (size_t i = 0; i < N_SYMBOL; i++) {
        size_t n = strlen(SYMBOL[i]);
        if (n <= length && memcmp(front ? text : text + length - n, SYMBOL[i], n) == 0)
            return n;
    }
    if (length < ISO_CODE)
        return 0;
    const char *code = front ? text : text + length - ISO_CODE;
    for (size_t i = 0; i < ISO_CODE; i++)
        if (code[i] < 'A' || code[i] > 'Z')
            return 0;
    return ISO_CODE;
}

/* Length of the next piece to take off the front (or the back), noted in amount; 0 if there is
 * none. What may occur once is not taken twice, and is then no digit either. */
static size_t peel_one(struct amount *amount, bool front)
{
    char c = front ? amount->text[0] : amount->text[amount->length - 1];
    bool *bracket = front ? &amount->opened : &amount->closed;

    if (ascii_is_digit(c) || c == '.')
        return 0;
    if (ascii_is_blank(c))
        return 1;
    if (c == (front ? '(' : ')') && !*bracket) {
        *bracket = true;
        return 1;
    }
    if (c == '-' || (c == '+' && front)) {
        amount->signs++;
        amount->negative = c == '-';
        return 1;
    }
    size_t length = amount->currency ? 0 : currency_length(amount->text, amount->length, front);
    amount->currency = amount->currency || length > 0;
    return length;
}

/* False if signs or parentheses contradict. */
static bool peel(struct amount *amount)
{
    size_t taken;

    while (amount->length > 0 && (taken = peel_one(amount, true)) > 0) {
        amount->text += taken;
        amount->length -= taken;
    }
    while (amount->length > 0 && (taken = peel_one(amount, false)) > 0)
        amount->length -= taken;
    amount->signs += amount->opened;
    amount->negative = amount->negative || amount->opened;
    return amount->opened == amount->closed && amount->signs <= 1;
}

/* A decimal: mantissa * 10^exponent. */
struct decimal {
    uint64_t mantissa; /* modulo 2^64: meaningless if the text has more than 19 digits */
    int64_t exponent;
};

enum { SAFE_DIGITS = 19 };

/* Beyond any text's length, and so far from overflow that lengths can be added. */
static const int64_t EXPONENT_LIMIT = INT64_MAX / 4;

static const char *scan_digits(const char *at, const char *end, uint64_t *mantissa)
{
    for (; at < end && ascii_is_digit(*at); at++)
        *mantissa = *mantissa * 10 + (uint64_t)(*at - '0');
    return at;
}

/* Digits before the point. If there are commas they stand before every three digits. NULL if
 * misplaced. */
static const char *scan_whole(const char *at, const char *end, uint64_t *mantissa)
{
    const char *next = scan_digits(at, end, mantissa);

    if (next == end || *next != ',')
        return next;
    if (next == at || next - at > 3)
        return NULL;
    while (next < end && *next == ',') {
        at = next + 1;
        next = scan_digits(at, end, mantissa);
        if (next - at != 3)
            return NULL;
    }
    return next;
}

/* The exponent behind e or E; NULL if there is none. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative = at < end && *at == '-';
    int64_t value = 0;

    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return NULL;
    for (; at < end && ascii_is_digit(*at); at++)
        if (value < EXPONENT_LIMIT / 10)
            value = value * 10 + (*at - '0');
    *exponent += negative ? -value : value;
    return at;
}

static bool scan_decimal(const char *at, const char *end, struct decimal *decimal)
{
    const char *whole = at;
    size_t n_digit;

    at = scan_whole(at, end, &decimal->mantissa);
    if (at == NULL)
        return false;
    n_digit = (size_t)(at - whole);
    if (at < end && *at == '.') {
        const char *fraction = at + 1;
        at = scan_digits(fraction, end, &decimal->mantissa);
        decimal->exponent = -(int64_t)(at - fraction);
        n_digit += (size_t)(at - fraction);
    }
    if (n_digit > 0 && at < end && (*at == 'e' || *at == 'E'))
        at = scan_exponent(at + 1, end, &decimal->exponent);
    return n_digit > 0 && at == end;
}

/* No double, and no middle between two, has more significant digits than 767: of a longer text
 * only whether the rest is zero matters. */
enum { KEPT_DIGITS = 800, EXPONENT_TEXT = 32 };

/* The value by strtod; text has been scanned, exponent is that of its last digit. */
static double read_by_strtod(const char *text, size_t length, int64_t exponent)
{
    char digits[KEPT_DIGITS + 1 + EXPONENT_TEXT];
    size_t n = 0;
    bool rest = false;

    for (size_t i = 0; i < length && text[i] != 'e' && text[i] != 'E'; i++) {
        if (!ascii_is_digit(text[i]) || (n == 0 && text[i] == '0'))
            continue;
        if (n < KEPT_DIGITS) {
            digits[n++] = text[i];
            continue;
        }
        rest = rest || text[i] != '0';
        exponent++;
    }
    if (n == 0)
        return 0;
    if (rest) {
        digits[n++] = '1';
        exponent--;
    }
    snprintf(digits + n, EXPONENT_TEXT, "e%" PRId64, exponent);
    return strtod(digits, NULL);
}

static const double POWER_OF_TEN[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

enum { EXACT_POWERS = sizeof POWER_OF_TEN / sizeof POWER_OF_TEN[0] };

/* Reads digits, point and exponent. */
static bool read_decimal(const char *text, size_t length, double *value)
{
    struct decimal decimal = {0, 0};

    if (!scan_decimal(text, text + length, &decimal))
        return false;
    bool exact = length <= SAFE_DIGITS && decimal.mantissa < (uint64_t)1 << 53;
    if (exact && decimal.exponent <= 0 && decimal.exponent > -EXACT_POWERS)
        *value = (double)decimal.mantissa / POWER_OF_TEN[-decimal.exponent];
    else if (exact && decimal.exponent > 0 && decimal.exponent < EXACT_POWERS)
        *value = (double)decimal.mantissa * POWER_OF_TEN[decimal.exponent];
    else
        *value = read_by_strtod(text, length, decimal.exponent);
    return isfinite(*value);
}

bool number_read(const char *text, size_t length, double *value)
{
    struct amount amount = {.text = text, .length = length};
    double size;

    if (!peel(&amount) || !read_decimal(amount.text, amount.length, &size))
        return false;
    *value = amount.negative ? -size : size;
    return true;
}
