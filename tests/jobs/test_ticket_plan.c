/* ticket_plan.h, task_plan.h and tickets_links on made-up findings and a real outbox: who gets what,
 * and that a plan comes out the same again. */
#include "task_plan.h"
#include "ticket_plan.h"
#include "tickets.h"

#include "scratch.h"
#include "told.h"

enum { N = 5 };

/* Findings 0 .. 2 are of one break, as of May, April and June; 3 and 4 are of none and another. */
struct planned {
    struct told told;
    struct finding finding[N];
    struct explanation explained[N];
    struct scratch scratch;
    struct error err;
};

static void planned_begin(struct planned *planned, int64_t max_tickets)
{
    static const char *const ID[N] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb",
                                      "cccccccccccccccc", "dddddddddddddddd",
                                      "eeeeeeeeeeeeeeee"};
    static const char *const DATE[N] = {"2024-05-31", "2024-04-30", "2024-06-30", "2024-05-31",
                                        "2024-06-30"};
    static const char *const SINCE[N] = {"2024-04-30", "2024-04-30", "2024-04-30", "",
                                         "2024-06-30"};
    static const char *const SEVERITY[N] = {"low", "high", "medium", "critical", "high"};
    char path[SCRATCH_PATH];

    told_begin(&planned->told);
    planned->err = (struct error){0};
    planned->scratch = scratch_make();
    scratch_path(&planned->scratch, "outbox.db", path);
    for (size_t i = 0; i < N; i++) {
        planned->finding[i] = made_up_finding(0);
        planned->finding[i].id = ID[i];
        planned->finding[i].as_of_date = DATE[i];
        planned->finding[i].break_since = SINCE[i];
        planned->finding[i].severity = SEVERITY[i];
        planned->explained[i] = planned->told.explained[0];
    }
    planned->told.findings.finding = planned->finding;
    planned->told.findings.n = N;
    planned->told.followup.explained = planned->explained;
    planned->told.settings.services.jira.max_tickets = max_tickets;
    planned->told.settings.services.tasks.max_tasks = max_tickets;
    CU_ASSERT_EQUAL_FATAL(outbox_open(path, &planned->told.followup.outbox, &planned->err),
                          STATUS_OK);
}

static void planned_end(struct planned *planned)
{
    outbox_close(planned->told.followup.outbox);
    scratch_remove(&planned->scratch);
}

static struct ticket_plan plan_of(struct planned *planned)
{
    struct ticket_plan plan;

    CU_ASSERT_EQUAL_FATAL(ticket_plan_make(&planned->told.followup, &plan, &planned->err),
                          STATUS_OK);
    return plan;
}

static void remember(struct planned *planned, const char *kind, const char *key,
                     enum outbox_state state, const char *answer)
{
    struct outbox_name name = {"jira", kind, key};
    struct outbox *outbox = planned->told.followup.outbox;

    CU_ASSERT_EQUAL(outbox_add(outbox, name, &planned->err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_mark(outbox, name, state, answer, "", &planned->err), STATUS_OK);
}

static const struct errand *errand_of(const struct ticket_plan *plan, char letter)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->errand[i].key[0] == letter)
            return &plan->errand[i];
    CU_FAIL_FATAL("no such errand");
    return NULL;
}

static void the_most_severe_come_first(void)
{
    struct planned planned;
    planned_begin(&planned, 10);
    struct ticket_plan plan = plan_of(&planned);
    char order[N + 1] = "";

    for (size_t i = 0; i < plan.n && i < N; i++)
        order[i] = plan.errand[i].key[0];
    CU_ASSERT_EQUAL(plan.n, N);
    CU_ASSERT_STRING_EQUAL(order, "dbeca");
    CU_ASSERT_EQUAL(plan.n_rest, 0);
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void the_earliest_of_a_break_leads(void)
{
    struct planned planned;
    planned_begin(&planned, 10);
    struct ticket_plan plan = plan_of(&planned);
    const struct errand *leader = errand_of(&plan, 'b');

    CU_ASSERT_EQUAL(leader->kind, ERRAND_TICKET);
    CU_ASSERT_EQUAL(errand_of(&plan, 'a')->kind, ERRAND_COMMENT);
    CU_ASSERT_PTR_EQUAL(errand_of(&plan, 'a')->leader, leader);
    CU_ASSERT_PTR_EQUAL(errand_of(&plan, 'c')->leader, leader);
    CU_ASSERT_EQUAL(errand_of(&plan, 'd')->kind, ERRAND_TICKET);
    CU_ASSERT_STRING_EQUAL(errand_of(&plan, 'd')->break_label, "");
    CU_ASSERT_EQUAL(errand_of(&plan, 'e')->kind, ERRAND_TICKET);
    CU_ASSERT_STRING_NOT_EQUAL(errand_of(&plan, 'e')->break_label, leader->break_label);
    CU_ASSERT_STRING_EQUAL(errand_of(&plan, 'a')->break_label, leader->break_label);
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void who_has_a_ticket_leads(void)
{
    struct planned planned;
    planned_begin(&planned, 10);
    remember(&planned, "ticket", "cccccccccccccccc", OUTBOX_DONE, "FIN-7");
    struct ticket_plan plan = plan_of(&planned);

    CU_ASSERT_EQUAL(errand_of(&plan, 'c')->kind, ERRAND_TICKET);
    CU_ASSERT_STRING_EQUAL(errand_of(&plan, 'c')->ticket, "FIN-7");
    CU_ASSERT_FALSE(errand_is_open(errand_of(&plan, 'c')));
    CU_ASSERT_EQUAL(errand_of(&plan, 'b')->kind, ERRAND_COMMENT);
    CU_ASSERT_PTR_EQUAL(errand_of(&plan, 'b')->leader, errand_of(&plan, 'c'));
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void the_rest_is_summed_up(void)
{
    struct planned planned;
    planned_begin(&planned, 2);
    struct ticket_plan plan = plan_of(&planned);
    CU_ASSERT_EQUAL(plan.n, 3);
    CU_ASSERT_EQUAL(plan.n_rest, 3);
    CU_ASSERT_EQUAL(plan.errand[2].kind, ERRAND_SUMMARY);
    CU_ASSERT_EQUAL(plan.rest[0], 4);
    char key[RESULTS_ID];
    memcpy(key, plan.errand[2].key, sizeof key);
    ticket_plan_free(&plan);

    /* the same findings in another order and with another limit have the same summary */
    struct finding first = planned.finding[0];
    planned.finding[0] = planned.finding[4];
    planned.finding[4] = first;
    planned.told.settings.services.jira.max_tickets = 1;
    plan = plan_of(&planned);
    CU_ASSERT_STRING_EQUAL(plan.errand[plan.n - 1].key, key);
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void what_was_begun_stays_beyond_the_limit(void)
{
    struct planned planned;
    planned_begin(&planned, 1);
    remember(&planned, "ticket", "aaaaaaaaaaaaaaaa", OUTBOX_PENDING, "");
    struct ticket_plan plan = plan_of(&planned);

    CU_ASSERT_EQUAL(plan.n_rest, 3);
    CU_ASSERT_TRUE(errand_wants_ticket(errand_of(&plan, 'a')));
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void what_is_gone_is_dropped(void)
{
    struct planned planned;
    struct outbox_list list = {0};
    planned_begin(&planned, 10);
    remember(&planned, "ticket", "ffffffffffffffff", OUTBOX_PENDING, "");
    remember(&planned, "ticket", "9999999999999999", OUTBOX_DONE, "FIN-1");
    struct ticket_plan plan = plan_of(&planned);
    struct outbox *outbox = planned.told.followup.outbox;

    CU_ASSERT_TRUE(recall_has_gone(&plan.recall));
    CU_ASSERT_EQUAL(recall_drop_gone(&plan.recall, outbox, &planned.err), STATUS_OK);
    CU_ASSERT_EQUAL(
        outbox_select(outbox, "jira", NULL, 1u << OUTBOX_FAILED, &list, &planned.err),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(list.n, 1);
    CU_ASSERT_STRING_EQUAL(list.action[0].key, "ffffffffffffffff");
    outbox_list_free(&list);
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void strange_ids_are_refused(void)
{
    static const char *const ID[] = {"", "abc", "AAAAAAAAAAAAAAAA", "aaaaaaaaaaaaaaaa\r\nX: y",
                                     "aaaaaaaaaaaaaa\"x"};
    struct planned planned;
    struct ticket_plan plan;
    planned_begin(&planned, 10);

    for (size_t i = 0; i < sizeof ID / sizeof *ID; i++) {
        planned.finding[1].id = ID[i];
        CU_ASSERT_EQUAL(ticket_plan_make(&planned.told.followup, &plan, &planned.err),
                        STATUS_DATA);
    }
    planned_end(&planned);
}

static void a_body_has_labels_priority_and_due_date(void)
{
    static char project[] = "FIN", type[] = "Task", highest[] = "Highest", none[] = "none";
    struct planned planned;
    cJSON *body = NULL;
    planned_begin(&planned, 10);
    struct jira_settings *jira = &planned.told.settings.services.jira;
    jira->project = project;
    jira->issue_type = type;
    jira->priority[SEVERITY_CRITICAL] = highest;
    jira->priority[SEVERITY_HIGH] = none;
    planned.told.settings.services.due_days[SEVERITY_CRITICAL] = 1;
    struct ticket_plan plan = plan_of(&planned);

    CU_ASSERT_EQUAL_FATAL(
        errand_body(&planned.told.followup, &plan, errand_of(&plan, 'd'), &body, &planned.err),
        STATUS_OK);
    char *text = cJSON_PrintUnformatted(body);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"labels\":[\"tieout\",\"tieout-dddddddddddddddd\"]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"priority\":{\"name\":\"Highest\"}"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"duedate\":\"2024-06-03\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"project\":{\"key\":\"FIN\"}"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "{\"key\":\"tieout.id\",\"value\":{\"id\":\"dddddddddddddddd\"}}"));
    cJSON_free(text);
    cJSON_Delete(body);

    jira->flavor = JIRA_DATACENTER;
    CU_ASSERT_EQUAL_FATAL(
        errand_body(&planned.told.followup, &plan, errand_of(&plan, 'b'), &body, &planned.err),
        STATUS_OK);
    text = cJSON_PrintUnformatted(body);
    CU_ASSERT_PTR_NULL(strstr(text, "priority"));
    CU_ASSERT_PTR_NULL(strstr(text, "tieout.id"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"description\":\"h3. Facts"));
    cJSON_free(text);
    cJSON_Delete(body);
    ticket_plan_free(&plan);
    planned_end(&planned);
}

static void tasks_least_tried_come_first(void)
{
    struct planned planned;
    struct task_plan plan;
    planned_begin(&planned, 3);
    struct outbox *outbox = planned.told.followup.outbox;
    struct outbox_name name = {"tasks", "task", "dddddddddddddddd"};
    CU_ASSERT_EQUAL(outbox_add(outbox, name, &planned.err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_mark(outbox, name, OUTBOX_SENT, NULL, "", &planned.err), STATUS_OK);

    CU_ASSERT_EQUAL_FATAL(task_plan_make(&planned.told.followup, &plan, &planned.err),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan.n, 4);
    CU_ASSERT_EQUAL(plan.task[0].key[0], 'b');
    CU_ASSERT_PTR_NULL(plan.task[2].finding); /* the summary */
    CU_ASSERT_STRING_EQUAL(plan.task[3].idempotency_key, "tieout-task-dddddddddddddddd");
    task_plan_free(&plan);
    planned_end(&planned);
}

static void links_lead_to_tickets_that_are_open(void)
{
    static char url[] = "https://team.example//";
    struct planned planned;
    char **link = NULL;
    planned_begin(&planned, 10);
    remember(&planned, "ticket", "aaaaaaaaaaaaaaaa", OUTBOX_DONE, "FIN-7");
    remember(&planned, "comment", "bbbbbbbbbbbbbbbb", OUTBOX_DONE, "FIN-8");
    remember(&planned, "comment", "cccccccccccccccc", OUTBOX_PENDING, "FIN-9");

    CU_ASSERT_EQUAL_FATAL(tickets_links(&planned.told.followup, &link, &planned.err),
                          STATUS_OK);
    CU_ASSERT_PTR_NULL(link[0]); /* Jira is not configured */
    tickets_links_free(&planned.told.findings, link);
    planned.told.settings.services.jira.url = url;
    CU_ASSERT_EQUAL_FATAL(tickets_links(&planned.told.followup, &link, &planned.err),
                          STATUS_OK);
    CU_ASSERT_STRING_EQUAL(link[0], "https://team.example/browse/FIN-7");
    CU_ASSERT_STRING_EQUAL(link[1], "https://team.example/browse/FIN-8");
    CU_ASSERT_PTR_NULL(link[2]);
    CU_ASSERT_PTR_NULL(link[4]);
    tickets_links_free(&planned.told.findings, link);
    planned_end(&planned);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the most severe come first", the_most_severe_come_first},
        {"the earliest of a break leads", the_earliest_of_a_break_leads},
        {"who has a ticket leads", who_has_a_ticket_leads},
        {"the rest is summed up", the_rest_is_summed_up},
        {"what was begun stays beyond the limit", what_was_begun_stays_beyond_the_limit},
        {"what is gone is dropped", what_is_gone_is_dropped},
        {"strange ids are refused", strange_ids_are_refused},
        {"a body has labels, priority and due date", a_body_has_labels_priority_and_due_date},
        {"tasks least tried come first", tasks_least_tried_come_first},
        {"links lead to tickets that are open", links_lead_to_tickets_that_are_open},
    };

    return suite_run("ticket_plan", FACT, sizeof FACT / sizeof *FACT);
}
