#ifndef TIEOUT_SETTINGS_VALUE_H
#define TIEOUT_SETTINGS_VALUE_H

#include "date.h"
#include "settings_table.h"

/* Reads text as a value of option and stores it in settings. where says who speaks, for the
 * sentence: "--trees", "TIEOUT_TREES", "team.json: trees". Returns code if text is no value of
 * it, and STATUS_INTERNAL if memory is short; settings are untouched then. */
enum status option_store(const struct option *option, const char *text, const char *where,
                         enum status code, struct settings *settings, struct error *err);

/* The address of an option's field. */
const void *option_field(const struct option *option, const struct settings *settings);

/* "all", "latest" or the ISO date. */
const char *option_alert_text(int32_t alert_on, char date[DATE_TEXT]);

/* The columns of a mask as "Company,Account"; "auto" for 0. */
enum { COLUMNS_TEXT = 64 };
void option_columns_text(unsigned columns, char text[COLUMNS_TEXT]);

#endif
