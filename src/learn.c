/* What reviews change: the weights of leaves and patterns, the share of anomalies, and which
 * findings are held back. The first need the features of all reviewed rows on every rank; these
 * are few. */
#include "learn.h"

#include "comm.h"
#include "contamination.h"
#include "mem.h"
#include "suppression.h"

#include <stdlib.h>
#include <string.h>

/* What travels of a reviewed row, its scaled features behind it. */
struct lesson_row {
    size_t index; /* in reviewed */
    uint8_t pattern;
};

/* This rank's reviewed rows as records. */
static char *pack_rows(const struct prepared *prepared, const struct reviews *reviews,
                       size_t record)
{
    char *mine = mem_array(reviews->n_here, record);

    for (size_t h = 0; mine != NULL && h < reviews->n_here; h++) {
        size_t place = reviews->here[h].place;
        const struct lesson_row row = {reviews->here[h].index,
                                       prepared->pattern[prepared->groups.member[place]]};
        char *out = mine + h * record;
        memcpy(out, &row, sizeof row);
        for (size_t f = 0; f < prepared->n_feature; f++)
            memcpy(out + sizeof row + f * sizeof(float), &prepared->x[f][place], sizeof(float));
    }
    return mine;
}

/* All reviewed rows, in the order of reviewed. */
struct lesson_rows {
    float *x;
    uint8_t *pattern;
    bool *confirmed;
};

static void unpack_rows(const char *all, int64_t n_all, size_t p, struct lesson_rows *rows)
{
    struct lesson_row row;

    for (int64_t i = 0; i < n_all; i++) {
        const char *in = all + (size_t)i * (sizeof row + p * sizeof *rows->x);
        memcpy(&row, in, sizeof row);
        memcpy(rows->x + row.index * p, in + sizeof row, p * sizeof *rows->x);
        rows->pattern[row.index] = row.pattern;
    }
}

enum status learn_lesson(const struct run *run, const struct prepared *prepared,
                         const struct reviews *reviews, struct iforest *forest,
                         struct lesson *lesson, struct error *err)
{
    size_t p = prepared->n_feature, n = reviews->n;
    size_t record = sizeof(struct lesson_row) + p * sizeof(float);
    char *mine = pack_rows(prepared, reviews, record);
    void *all = NULL;
    struct lesson_rows rows = {mem_array(n * p, sizeof *rows.x), mem_array(n, 1),
                               mem_array(n, sizeof *rows.confirmed)};
    int64_t n_all = 0;
    enum status st = STATUS_OK;

    if (!mine || !rows.x || !rows.pattern || !rows.confirmed)
        st = error_no_memory(err, "the reviewed rows");
    TRY(run_agree(run, st, err));
    TRY(comm_gather_all(run, record, mine, (int64_t)reviews->n_here, &all, &n_all, err));
    unpack_rows(all, n_all, p, &rows);
    for (size_t i = 0; i < n; i++)
        rows.confirmed[i] = reviews->reviewed[i].confirmed;
    st = lesson_learn(forest, rows.x, rows.pattern, rows.confirmed, n, lesson, err);
    TRY(run_agree(run, st, err));
done:
    free(mine);
    free(all);
    free(rows.x);
    free(rows.pattern);
    free(rows.confirmed);
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

enum status learn_suppress(const struct encoded *rows, const struct prepared *prepared,
                           const struct scored *scored, const struct reviews *reviews,
                           double tolerance, int64_t months, uint32_t **suppressor,
                           struct error *err)
{
    const struct groups *groups = &prepared->groups;
    const struct holding of = {rows->row, groups,    prepared->pattern,
                               reviews,   tolerance, months};
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
