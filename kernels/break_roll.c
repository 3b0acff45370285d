/* The roll-forward, account by account: one pass over its rows by date finds the position of
 * each month, and two positions in a row say what became of a break. Everything counted is a
 * 64-bit word in one array, so that threads and ranks add their parts in any order and get the
 * same bits. */
#include "break_roll.h"

#include "date.h"
#include "mem.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

_Static_assert(sizeof(struct roll_cell) ==
                   sizeof(int64_t) * (N_ROLL_COUNT + N_ROLL_AMOUNT * (EXACT_SUM_WORDS + 1)),
               "cells are words and nothing else");
_Static_assert(sizeof(struct age_cell) == sizeof(int64_t) * (EXACT_SUM_WORDS + 2),
               "cells are words and nothing else");

const int32_t BREAK_AGE_FROM[N_BREAK_AGE] = {0, 1, 2, 4, 7, 13};

struct break_roll {
    size_t n_currency; /* that are rolled */
    size_t n_period;   /* months of the ledger */
    size_t first;      /* period of the first month shown */
    size_t n_shown;
    int32_t *month;  /* [n_period] */
    int32_t *period; /* [month[n_period - 1] - month[0] + 1] */
    int64_t *word;   /* [n_word] what the pointers below point into */
    size_t n_word;
    struct roll_cell *cell; /* [n_currency * n_shown] and one more, the rest */
    struct age_cell *age;   /* [n_currency * N_BREAK_AGE] */
};

enum status break_roll_create(const int32_t *month, size_t n_month, size_t n_currency,
                              struct break_roll **out, struct error *err)
{
    struct break_roll *roll = mem_array(1, sizeof *roll);
    enum status st = STATUS_OK;

    if (roll == NULL)
        TRY(error_no_memory(err, "the roll-forward"));
    roll->n_currency = n_currency < BREAK_ROLL_CURRENCIES ? n_currency : BREAK_ROLL_CURRENCIES;
    roll->n_period = n_month;
    roll->n_shown = n_month < BREAK_ROLL_MONTHS ? n_month : BREAK_ROLL_MONTHS;
    roll->first = n_month - roll->n_shown;
    size_t n_cell = roll->n_currency * roll->n_shown + 1;
    size_t cell_words = n_cell * (sizeof(struct roll_cell) / sizeof(int64_t));
    size_t n_age = roll->n_currency * N_BREAK_AGE;
    roll->n_word = cell_words + n_age * (sizeof(struct age_cell) / sizeof(int64_t));
    roll->word = mem_array(roll->n_word, sizeof *roll->word);
    roll->month = mem_array(n_month, sizeof *roll->month);
    roll->period = mem_array(n_month > 0 ? (size_t)(month[n_month - 1] - month[0]) + 1 : 0,
                             sizeof(int32_t));
    if (roll->word == NULL || roll->month == NULL || roll->period == NULL)
        TRY(error_no_memory(err, "the roll-forward"));
    roll->cell = (struct roll_cell *)(void *)roll->word;
    roll->age = (struct age_cell *)(void *)(roll->word + cell_words);
    for (size_t p = 0; p < n_month; p++) {
        roll->month[p] = month[p];
        roll->period[month[p] - month[0]] = (int32_t)p;
    }
    *out = roll;
    roll = NULL;
done:
    break_roll_free(roll);
    return st;
}

void break_roll_free(struct break_roll *roll)
{
    if (roll == NULL)
        return;
    free(roll->word);
    free(roll->month);
    free(roll->period);
    free(roll);
}

/* ---- an account ---------------------------------------------------------------------------- */

/* Where an account stands in a month. */
struct position {
    size_t period;
    double difference; /* sum over the rows of the last date */
    int32_t since;     /* month its break began; of no use if it matches */
    bool is_break;
    bool is_known; /* false before the first row */
};

/* Rows of one currency of an account, one after the other. */
struct walk {
    struct break_roll *roll;
    size_t currency;
    double tolerance;
    struct position before, now;
    int32_t date; /* of the rows that now.difference sums up */
};

/* NULL where nothing is shown: an older month, or beyond the last. */
static struct roll_cell *shown_cell(struct walk *walk, size_t period)
{
    struct break_roll *roll = walk->roll;

    if (period < roll->first || period >= roll->n_period)
        return NULL;
    return break_roll_cell(roll, walk->currency, period - roll->first);
}

static double hundredths(double difference)
{
    return fmax(-DBL_MAX, fmin(DBL_MAX, rint(difference * 100)));
}

static void add(struct roll_cell *cell, enum roll_count count, enum roll_amount amount,
                double size)
{
    cell->count[count]++;
    exact_sum_add(&cell->amount[amount], size);
}

/* A break opens the month after; if the account has no row there, that is its end. */
static void carry_over(struct walk *walk, const struct position *from, bool comes_back)
{
    struct roll_cell *cell = shown_cell(walk, from->period + 1);

    if (cell == NULL || !from->is_break)
        return;
    double size = fabs(hundredths(from->difference));
    add(cell, ROLL_N_OPENING, ROLL_OPENING, size);
    if (!comes_back)
        add(cell, ROLL_N_ABSENT, ROLL_ABSENT, size);
}

static void count_age(struct walk *walk, const struct position *now)
{
    const struct break_roll *roll = walk->roll;
    int32_t months = roll->month[now->period] - now->since;
    size_t age = N_BREAK_AGE - 1;

    while (months < BREAK_AGE_FROM[age])
        age--;
    struct age_cell *cell = &roll->age[walk->currency * N_BREAK_AGE + age];
    cell->count++;
    exact_sum_add(&cell->amount, fabs(hundredths(now->difference)));
}

/* What became of the break of the month before, and what is open now. */
static void settle(struct walk *walk, const struct position *before, const struct position *now)
{
    struct roll_cell *cell = shown_cell(walk, now->period);
    bool was_break = before->is_known && before->is_break && before->period + 1 == now->period;
    double size = fabs(hundredths(now->difference));
    double old = was_break ? fabs(hundredths(before->difference)) : 0;

    if (cell == NULL)
        return;
    if (now->is_break) {
        add(cell, ROLL_N_CLOSING, ROLL_CLOSING, size);
        exact_sum_add(&cell->amount[ROLL_NET], hundredths(now->difference));
        if (!was_break)
            add(cell, ROLL_N_NEW, ROLL_NEW, size);
    } else if (was_break) {
        add(cell, ROLL_N_CLEARED, ROLL_CLEARED, old);
    }
    if (now->is_break && was_break) {
        exact_sum_add(&cell->amount[ROLL_CHANGE], size);
        exact_sum_add(&cell->amount[ROLL_CHANGE], -old);
    }
    if (now->is_break && now->period + 1 == walk->roll->n_period)
        count_age(walk, now);
}

/* The month of walk->now is complete. */
static void end_month(struct walk *walk)
{
    struct position *now = &walk->now, *before = &walk->before;
    int32_t month = walk->roll->month[now->period];

    now->is_break = !(fabs(now->difference) < walk->tolerance);
    now->since = before->is_known && before->is_break ? before->since : month;
    if (before->is_known)
        carry_over(walk, before, before->period + 1 == now->period);
    settle(walk, before, now);
    *before = *now;
}

static void count_row(struct roll_cell *cell, const struct row *row, double tolerance)
{
    cell->count[ROLL_ROWS]++;
    cell->count[ROLL_MATCHED] += fabs(row->difference) < tolerance;
}

static void walk_row(struct walk *walk, const struct row *row)
{
    const struct break_roll *roll = walk->roll;
    size_t period = (size_t)roll->period[date_month(row->date) - roll->month[0]];
    struct roll_cell *cell = shown_cell(walk, period);
    struct roll_cell *rest = &roll->cell[roll->n_currency * roll->n_shown];

    count_row(cell != NULL ? cell : rest, row, walk->tolerance);
    if (walk->now.is_known && period != walk->now.period)
        end_month(walk);
    if (!walk->now.is_known || period != walk->now.period || row->date != walk->date)
        walk->now = (struct position){.period = period, .is_known = true};
    walk->date = row->date;
    walk->now.difference += row->difference;
}

/* The rows of one currency; returns how many there were. Rows without a date are last. */
static size_t walk_currency(struct break_roll *roll, const struct row *row,
                            const uint32_t *member, size_t n, uint32_t currency,
                            double tolerance)
{
    struct walk walk = {.roll = roll, .currency = currency, .tolerance = tolerance};
    size_t n_met = 0;

    for (size_t k = 0; k < n; k++) {
        const struct row *at = &row[member[k]];
        if (at->code[CODE_CURRENCY] != currency)
            continue;
        n_met++;
        if (at->date == ROW_NO_DATE)
            count_row(&roll->cell[roll->n_currency * roll->n_shown], at, tolerance);
        else
            walk_row(&walk, at);
    }
    if (walk.now.is_known) {
        end_month(&walk);
        carry_over(&walk, &walk.before, false);
    }
    return n_met;
}

void break_roll_add(struct break_roll *roll, const struct row *row, const uint32_t *member,
                    size_t n, double tolerance)
{
    bool done[BREAK_ROLL_CURRENCIES] = {false};
    size_t n_done = 0;

    for (size_t k = 0; k < n && n_done < n; k++) {
        uint32_t currency = row[member[k]].code[CODE_CURRENCY];
        if (currency >= roll->n_currency) {
            count_row(&roll->cell[roll->n_currency * roll->n_shown], &row[member[k]],
                      tolerance);
            n_done++;
        } else if (!done[currency]) {
            done[currency] = true;
            n_done += walk_currency(roll, row, member, n, currency, tolerance);
        }
    }
}

/* ---- the whole ----------------------------------------------------------------------------- */

int64_t *break_roll_words(struct break_roll *roll, size_t *n)
{
    for (size_t c = 0; c <= roll->n_currency * roll->n_shown; c++)
        for (int a = 0; a < N_ROLL_AMOUNT; a++)
            exact_sum_normalise(&roll->cell[c].amount[a]);
    for (size_t a = 0; a < roll->n_currency * N_BREAK_AGE; a++)
        exact_sum_normalise(&roll->age[a].amount);
    *n = roll->n_word;
    return roll->word;
}

void break_roll_merge(struct break_roll *roll, const struct break_roll *other)
{
    size_t n_cell = roll->n_currency * roll->n_shown;

    assert(roll->n_word == other->n_word);
    for (size_t c = 0; c <= n_cell; c++) {
        for (int i = 0; i < N_ROLL_COUNT; i++)
            roll->cell[c].count[i] += other->cell[c].count[i];
        for (int a = 0; a < N_ROLL_AMOUNT; a++)
            exact_sum_merge(&roll->cell[c].amount[a], &other->cell[c].amount[a]);
    }
    for (size_t a = 0; a < roll->n_currency * N_BREAK_AGE; a++) {
        roll->age[a].count += other->age[a].count;
        exact_sum_merge(&roll->age[a].amount, &other->age[a].amount);
    }
}

size_t break_roll_months(const struct break_roll *roll, const int32_t **month)
{
    *month = roll->month + roll->first;
    return roll->n_shown;
}

size_t break_roll_currencies(const struct break_roll *roll)
{
    return roll->n_currency;
}

struct roll_cell *break_roll_cell(struct break_roll *roll, size_t currency, size_t m)
{
    return &roll->cell[currency * roll->n_shown + m];
}

struct age_cell *break_roll_age(struct break_roll *roll, size_t currency, size_t age)
{
    return &roll->age[currency * N_BREAK_AGE + age];
}

const struct roll_cell *break_roll_rest(const struct break_roll *roll)
{
    return &roll->cell[roll->n_currency * roll->n_shown];
}
