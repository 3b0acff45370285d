/* The reviewers' list. Their verdicts are work that no later run can redo, so the file is
 * replaced only if its last four columns are seen to be empty in every record; a file that a
 * spreadsheet saved in another shape counts as filled in. The new list goes to a temporary file
 * and is compared with the old one: a second run changes nothing, not even the time stamp.
 * Reading the verdicts back is feedback's. */
#include "anomalies_csv.h"

#include "atomic_file.h"
#include "csv.h"
#include "csv_write.h"
#include "mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";
static const char *const TITLE[] = {
    "id",
    "as_of_date",
    "company",
    "account",
    "au",
    "currency",
    "gl_balance",
    "ihub_balance",
    "balance_difference",
    "usual_difference",
    "pattern",
    "lifecycle",
    "break_since",
    "severity",
    "anomaly_score",
    "explanation",
    "verdict",
    "reviewer",
    "comment",
    "reviewed_at",
};
enum { N_TITLE = sizeof TITLE / sizeof *TITLE, N_REVIEW = 4 };

/* An id that spreadsheets would take for a number (1234567890123456, 12e4567890123456) gets the
 * apostrophe that marks a text. */
static void write_id(struct csv_writer *csv, const char *id)
{
    char marked[RESULTS_ID + 1];
    bool number = strspn(id, "0123456789e") == strlen(id);

    snprintf(marked, sizeof marked, "%s%s", number ? "'" : "", id);
    csv_write_text(csv, marked);
}

static void write_finding(struct csv_writer *csv, const struct finding *finding)
{
    write_id(csv, finding->id);
    csv_write_text(csv, finding->as_of_date);
    csv_write_text(csv, finding->company);
    csv_write_text(csv, finding->account);
    csv_write_text(csv, finding->au);
    csv_write_text(csv, finding->currency);
    csv_write_real(csv, finding->feature[FEATURE_GL_BALANCE]);
    csv_write_real(csv, finding->feature[FEATURE_IHUB_BALANCE]);
    csv_write_real(csv, finding->feature[FEATURE_BALANCE_DIFFERENCE]);
    csv_write_real(csv, finding->usual_difference);
    csv_write_text(csv, finding->pattern);
    csv_write_text(csv, finding->lifecycle);
    csv_write_text(csv, finding->break_since);
    csv_write_text(csv, finding->severity);
    csv_write_real(csv, finding->score);
    csv_write_text(csv, finding->explanation);
    for (int i = 0; i < N_REVIEW; i++)
        csv_write_text(csv, "");
    csv_write_end(csv);
}

static void write_list(const struct findings *findings, FILE *out)
{
    struct csv_writer csv = {.out = out};

    fputs(BYTE_ORDER_MARK, out);
    for (size_t i = 0; i < N_TITLE; i++)
        csv_write_text(&csv, TITLE[i]);
    csv_write_end(&csv);
    for (size_t i = 0; i < findings->n; i++)
        write_finding(&csv, &findings->finding[i]);
}

/* Whether the record's review columns are empty, and it has as many columns as ours. A blank
 * line says nothing. */
static bool is_record_open(const struct csv_field *field, size_t n_field)
{
    if (n_field == 1 && field[0].length == 0)
        return true;
    if (n_field != N_TITLE)
        return false;
    for (size_t i = N_TITLE - N_REVIEW; i < N_TITLE; i++)
        if (field[i].length > 0)
            return false;
    return true;
}

static bool is_our_header(const struct csv_field *field, size_t n_field)
{
    for (size_t i = 0; i < N_TITLE && n_field == N_TITLE; i++)
        if (field[i].length != strlen(TITLE[i]) ||
            memcmp(field[i].text, TITLE[i], field[i].length) != 0)
            return false;
    return n_field == N_TITLE;
}

/* Whether nobody has written into the list byte[n]. */
static bool is_list_open(const char *byte, size_t n)
{
    const size_t mark = sizeof BYTE_ORDER_MARK - 1;
    const char *cursor = byte;
    struct csv_field field[N_TITLE];
    size_t n_field = 0;
    int64_t lines = 0;
    enum csv_end end = CSV_RECORD;

    if (n >= mark && memcmp(byte, BYTE_ORDER_MARK, mark) == 0)
        cursor += mark;
    for (bool header = true; end == CSV_RECORD; header = false) {
        end = csv_read_record(&cursor, byte + n, true, field, N_TITLE, &n_field, &lines);
        if (header && (end != CSV_RECORD || !is_our_header(field, n_field)))
            return false;
        if (!header && end == CSV_RECORD && !is_record_open(field, n_field))
            return false;
    }
    return end == CSV_NONE;
}

/* The bytes of a file, *bytes to be freed by the caller; NULL if there is no such file. */
static enum status read_whole(const char *path, char **bytes, size_t *n, struct error *said)
{
    FILE *in = fopen(path, "rb");
    size_t capacity = 0;
    char *byte = NULL;
    enum status st = STATUS_OK;

    *n = 0;
    if (in == NULL && errno == ENOENT)
        return STATUS_OK;
    if (in == NULL)
        return error_set(said, errno == EACCES ? STATUS_PERMISSION : STATUS_CREATE,
                         "cannot read %s: %s", path, strerror(errno));
    while (!feof(in) && !ferror(in)) {
        if (*n == capacity) {
            capacity = mem_grow(capacity, capacity + BUFSIZ);
            char *more = mem_resize(byte, capacity, 1);
            if (more == NULL)
                TRY(error_no_memory(said, path));
            byte = more;
        }
        *n += fread(byte + *n, 1, capacity - *n, in);
    }
    if (ferror(in))
        TRY(error_set(said, STATUS_CREATE, "cannot read %s: %s", path, strerror(errno)));
    *bytes = byte;
    byte = NULL;
done:
    free(byte);
    fclose(in);
    return st;
}

/* Writes the list into a file that does not have its name yet. */
static enum status fill(const struct findings *findings, const struct atomic_file *file,
                        struct error *said)
{
    int fd = dup(atomic_file_descriptor(file));
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool failed = out == NULL;

    if (out != NULL) {
        errno = 0;
        write_list(findings, out);
        failed = ferror(out) != 0;
        failed = fclose(out) != 0 || failed;
    } else if (fd >= 0) {
        close(fd);
    }
    return failed ? error_set(said, STATUS_WRITE, "cannot write %s: %s", atomic_file_path(file),
                              strerror(errno))
                  : STATUS_OK;
}

/* Gives the finished file its name, or finds why it should not have it. */
static enum status replace_list(const struct findings *findings, const char *path,
                                struct atomic_file **file, struct error *said)
{
    enum status st = STATUS_OK;
    char *old = NULL, *new = NULL;
    size_t n_old = 0, n_new = 0;

    TRY(read_whole(path, &old, &n_old, said));
    TRY(read_whole(atomic_file_temporary(*file), &new, &n_new, said));
    if (old != NULL && new != NULL && n_old == n_new &&memcmp(old, new, n_old) == 0) {
        error_set(said, STATUS_OK, "%s is up to date", path);
    } else if (old != NULL && !is_list_open(old, n_old)) {
        error_set(said, STATUS_OK,
                  "%s is kept as it is, reviewers have written into it: move it away to get "
                  "the new list",
                  path);
    } else {
        TRY(atomic_file_commit(file, said));
        error_set(said, STATUS_OK, "%zu anomal%s listed in %s", findings->n,
                  findings->n == 1 ? "y" : "ies", path);
    }
done:
    free(old);
    free(new);
    return st;
}

enum status anomalies_csv_write(const struct findings *findings, const char *folder,
                                struct error *said)
{
    static const char NAME[] = "/anomalies.csv";
    size_t room = strlen(folder) + sizeof NAME;
    char *path = mem_array(room, 1);
    struct atomic_file *file = NULL;
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(said, "the name of a file"));
    snprintf(path, room, "%s%s", folder, NAME);
    TRY(atomic_file_create(path, true, &file, said));
    TRY(fill(findings, file, said));
    TRY(replace_list(findings, path, &file, said));
done:
    atomic_file_abandon(file);
    free(path);
    return st;
}
