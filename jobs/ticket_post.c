/* Tickets in bulk and comments one by one. An intent is durable before its request and the outcome
 * after it; bodies are made before the intent, so that nothing but the network stands between.
 * Comments are looked up on the ticket first, which unlike the search is never late: so one that
 * may have been added is not added again. */
#include "ticket_post.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

static enum status mark(struct ticket_post *post, struct errand *errand,
                        enum outbox_state state, const char *reason, struct error *err)
{
    struct outbox_name name = {"jira", errand_kind_name(errand->kind), errand->key};

    errand->state = state;
    errand->changed = false;
    return outbox_mark(post->followup->outbox, name, state, errand->ticket, reason, err);
}

/* ---- intents ------------------------------------------------------------------------------ */

static enum status write_intents(struct ticket_post *post, struct error *err)
{
    struct outbox *outbox = post->followup->outbox;
    struct ticket_plan *plan = post->plan;
    enum status st = STATUS_OK;

    for (size_t i = 0; i < plan->n; i++) {
        struct errand *errand = &plan->errand[i];
        TRY(outbox_add(
            outbox, (struct outbox_name){"jira", errand_kind_name(errand->kind), errand->key},
            err));
        errand->known = true;
        if (errand->changed)
            TRY(mark(post, errand, errand->state, "", err));
    }
    TRY(recall_drop_gone(&plan->recall, outbox, err));
done:
    return st;
}

enum status ticket_post_intents(struct ticket_post *post, struct error *err)
{
    struct outbox *outbox = post->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    st = outbox_end(outbox, write_intents(post, err), err);
done:
    return st;
}

/* Marks n errands alike, all together. */
static enum status mark_all(struct ticket_post *post, struct errand *const *errand, size_t n,
                            enum outbox_state state, const char *reason, struct error *err)
{
    struct outbox *outbox = post->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; st == STATUS_OK && i < n; i++)
        st = mark(post, errand[i], state, reason, err);
    st = outbox_end(outbox, st, err);
done:
    return st;
}

static void note_refusal(struct ticket_post *post, const char *reason)
{
    if (post->reason[0] == '\0')
        snprintf(post->reason, sizeof post->reason, "%s", reason);
}

/* ---- tickets ------------------------------------------------------------------------------ */

/* {"issueUpdates": [...]} as text; *text is produced, cJSON_free. */
static enum status write_bulk(struct ticket_post *post, struct errand *const *errand, size_t n,
                              char **text, struct error *err)
{
    cJSON *bulk = cJSON_CreateObject(), *one = NULL;
    cJSON *updates = bulk != NULL ? cJSON_AddArrayToObject(bulk, "issueUpdates") : NULL;
    enum status st = STATUS_OK;

    if (updates == NULL)
        TRY(error_no_memory(err, "tickets"));
    for (size_t i = 0; i < n; i++) {
        TRY(errand_body(post->followup, post->plan, errand[i], &one, err));
        cJSON_AddItemToArray(updates, one);
    }
    *text = cJSON_PrintUnformatted(bulk);
    if (*text == NULL)
        TRY(error_no_memory(err, "tickets"));
done:
    cJSON_Delete(bulk);
    return st;
}

/* Stores what became of each, all together. */
static enum status settle(struct ticket_post *post, struct errand *const *errand, size_t n,
                          const struct jira_made *made, struct error *err)
{
    struct outbox *outbox = post->followup->outbox;
    enum status st = STATUS_OK;

    TRY(outbox_begin(outbox, err));
    for (size_t i = 0; st == STATUS_OK && i < n; i++) {
        bool opened = made[i].key[0] != '\0';
        memcpy(errand[i]->ticket, made[i].key, sizeof made[i].key);
        errand[i]->fresh = opened;
        post->n_opened += opened;
        if (!opened && !made[i].again)
            note_refusal(post, made[i].reason);
        st = mark(post, errand[i],
                  opened          ? OUTBOX_DONE
                  : made[i].again ? OUTBOX_PENDING
                                  : OUTBOX_FAILED,
                  made[i].reason, err);
    }
    st = outbox_end(outbox, st, err);
done:
    return st;
}

/* Takes the answer to a bulk request. Not STATUS_OK if nothing more should be sent. */
static enum status take_bulk(struct ticket_post *post, struct errand *const *errand, size_t n,
                             const struct http_reply *reply, struct error *err)
{
    struct jira_made made[JIRA_BULK];
    struct error why = {0};
    enum jira_verdict verdict = jira_judge(reply);
    enum status st = STATUS_OK;

    if (verdict == JIRA_DONE && jira_read_bulk(reply->body, n, made))
        return settle(post, errand, n, made, err);
    if (verdict == JIRA_REFUSED) {
        jira_read_refused_bulk(reply, n, made);
        return settle(post, errand, n, made, err);
    }
    if (verdict == JIRA_DONE)
        error_set(&why, STATUS_SERVICE,
                  "Jira did not say which tickets it opened; the next run searches for them "
                  "first");
    else
        jira_fail(reply, &why);
    bool known = verdict == JIRA_LOCKED_OUT || verdict == JIRA_NOT_DONE;
    TRY(mark_all(post, errand, n, known ? OUTBOX_PENDING : OUTBOX_SENT, why.text, err));
    st = why.code;
    *err = why;
done:
    return st;
}

static enum status open_some(struct ticket_post *post, struct errand *const *errand, size_t n,
                             struct error *err)
{
    struct http_reply reply = {0};
    struct error stopped = {0};
    char *body = NULL;
    enum status st = STATUS_OK;

    TRY(write_bulk(post, errand, n, &body, err));
    TRY(mark_all(post, errand, n, OUTBOX_SENT, "", err));
    enum status sent = jira_send_bulk(post->jira, body, &reply, &stopped);
    if (sent != STATUS_OK && sent != STATUS_STOPPED) {
        *err = stopped;
        TRY(sent);
    }
    TRY(take_bulk(post, errand, n, &reply, err));
    if (sent == STATUS_STOPPED) {
        *err = stopped;
        st = sent;
    }
done:
    cJSON_free(body);
    http_reply_free(&reply);
    return st;
}

enum status ticket_post_tickets(struct ticket_post *post, struct error *err)
{
    struct ticket_plan *plan = post->plan;
    struct errand *some[JIRA_BULK];
    size_t n = 0;
    enum status st = STATUS_OK;

    for (size_t i = 0; i < plan->n; i++) {
        if (errand_wants_ticket(&plan->errand[i]))
            some[n++] = &plan->errand[i];
        if (n == JIRA_BULK || (n > 0 && i + 1 == plan->n)) {
            TRY(open_some(post, some, n, err));
            n = 0;
        }
    }
done:
    return st;
}

/* ---- comments ----------------------------------------------------------------------------- */

static enum status take_comment(struct ticket_post *post, struct errand *errand,
                                const struct http_reply *reply, struct error *err)
{
    enum jira_verdict verdict = jira_judge(reply);
    char reason[JIRA_REASON];
    struct error why = {0};
    enum status st = STATUS_OK;

    bool cut = verdict == JIRA_UNSURE && reply->status >= 200 && reply->status < 300;
    if (verdict == JIRA_DONE || cut) {
        post->n_commented++;
        return mark(post, errand, OUTBOX_DONE, "", err);
    }
    if (verdict == JIRA_REFUSED) {
        jira_reason(reply, reason);
        note_refusal(post, reason);
        return mark(post, errand, OUTBOX_FAILED, reason, err);
    }
    jira_fail(reply, &why);
    TRY(mark(post, errand, verdict == JIRA_UNSURE ? OUTBOX_SENT : OUTBOX_PENDING, why.text,
             err));
    st = why.code;
    *err = why;
done:
    return st;
}

static enum status send_comment(struct ticket_post *post, struct errand *errand,
                                struct error *err)
{
    struct http_reply reply = {0};
    struct error stopped = {0};
    cJSON *body = NULL;
    char *text = NULL;
    enum status st = STATUS_OK;

    TRY(errand_body(post->followup, post->plan, errand, &body, err));
    text = cJSON_PrintUnformatted(body);
    if (text == NULL)
        TRY(error_no_memory(err, "a comment"));
    TRY(mark(post, errand, OUTBOX_SENT, "", err));
    enum status sent = jira_send_comment(post->jira, errand->ticket, text, &reply, &stopped);
    if (sent != STATUS_OK && sent != STATUS_STOPPED) {
        *err = stopped;
        TRY(sent);
    }
    TRY(take_comment(post, errand, &reply, err));
    if (sent == STATUS_STOPPED) {
        *err = stopped;
        st = sent;
    }
done:
    cJSON_Delete(body);
    cJSON_free(text);
    http_reply_free(&reply);
    return st;
}

static enum status comment(struct ticket_post *post, struct errand *errand, struct error *err)
{
    const struct errand *leader = errand->leader;
    bool there = false;
    enum status st = STATUS_OK;

    if (errand->ticket[0] == '\0' && leader != NULL)
        memcpy(errand->ticket, leader->ticket, sizeof errand->ticket);
    if (errand->ticket[0] == '\0') {
        bool never = leader == NULL || leader->state == OUTBOX_FAILED;
        return mark(post, errand, never ? OUTBOX_FAILED : OUTBOX_PENDING,
                    never ? "the ticket to comment on was refused, or its finding is gone"
                          : "waits for its ticket",
                    err);
    }
    if (leader == NULL || !leader->fresh)
        TRY(jira_has_comment(post->jira, errand->ticket, errand->key, &there, err));
    if (there)
        TRY(mark(post, errand, OUTBOX_DONE, "", err));
    else
        TRY(send_comment(post, errand, err));
done:
    return st;
}

static int compare_dates(const void *a, const void *b)
{
    const struct errand *x = *(struct errand *const *)a, *y = *(struct errand *const *)b;
    int order = strcmp(x->finding->as_of_date, y->finding->as_of_date);

    return order != 0 ? order : strcmp(x->key, y->key);
}

/* Month by month, as a ticket's comments are read. */
enum status ticket_post_comments(struct ticket_post *post, struct error *err)
{
    struct ticket_plan *plan = post->plan;
    struct errand **open = mem_array(plan->n, sizeof *open);
    size_t n = 0;
    enum status st = STATUS_OK;

    if (open == NULL)
        TRY(error_no_memory(err, "comments"));
    for (size_t i = 0; i < plan->n; i++)
        if (plan->errand[i].kind == ERRAND_COMMENT && errand_is_open(&plan->errand[i]))
            open[n++] = &plan->errand[i];
    qsort(open, n, sizeof *open, compare_dates);
    for (size_t i = 0; i < n; i++)
        TRY(comment(post, open[i], err));
done:
    free(open);
    return st;
}
