#ifndef TIEOUT_BREAK_ROLL_H
#define TIEOUT_BREAK_ROLL_H

#include "exact_sum.h"
#include "rows.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* The roll-forward of breaks from month to month, by currency, and the age of those still open.
 *
 * An account's position in a month is the sum of its differences on its last as-of date in that
 * month, rounded to hundredths; it is a break from the tolerance on. The months are those that
 * the ledger has rows of, so that a quarterly ledger rolls from quarter to quarter. A month
 * opens with what the one before closed with, and of each account's break says what became of
 * it:
 *
 *     opening + new - cleared - absent + change = closing
 *
 * in numbers of breaks (change: 0) and in amounts, which are sizes: a break of -5 counts 5.
 * Sums are exact, so the columns foot to the hundredth as long as a total is below 2^53
 * hundredths, 90 trillion, and beyond to the last digit a double has. */

enum {
    BREAK_ROLL_MONTHS = 36,     /* the last ones; what is older is only counted */
    BREAK_ROLL_CURRENCIES = 64, /* the first ones by name; the rest is only counted */
    N_BREAK_AGE = 6
};

enum roll_count {
    ROLL_ROWS,
    ROLL_MATCHED, /* rows within tolerance */
    ROLL_N_OPENING,
    ROLL_N_NEW, /* the account matched the month before, or had no row */
    ROLL_N_CLEARED,
    ROLL_N_ABSENT, /* open the month before, and the account has no row in this one */
    ROLL_N_CLOSING,
    N_ROLL_COUNT
};

enum roll_amount {
    ROLL_OPENING,
    ROLL_NEW,
    ROLL_CLEARED,
    ROLL_ABSENT,
    ROLL_CHANGE, /* of the breaks that stay */
    ROLL_CLOSING,
    ROLL_NET, /* the same as closing, but with signs */
    N_ROLL_AMOUNT
};

/* A month of a currency. Amounts in hundredths. */
struct roll_cell {
    int64_t count[N_ROLL_COUNT];
    struct exact_sum amount[N_ROLL_AMOUNT];
};

/* Breaks open in the last month, by the months they have been open. */
struct age_cell {
    int64_t count;
    struct exact_sum amount;
};

struct break_roll;

/* month[n_month]   in, every month of the ledger (date_month), ascending
 * n_currency       codes of currencies there are
 * *out is produced. STATUS_INTERNAL if memory is short. */
enum status break_roll_create(const int32_t *month, size_t n_month, size_t n_currency,
                              struct break_roll **out, struct error *err);
void break_roll_free(struct break_roll *roll); /* NULL is fine */

/* Adds an account: the rows member[n] of row, by date; all its rows at once. */
void break_roll_add(struct break_roll *roll, const struct row *row, const uint32_t *member,
                    size_t n, double tolerance);

/* Adds what another roll of the same months and currencies has. */
void break_roll_merge(struct break_roll *roll, const struct break_roll *other);

/* All that the roll has counted and summed, to be added word by word to that of others. */
int64_t *break_roll_words(struct break_roll *roll, size_t *n);

/* The months shown, ascending: the last BREAK_ROLL_MONTHS. */
size_t break_roll_months(const struct break_roll *roll, const int32_t **month);
size_t break_roll_currencies(const struct break_roll *roll);

/* Month m of the months shown. */
struct roll_cell *break_roll_cell(struct break_roll *roll, size_t currency, size_t m);
struct age_cell *break_roll_age(struct break_roll *roll, size_t currency, size_t age);

/* Rows that are in no cell: undated, older, or of further currencies. */
const struct roll_cell *break_roll_rest(const struct break_roll *roll);

/* The least months of each age: 0, 1, 2, 4, 7, 13. */
extern const int32_t BREAK_AGE_FROM[N_BREAK_AGE];

#endif
