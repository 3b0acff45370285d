/* From verdicts to rows. An id is a hash, so a row has to be hashed to be recognised; to spare
 * most rows that, only those are that some verdict can be on, by the company, account, AU and date
 * that the reviewers' list has beside the id. A spreadsheet may have changed these, so texts are
 * compared without leading zeros, dates in both orders, and where that finds nothing, the filter
 * lets pass every row of the date. What the ranks find is gathered, so that all decide alike. */
#include "review.h"

#include "ascii.h"
#include "comm.h"
#include "mem.h"
#include "results_write.h"

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

/* The columns of the reviewers' list that name an account, in the order of enum code_column. */
enum { N_KEY = 3 };
_Static_assert(CODE_COMPANY == 0 && CODE_ACCOUNT == 1 && CODE_AU == 2, "the key's columns");

/* A row passes if the table has its account and date, or the loose dates have its date. The
 * table answers by a hash and may let a row too many pass, never one too few. */
struct filter {
    int32_t *class[N_KEY]; /* [codes of the column] which of the texts that verdicts name a code
                              stands for, -1: none */
    size_t mask;           /* of the table's size, a power of two */
    bool *table;           /* [mask + 1] */
    bool any_date;         /* a verdict names neither an account of the ledger nor a date */
    size_t n_loose;
    int32_t *loose; /* [n_loose] ascending; dates of verdicts whose account is not found */
};

static void filter_free(struct filter *filter)
{
    for (int c = 0; c < N_KEY; c++)
        free(filter->class[c]);
    free(filter->table);
    free(filter->loose);
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

static size_t named_text(const struct verdict *verdict, int column)
{
    return column == CODE_COMPANY   ? verdict->company
           : column == CODE_ACCOUNT ? verdict->account
                                    : verdict->au;
}

/* Which of the ledger's texts verdicts name in a column. class[texts->n] out; of_verdict[n] out:
 * the class that a verdict names, -1 if no text of the ledger is it. */
static enum status classify(const struct feedback *feedback, int column,
                            const struct texts *texts, int32_t *class, int32_t *of_verdict,
                            struct error *err)
{
    struct bare *named = mem_array(feedback->n, sizeof *named);
    bool *found = mem_array(feedback->n, sizeof *found);
    size_t n = 0;
    enum status st = STATUS_OK;

    if (named == NULL || found == NULL)
        TRY(error_no_memory(err, "the feedback"));
    for (size_t v = 0; v < feedback->n; v++) {
        const char *text = feedback->byte + named_text(&feedback->verdict[v], column);
        named[v] = bare_text(text, strlen(text));
    }
    qsort(named, feedback->n, sizeof *named, by_bare);
    for (size_t v = 0; v < feedback->n; v++)
        if (n == 0 || by_bare(&named[n - 1], &named[v]) != 0)
            named[n++] = named[v];
    for (size_t t = 0; t < texts->n; t++) {
        struct bare own =
            bare_text(texts->byte + texts->start[t], texts->start[t + 1] - texts->start[t]);
        const struct bare *hit = bsearch(&own, named, n, sizeof *named, by_bare);
        class[t] = hit != NULL ? (int32_t)(hit - named) : -1;
        if (hit != NULL)
            found[hit - named] = true;
    }
    for (size_t v = 0; v < feedback->n; v++) {
        const char *text = feedback->byte + named_text(&feedback->verdict[v], column);
        struct bare own = bare_text(text, strlen(text));
        const struct bare *hit = bsearch(&own, named, n, sizeof *named, by_bare);
        of_verdict[v] = found[hit - named] ? (int32_t)(hit - named) : -1;
    }
done:
    free(named);
    free(found);
    return st;
}

static size_t slot_of(const struct filter *filter, const int32_t class[N_KEY], int32_t date)
{
    uint64_t hash = (uint32_t)date;

    for (int c = 0; c < N_KEY; c++)
        hash = (hash ^ (uint32_t) class[c]) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> 32) & filter->mask;
}

static enum status filter_allocate(const struct feedback *feedback,
                                   const struct ledger_facts *facts, struct filter *filter,
                                   struct error *err)
{
    bool ready = true;

    for (filter->mask = 1; filter->mask < 512 * feedback->n;)
        filter->mask *= 2;
    filter->table = mem_array(filter->mask--, sizeof *filter->table);
    filter->loose = mem_array(2 * feedback->n, sizeof *filter->loose);
    for (int c = 0; c < N_KEY; c++) {
        filter->class[c] = mem_array(facts->text[c].n, sizeof *filter->class[c]);
        ready = ready && filter->class[c] != NULL;
    }
    if (!ready || filter->table == NULL || filter->loose == NULL)
        return error_no_memory(err, "the feedback");
    return STATUS_OK;
}

static void let_pass(struct filter *filter, const struct ledger_facts *facts,
                     const int32_t class[N_KEY], int32_t date)
{
    bool named = class[0] >= 0 && class[1] >= 0 && class[2] >= 0;

    if (date == ROW_NO_DATE)
        filter->any_date = true;
    else if (named)
        filter->table[slot_of(filter, class, date)] = true;
    else if (date >= facts->first_date && date <= facts->last_date)
        filter->loose[filter->n_loose++] = date;
}

static enum status filter_build(const struct feedback *feedback,
                                const struct ledger_facts *facts, struct filter *filter,
                                struct error *err)
{
    int32_t *of_verdict[N_KEY] = {NULL};
    enum status st = STATUS_OK;

    TRY(filter_allocate(feedback, facts, filter, err));
    for (int c = 0; c < N_KEY; c++) {
        of_verdict[c] = mem_array(feedback->n, sizeof *of_verdict[c]);
        if (of_verdict[c] == NULL)
            TRY(error_no_memory(err, "the feedback"));
        TRY(classify(feedback, c, &facts->text[c], filter->class[c], of_verdict[c], err));
    }
    for (size_t v = 0; v < feedback->n; v++) {
        const int32_t class[N_KEY] = {of_verdict[0][v], of_verdict[1][v], of_verdict[2][v]};
        let_pass(filter, facts, class, feedback->verdict[v].date[0]);
        let_pass(filter, facts, class, feedback->verdict[v].date[1]);
    }
    if (filter->n_loose > 0)
        qsort(filter->loose, filter->n_loose, sizeof *filter->loose, by_date);
done:
    for (int c = 0; c < N_KEY; c++)
        free(of_verdict[c]);
    return st;
}

static bool filter_passes(const struct filter *filter, const struct row *row)
{
    int32_t class[N_KEY];
    bool named = true;

    for (int c = 0; c < N_KEY; c++) {
        class[c] = filter->class[c][row->code[c]];
        named = named && class[c] >= 0;
    }
    return filter->any_date || (named && filter->table[slot_of(filter, class, row->date)]) ||
           (filter->n_loose > 0 && bsearch(&row->date, filter->loose, filter->n_loose,
                                           sizeof *filter->loose, by_date) != NULL);
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

/* Rows are looked at in their order in memory, then taken in that of the groups. */
static enum status list_candidates(const struct encoded *rows, const struct groups *groups,
                                   const struct filter *filter, struct candidate **out,
                                   size_t *n_out, struct error *err)
{
    size_t n = 0, n_row = rows->n_row;
    const struct row *row = rows->row;
    struct candidate *list = NULL;
    bool *passes = mem_array(n_row, sizeof *passes);
    enum status st = STATUS_OK;

    if (passes == NULL)
        TRY(error_no_memory(err, "the feedback"));
#pragma omp parallel for default(none) shared(filter, row, n_row, passes) schedule(static)     \
    reduction(+ : n)
    for (size_t i = 0; i < n_row; i++) {
        passes[i] = filter_passes(filter, &row[i]);
        n += passes[i];
    }
    list = mem_array(n, sizeof *list);
    if (list == NULL)
        TRY(error_no_memory(err, "the feedback"));
    n = 0;
    for (size_t g = 0; g < groups->n_group; g++)
        for (size_t k = groups->start[g]; k < groups->start[g + 1]; k++)
            if (passes[groups->member[k]])
                list[n++] =
                    (struct candidate){k, groups->member[k],
                                       review_occurrence(row, groups, groups->start[g], k), ""};
    *out = list;
    *n_out = n;
done:
    free(passes);
    return st;
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
    struct filter filter = {.mask = 0};
    struct candidate *candidate = NULL;
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(filter_build(feedback, facts, &filter, err));
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
