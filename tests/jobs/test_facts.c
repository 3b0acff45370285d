/* The facts sheet of a known finding, and what it does and does not bear out. */
#include "model_sample.h"
#include "suite.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether every claim of a text is borne out. */
static bool is_true(const struct facts *facts, const char *text)
{
    struct claim claim;

    while (claims_next(&text, &claim))
        if (!facts_bear_out(facts, &claim))
            return false;
    return true;
}

static const char *text_of(const struct facts *facts, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(facts->sheet, name));
}

static void the_sheet_has_the_nine_values(void)
{
    struct facts facts = sample_facts();

    CU_ASSERT_PTR_EQUAL(
        strstr(facts.text, "{\"company\":\"00002\",\"account\":\"1618001\",\"au\":\"AU-17\","
                           "\"as_of_date\":\"2024-05-31\",\"gl_balance\":2234567.89,"
                           "\"ihub_balance\":1000000.00,\"balance_difference\":1234567.89,"
                           "\"match_status\":\"Break\",\"anomaly_score\":-0.1812,"),
        facts.text);
    facts_free(&facts);
}

static void the_sheet_has_the_history(void)
{
    struct facts facts = sample_facts();

    CU_ASSERT_PTR_NOT_NULL(
        strstr(facts.text,
               "\"currency\":\"USD\",\"previous_date\":\"2024-04-30\","
               "\"previous_difference\":67.89,\"usual_difference\":67.89,\"gl_change\":-359.22,"
               "\"ihub_change\":0.00,\"difference_change\":1234500.00,"
               "\"days_since_previous\":31,\"pattern\":\"spike\",\"pattern_meaning\":\"a large "
               "break after months that matched\",\"break_lifecycle\":\"persistent\","
               "\"break_since\":\"2024-03-30\",\"break_months\":2,\"severity\":\"critical\","
               "\"drivers\":[{\"feature\":\"gl_change\","));
    CU_ASSERT_PTR_NOT_NULL(strstr(facts.text, "\"share_percent\":75.0}],"));
    CU_ASSERT_PTR_NOT_NULL(text_of(&facts, "explanation_by_rules"));
    facts_free(&facts);
}

static void what_is_unknown_is_null(void)
{
    struct finding finding;
    struct findings findings = sample_findings(&finding);
    struct facts facts;
    struct error err;

    finding.usual_difference = (double)NAN;
    finding.feature[FEATURE_DAYS_SINCE_LAST] = 0;
    finding.as_of_date = finding.break_since = finding.currency = "";
    finding.departing = 0;
    finding.feature[FEATURE_GL_CHANGE] = -0.001;
    CU_ASSERT_EQUAL_FATAL(facts_make(&findings, 0, &facts, &err), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(facts.text, "\"currency\":null,\"previous_date\":null,\"previous_difference\":"
                           "null,\"usual_difference\":null,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(facts.text, "\"as_of_date\":null,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(facts.text, "\"drivers\":[],"));
    CU_ASSERT_PTR_NOT_NULL(strstr(facts.text, "\"gl_change\":0.00,"));
    facts_free(&facts);
}

/* A ledger's texts stay quoted, whatever they are. */
static void ledger_text_stays_data(void)
{
    struct finding finding;
    struct findings findings = sample_findings(&finding);
    struct facts facts;
    struct error err;

    finding.account = SAMPLE_TRICK;
    finding.company = "M\xff";
    CU_ASSERT_EQUAL_FATAL(facts_make(&findings, 0, &facts, &err), STATUS_OK);
    cJSON *read = cJSON_Parse(facts.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_STRING_EQUAL(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(read, "account")), SAMPLE_TRICK);
    CU_ASSERT_STRING_EQUAL(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(read, "company")),
        "M\xef\xbf\xbd");
    CU_ASSERT_STRING_EQUAL(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(read, "severity")), "critical");
    cJSON_Delete(read);
    facts_free(&facts);
}

static void true_claims_are_borne_out(void)
{
    static const char *const TRUE[] = {
        "",
        "by 1,234,567.89 USD",
        "by (1,234,567.89)",
        "-1234567.89",
        "1,234,568",
        "1.23 million",
        "1.2M",
        "1,235,000 or 1,230,000",
        "1.2346 million",
        "the GL fell by 359.22, or 359, or 359.2",
        "GL 2,234,567.89 against 1,000,000.00 and 1 million",
        "0.00, 0",
        "usually 67.89 or 68",
        "75 % of the score, 75.0%",
        "open for 2 months since 2024-03-30",
        "30 March 2024; March 30; March 2024; 3/30/2024; 30.03.2024; 2024-03",
        "on 31 May 2024 and the month before, 30 April",
        "in 2024",
        "31 days later",
        "company 00002, account 1618001, AU-17, au-17",
        "score -0.1812, about 0.18",
    };
    struct facts facts = sample_facts();

    for (size_t i = 0; i < sizeof TRUE / sizeof *TRUE; i++) {
        CU_ASSERT(is_true(&facts, TRUE[i]));
        if (!is_true(&facts, TRUE[i]))
            printf("\nnot borne out: %s\n", TRUE[i]);
    }
    facts_free(&facts);
}

static void false_claims_are_not(void)
{
    static const char *const FALSE[] = {
        "1,234,567.88",
        "1,234,569",
        "1.24 million",
        "1.3 million",
        "12,345,678.90",
        "123,456.79",
        "2 million", /* 2,234,567.89, but too rough */
        "987,654,321.12",
        "76 %",
        "3 months",
        "since 2024-03-31",
        "31 March 2024",
        "30 May 2024",
        "April 2023",
        "2023",
        "2024-02",
        "4/30/2023",
        "account 1618002",
        "1,618,001",
        "1.6 million",
        "AU-18",
        "Q2",
        "00003",
        "2e0",
        "5",
        "100 %",
    };
    struct facts facts = sample_facts();

    for (size_t i = 0; i < sizeof FALSE / sizeof *FALSE; i++) {
        CU_ASSERT_FALSE(is_true(&facts, FALSE[i]));
        if (is_true(&facts, FALSE[i]))
            printf("\nborne out: %s\n", FALSE[i]);
    }
    facts_free(&facts);
}

static void the_key_is_of_facts_rules_and_model(void)
{
    struct finding finding;
    struct findings findings = sample_findings(&finding);
    struct facts facts = sample_facts(), other = {0};
    char key[5][SHA256_HEX];
    struct error err;

    finding.feature[FEATURE_GL_BALANCE] += 0.01;
    CU_ASSERT_EQUAL_FATAL(facts_make(&findings, 0, &other, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(facts_key(&facts, 1, "m", key[0], &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(facts_key(&facts, 1, "m", key[1], &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(facts_key(&facts, 2, "m", key[2], &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(facts_key(&facts, 1, "n", key[3], &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(facts_key(&other, 1, "m", key[4], &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(key[0], key[1]);
    for (int i = 2; i < 5; i++)
        for (int k = 0; k < i; k++)
            CU_ASSERT(k == 1 || strcmp(key[i], key[k]) != 0);
    facts_free(&other);
    facts_free(&facts);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the sheet begins with the nine values", the_sheet_has_the_nine_values},
        {"the sheet tells the history and what drives the score", the_sheet_has_the_history},
        {"what is unknown is null", what_is_unknown_is_null},
        {"a ledger's texts stay quoted", ledger_text_stays_data},
        {"what is true, rounded or without sign, is borne out", true_claims_are_borne_out},
        {"what is not among the facts is not", false_claims_are_not},
        {"the key depends on facts, rules and model", the_key_is_of_facts_rules_and_model},
    };

    return suite_run("facts", FACT, sizeof FACT / sizeof *FACT);
}
