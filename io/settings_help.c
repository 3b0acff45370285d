/* Help, from the tables: examples first, as most readers look for one to change, then the
 * options in two columns. 80 columns, no colours, no pager. */
#include "results_layout.h"
#include "settings.h"
#include "settings_table.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 2, SHORT_FLAG = 4, GAP = 2, SENTENCE_MAX = 512 };

/* "-o, --output FILE"; returns its length. */
static int left_text(const struct option *option, char *text, size_t size)
{
    int n = option->letter != 0 ? snprintf(text, size, "-%c, ", option->letter)
                                : snprintf(text, size, "%*s", SHORT_FLAG, "");

    return n + snprintf(text + n, size - (size_t)n, "--%s%s%s", option->name,
                        option->argument != NULL ? " " : "",
                        option->argument != NULL ? option->argument : "");
}

/* What stands right: the meaning, then the default if it says something. */
static void right_text(const struct option *option, char text[SENTENCE_MAX])
{
    const char *standard = option->kind != OPTION_FLAG ? option->standard : NULL;

    if (option->required)
        snprintf(text, SENTENCE_MAX, "%s (required)", option->help);
    else if (standard != NULL)
        snprintf(text, SENTENCE_MAX, "%s (default: %s)", option->help, standard);
    else
        snprintf(text, SENTENCE_MAX, "%s", option->help);
}

/* Words of text, wrapped; the first line begins at column, the others are indented to it. */
static void print_wrapped(FILE *stream, const char *text, int column)
{
    int at = column;

    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (at > column && at + 1 + length > WIDTH) {
            fprintf(stream, "\n%*s", column, "");
            at = column;
        }
        at += fprintf(stream, "%s%.*s", at > column ? " " : "", length, text);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

/* Whether a command's help lists it: the settings of services have a page of their own. */
static bool is_listed(const struct option *option, enum command command)
{
    return option_belongs(option, command) && option_section(option) == 0;
}

static int left_width(enum command command)
{
    char text[WIDTH + 1];
    int width = 0;

    for (size_t i = 0; i < N_OPTION; i++)
        if (is_listed(&OPTION[i], command)) {
            int length = left_text(&OPTION[i], text, sizeof text);
            width = length > width ? length : width;
        }
    return width;
}

static void print_options(FILE *stream, enum command command)
{
    int column = INDENT + left_width(command) + GAP;

    fputs("\nOptions\n", stream);
    for (size_t i = 0; i < N_OPTION; i++) {
        char left[WIDTH + 1];
        char right[SENTENCE_MAX];

        if (!is_listed(&OPTION[i], command))
            continue;
        left_text(&OPTION[i], left, sizeof left);
        right_text(&OPTION[i], right);
        fprintf(stream, "%*s%-*s", INDENT, "", column - INDENT, left);
        print_wrapped(stream, right, column);
    }
}

/* Lines of text, indented. */
static void print_lines(FILE *stream, const char *text)
{
    while (*text != '\0') {
        int length = (int)strcspn(text, "\n");
        fprintf(stream, "%*s%.*s\n", INDENT, "", length, text);
        text += length + (text[length] == '\n');
    }
}

/* Whether there is more to say on settings than --help and --version; in_section: on those of
 * services. */
static bool takes_settings(enum command command, bool in_section)
{
    for (size_t i = 0; i < N_OPTION; i++)
        if (option_belongs(&OPTION[i], command) && option_in_environment(&OPTION[i]) &&
            (option_section(&OPTION[i]) > 0) == in_section)
            return true;
    return false;
}

static void print_command(FILE *stream, enum command command)
{
    const struct command_label *label = &COMMAND[command];

    fprintf(stream, "%s\n\nExamples\n", label->summary);
    print_lines(stream, label->examples);
    fprintf(stream, "\nUsage\n%*stieout %s%s%s [OPTION...]\n", INDENT, "", label->name,
            label->operands[0] != '\0' ? " " : "", label->operands);
    print_options(stream, command);
    if (takes_settings(command, true))
        fputs("\nJira, e-mail, tasks and the language model have settings of their own\n"
              "(--jira.url ...): tieout help configuration.\n",
              stream);
    if (takes_settings(command, false))
        fputs("\nA setting can also be given as a variable (TIEOUT_LOG_FORMAT) or as a key of "
              "the\n"
              "configuration file (\"log_format\"): flags beat variables beat the file. "
              "Switches\n"
              "are turned off by --force=no.\n",
              stream);
}

static const char FIRST_RESULT[] = "tieout generate --rows 100000 ledger.csv\n"
                                   "tieout detect ledger.csv\n"
                                   "tieout show results.h5\n";

static const char PURPOSE[] =
    "tieout finds the balances in a month-end ledger that stopped tying out.\n";

static void print_program(FILE *stream)
{
    fprintf(stream, "%s\nExamples\n", PURPOSE);
    print_lines(stream, FIRST_RESULT);
    print_lines(stream, "mpirun -n 4 tieout detect 2024-*.csv -o year.h5\n");
    fputs("\nCommands\n", stream);
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        fprintf(stream, "%*s%-10s%s\n", INDENT, "", COMMAND[i].name, COMMAND[i].summary);
    fputs("\nOptions of a command: tieout COMMAND --help. Results go to standard output,\n"
          "messages to standard error.\n"
          "\nExit codes\n"
          "  0 done, anomalies or none   64 command line   65 data   66 no input\n"
          "  69 a service is down   70 internal   73 cannot create   74 cannot write\n"
          "  75 stopped, run again to resume   77 permission   78 configuration\n",
          stream);
}

const char *settings_topic_name(enum command topic)
{
    static const char *const NAME[] = {"configuration", "results", "man", "completion"};

    return topic < N_COMMAND ? COMMAND[topic].name : NAME[topic - N_COMMAND];
}

void settings_help(enum command topic, FILE *stream)
{
    if (topic == COMMAND_NONE) {
        fprintf(stream, "%s\nA first result\n", PURPOSE);
        print_lines(stream, FIRST_RESULT);
        fputs("\nWith a ledger of your own\n  tieout run LEDGER.csv\n\nEverything else\n"
              "  tieout --help\n",
              stream);
    } else if (topic == TOPIC_CONFIGURATION) {
        settings_page(stream);
    } else if (topic == TOPIC_RESULTS) {
        results_page(stream);
    } else if (topic == TOPIC_MAN) {
        settings_man(stream);
    } else if (topic == TOPIC_COMPLETION) {
        settings_completion(stream);
    } else if (topic == COMMAND_HELP) {
        print_program(stream);
    } else {
        print_command(stream, topic);
    }
}
