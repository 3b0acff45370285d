/* Patterns of worked series: the bank's four accounts, one series for each further pattern, and
 * what must hold for any series. */
#include "pattern.h"
#include "suite.h"

#include <math.h>

enum { MAX = 64 };

/* A series whose GL moves a little every month and whose IHub is GL minus the difference. */
struct made {
    double gl[MAX], ihub[MAX], difference[MAX];
    int32_t date[MAX];
    struct series series;
};

static void made_from(struct made *made, const double *difference, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        made->gl[i] = 100000.0 + 1000.0 * (double)(i * i % 7);
        made->difference[i] = difference[i];
        made->ihub[i] = made->gl[i] - difference[i];
        made->date[i] = (int32_t)(19000 + 30 * i);
    }
    made->series = (struct series){made->gl, made->ihub, made->difference, made->date, n};
}

static void made_of_sides(struct made *made, const double *gl, const double *ihub, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        made->gl[i] = gl[i];
        made->ihub[i] = ihub[i];
        made->difference[i] = gl[i] - ihub[i];
        made->date[i] = (int32_t)(19000 + 30 * i);
    }
    made->series = (struct series){made->gl, made->ihub, made->difference, made->date, n};
}

#define LAST_OF(...)                                                                           \
    last_of((const double[]){__VA_ARGS__},                                                     \
            sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static enum pattern last_of(const double *difference, size_t n)
{
    struct made made;
    made_from(&made, difference, n);
    return pattern_of_row(&made.series, n - 1, 1.0);
}

static enum pattern last_of_sides(const double *gl, const double *ihub, size_t n)
{
    struct made made;
    made_of_sides(&made, gl, ihub, n);
    return pattern_of_row(&made.series, n - 1, 1.0);
}

/* The four labelled accounts with both sides, as published for 2024-05-31. */
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
    CU_ASSERT_EQUAL(last_of_sides(gl[0], ihub[0], 7), PATTERN_INCONSISTENT);
    CU_ASSERT_EQUAL(last_of_sides(gl[1], ihub[1], 7), PATTERN_CONSISTENT);
    CU_ASSERT_EQUAL(last_of_sides(gl[2], ihub[2], 7), PATTERN_SPIKE);
    CU_ASSERT_EQUAL(last_of_sides(gl[3], ihub[3], 7), PATTERN_IN_LINE);
}

static void check_tolerance(void)
{
    CU_ASSERT_EQUAL(LAST_OF(0, 0.999), PATTERN_MATCHED);
    CU_ASSERT_EQUAL(LAST_OF(0, -0.999), PATTERN_MATCHED);
    CU_ASSERT_EQUAL(LAST_OF(0, 1.0), PATTERN_SPIKE);
    CU_ASSERT_EQUAL(LAST_OF(0, -1.0), PATTERN_SPIKE);
}

static void check_first_row(void)
{
    CU_ASSERT_EQUAL(LAST_OF(0), PATTERN_MATCHED);
    CU_ASSERT_EQUAL(LAST_OF(5e9), PATTERN_NEW_GROUP);
}

static void check_recurring(void)
{
    CU_ASSERT_EQUAL(LAST_OF(0, 0, 500, 0, 0, 480), PATTERN_RECURRING);
    CU_ASSERT_EQUAL(LAST_OF(0, 0, 500, 0, 0, -480), PATTERN_SPIKE);
    CU_ASSERT_EQUAL(LAST_OF(0, 0, 500, 0, 0, 4800), PATTERN_SPIKE);
}

static void check_steady(void)
{
    CU_ASSERT_EQUAL(LAST_OF(900, 800, 700, 600), PATTERN_CONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(100, 200, 200, 300), PATTERN_CONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(100, 200, 300, 5000), PATTERN_INCONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(100, 200, 300, 150), PATTERN_INCONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(0, 100, 180), PATTERN_CONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(0, 100, -180), PATTERN_INCONSISTENT);
}

static void check_in_line(void)
{
    CU_ASSERT_EQUAL(LAST_OF(1000, 1049), PATTERN_IN_LINE);
    CU_ASSERT_EQUAL(LAST_OF(-1000, -1000, -1000, -960), PATTERN_IN_LINE);
    CU_ASSERT_EQUAL(LAST_OF(5, 5.5, 6), PATTERN_IN_LINE);
    CU_ASSERT_EQUAL(LAST_OF(1000, -1000), PATTERN_INCONSISTENT);
}

/* Six usual months; the last row is replaced by each error in turn. */
static void check_causes(void)
{
    static const double gl[6] = {1000, 1300, 1250, 1400, 1350, 1500};
    static const struct {
        double gl, ihub;
        enum pattern pattern;
    } last[] = {
        {1500, -1500, PATTERN_SIGN_FLIP},     {-1500, 1500, PATTERN_SIGN_FLIP},
        {1500, 0, PATTERN_ONE_SIDED},         {0, 1500, PATTERN_ONE_SIDED},
        {1500, 15000, PATTERN_SCALE},         {1500, 1.5, PATTERN_SCALE},
        {1500, 1350, PATTERN_STALE},          {1500, 1650, PATTERN_DUPLICATE},
        {1650, 1500, PATTERN_DUPLICATE},      {1500, 1720, PATTERN_SPIKE},
        {1500, 1500, PATTERN_MATCHED},        {9500, 9500, PATTERN_MATCHED_JUMP},
        {-9500, -9500, PATTERN_MATCHED_JUMP},
    };
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        double g[6], h[6];
        for (size_t k = 0; k < 6; k++)
            g[k] = h[k] = gl[k];
        g[5] = last[i].gl;
        h[5] = last[i].ihub;
        CU_ASSERT_EQUAL(last_of_sides(g, h, 6), last[i].pattern);
    }
}

static void check_usually_still(void)
{
    static const double gl[6] = {1000, 1300, 1250, 1400, 1350, 1500};
    static const double ihub[6] = {1350, 1350, 1350, 1350, 1350, 1350};
    CU_ASSERT_NOT_EQUAL(last_of_sides(gl, ihub, 6), PATTERN_STALE);
}

static void check_usually_one_sided(void)
{
    static const double gl[4] = {1000, 3000, 500, 9000};
    static const double ihub[4] = {0, 0, 0, 0};
    CU_ASSERT_EQUAL(last_of_sides(gl, ihub, 4), PATTERN_INCONSISTENT);
}

static double draw(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / 16777216.0;
}

/* A prefix of a series has the patterns the whole series has there. */
static void check_no_future(void)
{
    uint32_t state = 7;
    for (int round = 0; round < 500; round++) {
        double gl[MAX], ihub[MAX];
        for (size_t i = 0; i < MAX; i++) {
            gl[i] = floor(20.0 * draw(&state)) * 100.0;
            ihub[i] = draw(&state) < 0.6 ? gl[i] : floor(20.0 * draw(&state)) * 100.0;
        }
        struct made whole, part;
        made_of_sides(&whole, gl, ihub, MAX);
        size_t k = (size_t)(draw(&state) * MAX);
        made_of_sides(&part, gl, ihub, k + 1);
        CU_ASSERT_EQUAL(pattern_of_row(&whole.series, k, 1.0),
                        pattern_of_row(&part.series, k, 1.0));
        struct break_age a = pattern_break_age(&whole.series, k, 1.0);
        struct break_age b = pattern_break_age(&part.series, k, 1.0);
        CU_ASSERT(a.lifecycle == b.lifecycle && a.first == b.first && a.months == b.months);
    }
}

static void check_scale_free(void)
{
    static const double gl[7] = {10, 13, 12.5, 14, 13.5, 15, 15.5};
    uint32_t state = 3;
    for (int round = 0; round < 200; round++) {
        double g[7], h[7], big_g[7], big_h[7];
        for (size_t i = 0; i < 7; i++) {
            g[i] = gl[i] * 1024.0;
            h[i] = draw(&state) < 0.5 ? g[i] : floor(g[i] * 2.0 * draw(&state));
            big_g[i] = g[i] * 1048576.0;
            big_h[i] = h[i] * 1048576.0;
        }
        struct made small, big;
        made_of_sides(&small, g, h, 7);
        made_of_sides(&big, big_g, big_h, 7);
        CU_ASSERT_EQUAL(pattern_of_row(&small.series, 6, 1.0),
                        pattern_of_row(&big.series, 6, 1048576.0));
    }
}

static void check_huge(void)
{
    CU_ASSERT_EQUAL(LAST_OF(1e300, -1e300), PATTERN_INCONSISTENT);
    CU_ASSERT_EQUAL(LAST_OF(0, 1e308), PATTERN_SPIKE);
    CU_ASSERT_EQUAL(LAST_OF(1e308, 1e308), PATTERN_IN_LINE);
}

static void check_named(void)
{
    for (int a = 0; a < N_PATTERN; a++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(pattern_name((enum pattern)a));
        CU_ASSERT_PTR_NOT_NULL(pattern_meaning((enum pattern)a));
    }
    CU_ASSERT_STRING_EQUAL(pattern_name(PATTERN_IN_LINE), "in_line");
    CU_ASSERT_STRING_EQUAL(lifecycle_name(LIFECYCLE_CLEARED), "cleared");
}

static void check_lifecycle(void)
{
    static const double difference[8] = {0, 50, 60, 0, 0, 70, 80, 90};
    static const enum lifecycle expected[8] = {
        LIFECYCLE_MATCHED, LIFECYCLE_NEW,       LIFECYCLE_PERSISTENT, LIFECYCLE_CLEARED,
        LIFECYCLE_MATCHED, LIFECYCLE_RECURRING, LIFECYCLE_PERSISTENT, LIFECYCLE_PERSISTENT};
    struct made made;
    made_from(&made, difference, 8);
    for (size_t k = 0; k < 8; k++)
        CU_ASSERT_EQUAL(pattern_break_age(&made.series, k, 1.0).lifecycle, expected[k]);
    CU_ASSERT_EQUAL(pattern_break_age(&made.series, 7, 1.0).first, 5);
}

/* 2023-12-31, 2024-01-31, 2024-02-29, 2024-03-31 are days 19722, 19753, 19782, 19813. */
static void check_months(void)
{
    static const double difference[4] = {10, 10, 10, 10};
    static const int32_t days[4] = {19722, 19753, 19782, 19813};
    struct made made;
    made_from(&made, difference, 4);
    for (size_t k = 0; k < 4; k++)
        made.date[k] = days[k];
    for (size_t k = 0; k < 4; k++)
        CU_ASSERT_EQUAL(pattern_break_age(&made.series, k, 1.0).months, (int32_t)k);
    CU_ASSERT_EQUAL(pattern_break_age(&made.series, 3, 1.0).first_date, 19722);
    made.date[3] = ROW_NO_DATE;
    CU_ASSERT_EQUAL(pattern_break_age(&made.series, 3, 1.0).months, 0);
    made.date[0] = -135140; /* 1600-01-01 */
    CU_ASSERT_EQUAL(pattern_break_age(&made.series, 2, 1.0).months, 424 * 12 + 1);
}

static void check_months_of_matched(void)
{
    static const double difference[2] = {10, 0};
    struct made made;
    made_from(&made, difference, 2);
    struct break_age age = pattern_break_age(&made.series, 1, 1.0);
    CU_ASSERT(age.first == 1 && age.first_date == ROW_NO_DATE && age.months == 0);
}

int main(void)
{
    static const struct fact FACTS[] = {
        {"the bank's four accounts get the bank's four patterns", check_bank},
        {"a break is a difference of at least the tolerance", check_tolerance},
        {"a first row is matched or a new group", check_first_row},
        {"a break of a size had before is recurring, not a spike", check_recurring},
        {"breaks that move one way at one pace are consistent", check_steady},
        {"a break near the median of its run is in line", check_in_line},
        {"each error in the balances is named", check_causes},
        {"a sub-ledger that usually stands still is not stale", check_usually_still},
        {"an account that is always one-sided is not newly so", check_usually_one_sided},
        {"rows to come change no pattern and no age", check_no_future},
        {"patterns do not depend on the currency's scale", check_scale_free},
        {"the largest amounts do no harm", check_huge},
        {"every pattern has a name and a meaning", check_named},
        {"a break is new, persistent, cleared, recurring in turn", check_lifecycle},
        {"months are counted on the calendar, none if a date is missing", check_months},
        {"a matched row has no break to be old", check_months_of_matched},
    };
    return suite_run("pattern", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
