/* Findings as JSON, an object at a time, so that a million of them need no more memory than one.
 * Numbers are put in as text: cJSON's own printing stops at 15 digits where the 16th is within
 * one unit of the last place, and an auditor wants the double that is in the file. */
#include "show_json.h"

#include "amount_text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

static bool add_text(cJSON *object, const char *name, const char *text)
{
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

/* JSON has neither NaN nor infinities. */
static bool add_real(cJSON *object, const char *name, double value)
{
    char text[AMOUNT_TEXT];

    if (!isfinite(value))
        return cJSON_AddNullToObject(object, name) != NULL;
    amount_exact(value, text);
    return cJSON_AddRawToObject(object, name, text) != NULL;
}

static bool add_integer(cJSON *object, const char *name, int64_t value)
{
    char text[AMOUNT_TEXT];

    snprintf(text, sizeof text, "%" PRId64, value);
    return cJSON_AddRawToObject(object, name, text) != NULL;
}

static bool add_account(cJSON *object, const struct finding *finding)
{
    bool dated = finding->as_of_date[0] != '\0';

    return add_text(object, "id", finding->id) &&
           add_integer(object, "row_number", finding->row_number) &&
           (dated ? add_text(object, "as_of_date", finding->as_of_date)
                  : cJSON_AddNullToObject(object, "as_of_date") != NULL) &&
           add_text(object, "company", finding->company) &&
           add_text(object, "account", finding->account) &&
           add_text(object, "au", finding->au) &&
           (finding->currency[0] == '\0' || add_text(object, "currency", finding->currency)) &&
           add_text(object, "match_status", finding->match_status);
}

static bool add_features(cJSON *object, const struct finding *finding)
{
    for (int i = FEATURE_DAYS_SINCE_LAST; i < N_CLASSIC; i++)
        if (!add_real(object, CLASSIC_LABEL[i].name, finding->feature[i]))
            return false;
    return true;
}

static bool add_contributions(cJSON *object, const struct finding *finding,
                              const struct findings *findings)
{
    cJSON *shares = cJSON_AddObjectToObject(object, "contributions");

    for (size_t i = 0; shares != NULL && i < findings->n_contribution; i++)
        if (!add_real(shares, findings->feature_name[i], finding->contribution[i]))
            return false;
    return shares != NULL;
}

/* The text of one finding; the caller frees it with cJSON_free. NULL if memory is short. */
static char *print_finding(const struct findings *findings, size_t i)
{
    const struct finding *finding = &findings->finding[i];
    cJSON *object = cJSON_CreateObject();
    char *text = NULL;

    if (object != NULL && add_integer(object, "rank", (int64_t)i + 1) &&
        add_account(object, finding) && add_features(object, finding) &&
        add_real(object, "usual_difference", finding->usual_difference) &&
        add_real(object, "anomaly_score", finding->score) &&
        add_text(object, "severity", finding->severity) &&
        add_text(object, "pattern", finding->pattern) &&
        add_text(object, "lifecycle", finding->lifecycle) &&
        add_text(object, "break_since", finding->break_since) &&
        add_real(object, "break_months", finding->break_months) &&
        add_text(object, "explanation", finding->explanation) &&
        add_contributions(object, finding, findings))
        text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

enum status show_json_write(const struct findings *findings, size_t n, FILE *out,
                            struct error *err)
{
    fputc('[', out);
    for (size_t i = 0; i < n; i++) {
        char *text = print_finding(findings, i);
        if (text == NULL)
            return error_no_memory(err, "the JSON of an anomaly");
        fprintf(out, "%s\n%s", i > 0 ? "," : "", text);
        cJSON_free(text);
    }
    fputs(n > 0 ? "\n]\n" : "]\n", out);
    return STATUS_OK;
}
