/* Which field of a ledger is which column. Teams spell headers their own way ("As of Date",
 * "IHub_Balance", "Account Number"), so each column has a list of names, which are compared
 * without regard to case, blanks, '_' and '.'. Whoever has other names still says so in the
 * configuration, and that name alone counts then.
 *
 * What cannot be matched is told with what was found, as that is what the reader has to compare,
 * and with the name that was probably meant. */
#include "ascii.h"
#include "ledger.h"

#include "date.h"
#include "nearest.h"
#include <inttypes.h>
#include <string.h>

enum { SPELLINGS = 3 };

static const struct {
    const char *documented;
    const char *plain[SPELLINGS]; /* lower case, without what is not compared */
} COLUMN[N_COLUMN] = {
    [COLUMN_DATE] = {"Asofdate", {"asofdate", "date"}},
    [COLUMN_COMPANY] = {"Company", {"company", "companycode"}},
    [COLUMN_ACCOUNT] = {"Account", {"account", "accountnumber"}},
    [COLUMN_AU] = {"AU", {"au", "branchau"}},
    [COLUMN_STATUS] = {"Match Status", {"matchstatus"}},
    [COLUMN_GL] = {"GL Balance", {"glbalance"}},
    [COLUMN_IHUB] = {"IHub balance", {"ihubbalance"}},
    [COLUMN_DIFFERENCE] = {"Balance difference", {"balancedifference", "difference"}},
    [COLUMN_CURRENCY] = {"Currency", {"currency", "currencycode"}},
};

const char *ledger_column_name(enum ledger_column column)
{
    return column < N_COLUMN ? COLUMN[column].documented : "";
}

bool ledger_column_may_be_absent(enum ledger_column column)
{
    return column == COLUMN_STATUS || column == COLUMN_DIFFERENCE || column >= N_REQUIRED;
}

/* Length of what two spellings of a name may differ in: a blank, '_', '.', a no-break space, or
 * the byte order mark of a file that was put behind another one. 0 if there is none. */
static size_t filler_length(const char *at, const char *end)
{
    if (ascii_is_blank(*at) || *at == '_' || *at == '.')
        return 1;
    if (end - at >= 2 && memcmp(at, "\xc2\xa0", 2) == 0)
        return 2;
    return end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static const char *skip_filler(const char *at, const char *end)
{
    size_t n;

    while (at < end && (n = filler_length(at, end)) > 0)
        at += n;
    return at;
}

/* Are two names the same? */
static bool same_name(const char *a, size_t n_a, const char *b, size_t n_b)
{
    const char *end_a = a + n_a, *end_b = b + n_b;

    for (;;) {
        a = skip_filler(a, end_a);
        b = skip_filler(b, end_b);
        if (a == end_a || b == end_b)
            return a == end_a && b == end_b;
        if (ascii_lower(*a++) != ascii_lower(*b++))
            return false;
    }
}

static bool field_spells(const struct csv_field *field, const char *name)
{
    return same_name(field->text, field->length, name, strlen(name));
}

static bool field_is_usual(const struct csv_field *field, enum ledger_column column)
{
    for (size_t i = 0; i < SPELLINGS && COLUMN[column].plain[i] != NULL; i++)
        if (field_spells(field, COLUMN[column].plain[i]))
            return true;
    return false;
}

enum ledger_column ledger_column_named(const char *name)
{
    struct csv_field field = {.text = name, .length = strlen(name)};

    for (int c = 0; c < N_COLUMN; c++)
        if (field_is_usual(&field, (enum ledger_column)c))
            return (enum ledger_column)c;
    return COLUMN_NONE;
}

/* The column a header field names, or COLUMN_NONE. A name given in the configuration comes
 * first, so that no usual spelling of another column can take its field. */
static enum ledger_column column_of(const struct csv_field *field,
                                    const struct ledger_terms *terms)
{
    for (int c = 0; c < N_COLUMN; c++)
        if (terms->named[c] != NULL && field_spells(field, terms->named[c]))
            return (enum ledger_column)c;
    for (int c = 0; c < N_COLUMN; c++)
        if (terms->named[c] == NULL && field_is_usual(field, (enum ledger_column)c))
            return (enum ledger_column)c;
    return COLUMN_NONE;
}

/* The first field of each column, or -1. */
static void find_fields(const struct csv_field *header, size_t n_field,
                        const struct ledger_terms *terms, int32_t field[N_COLUMN])
{
    for (int c = 0; c < N_COLUMN; c++)
        field[c] = -1;
    for (size_t i = 0; i < n_field; i++) {
        enum ledger_column column = column_of(&header[i], terms);
        if (column != COLUMN_NONE && field[column] < 0)
            field[column] = (int32_t)i;
    }
}

size_t ledger_count_columns(const struct csv_field *field, size_t n_field,
                            const struct ledger_terms *terms)
{
    int32_t at[N_COLUMN];
    size_t n = 0;

    find_fields(field, n_field, terms, at);
    for (int c = 0; c < N_COLUMN; c++)
        n += at[c] >= 0 && !ledger_column_may_be_absent((enum ledger_column)c);
    return n;
}

bool ledger_is_header(const struct csv_field *field, size_t n_field,
                      const struct ledger_terms *terms)
{
    size_t n_needed = 0;

    for (int c = 0; c < N_COLUMN; c++)
        n_needed += !ledger_column_may_be_absent((enum ledger_column)c);
    return n_field >= n_needed && ledger_count_columns(field, n_field, terms) == n_needed;
}

/* ---- sentences ----------------------------------------------------------------------------- */

/* Text under construction, cut where it is full. */
struct sentence {
    char *text;
    size_t length, capacity; /* terminator not counted */
};

/* A header may hold anything; a terminal should not see it. */
static char shown(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F ? '?' : c;
}

static void say(struct sentence *sentence, const char *text, size_t length)
{
    size_t room = sentence->capacity - sentence->length;
    size_t n = length < room ? length : room;

    for (size_t i = 0; i < n; i++)
        sentence->text[sentence->length + i] = shown(text[i]);
    sentence->length += n;
    sentence->text[sentence->length] = '\0';
}

static void say_text(struct sentence *sentence, const char *text)
{
    say(sentence, text, strlen(text));
}

enum { LIST_TEXT = 400, NAME_SHOWN = 60 };

/* A header field as a person reads it, in quotes. */
static void say_field(struct sentence *sentence, const struct csv_field *field)
{
    const char *text = field->text;
    size_t length = field->length;

    ascii_trim(&text, &length);
    say_text(sentence, "\"");
    say(sentence, text, length < NAME_SHOWN ? length : NAME_SHOWN);
    say_text(sentence, length < NAME_SHOWN ? "\"" : "...\"");
}

/* A field's name as the layout keeps it. */
static void keep_name(const struct csv_field *field, char name[LEDGER_NAME])
{
    const char *text = field->text;
    size_t length = field->length;

    ascii_trim(&text, &length);
    if (length > LEDGER_NAME - 1)
        length = LEDGER_NAME - 1;
    for (size_t i = 0; i < length; i++)
        name[i] = shown(text[i]);
    name[length] = '\0';
}

/* ---- names that are nearly right ------------------------------------------------------------ */

/* Edits within which a name is taken for another one's misspelling: "Cuurency", "Acount". A
 * longer word than that is a different word: "Currency Rate". */
static size_t edits_allowed(size_t length)
{
    return length < 8 ? 1 : 2;
}

/* A field's name in lower case and without filler; false if it is too long to be anybody's. */
static bool plain_name(const struct csv_field *field, char plain[LEDGER_NAME])
{
    const char *end = field->text + field->length;
    size_t n = 0;

    for (const char *at = skip_filler(field->text, end); at < end;
         at = skip_filler(at + 1, end)) {
        if (n == LEDGER_NAME - 1)
            return false;
        plain[n++] = ascii_lower(*at);
    }
    plain[n] = '\0';
    return n > 1;
}

static bool field_is_near(const struct csv_field *field, enum ledger_column column)
{
    char plain[LEDGER_NAME];

    if (!plain_name(field, plain))
        return false;
    for (size_t i = 0; i < SPELLINGS && COLUMN[column].plain[i] != NULL; i++)
        if (nearest_distance(plain, COLUMN[column].plain[i]) <= edits_allowed(strlen(plain)))
            return true;
    return false;
}

/* For each absent column the first name that nobody takes and that is nearly its own. */
static void find_near(const struct csv_field *header, size_t n_field,
                      const struct ledger_terms *terms, struct ledger_layout *layout)
{
    for (int c = 0; c < N_COLUMN; c++)
        for (size_t i = 0; layout->field[c] < 0 && terms->named[c] == NULL && i < n_field; i++)
            if (column_of(&header[i], terms) == COLUMN_NONE &&
                field_is_near(&header[i], (enum ledger_column)c)) {
                keep_name(&header[i], layout->near[c]);
                break;
            }
}

/* ---- errors -------------------------------------------------------------------------------- */

/* The columns that are missing, each as the reader would look for it. */
static void say_missing(struct sentence *sentence, const struct ledger_layout *layout,
                        const struct ledger_terms *terms)
{
    for (int c = 0; c < N_COLUMN; c++) {
        bool wanted =
            !ledger_column_may_be_absent((enum ledger_column)c) || terms->named[c] != NULL;
        if (layout->field[c] >= 0 || !wanted)
            continue;
        if (sentence->length > 0)
            say_text(sentence, ", ");
        say_text(sentence, COLUMN[c].documented);
        if (terms->named[c] != NULL) {
            struct csv_field name = {.text = terms->named[c],
                                     .length = strlen(terms->named[c])};
            say_text(sentence, " (configured as ");
            say_field(sentence, &name);
            say_text(sentence, ")");
        }
    }
}

/* ", is "Acount" meant for Account?" */
static void say_near(struct sentence *sentence, const struct ledger_layout *layout)
{
    for (int c = 0; c < N_COLUMN; c++) {
        if (layout->near[c][0] == '\0')
            continue;
        say_text(sentence, "; is \"");
        say_text(sentence, layout->near[c]);
        say_text(sentence, "\" meant for ");
        say_text(sentence, COLUMN[c].documented);
        say_text(sentence, "?");
    }
}

static void say_found(struct sentence *sentence, const struct csv_field *header, size_t n_field)
{
    for (size_t i = 0; i < n_field; i++) {
        if (sentence->length + NAME_SHOWN + strlen("...\", ...") > LIST_TEXT) {
            say_text(sentence, ", ...");
            return;
        }
        if (i > 0)
            say_text(sentence, ", ");
        say_field(sentence, &header[i]);
    }
    if (n_field == 0)
        say_text(sentence, "none");
}

/* What separates the names of a header that is one field to us; NULL if nothing usual does. */
static const char *other_separator(const struct csv_field *header, size_t n_field)
{
    if (n_field != 1)
        return NULL;
    if (memchr(header->text, ';', header->length) != NULL)
        return "semicolons";
    return memchr(header->text, '\t', header->length) != NULL ? "tabs" : NULL;
}

static enum status report_missing(const struct csv_field *header, size_t n_field,
                                  const struct ledger_terms *terms, const char *path,
                                  int64_t line, const struct ledger_layout *layout,
                                  struct error *err)
{
    char missing_text[LIST_TEXT + 1] = "", found_text[LIST_TEXT + 1] = "";
    char near_text[LIST_TEXT / 2 + 1] = "";
    struct sentence missing = {missing_text, 0, LIST_TEXT};
    struct sentence near = {near_text, 0, LIST_TEXT / 2};
    struct sentence found = {found_text, 0, LIST_TEXT};
    const char *separator = other_separator(header, n_field);

    if (separator != NULL)
        return error_set(err, STATUS_DATA,
                         "%.300s, line %" PRId64 ": the columns are separated by %s: save the "
                         "file with commas",
                         path, line, separator);
    say_missing(&missing, layout, terms);
    say_near(&near, layout);
    say_found(&found, header, n_field);
    return error_set(err, STATUS_DATA,
                     "%.300s, line %" PRId64 ": no column %s%s; the columns found are %s", path,
                     line, missing_text, near_text, found_text);
}

static enum status report_twice(const struct csv_field *first, const struct csv_field *second,
                                enum ledger_column column, const char *path, int64_t line,
                                struct error *err)
{
    char first_text[LIST_TEXT + 1] = "", second_text[LIST_TEXT + 1] = "";
    struct sentence one = {first_text, 0, LIST_TEXT}, two = {second_text, 0, LIST_TEXT};

    say_field(&one, first);
    say_field(&two, second);
    return error_set(err, STATUS_DATA,
                     "%.300s, line %" PRId64 ": the columns %s and %s both name %s: rename or "
                     "remove one, or say in the configuration's \"columns\" which it is",
                     path, line, first_text, second_text, ledger_column_name(column));
}

/* Whether all that must be there, by nature or by the configuration, is there. */
static bool is_complete(const struct ledger_layout *layout, const struct ledger_terms *terms)
{
    for (int c = 0; c < N_COLUMN; c++)
        if (layout->field[c] < 0 &&
            (terms->named[c] != NULL || !ledger_column_may_be_absent((enum ledger_column)c)))
            return false;
    return true;
}

enum status ledger_match_header(const struct csv_field *header, size_t n_field,
                                const struct ledger_terms *terms, const char *path,
                                int64_t line, struct ledger_layout *layout, struct error *err)
{
    struct ledger_layout found = {.date_orders = terms->date_orders,
                                  .tolerance = terms->tolerance,
                                  .decimal_mark = terms->decimal_mark};

    while (n_field > 0 && field_spells(&header[n_field - 1], ""))
        n_field--;
    if (n_field > INT32_MAX)
        return error_set(err, STATUS_DATA, "%.300s, line %" PRId64 ": too many columns", path,
                         line);
    found.n_field = (int32_t)n_field;
    find_fields(header, n_field, terms, found.field);
    for (size_t i = 0; i < n_field; i++) {
        enum ledger_column column = column_of(&header[i], terms);
        if (column == COLUMN_NONE)
            continue;
        if (found.field[column] < (int32_t)i)
            return report_twice(&header[found.field[column]], &header[i], column, path, line,
                                err);
        keep_name(&header[i], found.name[column]);
    }
    find_near(header, n_field, terms, &found);
    if (!is_complete(&found, terms))
        return report_missing(header, n_field, terms, path, line, &found, err);
    *layout = found;
    return STATUS_OK;
}
