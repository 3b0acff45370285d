#ifndef TIEOUT_SETTINGS_TABLE_H
#define TIEOUT_SETTINGS_TABLE_H

#include "settings.h"

/* The one place where options and commands are described. Flags, environment, configuration
 * file, help, and whatever documents the program later, loop over these tables. */

enum option_kind {
    OPTION_FLAG,       /* bool */
    OPTION_INTEGER,    /* int64_t in [low, high] */
    OPTION_REAL,       /* double in [low, high] */
    OPTION_AUTO_SHARE, /* double in (low, high], or "auto", stored as 0 */
    OPTION_CHOICE,     /* enum: the index of the word in choice */
    OPTION_COLUMNS,    /* unsigned: bits of code columns, "auto" is 0 */
    OPTION_TEXT,       /* char *, owned; not empty */
    OPTION_PATHS,      /* char *, owned: paths, one a line; each use of the flag adds some */
    OPTION_AMOUNTS,    /* char *, owned: what materiality_read takes */
    OPTION_ALERT_ON,   /* int32_t: days of an ISO date, or ALERT_ALL, ALERT_LATEST */
    OPTION_HELP,       /* no field: ends the reading of the command line */
    OPTION_VERSION     /* the same */
};

struct option {
    const char *name;     /* "group-by"; "jira.url" in a section */
    char letter;          /* of -o, or 0 */
    const char *argument; /* "FILE"; NULL if it takes none */
    enum option_kind kind;
    unsigned commands;    /* bits 1 << COMMAND_... that take it */
    size_t offset;        /* of its field in struct settings */
    const char *standard; /* the default as one would write it; NULL: none */
    double low, high;
    const char *const *choice; /* ends with NULL */
    bool required;
    const char *help;
};

/* A command. Operands are what is left when options are taken away. */
struct command_label {
    const char *name;
    const char *operands; /* "LEDGER.csv..." */
    size_t min_operand, max_operand;
    const char *summary;  /* a sentence */
    const char *examples; /* lines */
};

extern const struct option OPTION[];
extern const size_t N_OPTION;
extern const struct command_label COMMAND[N_COMMAND]; /* COMMAND_NONE has empty texts */

/* Name of a code column, as written in group_by. */
extern const char *const COLUMN_WORD[];
extern const size_t N_COLUMN_WORD;

enum { OPTION_TEXT_MAX = 64 };

/* "TIEOUT_GROUP_BY", "group_by"; "TIEOUT_JIRA_URL", "jira.url". */
void option_environment_name(const struct option *option, char name[OPTION_TEXT_MAX]);
void option_config_key(const struct option *option, char key[OPTION_TEXT_MAX]);

/* Length of the section's name, "jira"; 0: it is in none. */
size_t option_section(const struct option *option);

/* Whether its field is a text that settings own. */
bool option_is_text(const struct option *option);

/* Whether there is a variable and a key for it: not for --help and --version, and a
 * configuration file does not name another. */
bool option_in_environment(const struct option *option);
bool option_in_config(const struct option *option);

/* Whether command takes it. */
bool option_belongs(const struct option *option, enum command command);

/* The option of that name, whatever command takes it; NULL if there is none. */
const struct option *option_find(const char *name, size_t length);
/* The option of that letter: that of the command, if it has one, else another's; or NULL. */
const struct option *option_find_letter(char letter, enum command command);

#endif
