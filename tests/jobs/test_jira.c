/* jira.h without a server: what settings it takes. Requests are in tests/cli/test_tickets.py. */
#include "jira.h"

#include "suite.h"

#include <string.h>

static char https[] = "https://team.example", http[] = "http://localhost:1", ftp[] = "ftp://x",
            file[] = "token", user[] = "robot@example.invalid", project[] = "FIN",
            strange[] = "FIN\" OR project = \"HR";

static struct settings whole(void)
{
    struct settings settings = {0};

    settings.services.jira =
        (struct jira_settings){.url = https, .user = user, .project = project};
    settings.services.jira.token.file = file;
    return settings;
}

/* The settings are refused, and the sentence names the key. */
static void expect_refused(const struct settings *settings, const char *key)
{
    struct error err = {0};

    CU_ASSERT_EQUAL(jira_validate(settings, &err), STATUS_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, key));
}

static void whole_settings_are_taken(void)
{
    struct settings settings = whole();
    struct error err = {0};

    CU_ASSERT_TRUE(jira_is_configured(&settings));
    CU_ASSERT_EQUAL(jira_validate(&settings, &err), STATUS_OK);
    settings.services.jira.flavor = JIRA_DATACENTER;
    settings.services.jira.user = NULL;
    CU_ASSERT_EQUAL(jira_validate(&settings, &err), STATUS_OK);
}

static void without_an_address_it_is_not_configured(void)
{
    struct settings settings = {0};
    struct error err = {0};

    CU_ASSERT_FALSE(jira_is_configured(&settings));
    CU_ASSERT_EQUAL(jira_validate(&settings, &err), STATUS_OK);
}

static void what_is_missing_is_named(void)
{
    struct settings settings = whole();
    settings.services.jira.project = NULL;
    expect_refused(&settings, "jira.project");

    settings = whole();
    settings.services.jira.user = NULL;
    expect_refused(&settings, "jira.user");

    settings = whole();
    settings.services.jira.token.file = NULL;
    expect_refused(&settings, "jira.token_file");
}

static void addresses_are_encrypted(void)
{
    struct settings settings = whole();
    struct error err = {0};
    settings.services.jira.url = ftp;
    expect_refused(&settings, "jira.url");
    settings.services.jira.url = http;
    expect_refused(&settings, "jira.url");
    settings.services.network.plain_http = true;
    CU_ASSERT_EQUAL(jira_validate(&settings, &err), STATUS_OK);
}

static void a_project_is_no_search(void)
{
    struct settings settings = whole();

    settings.services.jira.project = strange;
    expect_refused(&settings, "jira.project");
}

int main(void)
{
    static const struct fact FACT[] = {
        {"whole settings are taken", whole_settings_are_taken},
        {"without an address it is not configured", without_an_address_it_is_not_configured},
        {"what is missing is named", what_is_missing_is_named},
        {"addresses are encrypted", addresses_are_encrypted},
        {"a project is no search", a_project_is_no_search},
    };

    return suite_run("jira", FACT, sizeof FACT / sizeof *FACT);
}
