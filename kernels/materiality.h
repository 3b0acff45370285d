#ifndef TIEOUT_MATERIALITY_H
#define TIEOUT_MATERIALITY_H

#include <stdbool.h>
#include <stddef.h>

/* From which amount on a break matters, by currency. */
enum { MATERIALITY_CURRENCIES = 64, MATERIALITY_CODE = 16 };

struct materiality {
    double standard; /* for every currency that is not named, and where there is none */
    size_t n;
    struct {
        char currency[MATERIALITY_CODE];
        double amount;
    } of[MATERIALITY_CURRENCIES];
};

/* Reads "10000" or "10000,JPY=1500000,KWD=3000" (any order; the amount without a currency is the
 * standard and must be there, once). Amounts are above 0, without separators. False, and *out
 * untouched, if text is anything else. */
bool materiality_read(const char *text, struct materiality *out);

/* The amount for a currency's text, which need not be terminated. */
double materiality_of(const struct materiality *materiality, const char *currency,
                      size_t length);

#endif
