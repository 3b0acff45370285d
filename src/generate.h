#ifndef TIEOUT_GENERATE_H
#define TIEOUT_GENERATE_H

#include "log.h"
#include "settings.h"
#include "status.h"

/* Writes a made-up ledger, and where its anomalies are if a second file is named. Both are
 * written to temporary names and renamed. One process. */
enum status generate(const struct settings *settings, struct log *log, struct error *err);

#endif
