/* The page as a follow-up job and as a command of its own: gathers what it tells and puts it in
 * its place. What it says and how it looks is report_page.h's. */
#include "report.h"

#include "draft.h"
#include "jobs.h"
#include "log_text.h"
#include "mem.h"
#include "model_words.h"
#include "report_page.h"
#include "tickets.h"
#include "triage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char NAME[] = "report.html";

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The page in memory; *byte is produced. */
static enum status print_page(const struct report *report, char **byte, size_t *n,
                              struct error *err)
{
    FILE *out = open_memstream(byte, n);
    enum status st = STATUS_OK;

    if (out == NULL)
        return error_no_memory(err, NAME);
    st = report_page_write(report, out, err);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    if (st == STATUS_OK && failed)
        st = error_no_memory(err, NAME);
    return st;
}

/* The page of this follow-up; *byte is produced, on failure too. */
static enum status compose(const struct followup *followup, char **byte, size_t *n,
                           struct error *err)
{
    const struct findings *findings = followup->findings;
    size_t *order = NULL;
    char **link = NULL;
    enum status st = STATUS_OK;

    TRY(triage_order(findings, &order, err));
    TRY(tickets_links(followup, &link, err));
    struct report report = {
        .findings = findings,
        .overview = followup->overview,
        .explained = followup->explained,
        .shown = order,
        .n_shown = findings->n < REPORT_FINDINGS ? findings->n : REPORT_FINDINGS,
        .link = link,
        .folder = last_part(followup->folder),
    };
    TRY(print_page(&report, byte, n, err));
done:
    tickets_links_free(findings, link);
    free(order);
    return st;
}

enum status write_report(struct followup *followup, struct error *said)
{
    char *byte = NULL;
    size_t n = 0;
    bool changed = false;
    enum status st = STATUS_OK;

    TRY(compose(followup, &byte, &n, said));
    TRY(draft_write(followup->folder, NAME, byte, n, &changed, said));
    error_set(said, STATUS_OK, "%s/%s %s", followup->folder, NAME,
              changed ? "written" : "is up to date");
done:
    free(byte);
    return st;
}

/* ---- the command --------------------------------------------------------------------------- */

/* Splits path into a folder, which is produced, and the name in it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 0;
    char *folder = mem_array(n + 2, 1);

    if (folder == NULL)
        return NULL;
    if (n > 0)
        memcpy(folder, path, n);
    else
        folder[0] = slash != NULL ? '/' : '.';
    return folder;
}

/* What a follow-up has done at services, if there was one. */
static enum status look_at_outbox(struct followup *followup, struct error *err)
{
    char *path = draft_path(followup->folder, "outbox.db");
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(err, "the name of a file"));
    st = outbox_open_reading(path, &followup->outbox, err);
    if (st == STATUS_NO_INPUT)
        st = STATUS_OK;
done:
    free(path);
    return st;
}

enum status report_make(const char *results_path, const char *path,
                        const struct settings *settings, struct log *log, struct error *err)
{
    struct text_store kept = {0};
    struct followup followup = {
        .settings = settings, .results = results_path, .kept = &kept, .log = log};
    struct findings *findings = NULL;
    struct overview *overview = NULL;
    char *byte = NULL, *into = NULL, *folder = jobs_folder(results_path);
    char count[LOG_TEXT_NUMBER];
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(results_read(results_path, &findings, err));
    TRY(overview_read(results_path, &overview, err));
    followup.findings = findings;
    followup.overview = overview;
    followup.folder = folder;
    followup.explained = jobs_explain_by_rules(findings);
    into = path != NULL ? folder_of(path) : NULL;
    if (folder == NULL || followup.explained == NULL || (path != NULL && into == NULL))
        TRY(error_no_memory(err, "the report"));
    TRY(look_at_outbox(&followup, err));
    if (followup.outbox != NULL)
        TRY(model_recall(&followup, err));
    TRY(compose(&followup, &byte, &n, err));
    if (path == NULL)
        TRY(jobs_make_folder(folder, err));
    const char *where = path != NULL ? into : folder;
    const char *name = path != NULL ? last_part(path) : NAME;
    TRY(draft_write(where, name, byte, n, NULL, err));
    log_text_count((int64_t)findings->n, count);
    log_info(log, "the report of %s anomal%s is in %s%s%s", count,
             findings->n == 1 ? "y" : "ies", path != NULL ? path : folder,
             path != NULL ? "" : "/", path != NULL ? "" : NAME);
done:
    outbox_close(followup.outbox);
    free(followup.explained);
    text_store_free(&kept);
    free(byte);
    free(into);
    free(folder);
    overview_free(overview);
    findings_free(findings);
    return st;
}
