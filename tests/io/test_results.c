/* results.h5: what is written is what is read, by tieout, by h5py and pandas and by h5dump, and
 * its digest depends on the content alone. */
#include "results_sample.h"

#include "results_read.h"
#include "suite.h"
#include <hdf5.h>
#include <math.h>

static char folder[64];

/* Writes the sample into the folder, all going well. */
static void write_sample(const char *name, const struct sample *s, char path[128],
                         char digest[RESULTS_DIGEST])
{
    struct error err = {0};

    snprintf(path, 128, "%s/%s", folder, name);
    CU_ASSERT_EQUAL_FATAL(sample_write(path, s, digest, &err), STATUS_OK);
}

static void check_finding(const struct finding *finding, size_t i)
{
    struct anomaly anomaly = sample_anomaly(i);

    CU_ASSERT_EQUAL(finding->row_number, anomaly.row.row_number);
    CU_ASSERT_EQUAL(finding->score, anomaly.score);
    CU_ASSERT_STRING_EQUAL(finding->company, "1000");
    CU_ASSERT_STRING_EQUAL(finding->account, "Z\xc3\xbcrich, \"Main\"");
    CU_ASSERT_STRING_EQUAL(finding->au, i == 1 ? "Z\xc3\xbcrich, \"Main\"" : "1000");
    CU_ASSERT_STRING_EQUAL(finding->currency, "1000");
    CU_ASSERT_STRING_EQUAL(finding->match_status, "Z\xc3\xbcrich, \"Main\"");
    CU_ASSERT_STRING_EQUAL(finding->severity, severity_name((enum severity)i));
    CU_ASSERT_STRING_EQUAL(finding->pattern, pattern_name((enum pattern)i));
    for (int f = 0; f < FEATURE_DAYS_SINCE_LAST; f++)
        CU_ASSERT_TRUE(isnan(finding->feature[f]));
    for (int f = FEATURE_DAYS_SINCE_LAST; f < N_CLASSIC; f++)
        CU_ASSERT_EQUAL(finding->feature[f], anomaly.feature[f]);
    CU_ASSERT_EQUAL(finding->departing, anomaly.departing);
    CU_ASSERT_EQUAL(finding->contribution[0], (double)i);
    CU_ASSERT_EQUAL(finding->contribution[1], (double)i - 10);
}

static void check_round_trip(void)
{
    char path[128], digest[RESULTS_DIGEST];
    struct sample s = sample_usual();
    struct findings *findings = NULL;
    struct error err = {0};

    write_sample("round.h5", &s, path, digest);
    CU_ASSERT_EQUAL_FATAL(results_read(path, &findings, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(findings->n, SAMPLE_ANOMALIES);
    CU_ASSERT_EQUAL_FATAL(findings->n_contribution, SAMPLE_FEATURES);
    CU_ASSERT_EQUAL(findings->n_row, SAMPLE_ROWS);
    CU_ASSERT_EQUAL(findings->contamination, 0.01);
    CU_ASSERT_EQUAL(findings->offset, -0.55);
    CU_ASSERT_STRING_EQUAL(findings->profile, "classic");
    CU_ASSERT_STRING_EQUAL(findings->digest, digest);
    CU_ASSERT_STRING_EQUAL(findings->started, "2024-06-03T07:15:00Z");
    CU_ASSERT_STRING_EQUAL(findings->last_as_of, "2024-05-31");
    CU_ASSERT_EQUAL(findings->n_flagged, 7);
    CU_ASSERT_EQUAL_FATAL(findings->n_input, 2);
    CU_ASSERT_STRING_EQUAL(findings->input[0], "jan.csv");
    CU_ASSERT_STRING_EQUAL(findings->input[1], "f\xef\xbf\xbd"
                                               "b.csv");
    CU_ASSERT_STRING_EQUAL(findings->feature_name[1], "days");
    for (size_t i = 0; i < findings->n; i++)
        check_finding(&findings->finding[i], i);
    CU_ASSERT_STRING_EQUAL(findings->finding[0].as_of_date, "2024-05-31");
    CU_ASSERT_STRING_EQUAL(findings->finding[2].as_of_date, "");
    CU_ASSERT_STRING_EQUAL(findings->finding[1].explanation, "");
    CU_ASSERT_STRING_EQUAL(findings->finding[2].explanation, "Ein \xe2\x82\xac zu viel.");
    findings_free(findings);
}

static void check_empty(void)
{
    char path[128], digest[RESULTS_DIGEST];
    struct sample s = {.piece = 1};
    struct findings *findings = NULL;
    struct error err = {0};

    write_sample("empty.h5", &s, path, digest);
    CU_ASSERT_EQUAL_FATAL(results_read(path, &findings, &err), STATUS_OK);
    CU_ASSERT_EQUAL(findings->n, 0);
    CU_ASSERT_EQUAL(findings->n_row, 0);
    CU_ASSERT_EQUAL(findings->n_contribution, SAMPLE_FEATURES);
    CU_ASSERT_STRING_EQUAL(findings->feature_name[0], "gl_change");
    findings_free(findings);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT(H5Lexists(file, "/rejects/text", H5P_DEFAULT) > 0);
    CU_ASSERT(H5Lexists(file, "/rows/pattern", H5P_DEFAULT) > 0);
    H5Fclose(file);
}

static void check_optional(void)
{
    char path[128], digest[RESULTS_DIGEST];
    struct sample s = sample_usual();
    struct findings *findings = NULL;
    struct error err = {0};

    s.currency = s.explained = s.features = false;
    write_sample("optional.h5", &s, path, digest);
    CU_ASSERT_EQUAL_FATAL(results_read(path, &findings, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(findings->finding[0].currency, "");
    CU_ASSERT_STRING_EQUAL(findings->finding[0].explanation, "");
    findings_free(findings);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT(H5Lexists(file, "/anomalies/currency", H5P_DEFAULT) == 0);
    CU_ASSERT(H5Lexists(file, "/anomalies/explanation", H5P_DEFAULT) == 0);
    CU_ASSERT(H5Lexists(file, "/anomalies/explanation_source", H5P_DEFAULT) == 0);
    H5Fclose(file);
}

static void check_digest_pieces(void)
{
    static const size_t piece[] = {SAMPLE_ROWS, SAMPLE_ROWS - 1, 4096, 1000, 7, 1};
    char path[128], name[32], first[RESULTS_DIGEST] = "", digest[RESULTS_DIGEST];
    struct sample s = sample_usual();

    for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
        s.piece = piece[i];
        s.n_file = (int)i + 1;
        snprintf(name, sizeof name, "piece%zu.h5", i);
        write_sample(name, &s, path, i == 0 ? first : digest);
        if (i > 0)
            CU_ASSERT_STRING_EQUAL(digest, first);
    }
}

static void check_digest_content(void)
{
    char path[128], base[RESULTS_DIGEST], digest[RESULTS_DIGEST];
    struct sample usual = sample_usual(), s = usual;

    write_sample("base.h5", &usual, path, base);
    s.first_score = -0.125000000001;
    write_sample("score.h5", &s, path, digest);
    CU_ASSERT_STRING_NOT_EQUAL(digest, base);
    s = usual;
    s.n_row--;
    write_sample("row.h5", &s, path, digest);
    CU_ASSERT_STRING_NOT_EQUAL(digest, base);
    s = usual;
    s.n_anomaly--;
    write_sample("anomaly.h5", &s, path, digest);
    CU_ASSERT_STRING_NOT_EQUAL(digest, base);
    s = usual;
    s.n_reject--;
    write_sample("reject.h5", &s, path, digest);
    CU_ASSERT_STRING_NOT_EQUAL(digest, base);
}

static void check_equal_bytes(void)
{
    char one[128], two[128], digest[RESULTS_DIGEST], command[300];
    struct sample s = sample_usual();

    write_sample("one.h5", &s, one, digest);
    sleep(1); /* a stored time would now differ */
    write_sample("two.h5", &s, two, digest);
    snprintf(command, sizeof command, "cmp '%s' '%s'", one, two);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void check_other_readers(void)
{
    char path[128], digest[RESULTS_DIGEST], command[1024];
    struct sample s = sample_usual();
    const char *slash = strrchr(__FILE__, '/');

    s.piece = 4000;
    write_sample("readers.h5", &s, path, digest);
    snprintf(command, sizeof command, "/usr/bin/python3 '%.*s/read_results.py' '%s' %s",
             slash == NULL ? 1 : (int)(slash - __FILE__), slash == NULL ? "." : __FILE__, path,
             digest);
    CU_ASSERT_EQUAL(system(command), 0);
    snprintf(command, sizeof command, "h5dump '%s' | grep -q 'Ein . zu viel\\|Ein .* zu viel'",
             path);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void check_id(void)
{
    struct texts text[N_CODE];
    struct anomaly anomaly = sample_anomaly(0), other = anomaly;
    char id[RESULTS_ID], changed[RESULTS_ID];
    struct error err;

    sample_texts(text);
    CU_ASSERT_EQUAL(anomaly_id(&anomaly, text, id, &err), STATUS_OK);
    CU_ASSERT_EQUAL(strlen(id), RESULTS_ID - 1);
    other.score = -1, other.row.gl = 3, other.row.row_number = 99, other.row.order = 5;
    CU_ASSERT_EQUAL(anomaly_id(&other, text, changed, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(changed, id);
    other.occurrence = 1;
    CU_ASSERT_EQUAL(anomaly_id(&other, text, changed, &err), STATUS_OK);
    CU_ASSERT_STRING_NOT_EQUAL(changed, id);
    other = anomaly, other.row.code[CODE_CURRENCY] = 1;
    CU_ASSERT_EQUAL(anomaly_id(&other, text, changed, &err), STATUS_OK);
    CU_ASSERT_STRING_NOT_EQUAL(changed, id);
    other = anomaly, other.row.date = ROW_NO_DATE;
    CU_ASSERT_EQUAL(anomaly_id(&other, text, changed, &err), STATUS_OK);
    CU_ASSERT_STRING_NOT_EQUAL(changed, id);
}

int main(void)
{
    static const struct fact fact[] = {
        {"what was written is read back", check_round_trip},
        {"with no rows, anomalies and rejects the datasets are there, empty", check_empty},
        {"currency and explanation are left out where there is none", check_optional},
        {"the digest does not depend on pieces, nor on how the input was cut",
         check_digest_pieces},
        {"the digest changes with a score, a row, an anomaly, a reject", check_digest_content},
        {"equal content in equal pieces is equal bytes", check_equal_bytes},
        {"h5py, pandas and h5dump read it, and h5py finds the same digest",
         check_other_readers},
        {"an id depends on account, date and occurrence alone", check_id},
    };
    folder_make(folder);
    int failed = suite_run("results", fact, sizeof fact / sizeof *fact);
    folder_remove(folder);
    return failed;
}
