#ifndef TIEOUT_RECALL_H
#define TIEOUT_RECALL_H

#include "outbox.h"
#include <stdbool.h>
#include <stddef.h>

/* All that the outbox has of a service, to be found by key, and what of it nobody asked for. Of a
 * key a service has one action, whatever its kind. */
struct recall {
    struct outbox_list list;
    const struct outbox_action **by_key; /* [list.n] sorted */
    bool *used;                          /* [list.n] in the order of the list */
};

/* *recall is produced, on failure an empty one. */
enum status recall_open(struct outbox *outbox, const char *service, struct recall *recall,
                        struct error *err);
void recall_close(struct recall *recall);

/* NULL if there is none. */
const struct outbox_action *recall_find(const struct recall *recall, const char *key);

/* Makes failed what is open and was not found by anybody: the results no longer have it, so that
 * it can neither be sent nor asked for. For between outbox_begin and outbox_commit. */
enum status recall_drop_gone(const struct recall *recall, struct outbox *outbox,
                             struct error *err);

/* Whether there is something for recall_drop_gone. */
bool recall_has_gone(const struct recall *recall);

#endif
