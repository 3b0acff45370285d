/* What of transfers can be told without a server: names of hosts and sentences. The rest
 * is in test_http.py. */
#include "suite.h"

#include "http.h"
#include "transport.h"

#include <string.h>

static void check_host(const char *url, const char *expected)
{
    char host[TRANSPORT_HOST];

    transport_host(url, host);
    CU_ASSERT_STRING_EQUAL(host, expected);
}

static void a_host_is_named_without_user_and_path(void)
{
    check_host("https://team.atlassian.net/rest/api/3/issue?x=1", "team.atlassian.net");
    check_host("https://localhost:8443/v1", "localhost:8443");
    check_host("https://robot:s3cret@jira.example.com/", "jira.example.com");
    check_host("https://robot:s3cret@jira.example.com:443/", "jira.example.com:443");
    check_host("smtps://mail.example.com:465/node.name", "mail.example.com:465");
    check_host("https://[::1]:8443/", "[::1]:8443");
}

static void what_is_no_address_is_not_repeated(void)
{
    check_host("", "the address");
    check_host("https://", "the address");
    check_host("https://user:s3cret@", "the address");
    check_host("https://a b/s3cret", "the address");
}

static void a_long_host_is_cut(void)
{
    char url[1024] = "https://";
    char host[TRANSPORT_HOST];

    memset(url + strlen(url), 'x', 900);
    transport_host(url, host);
    CU_ASSERT_EQUAL(strlen(host), 100);
}

static void a_sentence_says_what_to_do(void)
{
    struct transport transport = {.detail = "self-signed certificate"};
    char text[HTTP_SENTENCE];

    transport_explain(&transport, CURLE_PEER_FAILED_VERIFICATION, "https://jira.example.com/x",
                      text, sizeof text);
    CU_ASSERT_STRING_EQUAL(
        text, "jira.example.com has a certificate that is not trusted (self-signed "
              "certificate); if an authority of your own issued it, set network.ca-file");
}

static void a_timeout_says_which(void)
{
    struct transport transport = {0};
    char text[HTTP_SENTENCE];

    transport_explain(&transport, CURLE_OPERATION_TIMEDOUT, "https://a/", text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "network.connect-timeout"));
    transport.begun = true;
    transport_explain(&transport, CURLE_OPERATION_TIMEDOUT, "https://a/", text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "network.timeout"));
}

static void the_longest_sentence_is_cut_at_the_end(void)
{
    struct transport transport = {.refused = true};
    char text[HTTP_SENTENCE];

    memset(transport.detail, 'd', sizeof transport.detail - 1);
    memset(text, 'x', sizeof text);
    transport_explain(&transport, CURLE_COULDNT_CONNECT, "http://a/", text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(memchr(text, '\0', sizeof text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "is not this machine"));
    transport_explain(&transport, CURLE_COULDNT_CONNECT, "http://a/", text, 10);
    CU_ASSERT_EQUAL(strlen(text), 9);
}

static void what_would_fail_again_is_known(void)
{
    struct transport transport = {0};

    CU_ASSERT_TRUE(transport_is_lasting(&transport, CURLE_PEER_FAILED_VERIFICATION));
    CU_ASSERT_TRUE(transport_is_lasting(&transport, CURLE_UNSUPPORTED_PROTOCOL));
    CU_ASSERT_FALSE(transport_is_lasting(&transport, CURLE_COULDNT_RESOLVE_HOST));
    CU_ASSERT_FALSE(transport_is_lasting(&transport, CURLE_COULDNT_CONNECT));
    transport.refused = true;
    CU_ASSERT_TRUE(transport_is_lasting(&transport, CURLE_COULDNT_CONNECT));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a host is named without user and path", a_host_is_named_without_user_and_path},
        {"what is no address is not repeated", what_is_no_address_is_not_repeated},
        {"a long host is cut", a_long_host_is_cut},
        {"a sentence says what to do", a_sentence_says_what_to_do},
        {"a timeout says which", a_timeout_says_which},
        {"the longest sentence is cut at the end", the_longest_sentence_is_cut_at_the_end},
        {"what would fail again is known", what_would_fail_again_is_known},
    };

    return suite_run("transport", FACT, sizeof FACT / sizeof FACT[0]);
}
