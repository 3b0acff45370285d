/* Feedback files: which there are, their bytes, and one verdict out of several on the same
 * finding. What a file's text says is feedback_text.c's. */
#include "feedback.h"

#include "input_list.h"
#include "input_source.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEEDBACK_FILE_MAX = 1 << 30 };

enum status feedback_start(struct feedback *out, struct error *err)
{
    *out = (struct feedback){.byte = mem_array(1, 1), .n_byte = 1};
    return out->byte == NULL ? error_no_memory(err, "the feedback") : STATUS_OK;
}

void feedback_free(struct feedback *feedback)
{
    for (size_t f = 0; feedback->path != NULL && f < feedback->n_file; f++)
        free(feedback->path[f]);
    free(feedback->path);
    free(feedback->sha256);
    free(feedback->verdict);
    free(feedback->byte);
    *feedback = (struct feedback){0};
}

/* ---- which files ------------------------------------------------------------------------- */

/* paths: one a line. */
static enum status list_files(const char *paths, struct feedback *out, struct error *err)
{
    size_t room = strlen(paths) + 1, n = 0;
    char *copy = mem_array(room, 1), *rest = copy;
    const char **operand = mem_array(room, sizeof *operand);
    struct input_list list = {.n = 0};
    enum status st = STATUS_OK;

    if (copy == NULL || operand == NULL)
        TRY(error_no_memory(err, "the feedback"));
    memcpy(copy, paths, room);
    for (char *path = strtok_r(copy, "\n", &rest); path != NULL;
         path = strtok_r(NULL, "\n", &rest))
        operand[n++] = path;
    TRY(input_list_expand(operand, n, &list, err));
    out->path = list.path;
    out->n_file = list.n;
done:
    free(operand);
    free(copy);
    return st;
}

/* ---- their bytes ------------------------------------------------------------------------- */

/* The whole text of a file; *byte is produced. */
static enum status read_text(struct input_source *source, const char *path, char **byte,
                             size_t *n, struct error *err)
{
    size_t room = (size_t)input_source_size(source) + 1, got = 0;
    char *text = NULL;
    enum status st = STATUS_OK;

    for (*n = 0;; room *= 2) {
        char *more = mem_resize(text, room, 1);
        if (more == NULL)
            TRY(error_no_memory(err, path));
        text = more;
        TRY(input_source_read(source, text + *n, room - *n, &got, err));
        *n += got;
        if (*n > FEEDBACK_FILE_MAX)
            TRY(error_set(err, STATUS_DATA, "feedback file %s is larger than 1 GiB", path));
        if (*n < room)
            break;
    }
    *byte = text;
    text = NULL;
done:
    free(text);
    return st;
}

static enum status read_file(struct feedback *out, size_t file, struct error *err)
{
    const char *path = out->path[file];
    struct input_source *source = NULL;
    char *byte = NULL;
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(input_source_open(path, &source, err));
    TRY(read_text(source, path, &byte, &n, err));
    TRY(sha256_file(path, out->sha256[file], err));
    TRY(feedback_parse(byte, n, (int32_t)file, path, out, err));
done:
    free(byte);
    input_source_close(source);
    return st;
}

enum status feedback_read(const char *paths, struct feedback *out, struct error *err)
{
    struct feedback read = {.n = 0};
    enum status st = STATUS_OK;

    TRY(feedback_start(&read, err));
    TRY(list_files(paths, &read, err));
    read.sha256 = mem_array(read.n_file, sizeof *read.sha256);
    if (read.sha256 == NULL)
        TRY(error_no_memory(err, "the feedback"));
    for (size_t f = 0; f < read.n_file; f++)
        TRY(read_file(&read, f, err));
    TRY(feedback_settle(&read, err));
    *out = read;
    read = (struct feedback){.n = 0};
done:
    feedback_free(&read);
    return st;
}

/* ---- one verdict a finding --------------------------------------------------------------- */

/* By id, then by time of the review, those without one first, then as read. */
static int by_id(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    int ids = strcmp(x->id, y->id);

    if (ids != 0)
        return ids;
    if (x->reviewed_at != y->reviewed_at)
        return x->reviewed_at < y->reviewed_at ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Of the verdicts [0, n) on one finding, in order, the last counts, if there is no doubt. */
static enum status check_finding(const struct feedback *feedback, const struct verdict *verdict,
                                 size_t n, struct error *err)
{
    const struct verdict *last = &verdict[n - 1];

    for (size_t i = 0; i + 1 < n; i++) {
        const struct verdict *other = &verdict[i];
        bool older =
            other->reviewed_at != FEEDBACK_NO_TIME && other->reviewed_at < last->reviewed_at;
        if (other->confirmed == last->confirmed || older)
            continue;
        return error_set(err, STATUS_DATA,
                         "%s: line %lld contradicts %s: line %lld on the finding %s: correct "
                         "one, or say in a column reviewed_at when each was reviewed",
                         feedback->path != NULL ? feedback->path[last->file] : "feedback",
                         (long long)last->line,
                         feedback->path != NULL ? feedback->path[other->file] : "feedback",
                         (long long)other->line, last->id);
    }
    return STATUS_OK;
}

enum status feedback_settle(struct feedback *feedback, struct error *err)
{
    struct verdict *verdict = feedback->verdict;
    size_t kept = 0, next = 0;
    enum status st = STATUS_OK;

    if (feedback->n > 0)
        qsort(verdict, feedback->n, sizeof *verdict, by_id);
    for (size_t i = 0; i < feedback->n; i = next) {
        next = i + 1;
        while (verdict[i].id[0] != '\0' && next < feedback->n &&
               strcmp(verdict[i].id, verdict[next].id) == 0)
            next++;
        TRY(check_finding(feedback, verdict + i, next - i, err));
        verdict[kept++] = verdict[next - 1];
    }
    feedback->n = kept;
done:
    return st;
}
