/* The command line and the environment become settings. The loop is our own, as getopt keeps
 * its state in global variables and can neither suggest an option nor say whose it is. The
 * command comes first, so that every later word can be judged by what that command takes.
 * What the configuration file says is settings_config.c's part; how a value reads,
 * settings_value.c's. */
#include "settings.h"

#include "date.h"
#include "mem.h"
#include "nearest.h"
#include "settings_store.h"
#include "settings_table.h"
#include "settings_value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The words that are left to read. */
struct words {
    int argc;
    char *const *argv;
    int next;
    bool only_operands; /* "--" has been met */
    bool finished;      /* --help or --version has been met */
};

/* A flag given again: what it said before, and the new text below. *joined is produced. */
static enum status join_paths(const struct settings *settings, const struct option *option,
                              const char *text, char **joined, struct error *err)
{
    const char *before = *(char *const *)option_field(option, settings);
    size_t room = strlen(before) + strlen(text) + 2;

    *joined = mem_array(room, 1);
    if (*joined == NULL)
        return error_no_memory(err, "the settings");
    snprintf(*joined, room, "%s\n%s", before, text);
    return STATUS_OK;
}

enum status settings_store(struct settings *settings, const struct option *option,
                           const char *text, const char *where, enum source source,
                           struct error *err)
{
    enum status code = source == SOURCE_FLAG ? STATUS_USAGE : STATUS_CONFIG;
    bool again = option->kind == OPTION_PATHS && source == SOURCE_FLAG &&
                 settings->source[option - OPTION] == SOURCE_FLAG && text[0] != '\0';
    char *joined = NULL;
    enum status st = STATUS_OK;

    if (again)
        TRY(join_paths(settings, option, text, &joined, err));
    TRY(option_store(option, again ? joined : text, where, code, settings, err));
    settings->source[option - OPTION] = (unsigned char)source;
done:
    free(joined);
    return st;
}

static enum status store_defaults(struct settings *settings, struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < N_OPTION && st == STATUS_OK; i++)
        if (OPTION[i].standard != NULL)
            st = settings_store(settings, &OPTION[i], OPTION[i].standard, OPTION[i].name,
                                SOURCE_DEFAULT, err);
    return st;
}

/* end: N_COMMAND, or behind the topics that are no commands. */
static enum status find_command(const char *word, int end, enum command *command,
                                struct error *err)
{
    const char *name[N_TOPIC] = {NULL};

    for (int i = COMMAND_NONE + 1; i < end; i++) {
        name[i] = settings_topic_name((enum command)i);
        if (strcmp(word, name[i]) == 0) {
            *command = (enum command)i;
            return STATUS_OK;
        }
    }
    const char *near = nearest_find(word, name + 1, (size_t)end - 1);
    if (near != NULL)
        return error_set(err, STATUS_USAGE, "unknown command '%.100s': did you mean '%s'?",
                         word, near);
    if (strpbrk(word, "./") != NULL)
        return error_set(err, STATUS_USAGE,
                         "the command comes first: to read '%.300s', write tieout run '%.300s'",
                         word, word);
    return error_set(err, STATUS_USAGE,
                     "unknown command '%.100s': tieout --help lists them all", word);
}

/* An option nobody knows, as written: "--contaminaton", "-x". */
static enum status refuse_unknown(const char *word, size_t length, enum command command,
                                  struct error *err)
{
    const char *name[SETTINGS_MAX_OPTION];
    char shown[OPTION_TEXT_MAX];
    size_t n = 0;

    snprintf(shown, sizeof shown, "%.*s", length < sizeof shown ? (int)length : OPTION_TEXT_MAX,
             word);
    for (size_t i = 0; i < N_OPTION; i++)
        if (option_belongs(&OPTION[i], command))
            name[n++] = OPTION[i].name;
    const char *near = length > 2 ? nearest_find(shown + strspn(shown, "-"), name, n) : NULL;
    if (near != NULL)
        return error_set(err, STATUS_USAGE, "unknown option %s for '%s': did you mean --%s?",
                         shown, COMMAND[command].name, near);
    return error_set(err, STATUS_USAGE,
                     "unknown option %s for '%s': tieout %s --help lists its options", shown,
                     COMMAND[command].name, COMMAND[command].name);
}

/* An option of other commands: says of which. */
static enum status refuse_foreign(const struct option *option, enum command command,
                                  struct error *err)
{
    char owners[ERROR_TEXT / 2] = "";
    size_t length = 0;
    size_t n_owner = 0;

    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        if (option_belongs(option, (enum command)i) && length < sizeof owners) {
            length += (size_t)snprintf(owners + length, sizeof owners - length, "%s'%s'",
                                       n_owner > 0 ? ", " : "", COMMAND[i].name);
            n_owner++;
        }
    return error_set(err, STATUS_USAGE, "--%s is not an option of '%s': %s %s it", option->name,
                     COMMAND[command].name, owners, n_owner == 1 ? "takes" : "take");
}

/* The value behind an option without one attached: the next word. A word that looks like an
 * option is not taken for a value, as then a value was most likely forgotten. */
static enum status next_value(struct words *words, const struct option *option,
                              const char **value, struct error *err)
{
    const char *word = words->next < words->argc ? words->argv[words->next] : NULL;

    if (word == NULL)
        return error_set(err, STATUS_USAGE, "--%s needs a value: --%s %s", option->name,
                         option->name, option->argument);
    if (word[0] == '-' && word[1] != '\0' && strchr("0123456789.", word[1]) == NULL)
        return error_set(err, STATUS_USAGE,
                         "--%s needs a value, and '%.100s' looks like an option (if it is the "
                         "value: --%s=%.100s)",
                         option->name, word, option->name, word);
    words->next++;
    *value = word;
    return STATUS_OK;
}

/* --help and --version end the reading, whatever follows. */
static void finish(struct words *words, struct settings *settings, enum option_kind kind)
{
    words->finished = true;
    if (kind == OPTION_HELP) {
        settings->topic = settings->command;
        settings->command = COMMAND_HELP;
    } else {
        settings->command = COMMAND_VERSION;
    }
}

/* An option that is known, with the value attached to it or NULL. */
static enum status take_known(struct words *words, const struct option *option,
                              const char *attached, struct settings *settings,
                              struct error *err)
{
    char where[OPTION_TEXT_MAX];
    const char *value = attached;
    enum status st = STATUS_OK;

    if (!option_belongs(option, settings->command))
        return refuse_foreign(option, settings->command, err);
    if (option->kind == OPTION_HELP || option->kind == OPTION_VERSION) {
        if (attached != NULL)
            return error_set(err, STATUS_USAGE, "--%s takes no value", option->name);
        finish(words, settings, option->kind);
        return STATUS_OK;
    }
    if (value == NULL && option->kind == OPTION_FLAG)
        value = "yes";
    if (value == NULL)
        TRY(next_value(words, option, &value, err));
    snprintf(where, sizeof where, "--%s", option->name);
    TRY(settings_store(settings, option, value, where, SOURCE_FLAG, err));
done:
    return st;
}

/* --name, --name value, --name=value. */
static enum status take_long(struct words *words, const char *word, struct settings *settings,
                             struct error *err)
{
    size_t length = strcspn(word + 2, "=");
    const struct option *option = option_find(word + 2, length);

    if (option == NULL)
        return refuse_unknown(word, length + 2, settings->command, err);
    return take_known(words, option, word[2 + length] == '=' ? word + 3 + length : NULL,
                      settings, err);
}

/* -o value, -ovalue, -q. */
static enum status take_short(struct words *words, const char *word, struct settings *settings,
                              struct error *err)
{
    const struct option *option = option_find_letter(word[1], settings->command);
    const char *attached = word[2] != '\0' ? word + 2 : NULL;
    size_t name_length = strcspn(word + 1, "=");

    /* -output is not "-o utput", which would write a file of that name. */
    if (option == NULL || (name_length > 1 && option_find(word + 1, name_length) != NULL))
        return refuse_unknown(word, name_length + 1, settings->command, err);
    if (attached != NULL && option->argument == NULL)
        return error_set(
            err, STATUS_USAGE,
            "-%c takes no value: in '%.100s', write each option with a '-' of its own",
            option->letter, word);
    return take_known(words, option, attached, settings, err);
}

static enum status take_operand(const char *word, struct settings *settings, struct error *err)
{
    if (word[0] == '\0')
        return error_set(err, STATUS_USAGE, "an empty file name");
    for (size_t i = 0; i < settings->n_input; i++)
        if (strcmp(settings->input[i], word) == 0)
            return error_set(err, STATUS_USAGE, "'%.500s' is given twice", word);
    settings->input[settings->n_input++] = word;
    return STATUS_OK;
}

static enum status take_word(struct words *words, struct settings *settings, struct error *err)
{
    const char *word = words->argv[words->next++];

    if (words->only_operands || word[0] != '-' || word[1] == '\0')
        return take_operand(word, settings, err);
    if (strcmp(word, "--") == 0) {
        words->only_operands = true;
        return STATUS_OK;
    }
    return word[1] == '-' ? take_long(words, word, settings, err)
                          : take_short(words, word, settings, err);
}

/* The first word: the command, or --help or --version in its place. */
static enum status take_command(struct words *words, struct settings *settings,
                                struct error *err)
{
    if (words->argc < 2) {
        settings->command = COMMAND_HELP;
        settings->topic = COMMAND_NONE;
        words->finished = true;
        return STATUS_OK;
    }
    const char *word = words->argv[words->next++];
    if (word[0] != '-')
        return find_command(word, N_COMMAND, &settings->command, err);
    settings->command = COMMAND_HELP;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        finish(words, settings, OPTION_HELP);
    else if (strcmp(word, "--version") == 0)
        finish(words, settings, OPTION_VERSION);
    else
        return error_set(err, STATUS_USAGE,
                         "the command comes first, then '%.100s': tieout --help lists them all",
                         word);
    return STATUS_OK;
}

static enum status check_operands(struct settings *settings, struct error *err)
{
    const struct command_label *label = &COMMAND[settings->command];

    if (settings->n_input < label->min_operand)
        return error_set(err, STATUS_USAGE, "no file given: tieout %s %s", label->name,
                         label->operands);
    if (settings->n_input > label->max_operand)
        return error_set(err, STATUS_USAGE, "'%.300s' is one too many: tieout %s%s%s",
                         settings->input[label->max_operand], label->name,
                         label->operands[0] != '\0' ? " " : "", label->operands);
    if (settings->command != COMMAND_HELP)
        return STATUS_OK;
    settings->topic = COMMAND_HELP;
    return settings->n_input > 0
               ? find_command(settings->input[0], N_TOPIC, &settings->topic, err)
               : STATUS_OK;
}

/* The value of a variable; NULL if it is not set or set to nothing. */
static const char *look_up(char *const environment[], const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
        if (strncmp(environment[i], name, length) == 0 && environment[i][length] == '=')
            return environment[i][length + 1] != '\0' ? environment[i] + length + 1 : NULL;
    return NULL;
}

static enum status take_environment(char *const environment[], struct settings *settings,
                                    struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < N_OPTION && st == STATUS_OK; i++) {
        char name[OPTION_TEXT_MAX];

        if (!option_in_environment(&OPTION[i]) ||
            !option_belongs(&OPTION[i], settings->command) ||
            settings->source[i] > SOURCE_ENVIRONMENT)
            continue;
        option_environment_name(&OPTION[i], name);
        const char *value = look_up(environment, name);
        if (value != NULL)
            st = settings_store(settings, &OPTION[i], value, name, SOURCE_ENVIRONMENT, err);
    }
    return st;
}

static size_t option_index(const char *name)
{
    const struct option *option = option_find(name, strlen(name));

    assert(option != NULL);
    return (size_t)(option - OPTION);
}

/* Of quiet and verbose, the one from the higher source holds. */
static enum status settle_verbosity(struct settings *settings, struct error *err)
{
    unsigned char quiet = settings->source[option_index("quiet")];
    unsigned char verbose = settings->source[option_index("verbose")];

    if (!settings->quiet || !settings->verbose)
        return STATUS_OK;
    if (quiet == verbose)
        return error_set(err, quiet == SOURCE_FLAG ? STATUS_USAGE : STATUS_CONFIG,
                         "quiet and verbose exclude each other");
    settings->quiet = quiet > verbose;
    settings->verbose = !settings->quiet;
    return STATUS_OK;
}

/* A results file that replaced one of its own ledgers would be a disaster with --force. */
static enum status check_output(const struct settings *settings, struct error *err)
{
    const struct option *output = &OPTION[option_index("output")];

    if (!option_belongs(output, settings->command))
        return STATUS_OK;
    for (size_t i = 0; i < settings->n_input; i++)
        if (strcmp(settings->input[i], settings->output) == 0)
            return error_set(err, STATUS_USAGE, "'%.500s' is both an input and the output",
                             settings->output);
    return STATUS_OK;
}

enum status settings_check(struct settings *settings, struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < N_OPTION; i++)
        if (OPTION[i].required && option_belongs(&OPTION[i], settings->command) &&
            settings->source[i] == SOURCE_DEFAULT) {
            const struct command_label *label = &COMMAND[settings->command];
            return error_set(err, STATUS_USAGE, "'%s' needs --%s: tieout %s --%s %s %s",
                             label->name, OPTION[i].name, label->name, OPTION[i].name,
                             OPTION[i].argument, label->operands);
        }
    if (settings->status && settings->retry_failed)
        TRY(error_set(err, STATUS_USAGE, "status only tells: it excludes retry-failed"));
    TRY(settle_verbosity(settings, err));
    TRY(check_output(settings, err));
done:
    return st;
}

enum status settings_parse(int argc, char *const argv[], char *const environment[],
                           struct settings *settings, struct error *err)
{
    struct words words = {.argc = argc, .argv = argv, .next = 1};
    enum status st = STATUS_OK;

    memset(settings, 0, sizeof *settings);
    settings->input = mem_array(argc > 0 ? (size_t)argc : 1, sizeof *settings->input);
    if (settings->input == NULL)
        TRY(error_no_memory(err, "the command line"));
    TRY(store_defaults(settings, err));
    TRY(take_command(&words, settings, err));
    while (!words.finished && words.next < argc)
        TRY(take_word(&words, settings, err));
    if (words.finished)
        goto done;
    TRY(check_operands(settings, err));
    TRY(take_environment(environment, settings, err));
    if (settings->config == NULL)
        TRY(settings_check(settings, err));
done:
    return st;
}

void settings_ledger_terms(const struct settings *settings, struct ledger_terms *terms)
{
    *terms = (struct ledger_terms){
        .date_orders = settings->date_format == DATE_CHOICE_AUTO
                           ? DATE_MONTH_FIRST | DATE_DAY_FIRST
                           : (uint32_t)settings->date_format,
        .tolerance = settings->tolerance,
        .decimal_mark = settings->decimal == DECIMAL_CHOICE_COMMA ? ',' : '.',
    };
    for (size_t c = 0; c < N_COLUMN; c++)
        terms->named[c] = settings->columns[c];
}

enum log_level settings_log_level(const struct settings *settings)
{
    if (settings->quiet)
        return LOG_LEVEL_QUIET;
    return settings->verbose ? LOG_LEVEL_VERBOSE : LOG_LEVEL_NORMAL;
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < N_OPTION; i++) {
        char *text = NULL;

        if (!option_is_text(&OPTION[i]))
            continue;
        memcpy(&text, option_field(&OPTION[i], settings), sizeof text);
        free(text);
    }
    for (size_t c = 0; c < N_COLUMN; c++)
        free(settings->columns[c]);
    free(settings->input);
    memset(settings, 0, sizeof *settings);
}
