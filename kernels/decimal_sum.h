#ifndef TIEOUT_DECIMAL_SUM_H
#define TIEOUT_DECIMAL_SUM_H

#include "number.h"
#include <stdbool.h>
#include <stdint.h>

/* A sum of amounts as their texts say them, without any rounding: 0.1 ten times is 1. Adding is
 * associative, so threads and ranks may add in any order. Zero-initialise. All fields are
 * int64_t, so that MPI sums two normalised sums word by word. */
enum {
    DECIMAL_PLACES = 15,       /* decimals whose sums are kept apart until normalised */
    DECIMAL_WORDS = 13,        /* word i counts 10^(9 i - 45) */
    DECIMAL_TEXT = 9 * 13 + 4, /* sign, point, terminator, and a 0 before the point */
};

struct decimal_sum {
    int64_t place[DECIMAL_PLACES + 1]; /* [d] sum of the mantissas of amounts with d decimals */
    int64_t word[DECIMAL_WORDS];
    int64_t n_beyond; /* amounts left out: digits beyond 45 decimals or from 10^45 on */
};

/* Adds an amount of any shape, digit by digit. */
void decimal_sum_add_slowly(struct decimal_sum *sum, const struct number *number);

/* Adds an amount. Inline, as every amount of a ledger is added twice. */
static inline void decimal_sum_add(struct decimal_sum *sum, const struct number *number)
{
    bool is_plain = number->n_byte <= NUMBER_SAFE && number->mantissa <= INT64_MAX &&
                    number->exponent <= 0 && number->exponent >= -DECIMAL_PLACES;
    int64_t value = number->negative ? -(int64_t)number->mantissa : (int64_t)number->mantissa;
    int64_t added;

    if (is_plain && !__builtin_add_overflow(sum->place[-number->exponent], value, &added))
        sum->place[-number->exponent] = added;
    else
        decimal_sum_add_slowly(sum, number);
}

/* Adds other, which stays usable. */
void decimal_sum_merge(struct decimal_sum *sum, const struct decimal_sum *other);

/* Leaves every place 0 and every word but the highest in [0, 10^9): equal sums are then equal
 * bytes. Needed after every 10^9 additions or merges. */
void decimal_sum_normalise(struct decimal_sum *sum);

/* Is a = b + c? All normalised. */
bool decimal_sum_adds_up(const struct decimal_sum *a, const struct decimal_sum *b,
                         const struct decimal_sum *c);

/* The sum in full, at least two decimals and no commas: "-1234.50". Normalised. */
void decimal_sum_format(const struct decimal_sum *sum, char text[DECIMAL_TEXT]);

#endif
