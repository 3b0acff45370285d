#ifndef TIEOUT_MADE_ACCOUNT_H
#define TIEOUT_MADE_ACCOUNT_H

#include "generator.h"
#include <stdint.h>

enum { MADE_MAX_EVENTS = 3 }; /* anomalies of an account */

/* A made-up account: its nature and where it is now. */
struct made_event {
    int32_t month; /* of the account's history, from 0 */
    uint8_t kind;
};

struct made_account {
    uint64_t rng;
    int64_t scale;  /* cents, > 0 */
    int64_t level;  /* of the scale, ppm */
    int64_t sign;   /* 1 or -1 */
    int64_t usual;  /* break, cents */
    int64_t drift;  /* a month, cents; 0 when no drift is on */
    int64_t gl;     /* cents, as written last */
    int64_t ihub;   /* the same */
    int32_t walk;   /* volatility, ppm */
    int32_t trend;  /* ppm a month */
    int32_t season; /* amplitude, ppm */
    int32_t company;
    int32_t number;
    int32_t unit;
    int32_t begin; /* first month of the ledger in which the account exists */
    uint8_t kind_of_usual;
    uint8_t n_event;
    struct made_event event[MADE_MAX_EVENTS]; /* by month */
};

/* The natures of the n_account accounts of a plan; the last one has the months that are left, so
 * that the rows come out exactly.
 * account[n_account] in, zeroed; out */
void made_accounts_draw(const struct generator_plan *plan, int64_t n_account,
                        struct made_account *account);

/* Moves an account on by a month: its balances gl and ihub, and what the row is labelled.
 *   month          of the account's history, from 0, each once and in order
 *   calendar_month months since year 0 */
enum anomaly_kind made_account_step(struct made_account *account, int32_t month,
                                    int32_t calendar_month);

#endif
