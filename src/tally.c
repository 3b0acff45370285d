/* The completeness control and the counts of findings over all ranks. Every number is a sum of
 * integers, so that no layout of ranks shows.
 *
 * That what was read is kept or rejected is asked of the texts' decimals, block by block; that
 * what was kept arrives where rows are scored, of the doubles' bits. */
#include "tally.h"

#include "comm.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- completeness --------------------------------------------------------------------------- */

enum { CONTROL_WORDS = sizeof(struct control) / sizeof(int64_t) };

static void sum_controls(const struct shard *shard, uint32_t *const *currency_of,
                         struct control *control)
{
    for (size_t b = 0; b < shard->n_block; b++)
        for (size_t c = 0; c < shard->block[b]->n_control; c++)
            control_merge(&control[currency_of[b][c]], &shard->block[b]->control[c]);
}

enum status tally_control(const struct run *run, const struct shard *shard,
                          uint32_t *const *currency_of, size_t n_currency, struct tally *tally,
                          struct error *err)
{
    struct control *control = NULL;
    enum status st = STATUS_OK;

    if (n_currency > CONTROL_CURRENCIES)
        return error_set(err, STATUS_DATA,
                         "the column Currency has %zu different texts: it is no currency; name "
                         "the right column in the configuration's \"columns\"",
                         n_currency);
    control = mem_array(n_currency, sizeof *control);
    if (control == NULL)
        st = error_no_memory(err, "the completeness control");
    TRY(run_agree(run, st, err));
    sum_controls(shard, currency_of, control);
    for (size_t c = 0; c < n_currency; c++)
        control_normalise(&control[c]);
    MPI_Allreduce(MPI_IN_PLACE, control, (int)(n_currency * CONTROL_WORDS), MPI_INT64_T,
                  MPI_SUM, run->comm);
    for (size_t c = 0; c < n_currency; c++)
        control_normalise(&control[c]);
    *tally = (struct tally){.n_currency = n_currency, .control = control};
    control = NULL;
done:
    free(control);
    return st;
}

static enum status check_completeness(struct tally *tally, int64_t n_record, int64_t n_row,
                                      struct error *err)
{
    int64_t n_kept = 0;
    bool adds_up = n_record == n_row + tally->n_dropped;

    for (size_t c = 0; c < tally->n_currency; c++) {
        adds_up = adds_up && control_adds_up(&tally->control[c]);
        n_kept += tally->control[c].n_row[CONTROL_KEPT];
        for (int a = 0; a < N_CONTROL_COLUMN; a++)
            tally->n_beyond += tally->control[c].sum[CONTROL_READ][a].n_beyond;
    }
    if (adds_up && n_kept == n_row)
        return STATUS_OK;
    return error_set(
        err, STATUS_INTERNAL,
        "the completeness control fails: %lld rows read, %lld kept, %lld rejected: "
        "please report this",
        (long long)n_record, (long long)n_row, (long long)tally->n_dropped);
}

/* ---- findings ------------------------------------------------------------------------------- */

static void count_findings(const struct run *run, const struct shard *shard,
                           struct tally *tally)
{
    uint64_t sum[3] = {0, 0, 0};

    for (size_t b = 0; b < shard->n_block; b++) {
        const struct ledger_block *block = shard->block[b];
        for (size_t i = 0; i < block->n_reject; i++)
            tally->n_reject[block->reject[i].reason]++;
        sum[0] += (uint64_t)block->n_apart;
        sum[1] += (uint64_t)block->n_other_mark;
        sum[2] += block->fingerprint;
    }
    MPI_Allreduce(MPI_IN_PLACE, tally->n_reject, N_REJECT, MPI_INT64_T, MPI_SUM, run->comm);
    MPI_Allreduce(MPI_IN_PLACE, sum, 3, MPI_UINT64_T, MPI_SUM, run->comm);
    tally->n_apart = (int64_t)sum[0];
    tally->n_other_mark = (int64_t)sum[1];
    tally->fingerprint = sum[2];
    tally->n_reversed = tally->n_reject[REJECT_REVERSED];
    for (int r = 0; r < N_REJECT; r++)
        if (reject_drops_row((enum reject_reason)r))
            tally->n_dropped += tally->n_reject[r];
}

/* The first block with a reversed difference, and where that is. */
static bool find_reversed(const struct shard *shard, size_t *block, struct line_mark *at)
{
    for (size_t b = 0; b < shard->n_block; b++)
        for (size_t i = 0; i < shard->block[b]->n_reject; i++) {
            const struct reject *finding = &shard->block[b]->reject[i];
            if (finding->reason != REJECT_REVERSED)
                continue;
            *block = b;
            *at = (struct line_mark){finding->row_number, finding->line, finding->file};
            return true;
        }
    return false;
}

/* Leaves the first reversed difference of all as the one finding. All ranks. */
static void tell_reversal_once(const struct run *run, struct shard *shard, struct tally *tally)
{
    size_t block = 0;
    bool found = find_reversed(shard, &block, &tally->first_reversed);
    bool first =
        comm_share_first(run, found, &tally->first_reversed, sizeof tally->first_reversed);

    for (size_t b = 0; b < shard->n_block; b++)
        ledger_block_drop_rejects(shard->block[b], REJECT_REVERSED, first && b == block,
                                  REJECT_SIGN);
    tally->n_reject[REJECT_REVERSED] = 0;
    tally->n_reject[REJECT_SIGN] = 1;
}

/* Refuses a ledger that is written with the other decimal mark: more than one amount a row says
 * so. */
static enum status check_mark(const struct ledger_files *files, int64_t n_row,
                              const struct tally *tally, struct error *err)
{
    const char *other = files->table[0].layout.decimal_mark == '.' ? "comma" : "point";

    if (tally->n_other_mark <= n_row)
        return STATUS_OK;
    return error_set(err, STATUS_DATA,
                     "%lld amounts in %lld rows are numbers only with a decimal %s: say "
                     "--decimal %s",
                     (long long)tally->n_other_mark, (long long)n_row, other, other);
}

enum status tally_findings(const struct run *run, const struct ledger_files *files,
                           struct shard *shard, int64_t n_record, int64_t n_row,
                           struct tally *tally, struct error *err)
{
    enum status st = STATUS_OK;

    count_findings(run, shard, tally);
    TRY(check_mark(files, n_row, tally, err)); /* the same on every rank, as is the next one */
    TRY(check_completeness(tally, n_record, n_row, err));
    if (2 * tally->n_reversed > tally->n_apart)
        tell_reversal_once(run, shard, tally);
done:
    return st;
}

enum status tally_rows(const struct run *run, const struct tally *tally, const struct row *row,
                       size_t n, int64_t n_row, struct error *err)
{
    uint64_t fingerprint = 0;

#pragma omp parallel for default(none) shared(row, n) reduction(+ : fingerprint) schedule(static)
    for (size_t i = 0; i < n; i++)
        fingerprint += row_fingerprint(&row[i]);
    uint64_t sum[2] = {n, fingerprint};
    MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_UINT64_T, MPI_SUM, run->comm);
    if (sum[0] == (uint64_t)n_row && sum[1] == tally->fingerprint)
        return STATUS_OK;
    return error_set(err, STATUS_INTERNAL,
                     "the rows changed on their way to their accounts (%llu of %lld arrived): "
                     "please report this",
                     (unsigned long long)sum[0], (long long)n_row);
}

void tally_free(struct tally *tally)
{
    free(tally->control);
    *tally = (struct tally){.n_currency = 0};
}
