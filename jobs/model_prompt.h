#ifndef TIEOUT_MODEL_PROMPT_H
#define TIEOUT_MODEL_PROMPT_H

#include "facts.h"
#include "service_settings.h"

/* Raised whenever what is asked of the model, or what is accepted from it, changes: kept replies
 * are then asked for anew. */
enum { MODEL_RULES = 1 };

enum { MODEL_SUMMARY = 600, MODEL_ACTION = 400 }; /* characters (code points) at most */

/* The causes a model may choose from; NULL behind the last. */
extern const char *const MODEL_CAUSE[];

/* The body of a request to /chat/completions for the explanation of a finding; the caller frees
 * it with cJSON_free. NULL if memory is short.
 *   complaint  why the model's first answer was refused, or NULL when it is asked first */
char *model_request(const struct model_settings *model, const struct facts *facts,
                    const char *complaint);

#endif
