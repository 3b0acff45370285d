/* Which field of a ledger is which column. Teams spell headers their own way ("As of Date",
 * "IHub_Balance"), so names are compared without regard to case, blanks, '_' and '.'. What
 * cannot be matched is told with what was found, as that is what the reader has to compare. */
#include "ascii.h"
#include "ledger.h"

#include "date.h"
#include <string.h>

static const struct {
    const char *documented;
    const char *plain; /* lower case, without what is not compared */
} COLUMN[N_COLUMN] = {
    [COLUMN_DATE] = {"Asofdate", "asofdate"},
    [COLUMN_COMPANY] = {"Company", "company"},
    [COLUMN_ACCOUNT] = {"Account", "account"},
    [COLUMN_AU] = {"AU", "au"},
    [COLUMN_STATUS] = {"Match Status", "matchstatus"},
    [COLUMN_GL] = {"GL Balance", "glbalance"},
    [COLUMN_IHUB] = {"IHub balance", "ihubbalance"},
    [COLUMN_DIFFERENCE] = {"Balance difference", "balancedifference"},
    [COLUMN_CURRENCY] = {"Currency", "currency"},
};

const char *ledger_column_name(enum ledger_column column)
{
    return column < N_COLUMN ? COLUMN[column].documented : "";
}

/* Does a header field, once plain, spell this name? */
static bool field_spells(const struct csv_field *field, const char *plain)
{
    for (size_t i = 0; i < field->length; i++) {
        char c = field->text[i];
        if (ascii_is_blank(c) || c == '_' || c == '.')
            continue;
        if (*plain == '\0' || ascii_lower(c) != *plain)
            return false;
        plain++;
    }
    return *plain == '\0';
}

static bool field_is_blank(const struct csv_field *field)
{
    const char *text = field->text;
    size_t length = field->length;

    ascii_trim(&text, &length);
    return length == 0;
}

/* Text under construction, cut where it is full. */
struct sentence {
    char *text;
    size_t length, capacity; /* terminator not counted */
};

static void say(struct sentence *sentence, const char *text, size_t length)
{
    size_t room = sentence->capacity - sentence->length;
    size_t n = length < room ? length : room;

    for (size_t i = 0; i < n;
         i++) /* a header may hold anything; a terminal should not see it */
        sentence->text[sentence->length + i] =
            (unsigned char)text[i] < ' ' || text[i] == 0x7F ? '?' : text[i];
    sentence->length += n;
    sentence->text[sentence->length] = '\0';
}

enum { LIST_TEXT = 400, NAME_SHOWN = 60 };

/* A header field as a person reads it, in quotes. */
static void say_field(struct sentence *sentence, const struct csv_field *field)
{
    const char *text = field->text;
    size_t length = field->length;

    ascii_trim(&text, &length);
    say(sentence, "\"", 1);
    say(sentence, text, length < NAME_SHOWN ? length : NAME_SHOWN);
    say(sentence, length < NAME_SHOWN ? "\"" : "...\"", length < NAME_SHOWN ? 1 : 4);
}

static enum status report_missing(const struct csv_field *header, size_t n_field,
                                  const char *path, const struct ledger_layout *layout,
                                  struct error *err)
{
    char missing_text[LIST_TEXT + 1] = "", found_text[LIST_TEXT + 1] = "";
    struct sentence missing = {missing_text, 0, LIST_TEXT};
    struct sentence found = {found_text, 0, LIST_TEXT};

    for (size_t c = 0; c < N_REQUIRED; c++) {
        if (layout->field[c] >= 0)
            continue;
        if (missing.length > 0)
            say(&missing, ", ", 2);
        say(&missing, COLUMN[c].documented, strlen(COLUMN[c].documented));
    }
    for (size_t i = 0; i < n_field; i++) {
        if (found.length + NAME_SHOWN + strlen("...\", ...") > LIST_TEXT) {
            say(&found, ", ...", 5);
            break;
        }
        if (i > 0)
            say(&found, ", ", 2);
        say_field(&found, &header[i]);
    }
    return error_set(err, STATUS_DATA,
                     "%.300s: no column %s in the first line; the columns found are %s", path,
                     missing_text, n_field > 0 ? found_text : "none");
}

static enum status report_twice(const struct csv_field *first, const struct csv_field *second,
                                enum ledger_column column, const char *path, struct error *err)
{
    char first_text[LIST_TEXT + 1] = "", second_text[LIST_TEXT + 1] = "";
    struct sentence one = {first_text, 0, LIST_TEXT}, two = {second_text, 0, LIST_TEXT};

    say_field(&one, first);
    say_field(&two, second);
    return error_set(err, STATUS_DATA,
                     "%.300s: the columns %s and %s both name %s: rename or remove one", path,
                     first_text, second_text, ledger_column_name(column));
}

/* The column a header field spells, or COLUMN_NONE. */
static enum ledger_column column_of(const struct csv_field *field)
{
    for (int c = 0; c < N_COLUMN; c++)
        if (field_spells(field, COLUMN[c].plain))
            return (enum ledger_column)c;
    return COLUMN_NONE;
}

enum status ledger_match_header(const struct csv_field *header, size_t n_field,
                                const char *path, struct ledger_layout *layout,
                                struct error *err)
{
    struct ledger_layout found = {.date_orders = DATE_MONTH_FIRST | DATE_DAY_FIRST};

    while (n_field > 0 && field_is_blank(&header[n_field - 1]))
        n_field--;
    if (n_field > INT32_MAX)
        return error_set(err, STATUS_DATA, "%.300s: the first line has too many columns", path);
    found.n_field = (int32_t)n_field;
    for (int c = 0; c < N_COLUMN; c++)
        found.field[c] = -1;
    for (size_t i = 0; i < n_field; i++) {
        enum ledger_column column = column_of(&header[i]);
        if (column == COLUMN_NONE)
            continue;
        if (found.field[column] >= 0)
            return report_twice(&header[found.field[column]], &header[i], column, path, err);
        found.field[column] = (int32_t)i;
    }
    for (int c = 0; c < N_REQUIRED; c++)
        if (found.field[c] < 0)
            return report_missing(header, n_field, path, &found, err);
    *layout = found;
    return STATUS_OK;
}
