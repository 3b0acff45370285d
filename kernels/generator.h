#ifndef TIEOUT_GENERATOR_H
#define TIEOUT_GENERATOR_H

#include "rows.h"
#include "status.h"
#include <stdint.h>
#include <stdio.h>

/* A made-up ledger with known anomalies, for first trials, tests and benchmarks. Accounts have
 * their own scale and random walk, one row a month; most tie out, some carry a usual break. */

enum anomaly_kind {
    KIND_NONE,
    KIND_SPIKE,        /* a large break out of nothing */
    KIND_SIGN_FLIP,    /* one side booked with the wrong sign */
    KIND_STALE,        /* the sub-ledger repeats last month's balance while the GL moves */
    KIND_DUPLICATE,    /* a posting counted twice on one side */
    KIND_ONE_SIDED,    /* one side is zero */
    KIND_SCALE,        /* one side is off by a power of ten */
    KIND_DRIFT,        /* a break that builds up over months, where it is material */
    KIND_MATCHED_JUMP, /* both sides jump together */
    KIND_DRIFT_ONSET, /* the months of a drift before it is material: no anomaly yet, nor usual */
    N_KIND
};

const char *kind_name(enum anomaly_kind kind);

struct generator_plan {
    int64_t n_row;
    int32_t n_month;
    uint64_t seed;
    double anomaly_share; /* of rows, e.g. 0.01; onsets do not count */
    /* Called now and then with how many rows are written; NULL: nobody asks. */
    void (*told)(void *context, int64_t n_row);
    void *context;
};

/* Writes the ledger (header and n_row rows, by month, oldest first) and, if labels is not NULL,
 * the header "row,kind" and such a line for each anomalous row and each onset of a drift (row:
 * 0-based data row). The same plan gives the same bytes everywhere. STATUS_USAGE if the plan
 * cannot be made (negative rows, months outside 1 to 4800, a share outside 0 to 1),
 * STATUS_INTERNAL if memory is short; write errors are for the caller, who owns the streams, to
 * find with ferror. */
enum status generator_write(const struct generator_plan *plan, FILE *ledger, FILE *labels,
                            struct error *err);

#endif
