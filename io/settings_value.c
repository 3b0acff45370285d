/* A value's text read by the rules of its option, and stored. Text is the one form every source
 * is brought to, so that a value means the same, and is refused in the same words, wherever it
 * stands. The readings are strict: "1e3", "0x10" or "12 " are no whole numbers, as a setting
 * that is guessed at is a result nobody asked for. */
#include "settings_value.h"

#include "materiality.h"
#include "mem.h"
#include "nearest.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 100 }; /* bytes of a wrong value that are quoted */

/* What is being read, and what to say about it. */
struct reading {
    const struct option *option;
    const char *text;
    const char *where;
    enum status code;
    struct error *err;
};

const void *option_field(const struct option *option, const struct settings *settings)
{
    return (const char *)settings + option->offset;
}

static void store(const struct option *option, struct settings *settings, const void *value,
                  size_t size)
{
    memcpy((char *)settings + option->offset, value, size);
}

static enum status read_flag(const struct reading *of, bool *value)
{
    static const char *const yes[] = {"1", "yes", "true", "on"};
    static const char *const no[] = {"0", "no", "false", "off"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        bool is_yes = strcasecmp(of->text, yes[i]) == 0;
        if (is_yes || strcasecmp(of->text, no[i]) == 0) {
            *value = is_yes;
            return STATUS_OK;
        }
    }
    return error_set(of->err, of->code, "%s: '%.*s' is neither yes nor no", of->where, SHOWN,
                     of->text);
}

static enum status read_integer(const struct reading *of, int64_t *value)
{
    int64_t low = (int64_t)of->option->low;
    int64_t high = (int64_t)of->option->high;
    size_t n_digit = strspn(of->text, "0123456789");
    bool is_number = n_digit > 0 && of->text[n_digit] == '\0';
    int64_t read = 0;

    for (size_t i = 0; is_number && i < n_digit; i++) {
        read = read * 10 + (of->text[i] - '0');
        is_number = read <= high; /* far below where the next step could overflow */
    }
    if (!is_number || read < low)
        return error_set(of->err, of->code,
                         "%s: '%.*s' is not a whole number from %lld to %lld", of->where, SHOWN,
                         of->text, (long long)low, (long long)high);
    *value = read;
    return STATUS_OK;
}

/* A decimal number, nothing before or behind it. */
static bool read_decimal(const char *text, double *value)
{
    char *end = NULL;

    if (strspn(text, "0123456789.eE+-") != strlen(text) || strpbrk(text, "0123456789") == NULL)
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

static enum status read_real(const struct reading *of, double *value)
{
    double read = 0.0;

    if (!read_decimal(of->text, &read) || read < of->option->low || read > of->option->high)
        return error_set(of->err, of->code, "%s: '%.*s' is not a number from %g to %g",
                         of->where, SHOWN, of->text, of->option->low, of->option->high);
    *value = read;
    return STATUS_OK;
}

static enum status read_auto_share(const struct reading *of, double *value)
{
    double read = 0.0;

    if (strcmp(of->text, "auto") != 0 &&
        (!read_decimal(of->text, &read) || read <= of->option->low || read > of->option->high))
        return error_set(of->err, of->code,
                         "%s: '%.*s' is neither auto nor a number above %g and up to %g",
                         of->where, SHOWN, of->text, of->option->low, of->option->high);
    *value = read;
    return STATUS_OK;
}

/* "did you mean json?" behind a sentence, if something is near. */
static const char *meant(const char *word, const char *const *known, size_t n_known,
                         char hint[OPTION_TEXT_MAX])
{
    const char *near = nearest_find(word, known, n_known);

    hint[0] = '\0';
    if (near != NULL)
        snprintf(hint, OPTION_TEXT_MAX, ": did you mean %s?", near);
    return hint;
}

static enum status read_choice(const struct reading *of, int *value)
{
    const char *const *choice = of->option->choice;
    char hint[OPTION_TEXT_MAX];
    size_t n = 0;

    for (; choice[n] != NULL; n++)
        if (strcmp(of->text, choice[n]) == 0) {
            *value = (int)n;
            return STATUS_OK;
        }
    return error_set(of->err, of->code, "%s: '%.*s' is not one of %s%s", of->where, SHOWN,
                     of->text, of->option->argument, meant(of->text, choice, n, hint));
}

/* The bit of a column's name, capitals or not; 0 if there is no such column. */
static unsigned column_bit(const char *name, size_t length)
{
    for (size_t i = 0; i < N_COLUMN_WORD; i++)
        if (strlen(COLUMN_WORD[i]) == length && strncasecmp(name, COLUMN_WORD[i], length) == 0)
            return 1u << i;
    return 0;
}

static enum status refuse_column(const struct reading *of, const char *name, size_t length)
{
    char word[OPTION_TEXT_MAX];
    char hint[OPTION_TEXT_MAX];

    snprintf(word, sizeof word, "%.*s", length < sizeof word ? (int)length : SHOWN, name);
    return error_set(of->err, of->code,
                     "%s: '%s' is not one of Company, Account, AU, Currency%s", of->where, word,
                     meant(word, COLUMN_WORD, N_COLUMN_WORD, hint));
}

static enum status read_columns(const struct reading *of, unsigned *value)
{
    const char *at = of->text;
    unsigned read = 0;

    while (strcasecmp(of->text, "auto") != 0) {
        at += strspn(at, " ");
        size_t whole = strcspn(at, ",");
        size_t length = whole;
        while (length > 0 && at[length - 1] == ' ')
            length--;
        unsigned bit = column_bit(at, length);
        if (bit == 0)
            return refuse_column(of, at, length);
        if ((read & bit) != 0)
            return error_set(of->err, of->code, "%s: %.*s is there twice", of->where,
                             (int)length, at);
        read |= bit;
        if (at[whole] == '\0')
            break;
        at += whole + 1;
    }
    *value = read;
    return STATUS_OK;
}

/* all, latest or an ISO date. */
static enum status read_alert_on(const struct reading *of, int32_t *value)
{
    size_t length = strlen(of->text);
    bool iso = length == 10 && of->text[4] == '-' && of->text[7] == '-' &&
               date_orders(of->text, length) != 0;

    if (strcmp(of->text, "all") == 0)
        *value = ALERT_ALL;
    else if (strcmp(of->text, "latest") == 0)
        *value = ALERT_LATEST;
    else if (iso)
        *value = date_days(of->text, length, DATE_MONTH_FIRST);
    else
        return error_set(of->err, of->code,
                         "%s: '%.*s' is neither all nor latest nor a date like 2024-05-31",
                         of->where, SHOWN, of->text);
    return STATUS_OK;
}

/* A copy of the text; whatever stood there before is released. */
static enum status store_text(const struct reading *of, struct settings *settings)
{
    char *old = NULL;
    size_t size = strlen(of->text) + 1;
    struct materiality amounts;

    if (size == 1)
        return error_set(of->err, of->code, "%s: must not be empty", of->where);
    if (of->option->kind == OPTION_AMOUNTS && !materiality_read(of->text, &amounts))
        return error_set(of->err, of->code,
                         "%s: '%.*s' is not an amount above 0, with others by currency like "
                         "10000,JPY=1500000",
                         of->where, SHOWN, of->text);
    char *copy = mem_array(size, 1);
    if (copy == NULL)
        return error_no_memory(of->err, "the settings");
    memcpy(copy, of->text, size);
    memcpy(&old, option_field(of->option, settings), sizeof old);
    free(old);
    store(of->option, settings, &copy, sizeof copy);
    return STATUS_OK;
}

enum status option_store(const struct option *option, const char *text, const char *where,
                         enum status code, struct settings *settings, struct error *err)
{
    struct reading of = {option, text, where, code, err};
    union {
        bool flag;
        int64_t integer;
        double real;
        int choice;
        unsigned columns;
        int32_t days;
    } value;
    enum status st = STATUS_OK;
    size_t size = 0;

    assert(option_in_environment(option));
    switch (option->kind) {
    case OPTION_FLAG:
        st = read_flag(&of, &value.flag);
        size = sizeof value.flag;
        break;
    case OPTION_INTEGER:
        st = read_integer(&of, &value.integer);
        size = sizeof value.integer;
        break;
    case OPTION_REAL:
        st = read_real(&of, &value.real);
        size = sizeof value.real;
        break;
    case OPTION_AUTO_SHARE:
        st = read_auto_share(&of, &value.real);
        size = sizeof value.real;
        break;
    case OPTION_CHOICE:
        st = read_choice(&of, &value.choice);
        size = sizeof value.choice;
        break;
    case OPTION_COLUMNS:
        st = read_columns(&of, &value.columns);
        size = sizeof value.columns;
        break;
    case OPTION_ALERT_ON:
        st = read_alert_on(&of, &value.days);
        size = sizeof value.days;
        break;
    case OPTION_TEXT:
    case OPTION_PATHS:
    case OPTION_AMOUNTS:
        return store_text(&of, settings);
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
    if (st == STATUS_OK)
        store(option, settings, &value, size);
    return st;
}

const char *option_alert_text(int32_t alert_on, char date[DATE_TEXT])
{
    if (alert_on == ALERT_ALL)
        return "all";
    if (alert_on == ALERT_LATEST)
        return "latest";
    date_format(alert_on, date);
    return date;
}

void option_columns_text(unsigned columns, char text[COLUMNS_TEXT])
{
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < N_COLUMN_WORD; i++)
        if ((columns >> i & 1u) != 0)
            n += (size_t)snprintf(text + n, COLUMNS_TEXT - n, "%s%s", n > 0 ? "," : "",
                                  COLUMN_WORD[i]);
    if (n == 0)
        snprintf(text, COLUMNS_TEXT, "auto");
}
