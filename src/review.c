/* From verdicts to rows. An id is a hash, so a row has to be hashed to be recognised; to spare
 * most rows that, only those are that some verdict can be on, by the account and the date that
 * the reviewers' list has beside the id. A spreadsheet may have changed both, so accounts are
 * compared without leading zeros, dates in both orders, and where that finds nothing, the filter
 * lets all pass. What the ranks find is gathered, so that all decide alike. */
#include "review.h"

#include "ascii.h"
#include "comm.h"
#include "mem.h"
#include "results_write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5 }; /* verdicts on nothing that are named one by one */

void reviews_free(struct reviews *reviews)
{
    feedback_free(&reviews->feedback);
    free(reviews->reviewed);
    free(reviews->here);
    *reviews = (struct reviews){.n = 0};
}

/* ---- the same on every rank ---------------------------------------------------------------- */

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

/* ---- which rows may be meant --------------------------------------------------------------- */

struct filter {
    bool any_account, any_date;
    bool *account; /* [accounts of the ledger] */
    size_t n_date;
    int32_t *date; /* [n_date] ascending */
};

static void filter_free(struct filter *filter)
{
    free(filter->account);
    free(filter->date);
}

/* A text as far as spreadsheets leave it alone. */
struct bare {
    const char *text;
    size_t length;
};

static struct bare bare_text(const char *text, size_t length)
{
    ascii_trim(&text, &length);
    while (length > 1 && *text == '0') {
        text++;
        length--;
    }
    return (struct bare){text, length};
}

static int by_bare(const void *a, const void *b)
{
    const struct bare *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, n);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static int by_date(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Marks the ledger's accounts that verdicts name; every account may be meant if one names none. */
static enum status filter_accounts(const struct feedback *feedback, const struct texts *account,
                                   struct filter *filter, struct error *err)
{
    struct bare *named = mem_array(feedback->n, sizeof *named);
    bool *found = mem_array(feedback->n, sizeof *found);
    size_t next = 0;
    enum status st = STATUS_OK;

    filter->account = mem_array(account->n, sizeof *filter->account);
    if (named == NULL || found == NULL || filter->account == NULL)
        TRY(error_no_memory(err, "the feedback"));
    for (size_t v = 0; v < feedback->n; v++) {
        const char *text = feedback->byte + feedback->verdict[v].account;
        named[v] = bare_text(text, strlen(text));
    }
    if (feedback->n > 0)
        qsort(named, feedback->n, sizeof *named, by_bare);
    for (size_t a = 0; a < account->n; a++) {
        struct bare own = bare_text(account->byte + account->start[a],
                                    account->start[a + 1] - account->start[a]);
        const struct bare *hit = bsearch(&own, named, feedback->n, sizeof *named, by_bare);
        if (hit == NULL)
            continue;
        filter->account[a] = true;
        found[hit - named] = true;
    }
    for (size_t v = 0; v < feedback->n; v = next) {
        bool some = false;
        for (next = v; next < feedback->n && by_bare(&named[v], &named[next]) == 0; next++)
            some = some || found[next];
        filter->any_account = filter->any_account || !some;
    }
done:
    free(named);
    free(found);
    return st;
}

static enum status filter_build(const struct feedback *feedback, const struct texts *account,
                                struct filter *filter, struct error *err)
{
    filter->date = mem_array(2 * feedback->n, sizeof *filter->date);
    if (filter->date == NULL)
        return error_no_memory(err, "the feedback");
    for (size_t v = 0; v < feedback->n; v++)
        for (int order = 0; order < 2; order++) {
            int32_t date = feedback->verdict[v].date[order];
            filter->date[filter->n_date++] = date;
            filter->any_date = filter->any_date || date == ROW_NO_DATE;
        }
    if (filter->n_date > 0)
        qsort(filter->date, filter->n_date, sizeof *filter->date, by_date);
    return filter_accounts(feedback, account, filter, err);
}

static bool filter_passes(const struct filter *filter, const struct row *row)
{
    return (filter->any_account || filter->account[row->code[CODE_ACCOUNT]]) &&
           (filter->any_date || bsearch(&row->date, filter->date, filter->n_date,
                                        sizeof *filter->date, by_date) != NULL);
}

/* A row that may be meant. */
struct candidate {
    size_t place;
    uint32_t row;
    uint32_t occurrence;
    char id[RESULTS_ID];
};

uint32_t review_occurrence(const struct row *row, const struct groups *groups, size_t first,
                           size_t k)
{
    const struct row *self = &row[groups->member[k]];
    uint32_t before = 0;

    while (k-- > first && row[groups->member[k]].date == self->date)
        before += memcmp(row[groups->member[k]].code, self->code,
                         CODE_STATUS * sizeof *self->code) == 0;
    return before;
}

static enum status list_candidates(const struct encoded *rows, const struct groups *groups,
                                   const struct filter *filter, struct candidate **out,
                                   size_t *n_out, struct error *err)
{
    struct candidate *list = NULL;
    size_t n = 0, capacity = 0;

    for (size_t g = 0; g < groups->n_group; g++)
        for (size_t k = groups->start[g]; k < groups->start[g + 1]; k++) {
            uint32_t row = groups->member[k];
            if (!filter_passes(filter, &rows->row[row]))
                continue;
            if (n == capacity) {
                capacity = mem_grow(capacity, n + 1);
                struct candidate *larger = mem_resize(list, capacity, sizeof *list);
                if (larger == NULL) {
                    free(list);
                    return error_no_memory(err, "the feedback");
                }
                list = larger;
            }
            list[n++] = (struct candidate){
                k, row, review_occurrence(rows->row, groups, groups->start[g], k), ""};
        }
    *out = list;
    *n_out = n;
    return STATUS_OK;
}

static enum status hash_candidates(const struct encoded *rows, const struct texts *text,
                                   struct candidate *candidate, size_t n, struct error *err)
{
    bool failed = false;

#pragma omp parallel for default(none) shared(rows, text, candidate, n) schedule(static)       \
    reduction(||                                                                               \
              : failed)
    for (size_t c = 0; c < n; c++) {
        struct anomaly anomaly = {.row = rows->row[candidate[c].row],
                                  .occurrence = candidate[c].occurrence};
        struct error ignored;
        failed = anomaly_id(&anomaly, text, candidate[c].id, &ignored) != STATUS_OK || failed;
    }
    return failed ? error_no_memory(err, "the ids of reviewed rows") : STATUS_OK;
}

/* ---- which rows are meant ------------------------------------------------------------------ */

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
    size_t kept = 0, h = 0;

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
        hit[(*n_hit)++] = hit[first];
        feedback->verdict[kept++] = *verdict;
    }
    feedback->n = kept;
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
    struct filter filter = {.n_date = 0};
    struct candidate *candidate = NULL;
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(filter_build(feedback, &facts->text[CODE_ACCOUNT], &filter, err));
    TRY(list_candidates(rows, groups, &filter, &candidate, &n, err));
    TRY(hash_candidates(rows, facts->text, candidate, n, err));
    TRY(match_candidates(run, rows, facts, feedback, candidate, n, hits, err));
done:
    filter_free(&filter);
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
