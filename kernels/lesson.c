/* What a forest learns from verdicts, in two ways. Its leaves are weighed, so that rows like the
 * judged ones rise or fall; and so is the pattern of a row, which is a leaf of one more tree, the
 * rule of pattern.c, that reads the account's own history as the classic features do not. A
 * pattern's weight is a factor, so that rows of one pattern keep their order, no path becomes
 * negative, and the weight is as strong for short paths as for long ones.
 *
 * A pattern collects many verdicts, so a few wrong ones must not turn it: the smaller side counts
 * only as far as it is more than a tenth. And both ways are used only as far as the forest's own
 * order disagrees with the reviewers: one that puts what they confirm before what they reject
 * has nothing to learn, however much they reject further down. Chosen by measurement
 * (benchmarks/RESULTS.md). */
#include "lesson.h"

#include "leaf_weights.h"
#include "mem.h"

#include <math.h>
#include <stdlib.h>

/* ---- doubt --------------------------------------------------------------------------------- */

struct judged_length {
    double length;
    bool confirmed;
};

static int by_length(const void *a, const void *b)
{
    double x = ((const struct judged_length *)a)->length;
    double y = ((const struct judged_length *)b)->length;

    return (x > y) - (x < y);
}

/* Pairs of a confirmed and a rejected row with the rejected one first, ties half; row[n] is in
 * order. All are halves of whole numbers, so their sum is exact. */
static double wrong_pairs(const struct judged_length *row, size_t n)
{
    double pairs = 0, rejected = 0;

    for (size_t first = 0, end = 0; first < n; first = end) {
        double tied[2] = {0, 0};
        for (end = first; end < n && row[end].length == row[first].length; end++)
            tied[row[end].confirmed]++;
        pairs += tied[true] * (rejected + tied[false] / 2);
        rejected += tied[false];
    }
    return pairs;
}

static double find_doubt(struct judged_length *row, size_t n)
{
    double confirmed = 0, rejected = 0;

    for (size_t i = 0; i < n; i++)
        *(row[i].confirmed ? &confirmed : &rejected) += 1;
    qsort(row, n, sizeof *row, by_length);
    double disorder = (wrong_pairs(row, n) + 0.5) / (confirmed * rejected + 1);
    double doubt = fmin(1, 4 * disorder * (rejected + 1) / ((double)n + 2));
    return doubt * doubt;
}

static void measure_lengths(const struct iforest *forest, const float *x, const bool *confirmed,
                            size_t n, struct judged_length *row)
{
#pragma omp parallel for default(none) shared(forest, x, confirmed, n, row) schedule(static)
    for (size_t i = 0; i < n; i++)
        row[i] = (struct judged_length){iforest_path_length(forest, x + i * forest->n_feature),
                                        confirmed[i]};
}

/* ---- patterns ------------------------------------------------------------------------------ */

double lesson_factor(size_t n_confirmed, size_t n_rejected)
{
    double mistakes = LESSON_MISTAKES * (double)(n_confirmed + n_rejected);
    double confirmed = fmax((double)n_confirmed - mistakes, 0);
    double rejected = fmax((double)n_rejected - mistakes, 0);
    double factor = sqrt((rejected + 1) / (confirmed + 1));

    return fmin(fmax(factor, 1 / LESSON_FACTOR_MOST), LESSON_FACTOR_MOST);
}

static void find_factors(const uint8_t *pattern, const bool *confirmed, size_t n,
                         struct lesson *lesson)
{
    size_t count[N_PATTERN][2] = {{0}};

    for (size_t i = 0; i < n; i++)
        count[pattern[i]][confirmed[i]]++;
    for (size_t p = 0; p < N_PATTERN; p++)
        lesson->factor[p] =
            1 + lesson->doubt * (lesson_factor(count[p][true], count[p][false]) - 1);
}

enum status lesson_learn(struct iforest *forest, const float *x, const uint8_t *pattern,
                         const bool *confirmed, size_t n, struct lesson *lesson,
                         struct error *err)
{
    struct judged_length *row = mem_array(n, sizeof *row);

    if (row == NULL)
        return error_no_memory(err, "the reviewed rows");
    *lesson = (struct lesson){.doubt = 0};
    if (n > 0) {
        measure_lengths(forest, x, confirmed, n, row);
        lesson->doubt = find_doubt(row, n);
    }
    find_factors(pattern, confirmed, n, lesson);
    leaf_weights_learn(forest, x, confirmed, n, lesson->doubt);
    free(row);
    return STATUS_OK;
}
