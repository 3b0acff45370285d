/* The reviewers' workbook as a file. A workbook is a zip archive that a spreadsheet writes anew
 * whenever it is saved, so whether somebody has worked in it is told by its hash and not by its
 * cells, as for the CSV list. For the same reason the bytes follow from the findings alone: the
 * date of creation is that of the run. What is in the sheets is workbook_sheets.c's. */
#include "review_workbook.h"

#include "atomic_file.h"
#include "date.h"
#include "draft.h"
#include "sha256.h"
#include "workbook_sheets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char NAME[] = "anomalies.xlsx";
static const char MARK[] = ".anomalies.xlsx.sha256";

enum { SECONDS_A_DAY = 86400, MARK_TEXT = SHA256_HEX + sizeof NAME + 2 };

/* Seconds since 1970 of 2024-06-03T07:15:00Z; of the first day a zip archive can have if there
 * is none. */
static time_t time_of(const char *text)
{
    int hour = 0, minute = 0, second = 0;
    bool dated = (date_orders(text, strlen(text)) & DATE_MONTH_FIRST) != 0;

    if (!dated || sscanf(text, "%*10[-0-9]T%2d:%2d:%2d", &hour, &minute, &second) != 3)
        text = "1980-01-01";
    return (time_t)date_days(text, strlen(text), DATE_MONTH_FIRST) * SECONDS_A_DAY +
           ((hour * 60L + minute) * 60L + second);
}

static enum status cannot_close(const char *path, lxw_error code, struct error *err)
{
    if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return error_no_memory(err, path);
    return error_set(err, STATUS_WRITE, "cannot write %s: %s%s%s", path, lxw_strerror(code),
                     errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
}

/* Writes the workbook to path, which exists; its temporary files go to the same folder. */
static enum status write_file(const struct followup *followup, const char *path,
                              struct workbook_cut *cut, struct error *err)
{
    char title[] = "Anomalies", author[] = "tieout", folder[4096];
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    lxw_doc_properties about = {
        .title = title, .author = author, .created = time_of(followup->findings->started)};

    snprintf(folder, sizeof folder, "%s", followup->folder);
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    if (workbook == NULL)
        return error_no_memory(err, "the workbook");
    workbook_set_properties(workbook, &about);
    enum status st = workbook_add_sheets(workbook, followup, cut, err);
    errno = 0;
    lxw_error code = workbook_close(workbook);
    return st == STATUS_OK && code != LXW_NO_ERROR ? cannot_close(path, code, err) : st;
}

/* Whether the workbook that is there is the one this job wrote last. */
static enum status is_ours(const char *folder, const char hash[SHA256_HEX], bool *ours,
                           struct error *err)
{
    char *mark = NULL;
    size_t n = 0;
    enum status st = draft_read(folder, MARK, &mark, &n, err);

    *ours = st == STATUS_OK && mark != NULL && n >= SHA256_HEX - 1 &&
            memcmp(mark, hash, SHA256_HEX - 1) == 0;
    free(mark);
    return st;
}

static enum status put_mark(const char *folder, const char hash[SHA256_HEX], struct error *err)
{
    char text[MARK_TEXT];
    int n = snprintf(text, sizeof text, "%s  %s\n", hash, NAME);

    return draft_write(folder, MARK, text, (size_t)n, NULL, err);
}

/* What became of the workbook that was there. */
enum fate { FATE_WRITTEN, FATE_SAME, FATE_KEPT };

/* Replaces the workbook at path by the new one unless that would change nothing or lose
 * something. */
static enum status put_in_place(const char *folder, const char *path, struct atomic_file **new,
                                enum fate *fate, struct error *err)
{
    char hash[SHA256_HEX], old[SHA256_HEX];
    bool ours = true;
    enum status st = STATUS_OK;

    TRY(sha256_file(atomic_file_temporary(*new), hash, err));
    *fate = FATE_WRITTEN;
    if (access(path, F_OK) == 0) {
        TRY(sha256_file(path, old, err));
        TRY(is_ours(folder, old, &ours, err));
        *fate = strcmp(hash, old) == 0 ? FATE_SAME : ours ? FATE_WRITTEN : FATE_KEPT;
    }
    if (*fate == FATE_WRITTEN)
        TRY(atomic_file_commit(new, err));
    if (*fate != FATE_KEPT)
        TRY(put_mark(folder, hash, err));
done:
    return st;
}

static void tell(const struct followup *followup, const char *path, enum fate fate,
                 const struct workbook_cut *cut, struct error *said)
{
    size_t n = followup->findings->n;

    if (fate == FATE_SAME)
        error_set(said, STATUS_OK, "%s is up to date", path);
    else if (fate == FATE_KEPT)
        error_set(said, STATUS_OK,
                  "%s is kept as it is, somebody has saved it: move it away to get the new one",
                  path);
    else if (cut->findings > 0 || cut->texts > 0)
        error_set(said, STATUS_OK,
                  "%zu of %zu anomalies in %s, %zu texts cut, as a sheet holds no more: "
                  "anomalies.csv has all",
                  n - cut->findings, n, path, cut->texts);
    else
        error_set(said, STATUS_OK, "%zu anomal%s in %s", n, n == 1 ? "y" : "ies", path);
}

enum status write_workbook(struct followup *followup, struct error *said)
{
    char *path = draft_path(followup->folder, NAME);
    struct atomic_file *file = NULL;
    struct workbook_cut cut = {0};
    enum fate fate = FATE_WRITTEN;
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(said, "the name of a file"));
    TRY(atomic_file_create(path, true, &file, said));
    TRY(write_file(followup, atomic_file_temporary(file), &cut, said));
    TRY(put_in_place(followup->folder, path, &file, &fate, said));
    tell(followup, path, fate, &cut, said);
done:
    atomic_file_abandon(file);
    free(path);
    return st;
}
