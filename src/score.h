#ifndef TIEOUT_SCORE_H
#define TIEOUT_SCORE_H

#include "encode.h"
#include "iforest.h"
#include "lesson.h"
#include "log.h"
#include "prepare.h"
#include "run.h"

/* How anomalous this rank's rows are. */
struct scored {
    double *base;      /* [n_row] what decision would be without feedback; NULL if it is that */
    double *decision;  /* [n_row] score - offset, in the order of the rows; < 0 is an anomaly */
    int64_t n_flagged; /* rows with decision < 0, over all ranks */
    double base_offset; /* as offset, of the scores without feedback; offset if base is NULL */
    double offset;      /* the 100 * contamination percentile of all scores; on every rank */
};

/* What feedback brought. */
struct learned {
    double base_share; /* the share of anomalies without it */
    struct lesson lesson;
};

/* Scores every row with every tree and sets the threshold over all ranks. All ranks.
 *   learned  in, what feedback brought beside the leaves' weights, or NULL if there is none
 *   log      shows how far it is
 *   *out     produced */
enum status score_rows(const struct run *run, const struct iforest *forest,
                       const struct prepared *prepared, int64_t n_all, enum simd simd,
                       const struct learned *learned, struct log *log, struct scored *out,
                       struct error *err);

void scored_free(struct scored *scored); /* leaves nothing */

#endif
