#ifndef TIEOUT_CHECK_H
#define TIEOUT_CHECK_H

#include "log.h"
#include "run.h"
#include "settings.h"

/* tieout check LEDGER...: reads the ledgers as detect does and prints on rank 0's standard output
 * what was understood of them, part by part as it becomes known, so that what comes before a
 * refusal is still told. All ranks. Returns what detect would, up to where rows are scored. */
enum status check_ledgers(const struct run *run, const struct settings *settings,
                          struct log *log, struct error *err);

/* tieout check, after any ledgers: the configuration, which has been read without an error when
 * this is called, and the services (services_check.h; with ledgers only if one is configured). One
 * process, MPI finalised or never started. */
enum status check_configuration(const struct settings *settings, struct error *err);

#endif
