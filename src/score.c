/* Scores and the threshold between normal and anomalous. */
#include "score.h"

#include "mem.h"
#include "quantiles.h"

#include <stdlib.h>

/* Rows scored between two looks at the clock; scoring them in parts changes no bit. */
static const size_t PART = (size_t)1 << 16;

/* Scores this rank's rows. The others go at the same pace. */
static void score_parts(const struct scorer *scorer, const struct prepared *prepared,
                        const float **x, int64_t n_all, struct log *log, double *score)
{
    size_t n = prepared->groups.n_row;
    double start = MPI_Wtime();

    for (size_t begin = 0; begin < n; begin += PART) {
        size_t end = n - begin < PART ? n : begin + PART;
        for (size_t f = 0; f < prepared->n_feature; f++)
            x[f] = prepared->x[f] + begin;
        scorer_run(scorer, x, end - begin, score + begin);
        double done = (double)end / (double)n;
        log_progress(log, "score", (int64_t)(done * (double)n_all), n_all, "rows",
                     MPI_Wtime() - start);
    }
}

enum status score_rows(const struct run *run, const struct iforest *forest,
                       const struct prepared *prepared, int64_t n_all, enum simd simd,
                       struct log *log, struct scored *out, struct error *err)
{
    size_t n = prepared->groups.n_row;
    struct scorer *scorer = NULL;
    double *score = mem_array(n, sizeof *score), *decision = mem_array(n, sizeof *decision);
    const float **x = mem_array(prepared->n_feature, sizeof *x);
    double offset = 0;
    enum status st = STATUS_OK;

    if (score == NULL || decision == NULL || x == NULL)
        st = error_no_memory(err, "the scores");
    else
        st = scorer_create(forest, simd, &scorer, err);
    TRY(run_agree(run, st, err));
    score_parts(scorer, prepared, x, n_all, log, score);
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
    free(x);
    return st;
}

void scored_free(struct scored *scored)
{
    free(scored->decision);
    *scored = (struct scored){0};
}
