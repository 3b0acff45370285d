/* /anomalies: from an array of anomalies to columns. Numbers are copied by their place in the
 * struct, texts looked up by code; what a text is, anomaly_span says, one case a column. */
#include "results_writer.h"

#include "date.h"
#include "mem.h"
#include "pattern.h"
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 64-bit members of struct anomaly that are columns. */
struct member {
    enum dataset_id id;
    size_t offset;
};

static const struct member MEMBER[] = {
    {ANOMALIES_ROW_NUMBER, offsetof(struct anomaly, row.row_number)},
    {ANOMALIES_DAYS_SINCE_LAST, offsetof(struct anomaly, feature[FEATURE_DAYS_SINCE_LAST])},
    {ANOMALIES_GL_BALANCE, offsetof(struct anomaly, feature[FEATURE_GL_BALANCE])},
    {ANOMALIES_IHUB_BALANCE, offsetof(struct anomaly, feature[FEATURE_IHUB_BALANCE])},
    {ANOMALIES_BALANCE_DIFFERENCE,
     offsetof(struct anomaly, feature[FEATURE_BALANCE_DIFFERENCE])},
    {ANOMALIES_GL_CHANGE, offsetof(struct anomaly, feature[FEATURE_GL_CHANGE])},
    {ANOMALIES_IHUB_CHANGE, offsetof(struct anomaly, feature[FEATURE_IHUB_CHANGE])},
    {ANOMALIES_DIFF_CHANGE, offsetof(struct anomaly, feature[FEATURE_DIFF_CHANGE])},
    {ANOMALIES_GL_STD, offsetof(struct anomaly, feature[FEATURE_GL_STD])},
    {ANOMALIES_IHUB_STD, offsetof(struct anomaly, feature[FEATURE_IHUB_STD])},
    {ANOMALIES_DEPARTING, offsetof(struct anomaly, departing)},
    {ANOMALIES_SCORE, offsetof(struct anomaly, score)},
    {ANOMALIES_USUAL_DIFFERENCE, offsetof(struct anomaly, usual_difference)},
    {ANOMALIES_BREAK_MONTHS, offsetof(struct anomaly, break_months)},
};

static const enum dataset_id TEXT_COLUMN[] = {ANOMALIES_ID,
                                              ANOMALIES_AS_OF_DATE,
                                              ANOMALIES_COMPANY,
                                              ANOMALIES_ACCOUNT,
                                              ANOMALIES_AU,
                                              ANOMALIES_CURRENCY,
                                              ANOMALIES_MATCH_STATUS,
                                              ANOMALIES_SEVERITY,
                                              ANOMALIES_PATTERN,
                                              ANOMALIES_LIFECYCLE,
                                              ANOMALIES_BREAK_SINCE,
                                              ANOMALIES_EXPLANATION,
                                              ANOMALIES_EXPLANATION_SOURCE,
                                              ANOMALIES_SUPPRESSED_BY,
                                              ANOMALIES_SUPPRESSED_REASON};

enum { N_MEMBER = sizeof MEMBER / sizeof *MEMBER };
enum { N_TEXT_COLUMN = sizeof TEXT_COLUMN / sizeof *TEXT_COLUMN };

static struct span code_span(const struct texts *texts, uint32_t code)
{
    assert(code < texts->n);
    return (struct span){texts->byte + texts->start[code],
                         texts->start[code + 1] - texts->start[code]};
}

/* "" where the date is missing. */
static void date_text(int32_t date, char text[DATE_TEXT])
{
    text[0] = '\0';
    if (date != ROW_NO_DATE)
        date_format(date, text);
}

/* The dates of an anomaly as texts. */
struct date_texts {
    char as_of[DATE_TEXT], break_since[DATE_TEXT];
};

static struct span anomaly_span(const struct results_anomalies *all, size_t i,
                                const struct date_texts *date, enum dataset_id id)
{
    const struct anomaly *anomaly = &all->anomaly[i];
    const uint32_t *code = anomaly->row.code;

    switch (id) {
    case ANOMALIES_ID:
        return span_of(all->id[i]);
    case ANOMALIES_AS_OF_DATE:
        return span_of(date->as_of);
    case ANOMALIES_BREAK_SINCE:
        return span_of(date->break_since);
    case ANOMALIES_COMPANY:
        return code_span(&all->text[CODE_COMPANY], code[CODE_COMPANY]);
    case ANOMALIES_ACCOUNT:
        return code_span(&all->text[CODE_ACCOUNT], code[CODE_ACCOUNT]);
    case ANOMALIES_AU:
        return code_span(&all->text[CODE_AU], code[CODE_AU]);
    case ANOMALIES_CURRENCY:
        return code_span(&all->text[CODE_CURRENCY], code[CODE_CURRENCY]);
    case ANOMALIES_MATCH_STATUS:
        return code_span(&all->text[CODE_STATUS], code[CODE_STATUS]);
    case ANOMALIES_SEVERITY:
        return span_of(severity_name((enum severity)anomaly->severity));
    case ANOMALIES_PATTERN:
        return span_of(pattern_name((enum pattern)anomaly->pattern));
    case ANOMALIES_LIFECYCLE:
        return span_of(lifecycle_name((enum lifecycle)anomaly->lifecycle));
    case ANOMALIES_EXPLANATION:
        return span_of(all->explanation[i]);
    case ANOMALIES_SUPPRESSED_BY:
        return span_of(all->suppressed_by[i]);
    case ANOMALIES_SUPPRESSED_REASON:
        return span_of(all->suppressed_reason[i] != NULL ? all->suppressed_reason[i] : "");
    default:
        assert(id == ANOMALIES_EXPLANATION_SOURCE);
        return span_of(all->explanation_source);
    }
}

static bool is_given(const struct results_anomalies *all, enum dataset_id id)
{
    switch (id) {
    case ANOMALIES_CURRENCY:
        return all->currency;
    case ANOMALIES_EXPLANATION:
        return all->explanation != NULL;
    case ANOMALIES_EXPLANATION_SOURCE:
        return all->explanation_source != NULL;
    case ANOMALIES_SUPPRESSED_BY:
    case ANOMALIES_SUPPRESSED_REASON:
        return all->suppressed_reason != NULL;
    default:
        return true;
    }
}

static enum status write_numbers(struct results_writer *writer,
                                 const struct results_anomalies *all, struct error *err)
{
    enum status st = STATUS_OK;
    uint64_t *value = mem_array(all->n, sizeof *value);

    if (value == NULL)
        TRY(error_no_memory(err, "the list of anomalies"));
    for (size_t m = 0; m < N_MEMBER; m++) {
        for (size_t i = 0; i < all->n; i++)
            memcpy(&value[i], (const char *)&all->anomaly[i] + MEMBER[m].offset, sizeof *value);
        TRY(results_put(writer, MEMBER[m].id, value, all->n, err));
    }
done:
    free(value);
    return st;
}

static enum status write_texts(struct results_writer *writer,
                               const struct results_anomalies *all, struct error *err)
{
    enum status st = STATUS_OK;
    struct span *text = mem_array(all->n, sizeof *text);
    struct date_texts *date = mem_array(all->n, sizeof *date);

    if (text == NULL || date == NULL)
        TRY(error_no_memory(err, "the list of anomalies"));
    for (size_t i = 0; i < all->n; i++) {
        date_text(all->anomaly[i].row.date, date[i].as_of);
        date_text(all->anomaly[i].break_since, date[i].break_since);
    }
    for (size_t c = 0; c < N_TEXT_COLUMN; c++) {
        if (!is_given(all, TEXT_COLUMN[c]))
            continue;
        for (size_t i = 0; i < all->n; i++)
            text[i] = anomaly_span(all, i, &date[i], TEXT_COLUMN[c]);
        TRY(results_put_texts(writer, TEXT_COLUMN[c], text, all->n, err));
    }
done:
    free(text);
    free(date);
    return st;
}

static enum status write_contributions(struct results_writer *writer,
                                       const struct results_anomalies *all, struct error *err)
{
    enum status st = STATUS_OK;
    enum dataset_id id = ANOMALIES_CONTRIBUTIONS;
    struct h5_column *column = &writer->column[id];

    if (all->n_contribution == 0)
        return STATUS_OK;
    TRY(results_column(writer, &DATASET[id], all->n_contribution, all->n, column, err));
    TRY(h5_column_append(&writer->out, column, all->contribution, all->n, err));
done:
    return st;
}

enum status results_write_anomalies(struct results_writer *writer,
                                    const struct results_anomalies *anomalies,
                                    struct error *err)
{
    enum status st = STATUS_OK;

    TRY(write_numbers(writer, anomalies, err));
    TRY(write_texts(writer, anomalies, err));
    TRY(write_contributions(writer, anomalies, err));
done:
    return st;
}

enum status anomaly_id(const struct anomaly *anomaly, const struct texts text[N_CODE],
                       char id[RESULTS_ID], struct error *err)
{
    static const enum code_column key[] = {CODE_COMPANY, CODE_ACCOUNT, CODE_AU, CODE_CURRENCY};
    enum status st = STATUS_OK;
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    char date[DATE_TEXT], occurrence[16], hex[SHA256_HEX];

    TRY(sha256_create(&sha, err));
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        struct span span = code_span(&text[key[i]], anomaly->row.code[key[i]]);
        sha256_add_text(sha, span.text, span.length);
    }
    date_text(anomaly->row.date, date);
    sha256_add_text(sha, date, strlen(date));
    sprintf(occurrence, "%u", (unsigned)anomaly->occurrence);
    sha256_add_text(sha, occurrence, strlen(occurrence));
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, hex);
    memcpy(id, hex, RESULTS_ID - 1);
    id[RESULTS_ID - 1] = '\0';
done:
    sha256_free(sha);
    return st;
}
