/* Each row against its own group's past. The measures are medians, trimmed means and distances
 * to the nearest known value, so that a past error neither hides the next one nor makes the
 * return to normal look odd; what each is for:
 *
 *   break   spikes, flipped signs, one-sided or scaled balances, postings made twice
 *   drift   breaks that build up in steps too small to notice, against an older, calmer time
 *   stale   a sub-ledger that was not loaded
 *   jump    both sides wrong together, which no difference shows
 *   move    which side went wrong
 *   share   a break in proportion to the balances, whatever the account's size
 *
 * All is computed anew from a window of 24 past rows: no state is carried along a group, and
 * most rows need no sorting, since a balance inside its known range and a difference of 0 are
 * settled by one look. Only + - * / and sqrt round, so that the bits are the same on every
 * machine. Names, contamination and the forest are left to others. */
#include "history.h"

#include "portable_math.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    PAST = 24,    /* rows a row is compared with */
    BUFFER = 256, /* rows gathered before the past is moved to the front */
    LAST_CHANGES = 4,
    SETTLED = 4, /* changes that tell what is usual beside a trend or a season */
    QUARTER = 3, /* rows; */
    YEAR = 12    /* a ledger has one row a month */
};

static const double FULL_TRUST = 6.0; /* past rows from which a departure counts in full, */
static const double FULL_TRUST_TIED = 4.0; /* and if all of them matched */
static const double MAD_TO_SIGMA = 1.48;
static const double NOISE_OF_GROSS = 0.001;
static const double NOISE_OF_BREAK = 0.03;
static const double CAUTION = 0.03;
static const double CAUTION_TIED = 0.02; /* if all the past matched */
static const double CAUTION_COUNT = 0.3;
static const double TIED = 1.0 / 3.0; /* of that, for an account that always tied out */
static const double NOISE_OF_BALANCE = 0.035;
static const double FREE_MOVE = 0.4; /* of a balance */
static const double MOVE_UNIT = 1.8; /* times as much is as telling as in the difference */
static const double DRIFT_STEPS = 3.0;
static const double MOST_STEPS = 6.0;
static const double EVEN = 0.2;       /* of the last step, what others must exceed */
static const double SHORT_RUN = 0.05; /* weight of a drift of two steps */
static const double STALE_DEPARTURE = 12.0;
static const double STALE_BREAK = 0.15; /* departures of the break at which it is half of it */
static const double SAME_CENT = 0.005;
static const double BREAK_SPREAD = 0.5; /* of the usual size of a returning break */
static const double DEPARTS = 3.0;
static const double COMPRESS = 20.0;
static const double SHARE_WEIGHT = 0.75;
static const double COMMON = 0.25;  /* of the largest departure, on every axis */
static const double INEXACT = 1e-6; /* of the largest departure, by rounding to float */
static const double LARGEST = 1e6;  /* departures beyond are all alike */

const struct feature_label HISTORY_LABEL[N_HISTORY] = {
    {"departure", "ln(1 + deviations / 20)", "largest departure from the group's own history"},
    {"break_departure", "ln(1 + deviations / 20)", "difference against its usual values"},
    {"drift_departure", "ln(1 + deviations / 20)",
     "difference moving steadily out of its range"},
    {"stale_departure", "ln(1 + deviations / 20)", "sub-ledger repeated while the GL moves"},
    {"jump_departure", "ln(1 + deviations / 20)", "both sides out of their range together"},
    {"move_departure", "ln(1 + deviations / 20)", "either side out of its range"},
    {"share_departure", "0.75 of a share", "difference over balances against its usual share"},
};

/* A column of the group: value[0 .. n) is the past, value[n] is now. */
struct view {
    const double *value;
    size_t n;
};

/* One row with its past. */
struct moment {
    struct view gl, ihub, difference, share;
    double tolerance;
    double gross;   /* |GL| + |IHub| now */
    bool one_sided; /* GL or IHub is 0 now and always was */
    bool tied;      /* always matched before */
    double noise;
    double caution;
};

struct measures {
    double departure[N_HISTORY]; /* [HISTORY_DEPARTURE] unused */
    double trust;
    bool departs;
};

/* One instruction each, where fmin and fmax, which must heed NaN, are calls. */
static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void sort(double *value, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double moving = value[i];
        size_t at = i;
        for (; at > 0 && value[at - 1] > moving; at--)
            value[at] = value[at - 1];
        value[at] = moving;
    }
}

static double middle(const double *sorted, size_t n)
{
    return n == 0 ? 0.0 : 0.5 * sorted[(n - 1) / 2] + 0.5 * sorted[n / 2];
}

static double median(const double *value, size_t n)
{
    double sorted[PAST];
    memcpy(sorted, value, n * sizeof *sorted);
    sort(sorted, n);
    return middle(sorted, n);
}

/* Mean of sorted[n] without its largest quarter, of a single value itself. */
static double low_mean(const double *sorted, size_t n)
{
    size_t kept = n > 1 ? n - (n + 3) / 4 : n;
    double sum = 0.0;
    for (size_t i = 0; i < kept; i++)
        sum += sorted[i];
    return kept > 0 ? sum / (double)kept : 0.0;
}

static size_t changes(const double *value, size_t n, double *change)
{
    for (size_t i = 1; i < n; i++)
        change[i - 1] = value[i] - value[i - 1];
    return n > 0 ? n - 1 : 0;
}

/* The usual size of change[n], which is overwritten. */
static double usual_size(double *change, size_t n)
{
    for (size_t i = 0; i < n; i++)
        change[i] = fabs(change[i]);
    sort(change, n);
    return larger(MAD_TO_SIGMA * middle(change, n), low_mean(change, n));
}

static double usual_change(struct view x)
{
    double change[PAST];
    return usual_size(change, changes(x.value, x.n, change));
}

static double trend(struct view x)
{
    double change[PAST];
    return median(change, changes(x.value, x.n, change));
}

/* Distance of now from the nearest value that the past lets expect; x.n >= 1. */
static double from_expected(struct view x)
{
    double now = x.value[x.n], last = x.value[x.n - 1];
    double nearest = smaller(fabs(now - last), fabs(now - median(x.value, x.n)));
    nearest = smaller(nearest, fabs(now - last - trend(x)));
    if (x.n >= 2)
        nearest = smaller(nearest, fabs(now - last - (last - x.value[x.n - 2])));
    if (x.n >= QUARTER)
        nearest = smaller(nearest, fabs(now - x.value[x.n - QUARTER]));
    if (x.n >= YEAR)
        nearest = smaller(nearest, fabs(now - x.value[x.n - YEAR]));
    return nearest;
}

/* Distance of now from the second-nearest past value, from the only one if there is one. */
static double from_known(struct view x)
{
    double nearest = INFINITY, second = INFINITY;
    for (size_t i = 0; i < x.n; i++) {
        double distance = fabs(x.value[x.n] - x.value[i]);
        second = smaller(second, larger(nearest, distance));
        nearest = smaller(nearest, distance);
    }
    return x.n > 1 ? second : nearest;
}

static double outside(double now, double low, double high)
{
    return larger(0.0, larger(now - high, low - now));
}

/* The size a break of the group may have without being news: that of its 2nd largest break so
 * far, the 3rd from 12 past rows, the 4th from 24. A break that stays for months is one. */
static double known_size(const struct moment *m)
{
    struct view x = m->difference;
    double size[PAST], largest = 0.0;
    size_t n = 0, skipped = 1 + x.n / 12;
    for (size_t i = 0; i <= x.n; i++) {
        double broken = i < x.n ? fabs(x.value[i]) : 0.0;
        if (broken >= m->tolerance) {
            largest = larger(largest, broken);
        } else if (largest > 0.0) {
            size[n++] = largest;
            largest = 0.0;
        }
    }
    sort(size, n);
    return n > skipped ? size[n - 1 - skipped] : 0.0;
}

/* Distance of the difference from what was usual, and in *usual what it is to be compared with,
 * caution left out. */
static double break_distance(const struct moment *m, double *usual)
{
    struct view x = m->difference;
    double now = x.value[x.n];
    double distance = smaller(fabs(now), from_known(x));

    *usual = 1.0;
    if (!(distance > 0.0))
        return 0.0;
    distance = smaller(distance, from_expected(x));
    *usual = usual_change(x) + m->noise;
    if (fabs(x.value[x.n - 1]) < m->tolerance) {
        double size = known_size(m);
        distance = smaller(distance, larger(0.0, fabs(now) - size));
        *usual += BREAK_SPREAD * size;
    }
    return distance;
}

/* Third-largest of the last four changes, counted upwards beyond an upward trend. */
static double sustained(const double *change, double sign, double usual)
{
    double step[LAST_CHANGES];
    for (size_t i = 0; i < LAST_CHANGES; i++)
        step[i] = sign * change[i] - larger(sign * usual, 0.0);
    sort(step, LAST_CHANGES);
    return step[1];
}

/* Changes in the direction of the last one, and not much smaller, up to the first other one. */
static size_t run_length(struct view x)
{
    double last = x.value[x.n] - x.value[x.n - 1];
    double sign = last > 0.0 ? 1.0 : -1.0, least = EVEN * fabs(last);
    size_t run = 1;
    while (run < x.n && sign * (x.value[x.n - run] - x.value[x.n - run - 1]) > least)
        run++;
    return run;
}

/* Drift as a distance, and what to compare it with, caution left out. */
struct drift {
    double distance, unit;
};

/* The current run of changes against the time before it, of n_old rows: as many steps as there
 * are, each counted as the second-smallest, beyond the older trend. */
static struct drift run_drift(const struct moment *m)
{
    struct view x = m->difference;
    size_t run = run_length(x), n_old = x.n + 1 - run;
    double now = x.value[x.n], start = x.value[x.n - run], old[PAST], step[PAST];
    struct drift of = {0.0, 1.0};

    if (run < 2 || n_old < 2)
        return of;
    memcpy(old, x.value, n_old * sizeof *old);
    sort(old, n_old);
    double left = outside(now, old[0], old[n_old - 1]);
    size_t n = changes(x.value, n_old, old);
    double usual = n_old < 3 ? 0.0 : median(old, n);
    for (size_t i = 0; i < n; i++)
        old[i] = fabs(old[i] - usual);
    sort(old, n);
    double sign = now > start ? 1.0 : -1.0;
    for (size_t i = 0; i < run; i++)
        step[i] = sign * (x.value[x.n - i] - x.value[x.n - i - 1] - usual);
    sort(step, run);
    double even = larger(0.0, step[run > 2]);
    double known = smaller(1.0, (double)n_old / 4.0) * (run > 2 ? 1.0 : SHORT_RUN);
    of.distance = known * smaller(smaller((double)run, MOST_STEPS) * even, left);
    of.unit = low_mean(old, n) + m->noise;
    return of;
}

/* The last four changes, of which one may go back, against the older half of the past. */
static struct drift slow_drift(const struct moment *m)
{
    struct view x = m->difference;
    size_t recent = x.n / 2 > 3 ? x.n / 2 : 3;
    size_t n_old = x.n > recent ? x.n - recent : 0;
    double now = x.value[x.n], change[PAST], old[PAST];
    struct drift of = {0.0, 1.0};

    if (n_old < 2)
        return of;
    changes(x.value + x.n - LAST_CHANGES, LAST_CHANGES + 1, change);
    if (larger(sustained(change, 1.0, 0.0), sustained(change, -1.0, 0.0)) <= 0.0)
        return of;
    memcpy(old, x.value, n_old * sizeof *old);
    sort(old, n_old);
    double left = outside(now, old[n_old / 8], old[n_old - 1 - n_old / 8]);

    /* Two old rows tell no trend: then the whole past does. */
    size_t n = changes(x.value, n_old, old);
    double usual = n_old < 3 ? trend(x) : median(old, n);
    for (size_t i = 0; i < n; i++)
        old[i] = n_old < 3 ? 0.0 : fabs(old[i] - usual);
    sort(old, n);
    double step = larger(sustained(change, 1.0, usual), sustained(change, -1.0, usual));
    double known = smaller(1.0, ((double)n_old - 1.0) / 4.0);
    of.distance = known * smaller(DRIFT_STEPS * larger(step, 0.0), left);
    of.unit =
        low_mean(old, n) + larger(m->noise, NOISE_OF_BREAK * fabs(x.value[x.n - LAST_CHANGES]));
    return of;
}

/* Of the two the clearer one. An account with one side only has no break that could build up:
 * its difference is its balance. */
static struct drift drift_of(const struct moment *m)
{
    struct drift none = {0.0, 1.0};
    if (m->one_sided ||
        m->difference.value[m->difference.n] == m->difference.value[m->difference.n - 1])
        return none;
    struct drift run = run_drift(m), slow = slow_drift(m);
    return run.distance * (slow.unit + m->caution) > slow.distance * (run.unit + m->caution)
               ? run
               : slow;
}

/* distance and usual are the break's: a repeated balance says the more, the less usual the break
 * it leaves is. */
static double stale_departure(const struct moment *m, double distance, double usual)
{
    const double *gl = m->gl.value, *ihub = m->ihub.value;
    size_t n = m->ihub.n, still = 0;
    if (n < 2 || fabs(ihub[n] - ihub[n - 1]) >= SAME_CENT || m->one_sided ||
        fabs(gl[n] - gl[n - 1]) < m->tolerance || fabs(m->difference.value[n]) < m->tolerance)
        return 0.0;
    for (size_t i = 1; i < n; i++)
        still += fabs(ihub[i] - ihub[i - 1]) < SAME_CENT;
    double known = larger(0.0, 1.0 - 2.0 * (double)still / (double)(n - 1));
    return known * STALE_DEPARTURE * distance / (distance + STALE_BREAK * usual);
}

/* The usual change of a balance, beyond its trend, and from quarter to quarter or year to year
 * where that is less. */
static double usual_move(struct view x)
{
    static const size_t LAG[] = {1, QUARTER, YEAR};
    double least = INFINITY, change[PAST];
    for (size_t l = 0; l < 3 && (l == 0 || x.n >= LAG[l] + SETTLED); l++) {
        size_t n = 0;
        for (size_t i = LAG[l]; i < x.n; i++)
            change[n++] = x.value[i] - x.value[i - LAG[l]];
        double usual = x.n > SETTLED ? median(change, n) : 0.0;
        for (size_t i = 0; i < n; i++)
            change[i] -= usual;
        least = smaller(least, usual_size(change, n));
    }
    return least;
}

/* How far one side has left what is known of it, beyond a part of its size. A balance that was
 * empty opens, which is no departure. */
static double side_move(const struct moment *m, struct view x)
{
    double low = x.value[0], high = x.value[0], now = x.value[x.n];
    for (size_t i = 1; i < x.n; i++) {
        low = smaller(low, x.value[i]);
        high = larger(high, x.value[i]);
    }
    double largest = larger(fabs(low), fabs(high));
    double distance = outside(now, low, high);
    if (!(distance > FREE_MOVE * largest) || fabs(x.value[x.n - 1]) < m->tolerance)
        return 0.0;
    distance = smaller(distance, from_expected(x)) - FREE_MOVE * largest;
    if (!(distance > 0.0))
        return 0.0;
    double unit = usual_move(x) + NOISE_OF_BALANCE * largest + m->tolerance + m->caution;
    return distance / (MOVE_UNIT * unit);
}

static bool same_way(struct view a, struct view b)
{
    return (a.value[a.n] > a.value[a.n - 1]) == (b.value[b.n] > b.value[b.n - 1]);
}

static double share_departure(struct view x)
{
    double now = x.value[x.n], sorted[PAST];
    size_t left_out = x.n / 6, reached = 0;
    for (size_t i = 0; i < x.n; i++)
        reached += x.value[i] >= now;
    if (reached > left_out)
        return 0.0;
    memcpy(sorted, x.value, x.n * sizeof *sorted);
    sort(sorted, x.n);
    return now - sorted[x.n - 1 - left_out];
}

static double bounded(double departure)
{
    return departure > 0.0 ? smaller(departure, LARGEST) : 0.0; /* NaN of overflowed sums too */
}

/* What a short past does not tell when rows are counted; an account that was never seen broken
 * is known better. */
static double count_caution(const struct moment *m)
{
    double n = (double)m->difference.n, part = 3.0 / n;
    double known = m->tied ? TIED : 1.0;
    return known * CAUTION_COUNT * m->gross * part * part * part;
}

/* How much a departure after n rows counts. */
static double trust(size_t n, bool tied)
{
    double full = tied ? FULL_TRUST_TIED : FULL_TRUST;
    double part = smaller(1.0, (double)n / full);
    return part * sqrt(sqrt(part));
}

static struct measures measure(const struct moment *m)
{
    struct measures of = {.departs = false};
    double n = (double)m->difference.n, usual;
    double distance = break_distance(m, &usual);
    struct drift drift = drift_of(m);
    double gl = bounded(side_move(m, m->gl)), ihub = bounded(side_move(m, m->ihub));
    double jump = m->one_sided ? larger(gl, ihub) : smaller(gl, ihub);

    of.trust = trust(m->difference.n, m->tied);
    of.departure[HISTORY_BREAK] = bounded(distance / (usual + m->caution));
    of.departure[HISTORY_DRIFT] = bounded(drift.distance / (drift.unit + m->caution));
    of.departure[HISTORY_STALE] = bounded(stale_departure(m, distance, usual + m->caution));
    of.departure[HISTORY_JUMP] = m->one_sided || same_way(m->gl, m->ihub) ? jump : 0.0;
    of.departure[HISTORY_MOVE] = larger(gl, ihub);
    of.departure[HISTORY_SHARE] = bounded(share_departure(m->share));
    of.departs = (n >= 3.0 && of.departure[HISTORY_JUMP] > DEPARTS) ||
                 (n >= 3.0 && of.departure[HISTORY_STALE] > DEPARTS);
    if (!of.departs && larger(distance, drift.distance) > 0.0) {
        double caution = count_caution(m);
        of.departs = distance / (usual + caution) > DEPARTS ||
                     drift.distance / (drift.unit + caution) > DEPARTS;
    }
    return of;
}

static void to_features(const struct measures *of, double feature[N_HISTORY])
{
    double largest = 0.0;
    for (size_t i = HISTORY_BREAK; i < HISTORY_SHARE; i++) {
        feature[i] = portable_log(1.0 + of->departure[i] / COMPRESS);
        if (i <= HISTORY_JUMP) /* a move alone is no news: balances do move */
            largest = larger(largest, feature[i]);
    }
    feature[HISTORY_SHARE] = SHARE_WEIGHT * of->departure[HISTORY_SHARE];
    feature[HISTORY_DEPARTURE] = largest;
    for (size_t i = 0; i < N_HISTORY; i++)
        feature[i] = of->trust * larger(feature[i], COMMON * largest);
}

/* The last rows of a group, side by side. */
struct window {
    double gl[BUFFER], ihub[BUFFER], difference[BUFFER], share[BUFFER];
    size_t end;
};

static void slide(double *value)
{
    memmove(value, value + BUFFER - PAST, PAST * sizeof *value);
}

static void window_push(struct window *window, const struct row *row)
{
    if (window->end == BUFFER) {
        slide(window->gl);
        slide(window->ihub);
        slide(window->difference);
        slide(window->share);
        window->end = PAST;
    }
    double gross = fabs(row->gl) + fabs(row->ihub);
    window->gl[window->end] = row->gl;
    window->ihub[window->end] = row->ihub;
    window->difference[window->end] = row->difference;
    window->share[window->end] = gross > 0.0 ? fabs(row->difference) / gross : 0.0;
    window->end++;
}

static bool empty(struct view x)
{
    for (size_t i = 0; i <= x.n; i++)
        if (x.value[i] != 0.0)
            return false;
    return true;
}

static bool tied(struct view difference, double tolerance)
{
    for (size_t i = 0; i < difference.n; i++)
        if (fabs(difference.value[i]) >= tolerance)
            return false;
    return true;
}

/* The row pushed last, with its past of n rows; n >= 1. */
static struct moment window_now(const struct window *window, size_t n, double tolerance)
{
    size_t now = window->end - 1, first = now - n;
    double broken = smaller(fabs(window->difference[now]), fabs(window->difference[now - 1]));
    struct moment m = {.gl = {window->gl + first, n},
                       .ihub = {window->ihub + first, n},
                       .difference = {window->difference + first, n},
                       .share = {window->share + first, n},
                       .tolerance = tolerance};
    m.gross = fabs(window->gl[now]) + fabs(window->ihub[now]);
    m.one_sided = empty(m.gl) || empty(m.ihub);
    m.tied = tied(m.difference, tolerance);
    m.noise = tolerance + NOISE_OF_GROSS * m.gross + NOISE_OF_BREAK * broken;
    m.caution = (m.tied ? CAUTION_TIED : CAUTION) * m.gross * (9.0 / ((double)n * (double)n));
    return m;
}

/* One group: its rows are row[member[0 .. n)], its features go to column[][at .. at + n). */
static size_t group_features(const struct row *row, const uint32_t *member, size_t n,
                             double tolerance, size_t at, double *const column[N_HISTORY])
{
    struct window window;
    size_t n_departing = 0;
    window.end = 0;
    for (size_t k = 0; k < n; k++) {
        size_t n_past = k < PAST ? k : PAST;
        struct measures of = {.departs = false};
        double feature[N_HISTORY];
        window_push(&window, &row[member[k]]);
        if (n_past > 0) {
            struct moment m = window_now(&window, n_past, tolerance);
            of = measure(&m);
        }
        to_features(&of, feature);
        for (size_t i = 0; i < N_HISTORY; i++)
            column[i][at + k] = feature[i];
        n_departing += of.departs;
    }
    return n_departing;
}

size_t features_history(const struct row *row, const struct groups *groups, double tolerance,
                        double *const column[N_HISTORY])
{
    size_t n_departing = 0;
    assert(tolerance > 0.0);
#pragma omp parallel for default(none) shared(row, groups, column) firstprivate(tolerance)     \
    schedule(dynamic, 256) reduction(+ : n_departing)
    for (size_t g = 0; g < groups->n_group; g++) {
        size_t at = groups->start[g], n = groups->start[g + 1] - at;
        n_departing += group_features(row, groups->member + at, n, tolerance, at, column);
    }
    return n_departing;
}

unsigned history_departing(const double *feature)
{
    double raised = (COMMON + INEXACT) * feature[HISTORY_DEPARTURE];
    unsigned departing = 0;

    for (unsigned f = HISTORY_DEPARTURE + 1; f < N_HISTORY; f++)
        departing |= feature[f] > raised ? 1u << f : 0u;
    return departing;
}
