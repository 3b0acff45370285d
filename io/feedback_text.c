/* From a CSV file's bytes to verdicts. The file has been through a spreadsheet, which may have
 * changed the separator, the dates and every text that looks like a number; what a field means
 * is found by its header alone. The record reader knows commas only: where another separator is
 * used, it and the comma change places before reading, and back in each field. */
#include "feedback.h"

#include "ascii.h"
#include "csv.h"
#include "date.h"
#include "mem.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 1024, SECONDS_A_DAY = 86400 };

enum feedback_column {
    FEEDBACK_VERDICT,
    FEEDBACK_ID_COLUMN,
    FEEDBACK_DATE,
    FEEDBACK_COMPANY,
    FEEDBACK_ACCOUNT,
    FEEDBACK_AU,
    FEEDBACK_CURRENCY,
    FEEDBACK_REVIEWER,
    FEEDBACK_COMMENT,
    FEEDBACK_REVIEWED_AT,
    N_FEEDBACK_COLUMN
};

/* Lower case, without what is not compared. */
static const char *const HEADER[N_FEEDBACK_COLUMN] = {
    "verdict", "id",       "asofdate", "company", "account",
    "au",      "currency", "reviewer", "comment", "reviewedat"};

/* A file as it is read. */
struct reader {
    struct feedback *out;
    const char *path;
    int32_t file;
    char separator;
    const char *cursor, *end;
    int64_t line; /* of the next record */
    struct csv_field field[FIELDS_MAX];
    size_t n_field;
    int place[N_FEEDBACK_COLUMN]; /* index of the column's field, or -1 */
    unsigned order[2]; /* date orders that fit all as-of dates, and all reviewed_at */
    char *text;        /* scratch for a field */
};

static void swap_separator(char *text, size_t n, char separator)
{
    for (size_t i = 0; separator != ',' && i < n; i++)
        if (text[i] == separator)
            text[i] = ',';
        else if (text[i] == ',')
            text[i] = separator;
}

/* Of comma, semicolon and tab the one that the first line has most of. */
static char find_separator(const char *byte, size_t n)
{
    static const char CANDIDATE[] = {',', ';', '\t'};
    size_t count[sizeof CANDIDATE] = {0}, best = 0;

    for (size_t i = 0; i < n && byte[i] != '\n'; i++)
        for (size_t c = 0; c < sizeof CANDIDATE; c++)
            count[c] += byte[i] == CANDIDATE[c];
    for (size_t c = 1; c < sizeof CANDIDATE; c++)
        if (count[c] > count[best])
            best = c;
    return CANDIDATE[best];
}

static enum status next_record(struct reader *reader, bool *there, int64_t *line,
                               struct error *err)
{
    *line = reader->line;
    switch (csv_read_record(&reader->cursor, reader->end, true, reader->field, FIELDS_MAX,
                            &reader->n_field, &reader->line)) {
    case CSV_RECORD:
        *there = true;
        return STATUS_OK;
    case CSV_NONE:
        *there = false;
        return STATUS_OK;
    default:
        return error_set(err, STATUS_DATA, "%s: line %lld: the quotes are not balanced",
                         reader->path, (long long)reader->line);
    }
}

/* A column's text in the current record, terminated in the scratch: trimmed, and without the
 * apostrophe that marks a text for spreadsheets. "" if the record does not have it. */
static const char *column_text(struct reader *reader, enum feedback_column column)
{
    int at = reader->place[column];

    reader->text[0] = '\0';
    if (at < 0 || (size_t)at >= reader->n_field)
        return reader->text;
    size_t length = csv_unescape(&reader->field[at], reader->text);
    swap_separator(reader->text, length, reader->separator);
    const char *text = reader->text;
    ascii_trim(&text, &length);
    if (length > 1 && text[0] == '\'') {
        text++;
        length--;
    }
    memmove(reader->text, text, length);
    reader->text[length] = '\0';
    return reader->text;
}

static bool header_is(const struct csv_field *field, const char *name)
{
    for (size_t i = 0; i < field->length; i++) {
        char c = field->text[i];
        if (ascii_is_blank(c) || c == '_' || c == '.')
            continue;
        if (ascii_lower(c) != *name)
            return false;
        name++;
    }
    return *name == '\0';
}

/* Which of the fields is which column. */
static enum status read_header(struct reader *reader, struct error *err)
{
    bool there = false;
    int64_t line;
    enum status st = STATUS_OK;

    TRY(next_record(reader, &there, &line, err));
    if (!there)
        TRY(error_set(err, STATUS_DATA, "%s: is empty", reader->path));
    if (reader->n_field > FIELDS_MAX)
        TRY(error_set(err, STATUS_DATA, "%s: line 1: more than %d columns", reader->path,
                      FIELDS_MAX));
    for (int c = 0; c < N_FEEDBACK_COLUMN; c++) {
        reader->place[c] = -1;
        for (size_t f = 0; f < reader->n_field; f++) {
            if (!header_is(&reader->field[f], HEADER[c]))
                continue;
            if (reader->place[c] >= 0)
                TRY(error_set(err, STATUS_DATA, "%s: line 1: the column %s is there twice",
                              reader->path, HEADER[c]));
            reader->place[c] = (int)f;
        }
    }
    bool has_key = true;
    for (int c = FEEDBACK_DATE; c <= FEEDBACK_AU; c++)
        has_key = has_key && reader->place[c] >= 0;
    if (reader->place[FEEDBACK_VERDICT] < 0 ||
        (reader->place[FEEDBACK_ID_COLUMN] < 0 && !has_key))
        TRY(error_set(err, STATUS_DATA,
                      "%s: line 1: feedback needs the column verdict, and id or company, "
                      "account, au and as_of_date",
                      reader->path));
done:
    return st;
}

/* ---- fields ------------------------------------------------------------------------------ */

static enum status read_verdict(struct reader *reader, int64_t line, bool *given,
                                bool *confirmed, struct error *err)
{
    static const char *const yes[] = {"confirmed", "1", "yes", "true"};
    static const char *const no[] = {"falsepositive", "0", "no", "false"};
    const char *text = column_text(reader, FEEDBACK_VERDICT);
    char plain[16];
    size_t n = 0;

    *given = text[0] != '\0';
    for (const char *c = text; *c != '\0' && n + 1 < sizeof plain; c++)
        if (*c != '_' && *c != '-' && *c != ' ')
            plain[n++] = ascii_lower(*c);
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        *confirmed = strcmp(plain, yes[i]) == 0;
        if (*confirmed || strcmp(plain, no[i]) == 0)
            return STATUS_OK;
    }
    if (!*given)
        return STATUS_OK;
    return error_set(err, STATUS_DATA,
                     "%s: line %lld: '%.60s' is no verdict: write confirmed or false_positive "
                     "(or 1 and 0, yes and no, true and false)",
                     reader->path, (long long)line, text);
}

/* The digits of an id in lower case; false if text is none. */
static bool read_id(const char *text, char id[RESULTS_ID])
{
    static const char PREFIX[] = "tieout-";
    size_t length = strlen(text), prefix = sizeof PREFIX - 1;

    if (strncmp(text, PREFIX, prefix) == 0) {
        text += prefix;
        length -= prefix;
    }
    if (length != RESULTS_ID - 1)
        return false;
    for (size_t i = 0; i < RESULTS_ID - 1; i++) {
        id[i] = ascii_lower(text[i]);
        if (!ascii_is_digit(id[i]) && (id[i] < 'a' || id[i] > 'f'))
            return false;
    }
    id[RESULTS_ID - 1] = '\0';
    return true;
}

/* Keeps a text; 0 for "". */
static enum status keep_text(struct feedback *out, const char *text, size_t *offset,
                             struct error *err)
{
    size_t size = strlen(text) + 1;

    *offset = 0;
    if (size == 1)
        return STATUS_OK;
    char *larger = mem_resize(out->byte, out->n_byte + size, 1);
    if (larger == NULL)
        return error_no_memory(err, "the feedback");
    out->byte = larger;
    memcpy(out->byte + out->n_byte, text, size);
    *offset = out->n_byte;
    out->n_byte += size;
    return STATUS_OK;
}

static bool has_key(const struct verdict *verdict)
{
    return verdict->company != 0 && verdict->account != 0 && verdict->au != 0 &&
           verdict->date[0] != ROW_NO_DATE;
}

static void read_date(struct reader *reader, struct verdict *verdict)
{
    const char *text = column_text(reader, FEEDBACK_DATE);
    size_t length = strlen(text);
    unsigned orders = date_orders(text, length), both = orders & reader->order[0];

    verdict->date[0] = verdict->date[1] = ROW_NO_DATE;
    if (orders == 0)
        return;
    orders = both != 0 ? both : orders;
    enum date_order only = orders == DATE_DAY_FIRST ? DATE_DAY_FIRST : DATE_MONTH_FIRST;
    verdict->date[0] = date_days(text, length, only);
    verdict->date[1] = (orders & DATE_DAY_FIRST) != 0 ? date_days(text, length, DATE_DAY_FIRST)
                                                      : verdict->date[0];
}

/* Hours, minutes and seconds behind a day, in seconds. */
static int64_t read_clock(const char *text)
{
    int part[3] = {0};

    while (*text != '\0' && !ascii_is_digit(*text))
        text++;
    for (int n = 0; n < 3 && ascii_is_digit(*text); n++) {
        for (; ascii_is_digit(*text) && part[n] < 100; text++)
            part[n] = 10 * part[n] + (*text - '0');
        text += *text == ':';
    }
    if (strpbrk(text, "Pp") != NULL && part[0] < 12)
        part[0] += 12;
    if (strpbrk(text, "Aa") != NULL && part[0] == 12)
        part[0] = 0;
    return part[0] * 3600 + part[1] * 60 + part[2];
}

static enum status read_time(struct reader *reader, int64_t line, int64_t *time,
                             struct error *err)
{
    const char *text = column_text(reader, FEEDBACK_REVIEWED_AT);
    size_t length = strlen(text), skip = 0;
    unsigned orders = date_orders(text, length), both = orders & reader->order[1];

    *time = FEEDBACK_NO_TIME;
    if (length == 0)
        return STATUS_OK;
    if (orders == 0)
        return error_set(err, STATUS_DATA, "%s: line %lld: reviewed_at is '%.60s', not a date",
                         reader->path, (long long)line, text);
    orders = both != 0 ? both : orders;
    size_t day = date_part(text, length, &skip);
    *time = (int64_t)date_days(text, length,
                               (orders & DATE_MONTH_FIRST) != 0 ? DATE_MONTH_FIRST
                                                                : DATE_DAY_FIRST) *
                SECONDS_A_DAY +
            read_clock(text + skip + day);
    return STATUS_OK;
}

static enum status read_subject(struct reader *reader, int64_t line, struct verdict *verdict,
                                struct error *err)
{
    enum status st = STATUS_OK;
    struct feedback *out = reader->out;

    TRY(keep_text(out, column_text(reader, FEEDBACK_COMPANY), &verdict->company, err));
    TRY(keep_text(out, column_text(reader, FEEDBACK_ACCOUNT), &verdict->account, err));
    TRY(keep_text(out, column_text(reader, FEEDBACK_AU), &verdict->au, err));
    TRY(keep_text(out, column_text(reader, FEEDBACK_CURRENCY), &verdict->currency, err));
    read_date(reader, verdict);
    const char *id = column_text(reader, FEEDBACK_ID_COLUMN);
    bool is_id = read_id(id, verdict->id);
    if (!is_id)
        verdict->id[0] = '\0';
    /* Sixteen digits may be an id, or what is left of one that was read as a number. */
    verdict->by_key =
        has_key(verdict) && (!is_id || strspn(verdict->id, "0123456789") == RESULTS_ID - 1);
    if (!is_id && !verdict->by_key)
        TRY(error_set(err, STATUS_DATA,
                      "%s: line %lld: '%.60s' is not the id of a finding (16 hexadecimal "
                      "digits; spreadsheets may take one for a number), and company, account, "
                      "au and as_of_date do not name it either",
                      reader->path, (long long)line, id));
done:
    return st;
}

static enum status add_verdict(struct feedback *out, const struct verdict *verdict,
                               struct error *err)
{
    struct verdict *larger = mem_resize(out->verdict, out->n + 1, sizeof *larger);

    if (larger == NULL)
        return error_no_memory(err, "the feedback");
    out->verdict = larger;
    out->verdict[out->n++] = *verdict;
    return STATUS_OK;
}

static enum status read_entry(struct reader *reader, int64_t line, struct error *err)
{
    struct verdict verdict = {.file = reader->file, .line = line};
    enum status st = STATUS_OK;
    bool given = false;

    TRY(read_verdict(reader, line, &given, &verdict.confirmed, err));
    if (!given)
        return STATUS_OK;
    TRY(read_subject(reader, line, &verdict, err));
    TRY(read_time(reader, line, &verdict.reviewed_at, err));
    TRY(keep_text(reader->out, column_text(reader, FEEDBACK_REVIEWER), &verdict.reviewer, err));
    TRY(keep_text(reader->out, column_text(reader, FEEDBACK_COMMENT), &verdict.comment, err));
    TRY(add_verdict(reader->out, &verdict, err));
done:
    return st;
}

/* Narrows the orders of day and month to those that fit every date of the column. */
static void narrow_order(struct reader *reader, enum feedback_column column, unsigned *order)
{
    const char *text = column_text(reader, column);
    unsigned fits = date_orders(text, strlen(text));

    if (fits != 0)
        *order &= fits;
}

/* Every record, first for the order of the dates, then for what it says. */
static enum status read_records(struct reader *reader, struct error *err)
{
    const char *first = reader->cursor;
    int64_t first_line = reader->line, line;
    enum status st = STATUS_OK;
    bool there = true;

    reader->order[0] = reader->order[1] = DATE_MONTH_FIRST | DATE_DAY_FIRST;
    for (;;) {
        TRY(next_record(reader, &there, &line, err));
        if (!there)
            break;
        narrow_order(reader, FEEDBACK_DATE, &reader->order[0]);
        narrow_order(reader, FEEDBACK_REVIEWED_AT, &reader->order[1]);
    }
    reader->cursor = first;
    reader->line = first_line;
    for (;;) {
        TRY(next_record(reader, &there, &line, err));
        if (!there)
            break;
        TRY(read_entry(reader, line, err));
    }
done:
    return st;
}

/* What is no UTF-8 CSV, by name. */
static enum status check_kind(const char *byte, size_t n, const char *path, struct error *err)
{
    if (n >= 2 && (memcmp(byte, "\xff\xfe", 2) == 0 || memcmp(byte, "\xfe\xff", 2) == 0))
        return error_set(err, STATUS_DATA, "%s: is UTF-16: save it as CSV in UTF-8", path);
    if (n >= 4 && memcmp(byte, "PK\x03\x04", 4) == 0)
        return error_set(err, STATUS_DATA, "%s: is a workbook: save it as CSV", path);
    return STATUS_OK;
}

enum status feedback_parse(const char *byte, size_t n, int32_t file, const char *path,
                           struct feedback *out, struct error *err)
{
    static const char MARK[] = "\xEF\xBB\xBF";
    size_t mark = n >= 3 && memcmp(byte, MARK, 3) == 0 ? 3 : 0;
    struct reader *reader = mem_array(1, sizeof *reader);
    char *copy = mem_array(n + 1, 1);
    enum status st = STATUS_OK;

    if (reader == NULL || copy == NULL) {
        st = error_no_memory(err, "the feedback");
        goto done;
    }
    TRY(check_kind(byte, n, path, err));
    memcpy(copy, byte, n);
    *reader = (struct reader){.out = out,
                              .path = path,
                              .file = file,
                              .separator = find_separator(copy, n),
                              .cursor = copy + mark,
                              .end = copy + n,
                              .line = 1,
                              .text = mem_array(n + 1, 1)};
    if (reader->text == NULL)
        TRY(error_no_memory(err, "the feedback"));
    swap_separator(copy, n, reader->separator);
    TRY(read_header(reader, err));
    TRY(read_records(reader, err));
done:
    if (reader != NULL)
        free(reader->text);
    free(reader);
    free(copy);
    return st;
}
