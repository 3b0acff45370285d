#ifndef TIEOUT_MODEL_REPLY_H
#define TIEOUT_MODEL_REPLY_H

#include "facts.h"
#include "model_prompt.h"
#include <stdint.h>

enum {
    MODEL_SUMMARY_BYTES = 4 * MODEL_SUMMARY + 1,
    MODEL_ACTION_BYTES = 4 * MODEL_ACTION + 1,
    MODEL_WHY = 160
};

/* A reply that was accepted. One line each, UTF-8, no control characters. */
struct model_answer {
    char summary[MODEL_SUMMARY_BYTES];
    const char *likely_cause; /* of MODEL_CAUSE */
    char action[MODEL_ACTION_BYTES];
    double confidence; /* 0 .. 1 */
};

/* Reads the body of an answer of /chat/completions, whatever stands in it: prose or code fences
 * around the JSON, <think> blocks, an answer cut at its limit, a refusal, no choices, wrong
 * types, HTML.
 *   body    n bytes, terminated
 *   answer  out, if accepted
 *   why     out, if not: what is wrong, as a sentence to tell the model; printable ASCII
 *   tokens  out, in any case: what the server counted, or a quarter of the bytes of body where it
 *           did not say
 * Whether it is accepted: all four members are there, of their types and within their lengths,
 * the cause is one of the list, the texts hold no links and no digits but ASCII's, and the facts
 * bear out every number and date in them. */
bool model_reply_read(const char *body, size_t n, const struct facts *facts,
                      struct model_answer *answer, char why[MODEL_WHY], int64_t *tokens);

/* The same for the model's own text, or an answer that was kept. */
bool model_answer_read(const char *text, const struct facts *facts, struct model_answer *answer,
                       char why[MODEL_WHY]);

/* The answer as JSON, as model_answer_read takes it, with the name of the model that gave it; the
 * caller frees it with cJSON_free. NULL if memory is short. */
char *model_answer_print(const struct model_answer *answer, const char *model);

/* The name of the model that gave an answer that was kept; free() it. NULL if it is not told, or
 * memory is short. */
char *model_answer_giver(const char *text);

/* Whether an answer with status 429 says that a quota or credit is used up, so that waiting does
 * not help, rather than that requests come too fast. */
bool model_is_out_of_quota(const char *body, size_t n);

#endif
