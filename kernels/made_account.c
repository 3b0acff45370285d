/* The accounts of a made-up ledger: what each is like, and its balances month by month.
 *
 * An account is a company, an account number and an accounting unit. It has a scale (log-uniform
 * from 1e3 to 1e9), a side (assets positive, liabilities negative) and a level that walks at
 * random around 1 with the account's own volatility; one in six grows or shrinks steadily, one
 * in six has a season. The GL balance is scale times level. The sub-ledger ties out exactly in
 * 85 % of the accounts; in 5 % it misses by less than 1 each month; in 5 % there is a constant
 * break of 1 to 10 % of the scale, in 5 % one that wobbles around such a value. All of that is
 * normal for the account, and none of it is labelled.
 *
 * Anomalies are planted from an account's fourth month on, as without history nothing departs
 * from it; kinds take turns. Each is large against the account's own scale:
 *   spike         a break of 0.3 to 3 scales for one month
 *   sign_flip     the sub-ledger has the opposite sign
 *   stale         the GL moves by 0.2 to 0.5 scales, the sub-ledger stays at last month's
 *   duplicate     such a movement on both sides, but twice in the sub-ledger
 *   one_sided     the GL or the sub-ledger is zero
 *   scale         the sub-ledger is 10 or 100 times too large, or 10 times too small
 *   drift         a break that grows by 0.08 to 0.2 scales a month for four months, labelled
 *                 drift_onset in the first two, which depart from the account's past but may
 *                 still be small; too short a history gets a spike instead
 *   matched_jump  both sides change to 2 to 4 times, or a third, and stay there
 *
 * Everything is integer arithmetic on cents, so the bytes are the same on every machine: the
 * library's exp and log need not agree in the last bit. Each account has its own random stream.
 * Writing it all down is generator.c's. */
#include "made_account.h"

#include "part.h"

#include <stdbool.h>

enum {
    HISTORY = 3, /* months before the first anomaly */
    DRIFT_MONTHS = 4,
    DRIFT_LABELS = 2,                /* the last months of a drift */
    EVENT_KINDS = KIND_MATCHED_JUMP, /* those that take turns: all but the onset of a drift */
    YEAR = 12
};

static const int64_t MILLION = 1000000; /* shares are in parts per million */
static const int64_t LEVEL_MIN = 400000, LEVEL_MAX = 2500000;
static const int64_t CENTS = 100;
static const int64_t LARGEST_JUMPING_UP = INT64_C(5000000000000); /* cents */

/* A year of seasons: 1000 times the sine of the month's angle. */
static const int64_t SEASON[YEAR] = {0, 500,  866,  1000,  866,  500,
                                     0, -500, -866, -1000, -866, -500};

enum usual { USUAL_TIE, USUAL_TOLERANCE, USUAL_CONSTANT, USUAL_WOBBLE };

/* ---- random numbers ---- */

/* splitmix64 (Steele, Lea, Flood 2014): any state is a good one. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Uniform in [low, high]; the ranges here are far too small for the modulus to show. */
static int64_t draw_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(draw(state) % (uint64_t)(high - low + 1));
}

/* About normal: four uniform 16-bit numbers added. Mean 0, deviation `deviation` (to 2 %). */
static int64_t draw_normal(uint64_t *state, int64_t deviation)
{
    uint64_t bits = draw(state);
    int64_t sum = -2 * UINT16_MAX;

    for (int i = 0; i < 4; i++)
        sum += (int64_t)(bits >> 16 * i & UINT16_MAX);
    return sum * deviation / 37837;
}

/* value * ppm / 1e6 without overflow for what amounts can be here. */
static int64_t part_of(int64_t value, int64_t ppm)
{
    return value / MILLION * ppm + value % MILLION * ppm / MILLION;
}

/* ---- accounts ---- */

/* Distinct for distinct i: companies, units and numbers are strides that visit each value once
 * before any comes again, being prime to the number of values. */
static void name_account(struct made_account *a, int64_t i, int64_t n_account)
{
    int64_t n_company = n_account / 200 + 1;

    n_company = n_company < 900 ? n_company : 900;
    int64_t rest = i / n_company;
    a->company = (int32_t)(10000 + i % n_company * 7919 % 90000);
    a->number = (int32_t)(1000000 + rest / 3 % 9000000 * 4827103 % 9000000);
    a->unit = (int32_t)(1 + (rest % 3 * 31013 + a->number / 7) % 99999);
}

static void draw_nature(struct made_account *a)
{
    int64_t octave = draw_between(&a->rng, 0, 19);
    int64_t share = draw_between(&a->rng, 0, MILLION - 1);
    int64_t floor_of_octave = (1000 * CENTS) << octave;

    a->scale = floor_of_octave + part_of(floor_of_octave, share);
    a->sign = draw_between(&a->rng, 0, 9) < 7 ? 1 : -1;
    a->level = draw_between(&a->rng, 800000, 1400000);
    a->walk = (int32_t)draw_between(&a->rng, 2000, 40000);
    int64_t nature = draw_between(&a->rng, 0, 5);
    a->trend = nature == 0 ? (int32_t)draw_between(&a->rng, -15000, 15000) : 0;
    a->season = nature == 1 ? (int32_t)draw_between(&a->rng, 30000, 150000) : 0;
}

static void draw_usual_break(struct made_account *a)
{
    int64_t share = draw_between(&a->rng, 0, 99);
    int64_t size = part_of(a->scale, draw_between(&a->rng, 10000, 100000));

    a->kind_of_usual = share < 85   ? USUAL_TIE
                       : share < 90 ? USUAL_TOLERANCE
                       : share < 95 ? USUAL_CONSTANT
                                    : USUAL_WOBBLE;
    if (a->kind_of_usual >= USUAL_CONSTANT)
        a->usual = draw_between(&a->rng, 0, 1) ? size : -size;
}

/* How many anomalies an account of that many months has, so that the labelled rows are about
 * `share` of all: every eighth kind is labelled more than once. */
static int32_t draw_event_count(struct made_account *a, int32_t months, double share)
{
    const double kinds = EVENT_KINDS;
    double expected = share * months * kinds / (kinds - 1 + DRIFT_LABELS);
    double uniform = (double)(draw(&a->rng) >> 11) / 9007199254740992.0;
    int32_t most = (months - HISTORY + 1) / 2;

    most = months <= HISTORY ? 0 : most < MADE_MAX_EVENTS ? most : MADE_MAX_EVENTS;
    if (expected >= most)
        return most;
    int32_t whole = (int32_t)expected;
    return uniform < expected - whole ? whole + 1 : whole;
}

/* Each event in a part of the history of its own, with a month between it and the next. */
static void draw_events(struct made_account *a, int32_t months, double share, int64_t *turn)
{
    int32_t n = draw_event_count(a, months, share);

    for (int32_t k = 0; k < n; k++) {
        int64_t begin = HISTORY + part_begin(months - HISTORY, n, k);
        int64_t last = HISTORY + part_begin(months - HISTORY, n, k + 1) - (k < n - 1 ? 2 : 1);
        enum anomaly_kind kind = KIND_NONE + 1 + (*turn)++ % EVENT_KINDS;

        if (kind == KIND_DRIFT && last - begin + 1 < DRIFT_MONTHS)
            kind = KIND_SPIKE;
        if (kind == KIND_DRIFT)
            begin += DRIFT_MONTHS - 1;
        a->event[k].month = (int32_t)draw_between(&a->rng, begin, last);
        a->event[k].kind = (uint8_t)kind;
    }
    a->n_event = (uint8_t)n;
}

/* The last account may be a month or more younger, so that the rows come out exactly. */
void made_accounts_draw(const struct generator_plan *plan, int64_t n_account,
                        struct made_account *account)
{
    uint64_t seed = plan->seed;
    uint64_t base = draw(&seed);
    int64_t turn = 0;

    for (int64_t i = 0; i < n_account; i++) {
        struct made_account *a = &account[i];
        int64_t rows_left = plan->n_row - i * plan->n_month;
        int32_t months = rows_left < plan->n_month ? (int32_t)rows_left : plan->n_month;

        a->rng = base ^ (uint64_t)i * UINT64_C(0xd1342543de82ef95);
        a->rng = draw(&a->rng);
        a->begin = plan->n_month - months;
        name_account(a, i, n_account);
        draw_nature(a);
        draw_usual_break(a);
        draw_events(a, months, plan->anomaly_share, &turn);
    }
}

/* ---- a month of an account ---- */

/* Keeps the level where the account looks like itself: reflected at both ends. */
static int64_t reflected(int64_t level)
{
    if (level < LEVEL_MIN)
        level = 2 * LEVEL_MIN - level;
    if (level > LEVEL_MAX)
        level = 2 * LEVEL_MAX - level;
    return level;
}

/* The event of a month of the account's history: its kind, or for a drift its months before
 * too. *age is the number of the drift's month, from 1. */
static enum anomaly_kind event_of(const struct made_account *a, int32_t month, int32_t *age)
{
    for (int i = 0; i < a->n_event; i++) {
        const struct made_event *event = &a->event[i];
        int32_t months = event->kind == KIND_DRIFT ? DRIFT_MONTHS : 1;

        *age = month - event->month + months;
        if (*age >= 1 && *age <= months)
            return event->kind;
    }
    return KIND_NONE;
}

static int64_t usual_break(struct made_account *a)
{
    int64_t wobble = draw_normal(&a->rng, 150000);

    switch (a->kind_of_usual) {
    case USUAL_TOLERANCE:
        return draw_between(&a->rng, -CENTS + 1, CENTS - 1);
    case USUAL_CONSTANT:
        return a->usual;
    case USUAL_WOBBLE:
        return part_of(a->usual, MILLION + wobble);
    default:
        return 0;
    }
}

static int64_t balance(const struct made_account *a, int32_t calendar_month)
{
    int64_t level = a->level + a->season * SEASON[calendar_month % YEAR] / 1000;
    return a->sign * part_of(a->scale, level);
}

static void walk_on(struct made_account *a)
{
    a->level = reflected(a->level + a->trend + draw_normal(&a->rng, a->walk));
}

/* Moves the level by 0.2 to 0.5, towards the side where there is room; the movement in cents. */
static int64_t post_movement(struct made_account *a)
{
    int64_t share = draw_between(&a->rng, 200000, 500000);
    int64_t before = a->level;

    a->level += a->level > (LEVEL_MIN + LEVEL_MAX) / 2 ? -share : share;
    return a->sign * part_of(a->scale, a->level - before);
}

static void jump(struct made_account *a)
{
    if (a->scale < LARGEST_JUMPING_UP)
        a->scale = part_of(a->scale, draw_between(&a->rng, 2 * MILLION, 4 * MILLION));
    else
        a->scale /= 3;
}

static int64_t drift_break(struct made_account *a, int32_t age)
{
    if (age == 1)
        a->drift = part_of(a->scale, draw_between(&a->rng, 80000, 200000));
    return a->drift * age;
}

static int64_t wrong_scale(struct made_account *a, int64_t amount)
{
    switch (draw_between(&a->rng, 0, 2)) {
    case 0:
        return amount * 10;
    case 1:
        return amount * 100;
    default:
        return amount / 10;
    }
}

/* The balances of a month; returns what its label is. */
enum anomaly_kind made_account_step(struct made_account *a, int32_t month,
                                    int32_t calendar_month)
{
    int32_t age = 0;
    enum anomaly_kind kind = event_of(a, month, &age);
    int64_t last_ihub = a->ihub;
    int64_t movement = 0;

    walk_on(a);
    if (kind == KIND_MATCHED_JUMP)
        jump(a);
    if (kind == KIND_STALE || kind == KIND_DUPLICATE)
        movement = post_movement(a);
    a->gl = balance(a, calendar_month);
    a->ihub = a->gl - usual_break(a);
    switch (kind) {
    case KIND_SPIKE:
        a->ihub -= part_of(a->scale, draw_between(&a->rng, 300000, 3 * MILLION)) *
                   (draw_between(&a->rng, 0, 1) ? 1 : -1);
        break;
    case KIND_SIGN_FLIP:
        a->ihub = -a->ihub;
        break;
    case KIND_STALE:
        a->ihub = last_ihub;
        break;
    case KIND_DUPLICATE:
        a->ihub += movement;
        break;
    case KIND_ONE_SIDED:
        *(draw_between(&a->rng, 0, 1) ? &a->gl : &a->ihub) = 0;
        break;
    case KIND_SCALE:
        a->ihub = wrong_scale(a, a->ihub);
        break;
    case KIND_DRIFT:
        a->ihub -= drift_break(a, age);
        return age > DRIFT_MONTHS - DRIFT_LABELS ? KIND_DRIFT : KIND_DRIFT_ONSET;
    default:
        break;
    }
    return kind;
}
