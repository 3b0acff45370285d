/* Numbers as text, in two manners: for programs, which must get the same double back, and for
 * people, who count digits in threes. The C library rounds correctly, so trying 15, 16 and 17
 * digits in turn finds the shortest text that reads back. Reading amounts is number.h's. */
#include "amount_text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double CENTS_END = 1e15;

void amount_exact(double value, char text[AMOUNT_TEXT])
{
    if (isnan(value)) {
        text[0] = '\0';
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, AMOUNT_TEXT, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

void amount_group(const char *decimal, char *text, size_t size)
{
    size_t n = strlen(decimal), sign = decimal[0] == '-', whole = strcspn(decimal, ".");

    assert(size >= AMOUNT_GROUPED(n));
    (void)size;
    for (size_t i = 0; i < whole; i++) {
        if (i > sign && (whole - i) % 3 == 0)
            *text++ = ',';
        *text++ = decimal[i];
    }
    strcpy(text, decimal + whole);
}

void amount_grouped(double value, char text[AMOUNT_TEXT])
{
    char plain[AMOUNT_TEXT];

    if (isnan(value)) {
        text[0] = '\0';
        return;
    }
    if (!(fabs(value) < CENTS_END)) {
        snprintf(text, AMOUNT_TEXT, "%.6g", value);
        return;
    }
    snprintf(plain, sizeof plain, "%.2f", value);
    amount_group(strcmp(plain, "-0.00") != 0 ? plain : "0.00", text, AMOUNT_TEXT);
}
