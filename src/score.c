/* Scores and the threshold between normal and anomalous. */
#include "score.h"

#include "mem.h"
#include "quantiles.h"
#include "stop.h"

#include <stdlib.h>

enum { SLICE = 1 << 20 }; /* rows between two looks at whether to stop: about a second */

static enum status score_slices(const struct scorer *scorer, const struct prepared *prepared,
                                double *score, struct error *err)
{
    size_t n = prepared->groups.n_row, p = prepared->n_feature;
    const float **x = mem_array(p, sizeof *x);
    enum status st = STATUS_OK;

    if (x == NULL)
        TRY(error_no_memory(err, "the scores"));
    for (size_t begin = 0; begin < n; begin += SLICE) {
        TRY(stop_check(err));
        for (size_t f = 0; f < p; f++)
            x[f] = prepared->x[f] + begin;
        scorer_run(scorer, x, n - begin < SLICE ? n - begin : SLICE, score + begin);
    }
done:
    free(x);
    return st;
}

enum status score_rows(const struct run *run, const struct iforest *forest,
                       const struct prepared *prepared, int64_t n_all, enum simd simd,
                       struct scored *out, struct error *err)
{
    size_t n = prepared->groups.n_row;
    struct scorer *scorer = NULL;
    double *score = mem_array(n, sizeof *score), *decision = mem_array(n, sizeof *decision);
    double offset = 0;
    enum status st = STATUS_OK;

    if (score == NULL || decision == NULL)
        st = error_no_memory(err, "the scores");
    else
        st = scorer_create(forest, simd, &scorer, err);
    if (st == STATUS_OK)
        st = score_slices(scorer, prepared, score, err);
    TRY(run_agree(run, st, err));
    TRY(quantiles_percentile(run, (const double *const *)&score, 1, n, n_all,
                             100.0 * prepared->contamination, &offset, err));
    int64_t n_flagged = 0;
    for (size_t k = 0; k < n; k++) {
        decision[prepared->groups.member[k]] = score[k] - offset;
        n_flagged += score[k] - offset < 0;
    }
    MPI_Allreduce(MPI_IN_PLACE, &n_flagged, 1, MPI_INT64_T, MPI_SUM, run->comm);
    *out = (struct scored){.decision = decision, .n_flagged = n_flagged, .offset = offset};
    decision = NULL;
done:
    scorer_free(scorer);
    free(score);
    free(decision);
    return st;
}

void scored_free(struct scored *scored)
{
    free(scored->decision);
    *scored = (struct scored){0};
}
