/* The manual page, from the tables of commands and options, in the man(7) macros. One page for
 * all commands, as they share most options; every option stands once, with the commands that take
 * it. Written when the program is installed. */
#include "settings.h"
#include "settings_table.h"

#include <string.h>

/* Text in a line of its own or within one: nothing in it is taken for a request or an escape, and
 * a hyphen stays one that can be searched for and copied. */
static void print_text(FILE *stream, const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        fputs("\\&", stream);
    for (; *text != '\0'; text++)
        if (*text == '\\')
            fputs("\\e", stream);
        else if (*text == '-')
            fputs("\\-", stream);
        else
            fputc(*text, stream);
}

static void print_styled(FILE *stream, char font, const char *text)
{
    fprintf(stream, "\\f%c", font);
    print_text(stream, text);
    fputs("\\fR", stream);
}

/* Lines, as they are. */
static void print_example(FILE *stream, const char *lines)
{
    fputs(".nf\n", stream);
    while (*lines != '\0') {
        char line[256];
        size_t length = strcspn(lines, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, lines);
        print_text(stream, line);
        fputc('\n', stream);
        lines += length + (lines[length] == '\n');
    }
    fputs(".fi\n", stream);
}

static void print_commands(FILE *stream)
{
    fputs(".SH COMMANDS\n", stream);
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++) {
        fputs(".TP\n", stream);
        print_styled(stream, 'B', COMMAND[i].name);
        fputc(' ', stream);
        print_styled(stream, 'I', COMMAND[i].operands);
        fputc('\n', stream);
        print_text(stream, COMMAND[i].summary);
        fputc('\n', stream);
    }
}

/* "For run, detect." */
static void print_takers(FILE *stream, const struct option *option)
{
    const char *between = " For ";

    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        if (option_belongs(option, (enum command)i)) {
            fputs(between, stream);
            print_styled(stream, 'B', COMMAND[i].name);
            between = ", ";
        }
    fputs(".\n", stream);
}

static void print_option(FILE *stream, const struct option *option)
{
    fputs(".TP\n", stream);
    if (option->letter != '\0')
        fprintf(stream, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-\\fR", stream);
    print_styled(stream, 'B', option->name);
    if (option->argument != NULL) {
        fputc(' ', stream);
        print_styled(stream, 'I', option->argument);
    }
    fputc('\n', stream);
    print_text(stream, option->help);
    if (option->required)
        fputs(" (required)", stream);
    else if (option->standard != NULL && option->kind != OPTION_FLAG) {
        fputs(" (default: ", stream);
        print_text(stream, option->standard);
        fputc(')', stream);
    }
    fputc('.', stream);
    print_takers(stream, option);
}

/* in_section: those of services. */
static void print_options(FILE *stream, bool in_section)
{
    for (size_t i = 0; i < N_OPTION; i++)
        if ((option_section(&OPTION[i]) > 0) == in_section)
            print_option(stream, &OPTION[i]);
}

static void print_exit_codes(FILE *stream)
{
    static const struct {
        enum status code;
        const char *meaning;
    } EXIT[] = {
        {STATUS_OK, "done, anomalies or none"},
        {STATUS_USAGE, "the command line is wrong"},
        {STATUS_DATA, "the input was read and cannot be used"},
        {STATUS_NO_INPUT, "the input is missing or cannot be read"},
        {STATUS_SERVICE, "a service is down, or another process does the follow\\-up: run "
                         "again, nothing is lost"},
        {STATUS_INTERNAL, "a mistake of ours, or no memory"},
        {STATUS_CREATE, "the output cannot be created"},
        {STATUS_WRITE, "the output cannot be written to its end"},
        {STATUS_STOPPED,
         "the follow\\-up was stopped by a signal: run again, it goes on where it ended"},
        {STATUS_PERMISSION, "not allowed to read or write"},
        {STATUS_CONFIG, "the configuration is wrong, or a service refuses what it says"},
    };

    fputs(".SH EXIT STATUS\n", stream);
    for (size_t i = 0; i < sizeof EXIT / sizeof *EXIT; i++)
        fprintf(stream, ".TP\n\\fB%d\\fR\n%s\n", (int)EXIT[i].code, EXIT[i].meaning);
}

static void print_examples(FILE *stream)
{
    fputs(".SH EXAMPLES\n", stream);
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++) {
        if (i > COMMAND_NONE + 1)
            fputs(".PP\n", stream);
        print_text(stream, COMMAND[i].summary);
        fputs("\n.PP\n", stream);
        print_example(stream, COMMAND[i].examples);
    }
}

void settings_man(FILE *stream)
{
    fputs(".TH TIEOUT 1\n"
          ".SH NAME\n"
          "tieout \\- find the balances in a month\\-end ledger that stopped tying out\n"
          ".SH SYNOPSIS\n"
          "\\fBtieout\\fR \\fICOMMAND\\fR [\\fIFILE\\fR...] [\\fIOPTION\\fR...]\n"
          ".SH DESCRIPTION\n"
          "Reads the general\\-ledger and the sub\\-ledger balance of every account, learns "
          "what\n"
          "is usual with an isolation forest, and lists what is not.\n"
          "Results go to standard output or a file, messages to standard error.\n",
          stream);
    print_commands(stream);
    fputs(".SH OPTIONS\n", stream);
    print_options(stream, false);
    fputs(".SH SETTINGS OF SERVICES\n"
          "Keys, tokens and passwords are never settings; settings say where they are.\n",
          stream);
    print_options(stream, true);
    fputs(".SH ENVIRONMENT\n"
          "An option can also be given as a variable, \\fBTIEOUT_LOG_FORMAT\\fR for\n"
          "\\fB\\-\\-log\\-format\\fR and \\fBTIEOUT_JIRA_URL\\fR for \\fB\\-\\-jira.url\\fR, "
          "or as "
          "a key of the\n"
          "configuration file. Flags beat variables beat the file.\n"
          "The table has no colours if \\fBNO_COLOR\\fR is set.\n",
          stream);
    print_exit_codes(stream);
    print_examples(stream);
    fputs(".SH SEE ALSO\n"
          "\\fBtieout help\\fR \\fICOMMAND\\fR, \\fBtieout help configuration\\fR, "
          "\\fBmpirun\\fR(1)\n",
          stream);
}
