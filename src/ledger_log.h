#ifndef TIEOUT_LEDGER_LOG_H
#define TIEOUT_LEDGER_LOG_H

#include "encode.h"
#include "ingest.h"
#include "log.h"

/* What a run tells of its ledger. log is NULL on all ranks but 0. */

/* The files, if folders were given; headers that are not on the first line; columns that are
 * derived or whose name is nearly that of one. */
void ledger_log_tables(struct log *log, const struct ledger_files *files);

/* What was not taken as given, a line for each kind. */
void ledger_log_findings(struct log *log, const struct ledger_files *files,
                         const struct ledger_facts *facts);

/* The completeness control, a line for each currency. */
void ledger_log_control(struct log *log, const struct ledger_facts *facts);

#endif
