/* Amounts from text, to the last bit as strtod reads them, without its cost. Nearly every
 * amount has at most 19 digits, a mantissa below 2^53 and a small power of ten: both are then
 * exact doubles, and one multiplication or division rounds once, correctly (Clinger 1990). The
 * rest goes to strtod as bare digits with an exponent, which no locale reads differently.
 *
 * What stands around the digits (blanks, a currency, a sign, parentheses) is peeled off first.
 * The decimal itself is handed on beside the double, for sums that must not round. */
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
    char mark;
    int signs;
    bool negative, currency, opened, closed;
};

/* Dollar, pound, euro, yen. */
static const char *const SYMBOL[] = {"$", "\xC2\xA3", "\xE2\x82\xAC", "\xC2\xA5"};

/* Spaces that keep a number on one line: no-break, narrow no-break. */
static const char *const WIDE_BLANK[] = {"\xC2\xA0", "\xE2\x80\xAF"};

static const char MINUS_SIGN[] = "\xE2\x88\x92";

enum { N_SYMBOL = sizeof SYMBOL / sizeof SYMBOL[0], N_WIDE_BLANK = 2, ISO_CODE = 3 };

/* Length of piece if text begins (or ends) with it, else 0. */
static size_t length_of(const char *piece, const char *text, size_t length, bool front)
{
    size_t n = strlen(piece);

    return n <= length && memcmp(front ? text : text + length - n, piece, n) == 0 ? n : 0;
}

static size_t wide_blank_length(const char *text, size_t length, bool front)
{
    for (size_t i = 0; i < N_WIDE_BLANK; i++) {
        size_t n = length_of(WIDE_BLANK[i], text, length, front);
        if (n > 0)
            return n;
    }
    return 0;
}

/* Length of the currency at the front of text, or at its back; 0 if there is none. */
static size_t currency_length(const char *text, size_t length, bool front)
{
    for (size_t i = 0; i < N_SYMBOL; i++) {
        size_t n = length_of(SYMBOL[i], text, length, front);
        if (n > 0)
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

/* Length of the minus or plus at the front, or the minus at the back. */
static size_t sign_length(const struct amount *amount, char c, bool front)
{
    if (c == '-' || (c == '+' && front))
        return 1;
    return length_of(MINUS_SIGN, amount->text, amount->length, front);
}

/* Length of the next piece to take off the front (or the back), noted in amount; 0 if there is
 * none. What may occur once is not taken twice, and is then no digit either. */
static size_t peel_one(struct amount *amount, bool front)
{
    char c = front ? amount->text[0] : amount->text[amount->length - 1];
    bool *bracket = front ? &amount->opened : &amount->closed;

    if (ascii_is_digit(c) || c == amount->mark)
        return 0;
    if (ascii_is_blank(c))
        return 1;
    if (c == (front ? '(' : ')') && !*bracket) {
        *bracket = true;
        return 1;
    }
    size_t length = sign_length(amount, c, front);
    if (length > 0) {
        amount->signs++;
        amount->negative = c != '+';
        return length;
    }
    length = wide_blank_length(amount->text, amount->length, front);
    if (length > 0)
        return length;
    length = amount->currency ? 0 : currency_length(amount->text, amount->length, front);
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

/* Beyond any text's length, and so far from overflow that lengths can be added. */
static const int64_t EXPONENT_LIMIT = INT64_MAX / 4;

static const char *scan_digits(const char *at, const char *end, uint64_t *mantissa)
{
    for (; at < end && ascii_is_digit(*at); at++)
        *mantissa = *mantissa * 10 + (uint64_t)(*at - '0');
    return at;
}

/* Length of what may stand between thousands: the other mark, an apostrophe, a blank. */
static size_t separator_length(const char *at, const char *end, char mark)
{
    if (at == end)
        return 0;
    if (*at == (mark == '.' ? ',' : '.') || *at == '\'' || *at == ' ')
        return 1;
    return wide_blank_length(at, (size_t)(end - at), true);
}

/* The digits behind `next`, the end of the first ones at `at`: separators stand before every
 * three digits, all of one kind. NULL if misplaced. */
static const char *scan_thousands(const char *at, const char *next, const char *end, char mark,
                                  uint64_t *mantissa)
{
    const char *separator = next;
    size_t length = separator_length(next, end, mark);

    if (length == 0)
        return next;
    if (next == at || next - at > 3)
        return NULL;
    while ((size_t)(end - next) >= length && memcmp(next, separator, length) == 0) {
        at = next + length;
        next = scan_digits(at, end, mantissa);
        if (next - at != 3)
            return NULL;
    }
    return next;
}

/* Digits before the mark; NULL if their separators are misplaced. */
static const char *scan_whole(const char *at, const char *end, char mark, uint64_t *mantissa)
{
    const char *next = scan_digits(at, end, mantissa);

    return next == end || *next == mark ? next : scan_thousands(at, next, end, mark, mantissa);
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

static bool scan_decimal(const char *at, const char *end, char mark, struct number *number)
{
    const char *whole = at;
    size_t n_digit;

    at = scan_whole(at, end, mark, &number->mantissa);
    if (at == NULL)
        return false;
    n_digit = (size_t)(at - whole);
    if (at < end && *at == mark) {
        const char *fraction = at + 1;
        at = scan_digits(fraction, end, &number->mantissa);
        number->exponent = -(int64_t)(at - fraction);
        n_digit += (size_t)(at - fraction);
    }
    if (n_digit > 0 && at < end && (*at == 'e' || *at == 'E'))
        at = scan_exponent(at + 1, end, &number->exponent);
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

/* The usual amount in one pass: a minus perhaps, digits, one mark perhaps, all of them exact.
 * False, and nothing done, if text is anything else, amount or not. */
static bool read_usual(const char *text, size_t length, char mark, struct number *number)
{
    const char *end = text + length, *point = end;
    bool negative = length > 0 && *text == '-';
    const char *digits = text + negative;
    uint64_t mantissa = 0;

    if (end - digits > NUMBER_SAFE || end - digits < 1)
        return false;
    for (const char *at = digits; at < end; at++) {
        unsigned digit = (unsigned)(unsigned char)*at - '0';
        if (digit <= 9)
            mantissa = mantissa * 10 + digit;
        else if (*at == mark && point == end)
            point = at;
        else
            return false;
    }
    size_t n_decimal = point < end ? (size_t)(end - point - 1) : 0;
    if (mantissa >= (uint64_t)1 << 53 || (end - digits == 1 && point < end))
        return false;
    double value = (double)mantissa / POWER_OF_TEN[n_decimal];
    *number = (struct number){.value = negative ? -value : value,
                              .mantissa = mantissa,
                              .exponent = -(int64_t)n_decimal,
                              .digits = digits,
                              .n_byte = (size_t)(end - digits),
                              .negative = negative};
    return true;
}

/* Reads digits, mark and exponent. */
static bool read_decimal(const char *text, size_t length, char mark, struct number *number)
{
    if (!scan_decimal(text, text + length, mark, number))
        return false;
    uint64_t mantissa = number->mantissa;
    int64_t exponent = number->exponent;
    bool exact = length <= NUMBER_SAFE && mantissa < (uint64_t)1 << 53;
    if (exact && exponent <= 0 && exponent > -EXACT_POWERS)
        number->value = (double)mantissa / POWER_OF_TEN[-exponent];
    else if (exact && exponent > 0 && exponent < EXACT_POWERS)
        number->value = (double)mantissa * POWER_OF_TEN[exponent];
    else
        number->value = read_by_strtod(text, length, exponent);
    return isfinite(number->value);
}

/* A lone minus, with a currency or without: how accounting formats show nil. */
static bool is_nil(const struct amount *amount)
{
    return amount->length == 0 && amount->signs == 1 && amount->negative && !amount->opened;
}

bool number_read(const char *text, size_t length, char mark, struct number *number)
{
    struct amount amount = {.text = text, .length = length, .mark = mark};
    struct number read = {.value = 0};

    if (read_usual(text, length, mark, number))
        return true;
    if (!peel(&amount))
        return false;
    read.digits = amount.text;
    read.n_byte = amount.length;
    if (is_nil(&amount)) {
        *number = read;
        return true;
    }
    if (!read_decimal(amount.text, amount.length, mark, &read))
        return false;
    read.negative = amount.negative;
    if (amount.negative)
        read.value = -read.value;
    *number = read;
    return true;
}
