/* Completion for bash, from the tables of commands and options. It needs nothing but bash; names
 * of files are left to readline, which knows how to quote them. Bash splits --name=value at the
 * '=', so the value is completed in both spellings alike. */
#include "settings.h"
#include "settings_table.h"

#include <string.h>

static const char BEGIN[] =
    "# Completion of tieout for bash, made by: tieout help completion\n"
    "_tieout() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command=${COMP_WORDS[1]} words=\n"
    "    COMPREPLY=()\n"
    "    [[ $word == = ]] && word=\n"
    "    [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}\n";

static const char END[] = "    if [[ -n $words ]]; then\n"
                          "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                          "        compopt +o default 2>/dev/null\n"
                          "    fi\n"
                          "}\n"
                          "complete -o default -F _tieout tieout\n";

static void print_commands(FILE *stream)
{
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        fprintf(stream, " %s", COMMAND[i].name);
}

/* The words that a value can be; none if any text will do. */
static void print_values(FILE *stream, const struct option *option)
{
    switch (option->kind) {
    case OPTION_CHOICE:
        for (size_t i = 0; option->choice[i] != NULL; i++)
            fprintf(stream, " %s", option->choice[i]);
        break;
    case OPTION_COLUMNS:
        fputs(" auto", stream);
        for (size_t i = 0; i < N_COLUMN_WORD; i++)
            fprintf(stream, " %s", COLUMN_WORD[i]);
        break;
    case OPTION_AUTO_SHARE:
        fputs(" auto", stream);
        break;
    case OPTION_ALERT_ON:
        fputs(" all latest", stream);
        break;
    default:
        break;
    }
}

/* A case of the option before the cursor. What is not a file's name and has no words gets a blank,
 * for which nothing is offered. */
static void print_option_case(FILE *stream, const struct option *option)
{
    if (option->argument == NULL)
        return;
    fprintf(stream, "    --%s", option->name);
    if (option->letter != '\0')
        fprintf(stream, " | -%c", option->letter);
    if (strcmp(option->argument, "FILE") == 0) {
        fputs(") return ;;\n", stream);
        return;
    }
    fputs(") words=\"", stream);
    print_values(stream, option);
    fputs(" \" ;;\n", stream);
}

static void print_command_case(FILE *stream, enum command command)
{
    fprintf(stream, "        %s) words=\"", COMMAND[command].name);
    for (size_t i = 0; i < N_OPTION; i++)
        if (option_belongs(&OPTION[i], command))
            fprintf(stream, " --%s", OPTION[i].name);
    fputs("\" ;;\n", stream);
}

void settings_completion(FILE *stream)
{
    fputs(BEGIN, stream);
    fputs("    if ((COMP_CWORD == 1)); then\n        words=\"", stream);
    print_commands(stream);
    fputs(" --help --version\"\n    else case $before in\n", stream);
    for (size_t i = 0; i < N_OPTION; i++)
        print_option_case(stream, &OPTION[i]);
    fputs("    *) if [[ $word == -* ]]; then case $command in\n", stream);
    for (int i = COMMAND_NONE + 1; i < N_COMMAND; i++)
        print_command_case(stream, (enum command)i);
    fprintf(stream, "        esac; elif [[ $command == %s ]]; then words=\"",
            COMMAND[COMMAND_HELP].name);
    print_commands(stream);
    fputs(" ", stream);
    for (int i = N_COMMAND; i < N_TOPIC; i++)
        fprintf(stream, " %s", settings_topic_name((enum command)i));
    fputs("\"; fi ;;\n    esac; fi\n", stream);
    fputs(END, stream);
}
