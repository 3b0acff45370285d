/* The generate command: files around the generator. */
#include "generate.h"

#include "atomic_file.h"
#include "generator.h"
#include "log_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A stream onto an atomic file that closing does not close the file itself. */
static enum status open_stream(const struct atomic_file *file, FILE **stream, struct error *err)
{
    int fd = dup(atomic_file_descriptor(file));

    *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (*stream != NULL)
        return STATUS_OK;
    error_set(err, STATUS_CREATE, "%s: %s", atomic_file_path(file), strerror(errno));
    if (fd >= 0)
        close(fd);
    return STATUS_CREATE;
}

/* Flushes and closes; *stream is NULL afterwards. */
static enum status close_stream(FILE **stream, const char *path, struct error *err)
{
    int failed = ferror(*stream);

    failed |= fclose(*stream) != 0;
    *stream = NULL;
    return failed ? error_set(err, STATUS_WRITE, "%s: cannot be written: %s", path,
                              strerror(errno))
                  : STATUS_OK;
}

/* Who wants to know how far the ledger is. */
struct watcher {
    struct log *log;
    int64_t n_row;
    double begun;
};

static void show_progress(void *context, int64_t n_row)
{
    const struct watcher *watcher = context;

    log_progress(watcher->log, "generate", n_row, watcher->n_row, "rows",
                 log_clock() - watcher->begun);
}

enum status generate(const struct settings *settings, struct log *log, struct error *err)
{
    const char *ledger_path = settings->input[0];
    const char *labels_path = settings->n_input > 1 ? settings->input[1] : NULL;
    struct watcher watcher = {log, settings->rows, log_clock()};
    struct generator_plan plan = {.n_row = settings->rows,
                                  .n_month = (int32_t)settings->months,
                                  .seed = (uint64_t)settings->seed,
                                  .anomaly_share = settings->anomalies,
                                  .told = show_progress,
                                  .context = &watcher};
    char rows[LOG_TEXT_NUMBER];
    struct atomic_file *ledger = NULL, *labels = NULL;
    FILE *ledger_stream = NULL, *labels_stream = NULL;
    enum status st = STATUS_OK;

    TRY(atomic_file_create(ledger_path, settings->force, &ledger, err));
    TRY(open_stream(ledger, &ledger_stream, err));
    if (labels_path != NULL) {
        TRY(atomic_file_create(labels_path, settings->force, &labels, err));
        TRY(open_stream(labels, &labels_stream, err));
    }
    TRY(generator_write(&plan, ledger_stream, labels_stream, err));
    TRY(close_stream(&ledger_stream, ledger_path, err));
    if (labels_path != NULL) {
        TRY(close_stream(&labels_stream, labels_path, err));
        TRY(atomic_file_commit(&labels, err));
    }
    TRY(atomic_file_commit(&ledger, err));
    log_text_count(settings->rows, rows);
    log_info(log, "%s rows over %" PRId64 " month%s in %s", rows, settings->months,
             settings->months == 1 ? "" : "s", ledger_path);
done:
    if (ledger_stream != NULL)
        fclose(ledger_stream);
    if (labels_stream != NULL)
        fclose(labels_stream);
    atomic_file_abandon(ledger);
    atomic_file_abandon(labels);
    return st;
}
