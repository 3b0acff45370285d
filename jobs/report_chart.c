/* Charts drawn by hand: coordinates are whole units of a fixed box, lines are relative steps, so
 * that a page with hundreds of charts stays small. */
#include "report_chart.h"

#include "date.h"
#include "html_text.h"
#include "log_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 560, /* of an account's chart; LEFT to RIGHT are its lines */
    LEFT = 76,
    RIGHT = 550,
    MOST = SERIES_BEFORE + 1 + SERIES_BEHIND,
    LABEL_ROOM = 74, /* of a date under the axis */
    CURRENCY_LIMIT = 12
};

/* ---- scales -------------------------------------------------------------------------------- */

struct scale {
    double low, high; /* low < high */
    int at_low, at_high;
};

/* Halves keep the span of the largest doubles finite. */
static int place(const struct scale *scale, double value)
{
    double share = (value / 2 - scale->low / 2) / (scale->high / 2 - scale->low / 2);

    share = fmin(fmax(share, 0), 1);
    return scale->at_low + (int)lround(share * (scale->at_high - scale->at_low));
}

static void widen(struct scale *scale, double value)
{
    if (isfinite(value)) {
        scale->low = fmin(scale->low, value);
        scale->high = fmax(scale->high, value);
    }
}

/* A scale of one value gets room around it. */
static void settle(struct scale *scale)
{
    if (!(scale->low <= scale->high))
        scale->low = scale->high = 0;
    if (scale->low == scale->high) {
        double room = fmax(fabs(scale->low) / 100, 1);
        scale->low -= room;
        scale->high += room;
    }
}

static const struct scale EMPTY = {.low = INFINITY, .high = -INFINITY};

/* Three digits and a unit that accountants use: "-1.2 m". */
static void write_short(FILE *out, double value)
{
    static const struct {
        double size;
        const char *name;
    } UNIT[] = {{1e12, "tn"}, {1e9, "bn"}, {1e6, "m"}, {1e3, "k"}};

    for (size_t i = 0; i < sizeof UNIT / sizeof *UNIT && fabs(value) < 1e15; i++)
        if (fabs(value) >= UNIT[i].size) {
            fprintf(out, "%.3g %s", value / UNIT[i].size, UNIT[i].name);
            return;
        }
    fprintf(out, "%.3g", value);
}

static void write_ticks(FILE *out, const struct scale *scale)
{
    fprintf(out, "<text class=\"e\" x=\"%d\" y=\"%d\">", LEFT - 8, scale->at_high + 4);
    write_short(out, scale->high);
    fprintf(out, "</text><text class=\"e\" x=\"%d\" y=\"%d\">", LEFT - 8, scale->at_low + 4);
    write_short(out, scale->low);
    fputs("</text>", out);
}

/* ---- an account ---------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Of value[n], which is sorted; n > 0. */
static double median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, by_value);
    return n % 2 == 1 ? value[n / 2] : value[n / 2 - 1] / 2 + value[n / 2] / 2;
}

struct usual_band chart_usual_band(const struct results_point *point, size_t n, size_t flagged,
                                   double tolerance)
{
    double value[SERIES_BEFORE];
    size_t first = flagged > SERIES_BEFORE ? flagged - SERIES_BEFORE : 0, n_past = 0;

    for (size_t i = first; i < flagged && i < n; i++)
        value[n_past++] = point[i].difference;
    if (n_past == 0)
        return (struct usual_band){(double)NAN, (double)NAN};
    double middle = median(value, n_past);
    for (size_t i = 0; i < n_past; i++)
        value[i] = fabs(value[i] - middle);
    double half = fmax(3 * 1.4826 * median(value, n_past), tolerance);
    return (struct usual_band){middle - half, middle + half};
}

/* The points of a chart, placed. */
struct drawing {
    size_t n, flagged;
    int x[MOST];
    struct scale sides, difference;
    int gl[MOST], ihub[MOST], diff[MOST];
    struct usual_band band;
};

static bool is_dated(const struct results_point *point)
{
    return date_orders(point->as_of_date, strlen(point->as_of_date)) != 0;
}

/* By date, or one after the other if a row has none. */
static void place_across(const struct results_point *point, struct drawing *drawing)
{
    double at[MOST];
    bool dated = true;
    struct scale scale = EMPTY;

    scale.at_low = LEFT + 4;
    scale.at_high = RIGHT - 4;
    for (size_t i = 0; i < drawing->n; i++)
        dated = dated && is_dated(&point[i]);
    for (size_t i = 0; i < drawing->n; i++) {
        const char *date = point[i].as_of_date;
        at[i] = dated ? date_days(date, strlen(date), DATE_MONTH_FIRST) : (double)i;
        widen(&scale, at[i]);
    }
    settle(&scale);
    for (size_t i = 0; i < drawing->n; i++)
        drawing->x[i] = place(&scale, at[i]);
}

static void place_points(const struct results_point *point, struct drawing *drawing)
{
    drawing->sides = drawing->difference = EMPTY;
    drawing->sides.at_low = 92, drawing->sides.at_high = 20;
    drawing->difference.at_low = 202, drawing->difference.at_high = 126;
    widen(&drawing->difference, 0);
    widen(&drawing->difference, drawing->band.low);
    widen(&drawing->difference, drawing->band.high);
    for (size_t i = 0; i < drawing->n; i++) {
        widen(&drawing->sides, point[i].gl);
        widen(&drawing->sides, point[i].ihub);
        widen(&drawing->difference, point[i].difference);
    }
    settle(&drawing->sides);
    settle(&drawing->difference);
    for (size_t i = 0; i < drawing->n; i++) {
        drawing->gl[i] = place(&drawing->sides, point[i].gl);
        drawing->ihub[i] = place(&drawing->sides, point[i].ihub);
        drawing->diff[i] = place(&drawing->difference, point[i].difference);
    }
}

/* A line through the points; of a single one a short stroke. */
static void write_line(FILE *out, const char *class, const int *x, const int *y, size_t n)
{
    fprintf(out, "<path class=\"%s\" d=\"M%d %dl", class, x[0], y[0]);
    for (size_t i = 1; i < n; i++)
        fprintf(out, "%d %d ", x[i] - x[i - 1], y[i] - y[i - 1]);
    fputs(n == 1 ? "4 0\"/>" : "\"/>", out);
}

static void write_dots(FILE *out, const int *x, const int *y, size_t n)
{
    fputs("<path class=\"p\" d=\"", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "M%d %dh0", x[i], y[i]);
    fputs("\"/>", out);
}

static void write_band(FILE *out, const struct drawing *drawing)
{
    if (isnan(drawing->band.low))
        return;
    int top = place(&drawing->difference, drawing->band.high);
    int height = place(&drawing->difference, drawing->band.low) - top;
    fprintf(out, "<rect class=\"b\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", LEFT, top,
            RIGHT - LEFT, height > 1 ? height : 1);
}

static void write_date(FILE *out, const char *class, int x, const struct results_point *point)
{
    fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"221\">", class, x);
    html_write_text(out, point->as_of_date[0] != '\0' ? point->as_of_date : "no date", 10);
    fputs("</text>", out);
}

/* The flagged row's date, and the first and the last where there is room. */
static void write_dates(FILE *out, const struct results_point *point,
                        const struct drawing *drawing)
{
    int at = drawing->x[drawing->flagged];
    int label = at < LEFT + 32 ? LEFT + 32 : at > RIGHT - 32 ? RIGHT - 32 : at;

    write_date(out, "m tf", label, &point[drawing->flagged]);
    if (label - 32 - LEFT > LABEL_ROOM)
        write_date(out, "", LEFT, &point[0]);
    if (RIGHT - label - 32 > LABEL_ROOM)
        write_date(out, "e", RIGHT, &point[drawing->n - 1]);
}

static void write_flag(FILE *out, const struct drawing *drawing)
{
    int x = drawing->x[drawing->flagged], y = drawing->diff[drawing->flagged];

    fprintf(out,
            "<path class=\"v\" d=\"M%d 20V206\"/>"
            "<path class=\"f\" d=\"M%d %dl6 6-6 6-6-6z\"/>",
            x, x, y - 6);
}

static void write_titles(FILE *out, const char *currency)
{
    fprintf(out,
            "<text class=\"tg\" x=\"%d\" y=\"10\">GL (solid)</text>"
            "<text class=\"th\" x=\"%d\" y=\"10\">IHub (dashed)</text>"
            "<text x=\"%d\" y=\"116\">Difference",
            LEFT, LEFT + 90, LEFT);
    if (currency[0] != '\0') {
        fputs(", ", out);
        html_write_text(out, currency, CURRENCY_LIMIT);
    }
    fputs("</text>", out);
}

void chart_account(FILE *out, const struct results_point *point, size_t n, size_t flagged,
                   double tolerance, const char *currency)
{
    struct drawing drawing = {.n = n < MOST ? n : MOST, .flagged = flagged};

    if (flagged >= drawing.n) /* more rows before it than tieout writes */
        return;
    drawing.band = chart_usual_band(point, n, flagged, tolerance);
    place_across(point, &drawing);
    place_points(point, &drawing);
    int zero = place(&drawing.difference, 0);
    fprintf(out,
            "<svg class=\"account\" viewBox=\"0 0 %d 226\" role=\"img\" data-n=\"%zu\" "
            "aria-label=\"GL, IHub and difference of %zu rows\">",
            WIDTH, drawing.n, drawing.n);
    write_titles(out, currency);
    write_ticks(out, &drawing.sides);
    write_ticks(out, &drawing.difference);
    write_band(out, &drawing);
    fprintf(out, "<path class=\"z\" d=\"M%d 92H%dM%d %dH%d\"/>", LEFT, RIGHT, LEFT, zero,
            RIGHT);
    write_line(out, "g", drawing.x, drawing.gl, drawing.n);
    write_line(out, "h", drawing.x, drawing.ihub, drawing.n);
    write_line(out, "d", drawing.x, drawing.diff, drawing.n);
    write_dots(out, drawing.x, drawing.diff, drawing.n);
    write_flag(out, &drawing);
    write_dates(out, point, &drawing);
    fputs("</svg>", out);
}

/* ---- bars ---------------------------------------------------------------------------------- */

enum { WIDE = 720, FAR = 708, TOP = 24, BOTTOM = 170 }; /* of the other charts */

static void write_column(FILE *out, int left, int right, int top)
{
    fprintf(out, "M%d %dV%dH%dV%dz", left, BOTTOM, top, right > left ? right : left + 1,
            BOTTOM);
}

/* The intervals that hold rows, and the threshold among them. */
static void trim(const double *from, const int64_t *n_row, size_t n, size_t *first, size_t *end)
{
    *first = n;
    *end = 0;
    for (size_t i = 0; i < n; i++)
        if (n_row[i] > 0 || (from[i] <= 0 && i + 1 < n && from[i + 1] > 0)) {
            *first = i < *first ? i : *first;
            *end = i + 1;
        }
}

static int log_height(int64_t count, int64_t most)
{
    struct scale scale = {0, log1p((double)most), BOTTOM, TOP};

    return place(&scale, log1p((double)count));
}

/* A path of the columns on one side of the threshold. */
static void write_side(FILE *out, const char *class, const double *from, const int64_t *n_row,
                       size_t first, size_t end, const struct scale *across, int64_t most,
                       bool flagged)
{
    fprintf(out, "<path class=\"%s\" d=\"", class);
    for (size_t i = first; i < end; i++)
        if (n_row[i] > 0 && (from[i] < 0) == flagged)
            write_column(out, place(across, (double)i), place(across, (double)i + 1) - 1,
                         log_height(n_row[i], most));
    fputs("\"/>", out);
}

static void write_decades(FILE *out, int64_t most)
{
    char text[LOG_TEXT_NUMBER];

    for (int64_t count = 1; count <= most && count < INT64_MAX / 10; count *= 10) {
        int y = log_height(count, most);
        log_text_count(count, text);
        fprintf(out,
                "<path class=\"z\" d=\"M%d %dH%d\"/>"
                "<text class=\"e\" x=\"%d\" y=\"%d\">%s</text>",
                LEFT, y, FAR, LEFT - 8, y + 4, text);
    }
}

/* A label every twentieth, or tenth if they would be too many. */
static void write_score_ticks(FILE *out, const double *from, size_t first, size_t end,
                              const struct scale *across)
{
    int step = end - first > 60 ? 10 : 5;

    for (size_t i = first; i < end; i++) {
        int hundredths = (int)lround(from[i] * 100);
        if (hundredths % step == 0)
            fprintf(out, "<text class=\"m\" x=\"%d\" y=\"187\">%.2f</text>",
                    place(across, (double)i), from[i]);
    }
}

void chart_scores(FILE *out, const double *from, const int64_t *n_row, size_t n)
{
    size_t first, end;
    int64_t most = 1, below = 0;
    char text[LOG_TEXT_NUMBER];

    trim(from, n_row, n, &first, &end);
    if (first >= end)
        return;
    struct scale across = {(double)first, (double)end, LEFT, FAR};
    double threshold = (double)first;
    for (size_t i = first; i < end; i++) {
        most = n_row[i] > most ? n_row[i] : most;
        below += from[i] < 0 ? n_row[i] : 0;
        threshold = from[i] < 0 ? (double)i + 1 : threshold;
    }
    int x = place(&across, threshold);
    fprintf(out,
            "<svg class=\"wide scores\" viewBox=\"0 0 %d 206\" role=\"img\" data-n=\"%zu\" "
            "aria-label=\"Number of rows by anomaly score\">",
            WIDE, end - first);
    write_decades(out, most);
    write_side(out, "x", from, n_row, first, end, &across, most, true);
    write_side(out, "r", from, n_row, first, end, &across, most, false);
    log_text_count(below, text);
    fprintf(out,
            "<path class=\"v\" d=\"M%d 14V%d\"/><text class=\"tf%s\" x=\"%d\" y=\"10\">"
            "threshold: %s rows below</text><text x=\"%d\" y=\"10\">rows</text>"
            "<text class=\"m\" x=\"%d\" y=\"203\">anomaly score</text>",
            x, BOTTOM, x > WIDE / 2 ? " e" : "", x > WIDE / 2 ? x - 4 : x + 4, text, 0,
            (LEFT + FAR) / 2);
    write_score_ticks(out, from, first, end, &across);
    fputs("</svg>", out);
}

void chart_closing(FILE *out, const struct results_month *month, size_t n)
{
    struct scale across = {0, (double)n, LEFT, FAR};
    struct scale up = {0, 0, 100, TOP};

    for (size_t i = 0; i < n; i++)
        widen(&up, month[i].amount[ROLL_CLOSING]);
    settle(&up);
    up.low = 0;
    fprintf(out,
            "<svg class=\"wide closing\" viewBox=\"0 0 %d 122\" role=\"img\" data-n=\"%zu\" "
            "aria-label=\"Open breaks at the end of each month\"><text x=\"%d\" y=\"12\">"
            "open breaks, ",
            WIDE, n, LEFT);
    html_write_text(out, month[0].currency[0] != '\0' ? month[0].currency : "account currency",
                    CURRENCY_LIMIT);
    fputs("</text>", out);
    write_ticks(out, &up);
    fprintf(out, "<path class=\"z\" d=\"M%d 100H%d\"/><path class=\"r\" d=\"", LEFT, FAR);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "M%d 100V%dH%dV100z", place(&across, (double)i) + 2,
                place(&up, month[i].amount[ROLL_CLOSING]), place(&across, (double)i + 1) - 2);
    fputs("\"/>", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "<text class=\"m\" x=\"%d\" y=\"116\">", place(&across, (double)i + 0.5));
        html_write_text(out, month[i].month, 7);
        fputs("</text>", out);
    }
    fputs("</svg>", out);
}

void chart_bar(FILE *out, double share)
{
    double width = isfinite(share) ? 100 * fmin(fmax(share, 0), 1) : 0;

    fprintf(out,
            "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
            "aria-hidden=\"true\"><rect class=\"r\" width=\"%.3g\" height=\"10\"/></svg>",
            width);
}
