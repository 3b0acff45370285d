/* anomalies_csv.h in a folder of its own: bytes by hand, and what happens to a file that
 * reviewers have touched in the ways spreadsheets save it. */
#include "anomalies_csv.h"

#include "made_up.h"
#include "suite.h"

#include <dirent.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    char path[96];
};

static struct place make_place(void)
{
    struct place place = {.folder = "tieout-test-XXXXXX"};

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place.folder));
    snprintf(place.path, sizeof place.path, "%s/anomalies.csv", place.folder);
    return place;
}

static size_t count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n - 2; /* . and .. */
}

static void remove_place(const struct place *place)
{
    unlink(place->path);
    CU_ASSERT_EQUAL(rmdir(place->folder), 0);
}

static enum status list_findings(const struct place *place, const struct findings *findings,
                                 struct error *said)
{
    struct explanation explained[MADE_UP];
    struct followup followup = {
        .findings = findings, .folder = place->folder, .explained = explained};

    for (size_t i = 0; i < findings->n; i++)
        explained[i].text = findings->finding[i].explanation;
    return list_anomalies(&followup, said);
}

static enum status write_list(const struct place *place, size_t n, struct error *said)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, n);

    return list_findings(place, &findings, said);
}

static void put_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    CU_ASSERT_EQUAL(fputs(text, out) < 0, 0);
    fclose(out);
}

#define HEADER                                                                                 \
    "id,as_of_date,company,account,au,currency,gl_balance,ihub_balance,balance_difference,"    \
    "usual_difference,pattern,lifecycle,break_since,severity,anomaly_score,explanation,"       \
    "verdict,reviewer,comment,reviewed_at"

static void list_has_these_bytes(void)
{
    struct place place = make_place();
    struct error said = {0};

    CU_ASSERT_EQUAL(write_list(&place, 2, &said), STATUS_OK);
    char *text = file_text(place.path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(
        text, "\xEF\xBB\xBF" HEADER "\r\n"
              "0123456789abcdef,2024-05-31,00002,1619205,62695,,-1234563.891,-1234562.891,"
              "-1234567.891,,spike,persistent,2024-03-31,critical,-0.25,\"Difference moved, by "
              "far.\",,,,\r\n"
              "fedcba9876543210,2024-05-31,M\u00fcnchen,'=cmd|' /C calc'!A0,62695,,4.1,5.1,0.1,"
              "2.5,inconsistent,matched,,low,-0.15,,,,,\r\n");
    CU_ASSERT_STRING_EQUAL(strstr(said.text, "2 anomalies listed in"), said.text);
    CU_ASSERT_EQUAL(count_files(place.folder), 1);
    free(text);
    remove_place(&place);
}

static void second_run_changes_nothing(void)
{
    struct place place = make_place();
    struct error said = {0};
    struct stat before;
    struct stat after;

    CU_ASSERT_EQUAL(write_list(&place, MADE_UP, &said), STATUS_OK);
    CU_ASSERT_EQUAL(stat(place.path, &before), 0);
    CU_ASSERT_EQUAL(write_list(&place, MADE_UP, &said), STATUS_OK);
    CU_ASSERT_EQUAL(stat(place.path, &after), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is up to date"));
    CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
    CU_ASSERT_EQUAL(memcmp(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim), 0);
    CU_ASSERT_EQUAL(count_files(place.folder), 1);
    remove_place(&place);
}

static void untouched_list_is_renewed(void)
{
    static const char *const OPEN[] = {
        HEADER "\n", "\xEF\xBB\xBF" HEADER "\r\nid,,,,,,,,,,,,,,,,,,,\r\n\r\n",
        HEADER "\nx,,,\"a\nb\",,,,,,,,,,,,,\"\",,,"};

    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++) {
        struct place place = make_place();
        struct error said = {0};
        put_file(place.path, OPEN[i]);
        CU_ASSERT_EQUAL(write_list(&place, 1, &said), STATUS_OK);
        char *text = file_text(place.path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "0123456789abcdef"));
        free(text);
        remove_place(&place);
    }
}

static void touched_list_is_kept(void)
{
    static const char *const TOUCHED[] = {
        HEADER "\r\nid,,,,,,,,,,,,,confirmed,,\r\n",
        HEADER "\nid,,,,,,,,,,,,,,anna,\n",
        HEADER "\nid,,,,,,,,,,,,,,,because\n",
        HEADER "\n\nid,,,,,,,,,,,,,,,\nid,,,,,,,,,,,,,no,,",
        HEADER "\nid,,,,,,,,,,,,,,,,note\n",        /* a column added */
        HEADER "\nid,,,,,,\n",                      /* columns lost */
        "id;as_of_date;verdict\nid;2024;yes\n",     /* saved with semicolons */
        HEADER "\nid,\"open quote,,,,,,,,,,,,,,\n", /* cut */
        "verdict\nyes\n",
        "",
    };

    for (size_t i = 0; i < sizeof TOUCHED / sizeof *TOUCHED; i++) {
        struct place place = make_place();
        struct error said = {0};
        put_file(place.path, TOUCHED[i]);
        CU_ASSERT_EQUAL(write_list(&place, 1, &said), STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is kept as it is"));
        char *text = file_text(place.path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_STRING_EQUAL(text, TOUCHED[i]);
        CU_ASSERT_EQUAL(count_files(place.folder), 1);
        free(text);
        remove_place(&place);
    }
}

static void verdict_survives_any_cut(void)
{
    static const char WHOLE[] = HEADER "\nid,,,,,,,,,,,,,yes,,\n";
    const size_t verdict = (size_t)(strstr(WHOLE, "yes") - WHOLE);

    for (size_t n = verdict + 1; n < sizeof WHOLE; n++) {
        struct place place = make_place();
        struct error said = {0};
        char part[sizeof WHOLE];
        snprintf(part, n + 1, "%s", WHOLE);
        put_file(place.path, part);
        CU_ASSERT_EQUAL(write_list(&place, 1, &said), STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "is kept as it is"));
        remove_place(&place);
    }
}

/* What a spreadsheet would read as a number is marked as a text. */
static void ids_stay_texts(void)
{
    static const char *const ID[] = {"1234567890123456", "12e4567890123456",
                                     "12f4567890123456"};

    for (size_t i = 0; i < 3; i++) {
        struct place place = make_place();
        struct finding room[MADE_UP];
        struct findings findings = made_up_findings(room, 1);
        struct error said = {0};
        room[0].id = ID[i];
        CU_ASSERT_EQUAL(list_findings(&place, &findings, &said), STATUS_OK);
        char *text = file_text(place.path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        char *id = strstr(text, ID[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(id);
        CU_ASSERT_EQUAL(id[-1], i < 2 ? '\'' : '\n');
        free(text);
        remove_place(&place);
    }
}

static void no_findings_is_a_header(void)
{
    struct place place = make_place();
    struct error said = {0};

    CU_ASSERT_EQUAL(write_list(&place, 0, &said), STATUS_OK);
    char *text = file_text(place.path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, "\xEF\xBB\xBF" HEADER "\r\n");
    free(text);
    remove_place(&place);
}

static void missing_folder_is_an_error(void)
{
    struct place place = {.folder = "no/such/folder"};
    struct error said = {0};

    CU_ASSERT_EQUAL(write_list(&place, 1, &said), STATUS_CREATE);
    CU_ASSERT_EQUAL(said.code, STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "no/such/folder"));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the list has just these bytes", list_has_these_bytes},
        {"a second run leaves the very same file", second_run_changes_nothing},
        {"a list nobody wrote into is renewed", untouched_list_is_renewed},
        {"a list somebody wrote into is kept", touched_list_is_kept},
        {"a verdict is kept wherever the file was cut behind it", verdict_survives_any_cut},
        {"ids that look like numbers stay texts", ids_stay_texts},
        {"no findings make a list of titles", no_findings_is_a_header},
        {"a missing folder is an error that names it", missing_folder_is_an_error},
    };
    return suite_run("anomalies_csv", FACT, sizeof FACT / sizeof *FACT);
}
