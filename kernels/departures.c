/* Each row against its own account's past, measure by measure:
 *
 *   break    spikes, flipped signs, one-sided or scaled balances, postings made twice
 *   drift    breaks that build up in steps too small to notice, against an older, calmer time
 *   repeat   a sub-ledger that was not loaded, a month's movement posted twice: traces that tell
 *            of an error however small the break they leave
 *   jump     both sides wrong together, which no difference shows
 *   move     which side went wrong
 *   share    a break in proportion to the balances, whatever the account's size
 *
 * A departure is a distance over a unit: what is usual in the account, and what a short past does
 * not tell. Most rows need no sorting: a difference of 0 and a balance that moved as it did before
 * are settled by one look. Constants were chosen on ledgers made up in benchmarks/quality, and
 * tried on others. Only + - * / round, so that the bits are the same on every machine.
 *
 * What is usual in a series is past.c's; features, windows and groups are history.c's. */
#include "departures.h"

#include <math.h>
#include <string.h>

/* In the unit of a distance. */
static const double TOLERANCES = 3.5;
static const double NOISE_OF_GROSS = 0.001; /* big balances wobble, as far as they ever did */
static const double NOISE_OF_BREAK = 0.01;  /* a standing break wobbles, too */

/* What n past rows do not tell, of |GL| + |IHub|: times (CAUTION_ROWS / n)^3, and if the
 * difference changed as much again times (CAUTION_ROWS / n)^2, but no more than WANDERS times as
 * far as it did, times CAUTION_ROWS / n. */
static const double CAUTION_ROWS = 3.0;
static const double CAUTION_CALM = 0.0055;
static const double CAUTION = 0.03;
static const double WANDERS = 6.0;
static const double LEAST_GROSS = 600.0; /* tolerances: small accounts are as little known */
/* The same where rows are counted and no ranking corrects it, times (CAUTION_ROWS / n)^3. */
static const double COUNT_CAUTION = 0.3;
static const double COUNT_CAUTION_CALM = 0.1;
static const double COUNTS = 3.0; /* units */

static const double BREAK_SPREAD = 0.5; /* of the largest break that returned to a match */

static const size_t DRIFT_KNOWN = 4;      /* rows before it from which it counts in full */
static const size_t LONGEST_ERROR = 12;   /* rows; beyond, it is how the account is */
static const double SHORT_DRIFT = 0.5;    /* weight of two steps: noise has those, too */
static const double BACKWARD = 5.0;       /* times a step back is taken away */
static const double EVEN_DRIFT = 4.0 / 3; /* makes four even steps count as four */
static const size_t MANY_ROWS = 8;        /* from which one row may be an error */

static const double REPEAT = 30.0;       /* departure if the break left is clear, */
static const double REPEAT_BREAK = 0.15; /* and the break at which it is half of that */
static const double SAME_CENT = 0.005;

static const size_t MOVE_ROWS = 3;           /* before which balances tell nothing of moves */
static const double KNOWN_MOVE = 2.5;        /* times the largest move is still business */
static const double NOISE_OF_BALANCE = 0.15; /* in the unit of a move */
static const double MOVE_CAUTION = 0.01;     /* of |GL| + |IHub|, times (CAUTION_ROWS / n)^2 */
static const size_t SETTLED = 4; /* changes that tell what is usual beside a trend */
enum { QUARTER = 3, YEAR = 12 }; /* rows */

static const double LARGEST = 1e6; /* departures beyond are all alike */

/* A distance, and what to compare it with: what is usual, and what a short past does not tell. */
struct measure {
    double distance, usual, caution;
};

static const struct measure NONE = {.usual = 1.0};

static double bounded(double departure)
{
    return departure > 0.0 ? past_smaller(departure, LARGEST) : 0.0; /* NaN of overflow too */
}

static double gross(const struct moment *m)
{
    return fabs(m->gl.value[m->gl.n]) + fabs(m->ihub.value[m->ihub.n]);
}

/* How far the difference went in the first n rows, if it changed at all. */
static double range_before(const struct moment *m, size_t n)
{
    double range = past_range(m->difference.value, n);
    return range < 2.0 * m->tolerance ? 0.0 : range;
}

static double caution(const struct moment *m, double range)
{
    double part = CAUTION_ROWS / (double)m->difference.n;
    double of = (gross(m) + LEAST_GROSS * m->tolerance) * part * part;
    return CAUTION_CALM * of * part + past_smaller(CAUTION * of, WANDERS * range * part);
}

static double count_caution(const struct moment *m)
{
    double part = CAUTION_ROWS / (double)m->difference.n;
    bool calm = !(range_before(m, m->difference.n) > 0.0);
    return (calm ? COUNT_CAUTION_CALM : COUNT_CAUTION) * gross(m) * part * part * part;
}

static double departure_of(struct measure of)
{
    return bounded(of.distance / (of.usual + of.caution));
}

/* ---- break ---- */

/* A break that is new is not compared with its own size. */
static double noise(const struct moment *m, double range)
{
    struct past x = m->difference;
    double broken = past_smaller(fabs(x.value[x.n]), fabs(x.value[x.n - 1]));
    return TOLERANCES * m->tolerance + past_smaller(NOISE_OF_GROSS * gross(m), range) +
           NOISE_OF_BREAK * broken;
}

/* What a distance of the difference is compared with, the first n rows having changed as usual. */
static struct measure against(const struct moment *m, size_t n, double distance, double usual)
{
    double range = range_before(m, n);
    return (struct measure){distance, usual + noise(m, range), caution(m, range)};
}

/* The breaks that the account had and that matched again, one that stayed for months once. */
struct known_breaks {
    double largest;
    double usual; /* their 2nd largest, the 3rd from 12 past rows, the 4th from 24 */
};

static struct known_breaks known_breaks_of(const struct moment *m)
{
    struct past x = m->difference;
    double size[PAST_ROWS], largest = 0.0;
    size_t n = 0, skipped = 1 + x.n / 12;
    for (size_t i = 0; i <= x.n; i++) {
        double broken = i < x.n ? fabs(x.value[i]) : 0.0;
        if (broken >= m->tolerance) {
            largest = past_larger(largest, broken);
        } else if (largest > 0.0) {
            size[n++] = largest;
            largest = 0.0;
        }
    }
    past_sort(size, n);
    return (struct known_breaks){.largest = n > 0 ? size[n - 1] : 0.0,
                                 .usual = n > skipped ? size[n - 1 - skipped] : 0.0};
}

/* The size of a step that is no news where the difference climbs in stairs: the second-largest of
 * the steps that led to the last tread, all in the direction it moves now. */
static double known_step(const struct moment *m, double sign)
{
    struct past x = m->tread;
    double largest = 0.0, second = 0.0;
    for (size_t i = x.n; i > 1; i--) {
        double step = sign * (x.value[i - 1] - x.value[i - 2]);
        if (step < 0.0)
            break;
        second = past_larger(second, past_smaller(largest, step));
        largest = past_larger(largest, step);
    }
    return second;
}

/* Distance of the difference from the share of the GL that it usually is, for translation and the
 * like. Of one side alone it is the balance itself, which tells nothing. */
static double from_share(const struct moment *m)
{
    struct past x = m->difference;
    const double *gl = m->gl.value, *ihub = m->ihub.value;
    double share[PAST_ROWS];
    for (size_t i = 0; i < x.n; i++) {
        if (fabs(gl[i]) < m->tolerance || fabs(ihub[i]) < m->tolerance)
            return INFINITY;
        share[i] = x.value[i] / gl[i];
    }
    return fabs(x.value[x.n] - past_median(share, x.n) * gl[x.n]);
}

/* Distance of the difference from what was usual. */
static struct measure break_of(const struct moment *m)
{
    struct past x = m->difference;
    double now = x.value[x.n], step = now - x.value[x.n - 1];
    double distance = past_smaller(fabs(now), past_from_known(x, x.n));

    if (!(distance > 0.0))
        return NONE;
    distance = past_smaller(distance, past_from_expected(x));
    distance = past_smaller(distance, from_share(m));
    double further = fabs(step) - known_step(m, step > 0.0 ? 1.0 : -1.0);
    distance = past_smaller(distance, past_larger(0.0, further));
    double usual = past_usual_change(x);
    if (fabs(x.value[x.n - 1]) < m->tolerance) {
        struct known_breaks known = known_breaks_of(m);
        distance = past_smaller(distance, past_larger(0.0, fabs(now) - known.usual));
        usual += BREAK_SPREAD * known.largest;
    }
    return against(m, x.n, distance, usual);
}

/* ---- drift ---- */

/* The largest of sign * value[n]; of many values the second-largest. */
static double edge(const double *value, size_t n, double sign)
{
    double largest = -INFINITY, second = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double v = sign * value[i];
        second = past_larger(second, past_smaller(largest, v));
        largest = past_larger(largest, v);
    }
    return n < MANY_ROWS ? largest : second;
}

/* The fewest first rows, `least` or more of them, beyond all of which every later row lies; 0 if
 * there are none. */
static size_t rows_before(struct past x, double sign, size_t least)
{
    double low = INFINITY, floor = edge(x.value, least, sign);
    size_t before = 0;
    for (size_t i = x.n; i >= least; i--) {
        low = past_smaller(low, sign * x.value[i]);
        if (i < MANY_ROWS && low <= floor)
            break; /* nor beyond fewer rows than these */
        if (low > edge(x.value, i, sign))
            before = i;
    }
    return before;
}

/* How far the first n values go in a direction per row: the median over half of their time, which
 * tells the pace of stairs, too, whose usual change from row to row is 0. n >= 2. */
static double pace(struct past x, size_t n, double sign)
{
    double climb[PAST_ROWS];
    size_t lag = n / 2, n_climb = 0;
    for (size_t i = lag; i < n; i++)
        climb[n_climb++] = sign * (x.value[i] - x.value[i - lag]) / (double)lag;
    return past_larger(0.0, past_median(climb, n_climb));
}

/* The way out since the first rows, beyond their trend, without its largest step, which alone is
 * a break and no drift, and without what went back. */
static struct measure drift_since(const struct moment *m, double sign, size_t before)
{
    struct past x = m->difference;
    size_t steps = x.n + 1 - before;
    double old[PAST_ROWS], way = 0.0, largest = 0.0;
    if (before < 2 || steps < 2)
        return NONE;
    size_t n = past_changes(x.value, before, old);
    double usual = past_median(old, n);
    double trend = past_larger(pace(x, before, sign), sign * usual);
    for (size_t i = 0; i < n; i++)
        old[i] = fabs(old[i] - usual);
    past_sort(old, n);
    for (size_t i = before; i <= x.n; i++) {
        double step = sign * (x.value[i] - x.value[i - 1]) - trend;
        way += step < 0.0 ? BACKWARD * step : step;
        largest = past_larger(largest, step);
    }
    double outside = sign * x.value[x.n] - edge(x.value, before, sign);
    double weight = before < DRIFT_KNOWN ? (double)before / (double)DRIFT_KNOWN : 1.0;
    if (steps == 2)
        weight *= SHORT_DRIFT;
    double distance = past_smaller(EVEN_DRIFT * (way - largest), outside);
    double unsure = past_larger(trend, fabs(usual)) * (double)steps / (double)n;
    return against(m, before, weight * past_larger(0.0, distance),
                   past_low_mean(old, n) + unsure);
}

/* Against the shortest time before it, or one long enough to know, whichever shows more. */
static struct measure drift_of(const struct moment *m)
{
    struct past x = m->difference;
    double now = x.value[x.n], sign = now > x.value[0] ? 1.0 : -1.0;
    if (x.n < 3 || now == x.value[x.n - 1] || fabs(now) < m->tolerance)
        return NONE;
    size_t least = x.n > LONGEST_ERROR + 2 ? x.n - LONGEST_ERROR : 2;
    size_t before = rows_before(x, sign, least);
    if (before == 0)
        return NONE;
    struct measure drift = drift_since(m, sign, before);
    if (before >= DRIFT_KNOWN || x.n <= DRIFT_KNOWN)
        return drift;
    struct measure known = drift_since(m, sign, rows_before(x, sign, DRIFT_KNOWN));
    return departure_of(known) > departure_of(drift) ? known : drift;
}

/* ---- repeat ---- */

/* Whether the change to row i repeats something: IHub its last balance although the GL moves, or
 * one side the other's move a second time. */
static bool repeats(const struct moment *m, size_t i)
{
    double gl = m->gl.value[i] - m->gl.value[i - 1];
    double ihub = m->ihub.value[i] - m->ihub.value[i - 1];
    if (fabs(gl) < m->tolerance)
        return false;
    return fabs(ihub) < SAME_CENT || fabs(ihub - 2.0 * gl) < SAME_CENT ||
           (fabs(ihub) >= m->tolerance && fabs(gl - 2.0 * ihub) < SAME_CENT);
}

/* The first row of the current repetition: IHub may have stood still for months. */
static size_t repeating_since(const struct moment *m)
{
    const double *ihub = m->ihub.value;
    size_t n = m->ihub.n, first = n;
    for (size_t i = n; i > 0 && fabs(ihub[i] - ihub[n]) < SAME_CENT; i--)
        if (repeats(m, i))
            first = i;
    return first;
}

/* Whether the GL moved by as much before: in round amounts or even steps two moves are the same
 * without one being the other. */
static bool moved_before(const struct moment *m, size_t n)
{
    const double *gl = m->gl.value;
    double moved = fabs(gl[m->gl.n] - gl[m->gl.n - 1]);
    for (size_t i = 1; i < n; i++)
        if (fabs(fabs(gl[i] - gl[i - 1]) - moved) < SAME_CENT)
            return true;
    return false;
}

/* The break that a repetition since row first leaves, compared with the rows before it. */
static struct measure break_since(const struct moment *m, size_t first)
{
    struct past x = m->difference, before = {x.value, first};
    double distance = past_smaller(fabs(x.value[x.n]), past_from_known(x, first));
    return against(m, first, distance, past_usual_change(before));
}

/* A repetition says the more, the less usual the break it leaves is; broken is that of now. */
static double repeat_of(const struct moment *m, double broken)
{
    struct past x = m->difference;
    size_t often = 0;
    if (x.n < 2 || fabs(x.value[x.n]) < m->tolerance || !repeats(m, x.n))
        return 0.0;
    size_t first = repeating_since(m);
    if (first < 2 || x.n - first > LONGEST_ERROR || moved_before(m, first))
        return 0.0;
    if (first < x.n)
        broken = departure_of(break_since(m, first));
    for (size_t i = 1; i < first; i++)
        often += repeats(m, i);
    double news = past_larger(0.0, 1.0 - 2.0 * (double)often / (double)(first - 1));
    return news * REPEAT * broken / (broken + REPEAT_BREAK);
}

/* ---- jump and move ---- */

/* The usual change of a balance, beyond its trend, and from quarter to quarter or year to year
 * where that is less. */
static double usual_move(struct past x)
{
    static const size_t LAG[] = {1, QUARTER, YEAR};
    double least = INFINITY, change[PAST_ROWS];
    for (size_t l = 0; l < 3 && (l == 0 || x.n >= LAG[l] + SETTLED); l++) {
        size_t n = 0;
        for (size_t i = LAG[l]; i < x.n; i++)
            change[n++] = x.value[i] - x.value[i - LAG[l]];
        double usual = x.n > SETTLED ? past_median(change, n) : 0.0;
        for (size_t i = 0; i < n; i++)
            change[i] -= usual;
        least = past_smaller(least, past_usual_size(change, n));
    }
    return least;
}

/* How much further one side moved than it ever did, by far. A balance that was empty opens, which
 * is no departure. */
static double side_move(const struct moment *m, struct past x)
{
    double last = x.value[x.n - 1], distance = fabs(x.value[x.n] - last), known = 0.0;
    if (x.n < MOVE_ROWS || fabs(last) < m->tolerance)
        return 0.0;
    for (size_t i = x.n; i-- > 1;) { /* most rows are settled by one of the last */
        known = past_larger(known, KNOWN_MOVE * fabs(x.value[i] - x.value[i - 1]));
        if (known >= distance)
            return 0.0;
    }
    distance = past_smaller(distance - known, past_from_expected(x));
    double part = CAUTION_ROWS / (double)x.n;
    double unit = usual_move(x) + NOISE_OF_BALANCE * fabs(last) + TOLERANCES * m->tolerance +
                  MOVE_CAUTION * gross(m) * part * part;
    return bounded(distance / unit);
}

static bool same_way(struct past a, struct past b)
{
    return (a.value[a.n] > a.value[a.n - 1]) == (b.value[b.n] > b.value[b.n - 1]);
}

/* ---- share ---- */

static double share_of(struct past x)
{
    double now = x.value[x.n], sorted[PAST_ROWS];
    size_t left_out = x.n / 6, reached = 0;
    for (size_t i = 0; i < x.n; i++)
        reached += x.value[i] >= now;
    if (reached > left_out)
        return 0.0;
    memcpy(sorted, x.value, x.n * sizeof *sorted);
    past_sort(sorted, x.n);
    return now - sorted[x.n - 1 - left_out];
}

/* ---- all ---- */

/* The side that was not kept: in use in a quarter of the rows of the other at most; NULL if both
 * were, or neither. */
static const struct past *unkept_side(const struct moment *m)
{
    size_t gl = 0, ihub = 0, n = m->difference.n;
    for (size_t i = n; i-- > 0 && (4 * gl <= n || 4 * ihub <= n);) {
        gl += fabs(m->gl.value[i]) >= m->tolerance;
        ihub += fabs(m->ihub.value[i]) >= m->tolerance;
    }
    if (gl != ihub && 4 * gl <= ihub)
        return &m->gl;
    return gl != ihub && 4 * ihub <= gl ? &m->ihub : NULL;
}

/* What appears on a side that was not kept, as far as it leaves a break. */
static void see_unkept_side(const struct moment *m, const struct past *side,
                            struct measure *broken, struct measure *drift)
{
    double left = fabs(m->difference.value[m->difference.n]);
    struct moment alone = *m;
    alone.difference = *side;
    alone.tread.n = 0;
    struct measure appeared = break_of(&alone);
    appeared.distance = past_smaller(appeared.distance, left);
    if (departure_of(appeared) > departure_of(*broken))
        *broken = appeared;
    *drift = drift_of(&alone);
    drift->distance = past_smaller(drift->distance, left);
}

static bool counts(const struct moment *m, const struct departures *of, struct measure broken,
                   struct measure drift)
{
    if (m->difference.n >= MOVE_ROWS && past_larger(of->jump, of->repeat) > COUNTS)
        return true;
    broken.caution = drift.caution = count_caution(m);
    return past_larger(departure_of(broken), departure_of(drift)) > COUNTS;
}

struct departures departures_of(const struct moment *m)
{
    struct departures of = {0};
    const struct past *unkept = unkept_side(m);
    struct measure broken = break_of(m), drift = NONE;
    double gl = side_move(m, m->gl), ihub = side_move(m, m->ihub);

    if (unkept)
        see_unkept_side(m, unkept, &broken, &drift);
    else
        drift = drift_of(m);
    of.break_ = departure_of(broken);
    of.drift = departure_of(drift);
    of.move = past_larger(gl, ihub);
    of.share = bounded(share_of(m->share));
    if (unkept) {
        of.jump = of.move;
    } else {
        of.repeat = repeat_of(m, of.break_);
        of.jump = same_way(m->gl, m->ihub) ? past_smaller(gl, ihub) : 0.0;
    }
    of.counts = counts(m, &of, broken, drift);
    return of;
}
