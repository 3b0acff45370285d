#ifndef TIEOUT_SETTINGS_H
#define TIEOUT_SETTINGS_H

#include "ledger.h"
#include "log.h"
#include "profile.h"
#include "service_settings.h"
#include "simd.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What the user asked for: flags beat the environment (TIEOUT_GROUP_BY), the environment
 * beats the configuration file ("group_by"), the file beats the defaults. An option of a section
 * has a dot in its name: --jira.url, TIEOUT_JIRA_URL, "jira": {"url": ...}. One table
 * (settings_table.h) has every option's name, range, default and meaning. */

enum command {
    COMMAND_NONE, /* no argument at all: the short help */
    COMMAND_RUN,
    COMMAND_DETECT,
    COMMAND_PLAN,
    COMMAND_CHECK,
    COMMAND_FOLLOWUP,
    COMMAND_SHOW,
    COMMAND_REPORT,
    COMMAND_FEEDBACK,
    COMMAND_GENERATE,
    COMMAND_HELP,
    COMMAND_VERSION,
    N_COMMAND,
    TOPIC_CONFIGURATION = N_COMMAND, /* what COMMAND_HELP can explain besides commands */
    TOPIC_RESULTS,
    TOPIC_MAN,
    TOPIC_COMPLETION,
    N_TOPIC
};

/* How 3/4/2024 is read; the last two are the values of enum date_order. */
enum date_choice { DATE_CHOICE_AUTO, DATE_CHOICE_MDY, DATE_CHOICE_DMY };

/* What stands before the decimals of an amount. */
enum decimal_choice { DECIMAL_CHOICE_POINT, DECIMAL_CHOICE_COMMA };

/* Besides a date, what --alert-on may be; both are no dates. */
enum { ALERT_ALL = INT32_MIN, ALERT_LATEST = INT32_MAX };

enum show_format { SHOW_TABLE, SHOW_CSV, SHOW_JSON };
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Where a value comes from; the higher beats the lower. */
enum source { SOURCE_DEFAULT, SOURCE_CONFIG, SOURCE_ENVIRONMENT, SOURCE_FLAG };

enum { SETTINGS_MAX_OPTION = 128 };

/* Everything is set, whatever the command: options it does not take have their defaults or what
 * the configuration file says. Texts are owned copies; input points into argv. */
struct settings {
    enum command command;
    enum command topic; /* of COMMAND_HELP: the command to explain, or NONE (short), HELP, or
                           a TOPIC_ */
    const char **input; /* [n_input] operands: ledgers, or a results file, or files to write */
    size_t n_input;
    char *config; /* configuration file to read, or NULL */
    char *output; /* results file to write */
    char *page;   /* of the report: HTML file to write, or NULL */
    enum profile_number profile;
    unsigned group_by; /* bits 1 << CODE_COMPANY ...; 0: the profile's own */
    int64_t trees;
    int64_t samples;      /* rows each tree is grown on, at most */
    double contamination; /* share of rows, in (0, 0.5]; 0: estimated */
    int64_t seed;         /* fits uint32_t */
    enum date_choice date_format;
    enum decimal_choice decimal;
    bool stacked;            /* look for several tables in each file */
    char *columns[N_COLUMN]; /* names of columns in the files, or NULL; from the file alone */
    double tolerance;        /* |difference| below this is matched; account currency */
    char *materiality;       /* amounts from which a break matters, see materiality.h */
    int32_t alert_on; /* as-of date that is followed up (days), or ALERT_ALL, ALERT_LATEST */
    int64_t alert_budget;    /* anomalies to follow up at most; 0: all */
    char *feedback;          /* files of verdicts, one a line, or NULL */
    int64_t suppress_months; /* how long a rejected finding is not raised again */
    bool keep_features;
    int64_t threads; /* a process; 0: its share of the cores */
    enum simd simd;  /* what to score with; the processor may lack it */
    bool force;      /* replace an existing file */
    enum log_format log_format;
    bool quiet;
    bool verbose; /* never both */
    int64_t top;  /* anomalies to show; 0: all */
    enum show_format format;
    enum color_choice color;
    int64_t rows; /* to generate */
    int64_t months;
    int64_t nodes;           /* to plan for */
    int64_t cores_per_node;  /* 0: this machine's */
    int64_t memory_per_node; /* MB; 0: this machine's */
    bool sbatch;             /* print nothing but options for sbatch */
    bool dry_run;            /* send nothing, write what would be sent */
    bool status;             /* of the follow-up: tell it and do nothing */
    bool retry_failed;       /* try again what services have refused */
    struct service_settings services;
    double anomalies;                          /* share of the generated rows, in [0, 0.5] */
    unsigned char source[SETTINGS_MAX_OPTION]; /* enum source of each option of the table */
};

/* The command line, and the environment ("NAME=value" texts, NULL at the end) for the
 * options of its command; variables set to nothing count as not set. STATUS_USAGE if the
 * command line is wrong, STATUS_CONFIG if the environment is, with a sentence that names the
 * place and, if there is one, what was probably meant. If settings->config is set, the file
 * is still to be applied. *settings is produced, on failure too: free it with settings_free. */
enum status settings_parse(int argc, char *const argv[], char *const environment[],
                           struct settings *settings, struct error *err);

/* The text of a configuration file, at most 1 MiB; *text is produced, free() it.
 * STATUS_NO_INPUT, STATUS_PERMISSION or STATUS_CONFIG if it cannot be read or is not text. */
enum status settings_read_config(const char *path, char **text, struct error *err);

/* Applies a configuration file's text, a JSON object whose keys are option names with '_'
 * for '-', to what neither flag nor environment has set. Keys of other commands are checked
 * as well, as commands share the file. STATUS_CONFIG for anything wrong in it, with path and
 * key; STATUS_USAGE if, with all sources heard, a required option is missing or the output
 * is one of the inputs. On failure some values may have been applied. */
enum status settings_apply_config(struct settings *settings, const char *json, const char *path,
                                  struct error *err);

/* How the ledger files are to be read. *terms points into settings. */
void settings_ledger_terms(const struct settings *settings, struct ledger_terms *terms);

/* The options of the command with the values in force, defaults included, as one JSON object
 * that can be given back as a configuration file. *json is produced, free() it. */
enum status settings_in_force(const struct settings *settings, char **json, struct error *err);

/* quiet and verbose as the log wants them. */
enum log_level settings_log_level(const struct settings *settings);

/* Releases what settings own and zeroes them. */
void settings_free(struct settings *settings);

/* Help on a command with its options; COMMAND_HELP: on the program; COMMAND_NONE: a few lines
 * that lead to a first result. At most 80 columns. A TOPIC_: what follows. */
void settings_help(enum command topic, FILE *stream);

/* All about the configuration in one page of Markdown: every key with its variable, values,
 * default and meaning, how secrets are given, and a file to begin with. */
void settings_page(FILE *stream);

/* The manual page, for man(1), and the completion for bash; both have all that --help has. */
void settings_man(FILE *stream);
void settings_completion(FILE *stream);

/* What a command or topic is called behind "tieout help". */
const char *settings_topic_name(enum command topic);

#endif
