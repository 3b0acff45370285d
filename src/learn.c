/* What reviews change: the weights of leaves, the share of anomalies, and which findings are
 * held back. The first needs the features of all reviewed rows on every rank; these are few. */
#include "learn.h"

#include "comm.h"
#include "contamination.h"
#include "leaf_weights.h"
#include "mem.h"
#include "suppression.h"

#include <stdlib.h>
#include <string.h>

/* The scaled features of this rank's reviewed rows as records: index in reviewed, then values.
 */
static char *pack_rows(const struct prepared *prepared, const struct reviews *reviews,
                       size_t record)
{
    char *mine = mem_array(reviews->n_here, record);

    for (size_t h = 0; mine != NULL && h < reviews->n_here; h++) {
        char *out = mine + h * record;
        memcpy(out, &reviews->here[h].index, sizeof(size_t));
        for (size_t f = 0; f < prepared->n_feature; f++)
            memcpy(out + sizeof(size_t) + f * sizeof(float),
                   &prepared->x[f][reviews->here[h].place], sizeof(float));
    }
    return mine;
}

enum status learn_weights(const struct run *run, const struct prepared *prepared,
                          const struct reviews *reviews, struct iforest *forest,
                          struct error *err)
{
    size_t p = prepared->n_feature, record = sizeof(size_t) + p * sizeof(float);
    char *mine = NULL;
    void *all = NULL;
    float *x = NULL;
    bool *confirmed = NULL;
    int64_t n_all = 0;
    enum status st = STATUS_OK;

    if (reviews->n == 0)
        return STATUS_OK;
    mine = pack_rows(prepared, reviews, record);
    x = mem_array(reviews->n * p, sizeof *x);
    confirmed = mem_array(reviews->n, sizeof *confirmed);
    if (mine == NULL || x == NULL || confirmed == NULL)
        st = error_no_memory(err, "the reviewed rows");
    TRY(run_agree(run, st, err));
    TRY(comm_gather_all(run, record, mine, (int64_t)reviews->n_here, &all, &n_all, err));
    for (int64_t i = 0; i < n_all; i++) {
        const char *in = (const char *)all + (size_t)i * record;
        size_t index;
        memcpy(&index, in, sizeof index);
        memcpy(x + index * p, in + sizeof index, p * sizeof *x);
    }
    for (size_t i = 0; i < reviews->n; i++)
        confirmed[i] = reviews->reviewed[i].confirmed;
    leaf_weights_learn(forest, x, confirmed, reviews->n);
done:
    free(mine);
    free(all);
    free(x);
    free(confirmed);
    return st;
}

double learn_contamination(const struct profile *profile, double estimate, bool given,
                           const struct reviews *reviews)
{
    double least = profile->share_from_departures ? 0 : CONTAMINATION_LEAST;

    if (given || reviews->n == 0)
        return estimate;
    return contamination_follow(estimate, reviews->n_confirmed, reviews->n_rejected, least);
}

/* ---- suppression ------------------------------------------------------------------------- */

static struct matter matter_of(const struct row *row, uint8_t pattern)
{
    return (struct matter){row->date, pattern, row->difference};
}

/* What this rank's reviews are judged with. */
struct holding {
    const struct row *row;
    const struct groups *groups;
    const uint8_t *pattern;
    const struct reviews *reviews;
    double tolerance;
    int64_t months;
};

/* Who holds back member k: of the reviews here[n] of its group, in order of place, the last
 * that is on the same matter and not on a later row. */
static uint32_t find_suppressor(const struct holding *of, const struct reviewed_here *here,
                                size_t n, size_t k)
{
    uint32_t row = of->groups->member[k];
    struct matter later = matter_of(&of->row[row], of->pattern[row]);
    uint32_t suppressor = 0;

    for (size_t h = 0; h < n && here[h].place <= k; h++) {
        uint32_t judged = of->groups->member[here[h].place];
        struct matter earlier = matter_of(&of->row[judged], of->pattern[judged]);
        if (judged == row || suppression_covers(&earlier, &later, of->tolerance, of->months))
            suppressor = of->reviews->reviewed[here[h].index].confirmed
                             ? 0
                             : (uint32_t)here[h].index + 1;
    }
    return suppressor;
}

enum status learn_suppress(const struct encoded *rows, const struct groups *groups,
                           const struct scored *scored, const uint8_t *pattern,
                           const struct reviews *reviews, double tolerance, int64_t months,
                           uint32_t **suppressor, struct error *err)
{
    const struct holding of = {rows->row, groups, pattern, reviews, tolerance, months};
    size_t g = 0, next = 0;
    uint32_t *held = NULL;

    *suppressor = NULL;
    if (reviews->n == 0)
        return STATUS_OK;
    held = mem_array(rows->n_row, sizeof *held);
    if (held == NULL)
        return error_no_memory(err, "the suppressed findings");
    for (size_t h = 0; h < reviews->n_here; h = next) {
        while (groups->start[g + 1] <= reviews->here[h].place)
            g++;
        for (next = h;
             next < reviews->n_here && reviews->here[next].place < groups->start[g + 1];)
            next++;
        for (size_t k = reviews->here[h].place; k < groups->start[g + 1]; k++)
            if (scored->decision[groups->member[k]] < 0)
                held[groups->member[k]] = find_suppressor(&of, reviews->here + h, next - h, k);
    }
    *suppressor = held;
    return STATUS_OK;
}
