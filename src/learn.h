#ifndef TIEOUT_LEARN_H
#define TIEOUT_LEARN_H

#include "iforest.h"
#include "lesson.h"
#include "prepare.h"
#include "profile.h"
#include "review.h"
#include "score.h"

/* Learns from what reviewers said (lesson.h), of which there is something. Every rank's forest is
 * the same before and after, and so is *lesson, which is filled. All ranks. */
enum status learn_lesson(const struct run *run, const struct prepared *prepared,
                         const struct reviews *reviews, struct iforest *forest,
                         struct lesson *lesson, struct error *err);

/* The share of anomalies after the reviews (contamination.h): estimate, unless the user gave it
 * or there are no reviews. */
double learn_contamination(const struct profile *profile, double estimate, bool given,
                           const struct reviews *reviews);

/* What reviews hold back among this rank's rows. suppressor[rows->n_row] is produced: for an
 * anomaly that is not raised again, 1 + the index of the reviewed row whose rejection says so,
 * 0 for all others; NULL without reviews. An account's latest verdict on the same matter counts
 * (suppression.h). Local.
 *   months  in, after so many a rejection is forgotten */
enum status learn_suppress(const struct encoded *rows, const struct prepared *prepared,
                           const struct scored *scored, const struct reviews *reviews,
                           double tolerance, int64_t months, uint32_t **suppressor,
                           struct error *err);

#endif
