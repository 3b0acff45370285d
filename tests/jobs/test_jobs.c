/* jobs.h: folder names, and what is said when nothing can be read. Runs over a whole results
 * file are in tests/cli, where there is a program to write one. */
#include "jobs.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void folder_stands_beside_the_results(void)
{
    static const struct {
        const char *results, *folder;
    } CASE[] = {{"results.h5", "results.followup"},
                {"/a.h5/b.h5", "/a.h5/b.followup"},
                {"out/may", "out/may.followup"},
                {"out.h5/may", "out.h5/may.followup"},
                {"may.h5.h5", "may.h5.followup"},
                {".h5", ".h5.followup"},
                {"out/.h5", "out/.h5.followup"},
                {"h5", "h5.followup"},
                {"", ".followup"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *folder = jobs_folder(CASE[i].results);
        CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
        CU_ASSERT_STRING_EQUAL(folder, CASE[i].folder);
        free(folder);
    }
}

static void missing_results_fail_every_job(void)
{
    struct error said[N_JOB] = {{0}};
    struct error err = {0};

    CU_ASSERT_EQUAL(jobs_run("no-such-results.h5", said, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no-such-results.h5"));
    for (enum job job = 0; job < N_JOB; job++) {
        CU_ASSERT_EQUAL(said[job].code, STATUS_NO_INPUT);
        CU_ASSERT_STRING_EQUAL(said[job].text, err.text);
        CU_ASSERT(strlen(job_name(job)) > 0);
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the folder stands beside the results", folder_stands_beside_the_results},
        {"missing results fail every job with one sentence", missing_results_fail_every_job},
    };
    return suite_run("jobs", FACT, sizeof FACT / sizeof *FACT);
}
