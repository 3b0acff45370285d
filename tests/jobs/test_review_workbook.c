/* review_workbook.h in a folder of its own: when the file is written, left alone and kept, and
 * what happens on a full disk. What is in the sheets, tests/cli reads with another library. */
#include "review_workbook.h"

#include "made_up.h"
#include "scratch.h"
#include "suite.h"

#include <stdbool.h>

enum { WORKBOOK_MAX = 1 << 16 };

struct place {
    struct scratch scratch;
    char path[SCRATCH_PATH];
    char mark[SCRATCH_PATH];
};

static struct place place_make(void)
{
    struct place place = {.scratch = scratch_make()};

    scratch_path(&place.scratch, "anomalies.xlsx", place.path);
    scratch_path(&place.scratch, ".anomalies.xlsx.sha256", place.mark);
    return place;
}

static enum status run_job(const struct place *place, size_t n, struct error *said)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, n);
    struct explanation explained[MADE_UP];
    struct overview overview = {.n_run = 0};
    struct followup followup = {.findings = &findings,
                                .overview = &overview,
                                .folder = place->scratch.folder,
                                .explained = explained};

    for (size_t i = 0; i < n; i++)
        explained[i].text = room[i].explanation;
    return write_workbook(&followup, said);
}

static size_t read_bytes(const char *path, char byte[WORKBOOK_MAX])
{
    FILE *in = fopen(path, "rb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    size_t n = fread(byte, 1, WORKBOOK_MAX, in);
    fclose(in);
    CU_ASSERT_FATAL(n > 0 && n < WORKBOOK_MAX);
    return n;
}

static bool same_bytes(const char *path, const char *other)
{
    static char a[WORKBOOK_MAX], b[WORKBOOK_MAX];
    size_t n = read_bytes(path, a);

    return n == read_bytes(other, b) && memcmp(a, b, n) == 0;
}

static void second_run_changes_nothing(void)
{
    struct place place = place_make();
    struct error said = {0};
    struct stat before, after;

    CU_ASSERT_EQUAL(run_job(&place, MADE_UP, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "3 anomalies in"));
    CU_ASSERT_EQUAL(stat(place.path, &before), 0);
    CU_ASSERT_EQUAL(run_job(&place, MADE_UP, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is up to date"));
    CU_ASSERT_EQUAL(stat(place.path, &after), 0);
    CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
    CU_ASSERT_EQUAL(memcmp(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim), 0);
    CU_ASSERT_EQUAL(scratch_count(&place.scratch, false), 2); /* no temporary file */
    scratch_remove(&place.scratch);
}

static void same_findings_make_the_same_bytes(void)
{
    struct place one = place_make(), other = place_make();
    struct error said = {0};

    CU_ASSERT_EQUAL(run_job(&one, MADE_UP, &said), STATUS_OK);
    sleep(2); /* the step of a zip archive's clock, which is to leave no trace */
    CU_ASSERT_EQUAL(run_job(&other, MADE_UP, &said), STATUS_OK);
    CU_ASSERT_TRUE(same_bytes(one.path, other.path));
    CU_ASSERT_EQUAL(run_job(&other, 1, &said), STATUS_OK);
    CU_ASSERT_FALSE(same_bytes(one.path, other.path));
    scratch_remove(&one.scratch);
    scratch_remove(&other.scratch);
}

static void untouched_workbook_is_renewed(void)
{
    struct place place = place_make(), fresh = place_make();
    struct error said = {0};

    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_OK);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "2 anomalies in"));
    CU_ASSERT_EQUAL(run_job(&fresh, 2, &said), STATUS_OK);
    CU_ASSERT_TRUE(same_bytes(place.path, fresh.path));
    scratch_remove(&place.scratch);
    scratch_remove(&fresh.scratch);
}

static void saved_workbook_is_kept(void)
{
    struct place place = place_make();
    struct error said = {0};
    static char byte[WORKBOOK_MAX];

    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_OK);
    size_t n = read_bytes(place.path, byte);
    byte[n] = '\0'; /* one byte more is another file */
    scratch_put(place.path, byte, n + 1, 0644);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is kept as it is"));
    CU_ASSERT_EQUAL(read_bytes(place.path, byte), n + 1);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK); /* and for good */
    CU_ASSERT_EQUAL(read_bytes(place.path, byte), n + 1);
    CU_ASSERT_EQUAL(unlink(place.path), 0);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "2 anomalies in"));
    scratch_remove(&place.scratch);
}

static void without_its_mark_a_workbook_is_kept(void)
{
    struct place place = place_make();
    struct error said = {0};

    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_OK);
    CU_ASSERT_EQUAL(unlink(place.mark), 0);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is kept as it is"));
    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_OK); /* it is what would be written */
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is up to date"));
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "2 anomalies in"));
    scratch_remove(&place.scratch);
}

static void full_disk_is_an_error_and_leaves_the_old_one(void)
{
    struct place place = place_make();
    struct error said = {0};
    static char byte[WORKBOOK_MAX];

    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_OK);
    size_t n = read_bytes(place.path, byte);
    scratch_limit(n / 2);
    CU_ASSERT_EQUAL(run_job(&place, 2, &said), STATUS_WRITE);
    scratch_limit(RLIM_INFINITY);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "anomalies.xlsx"));
    CU_ASSERT_EQUAL(read_bytes(place.path, byte), n);
    CU_ASSERT_EQUAL(scratch_count(&place.scratch, false), 2);
    scratch_remove(&place.scratch);
}

static void missing_folder_is_an_error(void)
{
    struct place place = {.scratch = {"no/such/folder"}};
    struct error said = {0};

    CU_ASSERT_EQUAL(run_job(&place, 1, &said), STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "no/such/folder"));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a second run leaves the very same file", second_run_changes_nothing},
        {"the same findings make the same bytes", same_findings_make_the_same_bytes},
        {"a workbook nobody saved is renewed", untouched_workbook_is_renewed},
        {"a workbook somebody saved is kept until it is moved away", saved_workbook_is_kept},
        {"a workbook whose hash is not known is kept", without_its_mark_a_workbook_is_kept},
        {"a full disk is an error and leaves the old workbook",
         full_disk_is_an_error_and_leaves_the_old_one},
        {"a missing folder is an error that names it", missing_folder_is_an_error},
    };
    return suite_run("review_workbook", FACT, sizeof FACT / sizeof *FACT);
}
