/* results.h5 back in, as much of it as show and the follow-up jobs need: each dataset whole, then
 * one struct an anomaly. The file may have come from anywhere, so every length is compared with
 * that of /anomalies/id before anything is read. */
#include "results_read.h"

#include "h5_in.h"
#include "mem.h"
#include "results_layout.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Texts of a finding: where they stand in the file and in the struct. */
struct text_member {
    enum dataset_id id;
    bool optional; /* "" if the file has no such dataset */
    size_t offset;
};

static const struct text_member TEXT_MEMBER[] = {
    {ANOMALIES_ID, false, offsetof(struct finding, id)},
    {ANOMALIES_AS_OF_DATE, false, offsetof(struct finding, as_of_date)},
    {ANOMALIES_COMPANY, false, offsetof(struct finding, company)},
    {ANOMALIES_ACCOUNT, false, offsetof(struct finding, account)},
    {ANOMALIES_AU, false, offsetof(struct finding, au)},
    {ANOMALIES_CURRENCY, true, offsetof(struct finding, currency)},
    {ANOMALIES_MATCH_STATUS, false, offsetof(struct finding, match_status)},
    {ANOMALIES_SEVERITY, false, offsetof(struct finding, severity)},
    {ANOMALIES_PATTERN, false, offsetof(struct finding, pattern)},
    {ANOMALIES_LIFECYCLE, false, offsetof(struct finding, lifecycle)},
    {ANOMALIES_BREAK_SINCE, false, offsetof(struct finding, break_since)},
    {ANOMALIES_EXPLANATION, true, offsetof(struct finding, explanation)},
    {ANOMALIES_SUPPRESSED_BY, true, offsetof(struct finding, suppressed_by)},
    {ANOMALIES_SUPPRESSED_REASON, true, offsetof(struct finding, suppressed_reason)},
};

enum { N_TEXT_MEMBER = sizeof TEXT_MEMBER / sizeof *TEXT_MEMBER };

/* Numbers of a finding beside its features. */
struct number_member {
    enum dataset_id id;
    size_t offset;
};

static const struct number_member INTEGER_MEMBER[] = {
    {ANOMALIES_ROW_NUMBER, offsetof(struct finding, row_number)},
    {ANOMALIES_DEPARTING, offsetof(struct finding, departing)},
};

enum { N_INTEGER_MEMBER = sizeof INTEGER_MEMBER / sizeof *INTEGER_MEMBER };

static const struct number_member REAL_MEMBER[] = {
    {ANOMALIES_SCORE, offsetof(struct finding, score)},
    {ANOMALIES_USUAL_DIFFERENCE, offsetof(struct finding, usual_difference)},
    {ANOMALIES_BREAK_MONTHS, offsetof(struct finding, break_months)},
};

enum { N_REAL_MEMBER = sizeof REAL_MEMBER / sizeof *REAL_MEMBER };

/* Behind the pointers of struct findings. */
struct owned {
    struct text_store texts;
    double *contribution;
};

static void set_text(struct finding *finding, size_t offset, const char *text)
{
    *(const char **)(void *)((char *)finding + offset) = text;
}

static enum status read_texts(const struct h5_in *in, struct findings *findings,
                              struct error *err)
{
    enum status st = STATUS_OK;
    struct owned *owned = findings->owned;
    const char **text = mem_array(findings->n, sizeof *text);

    if (text == NULL)
        TRY(error_no_memory(err, "the anomalies"));
    for (size_t m = 0; m < N_TEXT_MEMBER; m++) {
        const char *name = DATASET[TEXT_MEMBER[m].id].name;
        bool there = !TEXT_MEMBER[m].optional || h5_in_has(in, name);
        if (there) {
            TRY(h5_in_expect(in, DATASET[TEXT_MEMBER[m].id].name, findings->n, err));
            TRY(h5_in_texts(in, name, findings->n, &owned->texts, text, err));
        }
        for (size_t i = 0; i < findings->n; i++)
            set_text(&findings->finding[i], TEXT_MEMBER[m].offset, there ? text[i] : "");
    }
done:
    free(text);
    return st;
}

static enum status read_integers(const struct h5_in *in, struct findings *findings,
                                 struct error *err)
{
    enum status st = STATUS_OK;
    int64_t *value = mem_array(findings->n, sizeof *value);

    if (value == NULL)
        TRY(error_no_memory(err, "the anomalies"));
    for (size_t m = 0; m < N_INTEGER_MEMBER; m++) {
        TRY(h5_in_expect(in, DATASET[INTEGER_MEMBER[m].id].name, findings->n, err));
        TRY(h5_in_integers(in, DATASET[INTEGER_MEMBER[m].id].name, value, err));
        for (size_t i = 0; i < findings->n; i++)
            *(int64_t *)(void *)((char *)&findings->finding[i] + INTEGER_MEMBER[m].offset) =
                value[i];
    }
done:
    free(value);
    return st;
}

/* Reads a column of doubles to value[n] with its length checked. */
static enum status read_column(const struct h5_in *in, enum dataset_id id, size_t n,
                               double *value, struct error *err)
{
    enum status st = STATUS_OK;

    TRY(h5_in_expect(in, DATASET[id].name, n, err));
    TRY(h5_in_reals(in, DATASET[id].name, value, err));
done:
    return st;
}

static enum status read_numbers(const struct h5_in *in, struct findings *findings,
                                struct error *err)
{
    enum status st = STATUS_OK;
    double *value = mem_array(findings->n, sizeof *value);

    if (value == NULL)
        TRY(error_no_memory(err, "the anomalies"));
    for (size_t m = 0; m < N_REAL_MEMBER; m++) {
        TRY(read_column(in, REAL_MEMBER[m].id, findings->n, value, err));
        for (size_t i = 0; i < findings->n; i++)
            *(double *)(void *)((char *)&findings->finding[i] + REAL_MEMBER[m].offset) =
                value[i];
    }
    for (int f = 0; f < N_CLASSIC; f++) {
        bool stored = f >= FEATURE_DAYS_SINCE_LAST;
        int id = ANOMALIES_FEATURE + f - FEATURE_DAYS_SINCE_LAST;
        if (stored)
            TRY(read_column(in, (enum dataset_id)id, findings->n, value, err));
        for (size_t i = 0; i < findings->n; i++)
            findings->finding[i].feature[f] = stored ? value[i] : (double)NAN;
    }
done:
    free(value);
    return st;
}

static enum status read_contributions(const struct h5_in *in, struct findings *findings,
                                      struct error *err)
{
    enum status st = STATUS_OK;
    const char *name = DATASET[ANOMALIES_CONTRIBUTIONS].name;
    struct owned *owned = findings->owned;
    size_t size[2] = {0, 0};

    if (!h5_in_has(in, name)) /* the model has no features */
        return STATUS_OK;
    TRY(h5_in_size(in, name, 2, size, err));
    if (size[0] != findings->n)
        TRY(error_set(err, STATUS_DATA,
                      "%s is not a results file of tieout: %s has %zu rows where %zu are "
                      "expected",
                      in->path, name, size[0], findings->n));
    size_t all = size[1] > 0 && size[0] > SIZE_MAX / size[1] ? SIZE_MAX : size[0] * size[1];
    owned->contribution = mem_array(all, sizeof(double));
    if (owned->contribution == NULL)
        TRY(error_no_memory(err, "the contributions"));
    TRY(h5_in_reals(in, name, owned->contribution, err));
    findings->n_contribution = size[1];
    for (size_t i = 0; i < findings->n; i++)
        findings->finding[i].contribution = owned->contribution + i * size[1];
done:
    return st;
}

static enum status read_feature_names(const struct h5_in *in, struct findings *findings,
                                      struct error *err)
{
    enum status st = STATUS_OK;
    struct owned *owned = findings->owned;
    size_t n = findings->n_contribution;

    findings->feature_name = mem_array(n, sizeof *findings->feature_name);
    if (findings->feature_name == NULL)
        TRY(error_no_memory(err, "the feature names"));
    TRY(h5_in_expect(in, DATASET[MODEL_FEATURE_NAMES].name, n, err));
    TRY(h5_in_texts(in, DATASET[MODEL_FEATURE_NAMES].name, n, &owned->texts,
                    findings->feature_name, err));
done:
    return st;
}

static enum status read_summary(const struct h5_in *in, struct findings *findings,
                                struct error *err)
{
    enum status st = STATUS_OK;
    size_t rows = 0;

    TRY(h5_in_size(in, DATASET[ROWS_SCORE].name, 1, &rows, err));
    TRY(h5_in_expect(in, DATASET[ROWS_ROW_NUMBER].name, rows, err));
    findings->n_row = (int64_t)rows;
    TRY(h5_in_real_attribute(in, "/model", "contamination", &findings->contamination, err));
    TRY(h5_in_real_attribute(in, "/model", "offset", &findings->offset, err));
    TRY(h5_in_text_attribute(in, "/model", "profile", &findings->profile, err));
done:
    return st;
}

/* What /run says of the ledgers. Results that do not say it are no worse to follow up. */
static enum status read_run(const struct h5_in *in, struct findings *findings,
                            struct error *err)
{
    enum status st = STATUS_OK;
    struct owned *owned = findings->owned;
    double flagged = (double)findings->n;

    TRY(h5_in_text_attribute(in, "/run", "content_digest", &findings->digest, err));
    TRY(h5_in_text_attribute(in, "/run", "started", &findings->started, err));
    if (h5_in_has_attribute(in, "/run", "anomalies_flagged"))
        TRY(h5_in_real_attribute(in, "/run", "anomalies_flagged", &flagged, err));
    bool sound = flagged >= (double)findings->n && flagged <= (double)findings->n_row;
    findings->n_flagged = sound ? (int64_t)flagged : (int64_t)findings->n;
    if (h5_in_has_attribute(in, "/run", "input_files"))
        TRY(h5_in_texts_attribute(in, "/run", "input_files", &owned->texts, &findings->input,
                                  &findings->n_input, err));
    if (h5_in_has_attribute(in, "/run", "last_as_of_date"))
        TRY(h5_in_text_attribute(in, "/run", "last_as_of_date", &findings->last_as_of, err));
    else
        findings->last_as_of = mem_array(1, 1);
    if (findings->last_as_of == NULL)
        TRY(error_no_memory(err, "the facts of the run"));
done:
    return st;
}

/* Room for the findings of the file, all fields set. */
static enum status prepare(const struct h5_in *in, struct findings **out, struct error *err)
{
    enum status st = STATUS_OK;
    struct findings *findings = mem_array(1, sizeof *findings);

    if (findings == NULL)
        TRY(error_no_memory(err, "the anomalies"));
    findings->owned = mem_array(1, sizeof(struct owned));
    TRY(h5_in_size(in, DATASET[ANOMALIES_ID].name, 1, &findings->n, err));
    findings->finding = mem_array(findings->n, sizeof *findings->finding);
    if (findings->owned == NULL || findings->finding == NULL)
        TRY(error_no_memory(err, "the anomalies"));
    *out = findings;
    findings = NULL;
done:
    findings_free(findings);
    return st;
}

/* Puts the suppressed findings behind the others, each in order. */
static enum status part_suppressed(struct findings *findings, struct error *err)
{
    struct finding *held = mem_array(findings->n, sizeof *held);
    size_t raised = 0, suppressed = 0;

    if (held == NULL)
        return error_no_memory(err, "the anomalies");
    for (size_t i = 0; i < findings->n; i++)
        if (findings->finding[i].suppressed_reason[0] == '\0')
            findings->finding[raised++] = findings->finding[i];
        else
            held[suppressed++] = findings->finding[i];
    memcpy(findings->finding + raised, held, suppressed * sizeof *held);
    findings->n = raised;
    findings->n_suppressed = suppressed;
    free(held);
    return STATUS_OK;
}

enum status results_read(const char *path, struct findings **out, struct error *err)
{
    enum status st = STATUS_OK;
    struct h5_in in = {.file = -1};
    struct findings *findings = NULL;

    TRY(h5_in_open(&in, path, err));
    TRY(prepare(&in, &findings, err));
    TRY(read_summary(&in, findings, err));
    TRY(read_run(&in, findings, err));
    TRY(read_texts(&in, findings, err));
    TRY(read_integers(&in, findings, err));
    TRY(read_numbers(&in, findings, err));
    TRY(read_contributions(&in, findings, err));
    TRY(read_feature_names(&in, findings, err));
    TRY(part_suppressed(findings, err));
    *out = findings;
    findings = NULL;
done:
    findings_free(findings);
    h5_in_close(&in);
    return st;
}

void findings_free(struct findings *findings)
{
    if (findings == NULL)
        return;
    struct owned *owned = findings->owned;
    if (owned != NULL) {
        text_store_free(&owned->texts);
        free(owned->contribution);
    }
    free(owned);
    free(findings->finding);
    free(findings->feature_name);
    free(findings->profile);
    free(findings->digest);
    free(findings->started);
    free(findings->last_as_of);
    free(findings->input);
    free(findings);
}
