/* The list of follow-up jobs and the loop over it. Jobs read the results file and nothing else,
 * so they can run days later, on another machine, and again. What to log is the caller's. */
#include "jobs.h"

#include "anomalies_csv.h"
#include "mem.h"
#include "results_read.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    enum status (*run)(const struct findings *findings, const char *folder, struct error *said);
} JOB[N_JOB] = {
    [JOB_ANOMALIES_CSV] = {"anomalies.csv", anomalies_csv_write},
};

const char *job_name(enum job job)
{
    assert(job < N_JOB);
    return JOB[job].name;
}

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

static enum status make_folder(const char *folder, struct error *err)
{
    struct stat is;

    if (mkdir(folder, 0777) == 0)
        return STATUS_OK;
    int why = errno;
    if (why == EEXIST && stat(folder, &is) == 0 && S_ISDIR(is.st_mode))
        return STATUS_OK;
    bool forbidden = why == EACCES || why == EPERM || why == EROFS;
    return error_set(err, forbidden ? STATUS_PERMISSION : STATUS_CREATE,
                     "cannot create the folder %s: %s", folder, strerror(why));
}

/* The gravest last: what another try would mend, what the user must mend, what we must. */
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

static enum status run_all(const struct findings *findings, const char *folder,
                           struct error said[N_JOB], struct error *err)
{
    enum status worst = STATUS_OK;

    for (enum job job = 0; job < N_JOB; job++) {
        said[job].code = JOB[job].run(findings, folder, &said[job]);
        if (gravity(said[job].code) > gravity(worst)) {
            worst = said[job].code;
            *err = said[job];
        }
    }
    return worst;
}

enum status jobs_run(const char *results_path, struct error said[N_JOB], struct error *err)
{
    struct findings *findings = NULL;
    char *folder = NULL;
    bool begun = false;
    enum status st = STATUS_OK;

    TRY(results_read(results_path, &findings, err));
    folder = jobs_folder(results_path);
    if (folder == NULL)
        TRY(error_no_memory(err, "the name of the follow-up folder"));
    TRY(make_folder(folder, err));
    begun = true;
    TRY(run_all(findings, folder, said, err));
done:
    for (enum job job = 0; !begun && job < N_JOB; job++)
        said[job] = *err;
    free(folder);
    findings_free(findings);
    return st;
}
