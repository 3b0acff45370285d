#ifndef TIEOUT_LEARN_H
#define TIEOUT_LEARN_H

#include "iforest.h"
#include "prepare.h"
#include "profile.h"
#include "review.h"
#include "score.h"

/* Weighs the forest's leaves by what reviewers said (leaf_weights.h). Every rank's forest is
 * the same before and after. All ranks. Nothing is done without reviews. */
enum status learn_weights(const struct run *run, const struct prepared *prepared,
                          const struct reviews *reviews, struct iforest *forest,
                          struct error *err);

/* The share of anomalies after the reviews (contamination.h): estimate, unless the user gave it
 * or there are no reviews. */
double learn_contamination(const struct profile *profile, double estimate, bool given,
                           const struct reviews *reviews);

/* What reviews hold back among this rank's rows. suppressor[rows->n_row] is produced: for an
 * anomaly that is not raised again, 1 + the index of the reviewed row whose rejection says so,
 * 0 for all others; NULL without reviews. An account's latest verdict on the same matter counts
 * (suppression.h). Local.
 *   pattern  in, [n_row] of the rows; months: after so many a rejection is forgotten */
enum status learn_suppress(const struct encoded *rows, const struct groups *groups,
                           const struct scored *scored, const uint8_t *pattern,
                           const struct reviews *reviews, double tolerance, int64_t months,
                           uint32_t **suppressor, struct error *err);

#endif
