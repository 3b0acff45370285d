#ifndef TIEOUT_TASK_PLAN_H
#define TIEOUT_TASK_PLAN_H

#include "followup.h"
#include "recall.h"

#include <cjson/cJSON.h>

/* Which findings get a task, and which only a line in the task that sums up the rest. */

enum { TASK_KEY = 64 };

struct task {
    const struct finding *finding;  /* NULL for the summary */
    char key[RESULTS_ID];           /* in the outbox: the finding's id, or the summary's */
    char idempotency_key[TASK_KEY]; /* the same on every run */
    enum outbox_state state;
    int64_t tries;
    size_t place; /* by urgency, the summary last */
    char *body;   /* the caller's, while it is under way: cJSON_free */
};

struct task_plan {
    struct task *task; /* [n], those tried least first, of equals the most urgent */
    size_t n;
    size_t *rest; /* [n_rest] findings without a task of their own, the most urgent first */
    size_t n_rest;
    struct recall recall; /* what the outbox has of tasks */
};

/* What the outbox knows already keeps its task, also beyond tasks.max-tasks. *plan is produced, on
 * failure an empty one. */
enum status task_plan_make(const struct followup *followup, struct task_plan *plan,
                           struct error *err);
void task_plan_free(struct task_plan *plan);

struct outbox_name task_name(const struct task *task);

bool task_is_open(const struct task *task);
bool task_is_refused(const struct task *task);
size_t task_plan_count(const struct task_plan *plan, bool (*which)(const struct task *));

/* What the endpoint is to be sent for it. *body is produced; cJSON_Delete. */
enum status task_body(const struct followup *followup, const struct task_plan *plan,
                      const struct task *task, cJSON **body, struct error *err);

#endif
