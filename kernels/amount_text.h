#ifndef TIEOUT_AMOUNT_TEXT_H
#define TIEOUT_AMOUNT_TEXT_H

#include <stddef.h>

enum { AMOUNT_TEXT = 32 };

/* The shortest decimal text that reads back as the same double; "" for NaN. */
void amount_exact(double value, char text[AMOUNT_TEXT]);

/* Two decimals and commas between thousands, 1,234,567.89, for people; no sign on what rounds to
 * zero. From 1e15 on, where a double no longer holds cents, six digits and a power of ten.
 * "" for NaN. */
void amount_grouped(double value, char text[AMOUNT_TEXT]);

/* A decimal text, "-1234567.89", with commas between thousands. text[size]: has room for
 * AMOUNT_GROUPED(characters of decimal). */
#define AMOUNT_GROUPED(n) ((n) + (n) / 3 + 1)
void amount_group(const char *decimal, char *text, size_t size);

#endif
