#ifndef TIEOUT_OVERVIEW_H
#define TIEOUT_OVERVIEW_H

#include "encode.h"
#include "prepare.h"
#include "results_write.h"
#include "score.h"

/* What is said of the ledger as a whole: /months, /ageing and /scores. The same bits for every
 * number of ranks and threads. All ranks; writer is NULL on all but 0. facts->n_account out. */
enum status overview_write(const struct run *run, const struct encoded *rows,
                           const struct groups *groups, struct ledger_facts *facts,
                           const struct scored *scored, double tolerance,
                           struct results_writer *writer, struct error *err);

#endif
