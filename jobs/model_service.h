#ifndef TIEOUT_MODEL_SERVICE_H
#define TIEOUT_MODEL_SERVICE_H

#include "http.h"
#include "settings.h"

#define MODEL_KEY "model-key" /* the secret's name (secret.h) */

/* Whether anything says that there is one; model_validate tells whether enough does. */
bool model_is_configured(const struct settings *settings);

/* STATUS_CONFIG if it is half configured. */
enum status model_validate(const struct settings *settings, struct error *err);

/* Asks the server which models it has: STATUS_OK, with a sentence, if it answers and lists ours or
 * has no list; STATUS_CONFIG if it refuses the key or does not list ours; STATUS_SERVICE. */
enum status model_check(const struct settings *settings, struct http *http, struct error *said);

/* The address of one of the service's paths ("/models"); free() it. NULL if memory is short. */
char *model_url(const struct model_settings *model, const char *path);

#endif
