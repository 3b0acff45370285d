/* results.h5 from its start to its name: what is appended piece by piece (/rows, /rejects), the
 * record of the run, and the end. The parts written once are in results_anomalies.c and
 * results_model.c. A dataset is created when its first piece comes, as only then its chunk can be
 * chosen; what never came exists with length 0. After writing, the file is opened again and each
 * dataset's length compared, before it gets its name. */
#include "results_writer.h"

#include "h5_attribute.h"
#include "h5_in.h"
#include "mem.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { APPENDED_CHUNK = 1 << 12 }; /* entries a chunk has at least where more may follow */

enum status results_create(const char *path, bool force, struct results_writer **out,
                           struct error *err)
{
    enum status st = STATUS_OK;
    struct results_writer *writer = mem_array(1, sizeof *writer);

    if (writer == NULL)
        TRY(error_no_memory(err, "the results writer"));
    writer->out.file = -1;
    for (int i = 0; i < N_DATASET; i++)
        writer->column[i] = (struct h5_column){.id = -1, .type = -1};
    TRY(atomic_file_create(path, force, &writer->file, err));
    TRY(h5_out_create(&writer->out, atomic_file_descriptor(writer->file),
                      atomic_file_path(writer->file), err));
    for (const char *const *group = RESULTS_GROUP; *group != NULL; group++)
        TRY(h5_out_group(&writer->out, *group, err));
    *out = writer;
    writer = NULL;
done:
    results_abandon(writer);
    return st;
}

int64_t results_bytes(const struct results_writer *writer)
{
    struct stat file = {.st_size = 0};

    return fstat(atomic_file_descriptor(writer->file), &file) == 0 ? file.st_size : 0;
}

enum status results_column(struct results_writer *writer, const struct dataset *what,
                           size_t width, size_t expected, struct h5_column *column,
                           struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *digest = NULL;

    if (column->id >= 0)
        return STATUS_OK;
    if (what->digested)
        TRY(content_digest_part(&writer->digest, what->name, &digest, err));
    TRY(h5_column_create(&writer->out, what, width, expected, digest, column, err));
done:
    return st;
}

enum status results_put(struct results_writer *writer, enum dataset_id id, const void *value,
                        size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    struct h5_column *column = &writer->column[id];

    TRY(results_column(writer, &DATASET[id], 0, n, column, err));
    TRY(h5_column_append(&writer->out, column, value, n, err));
done:
    return st;
}

enum status results_put_texts(struct results_writer *writer, enum dataset_id id,
                              const struct span *text, size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    struct h5_column *column = &writer->column[id];

    TRY(results_column(writer, &DATASET[id], 0, n, column, err));
    TRY(h5_column_append_texts(&writer->out, column, text, n, err));
done:
    return st;
}

/* The columns of a group, of which n entries are to be appended, if they are not there yet. */
static enum status appended_columns(struct results_writer *writer, enum dataset_id first,
                                    enum dataset_id last, size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    size_t expected = n > APPENDED_CHUNK ? n : APPENDED_CHUNK;

    for (int id = (int)first; id <= (int)last; id++)
        TRY(results_column(writer, &DATASET[id], 0, expected, &writer->column[id], err));
done:
    return st;
}

static enum status feature_column(struct results_writer *writer,
                                  const struct feature_label *label, size_t n,
                                  struct h5_column *column, struct error *err)
{
    enum status st = STATUS_OK;
    size_t room = sizeof RESULTS_ROW_FEATURES + strlen(label->name);
    char *name = mem_array(room, 1);
    struct dataset what = {name, VALUE_F8, label->unit, label->meaning, true, false};

    if (name == NULL)
        TRY(error_no_memory(err, label->name));
    snprintf(name, room, "%s%s", RESULTS_ROW_FEATURES, label->name);
    TRY(results_column(writer, &what, 0, n > APPENDED_CHUNK ? n : APPENDED_CHUNK, column, err));
done:
    free(name);
    return st;
}

static enum status feature_columns(struct results_writer *writer,
                                   const struct results_rows *rows, struct error *err)
{
    enum status st = STATUS_OK;

    writer->feature = mem_array(rows->n_feature, sizeof *writer->feature);
    if (writer->feature == NULL)
        TRY(error_no_memory(err, "the feature columns"));
    writer->n_feature = rows->n_feature;
    for (size_t i = 0; i < rows->n_feature; i++)
        writer->feature[i] = (struct h5_column){.id = -1, .type = -1};
    for (size_t i = 0; i < rows->n_feature; i++)
        TRY(feature_column(writer, &rows->label[i], rows->n, &writer->feature[i], err));
done:
    return st;
}

enum status results_write_rows(struct results_writer *writer, const struct results_rows *rows,
                               struct error *err)
{
    enum status st = STATUS_OK;
    const void *const value[] = {[ROWS_ROW_NUMBER] = rows->row_number,
                                 [ROWS_FILE] = rows->file,
                                 [ROWS_SCORE] = rows->score,
                                 [ROWS_ANOMALY] = rows->anomaly,
                                 [ROWS_PATTERN] = rows->pattern};

    TRY(appended_columns(writer, ROWS_ROW_NUMBER, ROWS_PATTERN, rows->n, err));
    if (writer->feature == NULL)
        TRY(feature_columns(writer, rows, err));
    assert(writer->n_feature == rows->n_feature);
    for (int id = ROWS_ROW_NUMBER; id <= ROWS_PATTERN; id++)
        TRY(h5_column_append(&writer->out, &writer->column[id], value[id], rows->n, err));
    if (rows->base != NULL) {
        TRY(appended_columns(writer, ROWS_BASE_SCORE, ROWS_SUPPRESSED, rows->n, err));
        TRY(h5_column_append(&writer->out, &writer->column[ROWS_BASE_SCORE], rows->base,
                             rows->n, err));
        TRY(h5_column_append(&writer->out, &writer->column[ROWS_SUPPRESSED], rows->suppressed,
                             rows->n, err));
    }
    for (size_t i = 0; i < rows->n_feature; i++)
        TRY(h5_column_append(&writer->out, &writer->feature[i], rows->feature[i], rows->n,
                             err));
done:
    return st;
}

static struct span reject_span(const struct reject *reject, const char *byte,
                               enum dataset_id id)
{
    switch (id) {
    case REJECTS_COLUMN:
        return span_of(ledger_column_name((enum ledger_column)reject->column));
    case REJECTS_REASON:
        return span_of(reject_text((enum reject_reason)reject->reason));
    default:
        return (struct span){byte + reject->text, reject->length};
    }
}

static enum status write_reject_texts(struct results_writer *writer,
                                      const struct reject *reject, size_t n, const char *byte,
                                      struct error *err)
{
    enum status st = STATUS_OK;
    struct span *text = mem_array(n, sizeof *text);

    if (text == NULL)
        TRY(error_no_memory(err, "the list of rejects"));
    for (int id = REJECTS_COLUMN; id <= REJECTS_TEXT; id++) {
        for (size_t i = 0; i < n; i++)
            text[i] = reject_span(&reject[i], byte, (enum dataset_id)id);
        TRY(h5_column_append_texts(&writer->out, &writer->column[id], text, n, err));
    }
done:
    free(text);
    return st;
}

enum status results_write_rejects(struct results_writer *writer, const struct reject *reject,
                                  size_t n, const char *byte, struct error *err)
{
    enum status st = STATUS_OK;
    int64_t *row_number = mem_array(n, sizeof *row_number);
    int32_t *file = mem_array(n, sizeof *file);
    int64_t *line = mem_array(n, sizeof *line);

    if (row_number == NULL || file == NULL || line == NULL)
        TRY(error_no_memory(err, "the list of rejects"));
    for (size_t i = 0; i < n; i++) {
        row_number[i] = reject[i].row_number;
        file[i] = reject[i].file;
        line[i] = reject[i].line;
    }
    TRY(appended_columns(writer, REJECTS_ROW_NUMBER, REJECTS_TEXT, 0, err));
    TRY(h5_column_append(&writer->out, &writer->column[REJECTS_ROW_NUMBER], row_number, n,
                         err));
    TRY(h5_column_append(&writer->out, &writer->column[REJECTS_FILE], file, n, err));
    TRY(h5_column_append(&writer->out, &writer->column[REJECTS_LINE], line, n, err));
    TRY(write_reject_texts(writer, reject, n, byte, err));
done:
    free(row_number);
    free(file);
    free(line);
    return st;
}

static enum status write_fact(struct results_writer *writer, const struct results_fact *fact,
                              struct error *err)
{
    switch (fact->kind) {
    case FACT_TEXT:
        return h5_attribute_text(&writer->out, "/run", fact->name, fact->text, err);
    case FACT_INTEGER:
        return h5_attribute_integer(&writer->out, "/run", fact->name, fact->integer, err);
    case FACT_REAL:
        return h5_attribute_real(&writer->out, "/run", fact->name, fact->real, err);
    case FACT_TEXTS:
        return h5_attribute_texts(&writer->out, "/run", fact->name, fact->texts, fact->n_text,
                                  err);
    }
    return error_set(err, STATUS_INTERNAL, "attribute %s of /run has no kind", fact->name);
}

enum status results_write_run(struct results_writer *writer, const struct results_fact *fact,
                              size_t n_fact, char digest[RESULTS_DIGEST], struct error *err)
{
    enum status st = STATUS_OK;
    char hex[SHA256_HEX];

    TRY(appended_columns(writer, ROWS_ROW_NUMBER, ROWS_PATTERN, 0, err));
    TRY(appended_columns(writer, REJECTS_ROW_NUMBER, REJECTS_TEXT, 0, err));
    for (size_t i = 0; i < n_fact; i++)
        TRY(write_fact(writer, &fact[i], err));
    TRY(content_digest_finish(&writer->digest, hex, err));
    TRY(h5_attribute_text(&writer->out, "/run", "content_digest", hex, err));
    memcpy(digest, hex, sizeof hex);
done:
    return st;
}

static void close_columns(struct results_writer *writer)
{
    for (int i = 0; i < N_DATASET; i++)
        h5_column_close(&writer->column[i]);
    for (size_t i = 0; i < writer->n_feature; i++)
        h5_column_close(&writer->feature[i]);
    writer->n_feature = 0;
}

/* Opens what was written as a reader would; written[N_DATASET]: entries, -1 for no dataset. */
static enum status check_written(const struct results_writer *writer, const int64_t *written,
                                 struct error *err)
{
    enum status st = STATUS_OK;
    struct h5_in in;
    struct error why = {0};

    TRY(h5_in_open(&in, atomic_file_temporary(writer->file), &why));
    for (int i = 0; i < N_DATASET; i++) {
        size_t size[2] = {0};
        if (written[i] >= 0)
            TRY(h5_in_size(&in, DATASET[i].name, i == ANOMALIES_CONTRIBUTIONS ? 2 : 1, size,
                           &why));
        if (written[i] >= 0 && (int64_t)size[0] != written[i])
            TRY(error_set(&why, STATUS_WRITE, "%s has lost entries", DATASET[i].name));
    }
done:
    h5_in_close(&in);
    if (st != STATUS_OK)
        st = error_set(err, STATUS_WRITE, "%s cannot be read back as written: %.700s",
                       atomic_file_path(writer->file), why.text);
    return st;
}

enum status results_commit(struct results_writer **owned, struct error *err)
{
    enum status st = STATUS_OK;
    struct results_writer *writer = *owned;
    int64_t written[N_DATASET];

    *owned = NULL;
    for (int i = 0; i < N_DATASET; i++)
        written[i] = writer->column[i].id >= 0 ? (int64_t)writer->column[i].n : -1;
    close_columns(writer);
    TRY(h5_out_close(&writer->out, err));
    TRY(check_written(writer, written, err));
    TRY(atomic_file_commit(&writer->file, err));
done:
    results_abandon(writer);
    return st;
}

void results_abandon(struct results_writer *writer)
{
    struct error ignored;

    if (writer == NULL)
        return;
    close_columns(writer);
    (void)h5_out_close(&writer->out, &ignored);
    content_digest_free(&writer->digest);
    atomic_file_abandon(writer->file);
    free(writer->feature);
    free(writer);
}
