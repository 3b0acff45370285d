/* How many rows a second are brought together by account and date. Checked: a qsort of the same
 * rows gives the same accounts with the same rows in the same order. */
#include "bench.h"
#include "made_ledger.h"
#include "mem.h"

#include <stdlib.h>

enum { ROWS, RUNS, N_OPTION };

struct work {
    struct made_ledger ledger;
    struct groups groups;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    groups_free(&work->groups);
    return groups_build(work->ledger.block->row, work->ledger.block->n_row, KEY_CLASSIC,
                        &work->groups, err);
}

static int compare_accounts(const struct row *a, const struct row *b)
{
    for (int c = CODE_COMPANY; c <= CODE_AU; c++)
        if (a->code[c] != b->code[c])
            return a->code[c] < b->code[c] ? -1 : 1;
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = compare_accounts(x, y);

    if (order == 0 && x->date != y->date)
        order = x->date < y->date ? -1 : 1;
    return order != 0 ? order
                      : (x->row_number > y->row_number) - (x->row_number < y->row_number);
}

/* Where the account of a row begins among the sorted rows. */
static const struct row *find_account(const struct row *sorted, size_t n, const struct row *row)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_accounts(&sorted[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return sorted + low;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    const struct groups *groups = &work->groups;
    const struct row *row = work->ledger.block->row;
    size_t n = work->ledger.block->n_row, n_wrong = groups->start[groups->n_group] != n;
    struct row *sorted = mem_array(n + 1, sizeof *sorted);

    if (sorted == NULL)
        return error_no_memory(err, "a copy of the rows");
    for (size_t i = 0; i < n; i++)
        sorted[i] = row[i];
    qsort(sorted, n, sizeof *sorted, compare_rows);
    for (size_t g = 0; g < groups->n_group; g++) {
        const uint32_t *member = groups->member + groups->start[g];
        size_t size = groups->start[g + 1] - groups->start[g];
        const struct row *want = find_account(sorted, n, &row[member[0]]);
        for (size_t k = 0; k < size; k++)
            n_wrong += compare_rows(&row[member[k]], &want[k]) != 0;
        n_wrong += want + size < sorted + n && compare_accounts(want, want + size) == 0;
    }
    free(sorted);
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu rows are misplaced", n_wrong);
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 200000, NULL}, [RUNS] = {"runs", 15, NULL}};
    struct work work = {.ledger = {.n_byte = 0}};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(made_ledger_group(option[ROWS].value, &work.ledger, &work.groups, &err));
    TRY(bench_measure(&(struct bench){"group", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "rows", 0, 1, run, check, &work},
                      &err));
done:
    groups_free(&work.groups);
    made_ledger_free(&work.ledger);
    return bench_end("group", st, &err);
}
