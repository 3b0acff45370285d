/* The list of follow-up jobs and the loop over it. Jobs read the results file and nothing else,
 * so they can run days later, on another machine, and again; what each has done at a service is
 * in the outbox. How a job does its work is its own file's part. */
#include "jobs.h"

#include "anomalies_csv.h"
#include "draft.h"
#include "email.h"
#include "explain_findings.h"
#include "mem.h"
#include "report.h"
#include "review_workbook.h"
#include "services_check.h"
#include "stop.h"
#include "tasks.h"
#include "tickets.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the order they run: the report has the tickets' links, and the mail the report and the
 * list. */
static const struct job {
    const char *name;
    enum status (*run)(struct followup *followup, struct error *said);
} JOB[] = {
    {"explanations", explain_findings},
    {"tickets", open_tickets},
    {"tasks", post_tasks},
    {"anomalies", list_anomalies},
    {"workbook", write_workbook},
    {"report", write_report},
    {"mail", send_email},
};
enum { N_JOB = sizeof JOB / sizeof *JOB };

char *jobs_folder(const char *results_path)
{
    static const char ENDING[] = ".h5";
    static const char FOLDER[] = ".followup";
    const char *slash = strrchr(results_path, '/');
    size_t n = strlen(results_path);
    size_t base = slash != NULL ? (size_t)(slash + 1 - results_path) : 0;
    char *folder = mem_array(n + sizeof FOLDER, 1);

    if (folder == NULL)
        return NULL;
    if (n - base >= sizeof ENDING && strcmp(results_path + n - strlen(ENDING), ENDING) == 0)
        n -= strlen(ENDING);
    memcpy(folder, results_path, n);
    memcpy(folder + n, FOLDER, sizeof FOLDER);
    return folder;
}

/* Makes the new folder survive a power cut, as what is sent is remembered in it. */
static void sync_parent(const char *folder)
{
    char *parent = draft_path(folder, "..");
    int fd = parent != NULL ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        fsync(fd); /* some file systems cannot sync a folder: then there is no more to be had */
        close(fd);
    }
    free(parent);
}

enum status jobs_make_folder(const char *folder, struct error *err)
{
    struct stat is;

    if (mkdir(folder, 0777) == 0) {
        sync_parent(folder);
        return STATUS_OK;
    }
    int why = errno;
    if (why == EEXIST && stat(folder, &is) == 0 && S_ISDIR(is.st_mode))
        return STATUS_OK;
    bool forbidden = why == EACCES || why == EPERM || why == EROFS;
    return error_set(err, forbidden ? STATUS_PERMISSION : STATUS_CREATE,
                     "cannot create the folder %s: %s", folder, strerror(why));
}

/* The gravest last: what another run would mend, what the user must mend, what we must; and a
 * stop, as then nothing else is known. */
static int gravity(enum status code)
{
    static const enum status ORDER[] = {STATUS_OK,         STATUS_SERVICE, STATUS_DATA,
                                        STATUS_NO_INPUT,   STATUS_USAGE,   STATUS_CONFIG,
                                        STATUS_PERMISSION, STATUS_CREATE,  STATUS_WRITE,
                                        STATUS_INTERNAL,   STATUS_STOPPED};
    int place = 0;

    while (place < (int)(sizeof ORDER / sizeof *ORDER) && ORDER[place] != code)
        place++;
    return place;
}

enum status jobs_graver(enum status a, enum status b)
{
    return gravity(b) > gravity(a) ? b : a;
}

static enum status run_job(const struct job *job, struct followup *followup, struct error *said)
{
    said->text[0] = '\0';
    said->code = STATUS_OK;
    if (stop_requested())
        return error_set(said, STATUS_STOPPED, "not begun, as a signal asked to stop");
    log_progress(followup->log, job->name, 0, 0, "anomalies", 0);
    return job->run(followup, said);
}

/* Runs every job; the gravest code, with its job's sentence in err. The other failures are
 * logged, as err holds but one. */
static enum status run_all(struct followup *followup, struct error *err)
{
    struct error said[N_JOB];
    size_t worst = 0;

    for (size_t i = 0; i < N_JOB; i++) {
        said[i].code = run_job(&JOB[i], followup, &said[i]);
        if (said[i].code == STATUS_OK)
            log_info(followup->log, "%s: %s", JOB[i].name, said[i].text);
        if (gravity(said[i].code) > gravity(said[worst].code))
            worst = i;
    }
    for (size_t i = 0; i < N_JOB; i++)
        if (i != worst && said[i].code != STATUS_OK)
            log_warn(followup->log, "%s: %s", JOB[i].name, said[i].text);
    if (said[worst].code == STATUS_OK)
        return STATUS_OK;
    return error_set(err, said[worst].code, "%s: %s", JOB[worst].name, said[worst].text);
}

struct explanation *jobs_explain_by_rules(const struct findings *findings)
{
    struct explanation *explained = mem_array(findings->n, sizeof *explained);

    for (size_t i = 0; explained != NULL && i < findings->n; i++)
        explained[i] = (struct explanation){"rules", findings->finding[i].explanation, "", ""};
    return explained;
}

static enum status open_outbox(struct followup *followup, const struct settings *settings,
                               struct error *err)
{
    char *path = draft_path(followup->folder, "outbox.db");
    int64_t n = 0;
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(err, "the name of a file"));
    TRY(outbox_open(path, &followup->outbox, err));
    if (settings->retry_failed) {
        TRY(outbox_retry_failed(followup->outbox, &n, err));
        log_info(followup->log, "%" PRId64 " that had failed will be tried again", n);
    }
done:
    free(path);
    return st;
}

enum status jobs_run(const char *results_path, const struct settings *settings, struct log *log,
                     struct error *err)
{
    struct text_store kept = {0};
    struct followup followup = {
        .settings = settings, .kept = &kept, .send = !settings->dry_run, .log = log};
    struct findings *findings = NULL;
    struct overview *overview = NULL;
    char *folder = NULL;
    enum status st = STATUS_OK;

    stop_listen();
    services_warn_exposed(settings, log);
    TRY(results_read(results_path, &findings, err));
    TRY(overview_read(results_path, &overview, err));
    folder = jobs_folder(results_path);
    followup.explained = jobs_explain_by_rules(findings);
    if (folder == NULL || followup.explained == NULL)
        TRY(error_no_memory(err, "the follow-up"));
    TRY(jobs_make_folder(folder, err));
    followup.findings = findings;
    followup.overview = overview;
    followup.results = results_path;
    followup.folder = folder;
    TRY(open_outbox(&followup, settings, err));
    if (followup.send && services_any(settings))
        TRY(http_open(&settings->services.network, &followup.http, err));
    st = run_all(&followup, err);
    if (st == STATUS_SERVICE || st == STATUS_STOPPED) {
        struct error job = *err;
        error_set(err, st, "%s; to go on where it ended: tieout followup %s", job.text,
                  results_path);
    }
done:
    http_close(followup.http);
    outbox_close(followup.outbox);
    free(followup.explained);
    text_store_free(&kept);
    free(folder);
    overview_free(overview);
    findings_free(findings);
    return st;
}
