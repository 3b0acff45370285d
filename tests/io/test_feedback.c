/* Feedback files in the shapes spreadsheets leave them in, and what is wrong with others. */
#include "feedback.h"

#include "rows.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_A "59e31160751120f4"
#define ID_B "a9e31160751120f4"
#define ALL  "id,as_of_date,company,account,au,verdict,reviewer,comment,reviewed_at\n"

static enum status parse(const char *text, struct feedback *out, struct error *err)
{
    CU_ASSERT_EQUAL_FATAL(feedback_start(out, err), STATUS_OK);
    enum status st = feedback_parse(text, strlen(text), 0, "f.csv", out, err);
    return st == STATUS_OK ? feedback_settle(out, err) : st;
}

/* The text has verdicts on A (confirmed) and B (rejected), and no others. */
static void check_two(const char *text)
{
    struct feedback got;
    struct error err = {0};

    CU_ASSERT_EQUAL(parse(text, &got, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(got.n, 2);
    CU_ASSERT_STRING_EQUAL(got.verdict[0].id, ID_A);
    CU_ASSERT_STRING_EQUAL(got.verdict[1].id, ID_B);
    CU_ASSERT(got.verdict[0].confirmed);
    CU_ASSERT_FALSE(got.verdict[1].confirmed);
    feedback_free(&got);
}

/* The text is refused with a sentence that has both parts. */
static void check_refused(const char *text, const char *part, const char *other)
{
    struct feedback got;
    struct error err = {0};

    CU_ASSERT_EQUAL(parse(text, &got, &err), STATUS_DATA);
    if (strstr(err.text, part) == NULL || strstr(err.text, other) == NULL)
        printf("%s\n", err.text);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, part));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, other));
    feedback_free(&got);
}

static void any_shape_a_spreadsheet_saves_is_read(void)
{
    check_two("id,verdict\n" ID_A ",confirmed\n" ID_B ",false_positive\n");
    check_two("\xEF\xBB\xBFid;verdict\r\n" ID_A ";confirmed\r\n" ID_B ";false_positive");
    check_two("id\tcomment\tverdict\n" ID_A "\ta, b\t1\n" ID_B "\t;\t0\n\n");
    check_two("\"Verdict\";\"x\";\"ID\"\n\"YES\";\"1,5\";\"" ID_A "\"\n\"no\";;\"" ID_B
              "\";;;\n");
    check_two("VERDICT,new column,Id\nTRUE,\"a\nb\",'" ID_A "\nFALSE,,tieout-" ID_B "\n");
    check_two("id,verdict\n59E31160751120F4, Confirmed \n" ID_B ",False Positive\n");
}

static void what_is_not_reviewed_is_skipped(void)
{
    check_two("id,verdict\nanything,\n" ID_A ",1\n" ID_B ",0\n,,\n" ID_B ",  \n");
}

static void texts_and_lines_are_kept(void)
{
    struct feedback got;
    struct error err = {0};
    const char *text = ALL ID_A ",2024-05-31,00001,'=cmd,7,1,\"Anna; M\",\"two\nlines\",\n" ID_B
                                ",31/05/2024,,,,0,,,2024-06-03 14:30\n";

    CU_ASSERT_EQUAL(parse(text, &got, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(got.n, 2);
    const struct verdict *a = &got.verdict[0], *b = &got.verdict[1];
    CU_ASSERT_EQUAL(a->line, 2);
    CU_ASSERT_EQUAL(b->line, 4);
    CU_ASSERT_STRING_EQUAL(got.byte + a->company, "00001");
    CU_ASSERT_STRING_EQUAL(got.byte + a->account, "=cmd");
    CU_ASSERT_STRING_EQUAL(got.byte + a->reviewer, "Anna; M");
    CU_ASSERT_STRING_EQUAL(got.byte + a->comment, "two\nlines");
    CU_ASSERT_STRING_EQUAL(got.byte + b->company, "");
    CU_ASSERT_EQUAL(a->date[0], 19874);
    CU_ASSERT_EQUAL(b->date[0], 19874);
    CU_ASSERT_EQUAL(b->date[1], 19874);
    CU_ASSERT_EQUAL(a->reviewed_at, FEEDBACK_NO_TIME);
    CU_ASSERT_EQUAL(b->reviewed_at, INT64_C(1717425000)); /* 2024-06-03T14:30:00Z */
    feedback_free(&got);
}

/* Where no date of the column tells, both readings stay. */
static void dates_are_read_in_the_order_of_their_column(void)
{
    struct feedback got;
    struct error err = {0};

    CU_ASSERT_EQUAL(parse("id,verdict,as of date\n" ID_A ",1,05/06/2024\n", &got, &err), 0);
    CU_ASSERT_EQUAL(got.verdict[0].date[0], 19849); /* 6 May */
    CU_ASSERT_EQUAL(got.verdict[0].date[1], 19879); /* 5 June */
    feedback_free(&got);
    CU_ASSERT_EQUAL(
        parse("id,verdict,Asofdate\n" ID_A ",1,05/06/2024\n" ID_B ",,31/05/2024\n", &got, &err),
        0);
    CU_ASSERT_EQUAL(got.verdict[0].date[0], 19879);
    CU_ASSERT_EQUAL(got.verdict[0].date[1], 19879);
    feedback_free(&got);
}

static void a_spoilt_id_falls_back_to_the_account(void)
{
    static const struct {
        const char *id;
        bool has_id, by_key;
    } CASE[] = {{"1.23456789012346E+15", false, true},
                {"", false, true},
                {"1234567890123450", true, true},
                {ID_A, true, false}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct feedback got;
        struct error err = {0};
        char text[256];
        snprintf(text, sizeof text, ALL "%s,2024-05-31,1,2,3,yes,,,\n", CASE[i].id);
        CU_ASSERT_EQUAL(parse(text, &got, &err), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(got.n, 1);
        CU_ASSERT_EQUAL(got.verdict[0].id[0] != '\0', CASE[i].has_id);
        CU_ASSERT_EQUAL(got.verdict[0].by_key, CASE[i].by_key);
        feedback_free(&got);
    }
    check_refused("id,verdict\n1.23457E+15,1\n", "f.csv: line 2: '1.23457E+15'", "spreadsheet");
    check_refused(ALL "x,2024-05-31,1,,3,yes,,,\n", "line 2", "do not name it either");
}

static void wrong_files_are_refused_with_the_line(void)
{
    check_refused("id,verdict\n" ID_A ",1\n\n" ID_B ",maybe\n", "f.csv: line 4: 'maybe'",
                  "confirmed or false_positive");
    check_refused("id,verdict,reviewed_at\n" ID_A ",1,soon\n", "line 2", "'soon', not a date");
    check_refused("id,remark\n" ID_A ",1\n", "line 1", "needs the column verdict");
    check_refused("verdict,company,account\n1,1,1\n", "line 1", "as_of_date");
    check_refused("id,verdict,Verdict\n", "line 1", "twice");
    check_refused("id,verdict\n\"" ID_A ",1\n", "f.csv", "quotes");
    check_refused("", "f.csv", "is empty");
    check_refused("\xff\xfeid", "UTF-16", "UTF-8");
    check_refused("PK\x03\x04....", "workbook", "CSV");
}

static void agreeing_verdicts_count_once(void)
{
    check_two("id,verdict\n" ID_A ",1\n" ID_B ",0\n" ID_A ",yes\n" ID_B ",no\n" ID_A ",TRUE\n");
}

static void of_contradicting_verdicts_the_last_reviewed_counts(void)
{
    check_two("id,verdict,reviewed_at\n" ID_A ",0,2024-06-01\n" ID_A ",1,2024-06-02\n" ID_B
              ",0,2024-06-02 09:00\n" ID_B ",1,2024-06-02 08:59\n");
    check_two("id,verdict,reviewed_at\n" ID_A ",1,6/2/2024 1:00 PM\n" ID_A
              ",0,6/2/2024 12:30 PM\n" ID_B ",1,6/2/2024 12:30 AM\n" ID_B
              ",0,6/2/2024 1:00 AM\n");
    check_refused("id,verdict\n" ID_A ",0\n" ID_B ",1\n" ID_A ",1\n", "line 2", "line 4");
    check_refused("id,verdict,reviewed_at\n" ID_A ",0,\n" ID_A ",1,2024-06-01\n", "line 2",
                  "line 3");
    check_refused("id,verdict,reviewed_at\n" ID_A ",0,2024-06-01\n" ID_A ",1,2024-06-01\n",
                  "line 2", "line 3");
}

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fputs(text, out);
    fclose(out);
}

static void folders_and_several_files_are_read(void)
{
    char folder[] = "/tmp/tieout-test-XXXXXX", paths[256], command[64];
    struct feedback got;
    struct error err = {0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    CU_ASSERT_EQUAL(feedback_read(folder, &got, &err), STATUS_NO_INPUT);
    put_file(folder, "b.csv", "id,verdict\n" ID_A ",1\n");
    put_file(folder, "a.csv", "id,verdict\n" ID_B ",0\n");
    put_file(folder, "note.txt", "no feedback");
    put_file(folder, ".hidden.csv", "no feedback");
    CU_ASSERT_EQUAL(feedback_read(folder, &got, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(got.n, 2);
    CU_ASSERT_EQUAL_FATAL(got.n_file, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.path[0], "/a.csv"));
    CU_ASSERT_EQUAL(got.verdict[0].file, 1);
    CU_ASSERT_EQUAL(strlen(got.sha256[1]), 64);
    feedback_free(&got);
    snprintf(paths, sizeof paths, "%s/a.csv\n%s/b.csv", folder, folder);
    CU_ASSERT_EQUAL(feedback_read(paths, &got, &err), STATUS_OK);
    CU_ASSERT_EQUAL(got.n, 2);
    feedback_free(&got);
    put_file(folder, "c.csv", "id,verdict\n" ID_B ",1\n");
    CU_ASSERT_EQUAL(feedback_read(folder, &got, &err), STATUS_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "a.csv: line 2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "c.csv: line 2"));
    CU_ASSERT_EQUAL(feedback_read("no/such/file.csv", &got, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no/such/file.csv"));
    snprintf(command, sizeof command, "rm -r %s", folder);
    CU_ASSERT_EQUAL(system(command), 0);
}

static const struct fact FACTS[] = {
    {"any shape a spreadsheet saves is read", any_shape_a_spreadsheet_saves_is_read},
    {"what is not reviewed is skipped", what_is_not_reviewed_is_skipped},
    {"texts and lines are kept", texts_and_lines_are_kept},
    {"dates are read in the order of their column",
     dates_are_read_in_the_order_of_their_column},
    {"a spoilt id falls back to the account", a_spoilt_id_falls_back_to_the_account},
    {"wrong files are refused with the line", wrong_files_are_refused_with_the_line},
    {"agreeing verdicts count once", agreeing_verdicts_count_once},
    {"of contradicting verdicts the last reviewed counts",
     of_contradicting_verdicts_the_last_reviewed_counts},
    {"folders and several files are read", folders_and_several_files_are_read},
};

int main(void)
{
    return suite_run("feedback", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
