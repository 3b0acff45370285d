#ifndef TIEOUT_SETTINGS_COLUMNS_H
#define TIEOUT_SETTINGS_COLUMNS_H

#include "settings.h"

/* The configuration file's names for the columns of the ledger, as an object:
 *     "columns": { "GL Balance": "Saldo Hauptbuch", "Account": "Konto" }
 * There is no flag for it, as it is told once for all the files a team gets. */
#define SETTINGS_COLUMNS_KEY "columns"

struct cJSON;

/* Takes the names; where is the key's place, for errors. STATUS_CONFIG if a key is no column,
 * a column or a name is there twice, or a name is no text. */
enum status settings_columns_apply(struct settings *settings, const struct cJSON *object,
                                   const char *where, struct error *err);

/* Adds the names in force to root, if there are any; false if memory is short. */
bool settings_columns_tell(const struct settings *settings, struct cJSON *root);

#endif
