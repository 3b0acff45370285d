/* The plan is made anew on each run, from the results and the outbox alone. A task that a server
 * chokes on comes last the next time, so that it does not keep the others waiting for ever. */
#include "task_plan.h"

#include "due_date.h"
#include "mem.h"
#include "one_line.h"
#include "plain_text.h"
#include "triage.h"

#include <stdlib.h>
#include <string.h>

struct outbox_name task_name(const struct task *task)
{
    return (struct outbox_name){"tasks", task->finding != NULL ? "task" : "summary", task->key};
}

bool task_is_open(const struct task *task)
{
    return task->state == OUTBOX_PENDING || task->state == OUTBOX_SENT;
}

bool task_is_refused(const struct task *task)
{
    return task->state == OUTBOX_FAILED;
}

static void take_over(struct task *task, const struct outbox_action *action)
{
    if (action == NULL)
        return;
    task->state = action->state;
    task->tries = action->tries;
}

static int compare_tries(const void *a, const void *b)
{
    const struct task *x = a, *y = b;

    if (x->tries != y->tries)
        return x->tries > y->tries ? 1 : -1;
    return x->place > y->place ? 1 : -1;
}

/* Shares the findings out: with a task, or in the rest. */
static void share_out(const struct followup *followup, const size_t *order,
                      struct task_plan *plan)
{
    const struct findings *findings = followup->findings;
    size_t limit = (size_t)followup->settings->services.tasks.max_tasks;

    for (size_t k = 0; k < findings->n; k++) {
        const struct finding *finding = &findings->finding[order[k]];
        const struct outbox_action *action = recall_find(&plan->recall, finding->id);
        if (k >= limit && action == NULL) {
            plan->rest[plan->n_rest++] = order[k];
            continue;
        }
        struct task *task = &plan->task[plan->n];
        *task = (struct task){.finding = finding, .place = plan->n++};
        memcpy(task->key, finding->id, sizeof task->key);
        take_over(task, action);
    }
}

static enum status add_summary(const struct findings *findings, struct task_plan *plan,
                               struct error *err)
{
    struct task *task = &plan->task[plan->n];
    enum status st = STATUS_OK;

    if (plan->n_rest == 0)
        return STATUS_OK;
    *task = (struct task){.place = plan->n};
    TRY(triage_key(findings, task->key, err));
    take_over(task, recall_find(&plan->recall, task->key));
    plan->n++;
done:
    return st;
}

enum status task_plan_make(const struct followup *followup, struct task_plan *plan,
                           struct error *err)
{
    const struct findings *findings = followup->findings;
    size_t *order = NULL;
    enum status st = STATUS_OK;

    *plan = (struct task_plan){0};
    TRY(triage_order(findings, &order, err));
    TRY(recall_open(followup->outbox, "tasks", &plan->recall, err));
    plan->task = mem_array(findings->n + 1, sizeof *plan->task);
    plan->rest = mem_array(findings->n, sizeof *plan->rest);
    if (plan->task == NULL || plan->rest == NULL)
        TRY(error_no_memory(err, "the plan of the tasks"));
    share_out(followup, order, plan);
    TRY(add_summary(findings, plan, err));
    for (size_t k = 0; k < plan->n; k++)
        snprintf(plan->task[k].idempotency_key, TASK_KEY, "tieout-%s-%s",
                 task_name(&plan->task[k]).kind, plan->task[k].key);
    qsort(plan->task, plan->n, sizeof *plan->task, compare_tries);
done:
    free(order);
    if (st != STATUS_OK)
        task_plan_free(plan);
    return st;
}

size_t task_plan_count(const struct task_plan *plan, bool (*which)(const struct task *))
{
    size_t n = 0;

    for (size_t k = 0; k < plan->n; k++)
        n += which(&plan->task[k]);
    return n;
}

void task_plan_free(struct task_plan *plan)
{
    free(plan->task);
    free(plan->rest);
    recall_close(&plan->recall);
    *plan = (struct task_plan){0};
}

/* ---- what is sent ------------------------------------------------------------------------- */

static enum status write_text(const struct followup *followup, const struct task_plan *plan,
                              const struct task *task, size_t i, struct ticket_text *text,
                              struct error *err)
{
    if (task->finding != NULL)
        return ticket_text_finding(followup, i, text, err);
    return ticket_text_rest(followup, plan->rest, plan->n_rest, "tasks.max_tasks",
                            followup->settings->services.tasks.max_tasks, text, err);
}

/* task_name, description, severity and due_date, the latter two of the most urgent finding. */
enum status task_body(const struct followup *followup, const struct task_plan *plan,
                      const struct task *task, cJSON **out, struct error *err)
{
    const struct findings *findings = followup->findings;
    size_t i =
        task->finding != NULL ? (size_t)(task->finding - findings->finding) : plan->rest[0];
    struct ticket_text text = {0};
    char name[ONE_LINE_ROOM(TICKET_TITLE)], due[DATE_TEXT], *plain = NULL;
    cJSON *body = cJSON_CreateObject();
    enum status st = STATUS_OK;

    TRY(due_date_of(findings, i, &followup->settings->services, due, err));
    TRY(write_text(followup, plan, task, i, &text, err));
    plain = plain_text(&text);
    if (task->finding != NULL)
        snprintf(name, sizeof name, "Investigate Anomaly: %s", task->key);
    else
        snprintf(name, sizeof name, "Investigate %.240s", text.title);
    if (plain == NULL || body == NULL ||
        cJSON_AddStringToObject(body, "task_name", name) == NULL ||
        cJSON_AddStringToObject(body, "description", plain) == NULL ||
        cJSON_AddStringToObject(
            body, "severity", severity_name(triage_severity(&findings->finding[i]))) == NULL ||
        cJSON_AddStringToObject(body, "due_date", due) == NULL)
        TRY(error_no_memory(err, "a task"));
    *out = body;
    body = NULL;
done:
    cJSON_Delete(body);
    free(plain);
    ticket_text_free(&text);
    return st;
}
