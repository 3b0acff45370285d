/* Exact decimal sums. Nearly every amount has at most 15 decimals and 18 digits: it is added as a
 * whole number to the sum of the amounts with as many decimals, which is one addition. Only
 * at the end do these sums go into a fixed-point number of base 10^9 that holds 45 decimals; what
 * has another shape, or would overflow, goes there at once, digit by digit.
 *
 * exact_sum.h is the same for doubles; here the text counts, since what a control has to prove
 * is that the figures of the file are all there, not their nearest doubles. */
#include "decimal_sum.h"

#include "ascii.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BASE = 1000000000, BASE_DIGITS = 9, FRACTION_WORDS = 5 };
enum { LOWEST = -FRACTION_WORDS * BASE_DIGITS, HIGHEST = FRACTION_WORDS * BASE_DIGITS };

static const int64_t POWER[BASE_DIGITS] = {1,      10,      100,      1000,     10000,
                                           100000, 1000000, 10000000, 100000000};

/* Adds value * 10^power; power in [LOWEST, HIGHEST). */
static void add_whole(struct decimal_sum *sum, int64_t value, int power)
{
    int at = (power - LOWEST) / BASE_DIGITS;
    int64_t factor = POWER[(power - LOWEST) % BASE_DIGITS];

    for (; value != 0; at++) { /* a digit of base 10^9 times the factor, in two parts */
        int64_t part = value % BASE * factor;
        sum->word[at] += part % BASE;
        sum->word[at + 1] += part / BASE;
        value /= BASE;
    }
}

enum { DIGITS_MAX = HIGHEST - LOWEST + 1 };

/* Significant digits of a long text; 0 if it has none. Zeros behind the last one are left out,
 * *exponent rises by as many. DIGITS_MAX digits stand for that many or more. */
static size_t take_digits(const struct number *number, char digit[DIGITS_MAX],
                          int64_t *exponent)
{
    size_t n = 0;
    int64_t zeros = 0; /* met and perhaps the last */

    for (size_t i = 0; i < number->n_byte; i++) {
        char c = number->digits[i];
        if (c == 'e' || c == 'E')
            break;
        if (!ascii_is_digit(c))
            continue;
        if (c == '0') {
            zeros += n > 0;
            continue;
        }
        for (; zeros > 0 && n < DIGITS_MAX; zeros--)
            digit[n++] = '0';
        zeros = 0;
        if (n < DIGITS_MAX)
            digit[n++] = c;
    }
    *exponent += zeros;
    return n;
}

void decimal_sum_add_slowly(struct decimal_sum *sum, const struct number *number)
{
    char digit[DIGITS_MAX];
    int64_t exponent = number->exponent;
    size_t n = take_digits(number, digit, &exponent);

    if (n == 0)
        return;
    if (exponent < LOWEST || n == DIGITS_MAX || exponent + (int64_t)n > HIGHEST) {
        sum->n_beyond++;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t value = digit[i] - '0';
        add_whole(sum, number->negative ? -value : value,
                  (int)(exponent + (int64_t)(n - 1 - i)));
    }
}

void decimal_sum_normalise(struct decimal_sum *sum)
{
    for (int d = 0; d <= DECIMAL_PLACES; d++) {
        add_whole(sum, sum->place[d], -d);
        sum->place[d] = 0;
    }
    for (int i = 0; i < DECIMAL_WORDS - 1; i++) {
        int64_t carry = sum->word[i] / BASE - (sum->word[i] % BASE < 0);
        sum->word[i] -= carry * BASE;
        sum->word[i + 1] += carry;
    }
}

void decimal_sum_merge(struct decimal_sum *sum, const struct decimal_sum *other)
{
    for (int d = 0; d <= DECIMAL_PLACES; d++)
        add_whole(sum, other->place[d], -d);
    for (int i = 0; i < DECIMAL_WORDS; i++)
        sum->word[i] += other->word[i];
    sum->n_beyond += other->n_beyond;
}

bool decimal_sum_adds_up(const struct decimal_sum *a, const struct decimal_sum *b,
                         const struct decimal_sum *c)
{
    struct decimal_sum sum = *b;

    decimal_sum_merge(&sum, c);
    decimal_sum_normalise(&sum);
    return memcmp(&sum, a, sizeof sum) == 0;
}

/* Minus a normalised sum, normalised. */
static struct decimal_sum negated(const struct decimal_sum *sum)
{
    struct decimal_sum minus = {.n_beyond = sum->n_beyond};

    for (int i = 0; i < DECIMAL_WORDS; i++)
        minus.word[i] = -sum->word[i];
    decimal_sum_normalise(&minus);
    return minus;
}

void decimal_sum_format(const struct decimal_sum *sum, char text[DECIMAL_TEXT])
{
    enum { CENTS = 2 };
    bool negative = sum->word[DECIMAL_WORDS - 1] < 0;
    struct decimal_sum size = negative ? negated(sum) : *sum;
    int top = DECIMAL_WORDS - 1;

    while (top > FRACTION_WORDS && size.word[top] == 0)
        top--;
    int n = snprintf(text, DECIMAL_TEXT, "%s%" PRId64, negative ? "-" : "", size.word[top]);
    for (int i = top - 1; i >= 0; i--)
        n += snprintf(text + n, (size_t)(DECIMAL_TEXT - n), "%s%09" PRId64,
                      i == FRACTION_WORDS - 1 ? "." : "", size.word[i]);
    int least = n - FRACTION_WORDS * BASE_DIGITS + CENTS;
    while (n > least && text[n - 1] == '0')
        n--;
    text[n] = '\0';
}
