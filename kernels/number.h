#ifndef TIEOUT_NUMBER_H
#define TIEOUT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An amount as its text says it: exactly, as a decimal, and as the double nearest to that. */
struct number {
    double value;       /* as strtod gives it for the same digits */
    uint64_t mantissa;  /* the digits as a whole number, modulo 2^64 */
    int64_t exponent;   /* the amount is mantissa * 10^exponent, negated if negative */
    const char *digits; /* the text's part with the digits: with point, separators, exponent */
    size_t n_byte;      /* of digits; up to NUMBER_SAFE the mantissa is the whole truth */
    bool negative;
};

enum { NUMBER_SAFE = 19 };

/* Reads an amount as accountants write it; surrounding blanks are ignored. Accepted, with a
 * decimal mark '.': 1234.5, 1,234.50, 1 234.50, 1'234.50, -1234.5, 1234.50-, (1,234.50), $ 12,
 * USD 12, 12 EUR, 1e3, .5, 5. , +5, a lone - (nil), the signs of pound, euro and yen, no-break
 * spaces and the minus sign of typographers in UTF-8. With the mark ',' point and comma change
 * places. Parentheses and a trailing minus negate; two signs, misplaced separators (1,2,3.4),
 * hexadecimal, "inf", "nan" and what is too large for a double are not amounts.
 * False, and *number untouched, if text is not an amount. *number points into text. */
bool number_read(const char *text, size_t length, char mark, struct number *number);

#endif
