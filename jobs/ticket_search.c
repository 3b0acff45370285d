/* Asking Jira for what the outbox cannot know: tickets that other results, or a request whose
 * answer was lost, have opened. Jira's search is late by seconds or minutes, so what may be there
 * is asked for repeatedly. What is surely not sent yet is asked for once, as these results may
 * have been followed up before under another name. */
#include "ticket_search.h"

#include "mem.h"
#include "stop.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_PAUSE = 15, SLICES = 5 }; /* seconds; looks for a signal in a second */

struct search {
    struct jira *jira;
    struct ticket_plan *plan;
    int64_t seconds; /* to wait for what may be there */
    struct log *log;
};

/* Jira may have been told of it. */
static bool is_unsure(const struct errand *errand)
{
    return errand_wants_ticket(errand) && errand->known && errand->state == OUTBOX_SENT;
}

static bool may_have_forerunner(const struct errand *errand)
{
    return errand_wants_ticket(errand) && !errand->known && errand->break_label[0] != '\0';
}

static void adopt(const struct search *search, struct errand *errand,
                  const struct jira_match *match)
{
    memcpy(errand->ticket, match->key, sizeof errand->ticket);
    errand->state = OUTBOX_DONE;
    errand->known = errand->changed = true;
    if (match->n > 1)
        log_warn(search->log,
                 "Jira has %zu tickets with the label %s: %s, the oldest, is kept, close the "
                 "others",
                 match->n, match->label, match->key);
}

static void comment_instead(const struct search *search, struct errand *errand,
                            const struct jira_match *match)
{
    log_detail(search->log, "the break of %s has the open ticket %s", errand->key, match->key);
    memcpy(errand->ticket, match->key, sizeof errand->ticket);
    errand->kind = ERRAND_COMMENT;
    errand->changed = true;
}

/* Searches for the labels of the errands that `which` picks, and hands over what is found.
 * *n_missing out: how many were not found. */
static enum status
look_up(const struct search *search, bool by_break, bool (*which)(const struct errand *),
        void (*take)(const struct search *, struct errand *, const struct jira_match *),
        size_t *n_missing, struct error *err)
{
    struct ticket_plan *plan = search->plan;
    struct jira_match *match = mem_array(plan->n, sizeof *match);
    struct errand **asked = mem_array(plan->n, sizeof *asked);
    size_t n = 0;
    enum status st = STATUS_OK;

    if (match == NULL || asked == NULL)
        TRY(error_no_memory(err, "a search"));
    for (size_t i = 0; i < plan->n; i++)
        if (which(&plan->errand[i]))
            asked[n++] = &plan->errand[i];
    for (size_t i = 0; i < n; i++)
        match[i].label = by_break ? asked[i]->break_label : asked[i]->label;
    TRY(jira_search(search->jira, by_break, match, n, err));
    *n_missing = 0;
    for (size_t i = 0; i < n; i++)
        if (match[i].n > 0)
            take(search, asked[i], &match[i]);
        else
            ++*n_missing;
done:
    free(match);
    free(asked);
    return st;
}

static enum status pause_for(int64_t seconds, struct error *err)
{
    const struct timespec slice = {.tv_nsec = 1000000000 / SLICES};

    for (int64_t i = 0; i < seconds * SLICES; i++) {
        if (stop_requested())
            return error_set(err, STATUS_STOPPED,
                             "stopped while Jira was searched for tickets that may have been "
                             "opened");
        nanosleep(&slice, NULL);
    }
    return STATUS_OK;
}

/* Searches for tickets that may have been opened until all are found or search->seconds have gone
 * by. */
static enum status wait_for_unsure(const struct search *search, struct error *err)
{
    int64_t left = search->seconds, pause = 1;
    size_t n_missing = ticket_plan_count(search->plan, is_unsure);
    enum status st = STATUS_OK;

    if (n_missing > 0)
        log_info(search->log,
                 "%zu tickets may have been opened before: searching Jira for up to %lld s",
                 n_missing, (long long)left);
    while (n_missing > 0 && left > 0) {
        pause = pause < left ? pause : left;
        left -= pause;
        TRY(pause_for(pause, err));
        TRY(look_up(search, false, is_unsure, adopt, &n_missing, err));
        pause = 2 * pause < MOST_PAUSE ? 2 * pause : MOST_PAUSE;
    }
done:
    return st;
}

enum status ticket_search(const struct followup *followup, struct jira *jira,
                          struct ticket_plan *plan, struct error *err)
{
    const struct search search = {.jira = jira,
                                  .plan = plan,
                                  .seconds = followup->settings->services.jira.search_seconds,
                                  .log = followup->log};
    size_t n_missing = 0;
    enum status st = STATUS_OK;

    TRY(look_up(&search, false, errand_wants_ticket, adopt, &n_missing, err));
    TRY(wait_for_unsure(&search, err));
    TRY(look_up(&search, true, may_have_forerunner, comment_instead, &n_missing, err));
done:
    return st;
}
