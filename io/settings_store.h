#ifndef TIEOUT_SETTINGS_STORE_H
#define TIEOUT_SETTINGS_STORE_H

#include "settings_table.h"

/* option_store with the status that suits the source, which is remembered. */
enum status settings_store(struct settings *settings, const struct option *option,
                           const char *text, const char *where, enum source source,
                           struct error *err);

/* What can be judged only when all sources have spoken: required options, contradictions. */
enum status settings_check(struct settings *settings, struct error *err);

#endif
