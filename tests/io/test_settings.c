/* Settings: every option from every source, every pair of sources, every sentence of refusal,
 * and a help that says no more and no less than the tables. What is expected is written out
 * here, not taken from the tables. */
#include "date.h"
#include "settings.h"
#include "settings_table.h"
#include "suite.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WORD = 32, TEXT = 8192 };

/* A command line and an environment made of one text each, words parted by blanks; "_" stands
 * for an empty word. */
struct call {
    char line[TEXT];
    char *argv[MAX_WORD + 1];
    int argc;
    char variables[TEXT];
    char *environment[MAX_WORD + 1];
    struct settings settings;
    struct error err;
};

static int split(char *text, char *word[MAX_WORD + 1])
{
    char *rest = NULL;
    int n = 0;

    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        if (strcmp(at, "_") == 0)
            at[0] = '\0';
        word[n++] = at;
    }
    word[n] = NULL;
    return n;
}

static enum status parse(struct call *call, const char *line, const char *variables)
{
    memset(call, 0, sizeof *call);
    snprintf(call->line, sizeof call->line, "tieout %s", line);
    snprintf(call->variables, sizeof call->variables, "HOME=/ %s", variables);
    call->argc = split(call->line, call->argv);
    split(call->variables, call->environment);
    return settings_parse(call->argc, call->argv, call->environment, &call->settings,
                          &call->err);
}

/* All three sources; config NULL: none. */
static enum status parse_all(struct call *call, const char *line, const char *variables,
                             const char *config)
{
    enum status st = parse(call, line, variables);

    if (st == STATUS_OK && config != NULL)
        st = settings_apply_config(&call->settings, config, "team.json", &call->err);
    return st;
}

/* Three values of an option, as one writes them after a flag and in JSON. */
struct sample {
    const char *name;
    const char *command; /* with operands */
    const char *text[3];
    const char *json[3];
    const char *standard; /* in JSON; "": none; NULL: the option is required */
};

#define PLAIN(a, b, c)                                                                         \
    {#a, #b, #c},                                                                              \
    {                                                                                          \
#a, #b, #c                                                                             \
    }
#define WORDS(a, b, c)                                                                         \
    {#a, #b, #c},                                                                              \
    {                                                                                          \
        "\"" #a "\"", "\"" #b "\"", "\"" #c "\""                                               \
    }
#define SWITCH                                                                                 \
    {"yes", "no", "yes"},                                                                      \
    {                                                                                          \
        "true", "false", "true"                                                                \
    }

static const struct sample SAMPLE[] = {
    {"output", "detect a", WORDS(x.h5, y.h5, z.h5), "\"results.h5\""},
    {"force", "run a", SWITCH, "false"},
    {"profile", "detect a", WORDS(classic, history, classic), "\"history\""},
    {"group-by", "detect a", WORDS(Company, AU, auto), "\"auto\""},
    {"contamination",
     "run a",
     {"0.25", "0.5", "auto"},
     {"0.25", "0.5", "\"auto\""},
     "\"auto\""},
    {"trees", "detect a", PLAIN(1, 10000, 7), "200"},
    {"samples", "detect a", PLAIN(1, 65536, 8), "256"},
    {"seed", "generate --rows 1 a", PLAIN(0, 4294967295, 9), "42"},
    {"date-format", "run a", WORDS(mdy, dmy, auto), "\"auto\""},
    {"decimal", "check a", WORDS(comma, point, comma), "\"point\""},
    {"stacked", "check a", SWITCH, "false"},
    {"tolerance", "detect a", PLAIN(0.5, 0.01, 100), "1"},
    {"materiality",
     "run a",
     {"5", "10000,JPY=1e6", "7.5"},
     {"\"5\"", "\"10000,JPY=1e6\"", "\"7.5\""},
     "\"10000\""},
    {"alert-on",
     "detect a",
     {"latest", "2024-02-29", "all"},
     {"\"latest\"", "\"2024-02-29\"", "\"all\""},
     "\"all\""},
    {"alert-budget", "run a", PLAIN(1, 1000000000, 0), "0"},
    {"feedback",
     "run a",
     {"a.csv", "b", "c/d.csv"},
     {"[\"a.csv\"]", "[\"b\"]", "[\"c/d.csv\"]"},
     ""},
    {"suppress-months", "feedback a b", PLAIN(0, 1200, 6), "12"},
    {"keep-features", "run a", SWITCH, "false"},
    {"threads", "detect a", PLAIN(1, 4096, 2), "0"},
    {"simd", "run a", WORDS(avx512, portable, avx2), "\"auto\""},
    {"top", "show a", PLAIN(0, 1000000000, 5), "20"},
    {"page", "report a", WORDS(x.html, y.html, z.html), ""},
    {"format", "show a", WORDS(csv, json, table), "\"table\""},
    {"color", "show a", WORDS(always, never, auto), "\"auto\""},
    {"dry-run", "run a", SWITCH, "false"},
    {"status", "followup a", SWITCH, "false"},
    {"retry-failed", "followup a", SWITCH, "false"},
    {"model.url",
     "run a",
     {"https://a/v1", "http://[::1]:8080/v1", "u"},
     {"\"https://a/v1\"", "\"http://[::1]:8080/v1\"", "\"u\""},
     ""},
    {"model.name", "followup a", WORDS(big, small, m), ""},
    {"model.key-file", "run a", WORDS(a, b, c), ""},
    {"model.key-env", "check", WORDS(A, B, C), ""},
    {"model.limit-name", "run a",
     WORDS(max_completion_tokens, max_tokens, max_completion_tokens), "\"max_tokens\""},
    {"model.answer-tokens", "run a", PLAIN(1, 100000, 300), "400"},
    {"model.temperature", "run a", PLAIN(0.5, 2, 0), "0"},
    {"model.max-calls", "followup a", PLAIN(0, 1000000, 3), "200"},
    {"model.max-tokens", "followup a", PLAIN(0, 1000000000000, 3), "500000"},
    {"model.at-once", "run a", PLAIN(1, 64, 2), "4"},
    {"jira.url", "check", WORDS(a, b, c), ""},
    {"jira.flavor", "run a", WORDS(datacenter, cloud, datacenter), "\"cloud\""},
    {"jira.user", "run a", WORDS(a, b, c), ""},
    {"jira.token-file", "run a", WORDS(a, b, c), ""},
    {"jira.token-env", "run a", WORDS(A, B, C), ""},
    {"jira.project", "run a", WORDS(FIN, B, C), ""},
    {"jira.issue-type", "run a", WORDS(Bug, Story, Task), "\"Task\""},
    {"jira.priority-low", "run a", WORDS(none, P4, P3), "\"Low\""},
    {"jira.priority-medium", "run a", WORDS(none, P4, P3), "\"Medium\""},
    {"jira.priority-high", "run a", WORDS(none, P4, P3), "\"High\""},
    {"jira.priority-critical", "run a", WORDS(none, P4, P3), "\"Highest\""},
    {"jira.max-tickets", "run a", PLAIN(0, 10000, 3), "50"},
    {"jira.search-seconds", "followup a", PLAIN(0, 3600, 5), "120"},
    {"tasks.key-file", "run a", WORDS(a, b, c), ""},
    {"tasks.key-env", "run a", WORDS(A, B, C), ""},
    {"tasks.url", "run a", WORDS(a, b, c), "\"https://api.agentic.ai/tasks\""},
    {"tasks.max-tasks", "run a", PLAIN(0, 10000, 3), "50"},
    {"tasks.at-once", "run a", PLAIN(1, 64, 2), "4"},
    {"email.server", "run a", WORDS(a, b, c), ""},
    {"email.user", "run a", WORDS(a, b, c), ""},
    {"email.password-file", "run a", WORDS(a, b, c), ""},
    {"email.password-env", "run a", WORDS(A, B, C), ""},
    {"email.from", "run a", WORDS(a, b, c), ""},
    {"email.to", "run a", {"a@b.c,d@e.f", "b", "c"}, {"\"a@b.c,d@e.f\"", "\"b\"", "\"c\""}, ""},
    {"email.when-none", "run a", SWITCH, "false"},
    {"email.rows", "run a", PLAIN(1, 1000, 20), "50"},
    {"due.low", "run a", PLAIN(0, 250, 7), "10"},
    {"due.medium", "run a", PLAIN(0, 250, 7), "5"},
    {"due.high", "run a", PLAIN(0, 250, 7), "3"},
    {"due.critical", "check", PLAIN(0, 250, 7), "1"},
    {"network.ca-file", "run a", WORDS(a, b, c), ""},
    {"network.proxy", "run a", WORDS(a, b, c), ""},
    {"network.connect-timeout", "run a", PLAIN(1, 600, 7), "10"},
    {"network.timeout", "check", PLAIN(1, 3600, 7), "60"},
    {"network.attempts", "run a", PLAIN(1, 20, 7), "4"},
    {"network.max-wait", "run a", PLAIN(0, 3600, 7), "60"},
    {"network.plain-http", "run a", SWITCH, "false"},
    {"rows", "generate a", PLAIN(1, 1000000000000, 10), NULL},
    {"months", "generate --rows 1 a", PLAIN(1, 1200, 12), "24"},
    {"anomalies", "generate --rows 1 a", PLAIN(0.1, 0.5, 0), "0.01"},
    {"nodes", "plan a", PLAIN(2, 100000, 3), "1"},
    {"cores-per-node", "plan a", PLAIN(1, 4096, 64), "0"},
    {"memory-per-node", "plan a", PLAIN(1000, 1000000000, 64000), "0"},
    {"sbatch", "plan a", SWITCH, "false"},
    {"log-format", "followup a", WORDS(json, text, json), "\"text\""},
    {"quiet", "show a", SWITCH, "false"},
    {"verbose", "generate --rows 1 a", SWITCH, "false"},
};
enum { N_SAMPLE = sizeof SAMPLE / sizeof SAMPLE[0] };

/* The JSON text of one setting in force; "" if there is none. */
static void value_in_force(const struct settings *settings, const char *key, char *text)
{
    char section[OPTION_TEXT_MAX];
    char *json = NULL;
    struct error err;

    text[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(settings_in_force(settings, &json, &err), STATUS_OK);
    cJSON *root = cJSON_Parse(json);
    CU_ASSERT_PTR_NOT_NULL(root);
    const char *dot = strchr(key, '.');
    cJSON *object = root;
    if (dot != NULL) {
        snprintf(section, sizeof section, "%.*s", (int)(dot - key), key);
        object = cJSON_GetObjectItemCaseSensitive(root, section);
    }
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, dot != NULL ? dot + 1 : key);
    CU_ASSERT_TRUE(item == NULL || cJSON_PrintPreallocated(item, text, TEXT, false));
    cJSON_Delete(root);
    free(json);
}

/* A configuration file with one key, "trees" or "jira.url". */
static void config_text(const char *key, const char *value, char config[TEXT])
{
    const char *dot = strchr(key, '.');

    if (dot == NULL)
        snprintf(config, TEXT, "{\"%s\": %s}", key, value);
    else
        snprintf(config, TEXT, "{\"%.*s\": {\"%s\": %s}}", (int)(dot - key), key, dot + 1,
                 value);
}

/* The option given by the sources in the set (bit 0 file, 1 environment, 2 flag), each with its
 * value of the sample. */
static void check_sources(const struct sample *sample, unsigned set)
{
    const struct option *option = option_find(sample->name, strlen(sample->name));
    static struct call call;
    char line[TEXT];
    char variable[TEXT] = "";
    char config[TEXT] = "{}";
    char name[OPTION_TEXT_MAX];
    char found[TEXT];

    CU_ASSERT_PTR_NOT_NULL_FATAL(option);
    snprintf(line, sizeof line, "%s --config team.json", sample->command);
    option_environment_name(option, name);
    if ((set & 4) != 0)
        snprintf(line, sizeof line, "%s --config team.json --%s=%s", sample->command,
                 sample->name, sample->text[2]);
    if ((set & 2) != 0)
        snprintf(variable, sizeof variable, "%s=%s", name, sample->text[1]);
    option_config_key(option, name);
    if ((set & 1) != 0)
        config_text(name, sample->json[0], config);
    const char *expected = (set & 4) != 0   ? sample->json[2]
                           : (set & 2) != 0 ? sample->json[1]
                           : (set & 1) != 0 ? sample->json[0]
                                            : sample->standard;
    enum status st = parse_all(&call, line, variable, config);
    if (expected == NULL) {
        CU_ASSERT_EQUAL(st, STATUS_USAGE);
    } else {
        CU_ASSERT_EQUAL(st, STATUS_OK);
        value_in_force(&call.settings, name, found);
        CU_ASSERT_STRING_EQUAL(found, expected);
        if (strcmp(found, expected) != 0)
            printf("\n    found: %s: %s, not %s", sample->name, found, expected);
    }
    settings_free(&call.settings);
}

static void sources_and_precedence(void)
{
    for (size_t i = 0; i < N_SAMPLE; i++)
        for (unsigned set = 0; set < 8; set++)
            check_sources(&SAMPLE[i], set);
}

static void samples_are_complete(void)
{
    for (size_t i = 0; i < N_OPTION; i++) {
        bool found = !option_in_config(&OPTION[i]);
        for (size_t k = 0; k < N_SAMPLE; k++)
            found = found || strcmp(SAMPLE[k].name, OPTION[i].name) == 0;
        CU_ASSERT_TRUE(found);
    }
}

static void fields(void)
{
    static struct call call;
    const struct settings *s = &call.settings;

    CU_ASSERT_EQUAL_FATAL(parse(&call, "detect a.csv", ""), STATUS_OK);
    CU_ASSERT(s->command == COMMAND_DETECT && s->n_input == 1 && s->config == NULL);
    CU_ASSERT_STRING_EQUAL(s->input[0], "a.csv");
    CU_ASSERT_STRING_EQUAL(s->output, "results.h5");
    CU_ASSERT(s->profile == PROFILE_HISTORY && s->group_by == 0 && s->contamination == 0.0);
    CU_ASSERT(s->trees == 200 && s->samples == 256 && s->seed == 42 && s->threads == 0 &&
              s->simd == SIMD_AUTO);
    CU_ASSERT(s->date_format == DATE_CHOICE_AUTO && !s->keep_features && !s->force);
    CU_ASSERT(s->log_format == LOG_FORMAT_TEXT && !s->quiet && !s->verbose);
    CU_ASSERT(s->top == 20 && s->format == SHOW_TABLE && s->rows == 0 && s->months == 24);
    CU_ASSERT(s->anomalies == 0.01);
    settings_free(&call.settings);

    CU_ASSERT_EQUAL_FATAL(
        parse(&call,
              "run --group-by aCCount,CURRENCY --trees=9 --samples 8 --seed 7 "
              "--contamination 1e-3 --date-format dmy --keep-features "
              "--threads 6 --force --log-format json -v b -ox.h5 -- -c --help",
              ""),
        STATUS_OK);
    CU_ASSERT(s->command == COMMAND_RUN && s->n_input == 3);
    CU_ASSERT_STRING_EQUAL(s->input[0], "b");
    CU_ASSERT_STRING_EQUAL(s->input[1], "-c");
    CU_ASSERT_STRING_EQUAL(s->input[2], "--help");
    CU_ASSERT_STRING_EQUAL(s->output, "x.h5");
    CU_ASSERT(s->group_by == (1u << 1 | 1u << 3) && s->trees == 9 && s->samples == 8);
    CU_ASSERT(s->seed == 7 && s->contamination == 1e-3 && s->date_format == DATE_CHOICE_DMY);
    CU_ASSERT(s->keep_features && s->threads == 6 && s->force && s->verbose);
    CU_ASSERT(s->log_format == LOG_FORMAT_JSON);
    CU_ASSERT_EQUAL(settings_log_level(s), LOG_LEVEL_VERBOSE);
    settings_free(&call.settings);

    CU_ASSERT_EQUAL_FATAL(parse(&call, "show -q --top 3 - --format json", ""), STATUS_OK);
    CU_ASSERT(s->command == COMMAND_SHOW && s->top == 3 && s->format == SHOW_JSON && s->quiet);
    CU_ASSERT_STRING_EQUAL(s->input[0], "-");
    CU_ASSERT_EQUAL(settings_log_level(s), LOG_LEVEL_QUIET);
    settings_free(&call.settings);

    CU_ASSERT_EQUAL_FATAL(parse(&call, "generate --rows 5 a b --anomalies .25", ""), STATUS_OK);
    CU_ASSERT(s->rows == 5 && s->n_input == 2 && s->anomalies == 0.25);
    CU_ASSERT_EQUAL(settings_log_level(s), LOG_LEVEL_NORMAL);
    settings_free(&call.settings);
}

static void spellings(void)
{
    static const char *const line[] = {"detect a --output=b", "detect a --output b",
                                       "detect -o b a",       "detect -ob a",
                                       "detect -o c a -o b",  "detect --output=c a -ob"};
    static struct call call;

    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        CU_ASSERT_EQUAL(parse(&call, line[i], "TIEOUT_OUTPUT=d"), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(call.settings.output, "b");
        settings_free(&call.settings);
    }
}

static void switches(void)
{
    static const char *const yes[] = {"1", "yes", "true", "on", "YES", "True"};
    static const char *const no[] = {"0", "no", "false", "off", "No", "OFF"};
    static struct call call;
    char line[TEXT];

    for (size_t i = 0; i < 6; i++) {
        snprintf(line, sizeof line, "TIEOUT_FORCE=%s", yes[i]);
        CU_ASSERT_EQUAL(parse(&call, "detect a", line), STATUS_OK);
        CU_ASSERT_TRUE(call.settings.force);
        settings_free(&call.settings);
        snprintf(line, sizeof line, "detect a --force --force=%s", no[i]);
        CU_ASSERT_EQUAL(parse(&call, line, "TIEOUT_FORCE=1"), STATUS_OK);
        CU_ASSERT_FALSE(call.settings.force);
        settings_free(&call.settings);
    }
}

static void environment_of_the_command(void)
{
    static struct call call;

    /* Of another command, set to nothing, longer or shorter names, and none at all. */
    CU_ASSERT_EQUAL(
        parse(&call, "detect a", "TIEOUT_TOP=bad TIEOUT_TREES= TIEOUT_SEEDS=1 TIE=2"),
        STATUS_OK);
    CU_ASSERT(call.settings.top == 20 && call.settings.trees == 200 &&
              call.settings.seed == 42);
    settings_free(&call.settings);
    CU_ASSERT_EQUAL(settings_parse(call.argc, call.argv, NULL, &call.settings, &call.err),
                    STATUS_OK);
    settings_free(&call.settings);
    CU_ASSERT_EQUAL(parse(&call, "detect a", "TIEOUT_CONFIG=e.json"), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(call.settings.config, "e.json");
    settings_free(&call.settings);
    CU_ASSERT_EQUAL(parse(&call, "detect a --config f.json", "TIEOUT_CONFIG=e.json"),
                    STATUS_OK);
    CU_ASSERT_STRING_EQUAL(call.settings.config, "f.json");
    settings_free(&call.settings);
}

static void help_and_version(void)
{
    static const struct {
        const char *line;
        enum command command, topic;
    } known[] = {
        {"", COMMAND_HELP, COMMAND_NONE},
        {"--help", COMMAND_HELP, COMMAND_HELP},
        {"-h detect", COMMAND_HELP, COMMAND_HELP},
        {"help", COMMAND_HELP, COMMAND_HELP},
        {"help detect", COMMAND_HELP, COMMAND_DETECT},
        {"help configuration", COMMAND_HELP, TOPIC_CONFIGURATION},
        {"help --help", COMMAND_HELP, COMMAND_HELP},
        {"detect --help", COMMAND_HELP, COMMAND_DETECT},
        {"show a b c -h --bad", COMMAND_HELP, COMMAND_SHOW},
        {"version --help", COMMAND_HELP, COMMAND_VERSION},
        {"--version", COMMAND_VERSION, COMMAND_NONE},
        {"version", COMMAND_VERSION, COMMAND_NONE},
        {"generate --version", COMMAND_VERSION, COMMAND_NONE},
    };
    static struct call call;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CU_ASSERT_EQUAL(parse(&call, known[i].line, "TIEOUT_TREES=bad"), STATUS_OK);
        CU_ASSERT_EQUAL(call.settings.command, known[i].command);
        CU_ASSERT_EQUAL(call.settings.topic, known[i].topic);
        settings_free(&call.settings);
    }
    char *none[] = {NULL};
    CU_ASSERT_EQUAL(settings_parse(0, none, NULL, &call.settings, &call.err), STATUS_OK);
    CU_ASSERT_EQUAL(call.settings.command, COMMAND_HELP);
    settings_free(&call.settings);
}

struct refusal {
    const char *line, *variables, *config;
    enum status code;
    const char *sentence;
};

static void check_refusals(const struct refusal *refusal, size_t n)
{
    static struct call call;

    for (size_t i = 0; i < n; i++) {
        const struct refusal *at = &refusal[i];
        CU_ASSERT_EQUAL(parse_all(&call, at->line, at->variables, at->config), at->code);
        CU_ASSERT_EQUAL(call.err.code, at->code);
        CU_ASSERT_STRING_EQUAL(call.err.text, at->sentence);
        if (strcmp(call.err.text, at->sentence) != 0)
            printf("\n    found: %s", call.err.text);
        settings_free(&call.settings);
    }
}

static void usage_is_refused(void)
{
    static const struct refusal known[] = {
        {"detct a", "", NULL, STATUS_USAGE, "unknown command 'detct': did you mean 'detect'?"},
        {"frobnicate", "", NULL, STATUS_USAGE,
         "unknown command 'frobnicate': tieout --help lists them all"},
        {"help frobnicate", "", NULL, STATUS_USAGE,
         "unknown command 'frobnicate': tieout --help lists them all"},
        {"help configuratoin", "", NULL, STATUS_USAGE,
         "unknown command 'configuratoin': did you mean 'configuration'?"},
        {"configuration", "", NULL, STATUS_USAGE,
         "unknown command 'configuration': tieout --help lists them all"},
        {"ledger.csv", "", NULL, STATUS_USAGE,
         "the command comes first: to read 'ledger.csv', write tieout run "
         "'ledger.csv'"},
        {"-q detect", "", NULL, STATUS_USAGE,
         "the command comes first, then '-q': tieout --help lists them all"},
        {"detect --contaminaton 0.1 a", "", NULL, STATUS_USAGE,
         "unknown option --contaminaton for 'detect': did you mean "
         "--contamination?"},
        {"detect --contaminaton=0.1 a", "", NULL, STATUS_USAGE,
         "unknown option --contaminaton for 'detect': did you mean "
         "--contamination?"},
        {"detect --contam 0.1 a", "", NULL, STATUS_USAGE,
         "unknown option --contam for 'detect': tieout detect --help lists its "
         "options"},
        {"detect -output a", "", NULL, STATUS_USAGE,
         "unknown option -output for 'detect': did you mean --output?"},
        {"detect -output=b a", "", NULL, STATUS_USAGE,
         "unknown option -output for 'detect': did you mean --output?"},
        {"detect -x a", "", NULL, STATUS_USAGE,
         "unknown option -x for 'detect': tieout detect --help lists its options"},
        {"detect --=1 a", "", NULL, STATUS_USAGE,
         "unknown option -- for 'detect': tieout detect --help lists its options"},
        {"detect --top 3 a", "", NULL, STATUS_USAGE,
         "--top is not an option of 'detect': 'show' takes it"},
        {"show --trees 3 a", "", NULL, STATUS_USAGE,
         "--trees is not an option of 'show': 'run', 'detect', 'plan' take it"},
        {"show -o b a", "", NULL, STATUS_USAGE,
         "--output is not an option of 'show': 'run', 'detect', 'plan' take it"},
        {"detect a --trees", "", NULL, STATUS_USAGE, "--trees needs a value: --trees N"},
        {"detect a -o", "", NULL, STATUS_USAGE, "--output needs a value: --output FILE"},
        {"detect a -o --force", "", NULL, STATUS_USAGE,
         "--output needs a value, and '--force' looks like an option (if it is the "
         "value: "
         "--output=--force)"},
        {"detect a -qv", "", NULL, STATUS_USAGE,
         "-q takes no value: in '-qv', write each option with a '-' of its own"},
        {"followup a --status --retry-failed", "", NULL, STATUS_USAGE,
         "status only tells: it excludes retry-failed"},
        {"detect --help=yes", "", NULL, STATUS_USAGE, "--help takes no value"},
        {"detect a -q -v", "", NULL, STATUS_USAGE, "quiet and verbose exclude each other"},
        {"detect", "", NULL, STATUS_USAGE, "no file given: tieout detect LEDGER.csv..."},
        {"generate --rows 1", "", NULL, STATUS_USAGE,
         "no file given: tieout generate LEDGER.csv [LABELS.csv]"},
        {"show a b", "", NULL, STATUS_USAGE, "'b' is one too many: tieout show results.h5"},
        {"version a", "", NULL, STATUS_USAGE, "'a' is one too many: tieout version"},
        {"generate a", "", NULL, STATUS_USAGE,
         "'generate' needs --rows: tieout generate --rows N LEDGER.csv "
         "[LABELS.csv]"},
        {"detect _", "", NULL, STATUS_USAGE, "an empty file name"},
        {"detect a b a", "", NULL, STATUS_USAGE, "'a' is given twice"},
        {"detect a -o a", "", NULL, STATUS_USAGE, "'a' is both an input and the output"},
    };
    check_refusals(known, sizeof known / sizeof known[0]);
}

static void values_are_refused(void)
{
    static const struct refusal known[] = {
        {"detect a --trees 0", "", NULL, STATUS_USAGE,
         "--trees: '0' is not a whole number from 1 to 10000"},
        {"detect a --trees -1", "", NULL, STATUS_USAGE,
         "--trees: '-1' is not a whole number from 1 to 10000"},
        {"detect a --trees=1e3", "", NULL, STATUS_USAGE,
         "--trees: '1e3' is not a whole number from 1 to 10000"},
        {"detect a --trees=", "", NULL, STATUS_USAGE,
         "--trees: '' is not a whole number from 1 to 10000"},
        {"detect a --seed 4294967296", "", NULL, STATUS_USAGE,
         "--seed: '4294967296' is not a whole number from 0 to 4294967295"},
        {"detect a --seed 99999999999999999999999999", "", NULL, STATUS_USAGE,
         "--seed: '99999999999999999999999999' is not a whole number from 0 to "
         "4294967295"},
        {"detect a --contamination 0", "", NULL, STATUS_USAGE,
         "--contamination: '0' is neither auto nor a number above 0 and up to 0.5"},
        {"detect a --contamination 0.51", "", NULL, STATUS_USAGE,
         "--contamination: '0.51' is neither auto nor a number above 0 and up to "
         "0.5"},
        {"detect a --contamination nan", "", NULL, STATUS_USAGE,
         "--contamination: 'nan' is neither auto nor a number above 0 and up to "
         "0.5"},
        {"detect a --contamination 0x1p-2", "", NULL, STATUS_USAGE,
         "--contamination: '0x1p-2' is neither auto nor a number above 0 and up to "
         "0.5"},
        {"generate --rows 1 a --anomalies 0.6", "", NULL, STATUS_USAGE,
         "--anomalies: '0.6' is not a number from 0 to 0.5"},
        {"generate --rows 1 a --anomalies=1e", "", NULL, STATUS_USAGE,
         "--anomalies: '1e' is not a number from 0 to 0.5"},
        {"generate --rows 1 a --anomalies=", "", NULL, STATUS_USAGE,
         "--anomalies: '' is not a number from 0 to 0.5"},
        {"detect a --alert-on newest", "", NULL, STATUS_USAGE,
         "--alert-on: 'newest' is neither all nor latest nor a date like "
         "2024-05-31"},
        {"detect a --alert-on 2024-02-30", "", NULL, STATUS_USAGE,
         "--alert-on: '2024-02-30' is neither all nor latest nor a date like "
         "2024-05-31"},
        {"detect a --alert-on 5/31/2024", "", NULL, STATUS_USAGE,
         "--alert-on: '5/31/2024' is neither all nor latest nor a date like "
         "2024-05-31"},
        {"detect a --materiality 0", "", NULL, STATUS_USAGE,
         "--materiality: '0' is not an amount above 0, with others by currency "
         "like "
         "10000,JPY=1500000"},
        {"detect a --tolerance 0", "", NULL, STATUS_USAGE,
         "--tolerance: '0' is not a number from 0.005 to 1e+15"},
        {"show a --format jsn", "", NULL, STATUS_USAGE,
         "--format: 'jsn' is not one of table|csv|json: did you mean json?"},
        {"show a --format xml", "", NULL, STATUS_USAGE,
         "--format: 'xml' is not one of table|csv|json"},
        {"detect a --group-by Company,Acount", "", NULL, STATUS_USAGE,
         "--group-by: 'Acount' is not one of Company, Account, AU, Currency: did "
         "you mean "
         "Account?"},
        {"detect a --group-by Company,,AU", "", NULL, STATUS_USAGE,
         "--group-by: '' is not one of Company, Account, AU, Currency"},
        {"detect a --group-by AU,Company,au", "", NULL, STATUS_USAGE,
         "--group-by: au is there twice"},
        {"detect a --output=", "", NULL, STATUS_USAGE, "--output: must not be empty"},
        {"detect a --force=maybe", "", NULL, STATUS_USAGE,
         "--force: 'maybe' is neither yes nor no"},
        {"detect a", "TIEOUT_TREES=many", NULL, STATUS_CONFIG,
         "TIEOUT_TREES: 'many' is not a whole number from 1 to 10000"},
        {"detect a", "TIEOUT_LOG_FORMAT=xml", NULL, STATUS_CONFIG,
         "TIEOUT_LOG_FORMAT: 'xml' is not one of text|json"},
        {"detect a", "TIEOUT_QUIET=1 TIEOUT_VERBOSE=1", NULL, STATUS_CONFIG,
         "quiet and verbose exclude each other"},
    };
    check_refusals(known, sizeof known / sizeof known[0]);
}

static void configuration_is_refused(void)
{
    static const char line[] = "detect a --config team.json --trees 5";
    static const struct refusal known[] = {
        {line, "", "{\"tree\": 5}", STATUS_CONFIG,
         "team.json: tree: unknown key: did you mean trees?"},
        {line, "", "{\"keep-features\": true}", STATUS_CONFIG,
         "team.json: keep-features: unknown key: did you mean keep_features?"},
        {line, "", "{\"shadow\": true}", STATUS_CONFIG, "team.json: shadow: unknown key"},
        {line, "", "{\"help\": true}", STATUS_CONFIG, "team.json: help: unknown key"},
        {line, "", "{\"\": true}", STATUS_CONFIG, "team.json: : unknown key"},
        {line, "", "{\"config\": \"b\"}", STATUS_CONFIG,
         "team.json: config: a configuration file cannot name another"},
        {line, "", "{\"seed\": 1, \"top\": 2, \"seed\": 1}", STATUS_CONFIG,
         "team.json: seed: the key is there twice"},
        {line, "", "{\"trees\": \"200\"}", STATUS_CONFIG, "team.json: trees: must be a number"},
        {line, "", "{\"trees\": 0}", STATUS_CONFIG,
         "team.json: trees: '0' is not a whole number from 1 to 10000"},
        {line, "", "{\"samples\": 2.5}", STATUS_CONFIG,
         "team.json: samples: '2.5' is not a whole number from 1 to 65536"},
        {line, "", "{\"seed\": 1e300}", STATUS_CONFIG,
         "team.json: seed: '1e+300' is not a whole number from 0 to 4294967295"},
        {line, "", "{\"contamination\": 0.7}", STATUS_CONFIG,
         "team.json: contamination: '0.7' is neither auto nor a number above 0 and "
         "up to 0.5"},
        {line, "", "{\"contamination\": \"0.1\"}", STATUS_CONFIG,
         "team.json: contamination: must be a number or \"auto\""},
        {line, "", "{\"anomalies\": null}", STATUS_CONFIG,
         "team.json: anomalies: must be a number"},
        {line, "", "{\"force\": \"yes\"}", STATUS_CONFIG,
         "team.json: force: must be true or false"},
        {line, "", "{\"output\": 3}", STATUS_CONFIG,
         "team.json: output: must be a text in quotes"},
        {line, "", "{\"output\": \"\"}", STATUS_CONFIG, "team.json: output: must not be empty"},
        {line, "", "{\"output\": \"a\\u0000b\"}", STATUS_CONFIG,
         "team.json: \\u0000 is not allowed in a text"},
        {line, "", "{\"format\": [\"csv\"]}", STATUS_CONFIG,
         "team.json: format: must be a text in quotes"},
        {line, "", "{\"date_format\": \"ymd\"}", STATUS_CONFIG,
         "team.json: date_format: 'ymd' is not one of auto|mdy|dmy"},
        {line, "", "{\"columns\": \"GL\"}", STATUS_CONFIG,
         "team.json: columns: must be an object: { \"GL Balance\": \"its name in the files\" "
         "}"},
        {line, "", "{\"columns\": {\"Acount\": \"Konto\"}}", STATUS_CONFIG,
         "team.json: columns: 'Acount' is no column of a ledger: did you mean Account?"},
        {line, "", "{\"columns\": {\"Account\": 5}}", STATUS_CONFIG,
         "team.json: columns: Account: must be the column's name in the files, a text in "
         "quotes "
         "of up to 63 bytes"},
        {line, "", "{\"columns\": {\"Account\": \"a\", \"account number\": \"b\"}}",
         STATUS_CONFIG, "team.json: columns: Account is there twice"},
        {line, "", "{\"columns\": {\"Account\": \"Konto\", \"AU\": \"Konto\"}}", STATUS_CONFIG,
         "team.json: columns: 'Konto' is said to be both Account and AU"},
        {line, "", "{\"quiet\": true, \"verbose\": true}", STATUS_CONFIG,
         "quiet and verbose exclude each other"},
        {line, "", "{\"output\": \"a\"}", STATUS_USAGE, "'a' is both an input and the output"},
        {line, "", "[1]", STATUS_CONFIG,
         "team.json: must be a JSON object: { \"trees\": 200 }"},
        {line, "", "{} {}", STATUS_CONFIG, "team.json: not JSON from line 1, column 4 on"},
        {line, "", "{\n  \"seed\": ,\n}", STATUS_CONFIG,
         "team.json: not JSON from line 2, column 11 on"},
        {line, "", "", STATUS_CONFIG, "team.json: not JSON from line 1, column 1 on"},
        {line, "", "{\"jira\": {\"prjoect\": \"FIN\"}}", STATUS_CONFIG,
         "team.json: jira.prjoect: unknown key: did you mean jira.project?"},
        {line, "", "{\"jria\": {\"project\": \"FIN\"}}", STATUS_CONFIG,
         "team.json: jria: unknown key: did you mean jira?"},
        {line, "", "{\"jira\": {\"colour\": 1}}", STATUS_CONFIG,
         "team.json: jira.colour: unknown key"},
        {line, "", "{\"jira.project\": \"FIN\"}", STATUS_CONFIG,
         "team.json: jira.project: unknown key: write \"jira\": { \"project\": ... "
         "}"},
        {line, "", "{\"project\": \"FIN\"}", STATUS_CONFIG, "team.json: project: unknown key"},
        {line, "", "{\"jira\": {\"trees\": 5}}", STATUS_CONFIG,
         "team.json: jira.trees: unknown key"},
        {line, "", "{\"jira\": {\"jira\": {}}}", STATUS_CONFIG,
         "team.json: jira.jira: unknown key: did you mean jira.url?"},
        {line, "", "{\"jira\": \"https://a\"}", STATUS_CONFIG,
         "team.json: jira: must be an object: { ... }"},
        {line, "", "{\"jira\": {}, \"jira\": {}}", STATUS_CONFIG,
         "team.json: jira: the key is there twice"},
        {line, "", "{\"jira\": {\"url\": \"a\", \"url\": \"b\"}}", STATUS_CONFIG,
         "team.json: jira.url: the key is there twice"},
        {line, "", "{\"network\": {\"timeout\": 0}}", STATUS_CONFIG,
         "team.json: network.timeout: '0' is not a whole number from 1 to 3600"},
        {line, "", "{\"jira\": {\"token\": \"abc\"}}", STATUS_CONFIG,
         "team.json: jira.token: unknown key"},
        {"generate a --config team.json", "", "{\"months\": 3}", STATUS_USAGE,
         "'generate' needs --rows: tieout generate --rows N LEDGER.csv "
         "[LABELS.csv]"},
    };
    check_refusals(known, sizeof known / sizeof known[0]);
}

static void quiet_against_verbose(void)
{
    static struct call call;

    CU_ASSERT_EQUAL(parse(&call, "detect a -v", "TIEOUT_QUIET=1"), STATUS_OK);
    CU_ASSERT(call.settings.verbose && !call.settings.quiet);
    settings_free(&call.settings);
    CU_ASSERT_EQUAL(parse_all(&call, "detect a --config team.json", "TIEOUT_QUIET=1",
                              "{\"verbose\": true}"),
                    STATUS_OK);
    CU_ASSERT(call.settings.quiet && !call.settings.verbose);
    settings_free(&call.settings);
}

static void cut_configuration(void)
{
    static const char whole[] = "{\"trees\": 12, \"output\": \"\\u00e4\\n\", \"force\": true, "
                                "\"contamination\": 1.5e-1, \"group_by\": \"AU\"}";
    static struct call call;

    for (size_t n = 0; n < sizeof whole; n++) {
        char *cut = malloc(n + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, whole, n);
        cut[n] = '\0';
        enum status st = parse_all(&call, "detect a --config team.json", "", cut);
        CU_ASSERT_EQUAL(st, n + 1 < sizeof whole ? STATUS_CONFIG : STATUS_OK);
        free(cut);
        if (n + 1 == sizeof whole) {
            CU_ASSERT_STRING_EQUAL(call.settings.output, "\xc3\xa4\n");
            CU_ASSERT(call.settings.trees == 12 && call.settings.contamination == 0.15);
        }
        settings_free(&call.settings);
    }
}

static void exact_values_of_a_file(void)
{
    static struct call call;

    CU_ASSERT_EQUAL(parse_all(&call, "detect a --config team.json", "",
                              "\xef\xbb\xbf {\"contamination\": 0.12345678901234567,"
                              " \"group_by\": \" company , AU \", \"anomalies\": 0 }\r\n"),
                    STATUS_OK);
    CU_ASSERT_EQUAL(call.settings.contamination, 0.12345678901234567);
    CU_ASSERT_EQUAL(call.settings.group_by, 1u << 0 | 1u << 2);
    CU_ASSERT_EQUAL(call.settings.anomalies, 0.0);
    settings_free(&call.settings);
}

/* Flags add up; a flag replaces what the file says; a text and a list of one are the same. */
static void feedback_may_be_several_files(void)
{
    static const struct {
        const char *line, *variable, *config, *paths;
    } CASE[] = {
        {"detect a --config team.json --feedback x --feedback=y.csv", "", "{}", "x\ny.csv"},
        {"detect a --config team.json", "", "{\"feedback\": [\"x\", \"y.csv\"]}", "x\ny.csv"},
        {"detect a --config team.json", "", "{\"feedback\": \"x\"}", "x"},
        {"detect a --config team.json --feedback z", "", "{\"feedback\": [\"x\", \"y\"]}", "z"},
        {"detect a --config team.json", "TIEOUT_FEEDBACK=v", "{\"feedback\": \"x\"}", "v"},
    };
    static struct call call;

    for (size_t i = 0; i < sizeof CASE / sizeof CASE[0]; i++) {
        CU_ASSERT_EQUAL_FATAL(parse_all(&call, CASE[i].line, CASE[i].variable, CASE[i].config),
                              STATUS_OK);
        CU_ASSERT_STRING_EQUAL(call.settings.feedback, CASE[i].paths);
        settings_free(&call.settings);
    }
    CU_ASSERT_EQUAL(
        parse_all(&call, "detect a --config team.json", "", "{\"feedback\": [\"x\", 7]}"),
        STATUS_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(call.err.text, "list of texts"));
    settings_free(&call.settings);
    CU_ASSERT_EQUAL(parse_all(&call, "detect a --config team.json", "", "{\"feedback\": []}"),
                    STATUS_CONFIG);
    settings_free(&call.settings);
}

static void record_is_a_configuration(void)
{
    static struct call call;
    static struct call again;
    char *first = NULL;
    char *second = NULL;

    CU_ASSERT_EQUAL(parse(&call,
                          "detect a -o \xc3\xa4\"\\ --contamination 0.1 --seed 4294967295 "
                          "--group-by currency,company --keep-features -q --date-format mdy",
                          ""),
                    STATUS_OK);
    CU_ASSERT_EQUAL(settings_in_force(&call.settings, &first, &call.err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(
        first, "{\"output\":\"\xc3\xa4\\\"\\\\\",\"force\":false,\"profile\":\"history\","
               "\"group_by\":\"Company,Currency\",\"contamination\":0.1,\"trees\":200,"
               "\"samples\":256,\"seed\":4294967295,\"date_format\":\"mdy\","
               "\"decimal\":\"point\",\"stacked\":false,\"tolerance\":1,\"materiality\":"
               "\"10000\",\"alert_on\":\"all\","
               "\"alert_budget\":0,\"suppress_months\":12,"
               "\"keep_features\":true,\"threads\":0,\"simd\":\"auto\",\"log_format\":"
               "\"text\","
               "\"quiet\":true,"
               "\"verbose\":false}");
    CU_ASSERT_EQUAL(parse_all(&again, "detect a --config team.json", "", first), STATUS_OK);
    CU_ASSERT_EQUAL(settings_in_force(&again.settings, &second, &again.err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(first, second);
    free(first);
    free(second);
    settings_free(&call.settings);
    settings_free(&again.settings);
}

static void sections_of_the_record(void)
{
    static struct call call;
    static struct call again;
    char *first = NULL;
    char *second = NULL;

    CU_ASSERT_EQUAL(parse_all(&call, "followup a --config team.json --jira.project FIN",
                              "TIEOUT_JIRA_URL=https://b TIEOUT_NETWORK_CA_FILE=ca.pem",
                              "{\"jira\": {\"url\": \"https://a\", \"token_file\": \"t\"}}"),
                    STATUS_OK);
    CU_ASSERT_STRING_EQUAL(call.settings.services.jira.url, "https://b");
    CU_ASSERT_STRING_EQUAL(call.settings.services.jira.token.file, "t");
    CU_ASSERT_STRING_EQUAL(call.settings.services.network.ca_file, "ca.pem");
    CU_ASSERT_EQUAL(settings_in_force(&call.settings, &first, &call.err), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "\"jira\":{\"url\":\"https://b\",\"flavor\":\"cloud\","
                                         "\"token_file\":\"t\",\"project\":\"FIN\","));
    CU_ASSERT_EQUAL(parse_all(&again, "followup a --config team.json", "", first), STATUS_OK);
    CU_ASSERT_EQUAL(settings_in_force(&again.settings, &second, &again.err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(first, second);
    free(first);
    free(second);
    settings_free(&call.settings);
    settings_free(&again.settings);
}

static void column_names_reach_the_reader(void)
{
    static const char json[] = "{\"columns\":{\"gl_balance\":\"Saldo HB\",\"AU\":\"Stelle\"}}";
    static struct call call;
    struct ledger_terms terms;
    char *told = NULL;

    CU_ASSERT_EQUAL(parse_all(&call, "check a --config team.json --decimal comma", "", json),
                    STATUS_OK);
    settings_ledger_terms(&call.settings, &terms);
    CU_ASSERT_STRING_EQUAL(terms.named[COLUMN_GL], "Saldo HB");
    CU_ASSERT_STRING_EQUAL(terms.named[COLUMN_AU], "Stelle");
    CU_ASSERT_PTR_NULL(terms.named[COLUMN_ACCOUNT]);
    CU_ASSERT_EQUAL(terms.decimal_mark, ',');
    CU_ASSERT_EQUAL(terms.date_orders, DATE_MONTH_FIRST | DATE_DAY_FIRST);
    CU_ASSERT_EQUAL(settings_in_force(&call.settings, &told, &call.err), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(told, "\"columns\":{\"AU\":\"Stelle\",\"GL Balance\":\"Saldo HB\"}"));
    free(told);
    settings_free(&call.settings);
}

static int allocations_left;

static void *short_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void short_memory(void)
{
    static struct call call;
    cJSON_Hooks hooks = {.malloc_fn = short_malloc, .free_fn = free};
    enum status st = STATUS_INTERNAL;
    char *json = NULL;
    int n_failed = 0;

    CU_ASSERT_EQUAL(parse(&call, "detect a", ""), STATUS_OK);
    cJSON_InitHooks(&hooks);
    for (int n = 0; st != STATUS_OK && n < 1000; n++) {
        allocations_left = n;
        st = settings_in_force(&call.settings, &json, &call.err);
        CU_ASSERT(st == STATUS_OK || (st == STATUS_INTERNAL && json == NULL));
        n_failed += st != STATUS_OK;
    }
    CU_ASSERT_EQUAL(st, STATUS_OK);
    CU_ASSERT_TRUE(n_failed > 14);
    for (int n = 0; n < 5; n++) { /* of the parser: object, key, item, and the two texts */
        allocations_left = n;
        st = settings_apply_config(&call.settings, "{\"output\": \"b\"}", "c", &call.err);
        CU_ASSERT(st == (n < 4 ? STATUS_CONFIG : STATUS_OK));
    }
    cJSON_InitHooks(NULL);
    free(json);
    settings_free(&call.settings);
}

/* A file of n bytes, each of them c; its name goes to path. */
static void make_file(char *path, size_t n, int c)
{
    int handle = mkstemp(path);
    FILE *file = handle >= 0 ? fdopen(handle, "wb") : NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t i = 0; i < n; i++)
        fputc(c, file);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void reading_the_file(void)
{
    static const struct {
        size_t n;
        int c;
        enum status code;
    } known[] = {{0, 'x', STATUS_OK},
                 {3, 'x', STATUS_OK},
                 {1 << 20, ' ', STATUS_OK},
                 {(1 << 20) + 1, ' ', STATUS_CONFIG},
                 {1, '\0', STATUS_CONFIG}};
    struct error err = {.text = ""};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char path[] = "test_settings_XXXXXX";
        char *text = NULL;
        make_file(path, known[i].n, known[i].c);
        CU_ASSERT_EQUAL(settings_read_config(path, &text, &err), known[i].code);
        if (known[i].code == STATUS_OK) {
            CU_ASSERT_PTR_NOT_NULL_FATAL(text);
            CU_ASSERT_EQUAL(strlen(text), known[i].n);
        } else {
            CU_ASSERT_PTR_NULL(text);
            CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
        }
        free(text);
        unlink(path);
    }
}

static void files_that_cannot_be_read(void)
{
    struct error err = {.text = ""};
    char *text = NULL;

    CU_ASSERT_EQUAL(settings_read_config("no/such/file.json", &text, &err), STATUS_NO_INPUT);
    CU_ASSERT_STRING_EQUAL(err.text, "cannot read configuration file 'no/such/file.json': "
                                     "No such file or directory");
    CU_ASSERT_EQUAL(settings_read_config(".", &text, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "Is a directory"));
    CU_ASSERT_PTR_NULL(text);
}

static void tables_are_sane(void)
{
    for (size_t i = 0; i < N_OPTION; i++) {
        const struct option *option = &OPTION[i];
        CU_ASSERT_PTR_EQUAL(option_find(option->name, strlen(option->name)), option);
        for (int c = 0; c < N_COMMAND && option->letter != 0; c++)
            CU_ASSERT(!option_belongs(option, (enum command)c) ||
                      option_find_letter(option->letter, (enum command)c) == option);
        CU_ASSERT(option->commands != 0 && option->help[0] != '\0');
        const char *own = option->name + option_section(option);
        own += own[0] == '.';
        CU_ASSERT(strspn(option->name, "abcdefghijklmnopqrstuvwxyz-.") == strlen(option->name));
        CU_ASSERT(own[0] != '\0' && strchr(own, '.') == NULL);
        CU_ASSERT(strlen(option->name) + strlen("TIEOUT_") < OPTION_TEXT_MAX);
        CU_ASSERT_EQUAL(option->argument == NULL, option->kind == OPTION_FLAG ||
                                                      option->kind == OPTION_HELP ||
                                                      option->kind == OPTION_VERSION);
        CU_ASSERT_EQUAL(option->choice != NULL, option->kind == OPTION_CHOICE);
        CU_ASSERT(!option->required || option->standard == NULL);
        for (size_t k = 0; k < i; k++)
            CU_ASSERT(OPTION[k].offset != option->offset || !option_in_environment(option));
    }
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        CU_ASSERT(COMMAND[i].name != NULL && COMMAND[i].summary != NULL &&
                  COMMAND[i].examples != NULL && COMMAND[i].operands != NULL &&
                  COMMAND[i].max_operand >= COMMAND[i].min_operand);
    CU_ASSERT_PTR_NULL(option_find("tree", 4));
    CU_ASSERT_PTR_NULL(option_find("trees", 4));
    CU_ASSERT_PTR_NULL(option_find_letter('\0', COMMAND_RUN));
}

/* The help on a topic. */
static void help_text(enum command topic, char text[TEXT])
{
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    settings_help(topic, file);
    rewind(file);
    text[fread(text, 1, TEXT - 1, file)] = '\0';
    CU_ASSERT_TRUE(feof(file) && strlen(text) > 0);
    fclose(file);
}

static void help_fits(void)
{
    for (int topic = COMMAND_NONE; topic < N_COMMAND; topic++) {
        char text[TEXT];

        help_text((enum command)topic, text);
        CU_ASSERT_EQUAL(text[strlen(text) - 1], '\n');
        for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            size_t n = strcspn(line, "\n");
            CU_ASSERT_TRUE(n <= 80);
            CU_ASSERT_TRUE(n == 0 || line[n - 1] != ' ');
            for (size_t i = 0; i < n; i++)
                CU_ASSERT_TRUE(line[i] >= ' ' && line[i] <= '~');
        }
    }
}

static void help_lists_the_options(void)
{
    for (int topic = COMMAND_RUN; topic < N_COMMAND; topic++) {
        char text[TEXT];

        help_text((enum command)topic, text);
        for (size_t i = 0; topic != COMMAND_HELP && i < N_OPTION; i++) {
            char written[OPTION_TEXT_MAX + 8];
            bool expected = option_belongs(&OPTION[i], (enum command)topic) &&
                            option_section(&OPTION[i]) == 0;
            snprintf(written, sizeof written, "%s--%s%s", OPTION[i].letter != 0 ? ", " : "    ",
                     OPTION[i].name, OPTION[i].argument != NULL ? " " : "");
            CU_ASSERT_EQUAL(strstr(text, written) != NULL, expected);
        }
        const char *examples = strstr(text, "\nExamples\n");
        const char *usage = strstr(text, topic == COMMAND_HELP ? "\nCommands\n" : "\nUsage\n");
        CU_ASSERT(examples != NULL && usage != NULL && examples < usage);
    }
}

static void help_tells_defaults(void)
{
    char text[TEXT];

    help_text(COMMAND_DETECT, text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "  -o, --output FILE               results file to write (default: "
                     "results.h5)\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "      --contamination auto|X      share of the rows to flag, up to 0.5; "
                     "auto:\n"
                     "                                  estimated from the differences "
                     "(default: "
                     "auto)\n"));
    help_text(COMMAND_GENERATE, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "rows to write (required)\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\n  tieout generate LEDGER.csv [LABELS.csv] [OPTION...]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "TIEOUT_LOG_FORMAT"));
    help_text(COMMAND_VERSION, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n  tieout version [OPTION...]\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "TIEOUT_LOG_FORMAT"));
}

/* Whatever follows "tieout" in a line of an example must be accepted. */
static void check_examples(char *text)
{
    static struct call call;
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *words = strstr(line, "tieout ");
        CU_ASSERT_PTR_NOT_NULL_FATAL(words);
        words[strcspn(words, ">")] = '\0';
        CU_ASSERT_EQUAL(parse(&call, words + strlen("tieout "), ""), STATUS_OK);
        settings_free(&call.settings);
    }
}

static void examples_are_accepted(void)
{
    for (int i = COMMAND_RUN; i < N_COMMAND; i++) {
        char text[TEXT];
        snprintf(text, sizeof text, "%s", COMMAND[i].examples);
        CU_ASSERT_TRUE(text[0] != '\0');
        check_examples(text);
    }
    for (int topic = COMMAND_NONE; topic <= COMMAND_HELP; topic += COMMAND_HELP) {
        char text[TEXT];
        help_text((enum command)topic, text);
        char *first = strstr(text, "  tieout generate");
        CU_ASSERT_PTR_NOT_NULL_FATAL(first);
        *strstr(first, "\n\n") = '\0';
        check_examples(first);
    }
}

int main(void)
{
    static const struct fact fact[] = {
        {"each option is heard from each source, and the higher source wins",
         sources_and_precedence},
        {"no option is missing from these tests", samples_are_complete},
        {"defaults and flags arrive in their fields", fields},
        {"an option may be spelt in four ways, anywhere, and its last value holds", spellings},
        {"a switch is turned on and off by the usual words", switches},
        {"only the command's own variables count, and not if they are empty",
         environment_of_the_command},
        {"help and version are found wherever they stand", help_and_version},
        {"a wrong command line is refused with the sentence that helps", usage_is_refused},
        {"a wrong value is refused with the place, the value and the range",
         values_are_refused},
        {"a wrong configuration file is refused with its name and key",
         configuration_is_refused},
        {"of quiet and verbose the one from the higher source holds", quiet_against_verbose},
        {"a configuration cut at any byte is refused", cut_configuration},
        {"a file's values are exact, with a byte-order mark and blanks in the "
         "columns too",
         exact_values_of_a_file},
        {"feedback may be several files", feedback_may_be_several_files},
        {"the record of the settings is a configuration that gives the same "
         "settings",
         record_is_a_configuration},
        {"options of a section are nested in file and record, and heard from each "
         "source",
         sections_of_the_record},
        {"names of columns reach the reader", column_names_reach_the_reader},
        {"short memory is reported at whatever point it strikes", short_memory},
        {"a configuration file is read up to 1 MiB, if it is text", reading_the_file},
        {"a configuration file that is missing or a folder is no input",
         files_that_cannot_be_read},
        {"the tables contradict neither themselves nor each other", tables_are_sane},
        {"every help fits 80 columns of plain text", help_fits},
        {"a command's help has its options, no others, after the examples",
         help_lists_the_options},
        {"help tells defaults and what is required, in aligned columns", help_tells_defaults},
        {"every example in the help is accepted", examples_are_accepted},
    };
    return suite_run("settings", fact, sizeof fact / sizeof fact[0]);
}
