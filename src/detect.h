#ifndef TIEOUT_DETECT_H
#define TIEOUT_DETECT_H

#include "log.h"
#include "run.h"
#include "settings.h"

/* Ledger files to results.h5, the whole road. All ranks; nothing is written unless all of it
 * succeeds. command: the words of the command line, for the record. */
enum status detect(const struct run *run, const struct settings *settings, const char *command,
                   struct log *log, struct error *err);

#endif
