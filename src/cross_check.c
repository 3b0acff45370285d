/* Findings across the rows of an account. Owners of accounts find them, readers of bytes know
 * the lines: each finding travels as the row's number and codes to the rank that read the row,
 * and becomes words there. */
#include "cross_check.h"

#include "comm.h"
#include "date.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A finding on its way. */
struct notice {
    int64_t row_number;
    int32_t date;
    uint32_t code[N_CODE];
    uint32_t reason; /* enum reject_reason */
};

struct notices {
    struct notice *notice; /* [n] */
    size_t n, capacity;
};

static bool add_notice(struct notices *list, const struct row *row, enum reject_reason reason)
{
    if (list->n == list->capacity) {
        size_t capacity = mem_grow(list->capacity, list->n + 1);
        struct notice *notice = mem_resize(list->notice, capacity, sizeof *notice);
        if (notice == NULL)
            return false;
        list->notice = notice;
        list->capacity = capacity;
    }
    struct notice *added = &list->notice[list->n++];
    *added = (struct notice){
        .row_number = row->row_number, .date = row->date, .reason = (uint32_t)reason};
    memcpy(added->code, row->code, sizeof added->code);
    return true;
}

/* ---- finding ------------------------------------------------------------------------------- */

static int compare_codes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* member[n]: rows of one account and date, n > 1. Those whose currency another one has are
 * duplicates. */
static bool find_duplicates(const struct row *row, const uint32_t *member, size_t n,
                            struct notices *list)
{
    uint32_t *currency = mem_array(n, sizeof *currency);
    bool fits = currency != NULL;

    for (size_t i = 0; fits && i < n; i++)
        currency[i] = row[member[i]].code[CODE_CURRENCY];
    if (fits)
        qsort(currency, n, sizeof *currency, compare_codes);
    for (size_t i = 0; fits && i < n; i++) {
        const uint32_t *own = bsearch(&row[member[i]].code[CODE_CURRENCY], currency, n,
                                      sizeof *currency, compare_codes);
        size_t at = (size_t)(own - currency);
        if ((at > 0 && own[-1] == *own) || (at + 1 < n && own[1] == *own))
            fits = add_notice(list, &row[member[i]], REJECT_DUPLICATE);
    }
    free(currency);
    return fits;
}

/* One account's rows, by date. */
static bool check_account(const struct row *row, const uint32_t *member, size_t n,
                          struct notices *list)
{
    size_t begin = 0;

    for (size_t i = 1; i <= n; i++) {
        if (i < n && row[member[i]].date == row[member[begin]].date)
            continue;
        if (i - begin > 1 && row[member[begin]].date != ROW_NO_DATE &&
            !find_duplicates(row, member + begin, i - begin, list))
            return false;
        begin = i;
    }
    return true;
}

static bool check_currency(const struct row *row, const uint32_t *member, size_t n,
                           struct notices *list)
{
    for (size_t i = 1; i < n; i++)
        if (row[member[i]].code[CODE_CURRENCY] != row[member[0]].code[CODE_CURRENCY] &&
            !add_notice(list, &row[member[i]], REJECT_CURRENCY))
            return false;
    return true;
}

/* Duplicates are told by the full account, whatever the rows are grouped by. */
static enum status find_all(const struct encoded *rows, const struct groups *groups,
                            unsigned key, struct notices *list, struct error *err)
{
    struct groups accounts = {.n_group = 0};
    const struct groups *by = groups;
    bool fits = true;
    enum status st = STATUS_OK;

    if ((key & KEY_CLASSIC) != KEY_CLASSIC) { /* rows of several accounts are one group */
        TRY(groups_build(rows->row, rows->n_row, KEY_CLASSIC, &accounts, err));
        by = &accounts;
    }
    for (size_t g = 0; g < by->n_group && fits; g++)
        fits = check_account(rows->row, by->member + by->start[g],
                             by->start[g + 1] - by->start[g], list);
    for (size_t g = 0; g < groups->n_group && fits && (key & 1u << CODE_CURRENCY) == 0; g++)
        fits = check_currency(rows->row, groups->member + groups->start[g],
                              groups->start[g + 1] - groups->start[g], list);
    if (!fits)
        st = error_no_memory(err, "the findings");
done:
    groups_free(&accounts);
    return st;
}

/* ---- to the ranks that read the rows -------------------------------------------------------- */

static int compare_notices(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;

    if (x->row_number != y->row_number)
        return x->row_number < y->row_number ? -1 : 1;
    return (x->reason > y->reason) - (x->reason < y->reason);
}

struct outgoing {
    const struct notice *notice; /* ascending */
    const int64_t *first;        /* [n_rank + 1] of each rank's notices */
    int64_t n_left;              /* not yet taken */
    int n_rank;
};

/* The last n notices, which are in the order of their ranks. */
static void take_notices(void *source, size_t n, void *out, int *n_to)
{
    struct outgoing *outgoing = source;
    int64_t end = outgoing->n_left, begin = end - (int64_t)n;

    memcpy(out, outgoing->notice + begin, n * sizeof(struct notice));
    for (int r = 0; r < outgoing->n_rank; r++) {
        int64_t from = outgoing->first[r], to = outgoing->first[r + 1];
        from = from > begin ? from : begin;
        to = to < end ? to : end;
        n_to[r] = to > from ? (int)(to - from) : 0;
    }
    outgoing->n_left = begin;
}

/* Sorts the notices and sends each to the rank that read its row; *list is then what came. */
static enum status send_to_readers(const struct run *run, int64_t n_before,
                                   struct notices *list, struct error *err)
{
    size_t n_rank = (size_t)run->n_rank;
    int64_t *begin = mem_array(n_rank, sizeof *begin), *n_to = mem_array(n_rank, sizeof *n_to);
    int64_t *first = mem_array(n_rank + 1, sizeof *first), n_received = 0;
    void *received = NULL;
    enum status st = STATUS_OK;

    if (begin == NULL || n_to == NULL || first == NULL)
        st = error_no_memory(err, "the findings");
    TRY(run_agree(run, st, err));
    MPI_Allgather(&n_before, 1, MPI_INT64_T, begin, 1, MPI_INT64_T, run->comm);
    if (list->n > 0)
        qsort(list->notice, list->n, sizeof *list->notice, compare_notices);
    size_t at = 0;
    for (size_t r = 0; r < n_rank; r++) {
        first[r] = (int64_t)at;
        while (at < list->n && (r + 1 == n_rank || list->notice[at].row_number < begin[r + 1]))
            at++;
        n_to[r] = (int64_t)at - first[r];
    }
    first[n_rank] = (int64_t)at;
    struct outgoing outgoing = {list->notice, first, (int64_t)at, run->n_rank};
    TRY(comm_exchange(run, sizeof(struct notice), n_to, take_notices, &outgoing, COMM_PIECE,
                      &received, &n_received, err));
    free(list->notice);
    *list = (struct notices){received, (size_t)n_received, (size_t)n_received};
    if (list->n > 0)
        qsort(list->notice, list->n, sizeof *list->notice, compare_notices);
done:
    free(begin);
    free(n_to);
    free(first);
    return st;
}

/* ---- into words ---------------------------------------------------------------------------- */

static void say_code(const struct texts *texts, uint32_t code, FILE *out)
{
    size_t length = texts->start[code + (size_t)1] - texts->start[code];

    fwrite(texts->byte + texts->start[code], 1, length, out);
}

/* "00000, 1619205, 4398, USD, 2024-05-31" for a duplicate, a currency alone for a currency. */
static void say_notice(const struct notice *notice, const struct ledger_facts *facts, FILE *out)
{
    static const enum code_column account[] = {CODE_COMPANY, CODE_ACCOUNT, CODE_AU};
    char date[DATE_TEXT];

    if (notice->reason == REJECT_CURRENCY) {
        say_code(&facts->text[CODE_CURRENCY], notice->code[CODE_CURRENCY], out);
        return;
    }
    for (size_t c = 0; c < sizeof account / sizeof account[0]; c++) {
        say_code(&facts->text[account[c]], notice->code[account[c]], out);
        fputs(", ", out);
    }
    if (facts->has_currency) {
        say_code(&facts->text[CODE_CURRENCY], notice->code[CODE_CURRENCY], out);
        fputs(", ", out);
    }
    date_format(notice->date, date);
    fputs(date, out);
}

/* Findings of the notices in list[n], their texts one behind the other in *byte, which is
 * produced. */
static enum status make_rejects(const struct notice *notice, size_t n,
                                const struct ledger_facts *facts, struct reject *reject,
                                char **byte, struct error *err)
{
    size_t size = 0;
    FILE *out = open_memstream(byte, &size);
    long at = 0;

    if (out == NULL)
        return error_no_memory(err, "the findings");
    for (size_t i = 0; i < n; i++) {
        bool currency = notice[i].reason == REJECT_CURRENCY;
        say_notice(&notice[i], facts, out);
        long end = ftell(out);
        reject[i] = (struct reject){
            .row_number = notice[i].row_number,
            .text = (size_t)at,
            .length = (uint32_t)(end - at),
            .column = (uint8_t)(currency ? COLUMN_CURRENCY : COLUMN_NONE),
            .reason = (uint8_t)notice[i].reason,
        };
        at = end;
    }
    bool written = ferror(out) == 0;
    return fclose(out) == 0 && written ? STATUS_OK : error_no_memory(err, "the findings");
}

/* Adds the notices, which are ascending, to the blocks that their rows are in. */
static enum status add_to_blocks(const struct notices *list, const struct ledger_facts *facts,
                                 struct shard *shard, struct error *err)
{
    struct reject *reject = mem_array(list->n, sizeof *reject);
    char *byte = NULL;
    int64_t begin = facts->n_before;
    size_t at = 0;
    enum status st = STATUS_OK;

    if (reject == NULL)
        return error_no_memory(err, "the findings");
    TRY(make_rejects(list->notice, list->n, facts, reject, &byte, err));
    for (size_t b = 0; b < shard->n_block && at < list->n; b++) {
        size_t first = at;
        int64_t end = begin + shard->block[b]->n_record;
        while (at < list->n && list->notice[at].row_number < end)
            at++;
        if (at > first)
            TRY(ledger_block_add_rejects(shard->block[b], begin, reject + first, at - first,
                                         byte, err));
        begin = end;
    }
done:
    free(reject);
    free(byte);
    return st;
}

enum status cross_check(const struct run *run, const struct encoded *rows,
                        const struct groups *groups, unsigned key, struct shard *shard,
                        struct ledger_facts *facts, struct error *err)
{
    struct notices list = {.n = 0};
    int64_t n[N_REJECT] = {0};
    enum status st = find_all(rows, groups, key, &list, err);

    TRY(run_agree(run, st, err));
    TRY(send_to_readers(run, facts->n_before, &list, err));
    for (size_t i = 0; i < list.n; i++)
        n[list.notice[i].reason]++;
    MPI_Allreduce(MPI_IN_PLACE, n, N_REJECT, MPI_INT64_T, MPI_SUM, run->comm);
    for (int r = 0; r < N_REJECT; r++)
        facts->tally.n_reject[r] += n[r];
    if (list.n > 0)
        st = add_to_blocks(&list, facts, shard, err);
    TRY(run_agree(run, st, err));
done:
    free(list.notice);
    return st;
}
