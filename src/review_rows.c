/* Which rows verdicts may be on. An id is a hash, so a row has to be hashed to be recognised; to
 * spare most rows that, only those are that some verdict can be on, by the company, account, AU and
 * date that the reviewers' list has beside the id. A spreadsheet may have changed these, so texts
 * are compared without leading zeros, dates in both orders, and where that finds nothing, the
 * filter lets pass every row of the date. */
#include "review_rows.h"

#include "ascii.h"
#include "mem.h"
#include "results_write.h"

#include <stdlib.h>
#include <string.h>

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

enum status review_list_rows(const struct encoded *rows, const struct groups *groups,
                             const struct ledger_facts *facts, const struct feedback *feedback,
                             struct candidate **list, size_t *n, struct error *err)
{
    struct filter filter = {.mask = 0};
    struct candidate *candidate = NULL;
    enum status st = STATUS_OK;

    TRY(filter_build(feedback, facts, &filter, err));
    TRY(list_candidates(rows, groups, &filter, &candidate, n, err));
    TRY(hash_candidates(rows, facts->text, candidate, *n, err));
    *list = candidate;
    candidate = NULL;
done:
    filter_free(&filter);
    free(candidate);
    return st;
}
