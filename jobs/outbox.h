#ifndef TIEOUT_OUTBOX_H
#define TIEOUT_OUTBOX_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is to be done at services and what became of it, in an SQLite file beside the results
 * (mode 0600, rollback journal, fully synced). An action is written down before its request and
 * its outcome after it; a process that is killed in between finds it OUTBOX_SENT when it runs
 * again, and knows that it does not know. One process at a time has the file. */
struct outbox;

enum outbox_state {
    OUTBOX_PENDING, /* to be done; surely not done yet */
    OUTBOX_SENT,    /* a request may have gone out, its outcome is not known */
    OUTBOX_DONE,
    OUTBOX_FAILED, /* refused; only a user's --retry-failed makes it pending again */
    N_OUTBOX_STATE
};

const char *outbox_state_name(enum outbox_state state);

/* An action is named by service ("jira", "tasks", "email", "model"), kind ("ticket", "comment",
 * "summary", "task", "mail", "explanation") and key (a finding's id, a hash ...), all three
 * together unique. */
struct outbox_name {
    const char *service;
    const char *kind;
    const char *key;
};

struct outbox_action {
    const char *service;
    const char *kind;
    const char *key;
    enum outbox_state state;
    int64_t tries;      /* times it was marked OUTBOX_SENT */
    const char *answer; /* what the service gave it, such as a ticket's key; "" if nothing */
    const char *reason; /* why it is not done, "" if nothing is known */
};

/* A list of actions in the order they were added; the texts belong to it. */
struct outbox_list {
    size_t n;
    struct outbox_action *action;
    void *owned;
};

/* Creates or opens path for this process alone. STATUS_SERVICE if another process has it (says
 * so; nothing was touched), STATUS_DATA if it is no outbox of this version, STATUS_CREATE,
 * STATUS_WRITE or STATUS_PERMISSION. *out is produced. */
enum status outbox_open(const char *path, struct outbox **out, struct error *err);

/* To look at, while another process may write: STATUS_NO_INPUT if there is none. */
enum status outbox_open_reading(const char *path, struct outbox **out, struct error *err);

void outbox_close(struct outbox *outbox); /* NULL is fine */

/* Each of the calls that follow is durable when it returns, unless it stands between outbox_begin
 * and outbox_commit, which make all of them durable together, or none. A failed commit, or
 * outbox_abandon, leaves what was before outbox_begin. */
enum status outbox_begin(struct outbox *outbox, struct error *err);
enum status outbox_commit(struct outbox *outbox, struct error *err);
void outbox_abandon(struct outbox *outbox);

/* Ends what outbox_begin began: commits if st, what came of the calls in between, is STATUS_OK;
 * else abandons and gives st back. */
enum status outbox_end(struct outbox *outbox, enum status st, struct error *err);

/* Adds a pending action; one that is there already is left as it is. */
enum status outbox_add(struct outbox *outbox, struct outbox_name name, struct error *err);

/* Sets the state of an action that was added. answer and reason: NULL leaves what is there. */
enum status outbox_mark(struct outbox *outbox, struct outbox_name name, enum outbox_state state,
                        const char *answer, const char *reason, struct error *err);

/* The list of this one action, or of none if it was never added. *list is produced. */
enum status outbox_find(struct outbox *outbox, struct outbox_name name,
                        struct outbox_list *list, struct error *err);

/* All actions of a service and kind (NULL: any) in one of the states (bits 1 << OUTBOX_...). */
enum status outbox_select(struct outbox *outbox, const char *service, const char *kind,
                          unsigned states, struct outbox_list *list, struct error *err);
void outbox_list_free(struct outbox_list *list); /* leaves an empty list */

/* Makes failed actions pending; *n out: how many. */
enum status outbox_retry_failed(struct outbox *outbox, int64_t *n, struct error *err);

#endif
