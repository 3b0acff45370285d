/* From verdicts to rows. What each rank finds among its rows is gathered, so that all decide
 * alike: which verdict is on which row, which are on none, and what holds where several are on
 * the same one. Which rows are looked at is review_rows.c's. */
#include "review.h"

#include "comm.h"
#include "mem.h"
#include "review_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 }; /* verdicts on nothing that are named one by one */

void reviews_free(struct reviews *reviews)
{
    feedback_free(&reviews->feedback);
    free(reviews->reviewed);
    free(reviews->here);
    *reviews = (struct reviews){.n = 0};
}

/* ---- the same on every rank -------------------------------------------------------------- */

enum status review_share(const struct run *run, const char *paths, struct reviews *reviews,
                         struct error *err)
{
    struct feedback feedback = {.n = 0};
    uint64_t size[2] = {0, 0};
    enum status st = STATUS_OK;

    *reviews = (struct reviews){.n = 0};
    if (paths == NULL)
        return STATUS_OK;
    if (run->rank == 0)
        st = feedback_read(paths, &feedback, err);
    TRY(run_agree(run, st, err));
    size[0] = feedback.n;
    size[1] = feedback.n_byte;
    MPI_Bcast(size, 2, MPI_UINT64_T, 0, run->comm);
    if (run->rank != 0) {
        feedback.n = (size_t)size[0];
        feedback.n_byte = (size_t)size[1];
        feedback.verdict = mem_array(feedback.n, sizeof *feedback.verdict);
        feedback.byte = mem_array(feedback.n_byte, 1);
        if (feedback.verdict == NULL || feedback.byte == NULL)
            st = error_no_memory(err, "the feedback");
    }
    TRY(run_agree(run, st, err));
    comm_broadcast(run, feedback.verdict, feedback.n * sizeof *feedback.verdict);
    comm_broadcast(run, feedback.byte, feedback.n_byte);
    reviews->feedback = feedback;
    feedback = (struct feedback){.n = 0};
done:
    feedback_free(&feedback);
    return st;
}

/* ---- which rows are meant ---------------------------------------------------------------- */

/* A row of some rank that a verdict is on. */
struct hit {
    int64_t verdict;
    int64_t row_number;
    int64_t place; /* on its rank */
    int32_t rank;
    int32_t date;
    bool by_key;
    char id[RESULTS_ID];
};

struct hits {
    size_t n, capacity;
    struct hit *hit;
};

static enum status add_hit(struct hits *hits, const struct hit *hit, struct error *err)
{
    if (hits->n == hits->capacity) {
        size_t capacity = mem_grow(hits->capacity, hits->n + 1);
        struct hit *larger = mem_resize(hits->hit, capacity, sizeof *larger);
        if (larger == NULL)
            return error_no_memory(err, "the feedback");
        hits->hit = larger;
        hits->capacity = capacity;
    }
    hits->hit[hits->n++] = *hit;
    return STATUS_OK;
}

static const struct verdict *find_id(const struct feedback *feedback, const char *id)
{
    size_t low = 0, high = feedback->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(feedback->verdict[middle].id, id);
        if (order == 0)
            return &feedback->verdict[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool text_is(const struct texts *texts, uint32_t code, const char *wanted)
{
    size_t length = texts->start[code + 1] - texts->start[code];

    return strlen(wanted) == length &&
           memcmp(texts->byte + texts->start[code], wanted, length) == 0;
}

static bool key_is(const struct ledger_facts *facts, const struct row *row,
                   const struct feedback *feedback, const struct verdict *verdict)
{
    const char *byte = feedback->byte;

    return (row->date == verdict->date[0] || row->date == verdict->date[1]) &&
           text_is(&facts->text[CODE_ACCOUNT], row->code[CODE_ACCOUNT],
                   byte + verdict->account) &&
           text_is(&facts->text[CODE_COMPANY], row->code[CODE_COMPANY],
                   byte + verdict->company) &&
           text_is(&facts->text[CODE_AU], row->code[CODE_AU], byte + verdict->au) &&
           (verdict->currency == 0 || !facts->has_currency ||
            text_is(&facts->text[CODE_CURRENCY], row->code[CODE_CURRENCY],
                    byte + verdict->currency));
}

static enum status match_candidates(const struct run *run, const struct encoded *rows,
                                    const struct ledger_facts *facts,
                                    const struct feedback *feedback,
                                    const struct candidate *candidate, size_t n,
                                    struct hits *hits, struct error *err)
{
    size_t *keyed = mem_array(feedback->n, sizeof *keyed), n_keyed = 0;
    enum status st = STATUS_OK;

    if (keyed == NULL)
        TRY(error_no_memory(err, "the feedback"));
    for (size_t v = 0; v < feedback->n; v++)
        if (feedback->verdict[v].by_key)
            keyed[n_keyed++] = v;
    for (size_t c = 0; c < n; c++) {
        const struct row *row = &rows->row[candidate[c].row];
        const struct verdict *own = find_id(feedback, candidate[c].id);
        struct hit hit = {.row_number = row->row_number,
                          .place = (int64_t)candidate[c].place,
                          .rank = run->rank,
                          .date = row->date};
        memcpy(hit.id, candidate[c].id, sizeof hit.id);
        if (own != NULL) {
            hit.verdict = own - feedback->verdict;
            TRY(add_hit(hits, &hit, err));
        }
        hit.by_key = true;
        for (size_t i = 0; i < n_keyed; i++) {
            hit.verdict = (int64_t)keyed[i];
            if (key_is(facts, row, feedback, &feedback->verdict[keyed[i]]))
                TRY(add_hit(hits, &hit, err));
        }
    }
done:
    free(keyed);
    return st;
}

/* By verdict, then what its id says before what its key says, then in input order. */
static int by_verdict(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    if (x->by_key != y->by_key)
        return x->by_key - y->by_key;
    return (x->row_number > y->row_number) - (x->row_number < y->row_number);
}

static int by_hit_id(const void *a, const void *b)
{
    return strcmp(((const struct hit *)a)->id, ((const struct hit *)b)->id);
}

static void log_unknown(struct log *log, const struct feedback *feedback,
                        const struct verdict *verdict, size_t n_row, int64_t n_before)
{
    if (feedback->path == NULL || n_before >= SHOWN) /* only rank 0 knows the files */
        return;
    if (n_row == 0)
        log_warn(log, "%s: line %" PRId64 ": no row of the ledger is meant by this verdict",
                 feedback->path[verdict->file], verdict->line);
    else
        log_warn(log,
                 "%s: line %" PRId64 ": %zu rows of the ledger have this company, account, au "
                 "and date: give the id",
                 feedback->path[verdict->file], verdict->line, n_row);
}

/* Gives every verdict the id of the row it is on, and drops those that are on none or on more
 * than one. hit[n]: sorted by verdict. *n_hit out: one a verdict that is left, in hit. */
static void name_rows(struct hit *hit, size_t n, struct log *log, struct reviews *reviews,
                      size_t *n_hit)
{
    struct feedback *feedback = &reviews->feedback;
    size_t kept = 0, h = 0, n_by_key = 0;

    *n_hit = 0;
    for (size_t v = 0; v < feedback->n; v++) {
        struct verdict *verdict = &feedback->verdict[v];
        size_t first = h, n_row = 0;
        for (; h < n && hit[h].verdict == (int64_t)v; h++)
            n_row += hit[h].by_key == hit[first].by_key;
        if (n_row != 1) {
            log_unknown(log, feedback, verdict, n_row, reviews->n_unknown++);
            continue;
        }
        memcpy(verdict->id, hit[first].id, sizeof verdict->id);
        n_by_key += hit[first].by_key;
        hit[(*n_hit)++] = hit[first];
        feedback->verdict[kept++] = *verdict;
    }
    feedback->n = kept;
    if (n_by_key > 0 && feedback->path != NULL)
        log_warn(
            log,
            "%zu verdicts without a readable id are taken by company, account, au and date",
            n_by_key);
    if (reviews->n_unknown > SHOWN && feedback->path != NULL)
        log_warn(log, "%" PRId64 " verdicts in all are on no single row of the ledger",
                 reviews->n_unknown);
}

static int by_place(const void *a, const void *b)
{
    const struct reviewed_here *x = a, *y = b;

    return (x->place > y->place) - (x->place < y->place);
}

/* The lists of reviewed rows from settled verdicts; hit[n_hit] by id, some of them twice. */
static enum status list_reviewed(const struct run *run, const struct hit *hit, size_t n_hit,
                                 struct reviews *reviews, struct error *err)
{
    const struct feedback *feedback = &reviews->feedback;

    reviews->reviewed = mem_array(feedback->n, sizeof *reviews->reviewed);
    reviews->here = mem_array(feedback->n, sizeof *reviews->here);
    if (reviews->reviewed == NULL || reviews->here == NULL)
        return error_no_memory(err, "the feedback");
    for (size_t h = 0; h < n_hit; h++) {
        if (h > 0 && strcmp(hit[h].id, hit[h - 1].id) == 0)
            continue;
        size_t v = (size_t)(find_id(feedback, hit[h].id) - feedback->verdict);
        struct reviewed *row = &reviews->reviewed[reviews->n];
        *row = (struct reviewed){.confirmed = feedback->verdict[v].confirmed,
                                 .date = hit[h].date,
                                 .row_number = hit[h].row_number,
                                 .verdict = v};
        memcpy(row->id, hit[h].id, sizeof row->id);
        reviews->n_confirmed += row->confirmed;
        reviews->n_rejected += !row->confirmed;
        if (hit[h].rank == run->rank)
            reviews->here[reviews->n_here++] =
                (struct reviewed_here){(size_t)hit[h].place, reviews->n};
        reviews->n++;
    }
    if (reviews->n_here > 0)
        qsort(reviews->here, reviews->n_here, sizeof *reviews->here, by_place);
    return STATUS_OK;
}

static enum status hash_reviews(struct reviews *reviews, struct error *err)
{
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    enum status st = STATUS_OK;

    TRY(sha256_create(&sha, err));
    for (size_t i = 0; i < reviews->n; i++) {
        unsigned char confirmed = reviews->reviewed[i].confirmed;
        sha256_add_text(sha, reviews->reviewed[i].id, RESULTS_ID - 1);
        sha256_add(sha, &confirmed, 1);
    }
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, reviews->sha256);
done:
    sha256_free(sha);
    return st;
}

/* All hits of all ranks, and what follows from them, without further talk. */
static enum status settle_hits(const struct run *run, struct hit *hit, size_t n,
                               struct log *log, struct reviews *reviews, struct error *err)
{
    size_t n_hit = 0;
    enum status st = STATUS_OK;

    if (n > 0)
        qsort(hit, n, sizeof *hit, by_verdict);
    name_rows(hit, n, log, reviews, &n_hit);
    if (n_hit > 0)
        qsort(hit, n_hit, sizeof *hit, by_hit_id);
    TRY(feedback_settle(&reviews->feedback, err));
    TRY(list_reviewed(run, hit, n_hit, reviews, err));
    TRY(hash_reviews(reviews, err));
done:
    return st;
}

static enum status find_here(const struct run *run, const struct encoded *rows,
                             const struct groups *groups, const struct ledger_facts *facts,
                             const struct feedback *feedback, struct hits *hits,
                             struct error *err)
{
    struct candidate *candidate = NULL;
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(review_list_rows(rows, groups, facts, feedback, &candidate, &n, err));
    TRY(match_candidates(run, rows, facts, feedback, candidate, n, hits, err));
done:
    free(candidate);
    return st;
}

enum status review_find(const struct run *run, const struct encoded *rows,
                        const struct groups *groups, const struct ledger_facts *facts,
                        struct log *log, struct reviews *reviews, struct error *err)
{
    struct hits hits = {.n = 0};
    void *all = NULL;
    int64_t n_all = 0;
    enum status st = STATUS_OK;

    if (reviews->feedback.n == 0)
        return STATUS_OK;
    TRY(run_agree(run, find_here(run, rows, groups, facts, &reviews->feedback, &hits, err),
                  err));
    TRY(comm_gather_all(run, sizeof *hits.hit, hits.hit, (int64_t)hits.n, &all, &n_all, err));
    TRY(run_agree(run, settle_hits(run, all, (size_t)n_all, log, reviews, err), err));
done:
    free(hits.hit);
    free(all);
    return st;
}
