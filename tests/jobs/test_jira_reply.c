/* jira_reply.h on canned answers: those of both Jiras, partial ones, and what proxies say. */
#include "jira_reply.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static struct http_reply reply_of(int status, const char *body)
{
    static char text[4096];

    snprintf(text, sizeof text, "%s", body);
    return (struct http_reply){.outcome = HTTP_ANSWERED, .status = status, .body = text};
}

static void status_says_what_was_done(void)
{
    static const struct {
        int status;
        enum jira_verdict verdict;
    } EXPECTED[] = {
        {200, JIRA_DONE},     {201, JIRA_DONE},       {204, JIRA_DONE},
        {302, JIRA_REFUSED},  {400, JIRA_REFUSED},    {404, JIRA_REFUSED},
        {413, JIRA_REFUSED},  {401, JIRA_LOCKED_OUT}, {403, JIRA_LOCKED_OUT},
        {429, JIRA_NOT_DONE}, {503, JIRA_NOT_DONE},   {408, JIRA_UNSURE},
        {500, JIRA_UNSURE},   {502, JIRA_UNSURE},     {504, JIRA_UNSURE},
    };

    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        struct http_reply reply = reply_of(EXPECTED[i].status, "");
        CU_ASSERT_EQUAL(jira_judge(&reply), EXPECTED[i].verdict);
    }
}

static void cut_answers_leave_it_open(void)
{
    struct http_reply reply = {.outcome = HTTP_UNKNOWN, .status = 201};

    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_UNSURE);
    reply.status = 0;
    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_UNSURE);
    reply.outcome = HTTP_NOT_SENT;
    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_NOT_DONE);
}

static void dead_token_shows_on_any_status(void)
{
    struct http_reply reply = reply_of(200, "{\"issues\": [], \"isLast\": true}");

    strcpy(reply.login_reason, "AUTHENTICATED_FAILED");
    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_LOCKED_OUT);
    strcpy(reply.login_reason, "AUTHENTICATION_DENIED");
    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_LOCKED_OUT);
    strcpy(reply.login_reason, "OK");
    CU_ASSERT_EQUAL(jira_judge(&reply), JIRA_DONE);
}

static const char *reason_of(int status, const char *body)
{
    static char reason[JIRA_REASON];
    struct http_reply reply = reply_of(status, body);

    strcpy(reply.sentence, "jira.example does not accept the request");
    jira_reason(&reply, reason);
    return reason;
}

static void reasons_are_jira_s_own(void)
{
    CU_ASSERT_STRING_EQUAL(
        reason_of(400, "{\"errorMessages\": [\"One.\", \"Two.\"], "
                       "\"errors\": {\"summary\": \"too\\nlong\", \"priority\": \"none\"}}"),
        "One.; Two.; summary: too long; priority: none");
    CU_ASSERT_STRING_EQUAL(
        reason_of(400, "{\"errorMessages\": [], \"errors\": {\"a\": \"b\"}}"), "a: b");
}

static void other_answers_have_the_status_as_reason(void)
{
    static const char *const BODY[] = {
        "", "<html>", "[]", "7", "{", "{\"errorMessages\": 1, \"errors\": [2]}"};

    for (size_t i = 0; i < sizeof BODY / sizeof *BODY; i++)
        CU_ASSERT_STRING_EQUAL(reason_of(502, BODY[i]),
                               "jira.example does not accept the request");
}

static void long_reasons_fit(void)
{
    char body[4000] = "{\"errorMessages\": [\"";

    memset(body + strlen(body), 'x', 3000);
    strcat(body, "\"]}");
    CU_ASSERT(strlen(reason_of(400, body)) < JIRA_REASON);
}

#define ISSUE(number) "{\"id\": \"1\", \"key\": \"FIN-" number "\", \"self\": \"\"}"
#define FAILED(place)                                                                          \
    "{\"status\": 400, \"failedElementNumber\": " place ", \"elementErrors\": "                \
    "{\"errorMessages\": [], \"errors\": {\"summary\": \"no\"}}}"

static void all_opened(void)
{
    struct jira_made made[3];

    CU_ASSERT_TRUE(jira_read_bulk(
        "{\"issues\": [" ISSUE("1") "," ISSUE("2") "," ISSUE("3") "], \"errors\": []}", 3,
        made));
    CU_ASSERT_STRING_EQUAL(made[0].key, "FIN-1");
    CU_ASSERT_STRING_EQUAL(made[2].key, "FIN-3");
}

static void opened_ones_skip_the_failed(void)
{
    struct jira_made made[5];

    CU_ASSERT_TRUE(jira_read_bulk("{\"issues\": [" ISSUE("7") "," ISSUE(
                                      "8") "], \"errors\": "
                                           "[" FAILED("3") "," FAILED("0") "," FAILED("4") "]}",
                                  5, made));
    CU_ASSERT_STRING_EQUAL(made[0].key, "");
    CU_ASSERT_STRING_EQUAL(made[0].reason, "summary: no");
    CU_ASSERT_STRING_EQUAL(made[1].key, "FIN-7");
    CU_ASSERT_STRING_EQUAL(made[2].key, "FIN-8");
    CU_ASSERT_STRING_EQUAL(made[3].key, "");
    CU_ASSERT_STRING_EQUAL(made[4].reason, "summary: no");
    CU_ASSERT_FALSE(made[4].again);
}

/* Every way of failing for up to four tickets, against what was meant. */
static void every_pattern_of_failures_is_mapped(void)
{
    for (unsigned failed = 0; failed < 16; failed++) {
        char body[2048] = "{\"issues\": [", part[256];
        const char *comma = "";
        struct jira_made made[4];
        for (int i = 0; i < 4; i++)
            if (!(failed >> i & 1)) {
                snprintf(part, sizeof part, "%s{\"id\": \"1\", \"key\": \"K-%d\"}", comma, i);
                strcat(body, part);
                comma = ",";
            }
        strcat(body, "], \"errors\": [");
        comma = "";
        for (int i = 3; i >= 0; i--)
            if (failed >> i & 1) {
                snprintf(part, sizeof part, "%s{\"failedElementNumber\": %d}", comma, i);
                strcat(body, part);
                comma = ",";
            }
        strcat(body, "]}");
        CU_ASSERT_TRUE_FATAL(jira_read_bulk(body, 4, made));
        for (int i = 0; i < 4; i++) {
            snprintf(part, sizeof part, "K-%d", i);
            CU_ASSERT_STRING_EQUAL(made[i].key, failed >> i & 1 ? "" : part);
            CU_ASSERT_EQUAL(made[i].reason[0] != '\0', failed >> i & 1);
        }
    }
}

static void answers_that_do_not_add_up_are_not_used(void)
{
    static const char *const BODY[] = {
        "",
        "<html>",
        "{}",
        "{\"issues\": []}",
        "{\"issues\": [" ISSUE("1") "]}",
        "{\"issues\": [" ISSUE("1") "," ISSUE("2") "," ISSUE("3") "]}",
        "{\"issues\": [" ISSUE("1") "], \"errors\": [" FAILED("2") "]}",
        "{\"issues\": [" ISSUE("1") "], \"errors\": [" FAILED("-1") "]}",
        "{\"issues\": [" ISSUE("1") "], \"errors\": [" FAILED("1e99") "]}",
        "{\"issues\": [], \"errors\": [" FAILED("0") "," FAILED("0") "]}",
        "{\"issues\": [" ISSUE("1") "," ISSUE("2") "], \"errors\": [" FAILED("0") "]}",
        "{\"issues\": [" ISSUE("1") ", {\"key\": \"../../x\"}], \"errors\": []}",
        "{\"issues\": [" ISSUE("1") ", 7], \"errors\": []}",
    };
    struct jira_made made[2];

    for (size_t i = 0; i < sizeof BODY / sizeof *BODY; i++)
        CU_ASSERT_FALSE(jira_read_bulk(BODY[i], 2, made));
}

static void a_refused_bulk_names_the_guilty(void)
{
    struct http_reply reply = reply_of(400, "{\"issues\": [], \"errors\": [" FAILED("1") "]}");
    struct jira_made made[2];

    jira_read_refused_bulk(&reply, 2, made);
    CU_ASSERT_STRING_EQUAL(made[1].reason, "summary: no");
    CU_ASSERT_FALSE(made[1].again);
    CU_ASSERT_TRUE(made[0].again);
    CU_ASSERT_STRING_EQUAL(made[0].key, "");
}

static void a_refused_bulk_without_names_refuses_all(void)
{
    static const char *const BODY[] = {"{\"errorMessages\": [\"too large\"], \"errors\": {}}",
                                       "{\"errorMessages\": [\"too large\"], \"errors\": []}"};
    struct jira_made made[2];

    for (size_t i = 0; i < sizeof BODY / sizeof *BODY; i++) {
        struct http_reply reply = reply_of(413, BODY[i]);
        jira_read_refused_bulk(&reply, 2, made);
        for (int k = 0; k < 2; k++) {
            CU_ASSERT_STRING_EQUAL(made[k].reason, "too large");
            CU_ASSERT_FALSE(made[k].again);
        }
    }
}

static void tickets_are_matched_by_label(void)
{
    struct jira_match match[] = {{.label = "tieout-a"}, {.label = "tieout-b"}};
    struct jira_page page = {0};

    CU_ASSERT_TRUE(
        jira_read_page("{\"issues\": [{\"id\": \"10\", \"key\": \"FIN-10\", \"fields\": "
                       "{\"labels\": [\"tieout\", "
                       "\"tieout-b\"]}}], \"isLast\": false, \"nextPageToken\": \"next\"}",
                       match, 2, &page));
    CU_ASSERT_STRING_EQUAL(match[0].key, "");
    CU_ASSERT_EQUAL(match[0].n, 0);
    CU_ASSERT_STRING_EQUAL(match[1].key, "FIN-10");
    CU_ASSERT_STRING_EQUAL(page.token, "next");
    CU_ASSERT_EQUAL(page.n, 1);
    CU_ASSERT_EQUAL(page.total, -1);
}

static void of_two_tickets_the_oldest_is_kept(void)
{
    struct jira_match match = {.label = "l"};
    struct jira_page page = {0};

    CU_ASSERT_TRUE(jira_read_page(
        "{\"issues\": [{\"id\": \"1000\", \"key\": \"F-9\", \"fields\": {\"labels\": [\"l\"]}},"
        "{\"id\": \"999\", \"key\": \"F-8\", \"fields\": {\"labels\": [\"l\"]}},"
        "{\"id\": \"1001\", \"key\": \"F-10\", \"fields\": {\"labels\": [\"l\"]}}], "
        "\"startAt\": 0, \"maxResults\": 50, \"total\": 3}",
        &match, 1, &page));
    CU_ASSERT_STRING_EQUAL(match.key, "F-8");
    CU_ASSERT_EQUAL(match.n, 3);
    CU_ASSERT_EQUAL(page.total, 3);
}

static void comments_are_searched_in_both_forms(void)
{
    struct jira_page page = {0};
    bool has = false;

    CU_ASSERT_TRUE(jira_read_comments(
        "{\"comments\": [{\"body\": \"about 00ff\"}], \"total\": 1}", "00ff", &has, &page));
    CU_ASSERT_TRUE(has);
    CU_ASSERT_TRUE(jira_read_comments(
        "{\"comments\": [{\"body\": {\"type\": \"doc\", \"content\": [{\"type\": "
        "\"paragraph\", "
        "\"content\": [{\"type\": \"text\", \"text\": \"about 00ff\"}]}]}}], \"total\": 1}",
        "00ff", &has, &page));
    CU_ASSERT_TRUE(has);
    CU_ASSERT_TRUE(jira_read_comments(
        "{\"comments\": [{\"id\": \"00ff\", \"body\": \"other\"}], \"total\": 1}", "00ff", &has,
        &page));
    CU_ASSERT_FALSE(has);
    CU_ASSERT_FALSE(jira_read_comments("<html>", "00ff", &has, &page));
}

static void both_jiras_list_issue_types(void)
{
    char others[64];
    bool has = false;

    CU_ASSERT_TRUE(
        jira_read_issue_types("{\"issueTypes\": [{\"name\": \"Bug\"}, {\"name\": \"Task\"}]}",
                              "Task", &has, others, sizeof others));
    CU_ASSERT_TRUE(has);
    CU_ASSERT_TRUE(
        jira_read_issue_types("{\"values\": [{\"name\": \"Bug\"}, {\"name\": \"Epic\"}]}",
                              "Task", &has, others, sizeof others));
    CU_ASSERT_FALSE(has);
    CU_ASSERT_STRING_EQUAL(others, "Bug, Epic");
    CU_ASSERT_FALSE(jira_read_issue_types("{}", "Task", &has, others, sizeof others));
}

static void an_account_has_a_name(void)
{
    CU_ASSERT_TRUE(jira_read_account("{\"accountId\": \"5b\"}"));
    CU_ASSERT_TRUE(jira_read_account("{\"name\": \"robot\"}"));
    CU_ASSERT_FALSE(jira_read_account("<html>welcome</html>"));
    CU_ASSERT_FALSE(jira_read_account("{}"));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the status says what was done", status_says_what_was_done},
        {"cut answers leave it open", cut_answers_leave_it_open},
        {"a dead token shows on any status", dead_token_shows_on_any_status},
        {"reasons are Jira's own", reasons_are_jira_s_own},
        {"other answers have the status as reason", other_answers_have_the_status_as_reason},
        {"long reasons fit", long_reasons_fit},
        {"all opened", all_opened},
        {"opened ones skip the failed", opened_ones_skip_the_failed},
        {"every pattern of failures is mapped", every_pattern_of_failures_is_mapped},
        {"answers that do not add up are not used", answers_that_do_not_add_up_are_not_used},
        {"a refused bulk names the guilty", a_refused_bulk_names_the_guilty},
        {"a refused bulk without names refuses all", a_refused_bulk_without_names_refuses_all},
        {"tickets are matched by label", tickets_are_matched_by_label},
        {"of two tickets the oldest is kept", of_two_tickets_the_oldest_is_kept},
        {"comments are searched in both forms", comments_are_searched_in_both_forms},
        {"both Jiras list issue types", both_jiras_list_issue_types},
        {"an account has a name", an_account_has_a_name},
    };

    return suite_run("jira_reply", FACT, sizeof FACT / sizeof *FACT);
}
