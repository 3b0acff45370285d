/* The tables of commands and options. A new option is one entry here and one field in struct
 * settings; a new command is one entry and one constant in enum command. */
#include "settings_table.h"

#include "date.h"
#include "rows.h"

#include <assert.h>
#include <string.h>

#define BIT(command)  (1u << COMMAND_##command)
#define FIELD(member) offsetof(struct settings, member)

enum {
    /* A plan is made for a command line of detect, so it takes the same. */
    DETECTING = BIT(RUN) | BIT(DETECT) | BIT(PLAN),
    READING = DETECTING | BIT(CHECK), /* ledgers */
    FOLLOWING = BIT(RUN) | BIT(FOLLOWUP),
    SERVING = FOLLOWING | BIT(CHECK),
    WORKING = READING | BIT(FOLLOWUP) | BIT(SHOW) | BIT(REPORT) | BIT(FEEDBACK) | BIT(GENERATE),
    ANY_COMMAND = (1u << N_COMMAND) - 1u
};

_Static_assert((int)DATE_CHOICE_MDY == (int)DATE_MONTH_FIRST &&
                   (int)DATE_CHOICE_DMY == (int)DATE_DAY_FIRST,
               "a choice other than auto is a date_order");
/* Choices are stored through an int (settings_value.c). */
_Static_assert(sizeof(enum profile_number) == sizeof(int) &&
                   sizeof(enum date_choice) == sizeof(int) &&
                   sizeof(enum decimal_choice) == sizeof(int) &&
                   sizeof(enum simd) == sizeof(int) && sizeof(enum log_format) == sizeof(int) &&
                   sizeof(enum show_format) == sizeof(int) &&
                   sizeof(enum color_choice) == sizeof(int) &&
                   sizeof(enum jira_flavor) == sizeof(int) &&
                   sizeof(enum answer_limit) == sizeof(int),
               "enums are as wide as int");

static const char *const PROFILE_WORD[] = {"history", "classic", NULL};
static const char *const DATE_WORD[] = {"auto", "mdy", "dmy", NULL};
static const char *const DECIMAL_WORD[] = {"point", "comma", NULL};
static const char *const SIMD_WORD[] = {"auto", "avx512", "avx2", "portable", NULL};
static const char *const LOG_WORD[] = {"text", "json", NULL};
static const char *const SHOW_WORD[] = {"table", "csv", "json", NULL};
static const char *const COLOR_WORD[] = {"auto", "always", "never", NULL};
static const char *const FLAVOR_WORD[] = {"cloud", "datacenter", NULL};
static const char *const LIMIT_WORD[] = {"max_tokens", "max_completion_tokens", NULL};

/* In the order of enum code_column. */
const char *const COLUMN_WORD[] = {"Company", "Account", "AU", "Currency"};
const size_t N_COLUMN_WORD = sizeof COLUMN_WORD / sizeof COLUMN_WORD[0];
_Static_assert(CODE_COMPANY == 0 && CODE_ACCOUNT == 1 && CODE_AU == 2 && CODE_CURRENCY == 3,
               "COLUMN_WORD is in the order of enum code_column");

/* A setting of a service: no letter, for the commands that talk to services. */
#define SERVICE_TEXT(name_, field_, argument_, standard_, help_)                               \
    {                                                                                          \
        .name = name_, .argument = argument_, .kind = OPTION_TEXT, .commands = SERVING,        \
        .offset = FIELD(services.field_), .standard = standard_, .help = help_                 \
    }
#define SERVICE_NUMBER(name_, field_, standard_, low_, high_, help_)                           \
    {                                                                                          \
        .name = name_, .argument = "N", .kind = OPTION_INTEGER, .commands = SERVING,           \
        .offset = FIELD(services.field_), .standard = standard_, .low = low_, .high = high_,   \
        .help = help_                                                                          \
    }
#define SERVICE_SWITCH(name_, field_, help_)                                                   \
    {                                                                                          \
        .name = name_, .kind = OPTION_FLAG, .commands = SERVING,                               \
        .offset = FIELD(services.field_), .standard = "no", .help = help_                      \
    }
#define SERVICE_CHOICE(name_, field_, argument_, choice_, standard_, help_)                    \
    {                                                                                          \
        .name = name_, .argument = argument_, .kind = OPTION_CHOICE, .commands = SERVING,      \
        .offset = FIELD(services.field_), .standard = standard_, .choice = choice_,            \
        .help = help_                                                                          \
    }

const struct option OPTION[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .commands = DETECTING,
     .offset = FIELD(output),
     .standard = "results.h5",
     .help = "results file to write"},
    {.name = "force",
     .kind = OPTION_FLAG,
     .commands = DETECTING | BIT(GENERATE),
     .offset = FIELD(force),
     .standard = "no",
     .help = "replace the file if it exists"},
    {.name = "profile",
     .argument = "history|classic",
     .kind = OPTION_CHOICE,
     .commands = READING,
     .offset = FIELD(profile),
     .standard = "history",
     .choice = PROFILE_WORD,
     .help = "what a row is judged by; history: its account's own past; classic: the "
             "twelve documented features"},
    {.name = "group-by",
     .argument = "COLUMNS",
     .kind = OPTION_COLUMNS,
     .commands = READING,
     .offset = FIELD(group_by),
     .standard = "auto",
     .help = "what makes an account: some of Company,Account,AU,Currency; auto: as the "
             "profile has it"},
    {.name = "contamination",
     .argument = "auto|X",
     .kind = OPTION_AUTO_SHARE,
     .commands = DETECTING,
     .offset = FIELD(contamination),
     .standard = "auto",
     .low = 0.0,
     .high = 0.5,
     .help = "share of the rows to flag, up to 0.5; auto: estimated from the differences"},
    {.name = "trees",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = DETECTING,
     .offset = FIELD(trees),
     .standard = "200",
     .low = 1,
     .high = 10000,
     .help = "trees of the forest"},
    {.name = "samples",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = DETECTING,
     .offset = FIELD(samples),
     .standard = "256",
     .low = 1,
     .high = 65536,
     .help = "rows each tree is grown on"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = DETECTING | BIT(GENERATE),
     .offset = FIELD(seed),
     .standard = "42",
     .low = 0,
     .high = 4294967295.0,
     .help = "start of the random numbers; the same seed gives the same result"},
    {.name = "date-format",
     .argument = "auto|mdy|dmy",
     .kind = OPTION_CHOICE,
     .commands = READING,
     .offset = FIELD(date_format),
     .standard = "auto",
     .choice = DATE_WORD,
     .help = "how 3/4/2024 is read; auto: as the other dates of the ledger suggest"},
    {.name = "decimal",
     .argument = "point|comma",
     .kind = OPTION_CHOICE,
     .commands = READING,
     .offset = FIELD(decimal),
     .standard = "point",
     .choice = DECIMAL_WORD,
     .help = "what stands before the decimals of an amount: 1,234.50 or 1.234,50"},
    {.name = "stacked",
     .kind = OPTION_FLAG,
     .commands = READING,
     .offset = FIELD(stacked),
     .standard = "no",
     .help = "the files are sheets with several tables below each other, each with a header"},
    {.name = "tolerance",
     .argument = "X",
     .kind = OPTION_REAL,
     .commands = READING,
     .offset = FIELD(tolerance),
     .standard = "1",
     .low = 0.005,
     .high = 1e15,
     .help = "a difference smaller than this counts as matched"},
    {.name = "materiality",
     .argument = "X[,CUR=X]",
     .kind = OPTION_AMOUNTS,
     .commands = DETECTING,
     .offset = FIELD(materiality),
     .standard = "10000",
     .help = "amount from which a break matters, for severity; by currency: "
             "10000,JPY=1500000"},
    {.name = "alert-on",
     .argument = "all|latest|DATE",
     .kind = OPTION_ALERT_ON,
     .commands = DETECTING,
     .offset = FIELD(alert_on),
     .standard = "all",
     .help = "which flagged rows are followed up: all, those of the ledger's latest as-of "
             "date, or of DATE (2024-05-31)"},
    {.name = "alert-budget",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = DETECTING,
     .offset = FIELD(alert_budget),
     .standard = "0",
     .low = 0,
     .high = 1e9,
     .help = "follow up the N most severe at most; 0: all"},
    {.name = "feedback",
     .argument = "FILE",
     .kind = OPTION_PATHS,
     .commands = DETECTING,
     .offset = FIELD(feedback),
     .help =
         "what reviewers said of earlier findings: an anomalies.csv with its column verdict "
         "filled in, or a folder of such; can be given several times"},
    {.name = "suppress-months",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = DETECTING | BIT(FEEDBACK),
     .offset = FIELD(suppress_months),
     .standard = "12",
     .low = 0,
     .high = 1200,
     .help = "months for which a rejected finding is not raised again while pattern and amount "
             "stay the same"},
    {.name = "keep-features",
     .kind = OPTION_FLAG,
     .commands = DETECTING,
     .offset = FIELD(keep_features),
     .standard = "no",
     .help = "write the features of every row too"},
    {.name = "threads",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = READING,
     .offset = FIELD(threads),
     .standard = "0",
     .low = 0,
     .high = 4096,
     .help = "threads of each process; 0: its share of the cores"},
    {.name = "simd",
     .argument = "SET",
     .kind = OPTION_CHOICE,
     .commands = DETECTING,
     .offset = FIELD(simd),
     .standard = "auto",
     .choice = SIMD_WORD,
     .help = "instructions to score with: avx512, avx2 or portable; changes the speed alone; "
             "auto: the best the processor has"},
    {.name = "top",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = BIT(SHOW),
     .offset = FIELD(top),
     .standard = "20",
     .low = 0,
     .high = 1e9,
     .help = "anomalies to show, the most anomalous first; 0: all"},
    {.name = "format",
     .argument = "table|csv|json",
     .kind = OPTION_CHOICE,
     .commands = BIT(SHOW),
     .offset = FIELD(format),
     .standard = "table",
     .choice = SHOW_WORD,
     .help = "how they are printed"},
    {.name = "page",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .commands = BIT(REPORT),
     .offset = FIELD(page),
     .help = "HTML file to write; without: report.html in the folder of the follow-up"},
    {.name = "color",
     .argument = "auto|always|never",
     .kind = OPTION_CHOICE,
     .commands = BIT(SHOW),
     .offset = FIELD(color),
     .standard = "auto",
     .choice = COLOR_WORD,
     .help = "colours in the table; auto: on a terminal, unless NO_COLOR is set"},
    {.name = "dry-run",
     .kind = OPTION_FLAG,
     .commands = FOLLOWING,
     .offset = FIELD(dry_run),
     .standard = "no",
     .help = "send nothing; write what would be sent beside the results"},
    {.name = "status",
     .kind = OPTION_FLAG,
     .commands = BIT(FOLLOWUP),
     .offset = FIELD(status),
     .standard = "no",
     .help = "tell what is pending, done or failed, and why; do nothing"},
    {.name = "retry-failed",
     .kind = OPTION_FLAG,
     .commands = BIT(FOLLOWUP),
     .offset = FIELD(retry_failed),
     .standard = "no",
     .help = "try again what a service refused"},
    SERVICE_TEXT("model.url", model.url, "URL", NULL,
                 "language model that words the explanations: address of an OpenAI-compatible "
                 "service, up to and with /v1"),
    SERVICE_TEXT("model.name", model.name, "NAME", NULL, "model to ask for"),
    SERVICE_TEXT("model.key-file", model.key.file, "FILE", NULL,
                 "file with the key (mode 0600); a server of your own may need none"),
    SERVICE_TEXT("model.key-env", model.key.variable, "NAME", NULL,
                 "environment variable with the key"),
    SERVICE_CHOICE("model.limit-name", model.limit_name, "max_tokens|max_completion_tokens",
                   LIMIT_WORD, "max_tokens", "what the server calls the limit of an answer"),
    SERVICE_NUMBER("model.answer-tokens", model.answer_tokens, "400", 1, 100000,
                   "tokens of one answer at most"),
    {.name = "model.temperature",
     .argument = "X",
     .kind = OPTION_REAL,
     .commands = SERVING,
     .offset = FIELD(services.model.temperature),
     .standard = "0",
     .low = 0,
     .high = 2,
     .help = "how freely it words"},
    SERVICE_NUMBER("model.max-calls", model.max_calls, "200", 0, 1e6,
                   "requests of one run at most; the rest keep the program's own words"),
    SERVICE_NUMBER("model.max-tokens", model.max_tokens, "500000", 0, 1e12,
                   "tokens of one run at most, as the server counts them; 0: no limit"),
    SERVICE_NUMBER("model.at-once", model.at_once, "4", 1, 64, "requests at a time"),
    SERVICE_TEXT("jira.url", jira.url, "URL", NULL,
                 "Jira to open tickets in: https://team.atlassian.net"),
    SERVICE_CHOICE("jira.flavor", jira.flavor, "cloud|datacenter", FLAVOR_WORD, "cloud",
                   "cloud (REST v3) or Data Center (REST v2)"),
    SERVICE_TEXT("jira.user", jira.user, "ADDRESS", NULL,
                 "e-mail address that the token belongs to (cloud)"),
    SERVICE_TEXT("jira.token-file", jira.token.file, "FILE", NULL,
                 "file with the API token (mode 0600)"),
    SERVICE_TEXT("jira.token-env", jira.token.variable, "NAME", NULL,
                 "environment variable with the API token"),
    SERVICE_TEXT("jira.project", jira.project, "KEY", NULL, "project to open tickets in"),
    SERVICE_TEXT("jira.issue-type", jira.issue_type, "NAME", "Task", "type of the tickets"),
    SERVICE_TEXT("jira.priority-low", jira.priority[SEVERITY_LOW], "NAME", "Low",
                 "priority of a finding of low severity; none: leave it to the project"),
    SERVICE_TEXT("jira.priority-medium", jira.priority[SEVERITY_MEDIUM], "NAME", "Medium",
                 "of medium severity"),
    SERVICE_TEXT("jira.priority-high", jira.priority[SEVERITY_HIGH], "NAME", "High",
                 "of high severity"),
    SERVICE_TEXT("jira.priority-critical", jira.priority[SEVERITY_CRITICAL], "NAME", "Highest",
                 "of critical severity"),
    SERVICE_NUMBER("jira.max-tickets", jira.max_tickets, "50", 0, 10000,
                   "tickets of one results file at most, the most severe first; one more sums "
                   "up the rest"),
    SERVICE_NUMBER("jira.search-seconds", jira.search_seconds, "120", 0, 3600,
                   "how long to search for a ticket that may have been opened before it is "
                   "opened again"),
    SERVICE_TEXT("tasks.key-file", tasks.key.file, "FILE", NULL,
                 "file with the key for Agentic AI tasks (mode 0600)"),
    SERVICE_TEXT("tasks.key-env", tasks.key.variable, "NAME", NULL,
                 "environment variable with the key"),
    SERVICE_TEXT("tasks.url", tasks.url, "URL", "https://api.agentic.ai/tasks",
                 "where tasks are posted"),
    SERVICE_NUMBER("tasks.max-tasks", tasks.max_tasks, "50", 0, 10000,
                   "tasks of one results file at most, the most severe first; one more sums up "
                   "the rest"),
    SERVICE_NUMBER("tasks.at-once", tasks.at_once, "4", 1, 64, "requests at a time"),
    SERVICE_TEXT("email.server", email.server, "URL", NULL,
                 "mail server: smtps://host:465, or smtp://host:587 for STARTTLS"),
    SERVICE_TEXT("email.user", email.user, "NAME", NULL, "to log in with; none: no login"),
    SERVICE_TEXT("email.password-file", email.password.file, "FILE", NULL,
                 "file with the password (mode 0600)"),
    SERVICE_TEXT("email.password-env", email.password.variable, "NAME", NULL,
                 "environment variable with the password"),
    SERVICE_TEXT("email.from", email.from, "ADDRESS", NULL, "sender"),
    SERVICE_TEXT("email.to", email.to, "ADDRESS[,ADDRESS]", NULL, "recipients"),
    SERVICE_SWITCH("email.when-none", email.when_none, "mail also if there are no anomalies"),
    SERVICE_NUMBER("email.rows", email.rows, "50", 1, 1000,
                   "anomalies in the message at most; the attached list has all"),
    SERVICE_NUMBER("due.low", due_days[SEVERITY_LOW], "10", 0, 250,
                   "business days from the as-of date until a finding of low severity is due"),
    SERVICE_NUMBER("due.medium", due_days[SEVERITY_MEDIUM], "5", 0, 250, "of medium severity"),
    SERVICE_NUMBER("due.high", due_days[SEVERITY_HIGH], "3", 0, 250, "of high severity"),
    SERVICE_NUMBER("due.critical", due_days[SEVERITY_CRITICAL], "1", 0, 250,
                   "of critical severity"),
    SERVICE_TEXT("network.ca-file", network.ca_file, "FILE", NULL,
                 "certificates to trust instead of the system's (PEM)"),
    SERVICE_TEXT("network.proxy", network.proxy, "URL", NULL, "proxy for https"),
    SERVICE_NUMBER("network.connect-timeout", network.connect_timeout, "10", 1, 600,
                   "seconds for a connection, encryption included"),
    SERVICE_NUMBER("network.timeout", network.timeout, "60", 1, 3600,
                   "seconds for a request and its answer"),
    SERVICE_NUMBER("network.attempts", network.attempts, "4", 1, 20,
                   "attempts at a request, the first included"),
    SERVICE_NUMBER("network.max-wait", network.max_wait, "60", 0, 3600,
                   "seconds between two attempts at most"),
    SERVICE_SWITCH("network.plain-http", network.plain_http,
                   "allow services without encryption, on this machine only"),
    {.name = "rows",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = BIT(GENERATE),
     .offset = FIELD(rows),
     .low = 1,
     .high = 1e12,
     .required = true,
     .help = "rows to write"},
    {.name = "months",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = BIT(GENERATE),
     .offset = FIELD(months),
     .standard = "24",
     .low = 1,
     .high = 1200,
     .help = "months the rows are spread over"},
    {.name = "anomalies",
     .argument = "X",
     .kind = OPTION_REAL,
     .commands = BIT(GENERATE),
     .offset = FIELD(anomalies),
     .standard = "0.01",
     .low = 0.0,
     .high = 0.5,
     .help = "share of the rows to make anomalous"},
    {.name = "nodes",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = BIT(PLAN),
     .offset = FIELD(nodes),
     .standard = "1",
     .low = 1,
     .high = 100000,
     .help = "nodes to plan for"},
    {.name = "cores-per-node",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .commands = BIT(PLAN),
     .offset = FIELD(cores_per_node),
     .standard = "0",
     .low = 0,
     .high = 4096,
     .help = "cores of a node; 0: as many as this machine's"},
    {.name = "memory-per-node",
     .argument = "MB",
     .kind = OPTION_INTEGER,
     .commands = BIT(PLAN),
     .offset = FIELD(memory_per_node),
     .standard = "0",
     .low = 0,
     .high = 1e9,
     .help = "memory of a node that jobs may use; 0: as much as this machine's"},
    {.name = "sbatch",
     .kind = OPTION_FLAG,
     .commands = BIT(PLAN),
     .offset = FIELD(sbatch),
     .standard = "no",
     .help = "print the options for sbatch alone, one a line"},
    {.name = "config",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .commands = WORKING,
     .offset = FIELD(config),
     .help =
         "JSON file with any of these settings, and with \"columns\", names of columns in the "
         "files"},
    {.name = "log-format",
     .argument = "text|json",
     .kind = OPTION_CHOICE,
     .commands = WORKING,
     .offset = FIELD(log_format),
     .standard = "text",
     .choice = LOG_WORD,
     .help = "how messages are written to standard error"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .commands = WORKING,
     .offset = FIELD(quiet),
     .standard = "no",
     .help = "warnings and errors only"},
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .commands = WORKING,
     .offset = FIELD(verbose),
     .standard = "no",
     .help = "details as well"},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_HELP,
     .commands = ANY_COMMAND,
     .help = "this text"},
    {.name = "version",
     .kind = OPTION_VERSION,
     .commands = ANY_COMMAND,
     .help = "the version, with those of the libraries"},
};
const size_t N_OPTION = sizeof OPTION / sizeof OPTION[0];
_Static_assert(sizeof OPTION / sizeof OPTION[0] <= SETTINGS_MAX_OPTION,
               "every option has a place in settings.source");

const struct command_label COMMAND[N_COMMAND] = {
    [COMMAND_NONE] = {.name = "", .operands = "", .summary = "", .examples = ""},
    [COMMAND_RUN] = {.name = "run",
                     .operands = "LEDGER.csv...",
                     .min_operand = 1,
                     .max_operand = SIZE_MAX,
                     .summary = "Detect, then the follow-up jobs the configuration enables.",
                     .examples = "tieout run ledger.csv\n"
                                 "tieout run --config team.json 2024-*.csv -o may.h5\n"},
    [COMMAND_DETECT] = {.name = "detect",
                        .operands = "LEDGER.csv...",
                        .min_operand = 1,
                        .max_operand = SIZE_MAX,
                        .summary =
                            "Find the balances that stopped tying out; needs no network.",
                        .examples = "tieout detect ledger.csv\n"
                                    "tieout detect 2024-04.csv.gz 2024-05.csv -o may.h5\n"
                                    "tieout detect months/ -o year.h5\n"
                                    "mpirun -n 4 tieout detect --alert-on latest ledger.csv\n"},
    [COMMAND_PLAN] = {.name = "plan",
                      .operands = "LEDGER.csv...",
                      .min_operand = 1,
                      .max_operand = SIZE_MAX,
                      .summary = "Tell how to run detect on a cluster: layout, memory, time.",
                      .examples = "tieout plan ledger.csv --nodes 2 --cores-per-node 64\n"
                                  "tieout plan 2024-04.csv 2024-05.csv --nodes 4 --sbatch\n"},
    [COMMAND_CHECK] = {.name = "check",
                       .operands = "[LEDGER.csv...]",
                       .max_operand = SIZE_MAX,
                       .summary =
                           "Say what is understood of ledgers, and which services answer.",
                       .examples = "tieout check ledger.csv\n"
                                   "tieout check --config team.json\n"
                                   "tieout check --config team.json months/\n"},
    [COMMAND_FOLLOWUP] = {.name = "followup",
                          .operands = "results.h5",
                          .min_operand = 1,
                          .max_operand = 1,
                          .summary = "Explain, ticket, mail and report; can be run again.",
                          .examples = "tieout followup results.h5\n"
                                      "tieout followup --config team.json may.h5\n"},
    [COMMAND_SHOW] = {.name = "show",
                      .operands = "results.h5",
                      .min_operand = 1,
                      .max_operand = 1,
                      .summary = "Show the anomalies, the most anomalous first.",
                      .examples =
                          "tieout show results.h5\n"
                          "tieout show results.h5 --top 0 --format csv > anomalies.csv\n"},
    [COMMAND_REPORT] = {.name = "report",
                        .operands = "results.h5",
                        .min_operand = 1,
                        .max_operand = 1,
                        .summary = "Write a page about the results: charts, breaks, anomalies.",
                        .examples = "tieout report results.h5\n"
                                    "tieout report results.h5 -o may.html\n"},
    [COMMAND_FEEDBACK] =
        {.name = "feedback",
         .operands = "results.h5 FEEDBACK.csv...",
         .min_operand = 2,
         .max_operand = SIZE_MAX,
         .summary = "Show how good the findings were, and what feedback would change.",
         .examples = "tieout feedback results.h5 results.followup/anomalies.csv\n"
                     "tieout feedback may.h5 reviews/\n"},
    [COMMAND_GENERATE] =
        {.name = "generate",
         .operands = "LEDGER.csv [LABELS.csv]",
         .min_operand = 1,
         .max_operand = 2,
         .summary = "Write a made-up ledger with known anomalies.",
         .examples = "tieout generate --rows 100000 ledger.csv\n"
                     "tieout generate --rows 1000000 --seed 7 ledger.csv labels.csv\n"},
    [COMMAND_HELP] = {.name = "help",
                      .operands = "[COMMAND|configuration|results|man|completion]",
                      .max_operand = 1,
                      .summary =
                          "Explain the program, a command, the configuration or the results.",
                      .examples = "tieout help detect\n"
                                  "tieout help configuration\n"
                                  "tieout help man > tieout.1\n"},
    [COMMAND_VERSION] = {.name = "version",
                         .operands = "",
                         .summary = "Tell the version, with those of the libraries.",
                         .examples = "tieout version\n"},
};

size_t option_section(const struct option *option)
{
    const char *dot = strchr(option->name, '.');

    return dot != NULL ? (size_t)(dot - option->name) : 0;
}

bool option_is_text(const struct option *option)
{
    return option->kind == OPTION_TEXT || option->kind == OPTION_PATHS ||
           option->kind == OPTION_AMOUNTS;
}

/* prefix, then the option's name with '_' for '-'. */
static void underscored(const char *prefix, const char *name, char out[OPTION_TEXT_MAX])
{
    size_t n = 0;

    assert(strlen(prefix) + strlen(name) < OPTION_TEXT_MAX);
    for (const char *from = prefix; *from != '\0'; from++)
        out[n++] = *from;
    for (const char *from = name; *from != '\0'; from++)
        out[n++] = *from == '-' ? '_' : *from;
    out[n] = '\0';
}

void option_environment_name(const struct option *option, char name[OPTION_TEXT_MAX])
{
    underscored("TIEOUT_", option->name, name);
    for (char *c = name; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        else if (*c == '.')
            *c = '_';
}

void option_config_key(const struct option *option, char key[OPTION_TEXT_MAX])
{
    underscored("", option->name, key);
}

bool option_in_environment(const struct option *option)
{
    return option->kind != OPTION_HELP && option->kind != OPTION_VERSION;
}

bool option_in_config(const struct option *option)
{
    return option_in_environment(option) && option->offset != FIELD(config);
}

bool option_belongs(const struct option *option, enum command command)
{
    return (option->commands >> command & 1u) != 0;
}

const struct option *option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < N_OPTION; i++)
        if (strlen(OPTION[i].name) == length && memcmp(OPTION[i].name, name, length) == 0)
            return &OPTION[i];
    return NULL;
}

const struct option *option_find_letter(char letter, enum command command)
{
    const struct option *found = NULL;

    for (size_t i = 0; letter != '\0' && i < N_OPTION; i++)
        if (OPTION[i].letter == letter &&
            (found == NULL || option_belongs(&OPTION[i], command)))
            found = &OPTION[i];
    return found;
}
