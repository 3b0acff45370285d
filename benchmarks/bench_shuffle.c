/* How many rows a second go to the ranks that own their accounts. A run begins with a copy of the
 * rows, as they are consumed. Checked: nothing is lost, and no account is on two ranks. */
#include "bench.h"
#include "comm.h"
#include "group.h"
#include "mem.h"
#include "part.h"
#include "rows.h"
#include "shuffle.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS, ACCOUNTS, RUNS, N_OPTION };

struct work {
    struct run run;
    int64_t n_all, n_account;
    struct row *row; /* [n] this rank's, as read */
    size_t n;
    struct encoded whole;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;
    struct encoded mine = {.row = mem_array(work->n, sizeof *mine.row), .n_row = work->n};
    enum status st = mine.row == NULL ? error_no_memory(err, "the rows") : STATUS_OK;

    encoded_free(&work->whole);
    TRY(run_agree(&work->run, st, err));
    memcpy(mine.row, work->row, work->n * sizeof *mine.row);
    MPI_Barrier(work->run.comm);
    TRY(shuffle_rows(&work->run, KEY_CLASSIC, COMM_PIECE, &mine, &work->whole, err));
    MPI_Barrier(work->run.comm);
done:
    encoded_free(&mine);
    return st;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    int *holders = mem_array((size_t)work->n_account, sizeof *holders);
    int64_t n = (int64_t)work->whole.n_row, n_wrong = 0;
    enum status st = holders == NULL ? error_no_memory(err, "the accounts") : STATUS_OK;

    TRY(run_agree(&work->run, st, err));
    for (size_t i = 0; i < work->whole.n_row; i++) {
        holders[work->whole.row[i].code[CODE_ACCOUNT]] = 1;
        n_wrong += i > 0 && work->whole.row[i].row_number <= work->whole.row[i - 1].row_number;
    }
    MPI_Allreduce(MPI_IN_PLACE, holders, (int)work->n_account, MPI_INT, MPI_SUM,
                  work->run.comm);
    MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, work->run.comm);
    for (int64_t a = 0; a < work->n_account; a++)
        n_wrong += holders[a] > 1;
    if (n != work->n_all || n_wrong > 0)
        st = error_set(err, STATUS_INTERNAL, "%lld rows of %lld arrived, %lld wrongly",
                       (long long)n, (long long)work->n_all, (long long)n_wrong);
    st = run_agree(&work->run, st, err);
done:
    free(holders);
    return st;
}

/* Rows as a ledger has them: month after month, the accounts in the same order. */
static enum status prepare(struct work *work, struct error *err)
{
    int64_t begin = part_begin(work->n_all, work->run.n_rank, work->run.rank);
    int64_t end = part_begin(work->n_all, work->run.n_rank, work->run.rank + 1);

    work->n = (size_t)(end - begin);
    work->row = mem_array(work->n, sizeof *work->row);
    if (work->row == NULL)
        return error_no_memory(err, "the rows");
    for (int64_t i = begin; i < end; i++)
        work->row[i - begin] =
            (struct row){.row_number = i,
                         .order = i,
                         .date = (int32_t)(i / work->n_account),
                         .code = {[CODE_ACCOUNT] = (uint32_t)(i % work->n_account)}};
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 1000000, NULL},
                                            [ACCOUNTS] = {"accounts", 40000, NULL},
                                            [RUNS] = {"runs", 7, NULL}};
    struct work work = {.n = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(run_start(0, &work.run, &err));
    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    work.n_all = option[ROWS].value;
    work.n_account = option[ACCOUNTS].value;
    TRY(run_agree(&work.run, prepare(&work, &err), &err));
    TRY(bench_measure(&(struct bench){"shuffle", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "rows", work.run.rank,
                                      work.run.n_rank, run, check, &work},
                      &err));
done:
    free(work.row);
    encoded_free(&work.whole);
    int code = work.run.rank == 0 ? bench_end("shuffle", st, &err) : (int)st;
    run_stop(&work.run);
    return code;
}
