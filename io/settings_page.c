/* The page on the configuration, from the table of options, so that it cannot say what the
 * program does not do; CONFIGURATION.md is this output, and a test compares them. Markdown, as
 * it reads well on a terminal and in a browser. */
#include "settings.h"
#include "settings_columns.h"
#include "settings_table.h"

#include <string.h>

enum { VALUES_MAX = 128 };

static const char INTRODUCTION[] =
    "# Configuration\n"
    "\n"
    "This page is the output of `tieout help configuration`.\n"
    "\n"
    "Every setting has one key. It can be given in three ways; the first beats the second, "
    "the\n"
    "second the third:\n"
    "\n"
    "1. as a flag: `--trees 300`, `--jira.project FIN`;\n"
    "2. as a variable of the environment: `TIEOUT_TREES=300`, `TIEOUT_JIRA_PROJECT=FIN`;\n"
    "3. in a configuration file, which `--config FILE` or `TIEOUT_CONFIG` names: one JSON "
    "object,\n"
    "   the keys of a section in an object of their own.\n"
    "\n"
    "A key that is unknown, or a value that is none, is an error that says what was probably\n"
    "meant. All commands share one file; each takes from it what concerns it. The settings in\n"
    "force, defaults included, are recorded with the results.\n"
    "\n"
    "Nothing needs to be configured. What a service that is not configured would get is "
    "written\n"
    "beside the results instead. `tieout check --config FILE` tells for each service whether "
    "it\n"
    "answers, and changes nothing.\n"
    "\n"
    "## A file to begin with\n"
    "\n";

static const char EXAMPLE[] = "```json\n"
                              "{\n"
                              "  \"materiality\": \"10000,JPY=1500000\",\n"
                              "  \"alert_on\": \"latest\",\n"
                              "  \"jira\": {\n"
                              "    \"url\": \"https://team.atlassian.net\",\n"
                              "    \"user\": \"reconciliation@example.com\",\n"
                              "    \"token_file\": \"/etc/tieout/jira-token\",\n"
                              "    \"project\": \"FIN\"\n"
                              "  },\n"
                              "  \"email\": {\n"
                              "    \"server\": \"smtps://mail.example.com:465\",\n"
                              "    \"user\": \"tieout\",\n"
                              "    \"password_file\": \"/etc/tieout/mail-password\",\n"
                              "    \"from\": \"tieout@example.com\",\n"
                              "    \"to\": \"reconciliation@example.com\"\n"
                              "  }\n"
                              "}\n"
                              "```\n";

static const char SECRETS[] =
    "\n"
    "## Secrets\n"
    "\n"
    "Keys, tokens and passwords are never settings; settings say where they are. The first of\n"
    "these that is given counts:\n"
    "\n"
    "1. `..._file`: a file with the secret in one line. It must be a regular file (no link), "
    "owned\n"
    "   by the user or root, and closed to everyone else (`chmod 600`); otherwise it is "
    "refused.\n"
    "2. a file of systemd's `$CREDENTIALS_DIRECTORY`: `model-key`, `jira-token`, `tasks-key`,\n"
    "   `email-password`.\n"
    "3. `..._env`: the name of a variable. Batch systems may store the environment of their "
    "jobs;\n"
    "   prefer a file there.\n"
    "\n"
    "No secret gets into arguments, logs, results or error messages.\n";

/* What a section is about; one that is not named here goes without a sentence. */
static const struct {
    const char *section, *text;
} ABOUT[] = {
    {"model",
     "A language model that words the explanations, on any server that speaks\n"
     "`/v1/chat/completions`. It is asked if `url` is set. Every number in its answer\n"
     "must be one of the facts; otherwise the program's own words stay."},
    {"jira",
     "Tickets are opened if `url` is set; then `project` and a token are needed, and in\n"
     "the cloud `user`."},
    {"tasks", "\"Agentic AI\" tasks are posted if a key is given."},
    {"email", "The list is mailed if `server` is set; then `from` and `to` are needed. The\n"
              "connection is always encrypted (but see `network.plain_http`)."},
    {"due", "When tickets and tasks are due, in business days (Monday to Friday) from the "
            "as-of\ndate, by severity."},
    {"network", "How every service is reached. Certificates are always verified."},
};

/* "whole number, 1 to 10000". */
static void values_text(const struct option *option, char text[VALUES_MAX])
{
    text[0] = '\0';
    switch (option->kind) {
    case OPTION_FLAG:
        snprintf(text, VALUES_MAX, "true, false");
        break;
    case OPTION_INTEGER:
        snprintf(text, VALUES_MAX, "whole number, %.0f to %.0f", option->low, option->high);
        break;
    case OPTION_REAL:
        snprintf(text, VALUES_MAX, "number, %g to %g", option->low, option->high);
        break;
    case OPTION_AUTO_SHARE:
        snprintf(text, VALUES_MAX, "\"auto\", or a number up to %g", option->high);
        break;
    case OPTION_CHOICE:
        for (size_t i = 0, n = 0; option->choice[i] != NULL && n < VALUES_MAX; i++)
            n += (size_t)snprintf(text + n, VALUES_MAX - n, "%s\"%s\"", i > 0 ? ", " : "",
                                  option->choice[i]);
        break;
    case OPTION_COLUMNS:
        snprintf(text, VALUES_MAX, "\"auto\", or columns with commas between");
        break;
    case OPTION_ALERT_ON:
        snprintf(text, VALUES_MAX, "\"all\", \"latest\", or a date");
        break;
    case OPTION_PATHS:
        snprintf(text, VALUES_MAX, "text, or a list of texts: %s", option->argument);
        break;
    case OPTION_TEXT:
    case OPTION_AMOUNTS:
        snprintf(text, VALUES_MAX, "text: %s", option->argument);
        break;
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
}

/* Text in a cell: a bar would end it. */
static void print_cell(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++)
        fprintf(stream, "%s%c", *text == '|' ? "\\" : "", *text);
}

/* "run, detect". */
static void print_commands(FILE *stream, const struct option *option)
{
    const char *between = "";

    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        if (option_belongs(option, (enum command)i)) {
            fprintf(stream, "%s%s", between, COMMAND[i].name);
            between = ", ";
        }
}

static void print_row(FILE *stream, const struct option *option)
{
    char key[OPTION_TEXT_MAX], name[OPTION_TEXT_MAX], values[VALUES_MAX];
    const char *standard = option->required ? "required" : option->standard;

    option_config_key(option, key);
    option_environment_name(option, name);
    values_text(option, values);
    fprintf(stream, "| `%s` | `%s` | ", key, name);
    print_cell(stream, values);
    fputs(" | ", stream);
    if (option->kind == OPTION_FLAG)
        fputs(strcmp(standard, "yes") == 0 ? "true" : "false", stream);
    else
        print_cell(stream, standard != NULL ? standard : "none");
    fputs(" | ", stream);
    print_cell(stream, option->help);
    if (option_section(option) == 0) {
        fputs(" | ", stream);
        print_commands(stream, option);
    }
    fputs(" |\n", stream);
}

static void print_heading(FILE *stream, const char *section, size_t length)
{
    if (length == 0)
        fputs("\n## Detection and the program itself\n", stream);
    else
        fprintf(stream, "\n## `%.*s`\n", (int)length, section);
    for (size_t i = 0; i < sizeof ABOUT / sizeof *ABOUT; i++)
        if (strlen(ABOUT[i].section) == length &&
            strncmp(ABOUT[i].section, section, length) == 0)
            fprintf(stream, "\n%s\n", ABOUT[i].text);
    fprintf(stream, "\n| key | variable | value | default | meaning |%s\n",
            length == 0 ? " commands |" : "");
    fprintf(stream, "| --- | --- | --- | --- | --- |%s\n", length == 0 ? " --- |" : "");
}

/* The table of the section that first belongs to. */
static void print_section(FILE *stream, const struct option *first)
{
    size_t length = option_section(first);

    print_heading(stream, first->name, length);
    for (size_t i = 0; i < N_OPTION; i++)
        if (option_in_config(&OPTION[i]) && option_section(&OPTION[i]) == length &&
            strncmp(OPTION[i].name, first->name, length) == 0)
            print_row(stream, &OPTION[i]);
}

/* Whether no option before it is of its section. */
static bool begins_section(const struct option *option)
{
    size_t length = option_section(option);

    for (const struct option *other = OPTION; other < option; other++)
        if (option_section(other) == length && strncmp(other->name, option->name, length) == 0)
            return false;
    return true;
}

/* The one key that is no option: its names are the ledger's. */
static void print_columns(FILE *stream)
{
    fprintf(stream,
            "\n## `%s`\n\nWhat the ledgers call columns that are not recognised by themselves "
            "(`tieout check`\ntells); only in the file:\n\n```json\n"
            "{ \"%s\": { \"%s\": \"Saldo HB\", \"%s\": \"Konto\" } }\n```\n\nColumns:",
            SETTINGS_COLUMNS_KEY, SETTINGS_COLUMNS_KEY, ledger_column_name(COLUMN_GL),
            ledger_column_name(COLUMN_ACCOUNT));
    for (int c = 0; c < N_COLUMN; c++)
        fprintf(stream, "%s `%s`", c > 0 ? "," : "", ledger_column_name((enum ledger_column)c));
    fputs(".\n", stream);
}

void settings_page(FILE *stream)
{
    fputs(INTRODUCTION, stream);
    fputs(EXAMPLE, stream);
    fputs(SECRETS, stream);
    for (size_t i = 0; i < N_OPTION; i++)
        if (begins_section(&OPTION[i]))
            print_section(stream, &OPTION[i]);
    print_columns(stream);
}
