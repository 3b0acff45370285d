#ifndef TIEOUT_NUMBER_H
#define TIEOUT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads an amount as accountants write it; surrounding blanks are ignored. Accepted: 1234.5,
 * 1,234.50, -1234.5, 1234.50-, (1,234.50), $ 12, USD 12, 12 EUR, 1e3, .5, 5. , +5, and the
 * signs of pound, euro and yen in UTF-8. The value is the double nearest to the decimal text,
 * as strtod gives it. Parentheses and a trailing minus negate; two signs, misplaced commas
 * (1,2,3.4), hexadecimal, "inf", "nan" and what is too large for a double are not amounts.
 * False, and *value untouched, if text is not an amount. */
bool number_read(const char *text, size_t length, double *value);

#endif
