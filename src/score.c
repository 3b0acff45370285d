/* Scores and the threshold between normal and anomalous. */
#include "score.h"

#include "mem.h"
#include "quantiles.h"
#include "stop.h"

#include <stdlib.h>

/* Rows scored between two looks at the clock and at whether to stop; scoring them in parts changes
 * no bit. */
static const size_t PART = (size_t)1 << 16;

/* Rows [begin, end) in group order; factor[end - begin] is scratch. */
static void score_learned(const struct scorer *scorer, const struct prepared *prepared,
                          const float *const *x, size_t begin, size_t end,
                          const struct lesson *lesson, double *factor, double *score,
                          double *base)
{
    for (size_t k = begin; k < end; k++)
        factor[k - begin] = lesson->factor[prepared->pattern[prepared->groups.member[k]]];
    scorer_run_learned(scorer, x, end - begin, factor, score + begin, base + begin);
}

/* Scores this rank's rows; without a lesson (NULL) there is no base. The other ranks go at the
 * same pace.
 * x[n_feature], factor[PART]  scratch */
static enum status score_parts(const struct scorer *scorer, const struct prepared *prepared,
                               const float **x, int64_t n_all, struct log *log,
                               const struct lesson *lesson, double *factor, double *score,
                               double *base, struct error *err)
{
    size_t n = prepared->groups.n_row;
    double start = MPI_Wtime();
    enum status st = STATUS_OK;

    for (size_t begin = 0; begin < n; begin += PART) {
        size_t end = n - begin < PART ? n : begin + PART;
        TRY(stop_check(err));
        for (size_t f = 0; f < prepared->n_feature; f++)
            x[f] = prepared->x[f] + begin;
        if (lesson != NULL)
            score_learned(scorer, prepared, x, begin, end, lesson, factor, score, base);
        else
            scorer_run(scorer, x, end - begin, score + begin);
        double done = (double)end / (double)n;
        log_progress(log, "score", (int64_t)(done * (double)n_all), n_all, "rows",
                     MPI_Wtime() - start);
    }
done:
    return st;
}

/* From scores in group order to decisions in the order of the rows: score minus the percentile
 * of all scores that leaves `share` below it. All ranks. decision[n] out. */
static enum status decide(const struct run *run, const struct groups *groups,
                          const double *score, int64_t n_all, double share, double *decision,
                          double *offset, struct error *err)
{
    size_t n = groups->n_row;
    enum status st = quantiles_percentile(run, &score, 1, n, n_all, 100.0 * share, offset, err);

    for (size_t k = 0; k < n && st == STATUS_OK; k++)
        decision[groups->member[k]] = score[k] - *offset;
    return st;
}

static int64_t count_flagged(const struct run *run, const double *decision, size_t n)
{
    int64_t n_flagged = 0;

    for (size_t i = 0; i < n; i++)
        n_flagged += decision[i] < 0;
    MPI_Allreduce(MPI_IN_PLACE, &n_flagged, 1, MPI_INT64_T, MPI_SUM, run->comm);
    return n_flagged;
}

enum status score_rows(const struct run *run, const struct iforest *forest,
                       const struct prepared *prepared, int64_t n_all, enum simd simd,
                       const struct learned *learned, struct log *log, struct scored *out,
                       struct error *err)
{
    const struct groups *groups = &prepared->groups;
    size_t n = groups->n_row, n_base = learned != NULL ? n : 0;
    struct scorer *scorer = NULL;
    struct scored made = {.decision = mem_array(n, sizeof *made.decision)};
    double *score = mem_array(n, sizeof *score), *base = mem_array(n_base, sizeof *base);
    double *factor = mem_array(n_base < PART ? n_base : PART, sizeof *factor);
    const float **x = mem_array(prepared->n_feature, sizeof *x);
    enum status st = STATUS_OK;

    if (learned != NULL)
        made.base = mem_array(n, sizeof *made.base);
    if (!score || !base || !factor || !x || !made.decision || (learned != NULL && !made.base))
        st = error_no_memory(err, "the scores");
    else
        st = scorer_create(forest, simd, &scorer, err);
    TRY(run_agree(run, st, err));
    st = score_parts(scorer, prepared, x, n_all, log, learned != NULL ? &learned->lesson : NULL,
                     factor, score, base, err);
    TRY(run_agree(run, st, err));
    TRY(decide(run, groups, score, n_all, prepared->contamination, made.decision, &made.offset,
               err));
    made.base_offset = made.offset;
    if (learned != NULL)
        TRY(decide(run, groups, base, n_all, learned->base_share, made.base, &made.base_offset,
                   err));
    made.n_flagged = count_flagged(run, made.decision, n);
    *out = made;
    made = (struct scored){.n_flagged = 0};
done:
    scorer_free(scorer);
    free(score);
    free(base);
    free(factor);
    free(x);
    scored_free(&made);
    return st;
}

void scored_free(struct scored *scored)
{
    free(scored->base);
    free(scored->decision);
    *scored = (struct scored){0};
}
