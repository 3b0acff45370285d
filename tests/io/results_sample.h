#ifndef TIEOUT_RESULTS_SAMPLE_H
#define TIEOUT_RESULTS_SAMPLE_H

/* A small results file with known content, written in pieces of a chosen size. Values are plain
 * functions of their index, so that a reader in another language can work them out too. */

#include "results_write.h"
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLE_ROWS = 9000, SAMPLE_ANOMALIES = 3, SAMPLE_REJECTS = 3, SAMPLE_FEATURES = 2 };

/* What varies from sample to sample. */
struct sample {
    size_t n_row, piece; /* rows, and rows a call */
    size_t n_anomaly;
    size_t n_reject;
    bool force, currency, explained, features;
    int n_file;         /* input files the rows are said to come from */
    double first_score; /* something to change */
};

static inline struct sample sample_usual(void)
{
    return (struct sample){.n_row = SAMPLE_ROWS,
                           .piece = SAMPLE_ROWS,
                           .n_anomaly = SAMPLE_ANOMALIES,
                           .n_reject = SAMPLE_REJECTS,
                           .currency = true,
                           .explained = true,
                           .features = true,
                           .n_file = 1,
                           .first_score = -0.125};
}

static const struct feature_label SAMPLE_LABEL[SAMPLE_FEATURES] = {
    {"gl_change", "account currency", "change"}, {"days", "days", "days since"}};

static inline enum status sample_rows(struct results_writer *writer, const struct sample *s,
                                      struct error *err)
{
    enum status st = STATUS_OK;
    static int64_t number[SAMPLE_ROWS];
    static int32_t file[SAMPLE_ROWS];
    static double score[SAMPLE_ROWS], feature[SAMPLE_FEATURES][SAMPLE_ROWS];
    static uint8_t anomaly[SAMPLE_ROWS], pattern[SAMPLE_ROWS];

    for (size_t i = 0; i < s->n_row; i++) {
        number[i] = (int64_t)(i + i / 10);
        file[i] = (int32_t)(i * (size_t)s->n_file / SAMPLE_ROWS);
        score[i] = i == 0 ? s->first_score : 0.25 / (double)i;
        anomaly[i] = i == 0;
        pattern[i] = (uint8_t)(i % N_PATTERN);
        feature[0][i] = (double)i - 0.5;
        feature[1][i] = 31;
    }
    for (size_t i = 0; i < s->n_row && st == STATUS_OK; i += s->piece) {
        const double *column[SAMPLE_FEATURES] = {&feature[0][i], &feature[1][i]};
        struct results_rows rows = {.n = s->n_row - i < s->piece ? s->n_row - i : s->piece,
                                    .row_number = &number[i],
                                    .file = &file[i],
                                    .score = &score[i],
                                    .anomaly = &anomaly[i],
                                    .pattern = &pattern[i],
                                    .n_feature = s->features ? SAMPLE_FEATURES : 0,
                                    .label = SAMPLE_LABEL,
                                    .feature = column};
        st = results_write_rows(writer, &rows, err);
    }
    return st;
}

/* Latin-1 in the second text, nothing in the third. */
static inline enum status sample_rejects(struct results_writer *writer, const struct sample *s,
                                         struct error *err)
{
    static const char byte[] = "..12,3x4..caf\xe9..";
    const struct reject reject[SAMPLE_REJECTS] = {
        {.line = 7, .text = 2, .length = 6, .column = COLUMN_GL, .reason = REJECT_NUMBER},
        {.line = 9, .text = 10, .length = 4, .column = COLUMN_AU, .reason = REJECT_DATE},
        {.line = 1 << 20, .column = COLUMN_NONE, .reason = REJECT_SHORT}};
    enum status st = STATUS_OK;

    size_t step = s->piece < SAMPLE_REJECTS ? s->piece : SAMPLE_REJECTS;
    for (size_t i = 0; i < s->n_reject && st == STATUS_OK; i += step) {
        size_t n = s->n_reject - i < step ? s->n_reject - i : step;
        st = results_write_rejects(writer, reject + i, n, byte, err);
    }
    return st;
}

/* The same two texts for every code column; "Z\xc3\xbcrich, \"Main\"" has an umlaut. */
static size_t sample_start[] = {0, 4, 19};
static char sample_byte[] = "1000Z\xc3\xbcrich, \"Main\"";

static inline void sample_texts(struct texts text[N_CODE])
{
    for (int i = 0; i < N_CODE; i++)
        text[i] = (struct texts){2, sample_start, sample_byte};
}

static inline struct anomaly sample_anomaly(size_t i)
{
    struct anomaly anomaly = {.row = {.row_number = (int64_t)i * 100,
                                      .date = i == 2 ? ROW_NO_DATE : 19874 + (int32_t)i,
                                      .code = {0, 1, (uint32_t)i % 2, 0, 1}},
                              .departing = (int64_t)i + 1,
                              .score = -0.5 + 0.125 * (double)i,
                              .pattern = (uint8_t)(i % N_PATTERN),
                              .severity = (uint8_t)(i % N_SEVERITY)};
    for (int f = 0; f < N_CLASSIC; f++)
        anomaly.feature[f] = (double)f + (double)i / 4;
    return anomaly;
}

static inline enum status sample_anomalies(struct results_writer *writer,
                                           const struct sample *s, struct error *err)
{
    enum status st = STATUS_OK;
    struct anomaly anomaly[SAMPLE_ANOMALIES];
    char id[SAMPLE_ANOMALIES][RESULTS_ID];
    double contribution[SAMPLE_ANOMALIES * SAMPLE_FEATURES];
    static const char *const explanation[SAMPLE_ANOMALIES] = {"A huge spike.", "",
                                                              "Ein \xe2\x82\xac zu viel."};
    struct texts text[N_CODE];

    sample_texts(text);
    for (size_t i = 0; i < SAMPLE_ANOMALIES && st == STATUS_OK; i++) {
        anomaly[i] = sample_anomaly(i);
        st = anomaly_id(&anomaly[i], text, id[i], err);
        for (size_t f = 0; f < SAMPLE_FEATURES; f++)
            contribution[i * SAMPLE_FEATURES + f] = (double)i - 10 * (double)f;
    }
    struct results_anomalies all = {.n = s->n_anomaly,
                                    .anomaly = anomaly,
                                    .id = id,
                                    .text = text,
                                    .currency = s->currency,
                                    .n_contribution = SAMPLE_FEATURES,
                                    .contribution = contribution,
                                    .explanation = s->explained ? explanation : NULL,
                                    .explanation_source = s->explained ? "template" : NULL};
    if (st == STATUS_OK)
        st = results_write_anomalies(writer, &all, err);
    return st;
}

static inline enum status sample_model(struct results_writer *writer, struct error *err)
{
    static const double center[SAMPLE_FEATURES] = {1.5, 30}, scale[SAMPLE_FEATURES] = {2, 0.1};
    static size_t start[] = {0, 3, 4};
    static struct tree_node node[] = {{.threshold = 0.75, .feature = 1, .right = 2, .n_row = 5},
                                      {.feature = -1, .right = -1, .n_row = 4},
                                      {.feature = -1, .right = -1, .n_row = 1},
                                      {.feature = -1, .right = -1, .n_row = 5}};
    struct iforest forest = {2, SAMPLE_FEATURES, 5, start, node};
    struct results_model model = {&forest, SAMPLE_LABEL, center,    scale, 0.01,
                                  -0.55,   4000000000u,  "classic", NULL};
    return results_write_model(writer, &model, err);
}

static inline enum status sample_run(struct results_writer *writer, char digest[RESULTS_DIGEST],
                                     struct error *err)
{
    static const char *const input[] = {"jan.csv", "f\xe9"
                                                   "b.csv"};
    const struct results_fact fact[] = {
        {.name = "version", .kind = FACT_TEXT, .text = "0.1.0"},
        {.name = "started", .kind = FACT_TEXT, .text = "2024-06-03T07:15:00Z"},
        {.name = "comment", .kind = FACT_TEXT, .text = ""},
        {.name = "last_as_of_date", .kind = FACT_TEXT, .text = "2024-05-31"},
        {.name = "anomalies_flagged", .kind = FACT_INTEGER, .integer = 7},
        {.name = "ranks", .kind = FACT_INTEGER, .integer = INT64_C(1) << 40},
        {.name = "seconds", .kind = FACT_REAL, .real = 1.5},
        {.name = "input_files", .kind = FACT_TEXTS, .texts = input, .n_text = 2},
        {.name = "nothing", .kind = FACT_TEXTS}};
    return results_write_run(writer, fact, sizeof fact / sizeof *fact, digest, err);
}

/* Everything up to the commit, in *out; on failure nothing is left. */
static inline enum status sample_start_file(const char *path, const struct sample *s,
                                            struct results_writer **out,
                                            char digest[RESULTS_DIGEST], struct error *err)
{
    enum status st = STATUS_OK;
    struct results_writer *writer = NULL;

    TRY(results_create(path, s->force, &writer, err));
    TRY(sample_rows(writer, s, err));
    TRY(sample_rejects(writer, s, err));
    TRY(sample_anomalies(writer, s, err));
    TRY(sample_model(writer, err));
    TRY(sample_run(writer, digest, err));
    *out = writer;
    writer = NULL;
done:
    results_abandon(writer);
    return st;
}

static inline enum status sample_write(const char *path, const struct sample *s,
                                       char digest[RESULTS_DIGEST], struct error *err)
{
    struct results_writer *writer = NULL;
    enum status st = sample_start_file(path, s, &writer, digest, err);
    return st == STATUS_OK ? results_commit(&writer, err) : st;
}

/* A new folder for a test's files; removed, with what is in it, by folder_remove. */
static inline void folder_make(char folder[64])
{
    strcpy(folder, "/tmp/tieout-test-XXXXXX");
    if (mkdtemp(folder) == NULL)
        abort();
}

static inline void folder_remove(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        abort();
}

#endif
