/* Materiality by currency: a short list, read from one text so that a flag, a variable and a
 * configuration file say it alike. */
#include "materiality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A positive decimal number of length bytes. */
static bool read_amount(const char *text, size_t length, double *amount)
{
    char copy[64];
    char *end = NULL;

    if (length == 0 || length >= sizeof copy || strspn(text, "0123456789.eE+") < length)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *amount = strtod(copy, &end);
    return *end == '\0' && isfinite(*amount) && *amount > 0;
}

/* One entry: AMOUNT or CURRENCY=AMOUNT. */
static bool read_entry(const char *text, size_t length, struct materiality *out)
{
    const char *equals = memchr(text, '=', length);
    size_t code = equals != NULL ? (size_t)(equals - text) : 0;

    if (equals == NULL)
        return out->standard == 0 && read_amount(text, length, &out->standard);
    if (code == 0 || code >= MATERIALITY_CODE || out->n == MATERIALITY_CURRENCIES)
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (strlen(out->of[i].currency) == code && memcmp(out->of[i].currency, text, code) == 0)
            return false;
    memcpy(out->of[out->n].currency, text, code);
    return read_amount(equals + 1, length - code - 1, &out->of[out->n++].amount);
}

bool materiality_read(const char *text, struct materiality *out)
{
    struct materiality read = {.n = 0};

    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        if (!read_entry(at, length, &read))
            return false;
        at += length;
        if (*at == '\0')
            break;
    }
    if (read.standard == 0)
        return false;
    *out = read;
    return true;
}

double materiality_of(const struct materiality *materiality, const char *currency,
                      size_t length)
{
    for (size_t i = 0; i < materiality->n; i++)
        if (strlen(materiality->of[i].currency) == length &&
            memcmp(materiality->of[i].currency, currency, length) == 0)
            return materiality->of[i].amount;
    return materiality->standard;
}
