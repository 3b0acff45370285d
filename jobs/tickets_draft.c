/* Tickets for those who have no Jira to send them to, or want to see them first. */
#include "tickets_draft.h"

#include "jira.h"
#include "json_draft.h"

#include <stdio.h>

static const char NAME[] = "tickets.json";

/* "POST /rest/api/3/issue", or of the comments on a ticket that may have no key yet. */
static void write_request(const struct jira_settings *jira, const struct errand *errand,
                          char *to, size_t room)
{
    int version = jira->flavor == JIRA_CLOUD ? 3 : 2;

    if (errand->kind != ERRAND_COMMENT)
        snprintf(to, room, "POST /rest/api/%d/issue", version);
    else if (errand->ticket[0] != '\0' || errand->leader == NULL)
        snprintf(to, room, "POST /rest/api/%d/issue/%s/comment", version, errand->ticket);
    else
        snprintf(to, room, "POST /rest/api/%d/issue/{the ticket labelled %s}/comment", version,
                 errand->leader->label);
}

static enum status add_all(struct json_draft *draft, const struct followup *followup,
                           const struct ticket_plan *plan, struct error *err)
{
    char to[256];
    enum status st = STATUS_OK;

    for (size_t i = 0; i < plan->n; i++) {
        const struct errand *errand = &plan->errand[i];
        cJSON *body = NULL;
        if (!errand_is_open(errand))
            continue;
        write_request(&followup->settings->services.jira, errand, to, sizeof to);
        TRY(errand_body(followup, plan, errand, &body, err));
        TRY(json_draft_add(draft, to, body, err));
    }
done:
    return st;
}

enum status tickets_draft(const struct followup *followup, const struct ticket_plan *plan,
                          struct error *said)
{
    struct json_draft draft;
    bool configured = jira_is_configured(followup->settings);
    enum status st = STATUS_OK;

    TRY(json_draft_open(&draft, said));
    TRY(add_all(&draft, followup, plan, said));
    TRY(json_draft_save(&draft, followup->folder, NAME, said));
    error_set(said, STATUS_OK, "%zu requests that Jira would get are in %s/%s%s", draft.n,
              followup->folder, NAME, configured ? "" : " (jira.url is not set)");
done:
    json_draft_close(&draft);
    return st;
}
