/* The request for an explanation, read back. Whether it keeps to the contract of the service is
 * tests/cli/test_explain.py's part, which has a server that knows the contract. */
#include "model_prompt.h"
#include "model_sample.h"
#include "suite.h"

static const cJSON *at(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static cJSON *request_for(const struct model_settings *model, const char *complaint)
{
    struct facts facts = sample_facts();
    char *body = model_request(model, &facts, complaint);

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    cJSON *request = cJSON_Parse(body);
    CU_ASSERT_PTR_NOT_NULL_FATAL(request);
    cJSON_free(body);
    facts_free(&facts);
    return request;
}

static struct model_settings settings(void)
{
    static char name[] = "test-model";

    return (struct model_settings){
        .name = name, .limit_name = LIMIT_MAX_TOKENS, .answer_tokens = 400, .temperature = 0.5};
}

static void the_request_follows_the_settings(void)
{
    struct model_settings model = settings();
    cJSON *request = request_for(&model, NULL);

    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(at(request, "model")), "test-model");
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(at(request, "temperature")), 0.5);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(at(request, "max_tokens")), 400);
    CU_ASSERT_PTR_NULL(at(request, "max_completion_tokens"));
    CU_ASSERT(cJSON_IsFalse(at(request, "stream")));
    cJSON_Delete(request);
    model.limit_name = LIMIT_MAX_COMPLETION_TOKENS;
    request = request_for(&model, NULL);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(at(request, "max_completion_tokens")), 400);
    CU_ASSERT_PTR_NULL(at(request, "max_tokens"));
    cJSON_Delete(request);
}

/* Strict mode wants every property required and no others. */
static void the_schema_is_strict(void)
{
    struct model_settings model = settings();
    cJSON *request = request_for(&model, NULL);
    const cJSON *format = at(at(request, "response_format"), "json_schema");
    const cJSON *schema = at(format, "schema"), *property = NULL;
    const cJSON *required = at(schema, "required");
    int n_cause = 0;

    const char *system =
        cJSON_GetStringValue(at(cJSON_GetArrayItem(at(request, "messages"), 0), "content"));

    CU_ASSERT(cJSON_IsTrue(at(format, "strict")));
    CU_ASSERT(cJSON_IsFalse(at(schema, "additionalProperties")));
    CU_ASSERT_EQUAL(cJSON_GetArraySize(at(schema, "properties")), 4);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(required), 4);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_PTR_NOT_NULL(at(at(schema, "properties"),
                                  cJSON_GetStringValue(cJSON_GetArrayItem(required, i))));
    cJSON_ArrayForEach(property, at(at(at(schema, "properties"), "likely_cause"), "enum"))
    {
        CU_ASSERT_PTR_NOT_NULL_FATAL(MODEL_CAUSE[n_cause]);
        CU_ASSERT_STRING_EQUAL(property->valuestring, MODEL_CAUSE[n_cause]);
        CU_ASSERT_PTR_NOT_NULL(strstr(system, MODEL_CAUSE[n_cause]));
        n_cause++;
    }
    CU_ASSERT_PTR_NULL(MODEL_CAUSE[n_cause]);
    CU_ASSERT_STRING_EQUAL(MODEL_CAUSE[n_cause - 1], "unknown");
    cJSON_Delete(request);
}

/* The system's message is the same for every ledger; the user's is one JSON object. */
static void the_ledger_is_in_the_user_message_alone(void)
{
    struct model_settings model = settings();
    struct finding finding;
    struct findings findings = sample_findings(&finding);
    struct facts facts;
    struct error err;

    finding.account = SAMPLE_TRICK;
    CU_ASSERT_EQUAL_FATAL(facts_make(&findings, 0, &facts, &err), STATUS_OK);
    char *body = model_request(&model, &facts, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    cJSON *tricked = cJSON_Parse(body), *plain = request_for(&model, NULL);
    const cJSON *messages = at(tricked, "messages");
    CU_ASSERT_EQUAL_FATAL(cJSON_GetArraySize(messages), 2);
    CU_ASSERT(cJSON_Compare(cJSON_GetArrayItem(messages, 0),
                            cJSON_GetArrayItem(at(plain, "messages"), 0), true));
    cJSON *user =
        cJSON_Parse(cJSON_GetStringValue(at(cJSON_GetArrayItem(messages, 1), "content")));
    CU_ASSERT_PTR_NOT_NULL_FATAL(user);
    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(at(at(user, "facts"), "account")),
                           SAMPLE_TRICK);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(user), 1);
    cJSON_Delete(user);
    cJSON_Delete(plain);
    cJSON_Delete(tricked);
    cJSON_free(body);
    facts_free(&facts);
}

static void the_second_request_says_what_was_wrong(void)
{
    struct model_settings model = settings();
    cJSON *request = request_for(&model, "summary says 12, which is not among the facts");
    const cJSON *message = cJSON_GetArrayItem(at(request, "messages"), 1);
    cJSON *user = cJSON_Parse(cJSON_GetStringValue(at(message, "content")));

    CU_ASSERT_PTR_NOT_NULL(at(user, "facts"));
    CU_ASSERT_STRING_EQUAL(
        cJSON_GetStringValue(at(user, "your_first_answer_was_refused_because")),
        "summary says 12, which is not among the facts");
    cJSON_Delete(user);
    cJSON_Delete(request);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the request follows the settings", the_request_follows_the_settings},
        {"the schema is strict", the_schema_is_strict},
        {"ledger text is in the user's message alone", the_ledger_is_in_the_user_message_alone},
        {"the second request says what was wrong", the_second_request_says_what_was_wrong},
    };

    return suite_run("model_prompt", FACT, sizeof FACT / sizeof *FACT);
}
