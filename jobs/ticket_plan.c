/* The plan is made anew on each run, from the results and the outbox alone, and comes out the same
 * while they are the same. */
#include "ticket_plan.h"

#include "mem.h"
#include "sha256.h"
#include "triage.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BREAK_DIGITS = 16 };

static const char *const KIND_NAME[] = {
    [ERRAND_TICKET] = "ticket", [ERRAND_COMMENT] = "comment", [ERRAND_SUMMARY] = "summary"};

const char *errand_kind_name(enum errand_kind kind)
{
    return KIND_NAME[kind];
}

bool errand_is_open(const struct errand *errand)
{
    return !errand->known || errand->state == OUTBOX_PENDING || errand->state == OUTBOX_SENT;
}

bool errand_wants_ticket(const struct errand *errand)
{
    return errand->kind != ERRAND_COMMENT && errand_is_open(errand);
}

static void take_over(struct errand *errand, const struct outbox_action *action)
{
    for (int kind = ERRAND_TICKET; kind <= ERRAND_SUMMARY; kind++)
        if (strcmp(action->kind, KIND_NAME[kind]) == 0)
            errand->kind = (enum errand_kind)kind;
    errand->known = true;
    errand->state = action->state;
    snprintf(errand->ticket, sizeof errand->ticket, "%s", action->answer);
}

/* ---- breaks ------------------------------------------------------------------------------- */

static enum status name_break(const struct finding *finding, char label[JIRA_LABEL],
                              struct error *err)
{
    const char *const part[] = {finding->company, finding->account, finding->au,
                                finding->currency, finding->break_since};
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    char hex[SHA256_HEX];
    enum status st = STATUS_OK;

    label[0] = '\0';
    if (finding->break_since[0] == '\0')
        return STATUS_OK;
    TRY(sha256_create(&sha, err));
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        sha256_add_text(sha, part[i], strlen(part[i]));
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, hex);
    snprintf(label, JIRA_LABEL, "tieout-break-%.*s", BREAK_DIGITS, hex);
done:
    sha256_free(sha);
    return st;
}

/* By break, whoever leads it first: one that has a ticket, else the earliest. */
static int compare_breaks(const void *a, const void *b)
{
    const struct errand *x = *(struct errand *const *)a, *y = *(struct errand *const *)b;
    bool x_opens = x->known && x->kind == ERRAND_TICKET;
    bool y_opens = y->known && y->kind == ERRAND_TICKET;
    int order = strcmp(x->break_label, y->break_label);

    if (order == 0)
        order = y_opens - x_opens;
    if (order == 0)
        order = strcmp(x->finding->as_of_date, y->finding->as_of_date);
    if (order == 0)
        order = strcmp(x->key, y->key);
    return order;
}

/* Lets all but the first of a break comment on the first's ticket. */
static enum status choose_leaders(struct ticket_plan *plan, struct error *err)
{
    struct errand **by_break = mem_array(plan->n, sizeof *by_break);
    struct errand *leader = NULL;
    size_t n = 0;

    if (by_break == NULL)
        return error_no_memory(err, "the breaks");
    for (size_t i = 0; i < plan->n; i++)
        if (plan->errand[i].break_label[0] != '\0')
            by_break[n++] = &plan->errand[i];
    qsort(by_break, n, sizeof *by_break, compare_breaks);
    for (size_t i = 0; i < n; i++) {
        if (leader == NULL || strcmp(leader->break_label, by_break[i]->break_label) != 0) {
            leader = by_break[i];
            continue;
        }
        if (!by_break[i]->known)
            by_break[i]->kind = ERRAND_COMMENT;
        by_break[i]->leader = by_break[i]->kind == ERRAND_COMMENT ? leader : NULL;
    }
    free(by_break);
    return STATUS_OK;
}

/* ---- the plan ----------------------------------------------------------------------------- */

/* Shares the findings out: with an errand, or in the rest. */
static enum status share_out(const struct followup *followup, const size_t *order,
                             struct ticket_plan *plan, struct error *err)
{
    const struct findings *findings = followup->findings;
    size_t limit = (size_t)followup->settings->services.jira.max_tickets;
    enum status st = STATUS_OK;

    for (size_t k = 0; k < findings->n; k++) {
        const struct finding *finding = &findings->finding[order[k]];
        const struct outbox_action *action = recall_find(&plan->recall, finding->id);
        if (k >= limit && action == NULL) {
            plan->rest[plan->n_rest++] = order[k];
            continue;
        }
        struct errand *errand = &plan->errand[plan->n++];
        *errand = (struct errand){.kind = ERRAND_TICKET, .finding = finding};
        memcpy(errand->key, finding->id, sizeof errand->key);
        snprintf(errand->label, sizeof errand->label, "tieout-%s", finding->id);
        TRY(name_break(finding, errand->break_label, err));
        if (action != NULL)
            take_over(errand, action);
    }
done:
    return st;
}

static enum status add_summary(const struct followup *followup, struct ticket_plan *plan,
                               struct error *err)
{
    struct errand *errand = &plan->errand[plan->n];
    const struct outbox_action *action = NULL;
    enum status st = STATUS_OK;

    if (plan->n_rest == 0)
        return STATUS_OK;
    *errand = (struct errand){.kind = ERRAND_SUMMARY};
    TRY(triage_key(followup->findings, errand->key, err));
    snprintf(errand->label, sizeof errand->label, "tieout-summary-%s", errand->key);
    action = recall_find(&plan->recall, errand->key);
    if (action != NULL)
        take_over(errand, action);
    plan->n++;
done:
    return st;
}

enum status ticket_plan_make(const struct followup *followup, struct ticket_plan *plan,
                             struct error *err)
{
    size_t *order = NULL;
    enum status st = STATUS_OK;

    _Static_assert((int)TRIAGE_KEY == (int)RESULTS_ID, "both are keys of errands");
    *plan = (struct ticket_plan){0};
    TRY(triage_order(followup->findings, &order, err));
    TRY(recall_open(followup->outbox, "jira", &plan->recall, err));
    plan->errand = mem_array(followup->findings->n + 1, sizeof *plan->errand);
    plan->rest = mem_array(followup->findings->n, sizeof *plan->rest);
    if (plan->errand == NULL || plan->rest == NULL)
        TRY(error_no_memory(err, "the plan of the tickets"));
    TRY(share_out(followup, order, plan, err));
    TRY(choose_leaders(plan, err));
    TRY(add_summary(followup, plan, err));
done:
    free(order);
    if (st != STATUS_OK)
        ticket_plan_free(plan);
    return st;
}

void ticket_plan_free(struct ticket_plan *plan)
{
    free(plan->errand);
    free(plan->rest);
    recall_close(&plan->recall);
    *plan = (struct ticket_plan){0};
}

size_t ticket_plan_count(const struct ticket_plan *plan, bool (*which)(const struct errand *))
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++)
        n += which(&plan->errand[i]);
    return n;
}

/* ---- bodies ------------------------------------------------------------------------------- */

/* The finding an errand's urgency and due date come from. */
static size_t foremost(const struct followup *followup, const struct ticket_plan *plan,
                       const struct errand *errand)
{
    return errand->finding != NULL ? (size_t)(errand->finding - followup->findings->finding)
                                   : plan->rest[0];
}

static enum status write_text(const struct followup *followup, const struct ticket_plan *plan,
                              const struct errand *errand, struct ticket_text *text,
                              struct error *err)
{
    size_t i = foremost(followup, plan, errand);

    switch (errand->kind) {
    case ERRAND_TICKET:
        return ticket_text_finding(followup, i, text, err);
    case ERRAND_COMMENT:
        return ticket_text_comment(followup, i, text, err);
    case ERRAND_SUMMARY:
        break;
    }
    return ticket_text_rest(followup, plan->rest, plan->n_rest, "jira.max_tickets",
                            followup->settings->services.jira.max_tickets, text, err);
}

enum status errand_body(const struct followup *followup, const struct ticket_plan *plan,
                        const struct errand *errand, cJSON **body, struct error *err)
{
    const struct service_settings *services = &followup->settings->services;
    size_t i = foremost(followup, plan, errand);
    bool of_break = errand->break_label[0] != '\0';
    struct jira_ticket ticket = {
        .label = {errand->label, of_break ? errand->break_label : NULL},
        .id = errand->kind == ERRAND_TICKET ? errand->key : NULL,
        .severity = triage_severity(&followup->findings->finding[i])};
    struct ticket_text text = {0};
    enum status st = STATUS_OK;

    TRY(due_date_of(followup->findings, i, services, ticket.due, err));
    TRY(write_text(followup, plan, errand, &text, err));
    *body = errand->kind == ERRAND_COMMENT ? jira_comment_body(&services->jira, &text)
                                           : jira_ticket_body(&services->jira, &text, &ticket);
    if (*body == NULL)
        TRY(error_no_memory(err, "a ticket"));
done:
    ticket_text_free(&text);
    return st;
}
