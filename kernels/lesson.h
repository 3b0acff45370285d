#ifndef TIEOUT_LESSON_H
#define TIEOUT_LESSON_H

#include "anomaly.h"
#include "iforest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pattern's factor is within [1 / MOST, MOST]. */
#define LESSON_FACTOR_MOST 4.0

/* Share of a pattern's verdicts that may be mistakes: so many of either kind are not counted. */
#define LESSON_MISTAKES 0.1

/* What verdicts change in scores, beside the leaves' weights. */
struct lesson {
    double doubt;             /* how much of the forest's order they put in doubt, [0, 1] */
    double factor[N_PATTERN]; /* path lengths of rows of a pattern are multiplied by it */
};

/* Learns from what reviewers said of n rows: weighs the leaves of the forest (leaf_weights.h) and
 * fills *lesson. The order of the rows does not matter, nor do threads. With n == 0 doubt is 0,
 * each factor 1 and each weight 0. At a given doubt a row's own verdict never moves it the other
 * way; doubt itself moves a little with each verdict.
 *   doubt   min(1, 4 r d)^2. r = (rejected + 1) / (n + 2), the share of rejections. d: the share
 *           of pairs of a confirmed and a rejected row in which the rejected one has the shorter
 *           path, ties half, as if there were one tie more. 1 where half of the verdicts are
 *           rejections and the forest's order says nothing; about 0 where it is right.
 *   factor  1 + doubt (lesson_factor - 1), of the pattern's verdicts
 * forest            in and out; its leaves have no weights before
 * x[n * n_feature]  in, scaled as the forest's training rows, row-major
 * pattern[n], confirmed[n]  in
 * STATUS_INTERNAL if memory is short. */
enum status lesson_learn(struct iforest *forest, const float *x, const uint8_t *pattern,
                         const bool *confirmed, size_t n, struct lesson *lesson,
                         struct error *err);

/* By what the path lengths of a pattern change where the forest is in full doubt:
 * sqrt((r + 1) / (c + 1)), at least 1 / MOST, at most MOST. c and r are the counts of confirmed
 * and rejected rows, less MISTAKES of both together, at least 0. A confirmed row more never makes
 * it larger, a rejected one never smaller. */
double lesson_factor(size_t n_confirmed, size_t n_rejected);

#endif
