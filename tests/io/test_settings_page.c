/* The page on the configuration: every key once, and an example that the program takes. That
 * CONFIGURATION.md is this page, tests/cli checks. */
#include "settings.h"
#include "settings_table.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* The page on the configuration; to be freed. */
static char *page_text(void)
{
    enum { ROOM = 1 << 16 };
    FILE *file = tmpfile();
    char *text = calloc(ROOM, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    settings_help(TOPIC_CONFIGURATION, file);
    rewind(file);
    fread(text, 1, ROOM - 1, file);
    CU_ASSERT_TRUE(feof(file));
    fclose(file);
    return text;
}

static void page_has_every_key(void)
{
    char *page = page_text();

    for (size_t i = 0; i < N_OPTION; i++) {
        char key[OPTION_TEXT_MAX], variable[OPTION_TEXT_MAX];
        char start[2 * OPTION_TEXT_MAX + 16];
        option_config_key(&OPTION[i], key);
        option_environment_name(&OPTION[i], variable);
        snprintf(start, sizeof start, "\n| `%s` | `%s` | ", key, variable);
        const char *row = strstr(page, start);
        CU_ASSERT_EQUAL(row != NULL, option_in_config(&OPTION[i]));
        CU_ASSERT(row == NULL || strstr(row + 1, start) == NULL);
    }
    CU_ASSERT_PTR_NOT_NULL(
        strstr(page, "| `jira.max_tickets` | `TIEOUT_JIRA_MAX_TICKETS` | whole number, 0 to "
                     "10000 | 50 | tickets of one results file at most"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page,
                                  "| `top` | `TIEOUT_TOP` | whole number, 0 to 1000000000 "
                                  "| 20 | anomalies to show, the most anomalous first; "
                                  "0: all | show |\n"));
    free(page);
}

static void page_begins_with_a_file_that_works(void)
{
    static char word[][8] = {"tieout", "run", "a.csv"};
    char *const argv[] = {word[0], word[1], word[2], NULL};
    struct settings settings;
    struct error err = {0};
    char *page = page_text();
    char *json = strstr(page, "```json\n");

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    json += strlen("```json\n");
    *strstr(json, "```") = '\0';
    CU_ASSERT_EQUAL(settings_parse(3, argv, NULL, &settings, &err), STATUS_OK);
    CU_ASSERT_EQUAL(settings_apply_config(&settings, json, "team.json", &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(settings.services.jira.project, "FIN");
    settings_free(&settings);
    free(page);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the page has every key of the configuration file once, with its variable",
         page_has_every_key},
        {"the page begins with a configuration file that is accepted",
         page_begins_with_a_file_that_works},
    };
    return suite_run("settings_page", FACT, sizeof FACT / sizeof *FACT);
}
