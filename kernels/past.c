/* What is usual in a short series. Medians, trimmed means and distances to the nearest known
 * value, so that a past error neither hides the next one nor makes the return to normal look
 * odd. All is computed anew from at most 24 values, by insertion sort: no state is carried along
 * an account here. What to compare with what is departures.c's. */
#include "past.h"

#include <math.h>
#include <string.h>

enum { QUARTER = 3, HALF_YEAR = 6, YEAR = 12 }; /* rows; a ledger has one a month */

enum { LONG_ERROR = 3 }; /* rows after which an error is corrected, mostly */

static const double MAD_TO_SIGMA = 1.48;
static const double ON_TREND = 0.5; /* of the trend a step may be off it */

size_t past_changes(const double *value, size_t n, double *change)
{
    for (size_t i = 1; i < n; i++)
        change[i - 1] = value[i] - value[i - 1];
    return n > 0 ? n - 1 : 0;
}

void past_sort(double *value, size_t n)
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

double past_median(const double *value, size_t n)
{
    double sorted[PAST_ROWS];
    memcpy(sorted, value, n * sizeof *sorted);
    past_sort(sorted, n);
    return middle(sorted, n);
}

double past_low_mean(const double *sorted, size_t n)
{
    size_t kept = n > 1 ? n - (n + 3) / 4 : n;
    double sum = 0.0;
    for (size_t i = 0; i < kept; i++)
        sum += sorted[i];
    return kept > 0 ? sum / (double)kept : 0.0;
}

double past_usual_size(double *change, size_t n)
{
    for (size_t i = 0; i < n; i++)
        change[i] = fabs(change[i]);
    past_sort(change, n);
    return past_larger(MAD_TO_SIGMA * middle(change, n), past_low_mean(change, n));
}

double past_usual_change(struct past x)
{
    double change[PAST_ROWS];
    return past_usual_size(change, past_changes(x.value, x.n, change));
}

static double trend(struct past x)
{
    double change[PAST_ROWS];
    return past_median(change, past_changes(x.value, x.n, change));
}

/* Distance of now from what a row of the last months led to, had the trend gone on: an error that
 * was corrected since does not hide the trend. Only rows count that followed it themselves. */
static double from_trend(struct past x, double trend)
{
    double nearest = fabs(x.value[x.n] - x.value[x.n - 1] - trend);
    for (size_t ago = 2; ago <= LONG_ERROR + 1 && ago < x.n; ago++) {
        const double *row = &x.value[x.n - ago];
        if (fabs(row[0] - row[-1] - trend) < ON_TREND * fabs(trend))
            nearest = past_smaller(nearest, fabs(x.value[x.n] - row[0] - (double)ago * trend));
    }
    return nearest;
}

double past_from_expected(struct past x)
{
    static const size_t AGO[] = {QUARTER, HALF_YEAR, YEAR};
    double now = x.value[x.n], last = x.value[x.n - 1];
    double nearest = past_smaller(fabs(now - last), fabs(now - past_median(x.value, x.n)));
    nearest = past_smaller(nearest, from_trend(x, trend(x)));
    if (x.n >= 2)
        nearest = past_smaller(nearest, fabs(now - last - (last - x.value[x.n - 2])));
    for (size_t i = 0; i < sizeof AGO / sizeof AGO[0] && x.n >= AGO[i]; i++)
        nearest = past_smaller(nearest, fabs(now - x.value[x.n - AGO[i]]));
    return nearest;
}

double past_from_known(struct past x, size_t n)
{
    double nearest = INFINITY, second = INFINITY;
    for (size_t i = 0; i < n; i++) {
        double distance = fabs(x.value[x.n] - x.value[i]);
        second = past_smaller(second, past_larger(nearest, distance));
        nearest = past_smaller(nearest, distance);
    }
    return n > 1 ? second : nearest;
}

double past_range(const double *value, size_t n)
{
    double low = value[0], high = value[0];
    for (size_t i = 1; i < n; i++) {
        low = past_smaller(low, value[i]);
        high = past_larger(high, value[i]);
    }
    return high - low;
}
