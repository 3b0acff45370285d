#ifndef TIEOUT_HISTORY_H
#define TIEOUT_HISTORY_H

#include "classic.h"
#include "group.h"
#include "rows.h"
#include <stddef.h>

/* Features of the history profile: how far a row departs from its own group's past. With
 *
 *   past       the group's last 24 rows before this one, n of them; the row itself is "now"
 *   usual(x)   the change usual from row to row in x: the larger of 1.48 medians of |change|
 *              and the mean of |change| without its largest quarter; 0 below two past rows
 *   range      how far the difference went in the past, 0 if less than two tolerances
 *   noise      3.5 tolerances + 1 % of the break now or before, whichever is smaller + 0.1 % of
 *              |GL| + |IHub| now, but no more than range
 *   caution    what a short past does not tell: of |GL| + |IHub| now, and 600 tolerances more,
 *              0.55 % times (3 / n)^3 and again 3 % times (3 / n)^2, but that no more than
 *              6 range times 3 / n
 *   expected   the median of the past; the last value; that continued by the usual or by the
 *              last change; a value 2 to 4 rows ago that was reached by about the usual change,
 *              continued by that; the values 3, 6 and 12 rows ago
 *
 * the departures, all >= 0 and in units of what is usual, are
 *
 *   break      distance of the difference from the nearest of: 0, what is expected, the usual
 *              share of the GL (the median of the past, where both sides were in use), the
 *              second-nearest past value, and, where the difference climbs in stairs, the last
 *              value and the second-largest step up to it: those between differences that stood
 *              for two rows, all one way, however long ago; after a row that matched also from
 *              the size of breaks the group had before (2nd to 4th largest, a break that stayed
 *              counted once). Over usual + noise + caution, and half of the largest such break.
 *   drift      how far the difference has come since the rows before the drift, which are the
 *              fewest first rows, from two on and from four on, beyond all of which it stayed
 *              ever since (one error among eight or more left out), at most a year: the way
 *              beyond the older trend (the usual change, or the median pace over half of the
 *              older rows if that is faster, which stairs have, too), steps back times 5, without
 *              the largest step, which alone is a break; times 4 / 3, so that four even steps
 *              count as four, and no more than the distance from those rows. Counts by a quarter
 *              for each of them up to four, and by half of that if it has two steps. Over the
 *              older usual change + noise + caution, and the older trend times the steps of the
 *              drift over those that tell the trend.
 *   repeat     30 x / (x + 0.15), x being the break departure, if IHub repeats its last balance
 *              while the GL moves, or one side moves by exactly twice what the other does; less
 *              where that happened before, 0 where it did at half of the past changes or for
 *              more than a year, or where the GL moved by the same amount before. Months of the
 *              same IHub balance are compared with the time before them.
 *   jump       the smaller of both sides' moves, if they go the same way, or the larger if one
 *              side is not kept: how much further a balance moved than 2.5 times what it ever
 *              did in the past, but no more than its distance from what is expected; over usual
 *              + 15 % of the last balance + 3.5 tolerances + 1 % of |GL| + |IHub| now times
 *              (3 / n)^2, where usual is beyond the trend, and the least of row to row, quarter
 *              to quarter and year to year; 0 for a side that was empty the row before, and
 *              before the fourth row.
 *   move       the larger of both sides' moves.
 *   share      |difference| over |GL| + |IHub|, less the share usual in the past (its maximum,
 *              the largest sixth left out).
 *
 * A side is not kept if in the past it was in use (>= tolerance) in a quarter of the rows that
 * the other was, or fewer. Then the other's balance is the difference: there is no repeat, drift
 * is that of the side that is not kept, and so is the break, if that is more; neither counts for
 * more than the difference now.
 *
 * departure, the first feature, is the largest of break, drift, repeat and jump.
 *
 * A departure x becomes the feature ln(1 + x / 50) (share: 0.5 x), is raised to 10 % of the
 * first feature, because a forest draws its axes at random and would miss on most of them what
 * shows on one, and is weighed by min(1, n / 6). So a first row is 0 throughout: an account is
 * not odd for being new, and judged the more firmly the longer it is known. */
enum history_feature {
    HISTORY_DEPARTURE,
    HISTORY_BREAK,
    HISTORY_DRIFT,
    HISTORY_REPEAT,
    HISTORY_JUMP,
    HISTORY_MOVE,
    HISTORY_SHARE,
    N_HISTORY
};

extern const struct feature_label HISTORY_LABEL[N_HISTORY];

/* The features of every row, groups shared among OpenMP threads. A row's features follow from
 * its group's rows up to it; no later row changes a bit of them, nor do dates other than by
 * the order they give. Amounts are finite; the features are then finite too.
 * row[groups->n_row]   in, in the order groups->member refers to
 * tolerance            > 0; |difference| < tolerance is matched
 * column[N_HISTORY]    in, arrays [n_row] that are filled in group order: element k belongs to
 *                      row[member[k]]
 * Returns how many rows depart from their own history by more than three times what is usual:
 * that count over all rows is the expected share of anomalies, and may be 0. Here a short past
 * gets a caution of 30 % of |GL| + |IHub| times (3 / n)^3, a third of that if the
 * difference was always the same: a count has no ranking to correct it. */
size_t features_history(const struct row *row, const struct groups *groups, double tolerance,
                        double *const column[N_HISTORY]);

/* The features that depart by themselves and are not only raised to a part of the first one:
 * bit 1 << f for feature f. The first one, being the largest of others, is never among them.
 * feature[N_HISTORY] may be off by 1e-6 of the largest. */
unsigned history_departing(const double *feature);

#endif
