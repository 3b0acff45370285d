/* The history features: worked values, each kind of departure on the axis meant for it, and
 * what must hold for any ledger: no look into the future, no dependence on currency unit, sign,
 * dates or threads, nothing but finite numbers. */
#include "history.h"
#include "suite.h"

#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

enum { MAX_ROW = 2048, MAX_GROUP = 64 };

/* Rows of some groups in group order, and their features. */
struct ledger {
    struct row row[MAX_ROW];
    uint32_t member[MAX_ROW];
    size_t start[MAX_GROUP + 1];
    struct groups groups;
    double value[N_HISTORY][MAX_ROW];
    size_t n_departing;
};

static void add(struct ledger *ledger, double gl, double ihub)
{
    size_t n = ledger->groups.n_row++;
    ledger->row[n] =
        (struct row){.gl = gl, .ihub = ihub, .difference = gl - ihub, .date = (int32_t)n};
    ledger->member[n] = (uint32_t)n;
    ledger->start[ledger->groups.n_group] = n + 1;
}

/* The next row added begins a new group. */
static void begin_group(struct ledger *ledger)
{
    ledger->groups.n_group++;
}

static void clear(struct ledger *ledger)
{
    memset(ledger, 0, sizeof *ledger);
    ledger->groups.start = ledger->start;
    ledger->groups.member = ledger->member;
    begin_group(ledger);
}

static void run(struct ledger *ledger, double tolerance)
{
    double *column[N_HISTORY];
    for (size_t i = 0; i < N_HISTORY; i++)
        column[i] = ledger->value[i];
    ledger->n_departing = features_history(ledger->row, &ledger->groups, tolerance, column);
}

static bool same_features(const struct ledger *a, const struct ledger *b, size_t n)
{
    for (size_t i = 0; i < N_HISTORY; i++)
        if (memcmp(a->value[i], b->value[i], n * sizeof(double)) != 0)
            return false;
    return true;
}

static double draw(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / 16777216.0;
}

/* Accounts of every temper: walking, resting, breaking, in round numbers or not. */
static void add_random(struct ledger *ledger, size_t n, uint32_t *state)
{
    double gl = 1000.0 * draw(state), wander = 100.0 * draw(state), broken = draw(state);
    for (size_t k = 0; k < n; k++) {
        if (draw(state) < 0.7)
            gl += wander * (draw(state) - 0.5);
        double ihub = draw(state) < broken ? gl : gl - 300.0 * (draw(state) - 0.3);
        if (draw(state) < 0.05)
            ihub *= -10.0;
        add(ledger, draw(state) < 0.05 ? 0.0 : floor(64.0 * gl) / 64.0,
            floor(64.0 * ihub) / 64.0);
    }
}

static void check_first_row(void)
{
    static struct ledger ledger;
    clear(&ledger);
    add(&ledger, 5e9, 0.0);
    run(&ledger, 1.0);
    for (size_t i = 0; i < N_HISTORY; i++)
        CU_ASSERT_EQUAL(ledger.value[i][0], 0.0);
    CU_ASSERT_EQUAL(ledger.n_departing, 0);
}

static void check_no_group(void)
{
    static struct ledger ledger;
    clear(&ledger);
    ledger.groups.n_group = 0;
    run(&ledger, 1.0);
    CU_ASSERT_EQUAL(ledger.n_departing, 0);
}

/* Six matched months of 1000, then an IHub of 1100. Distance 100; usual change 0; noise 3.5
 * tolerances, as the break is new; caution 0.0055 * (2100 + 600) / 8. One side alone moved. */
static void check_worked_break(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 6; k++)
        add(&ledger, 1000.0, 1000.0);
    add(&ledger, 1000.0, 1100.0);
    run(&ledger, 1.0);
    double expected = log(1.0 + 100.0 / (3.5 + 1.85625) / 50.0);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_BREAK][6], expected, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_DEPARTURE][6], expected, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_DRIFT][6], expected / 10.0, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_MOVE][6], expected / 10.0, 1e-13);
    CU_ASSERT_EQUAL(ledger.n_departing, 1); /* 100 / (3.5 + 0.1 * 2100 / 8) is 3.4 */
}

/* The same after two months only: 27 times the caution, and a third of the trust. */
static void check_worked_trust(void)
{
    static struct ledger ledger;
    clear(&ledger);
    add(&ledger, 1000.0, 1000.0);
    add(&ledger, 1000.0, 1000.0);
    add(&ledger, 1000.0, 1100.0);
    run(&ledger, 1.0);
    double expected = log(1.0 + 100.0 / (3.5 + 27.0 * 1.85625) / 50.0) / 3.0;
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_BREAK][2], expected, 1e-13);
}

/* Five matched months of 1000, then a break that grows by 30, 20, 10 and 40: of the 100 the largest
 * step is left out, a third is added. Noise 3.5 + 0.01 * 60, caution as above over 8 rows. */
static void check_worked_drift(void)
{
    static const double gl[4] = {1030, 1050, 1060, 1100};
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 5; k++)
        add(&ledger, 1000.0, 1000.0);
    for (int k = 0; k < 4; k++)
        add(&ledger, gl[k], 1000.0);
    run(&ledger, 1.0);
    double unit = 3.5 + 0.6 + 0.0055 * 2700.0 * 27.0 / 512.0;
    double expected = log(1.0 + 80.0 / unit / 50.0);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_DRIFT][8], expected, 1e-13);
}

/* The four labelled accounts: the two anomalies of the last month stand out of all 28 rows. */
static void check_bank(void)
{
    static const double gl[4][7] = {{10200, 10000, 20000.01, 20000, 20000, 20000, 20000},
                                    {40000, 40000, 60000, 60000, 80000, 80000, 100000},
                                    {10000, 10100, 10199.5, 10600, 10500.5, 10000, 60000},
                                    {10000, 20000, 30000, 40000, 50000, 60000, 70000}};
    static const double ihub[4][7] = {{10000, 10000, 20000, 20000, 40000, 60000, 35000},
                                      {10000, 0, 10000, 0, 10000, 0, 10000},
                                      {10000, 10100, 10200, 10600, 10500, 10000, 10000},
                                      {20000, 30000, 40000, 50000, 60000, 70000, 80000}};
    static struct ledger ledger;
    clear(&ledger);
    for (size_t a = 0; a < 4; a++) {
        if (a > 0)
            begin_group(&ledger);
        for (size_t k = 0; k < 7; k++)
            add(&ledger, gl[a][k], ihub[a][k]);
    }
    run(&ledger, 1.0);
    const double *departure = ledger.value[HISTORY_DEPARTURE];
    for (size_t k = 0; k < 28; k++)
        CU_ASSERT(k == 6 || k == 20 || departure[k] < departure[6]);
    CU_ASSERT(departure[20] > departure[6]);
    CU_ASSERT_EQUAL(ledger.n_departing, 2);
}

static void check_usual(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 40; k++)
        add(&ledger, 5000.0, 5000.0); /* matched */
    begin_group(&ledger);
    for (int k = 0; k < 40; k++)
        add(&ledger, 0.0, 0.0); /* empty */
    begin_group(&ledger);
    for (int k = 0; k < 40; k++)
        add(&ledger, 5000.0 + 64.0 * k, 4000.0 + 64.0 * k); /* a constant break */
    run(&ledger, 1.0);
    for (size_t i = 0; i < N_HISTORY; i++)
        for (size_t k = 0; k < 120; k++)
            CU_ASSERT(ledger.value[i][k] == 0.0 || k % 40 < 2);
    CU_ASSERT_EQUAL(ledger.n_departing, 0);
}

static void check_growing(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 40; k++)
        add(&ledger, 30000.0 + 1000.0 * k, 10000.0);
    run(&ledger, 1.0);
    for (size_t k = 2; k < 40; k++)
        CU_ASSERT_EQUAL(ledger.value[HISTORY_BREAK][k] + ledger.value[HISTORY_DRIFT][k], 0.0);
    CU_ASSERT_EQUAL(ledger.n_departing, 0);
}

static void check_quarter_ends(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 36; k++)
        add(&ledger, k % 3 == 2 ? 3000.0 + k : 1000.0 + k,
            k % 3 == 2 ? 2500.0 + k : 1000.0 + k);
    run(&ledger, 1.0);
    for (size_t k = 8; k < 36; k++)
        CU_ASSERT(ledger.value[HISTORY_DEPARTURE][k] < 0.02);
}

/* Twelve months of a moving, matched account; the last row is replaced. */
static void one_error(struct ledger *ledger, double gl, double ihub)
{
    static const double level[11] = {1000, 1040, 1010, 1060, 1030, 1080,
                                     1050, 1020, 1070, 1000, 1055};
    clear(ledger);
    for (size_t k = 0; k < 11; k++)
        add(ledger, level[k], level[k]);
    add(ledger, gl, ihub);
    run(ledger, 1.0);
}

static void check_axes(void)
{
    static const struct {
        double gl, ihub;
        enum history_feature axis;
    } error[] = {
        {1500, 1030, HISTORY_BREAK},  {1030, -1030, HISTORY_BREAK}, {1030, 0, HISTORY_BREAK},
        {1030, 10300, HISTORY_BREAK}, {1030, 1055, HISTORY_REPEAT}, {5000, 5000, HISTORY_JUMP},
    };
    static struct ledger ledger;
    for (size_t e = 0; e < sizeof error / sizeof error[0]; e++) {
        one_error(&ledger, error[e].gl, error[e].ihub);
        double own = ledger.value[error[e].axis][11];
        CU_ASSERT(own > 0.25);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][11], own);
        CU_ASSERT_EQUAL(ledger.n_departing, 1);
    }
    one_error(&ledger, 1045.0, 1045.0);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][11], 0.0);
}

static void check_drift(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 18; k++)
        add(&ledger, 1000.0, 1000.0 - (k > 12 ? 20.0 * (k - 12) : 0.0));
    run(&ledger, 1.0);
    CU_ASSERT(ledger.value[HISTORY_DRIFT][17] > 0.33);
    CU_ASSERT(ledger.value[HISTORY_DRIFT][17] > 3.0 * ledger.value[HISTORY_BREAK][17]);
}

/* A step back ends no drift, nor does an error long before it hide one. */
static void check_uneven_drift(void)
{
    static const double broken[] = {0, 0, 900, 0, 0, 0, 0, 0, 0, 0, 50, 120, 110, 180, 260};
    static struct ledger ledger;
    clear(&ledger);
    for (size_t k = 0; k < 15; k++)
        add(&ledger, 1000.0, 1000.0 - broken[k]);
    run(&ledger, 1.0);
    CU_ASSERT(ledger.value[HISTORY_DRIFT][14] > 0.25);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][14], ledger.value[HISTORY_DRIFT][14]);
}

/* A break that came at once and stayed is no drift. */
static void check_shift_is_no_drift(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 18; k++)
        add(&ledger, 1000.0, 1000.0 - (k > 9 ? 200.0 + k % 2 : 0.0));
    run(&ledger, 1.0);
    CU_ASSERT(ledger.value[HISTORY_DEPARTURE][10] > 0.3);
    for (size_t k = 11; k < 18; k++)
        CU_ASSERT(ledger.value[HISTORY_DEPARTURE][k] < 0.01);
}

/* A break that climbs by 100 every 15 months: the first step is news, and one step does not excuse
 * the next, but two do, although the 24 rows before show one of them only. A higher step is news. */
static void check_stairs(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 75; k++)
        add(&ledger, 2000.0, 2000.0 - 100.0 * (k / 15));
    add(&ledger, 2000.0, 1200.0);
    run(&ledger, 1.0);
    const double *departure = ledger.value[HISTORY_DEPARTURE];
    CU_ASSERT(departure[15] > 0.2);
    CU_ASSERT(departure[30] > 0.12);
    CU_ASSERT_EQUAL(departure[45], 0.0);
    CU_ASSERT_EQUAL(departure[60], 0.0);
    CU_ASSERT(departure[75] > 0.2);
}

static void check_after_error(void)
{
    static struct ledger ledger;
    one_error(&ledger, 1030.0, -1030.0);
    add(&ledger, 1040.0, 1040.0);
    run(&ledger, 1.0);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][12], 0.0);
}

/* An account at rest for most of the year: waking up, even larger than before, is no jump. */
static void check_waking(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 12; k++)
        add(&ledger, k == 3 ? 5000.0 : 0.0, k == 3 ? 5000.0 : 0.0);
    add(&ledger, 9000.0, 9000.0);
    run(&ledger, 1.0);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][12], 0.0);
}

/* A missing sub-ledger balance stays missing while the GL is corrected to match it. */
static void check_stale_needs_break(void)
{
    static struct ledger ledger;
    one_error(&ledger, 1030.0, 0.0);
    add(&ledger, 0.0, 0.0);
    run(&ledger, 1.0);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_REPEAT][12],
                    0.1 * ledger.value[HISTORY_DEPARTURE][12]);
}

/* A movement of 23.17 posted twice: a break too small to notice, but for the cents. */
static void check_posted_twice(void)
{
    static struct ledger ledger;
    one_error(&ledger, 1055.0 - 23.17, 1055.0 - 2.0 * 23.17);
    double twice = ledger.value[HISTORY_REPEAT][11];
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][11], twice);
    one_error(&ledger, 1055.0 - 23.17, 1055.0 - 2.0 * 23.17 + 0.02);
    CU_ASSERT(twice > 2.0 * ledger.value[HISTORY_DEPARTURE][11]);
    one_error(&ledger, 1055.0 - 2.0 * 23.17, 1055.0 - 23.17);
    CU_ASSERT_DOUBLE_EQUAL(ledger.value[HISTORY_REPEAT][11], twice, 1e-3);
}

/* Where the GL moves by the same 50 again and again, twice as much is no second posting. */
static void check_round_amounts(void)
{
    static struct ledger ledger;
    one_error(&ledger, 1105.0, 1155.0);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_REPEAT][11],
                    0.1 * ledger.value[HISTORY_DEPARTURE][11]);
}

/* The later months without a load are no better than the first, though the third repeats the
 * break of the first; whatever the currency's unit. */
static void check_stale_for_months(void)
{
    static struct ledger ledger, scaled;
    one_error(&ledger, 1083.25, 1055.0);
    add(&ledger, 1084.5, 1055.0);
    add(&ledger, 1083.25, 1055.0);
    run(&ledger, 1.0);
    clear(&scaled);
    for (size_t k = 0; k < 14; k++)
        add(&scaled, 1048576.0 * ledger.row[k].gl, 1048576.0 * ledger.row[k].ihub);
    run(&scaled, 1048576.0);
    for (size_t k = 11; k < 14; k++)
        CU_ASSERT_EQUAL(scaled.value[HISTORY_REPEAT][k], ledger.value[HISTORY_REPEAT][k]);
    CU_ASSERT(ledger.value[HISTORY_REPEAT][13] > 0.9 * ledger.value[HISTORY_REPEAT][11]);
    CU_ASSERT(ledger.value[HISTORY_REPEAT][12] > 0.9 * ledger.value[HISTORY_REPEAT][11]);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][12], ledger.value[HISTORY_REPEAT][12]);
}

/* An account that shrank and doubles at once never moved so far, though it held as much. */
static void check_jump_within_range(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 24; k++)
        add(&ledger, 4000.0 - 125.0 * k - k % 2, 4000.0 - 125.0 * k - k % 2);
    add(&ledger, 3900.0, 3900.0);
    run(&ledger, 1.0);
    CU_ASSERT(ledger.value[HISTORY_JUMP][24] > 0.05);
    CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][24], ledger.value[HISTORY_JUMP][24]);
}

/* A balance that hardly moves jumps by a tenth; one that once moved half as far does not. */
static void check_jump_beside_custom(void)
{
    static struct ledger ledger;
    for (int moved = 0; moved < 2; moved++) {
        clear(&ledger);
        for (int k = 0; k < 12; k++) {
            double level = 1e6 + 1e3 * (k % 3) + (moved && k == 4 ? 5e4 : 0.0);
            add(&ledger, level, level);
        }
        add(&ledger, 1.1e6, 1.1e6);
        run(&ledger, 1.0);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_JUMP][12] > 0.01, !moved);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][12], ledger.value[HISTORY_JUMP][12]);
    }
}

/* A break that grows, but for an error that is corrected after one or three months. */
static void check_after_error_on_trend(void)
{
    static struct ledger ledger;
    for (int months = 1; months < 4; months += 2) {
        clear(&ledger);
        for (int k = 0; k < 16; k++)
            add(&ledger, 50000.0, 49000.0 - 64.0 * k - (k >= 15 - months && k < 15 ? 9000 : 0));
        run(&ledger, 1.0);
        CU_ASSERT(ledger.value[HISTORY_BREAK][15 - months] > 0.3);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_BREAK][15], 0.0);
    }
}

/* A break that is a share of the balance doubles with it; doubled alone it is a departure. */
static void check_share_of_balance(void)
{
    static struct ledger ledger;
    for (int doubled = 0; doubled < 2; doubled++) {
        clear(&ledger);
        for (int k = 0; k < 12; k++) {
            double gl = 65536.0 + 512.0 * (k % 4);
            add(&ledger, gl, gl - gl / 16.0);
        }
        add(&ledger, doubled ? 131072.0 : 65536.0, doubled ? 122880.0 : 57344.0);
        run(&ledger, 1.0);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_BREAK][12] > 0.05, !doubled);
    }
}

/* What appears on a side that was not kept is news, as far as it leaves a break; that the side
 * is empty again is not, nor that it stays so although the other moves. */
static void check_unkept_side(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 36; k++)
        add(&ledger, 10000.0 + 700.0 * (k * k % 5), k == 14 ? 900.0 : 0.0);
    add(&ledger, 12000.0, 12000.0);
    run(&ledger, 1.0);
    const double *departure = ledger.value[HISTORY_DEPARTURE];
    CU_ASSERT(ledger.value[HISTORY_BREAK][14] > 0.3);
    for (size_t k = 6; k < 37; k++)
        CU_ASSERT(k == 14 || departure[k] < 0.02);
}

/* Pennies, whatever the balance, make a break of 400 news; where the difference went as far as
 * that it is not. */
static void check_pennies(void)
{
    static struct ledger ledger;
    for (int wide = 0; wide < 2; wide++) {
        clear(&ledger);
        for (int k = 0; k < 10; k++)
            add(&ledger, 300000.0, 300000.0 - (wide ? 200.0 : 1.0) * (k % 3 - 1.0));
        add(&ledger, 300000.0, 300000.0 - 400.0);
        run(&ledger, 1.0);
        CU_ASSERT_EQUAL(ledger.value[HISTORY_DEPARTURE][10] > 0.05, !wide);
    }
}

/* A second break that is larger says less than the first did, but is still news. */
static void check_second_break(void)
{
    static struct ledger ledger;
    clear(&ledger);
    for (int k = 0; k < 19; k++)
        add(&ledger, 5000.0, 5000.0 - (k == 9 ? 400.0 : 0.0) - (k == 18 ? 900.0 : 0.0));
    run(&ledger, 1.0);
    const double *departure = ledger.value[HISTORY_DEPARTURE];
    CU_ASSERT(departure[18] > 0.05);
    CU_ASSERT(departure[18] < 0.5 * departure[9]);
}

static void check_no_future(void)
{
    static struct ledger whole, part;
    for (uint32_t round = 0; round < 200; round++) {
        uint32_t state = round, length = 1 + (uint32_t)(round < 100 ? 40 : 700);
        clear(&whole);
        add_random(&whole, length, &state);
        run(&whole, 1.0);
        size_t k = (size_t)(draw(&state) * length);
        part = whole;
        part.groups.start = part.start;
        part.groups.member = part.member;
        part.start[1] = part.groups.n_row = k + 1;
        memset(part.value, 0xff, sizeof part.value);
        run(&part, 1.0);
        CU_ASSERT(same_features(&whole, &part, k + 1));
    }
}

/* Powers of two scale exactly, so every bit must stay. */
static void check_scale_free(void)
{
    static struct ledger ledger, scaled;
    uint32_t state = 11;
    clear(&ledger);
    clear(&scaled);
    add_random(&ledger, 600, &state);
    for (size_t k = 0; k < 600; k++)
        add(&scaled, -1048576.0 * ledger.row[k].gl, -1048576.0 * ledger.row[k].ihub);
    run(&ledger, 0.005);
    run(&scaled, 0.005 * 1048576.0);
    CU_ASSERT_EQUAL(ledger.n_departing, scaled.n_departing);
    for (size_t i = 0; i < N_HISTORY; i++)
        for (size_t k = 0; k < 600; k++)
            CU_ASSERT_EQUAL(ledger.value[i][k], scaled.value[i][k]);
}

static void check_dates(void)
{
    static struct ledger dated, undated;
    uint32_t state = 5;
    clear(&dated);
    add_random(&dated, 300, &state);
    run(&dated, 1.0);
    undated = dated;
    undated.groups.start = undated.start;
    undated.groups.member = undated.member;
    for (size_t k = 0; k < 300; k++)
        undated.row[k].date = k % 3 == 0 ? ROW_NO_DATE : 19000;
    run(&undated, 1.0);
    CU_ASSERT(same_features(&dated, &undated, 300));
}

static void check_threads(void)
{
    static struct ledger one, four;
    uint32_t state = 9;
    clear(&one);
    for (size_t g = 0; g < 60; g++) {
        if (g > 0)
            begin_group(&one);
        add_random(&one, 1 + g % 30, &state);
    }
    four = one;
    four.groups.start = four.start;
    four.groups.member = four.member;
    omp_set_num_threads(1);
    run(&one, 1.0);
    omp_set_num_threads(4);
    run(&four, 1.0);
    CU_ASSERT(same_features(&one, &four, one.groups.n_row));
    CU_ASSERT_EQUAL(one.n_departing, four.n_departing);
    CU_ASSERT(one.n_departing > 0);
}

static void check_finite(void)
{
    static const double amount[] = {0.0, 1e308, -1e308, 5e-324, -0.0, 1e-300, 3.0};
    static struct ledger ledger;
    uint32_t state = 1;
    clear(&ledger);
    for (size_t k = 0; k < 2000; k++)
        add(&ledger, amount[(size_t)(draw(&state) * 7)], amount[(size_t)(draw(&state) * 7)]);
    for (size_t k = 0; k < 2000; k++)
        if (!isfinite(ledger.row[k].difference))
            ledger.row[k].difference = 1.7e308;
    run(&ledger, 1.0);
    for (size_t i = 0; i < N_HISTORY; i++)
        for (size_t k = 0; k < 2000; k++)
            CU_ASSERT(isfinite(ledger.value[i][k]) && ledger.value[i][k] >= 0.0);
}

static void check_order_of_members(void)
{
    static struct ledger ledger, mixed;
    uint32_t state = 21;
    clear(&ledger);
    add_random(&ledger, 50, &state);
    run(&ledger, 1.0);
    clear(&mixed);
    mixed.groups.n_row = mixed.start[1] = 50;
    for (uint32_t k = 0; k < 50; k++) {
        mixed.member[k] = 49 - k;
        mixed.row[49 - k] = ledger.row[k];
    }
    run(&mixed, 1.0);
    CU_ASSERT(same_features(&ledger, &mixed, 50));
}

/* A stale sub-ledger leaves a break: both depart, the joint jump is only raised with them. */
static void check_departing(void)
{
    static struct ledger ledger;
    double feature[N_HISTORY];

    clear(&ledger);
    for (int i = 0; i < 12; i++)
        add(&ledger, 1000 + 10 * (i % 3), 1000 + 10 * (i % 3));
    add(&ledger, 1600, 1020);
    run(&ledger, 1);
    for (size_t f = 0; f < N_HISTORY; f++)
        feature[f] = ledger.value[f][12] * (1 + 1e-7 * (f % 2 ? 1 : -1));
    unsigned departing = history_departing(feature);
    CU_ASSERT_NOT_EQUAL(departing & 1u << HISTORY_BREAK, 0);
    CU_ASSERT_NOT_EQUAL(departing & 1u << HISTORY_REPEAT, 0);
    CU_ASSERT_EQUAL(departing & 1u << HISTORY_DEPARTURE, 0);
    CU_ASSERT_EQUAL(departing & 1u << HISTORY_JUMP, 0);
    CU_ASSERT_EQUAL(departing & 1u << HISTORY_DRIFT, 0);
    memset(feature, 0, sizeof feature);
    CU_ASSERT_EQUAL(history_departing(feature), 0);
}

int main(void)
{
    static const struct fact FACTS[] = {
        {"a new account is not odd for being new", check_first_row},
        {"no groups, no departures", check_no_group},
        {"a break is measured as worked out by hand", check_worked_break},
        {"a short past counts less, as worked out by hand", check_worked_trust},
        {"a drift is measured as worked out by hand", check_worked_drift},
        {"what departs by itself is told from what is raised with it", check_departing},
        {"the bank's two anomalies stand out, and only they depart", check_bank},
        {"what is always so is no departure", check_usual},
        {"a break that always grew is no departure", check_growing},
        {"quarter-end peaks are known after two of them", check_quarter_ends},
        {"each error shows on the axis meant for it", check_axes},
        {"a break that builds up shows as drift", check_drift},
        {"a step back ends no drift, an error does not hide one", check_uneven_drift},
        {"a break that came at once is no drift", check_shift_is_no_drift},
        {"a further step of stairs is no news", check_stairs},
        {"the return to normal is no departure", check_after_error},
        {"an account that wakes up does not jump", check_waking},
        {"a repeated balance that ties out is not stale", check_stale_needs_break},
        {"a movement posted twice shows by its cents", check_posted_twice},
        {"the same round amount again is no second posting", check_round_amounts},
        {"a load that is missing for months stays one", check_stale_for_months},
        {"a jump to where the account once was is one", check_jump_within_range},
        {"a jump is one beside the account's own moves", check_jump_beside_custom},
        {"the return to a trend is no departure", check_after_error_on_trend},
        {"a break may be a share of the balance", check_share_of_balance},
        {"what appears on a side that was not kept is news", check_unkept_side},
        {"a break is news beside pennies", check_pennies},
        {"a second break says less than the first", check_second_break},
        {"rows to come change no bit", check_no_future},
        {"neither the currency's unit nor the sign matters", check_scale_free},
        {"duplicate and missing dates do no harm", check_dates},
        {"the number of threads changes no bit", check_threads},
        {"the largest and smallest amounts give finite features", check_finite},
        {"features stand in group order", check_order_of_members},
    };
    return suite_run("history", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
