/* The features of the history profile: every row with a window of its group's past, and how far it
 * departs from that, as numbers a forest can use. A forest draws axes and cuts at random and sees
 * only its subsamples: so what is usual is 0 on every axis, what is large is compressed, and what
 * shows on one axis shows a little on all. How far a row departs is departures.c's; names,
 * contamination and the forest are left to others. */
#include "history.h"

#include "departures.h"
#include "portable_math.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BUFFER = 256 }; /* rows gathered before the past is moved to the front */

static const double FULL_TRUST = 6.0;   /* past rows from which a departure counts in full */
static const double COMPRESS = 50.0;    /* from here on, more says ever less */
static const double SHARE_WEIGHT = 0.5; /* a share is at most 1 */
static const double COMMON = 0.1;       /* of the largest departure, on every axis */
static const double INEXACT = 1e-6;     /* of the largest departure, by rounding to float */

const struct feature_label HISTORY_LABEL[N_HISTORY] = {
    {"departure", "ln(1 + deviations / 50)", "largest departure from the group's own history"},
    {"break_departure", "ln(1 + deviations / 50)", "difference against its usual values"},
    {"drift_departure", "ln(1 + deviations / 50)",
     "difference moving steadily out of its range"},
    {"repeat_departure", "ln(1 + deviations / 50)",
     "a balance not moved with the other, or moved twice as far"},
    {"jump_departure", "ln(1 + deviations / 50)", "both sides moving together as never before"},
    {"move_departure", "ln(1 + deviations / 50)", "either side moving as never before"},
    {"share_departure", "0.5 of a share", "difference over balances against its usual share"},
};

/* How much a departure after n rows counts. */
static double trust(size_t n)
{
    return past_smaller(1.0, (double)n / FULL_TRUST);
}

/* Most departures are 0, and a logarithm takes as long as all else of a row. */
static double compressed(double departure)
{
    return departure > 0.0 ? portable_log(1.0 + departure / COMPRESS) : 0.0;
}

static void to_features(const struct departures *of, double trust, double feature[N_HISTORY])
{
    const double departure[N_HISTORY] = {
        [HISTORY_BREAK] = of->break_,  [HISTORY_DRIFT] = of->drift,
        [HISTORY_REPEAT] = of->repeat, [HISTORY_JUMP] = of->jump,
        [HISTORY_MOVE] = of->move,
    };
    double largest = 0.0;
    for (size_t i = HISTORY_BREAK; i <= HISTORY_MOVE; i++) {
        feature[i] = compressed(departure[i]);
        if (i != HISTORY_MOVE) /* a move alone is no news: balances do move */
            largest = past_larger(largest, feature[i]);
    }
    feature[HISTORY_SHARE] = SHARE_WEIGHT * of->share;
    feature[HISTORY_DEPARTURE] = largest;
    for (size_t i = 0; i < N_HISTORY; i++)
        feature[i] = trust * past_larger(feature[i], COMMON * largest);
}

/* The last rows of a group, side by side. */
struct window {
    double gl[BUFFER], ihub[BUFFER], difference[BUFFER], share[BUFFER];
    size_t end;
    double tread[BUFFER]; /* differences that stood for two rows, each unlike the one before */
    size_t n_tread;
};

static void slide(double *value)
{
    memmove(value, value + BUFFER - PAST_ROWS, PAST_ROWS * sizeof *value);
}

static void push_tread(struct window *window, double difference)
{
    size_t n = window->n_tread;
    if (window->end == 0 || difference != window->difference[window->end - 1] ||
        (n > 0 && difference == window->tread[n - 1]))
        return;
    if (n == BUFFER) {
        slide(window->tread);
        n = PAST_ROWS;
    }
    window->tread[n] = difference;
    window->n_tread = n + 1;
}

static void window_push(struct window *window, const struct row *row)
{
    if (window->end == BUFFER) {
        slide(window->gl);
        slide(window->ihub);
        slide(window->difference);
        slide(window->share);
        window->end = PAST_ROWS;
    }
    push_tread(window, row->difference);
    double gross = fabs(row->gl) + fabs(row->ihub);
    window->gl[window->end] = row->gl;
    window->ihub[window->end] = row->ihub;
    window->difference[window->end] = row->difference;
    window->share[window->end] = gross > 0.0 ? fabs(row->difference) / gross : 0.0;
    window->end++;
}

/* The row pushed last, with its past of n rows; n >= 1. */
static struct moment window_now(const struct window *window, size_t n, double tolerance)
{
    size_t first = window->end - 1 - n;
    size_t n_tread = window->n_tread < PAST_ROWS ? window->n_tread : PAST_ROWS;
    return (struct moment){.gl = {window->gl + first, n},
                           .ihub = {window->ihub + first, n},
                           .difference = {window->difference + first, n},
                           .share = {window->share + first, n},
                           .tread = {window->tread + window->n_tread - n_tread, n_tread},
                           .tolerance = tolerance};
}

/* One group: its rows are row[member[0 .. n)], its features go to column[][at .. at + n). */
static size_t group_features(const struct row *row, const uint32_t *member, size_t n,
                             double tolerance, size_t at, double *const column[N_HISTORY])
{
    struct window window;
    size_t n_departing = 0;
    window.end = window.n_tread = 0;
    for (size_t k = 0; k < n; k++) {
        size_t n_past = k < PAST_ROWS ? k : PAST_ROWS;
        struct departures of = {0};
        double feature[N_HISTORY];
        window_push(&window, &row[member[k]]);
        if (n_past > 0) {
            struct moment now = window_now(&window, n_past, tolerance);
            of = departures_of(&now);
        }
        to_features(&of, trust(n_past), feature);
        for (size_t i = 0; i < N_HISTORY; i++)
            column[i][at + k] = feature[i];
        n_departing += of.counts;
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
