/* jobs.h: folder names, what is said when nothing can be read, and the status. Runs over a whole results
 * file are in tests/cli, where there is a program to write one. */
#include "jobs.h"

#include "outbox.h"
#include "scratch.h"
#include "suite.h"

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

static void missing_results_are_no_input(void)
{
    const struct settings settings = {0};
    struct error err = {0};

    CU_ASSERT_EQUAL(jobs_run("no-such-results.h5", &settings, NULL, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no-such-results.h5"));
    CU_ASSERT_EQUAL(jobs_status("no-such-results.h5", stdout, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no-such-results.h5"));
    CU_ASSERT_NOT_EQUAL(access("no-such-results.followup", F_OK), 0);
}

static void a_stop_is_the_gravest(void)
{
    static const enum status BY_GRAVITY[] = {STATUS_OK,         STATUS_SERVICE, STATUS_CONFIG,
                                             STATUS_PERMISSION, STATUS_WRITE,   STATUS_INTERNAL,
                                             STATUS_STOPPED};
    enum { N = sizeof BY_GRAVITY / sizeof *BY_GRAVITY };

    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++)
            CU_ASSERT_EQUAL(jobs_graver(BY_GRAVITY[i], BY_GRAVITY[k]),
                            BY_GRAVITY[i > k ? i : k]);
}

/* A results file that is there, which is all that --status asks of it, and its outbox. */
struct place {
    struct scratch scratch;
    char results[SCRATCH_PATH];
    char folder[SCRATCH_PATH];
    char outbox[SCRATCH_PATH];
};

static struct place place_make(void)
{
    struct place place = {.scratch = scratch_make()};

    scratch_path(&place.scratch, "may.h5", place.results);
    scratch_path(&place.scratch, "may.followup", place.folder);
    scratch_path(&place.scratch, "may.followup/outbox.db", place.outbox);
    scratch_put(place.results, "", 0, 0600);
    return place;
}

static void place_remove(const struct place *place)
{
    unlink(place->outbox);
    rmdir(place->folder);
    scratch_remove(&place->scratch);
}

static void expect_status(const struct place *place, const char *expected)
{
    enum { ROOM = 4096 };
    char text[ROOM] = "";
    struct error err = {0};
    FILE *out = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    CU_ASSERT_EQUAL(jobs_status(place->results, out, &err), STATUS_OK);
    rewind(out);
    text[fread(text, 1, ROOM - 1, out)] = '\0';
    fclose(out);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static void status_of_nothing_says_so(void)
{
    struct place place = place_make();
    struct outbox *outbox = NULL;
    struct error err = {0};
    char expected[2 * SCRATCH_PATH];

    snprintf(expected, sizeof expected, "Nothing was followed up yet: tieout followup %s\n",
             place.results);
    expect_status(&place, expected);
    mkdir(place.folder, 0700);
    expect_status(&place, expected);
    CU_ASSERT_EQUAL(outbox_open(place.outbox, &outbox, &err), STATUS_OK);
    outbox_close(outbox);
    expect_status(&place, "Nothing is sent, and nothing waits to be.\n");
    place_remove(&place);
}

static void status_counts_and_tells_why(void)
{
    static const struct outbox_name NAME[] = {{"jira", "ticket", "aaaa"},
                                              {"jira", "ticket", "bbbb"},
                                              {"email", "mail", "cccc"},
                                              {"jira", "ticket", "dddd"}};
    struct place place = place_make();
    struct outbox *outbox = NULL;
    struct error err = {0};

    mkdir(place.folder, 0700);
    CU_ASSERT_EQUAL_FATAL(outbox_open(place.outbox, &outbox, &err), STATUS_OK);
    for (size_t i = 0; i < sizeof NAME / sizeof *NAME; i++)
        outbox_add(outbox, NAME[i], &err);
    outbox_mark(outbox, NAME[0], OUTBOX_DONE, "FIN-1", "", &err);
    outbox_mark(outbox, NAME[1], OUTBOX_SENT, "", "", &err);
    outbox_mark(outbox, NAME[1], OUTBOX_FAILED, "", "no such\x1b[2J\nproject", &err);
    outbox_mark(outbox, NAME[2], OUTBOX_SENT, "", "", &err);
    expect_status(&place,
                  "service    pending      sent      done    failed\n"
                  "jira             1         0         1         1\n"
                  "email            0         1         0         0\n"
                  "\nNot done:\n"
                  "jira ticket bbbb: failed after 1 try: no such?[2J?project (tieout followup "
                  "--retry-failed tries again)\n"
                  "email mail cccc: sent after 1 try (was under way; the next run finds out)\n"
                  "jira ticket dddd: pending after 0 tries (will be done by the next run)\n");
    FILE *full = fopen("/dev/full", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    CU_ASSERT_EQUAL(jobs_status(place.results, full, &err), STATUS_WRITE);
    fclose(full);
    outbox_close(outbox);
    place_remove(&place);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the folder stands beside the results", folder_stands_beside_the_results},
        {"missing results are no input, and leave no folder", missing_results_are_no_input},
        {"a stop is the gravest, a service that is down the least", a_stop_is_the_gravest},
        {"the status of nothing says so", status_of_nothing_says_so},
        {"the status counts, and tells why something is not done", status_counts_and_tells_why},
    };
    return suite_run("jobs", FACT, sizeof FACT / sizeof *FACT);
}
