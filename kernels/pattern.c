/* What an account's series looks like at a row, in the words reconcilers use. The rules are
 * fixed and plain, so that a reader can check each by hand; they name what the forest found and
 * take no part in finding it, unless reviewers' verdicts weigh them (lesson.h). First the run of
 * breaks that leads up to the row decides (the four patterns the bank published and two that
 * complete them); a break that is neither in line nor steady is then looked at from both sides
 * for a cause that leaves a trace in the balances. Nothing after the row is read. */
#include "pattern.h"

#include "date.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 24,      /* rows looked at */
    RUN_COMPARED = 6, /* earlier breaks that a break is compared with */
    MIN_CHANGES = 3   /* earlier changes needed to know what is a usual one */
};

static const double IN_LINE = 0.05;    /* of the usual break */
static const double STEADY = 3.0;      /* times the largest earlier change of the run */
static const double SEEN_BEFORE = 0.5; /* of the present break: then it is no spike */
static const double ALIKE = 0.05;      /* relative, for a mirrored or scaled balance */
static const double DOUBLED = 0.01;    /* relative, for a movement booked twice */
static const double USUAL_MOVE = 3.0;  /* times the largest earlier movement */
static const double JUMP = 5.0;        /* times the largest earlier movement */
static const double JUMP_SHARE = 0.1;  /* of the balance before */
static const double SAME_SCALE = 5.0;  /* ratio of the sides below which scales agree */
static const double SAME_CENT = 0.005; /* below this two balances are the same */

static const struct {
    const char *name;
    const char *meaning;
} PATTERN[N_PATTERN] = {
    [PATTERN_MATCHED] = {"matched", "the two sides agree within the tolerance"},
    [PATTERN_SPIKE] = {"spike", "a large break after months that matched"},
    [PATTERN_INCONSISTENT] = {"inconsistent", "the breaks jump about from month to month"},
    [PATTERN_CONSISTENT] = {"consistent", "the break grows or shrinks steadily"},
    [PATTERN_IN_LINE] = {"in_line", "the same break as in earlier months"},
    [PATTERN_NEW_GROUP] = {"new_group", "a break in the account's first row"},
    [PATTERN_RECURRING] = {"recurring",
                           "a break of a size the account had before, then matched"},
    [PATTERN_SIGN_FLIP] = {"sign_flip", "one side is the other with the wrong sign"},
    [PATTERN_ONE_SIDED] = {"one_sided", "one side is zero and was not the row before"},
    [PATTERN_SCALE] = {"scale", "one side is the other times 10, 100 or 1000"},
    [PATTERN_STALE] = {"stale", "the sub-ledger repeats its last balance while the GL moves"},
    [PATTERN_DUPLICATE] = {"duplicate", "one side moved twice as far as the other"},
    [PATTERN_MATCHED_JUMP] = {"matched_jump",
                              "both sides jump together, their difference does not"},
};

static const char *const LIFECYCLE[N_LIFECYCLE] = {
    [LIFECYCLE_MATCHED] = "matched",     [LIFECYCLE_NEW] = "new",
    [LIFECYCLE_RECURRING] = "recurring", [LIFECYCLE_PERSISTENT] = "persistent",
    [LIFECYCLE_CLEARED] = "cleared",
};

const char *pattern_name(enum pattern pattern)
{
    assert((unsigned)pattern < N_PATTERN);
    return PATTERN[pattern].name;
}

const char *pattern_meaning(enum pattern pattern)
{
    assert((unsigned)pattern < N_PATTERN);
    return PATTERN[pattern].meaning;
}

const char *lifecycle_name(enum lifecycle lifecycle)
{
    assert((unsigned)lifecycle < N_LIFECYCLE);
    return LIFECYCLE[lifecycle];
}

static bool is_break(const struct series *series, size_t k, double tolerance)
{
    return fabs(series->difference[k]) >= tolerance;
}

static size_t window_begin(size_t k)
{
    return k > WINDOW ? k - WINDOW : 0;
}

static double max_abs(double a, double b)
{
    return fmax(fabs(a), fabs(b));
}

/* First of the consecutive breaks that end right before row k, k if there are none. */
static size_t run_begin(const struct series *series, size_t k, size_t limit, double tolerance)
{
    size_t first = k;
    while (first > limit && is_break(series, first - 1, tolerance))
        first--;
    return first;
}

/* Largest |value[i] - value[i - 1]| for i in (begin, end). */
static double largest_change(const double *value, size_t begin, size_t end)
{
    double largest = 0.0;
    for (size_t i = begin + 1; i < end; i++)
        largest = fmax(largest, fabs(value[i] - value[i - 1]));
    return largest;
}

static double median(const double *value, size_t n)
{
    double sorted[RUN_COMPARED];
    assert(n > 0 && n <= RUN_COMPARED);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > value[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = value[i];
    }
    return 0.5 * sorted[(n - 1) / 2] + 0.5 * sorted[n / 2];
}

static bool in_line(const double *difference, size_t first, size_t k, double tolerance)
{
    size_t from = k - first > RUN_COMPARED ? k - RUN_COMPARED : first;
    double usual = median(difference + from, k - from);
    return fabs(difference[k] - usual) <= fmax(tolerance, IN_LINE * fabs(usual));
}

/* Whether difference[first .. k] moves one way, and at the end not much faster than before. Of
 * a single change only its size can be judged: no more than the break it started from. */
static bool steady(const double *difference, size_t first, size_t k)
{
    size_t from = k - first > RUN_COMPARED ? k - RUN_COMPARED : first;
    double last = difference[k] - difference[k - 1];
    if (k - from == 1)
        return fabs(last) <= fabs(difference[k - 1]);
    for (size_t i = from + 1; i < k; i++)
        if ((difference[i] - difference[i - 1] > 0.0) != (last > 0.0) &&
            difference[i] != difference[i - 1])
            return false;
    return fabs(last) <= STEADY * largest_change(difference, from, k);
}

/* Whether a break at least SEEN_BEFORE as large, to the same side, lies in [begin, k). */
static bool seen_before(const double *difference, size_t begin, size_t k)
{
    for (size_t i = begin; i < k; i++)
        if (difference[i] / difference[k] >= SEEN_BEFORE)
            return true;
    return false;
}

static enum pattern of_difference(const struct series *series, size_t k, double tolerance)
{
    size_t begin = window_begin(k);
    if (!is_break(series, k, tolerance))
        return PATTERN_MATCHED;
    if (k == 0)
        return PATTERN_NEW_GROUP;
    size_t first = run_begin(series, k, begin, tolerance);
    if (first == k)
        return seen_before(series->difference, begin, k) ? PATTERN_RECURRING : PATTERN_SPIKE;
    if (in_line(series->difference, first, k, tolerance))
        return PATTERN_IN_LINE;
    return steady(series->difference, first, k) ? PATTERN_CONSISTENT : PATTERN_INCONSISTENT;
}

static bool sign_flips(double gl, double ihub, double tolerance)
{
    double small = fmin(fabs(gl), fabs(ihub));
    return (gl > 0.0) != (ihub > 0.0) && small >= tolerance &&
           fabs(gl + ihub) <= ALIKE * max_abs(gl, ihub);
}

static bool one_sided(double gl, double ihub, double tolerance)
{
    return (fabs(gl) < SAME_CENT) != (fabs(ihub) < SAME_CENT) && max_abs(gl, ihub) >= tolerance;
}

/* How many times larger the larger side is; 0 if one is zero or the signs differ. */
static double side_ratio(double gl, double ihub)
{
    double small = fmin(fabs(gl), fabs(ihub));
    return small >= SAME_CENT && (gl > 0.0) == (ihub > 0.0) ? max_abs(gl, ihub) / small : 0.0;
}

static bool scaled(double gl, double ihub)
{
    double ratio = side_ratio(gl, ihub);
    for (double power = 10.0; power <= 1000.0; power *= 10.0)
        if (fabs(ratio - power) <= ALIKE * power)
            return true;
    return false;
}

/* The sub-ledger stands still, as it seldom does, while the GL makes one of its usual moves. */
static bool is_stale(const struct series *series, size_t k, double tolerance)
{
    const double *gl = series->gl, *ihub = series->ihub;
    size_t begin = window_begin(k), still = 0;
    double move = fabs(gl[k] - gl[k - 1]);
    if (k - begin <= MIN_CHANGES || fabs(ihub[k] - ihub[k - 1]) >= SAME_CENT ||
        move < tolerance || move > USUAL_MOVE * largest_change(gl, begin, k))
        return false;
    for (size_t i = begin + 1; i < k; i++)
        still += fabs(ihub[i] - ihub[i - 1]) < SAME_CENT;
    return 2 * still < k - begin - 1;
}

static bool is_twice(double twice, double once, double tolerance)
{
    return fabs(once) >= tolerance && fabs(twice - 2.0 * once) <= DOUBLED * fabs(once);
}

/* Why a break is out of line, where the balances show it; otherwise the pattern it has. */
static enum pattern refine(const struct series *series, size_t k, double tolerance,
                           enum pattern pattern)
{
    double gl = series->gl[k], ihub = series->ihub[k];
    double gl_before = series->gl[k - 1], ihub_before = series->ihub[k - 1];

    if (sign_flips(gl, ihub, tolerance) && !sign_flips(gl_before, ihub_before, tolerance))
        return PATTERN_SIGN_FLIP;
    if (one_sided(gl, ihub, tolerance) && fabs(gl_before) >= SAME_CENT &&
        fabs(ihub_before) >= SAME_CENT)
        return PATTERN_ONE_SIDED;
    if (scaled(gl, ihub) && side_ratio(gl_before, ihub_before) < SAME_SCALE)
        return PATTERN_SCALE;
    if (is_stale(series, k, tolerance))
        return PATTERN_STALE;
    if (is_twice(gl - gl_before, ihub - ihub_before, tolerance) ||
        is_twice(ihub - ihub_before, gl - gl_before, tolerance))
        return PATTERN_DUPLICATE;
    return pattern;
}

static bool jumps(const double *value, size_t k, double tolerance)
{
    size_t begin = window_begin(k);
    double move = fabs(value[k] - value[k - 1]);
    return k - begin > MIN_CHANGES && move >= tolerance &&
           move > JUMP * largest_change(value, begin, k) &&
           move > JUMP_SHARE * fabs(value[k - 1]);
}

static bool jump_together(const struct series *series, size_t k, double tolerance)
{
    return jumps(series->gl, k, tolerance) && jumps(series->ihub, k, tolerance) &&
           (series->gl[k] > series->gl[k - 1]) == (series->ihub[k] > series->ihub[k - 1]);
}

enum pattern pattern_of_row(const struct series *series, size_t k, double tolerance)
{
    assert(k < series->n && tolerance > 0.0);
    enum pattern pattern = of_difference(series, k, tolerance);
    if (k == 0)
        return pattern;
    if (pattern == PATTERN_SPIKE || pattern == PATTERN_INCONSISTENT)
        return refine(series, k, tolerance, pattern);
    if ((pattern == PATTERN_MATCHED || pattern == PATTERN_IN_LINE) &&
        jump_together(series, k, tolerance))
        return PATTERN_MATCHED_JUMP;
    return pattern;
}

static enum lifecycle lifecycle_of(const struct series *series, size_t k, size_t first,
                                   double tolerance)
{
    if (first < k)
        return LIFECYCLE_PERSISTENT;
    for (size_t i = 0; i < k; i++)
        if (is_break(series, i, tolerance))
            return LIFECYCLE_RECURRING;
    return LIFECYCLE_NEW;
}

struct break_age pattern_break_age(const struct series *series, size_t k, double tolerance)
{
    struct break_age age = {LIFECYCLE_MATCHED, k, ROW_NO_DATE, 0};
    assert(k < series->n && tolerance > 0.0);
    if (!is_break(series, k, tolerance)) {
        if (k > 0 && is_break(series, k - 1, tolerance))
            age.lifecycle = LIFECYCLE_CLEARED;
        return age;
    }
    age.first = run_begin(series, k, 0, tolerance);
    age.lifecycle = lifecycle_of(series, k, age.first, tolerance);
    age.first_date = series->date[age.first];
    if (age.first_date != ROW_NO_DATE && series->date[k] != ROW_NO_DATE)
        age.months = date_month(series->date[k]) - date_month(age.first_date);
    return age;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double pattern_usual_difference(const struct series *series, size_t k)
{
    double past[WINDOW];
    size_t n = k < WINDOW ? k : WINDOW;

    if (n == 0)
        return (double)NAN;
    memcpy(past, series->difference + k - n, n * sizeof *past);
    qsort(past, n, sizeof *past, by_value);
    return past[(n - 1) / 2] / 2 + past[n / 2] / 2;
}
