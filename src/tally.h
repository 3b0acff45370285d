#ifndef TIEOUT_TALLY_H
#define TIEOUT_TALLY_H

#include "control.h"
#include "ingest.h"
#include "run.h"

/* What the ledger amounts to, the same on every rank. */
struct tally {
    size_t n_currency;       /* texts of the currency column; 1 if there is none */
    struct control *control; /* [n_currency] by currency code, normalised */
    int64_t n_reject[N_REJECT];
    int64_t n_dropped;               /* of these, rows that were dropped */
    int64_t n_apart;                 /* rows kept whose balances differ */
    int64_t n_reversed;              /* of these, rows whose difference is IHub - GL */
    struct line_mark first_reversed; /* if most are: where the first one is */
    int64_t n_beyond;     /* amounts that the control leaves out, see decimal_sum.h */
    uint64_t fingerprint; /* of the rows kept, see rows.h */
    int64_t n_other_mark; /* amounts that only the other decimal mark makes numbers */
};

/* This rank's controls, by the currencies of all ranks: currency_of[b][c] is the code of code c
 * of block b. All ranks. Fills n_currency and control of *tally, which is produced
 * (tally_free). STATUS_DATA if the currency column holds something else. */
enum status tally_control(const struct run *run, const struct shard *shard,
                          uint32_t *const *currency_of, size_t n_currency, struct tally *tally,
                          struct error *err);

/* Counts the findings, and where most differences have their sign reversed, leaves one finding of
 * it instead of one a row. All ranks. n_record, n_row: data records read, rows kept.
 * STATUS_DATA if most amounts are numbers with the other decimal mark alone. STATUS_INTERNAL if
 * what was read is not what was kept and rejected. */
enum status tally_findings(const struct run *run, const struct ledger_files *files,
                           struct shard *shard, int64_t n_record, int64_t n_row,
                           struct tally *tally, struct error *err);

/* Are the rows kept, now on the ranks that own their accounts, the rows that were read? All ranks.
 * STATUS_INTERNAL if not. */
enum status tally_rows(const struct run *run, const struct tally *tally, const struct row *row,
                       size_t n, int64_t n_row, struct error *err);

void tally_free(struct tally *tally); /* leaves nothing */

#endif
