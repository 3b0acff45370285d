/* What became of things so far, as a job needs it when it plans. */
#include "recall.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

enum { ALL_STATES = (1 << N_OUTBOX_STATE) - 1 };

static int compare_keys(const void *a, const void *b)
{
    const struct outbox_action *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

enum status recall_open(struct outbox *outbox, const char *service, struct recall *recall,
                        struct error *err)
{
    enum status st = STATUS_OK;

    *recall = (struct recall){0};
    TRY(outbox_select(outbox, service, NULL, ALL_STATES, &recall->list, err));
    recall->by_key = mem_array(recall->list.n, sizeof *recall->by_key);
    recall->used = mem_array(recall->list.n, sizeof *recall->used);
    if (recall->by_key == NULL || recall->used == NULL)
        TRY(error_no_memory(err, "what the outbox knows"));
    for (size_t i = 0; i < recall->list.n; i++)
        recall->by_key[i] = &recall->list.action[i];
    qsort(recall->by_key, recall->list.n, sizeof *recall->by_key, compare_keys);
done:
    if (st != STATUS_OK)
        recall_close(recall);
    return st;
}

void recall_close(struct recall *recall)
{
    outbox_list_free(&recall->list);
    free(recall->by_key);
    free(recall->used);
    *recall = (struct recall){0};
}

const struct outbox_action *recall_find(const struct recall *recall, const char *key)
{
    const struct outbox_action wanted = {.key = key}, *pointer = &wanted;
    const struct outbox_action **found = recall->list.n == 0
                                             ? NULL
                                             : bsearch(&pointer, recall->by_key, recall->list.n,
                                                       sizeof *recall->by_key, compare_keys);

    if (found == NULL)
        return NULL;
    recall->used[*found - recall->list.action] = true;
    return *found;
}

static bool is_gone(const struct recall *recall, size_t i)
{
    enum outbox_state state = recall->list.action[i].state;

    return !recall->used[i] && (state == OUTBOX_PENDING || state == OUTBOX_SENT);
}

bool recall_has_gone(const struct recall *recall)
{
    for (size_t i = 0; i < recall->list.n; i++)
        if (is_gone(recall, i))
            return true;
    return false;
}

enum status recall_drop_gone(const struct recall *recall, struct outbox *outbox,
                             struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; st == STATUS_OK && i < recall->list.n; i++) {
        const struct outbox_action *action = &recall->list.action[i];
        struct outbox_name name = {action->service, action->kind, action->key};
        if (is_gone(recall, i))
            st = outbox_mark(outbox, name, OUTBOX_FAILED, NULL,
                             action->state == OUTBOX_SENT
                                 ? "may have been sent, and these results no longer have it"
                                 : "these results no longer have it",
                             err);
    }
    return st;
}
