/* Replies of language models and of what stands before them, good, bad and hostile: each with
 * whether it is accepted, or with what is found wrong. */
#include "model_reply.h"
#include "model_sample.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#define SUMMARY(text)                                                                          \
    "{\"summary\":\"" text "\",\"likely_cause\":\"missing posting\","                          \
    "\"recommended_action\":\"Check the postings.\",\"confidence\":0.7}"
#define ACTION(text)                                                                           \
    "{\"summary\":\"The break grew.\",\"likely_cause\":\"missing posting\","                   \
    "\"recommended_action\":\"" text "\",\"confidence\":0.7}"
#define CAUSE(value)                                                                           \
    "{\"summary\":\"The break grew.\",\"likely_cause\":" value ","                             \
    "\"recommended_action\":\"Check the postings.\",\"confidence\":0.7}"
#define SURE(value)                                                                            \
    "{\"summary\":\"The break grew.\",\"likely_cause\":\"unknown\","                           \
    "\"recommended_action\":\"Check the postings.\",\"confidence\":" value "}"
#define GOOD      SUMMARY("The GL exceeds the sub-ledger by 1,234,567.89 USD.")
#define TEN(text) text text text text text text text text text text

/* A text of the model, and NULL if it is accepted, else a part of what is wrong. */
struct trial {
    const char *text, *wrong;
};

static const struct trial TEXT[] = {
    /* what surrounds it */
    {GOOD, NULL},
    {" \n\t" GOOD "\n", NULL},
    {"Here is the explanation:\n" GOOD "\nI hope this helps {really}.", NULL},
    {"```json\n" GOOD "\n```", NULL},
    {"```\n" GOOD "\n```", NULL},
    {"<think>The user wants {\"summary\":\"x\"}</think>" GOOD, NULL},
    {"<think>a</think><think>b</think>\n" GOOD, NULL},
    {"thoughts without a beginning </think>" GOOD, NULL},
    {"{\"facts\":{\"a\":[1,2]}} " GOOD, NULL},
    {"[" GOOD "]", NULL},
    {"{\"answer\":" GOOD "}", NULL},
    {"{ not JSON { at all " GOOD, NULL},
    {"{\"summary\":\"an example\"} " GOOD, NULL},
    {"\xef\xbb\xbf" GOOD, NULL},
    {GOOD GOOD, NULL},
    {"", "no JSON object"},
    {" ", "no JSON object"},
    {"The balance has moved.", "no JSON object"},
    {"null", "no JSON object"},
    {"42", "no JSON object"},
    {"[]", "no JSON object"},
    {"{}", "no JSON object"},
    {"{", "no JSON object"},
    {"}{", "no JSON object"},
    {"{\"summary\":", "no JSON object"},
    {"{\"summary\":\"The GL exc", "no JSON object"},
    {"```json\n{\"summary\":\"The GL exc", "no JSON object"},
    {"<think>" GOOD, NULL},
    {GOOD "</think>", "no JSON object"},
    {"{'summary':'single quotes'}", "no JSON object"},
    {"{summary:\"no quotes\"}", "no JSON object"},
    {"{\"Summary\":\"other case\"}", "no JSON object"},
    {GOOD " {\"summary\":\"an afterthought\"}", "likely_cause"},
    {TEN(TEN("{\"a\":{\"a\":{\"a\":")), "no JSON object"},
    {TEN(TEN("[[[[[[[[[[[[{")), "no JSON object"},
    {TEN(TEN("{{{{{{{{{{")), "no JSON object"},
    /* members that are missing, or of another type */
    {"{\"summary\":\"The break grew.\"}", "likely_cause"},
    {"{\"summary\":null,\"likely_cause\":\"unknown\"}", "summary is missing or is no text"},
    {"{\"summary\":5}", "summary is missing or is no text"},
    {"{\"summary\":[\"a\"]}", "summary is missing or is no text"},
    {"{\"summary\":{\"text\":\"a\"}}", "summary is missing or is no text"},
    {"{\"summary\":true}", "summary is missing or is no text"},
    {"{\"summary\":\"\"}", "summary is empty"},
    {SUMMARY("   "), "summary is empty"},
    {SUMMARY("\\n\\t"), "summary is empty"},
    {SUMMARY("\\u200b\\u202e"), "summary is empty"},
    {ACTION(""), "recommended_action is empty"},
    {"{\"summary\":\"The break grew.\",\"likely_cause\":\"unknown\",\"confidence\":1}",
     "recommended_action is missing"},
    {CAUSE("\"unknown\""), NULL},
    {CAUSE("\"Timing Difference\""), NULL},
    {CAUSE("\"sabotage\""), "likely_cause is not one"},
    {CAUSE("\"\""), "likely_cause is not one"},
    {CAUSE("\"unknown \""), "likely_cause is not one"},
    {CAUSE("null"), "likely_cause is not one"},
    {CAUSE("3"), "likely_cause is not one"},
    {CAUSE("[\"unknown\"]"), "likely_cause is not one"},
    {SURE("0"), NULL},
    {SURE("1"), NULL},
    {SURE("0.85"), NULL},
    {SURE("1e-3"), NULL},
    {SURE("1.01"), "confidence is not"},
    {SURE("-0.1"), "confidence is not"},
    {SURE("85"), "confidence is not"},
    {SURE("1e999"), "confidence is not"},
    {SURE("\"0.8\""), "confidence is not"},
    {SURE("\"high\""), "confidence is not"},
    {SURE("null"), "confidence is not"},
    {SURE("true"), "confidence is not"},
    {SURE("NaN"), "no JSON object"},
    /* lengths */
    {SUMMARY(TEN(TEN("words. "))), "summary is longer than 600 characters"},
    {SUMMARY(TEN(TEN("word. "))), NULL},
    {SUMMARY(TEN(TEN("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"))), NULL},
    {ACTION(TEN(TEN("word. "))), "recommended_action is longer than 400 characters"},
    {ACTION(TEN(TEN("ok. "))), NULL},
    /* numbers and dates */
    {SUMMARY("It is 1.23 million, or 1,234,568, and fell by (359.22)."), NULL},
    {SUMMARY("75 % of the score; open for 2 months."), NULL},
    {SUMMARY("Open since March 30, 2024, and not on 30.03.2024 closed."), NULL},
    {SUMMARY("Account 1618001 of company 00002, AU-17."), NULL},
    {SUMMARY("It is 987,654,321.12."), "summary says 987,654,321.12, which is not among"},
    {SUMMARY("It grew by 500 %."), "summary says 500"},
    {SUMMARY("It is 1,234,567.98."), "says 1,234,567.98"},
    {SUMMARY("Since 2024-03-31."), "says 2024-03-31"},
    {SUMMARY("Since 31 March 2024."), "says 31 March 2024"},
    {SUMMARY("In 2023."), "says 2023"},
    {SUMMARY("In Q2."), "says Q2"},
    {SUMMARY("Account 1618002."), "says 1618002"},
    {SUMMARY("It is 1e6."), "says 1e6"},
    {ACTION("Post 500 USD."), "recommended_action says 500"},
    {ACTION("Ask for voucher 4711."), "recommended_action says 4711"},
    {ACTION("1. Look. 3. Ask."), "recommended_action says"},
    {SUMMARY("It is \xef\xbc\x91\xef\xbc\x92."), "digits other than"},
    {SUMMARY("It is \xd9\xa1\xd9\xa2."), "digits other than"},
    {SUMMARY("10\\u00b2 more"), "digits other than"},
    {SUMMARY("\\u00bd of it"), "digits other than"},
    {SUMMARY("1,234,\\u200b567.89 USD"), NULL},
    {SUMMARY("9\\u200b9 USD"), "says 99"},
    {SUMMARY("1\\u00a0234\\u00a0567"), "says"},
    /* what is to be done to the reader */
    {SUMMARY("See https://evil.invalid/x"), "summary has a link"},
    {SUMMARY("See www.evil.invalid"), "summary has a link"},
    {ACTION("Open ftp://evil.invalid"), "recommended_action has a link"},
    {SUMMARY("<b>The</b> break {code} [a|b] *grew*"), NULL},
    {SUMMARY("One line.\\r\\nBcc: all@x.invalid"), NULL},
    {SUMMARY("A \\u0007bell and \\u001b[m an escape."), NULL},
    {SUMMARY("\\u0000"), "summary is empty"},
    {SUMMARY("bad \xff\xfe bytes"), NULL},
    {SUMMARY("bad \\ud800 half"), "no JSON object"},
};

static void texts_are_judged(void)
{
    struct facts facts = sample_facts();

    for (size_t i = 0; i < sizeof TEXT / sizeof *TEXT; i++) {
        struct model_answer answer;
        char why[MODEL_WHY] = "";
        bool accepted = model_answer_read(TEXT[i].text, &facts, &answer, why);
        bool right =
            TEXT[i].wrong == NULL ? accepted : !accepted && strstr(why, TEXT[i].wrong) != NULL;
        CU_ASSERT(right);
        if (!right)
            printf("\n%.300s\n-> %s\n", TEXT[i].text, accepted ? "accepted" : why);
    }
    facts_free(&facts);
}

static void texts_become_one_clean_line(void)
{
    static const struct {
        const char *text, *summary;
    } CASE[] = {
        {SUMMARY("  a \\n\\n b\\tc  "), "a b c"},
        {SUMMARY("One line.\\r\\nBcc: all"), "One line. Bcc: all"},
        {SUMMARY("A \\u0007bell\\u007f, \\u202eright to left\\u202c"),
         "A bell , right to left"},
        {SUMMARY("M\\u00fcnchen \\ud83d\\ude00"), "M\xc3\xbcnchen \xf0\x9f\x98\x80"},
        {SUMMARY("<b>x</b> \\\"q\\\" {code}"), "<b>x</b> \"q\" {code}"},
    };
    struct facts facts = sample_facts();

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct model_answer answer;
        char why[MODEL_WHY];
        CU_ASSERT_FATAL(model_answer_read(CASE[i].text, &facts, &answer, why));
        CU_ASSERT_STRING_EQUAL(answer.summary, CASE[i].summary);
        CU_ASSERT_STRING_EQUAL(answer.likely_cause, "missing posting");
        CU_ASSERT_STRING_EQUAL(answer.action, "Check the postings.");
        CU_ASSERT_EQUAL(answer.confidence, 0.7);
    }
    facts_free(&facts);
}

static void a_kept_answer_reads_back(void)
{
    struct facts facts = sample_facts();
    struct model_answer answer, again;
    char why[MODEL_WHY];

    CU_ASSERT_FATAL(
        model_answer_read(SUMMARY("M\xc3\xbcnchen \\\"2024\\\""), &facts, &answer, why));
    char *text = model_answer_print(&answer, "a \"model\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    char *giver = model_answer_giver(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(giver);
    CU_ASSERT_STRING_EQUAL(giver, "a \"model\"");
    free(giver);
    CU_ASSERT_PTR_NULL(model_answer_giver("{}"));
    CU_ASSERT_PTR_NULL(model_answer_giver("{\"model\": 1}"));
    CU_ASSERT_PTR_NULL(model_answer_giver("no JSON"));
    CU_ASSERT_FATAL(model_answer_read(text, &facts, &again, why));
    CU_ASSERT_STRING_EQUAL(again.summary, answer.summary);
    CU_ASSERT_STRING_EQUAL(again.action, answer.action);
    CU_ASSERT_PTR_EQUAL(again.likely_cause, answer.likely_cause);
    CU_ASSERT_EQUAL(again.confidence, answer.confidence);
    cJSON_free(text);
    facts_free(&facts);
}

/* The body of an answer; content is JSON, extra further members of the choice and the body. */
static void make_body(const char *content, const char *choice, const char *extra, char *body,
                      size_t room)
{
    snprintf(body, room,
             "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
             "\"content\":%s}%s}]%s}",
             content, choice, extra);
}

static bool read_body(const char *body, size_t n, char why[MODEL_WHY], int64_t *tokens)
{
    struct facts facts = sample_facts();
    struct model_answer answer;
    bool accepted = model_reply_read(body, n, &facts, &answer, why, tokens);

    facts_free(&facts);
    return accepted;
}

#define QUOTED                                                                                 \
    "\"{\\\"summary\\\":\\\"It grew.\\\",\\\"likely_cause\\\":\\\"unknown\\\","                \
    "\\\"recommended_action\\\":\\\"Look.\\\",\\\"confidence\\\":0.5}\""

static void bodies_are_judged(void)
{
    static const struct {
        const char *content, *choice, *extra, *wrong;
    } CASE[] = {
        {QUOTED, "", "", NULL},
        {QUOTED, ",\"finish_reason\":\"stop\"", ",\"usage\":{\"total_tokens\":19}", NULL},
        {QUOTED, ",\"finish_reason\":null", ",\"usage\":null", NULL},
        {QUOTED, ",\"finish_reason\":\"length\"", "", NULL},
        {QUOTED, ",\"finish_reason\":5", ",\"usage\":\"many\"", NULL},
        {"\"{\\\"summary\\\":\\\"It gr\"", ",\"finish_reason\":\"length\"", "", "cut at its"},
        {"\"{\\\"summary\\\":\\\"It gr\"", ",\"finish_reason\":\"stop\"", "", "no JSON object"},
        {"\"plain words\"", "", "", "no JSON object"},
        {"null", "", "", "no text"},
        {"5", "", "", "no text"},
        {"[\"a\"]", "", "", "no text"},
        {"{\"summary\":\"a\"}", "", "", "no text"},
        {"null,\"refusal\":\"I can't\"", "", "", "declined"},
        {QUOTED ",\"refusal\":null", "", "", NULL},
        {QUOTED ",\"refusal\":\"no\"", "", "", "declined"},
        {QUOTED ",\"reasoning_content\":\"hm\"", "", "", NULL},
    };

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char body[1024], why[MODEL_WHY] = "";
        int64_t tokens = 0;
        make_body(CASE[i].content, CASE[i].choice, CASE[i].extra, body, sizeof body);
        bool accepted = read_body(body, strlen(body), why, &tokens);
        CU_ASSERT_EQUAL(accepted, CASE[i].wrong == NULL);
        if (CASE[i].wrong != NULL)
            CU_ASSERT_PTR_NOT_NULL(strstr(why, CASE[i].wrong));
        CU_ASSERT(tokens > 0);
    }
}

static void what_is_no_answer_is_told(void)
{
    static const struct {
        const char *body, *wrong;
    } CASE[] = {
        {"", "no JSON object"},
        {"<html><body>Bad gateway</body></html>", "no JSON object"},
        {"{\"choices\":[", "no JSON object"},
        {"[]", "no JSON object"},
        {"\"text\"", "no JSON object"},
        {"null", "no JSON object"},
        {"{}", "no choices"},
        {"{\"choices\":null}", "no choices"},
        {"{\"choices\":[]}", "no choices"},
        {"{\"choices\":{}}", "no choices"},
        {"{\"choices\":\"x\"}", "no choices"},
        {"{\"choices\":[5]}", "no text"},
        {"{\"choices\":[null]}", "no text"},
        {"{\"choices\":[{}]}", "no text"},
        {"{\"choices\":[{\"message\":null}]}", "no text"},
        {"{\"choices\":[{\"message\":\"x\"}]}", "no text"},
        {"{\"choices\":[{\"message\":{}}]}", "no text"},
        {"{\"choices\":[{\"text\":\"an old completion\"}]}", "no text"},
        {"{\"error\":{\"message\":\"m\"}}", "no choices"},
    };

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char why[MODEL_WHY] = "";
        int64_t tokens = 0;
        CU_ASSERT_FALSE(read_body(CASE[i].body, strlen(CASE[i].body), why, &tokens));
        CU_ASSERT_PTR_NOT_NULL(strstr(why, CASE[i].wrong));
    }
}

static void tokens_are_counted_or_estimated(void)
{
    static const struct {
        const char *usage;
        int64_t tokens; /* -1: a quarter of the bytes */
    } CASE[] = {
        {"{\"total_tokens\":1234}", 1234},
        {"{\"total_tokens\":0}", 0},
        {"{\"total_tokens\":-5}", -1},
        {"{\"total_tokens\":1e300}", -1},
        {"{\"total_tokens\":\"9\"}", -1},
        {"{}", -1},
        {"[]", -1},
        {"null", -1},
    };

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char extra[128], body[1024], why[MODEL_WHY];
        int64_t tokens = 0;
        snprintf(extra, sizeof extra, ",\"usage\":%s", CASE[i].usage);
        make_body(QUOTED, "", extra, body, sizeof body);
        CU_ASSERT(read_body(body, strlen(body), why, &tokens));
        CU_ASSERT_EQUAL(tokens,
                        CASE[i].tokens >= 0 ? CASE[i].tokens : (int64_t)strlen(body) / 4);
    }
}

/* Every prefix of a good body, and every body with one byte changed: no crash, and what is
 * accepted is an answer. */
static void damaged_bodies_do_no_harm(void)
{
    char body[1024], why[MODEL_WHY];
    int64_t tokens = 0;
    struct facts facts = sample_facts();
    struct model_answer answer;

    make_body(QUOTED, ",\"finish_reason\":\"stop\"", ",\"usage\":{\"total_tokens\":19}", body,
              sizeof body);
    size_t n = strlen(body);
    for (size_t i = 0; i < n; i++) {
        char cut[1024];
        memcpy(cut, body, i);
        cut[i] = '\0';
        CU_ASSERT_FALSE(model_reply_read(cut, i, &facts, &answer, why, &tokens));
    }
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            char byte = body[i];
            body[i] = (char)(body[i] ^ 1 << bit);
            why[0] = '\0';
            bool accepted = model_reply_read(body, n, &facts, &answer, why, &tokens);
            CU_ASSERT(accepted ? answer.summary[0] != '\0' : why[0] != '\0');
            body[i] = byte;
        }
    facts_free(&facts);
}

static void a_huge_text_is_refused(void)
{
    enum { HUGE_TEXT = 1 << 20 };
    char *text = malloc(HUGE_TEXT + 1), why[MODEL_WHY];
    struct facts facts = sample_facts();
    struct model_answer answer;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '{', HUGE_TEXT);
    text[HUGE_TEXT] = '\0';
    CU_ASSERT_FALSE(model_answer_read(text, &facts, &answer, why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "longer than 32768 bytes"));
    free(text);
    facts_free(&facts);
}

/* What is told to the model about its answer is not the model's to choose. */
static void a_reason_is_printable(void)
{
    struct facts facts = sample_facts();
    struct model_answer answer;
    char why[MODEL_WHY];

    CU_ASSERT_FALSE(model_answer_read(SUMMARY("99" TEN(TEN("x"))), &facts, &answer, why));
    for (const char *c = why; *c != '\0'; c++)
        CU_ASSERT(*c >= ' ' && *c <= '~');
    CU_ASSERT(strlen(why) < 100);
    facts_free(&facts);
}

static void quotas_are_told_from_rates(void)
{
    static const struct {
        const char *body;
        bool out;
    } CASE[] = {
        {"{\"error\":{\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}", true},
        {"{\"error\":{\"type\":\"x\",\"code\":\"credit_balance_exhausted\"}}", true},
        {"{\"error\":{\"type\":null,\"code\":\"monthly_spend_limit_exceeded\"}}", true},
        {"{\"error\":{\"type\":\"org_usage_limit_exceeded\"}}", true},
        {"{\"object\":\"error\",\"type\":\"insufficient_quota\",\"code\":429}", true},
        {"{\"error\":{\"message\":\"quota\",\"type\":\"requests\","
         "\"code\":\"rate_limit_exceeded\"}}",
         false},
        {"{\"error\":{\"type\":\"tokens\",\"code\":\"slow_down\"}}", false},
        {"{\"error\":{\"code\":429}}", false},
        {"{\"error\":\"insufficient_quota\"}", false},
        {"{\"error\":[]}", false},
        {"<html>quota</html>", false},
        {"", false},
    };

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
        CU_ASSERT_EQUAL(model_is_out_of_quota(CASE[i].body, strlen(CASE[i].body)), CASE[i].out);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a model's text is accepted, or what is wrong is told", texts_are_judged},
        {"texts become one clean line", texts_become_one_clean_line},
        {"a kept answer reads back", a_kept_answer_reads_back},
        {"a server's body is accepted, or what is wrong is told", bodies_are_judged},
        {"what is no answer is told", what_is_no_answer_is_told},
        {"tokens are counted, or estimated", tokens_are_counted_or_estimated},
        {"damaged bodies do no harm", damaged_bodies_do_no_harm},
        {"a huge text is refused", a_huge_text_is_refused},
        {"a reason is short and printable", a_reason_is_printable},
        {"quotas are told from rates", quotas_are_told_from_rates},
    };

    return suite_run("model_reply", FACT, sizeof FACT / sizeof *FACT);
}
