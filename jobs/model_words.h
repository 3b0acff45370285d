#ifndef TIEOUT_MODEL_WORDS_H
#define TIEOUT_MODEL_WORDS_H

#include "followup.h"

#define MODEL_DRAFT "model_requests.json" /* what a dry run would ask */

/* What the model's part of a run came to. */
struct model_tally {
    size_t n_worded; /* findings explained in its words, now or in an earlier run */
    size_t n_to_ask; /* requests of a dry run */
    int64_t n_call;  /* requests made, without what http.h repeats */
    int64_t n_token; /* as the server counted them */
};

/* Puts the model's words into followup->explained, where it has acceptable ones: from the outbox
 * those it was asked for before (service "model", kind "explanation", key: facts_key), then, the
 * most severe first and within the budgets of calls and tokens, by asking. A reply that is not
 * accepted is asked for once more with the reason; refused again, it is OUTBOX_FAILED and the
 * rules' words stay. In a dry run nothing is asked and MODEL_DRAFT is written instead.
 *   confidence[findings->n]  out, of the findings that were worded
 * Returns as explain_findings does, after having used whatever answers there are. */
enum status model_word(struct followup *followup, double *confidence, struct model_tally *tally,
                       struct error *err);

/* The same from the outbox alone, whichever model gave the words: nothing is asked, and no
 * settings are needed. For findings whose facts are still what the model was told. */
enum status model_recall(struct followup *followup, struct error *err);

#endif
