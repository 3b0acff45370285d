#ifndef TIEOUT_MODEL_CALLS_H
#define TIEOUT_MODEL_CALLS_H

#include "followup.h"
#include "model_subjects.h"

/* The body of the request about a finding; free it with cJSON_free. See model_request. */
enum status model_body(const struct followup *followup, size_t finding, const char *complaint,
                       char **body, struct error *err);

/* Asks the model about the open subjects, in their order and within the budgets of calls and
 * tokens. Each answer that is accepted is OUTBOX_DONE, as JSON for model_answer_read. One that is
 * not is asked for once more with the reason; refused again, it is OUTBOX_FAILED.
 *   n_call   out, requests made, without what http.h repeats
 *   n_token  out, as the server counted them
 * STATUS_SERVICE: not reached, or no sensible answer; STATUS_CONFIG: it refused the key, the model
 * or the request, says what to look at; STATUS_STOPPED. A quota used up, or a budget, is a
 * warning. What was not asked is still open then. */
enum status model_ask(struct followup *followup, const struct subjects *subjects,
                      int64_t *n_call, int64_t *n_token, struct error *err);

#endif
