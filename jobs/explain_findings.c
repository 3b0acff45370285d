/* The first of the follow-up jobs. What the rules say is in the results file already; a language
 * model, where there is one, may word it better. Others use the outcome, tickets, tasks and the
 * mail, so it is kept in the follow-up and not read back from the draft. */
#include "explain_findings.h"

#include "explanation_draft.h"
#include "mem.h"
#include "model_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const char *plural(size_t n)
{
    return n == 1 ? "y" : "ies";
}

static void say_what_was_done(const struct followup *followup, const struct model_tally *tally,
                              struct error *said)
{
    size_t n = followup->findings->n;

    if (!model_is_configured(followup->settings))
        error_set(said, STATUS_OK, "explained %zu anomal%s by rules", n, plural(n));
    else if (!followup->send)
        error_set(
            said, STATUS_OK,
            "explained %zu anomal%s, %zu in the words of the model; it would be asked for "
            "%zu more, see %s",
            n, plural(n), tally->n_worded, tally->n_to_ask, MODEL_DRAFT);
    else
        error_set(said, STATUS_OK,
                  "explained %zu anomal%s, %zu in the words of the model (requests: %" PRId64
                  ", tokens: %" PRId64 ")",
                  n, plural(n), tally->n_worded, tally->n_call, tally->n_token);
}

enum status explain_findings(struct followup *followup, struct error *said)
{
    enum status st = STATUS_OK, model = STATUS_OK;
    struct model_tally tally = {0};
    struct error model_said = {0};
    double *confidence = mem_array(followup->findings->n, sizeof *confidence);

    if (confidence == NULL)
        TRY(error_no_memory(said, "the explanations"));
    for (size_t i = 0; i < followup->findings->n; i++)
        confidence[i] = (double)NAN;
    if (model_is_configured(followup->settings))
        model = model_word(followup, confidence, &tally, &model_said);
    TRY(explanation_draft_write(followup, confidence, said));
    say_what_was_done(followup, &tally, said);
    if (model != STATUS_OK)
        *said = model_said;
    st = model;
done:
    free(confidence);
    return st;
}
