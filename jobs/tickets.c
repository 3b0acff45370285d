/* Tickets, each opened once. The outbox says what is to be done and what became of it; Jira, which
 * knows no idempotency keys, is asked for the rest (ticket_search.h) before anything is sent
 * (ticket_post.h). When nothing is left to do it is not even greeted. */
#include "tickets.h"

#include "jira.h"
#include "mem.h"
#include "ticket_plan.h"
#include "ticket_post.h"
#include "ticket_search.h"
#include "tickets_draft.h"

#include <stdlib.h>
#include <string.h>

static bool is_refused(const struct errand *errand)
{
    return errand->known && errand->state == OUTBOX_FAILED;
}

/* What was done, and what is left and why. */
static enum status report(const struct ticket_post *post, enum status st,
                          const struct error *why, struct error *said)
{
    size_t n_left = ticket_plan_count(post->plan, errand_is_open);
    size_t n_refused = ticket_plan_count(post->plan, is_refused);
    char done[128];

    snprintf(done, sizeof done, "%zu ticket%s opened and %zu comment%s added in Jira",
             post->n_opened, post->n_opened == 1 ? "" : "s", post->n_commented,
             post->n_commented == 1 ? "" : "s");
    if (st != STATUS_OK)
        return error_set(said, st, "%s, %zu left: %s", done, n_left, why->text);
    if (n_refused > 0)
        return error_set(
            said, STATUS_CONFIG,
            "%s, %zu refused%s%s: see tieout followup --status, and try again with "
            "--retry-failed",
            done, n_refused, post->reason[0] != '\0' ? ", first " : "", post->reason);
    if (n_left > 0)
        return error_set(said, STATUS_SERVICE, "%s, %zu left", done, n_left);
    return error_set(said, STATUS_OK, "%s", done);
}

static enum status deliver(struct ticket_post *post, struct error *err)
{
    const struct followup *followup = post->followup;
    enum status st = STATUS_OK;

    TRY(jira_open(followup->settings, followup->http, &post->jira, err));
    TRY(jira_greet(post->jira, err));
    TRY(ticket_search(followup, post->jira, post->plan, err));
    TRY(ticket_post_intents(post, err));
    TRY(ticket_post_tickets(post, err));
    TRY(ticket_post_comments(post, err));
done:
    jira_close(post->jira);
    post->jira = NULL;
    return st;
}

static enum status send(struct followup *followup, struct ticket_plan *plan, struct error *said)
{
    struct ticket_post post = {.followup = followup, .plan = plan};
    struct error why = {0};
    enum status st = STATUS_OK;

    if (ticket_plan_count(plan, errand_is_open) > 0 || recall_has_gone(&plan->recall))
        st = deliver(&post, &why);
    else if (ticket_plan_count(plan, is_refused) == 0)
        return error_set(said, STATUS_OK, "Jira has all tickets already");
    return report(&post, st, &why, said);
}

enum status open_tickets(struct followup *followup, struct error *said)
{
    struct ticket_plan plan = {0};
    enum status st = STATUS_OK;

    TRY(ticket_plan_make(followup, &plan, said));
    if (jira_is_configured(followup->settings) && followup->send)
        TRY(send(followup, &plan, said));
    else
        TRY(tickets_draft(followup, &plan, said));
done:
    ticket_plan_free(&plan);
    return st;
}

/* ---- links -------------------------------------------------------------------------------- */

enum status tickets_links(const struct followup *followup, char ***link, struct error *err)
{
    const struct findings *findings = followup->findings;
    const struct jira_settings *jira = &followup->settings->services.jira;
    struct recall recall = {0};
    char **found = mem_array(findings->n, sizeof *found);
    enum status st = STATUS_OK;

    if (found == NULL)
        TRY(error_no_memory(err, "the tickets' addresses"));
    if (jira_is_configured(followup->settings))
        TRY(recall_open(followup->outbox, "jira", &recall, err));
    for (size_t i = 0; i < findings->n; i++) {
        const struct outbox_action *action = recall_find(&recall, findings->finding[i].id);
        if (action == NULL || action->state != OUTBOX_DONE || action->answer[0] == '\0')
            continue;
        found[i] = jira_link(jira, action->answer);
        if (found[i] == NULL)
            TRY(error_no_memory(err, "the tickets' addresses"));
    }
    *link = found;
    found = NULL;
done:
    tickets_links_free(findings, found);
    recall_close(&recall);
    return st;
}

void tickets_links_free(const struct findings *findings, char **link)
{
    for (size_t i = 0; link != NULL && i < findings->n; i++)
        free(link[i]);
    free(link);
}
