#ifndef TIEOUT_CROSS_CHECK_H
#define TIEOUT_CROSS_CHECK_H

#include "encode.h"
#include "group.h"
#include "ingest.h"
#include "run.h"

/* Finds what shows only when an account's rows are together: several rows of one company,
 * account, AU and currency for one as-of date, and, where the currency does not make an
 * account, rows whose currency is not that of the account's first row. They are kept; the
 * findings go to the ranks that read the rows, which know their lines, and are counted in
 * facts->tally. All ranks.
 *   rows, groups, key  in, this rank's accounts
 *   shard              in and out, what this rank has read */
enum status cross_check(const struct run *run, const struct encoded *rows,
                        const struct groups *groups, unsigned key, struct shard *shard,
                        struct ledger_facts *facts, struct error *err);

#endif
