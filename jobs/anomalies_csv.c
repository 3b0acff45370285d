/* The reviewers' list. Their verdicts are work that no later run can redo, so the file is
 * replaced only if its last four columns are seen to be empty in every record; a file that a
 * spreadsheet saved in another shape counts as filled in. Reading the verdicts back is
 * feedback's. */
#include "anomalies_csv.h"

#include "csv.h"
#include "csv_write.h"
#include "draft.h"
#include "review_list.h"

#include <stdlib.h>
#include <string.h>

static const char NAME[] = "anomalies.csv";

static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";

/* An id that spreadsheets would take for a number (1234567890123456, 12e4567890123456) gets the
 * apostrophe that marks a text. */
static void write_id(struct csv_writer *csv, const char *id)
{
    char marked[RESULTS_ID + 1];
    bool number = strspn(id, "0123456789e") == strlen(id);

    snprintf(marked, sizeof marked, "%s%s", number ? "'" : "", id);
    csv_write_text(csv, marked);
}

static void write_finding(struct csv_writer *csv, const struct finding *finding,
                          const char *explanation)
{
    for (size_t i = 0; i < N_REVIEW_COLUMN; i++) {
        const struct review_column *column = &REVIEW_COLUMN[i];
        if (column->kind == REVIEW_AMOUNT || column->kind == REVIEW_SCORE)
            csv_write_real(csv, review_number(finding, column));
        else if (column->kind == REVIEW_ID)
            write_id(csv, review_text(finding, explanation, column));
        else
            csv_write_text(csv, review_text(finding, explanation, column));
    }
    csv_write_end(csv);
}

static void write_list(const struct followup *followup, FILE *out)
{
    const struct findings *findings = followup->findings;
    struct csv_writer csv = {.out = out};

    fputs(BYTE_ORDER_MARK, out);
    for (size_t i = 0; i < N_REVIEW_COLUMN; i++)
        csv_write_text(&csv, REVIEW_COLUMN[i].title);
    csv_write_end(&csv);
    for (size_t i = 0; i < findings->n; i++)
        write_finding(&csv, &findings->finding[i], followup->explained[i].text);
}

/* Whether the record's review columns are empty, and it has as many columns as ours. A blank
 * line says nothing. */
static bool is_record_open(const struct csv_field *field, size_t n_field)
{
    if (n_field == 1 && field[0].length == 0)
        return true;
    if (n_field != N_REVIEW_COLUMN)
        return false;
    for (size_t i = N_REVIEW_COLUMN - N_REVIEW_ANSWER; i < N_REVIEW_COLUMN; i++)
        if (field[i].length > 0)
            return false;
    return true;
}

static bool is_our_header(const struct csv_field *field, size_t n_field)
{
    for (size_t i = 0; i < N_REVIEW_COLUMN && n_field == N_REVIEW_COLUMN; i++)
        if (field[i].length != strlen(REVIEW_COLUMN[i].title) ||
            memcmp(field[i].text, REVIEW_COLUMN[i].title, field[i].length) != 0)
            return false;
    return n_field == N_REVIEW_COLUMN;
}

/* Whether nobody has written into the list byte[n]. */
static bool is_list_open(const char *byte, size_t n)
{
    const size_t mark = sizeof BYTE_ORDER_MARK - 1;
    const char *cursor = byte;
    struct csv_field field[N_REVIEW_COLUMN];
    size_t n_field = 0;
    int64_t lines = 0;
    enum csv_end end = CSV_RECORD;

    if (n >= mark && memcmp(byte, BYTE_ORDER_MARK, mark) == 0)
        cursor += mark;
    for (bool header = true; end == CSV_RECORD; header = false) {
        end =
            csv_read_record(&cursor, byte + n, true, field, N_REVIEW_COLUMN, &n_field, &lines);
        if (header && (end != CSV_RECORD || !is_our_header(field, n_field)))
            return false;
        if (!header && end == CSV_RECORD && !is_record_open(field, n_field))
            return false;
    }
    return end == CSV_NONE;
}

enum status anomalies_csv_make(const struct followup *followup, char **byte, size_t *n,
                               struct error *err)
{
    FILE *out = open_memstream(byte, n);
    bool failed = out == NULL;

    if (out != NULL) {
        write_list(followup, out);
        failed = ferror(out) != 0;
        failed = fclose(out) != 0 || failed;
    }
    if (!failed)
        return STATUS_OK;
    if (out != NULL)
        free(*byte);
    *byte = NULL;
    return error_no_memory(err, NAME);
}

enum status list_anomalies(struct followup *followup, struct error *said)
{
    char *old = NULL, *new = NULL;
    size_t n_old = 0, n_new = 0;
    enum status st = STATUS_OK;

    TRY(draft_read(followup->folder, NAME, &old, &n_old, said));
    TRY(anomalies_csv_make(followup, &new, &n_new, said));
    bool same = old != NULL && n_old == n_new && memcmp(old, new, n_old) == 0;
    bool kept = !same && old != NULL && !is_list_open(old, n_old);
    if (!same && !kept)
        TRY(draft_write(followup->folder, NAME, new, n_new, NULL, said));
    if (same)
        error_set(said, STATUS_OK, "%s/%s is up to date", followup->folder, NAME);
    else if (kept)
        error_set(said, STATUS_OK,
                  "%s/%s is kept as it is, reviewers have written into it: move it away to get "
                  "the new list",
                  followup->folder, NAME);
    else
        error_set(said, STATUS_OK, "%zu anomal%s listed in %s/%s", followup->findings->n,
                  followup->findings->n == 1 ? "y" : "ies", followup->folder, NAME);
done:
    free(old);
    free(new);
    return st;
}
