/* What `tieout followup --status` tells: a table of how many actions each service has in which
 * state, then one line for each that is not done. It only reads the outbox, so it can be asked
 * while the jobs run. */
#include "jobs.h"

#include "draft.h"
#include "log_text.h"
#include "mem.h"
#include "outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALL = (1u << N_OUTBOX_STATE) - 1u, LINE = 1024 };

/* Whether action i is the first of its service. */
static bool is_first(const struct outbox_list *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(list->action[k].service, list->action[i].service) == 0)
            return false;
    return true;
}

static void print_counts(const struct outbox_list *list, const char *service, FILE *out)
{
    int64_t n[N_OUTBOX_STATE] = {0};

    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->action[i].service, service) == 0)
            n[list->action[i].state]++;
    fprintf(out, "%-8s", service);
    for (int state = 0; state < N_OUTBOX_STATE; state++)
        fprintf(out, " %9" PRId64, n[state]);
    fputc('\n', out);
}

static void print_table(const struct outbox_list *list, FILE *out)
{
    fprintf(out, "%-8s", "service");
    for (int state = 0; state < N_OUTBOX_STATE; state++)
        fprintf(out, " %9s", outbox_state_name((enum outbox_state)state));
    fputc('\n', out);
    for (size_t i = 0; i < list->n; i++)
        if (is_first(list, i))
            print_counts(list, list->action[i].service, out);
}

/* An action that is not done. Reasons quote services, so nothing in them may move the cursor. */
static void print_action(const struct outbox_action *action, FILE *out)
{
    static const char *const WHY[N_OUTBOX_STATE] = {
        [OUTBOX_PENDING] = "will be done by the next run",
        [OUTBOX_SENT] = "was under way; the next run finds out",
        [OUTBOX_FAILED] = "tieout followup --retry-failed tries again",
    };
    char line[LINE];

    snprintf(line, sizeof line, "%s %s %s: %s after %" PRId64 " tr%s%s%s", action->service,
             action->kind, action->key, outbox_state_name(action->state), action->tries,
             action->tries == 1 ? "y" : "ies", action->reason[0] != '\0' ? ": " : "",
             action->reason);
    log_text_clean(line, true);
    fprintf(out, "%s (%s)\n", line, WHY[action->state]);
}

static void print_open(const struct outbox_list *list, FILE *out)
{
    bool headed = false;

    for (size_t i = 0; i < list->n; i++) {
        if (list->action[i].state == OUTBOX_DONE)
            continue;
        if (!headed)
            fputs("\nNot done:\n", out);
        headed = true;
        print_action(&list->action[i], out);
    }
}

static enum status print_outbox(const char *path, FILE *out, struct error *err)
{
    struct outbox *outbox = NULL;
    struct outbox_list list = {0};
    enum status st = STATUS_OK;

    TRY(outbox_open_reading(path, &outbox, err));
    TRY(outbox_select(outbox, NULL, NULL, ALL, &list, err));
    if (list.n == 0) {
        fputs("Nothing is sent, and nothing waits to be.\n", out);
    } else {
        print_table(&list, out);
        print_open(&list, out);
    }
done:
    outbox_list_free(&list);
    outbox_close(outbox);
    return st;
}

enum status jobs_status(const char *results_path, FILE *out, struct error *err)
{
    char *folder = jobs_folder(results_path);
    char *path = folder != NULL ? draft_path(folder, "outbox.db") : NULL;
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(err, "the name of a file"));
    if (access(results_path, F_OK) != 0)
        TRY(error_set(err, STATUS_NO_INPUT, "cannot read %s: %s", results_path,
                      strerror(errno)));
    st = print_outbox(path, out, err);
    if (st == STATUS_NO_INPUT) { /* nothing was done, and that is what was asked for */
        fprintf(out, "Nothing was followed up yet: tieout followup %s\n", results_path);
        st = STATUS_OK;
    }
    if (st == STATUS_OK && (fflush(out) != 0 || ferror(out)))
        st = error_set(err, STATUS_WRITE, "cannot write the status: %s", strerror(errno));
done:
    free(path);
    free(folder);
    return st;
}
