/* Parallel reading. The files' data bytes are one line of bytes, cut evenly into one lane per
 * thread of every rank; a lane's part of one file is a span. Two passes: the first counts quotes
 * and newlines per span, and exclusive sums over lanes then tell each span whether it starts
 * inside quotes and on which line; the second parses. A record that begins in a span is read to
 * its end, however far behind the span's end that is. */
#include "ingest.h"

#include "comm.h"
#include "mem.h"
#include "part.h"
#include "sha256.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WINDOW = 4 << 20,     /* bytes read at a time */
    RECORD_MAX = 64 << 20 /* a longer record is taken for a lost quote */
};

/* A lane's part of one file. */
struct span {
    size_t file;
    int64_t begin, end;      /* bytes of the file */
    struct csv_count inside; /* counted in the span */
    struct csv_count before; /* counted in the file's data before the span */
};

struct lane {
    size_t n_span;
    struct span *span;
    struct ledger_block *block;
    int64_t *n_record; /* [files] data records read of each file */
    int *fd;           /* [files] -1 until opened */
    char *window;
    size_t window_size;
    struct error err;
    enum status st;
};

/* ---- which bytes --------------------------------------------------------------------------- */

/* The spans of bytes [begin, end) on the line of all files' data. */
static enum status lane_spans(const struct ledger_files *files, int64_t begin, int64_t end,
                              struct lane *lane, struct error *err)
{
    int64_t at = 0;

    lane->span = mem_array(files->n, sizeof *lane->span);
    if (lane->span == NULL)
        return error_no_memory(err, "the parts of the files");
    for (size_t f = 0; f < files->n; f++) {
        int64_t n = files->file[f].size - files->file[f].data_begin;
        int64_t from = begin > at ? begin - at : 0, to = end - at < n ? end - at : n;
        if (from < to)
            lane->span[lane->n_span++] =
                (struct span){.file = f,
                              .begin = files->file[f].data_begin + from,
                              .end = files->file[f].data_begin + to};
        at += n;
    }
    return STATUS_OK;
}

static enum status lane_prepare(const struct ledger_files *files, int64_t begin, int64_t end,
                                struct lane *lane, struct error *err)
{
    enum status st = STATUS_OK;

    lane->block = ledger_block_create();
    lane->n_record = mem_array(files->n, sizeof *lane->n_record);
    lane->fd = mem_array(files->n, sizeof *lane->fd);
    lane->window = mem_array(WINDOW, 1);
    lane->window_size = WINDOW;
    if (!lane->block || !lane->n_record || !lane->fd || !lane->window)
        return error_no_memory(err, "reading the ledger");
    for (size_t f = 0; f < files->n; f++)
        lane->fd[f] = -1;
    TRY(lane_spans(files, begin, end, lane, err));
    for (size_t s = 0; s < lane->n_span; s++) {
        size_t f = lane->span[s].file;
        TRY(input_open(files->path[f], &files->file[f], &lane->fd[f], err));
    }
done:
    return st;
}

static void lane_free(struct lane *lane, size_t n_file)
{
    for (size_t f = 0; lane->fd != NULL && f < n_file; f++)
        if (lane->fd[f] >= 0)
            close(lane->fd[f]);
    free(lane->fd);
    free(lane->span);
    free(lane->n_record);
    free(lane->window);
    ledger_block_free(lane->block);
}

/* ---- first pass: what lies before each span ------------------------------------------------ */

static enum status count_span(const struct ledger_files *files, struct lane *lane,
                              struct span *span, struct error *err)
{
    for (int64_t at = span->begin; at < span->end;) {
        int64_t left = span->end - at;
        size_t n = left < WINDOW ? (size_t)left : WINDOW;
        enum status st =
            input_read(lane->fd[span->file], files->path[span->file], at, lane->window, n, err);
        if (st != STATUS_OK)
            return st;
        csv_count_bytes(lane->window, n, &span->inside);
        at += (int64_t)n;
    }
    return STATUS_OK;
}

static void count_lane(const struct ledger_files *files, struct lane *lane)
{
    for (size_t s = 0; s < lane->n_span && lane->st == STATUS_OK; s++)
        lane->st = count_span(files, lane, &lane->span[s], &lane->err);
}

/* Sets every span's `before`: an exclusive sum per file over the lanes of all ranks. */
static enum status sum_before(const struct run *run, struct lane *lane, size_t n_lane,
                              size_t n_file, struct error *err)
{
    int64_t *mine = mem_array(2 * n_file, sizeof *mine);
    int64_t *sum = mem_array(2 * n_file, sizeof *sum);
    enum status st = STATUS_OK;

    if (mine == NULL || sum == NULL)
        st = error_no_memory(err, "the line counts of the files");
    TRY(run_agree(run, st, err));
    for (size_t l = 0; l < n_lane; l++)
        for (size_t s = 0; s < lane[l].n_span; s++) {
            mine[2 * lane[l].span[s].file] += lane[l].span[s].inside.quotes;
            mine[2 * lane[l].span[s].file + 1] += lane[l].span[s].inside.newlines;
        }
    MPI_Exscan(mine, sum, (int)(2 * n_file), MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0) /* where MPI_Exscan leaves the result undefined */
        memset(sum, 0, 2 * n_file * sizeof *sum);
    for (size_t l = 0; l < n_lane; l++)
        for (size_t s = 0; s < lane[l].n_span; s++) {
            struct span *span = &lane[l].span[s];
            span->before.quotes = sum[2 * span->file];
            span->before.newlines = sum[2 * span->file + 1];
            sum[2 * span->file] += span->inside.quotes;
            sum[2 * span->file + 1] += span->inside.newlines;
        }
done:
    free(mine);
    free(sum);
    return st;
}

/* ---- second pass: records ------------------------------------------------------------------ */

/* The bytes of a file from a span's begin on, a window at a time. */
struct reader {
    const struct ledger_files *files;
    struct lane *lane;
    const struct span *span;
    int64_t at;   /* file offset of window[0] */
    size_t n;     /* bytes in the window */
    int64_t line; /* number of the line that window[0] is on */
};

/* Drops the first `used` bytes of the window and fills it up; a window that is full of one
 * record is doubled. */
static enum status reader_fill(struct reader *r, size_t used, struct error *err)
{
    struct lane *lane = r->lane;
    const struct input_file *file = &r->files->file[r->span->file];

    memmove(lane->window, lane->window + used, r->n - used);
    r->at += (int64_t)used;
    r->n -= used;
    if (r->n == lane->window_size) {
        if (r->n >= RECORD_MAX)
            return error_set(err, STATUS_DATA,
                             "%s: line %lld: a record of more than %d MiB begins here: is a "
                             "closing quote missing?",
                             r->files->path[r->span->file], (long long)r->line,
                             RECORD_MAX >> 20);
        char *larger = mem_resize(lane->window, 2 * lane->window_size, 1);
        if (larger == NULL)
            return error_no_memory(err, "a long record");
        lane->window = larger;
        lane->window_size *= 2;
    }
    int64_t left = file->size - (r->at + (int64_t)r->n);
    size_t room = lane->window_size - r->n;
    size_t more = left < (int64_t)room ? (size_t)left : room;
    enum status st = input_read(lane->fd[r->span->file], r->files->path[r->span->file],
                                r->at + (int64_t)r->n, lane->window + r->n, more, err);
    if (st == STATUS_OK)
        r->n += more;
    return st;
}

/* Moves to the first record that begins in the span; at == span->end if none does. */
static enum status reader_seek(struct reader *r, struct error *err)
{
    const struct span *span = r->span;
    bool quoted = span->before.quotes % 2 != 0;
    char previous = '\n';
    enum status st = STATUS_OK;

    r->at = span->begin;
    r->line = 1 + r->files->file[span->file].header_lines + span->before.newlines;
    if (span->begin > r->files->file[span->file].data_begin)
        TRY(input_read(r->lane->fd[span->file], r->files->path[span->file], span->begin - 1,
                       &previous, 1, err));
    TRY(reader_fill(r, 0, err));
    while (r->at < span->end) {
        struct csv_count passed = {0};
        size_t first = csv_first_record(r->lane->window, r->n, quoted, previous);
        csv_count_bytes(r->lane->window, first, &passed);
        r->line += passed.newlines;
        if (first < r->n) {
            if (first > 0)
                TRY(reader_fill(r, first, err));
            break;
        }
        if (r->n > 0)
            previous = r->lane->window[r->n - 1];
        quoted = quoted != (passed.quotes % 2 != 0);
        int64_t behind = r->at + (int64_t)r->n;
        TRY(reader_fill(r, r->n, err));
        if (r->n == 0) { /* the file's last record began before this span */
            r->at = behind > span->end ? behind : span->end;
            break;
        }
    }
done:
    return st;
}

/* What one lane has done stands for all n_lane of them, which go at the same pace: n_record so
 * far, and by the bytes left to read, how many there will be. */
static void tell_progress(const struct reader *r, int64_t n_record, int64_t n_lane,
                          double seconds, struct log *log)
{
    double done = (double)(r->at - r->span->begin);
    double size = (double)(r->span->end - r->span->begin);

    if (done > 0)
        log_progress(log, "ingest", n_record * n_lane,
                     (int64_t)((double)(n_record * n_lane) * (size / done)), "rows", seconds);
}

/* n_lane: on all ranks. */
static enum status parse_span(const struct ledger_files *files, struct lane *lane,
                              const struct span *span, int64_t n_lane, struct log *log,
                              struct error *err)
{
    struct reader r = {.files = files, .lane = lane, .span = span};
    const struct input_file *file = &files->file[span->file];
    int64_t n_record = lane->block->n_record;
    double start = log != NULL ? MPI_Wtime() : 0;
    enum status st = STATUS_OK;

    TRY(reader_seek(&r, err));
    while (r.at < span->end) {
        int64_t in_span = span->end - r.at;
        size_t limit = in_span < (int64_t)r.n ? (size_t)in_span : r.n, used = 0;
        bool more = false, is_last = r.at + (int64_t)r.n == file->size;
        TRY(ledger_parse(lane->window, r.n, limit, is_last, &file->layout, (int32_t)span->file,
                         files->path[span->file], &r.line, &used, &more, lane->block, err));
        TRY(reader_fill(&r, used, err));
        if (log != NULL)
            tell_progress(&r, lane->block->n_record - n_record, n_lane, MPI_Wtime() - start,
                          log);
    }
    lane->n_record[span->file] += lane->block->n_record - n_record;
done:
    return st;
}

static void parse_lane(const struct ledger_files *files, struct lane *lane, int64_t n_lane,
                       struct log *log)
{
    for (size_t s = 0; s < lane->n_span && lane->st == STATUS_OK; s++)
        lane->st = parse_span(files, lane, &lane->span[s], n_lane, log, &lane->err);
}

/* The first failure in lane order, which is input order. */
static enum status lanes_status(const struct lane *lane, size_t n_lane, struct error *err)
{
    for (size_t l = 0; l < n_lane; l++)
        if (lane[l].st != STATUS_OK) {
            *err = lane[l].err;
            return lane[l].st;
        }
    return STATUS_OK;
}

/* ---- what is known of the files afterwards ------------------------------------------------- */

static enum status number_rows(const struct run *run, const struct lane *lane, size_t n_lane,
                               struct ledger_files *files, struct error *err)
{
    for (size_t f = 0; f < files->n; f++)
        for (size_t l = 0; l < n_lane; l++)
            files->first_row[f + 1] += lane[l].n_record[f];
    MPI_Allreduce(MPI_IN_PLACE, files->first_row, (int)(files->n + 1), MPI_INT64_T, MPI_SUM,
                  run->comm);
    for (size_t f = 0; f < files->n; f++)
        files->first_row[f + 1] += files->first_row[f];
    if (files->first_row[files->n] == 0)
        return error_set(err, STATUS_DATA, "%s: has a header but no data rows%s",
                         files->path[0], files->n > 1 ? ", nor has any other file" : "");
    return STATUS_OK;
}

/* Rank f mod n_rank hashes file f; one process must read a file whole for its hash. */
static enum status hash_files(const struct run *run, struct ledger_files *files,
                              struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t f = (size_t)run->rank; f < files->n && st == STATUS_OK;
         f += (size_t)run->n_rank)
        st = sha256_file(files->path[f], files->sha256[f], err);
    TRY(run_agree(run, st, err));
    for (size_t f = 0; f < files->n; f++)
        MPI_Bcast(files->sha256[f], (int)sizeof files->sha256[f], MPI_CHAR,
                  (int)(f % (size_t)run->n_rank), run->comm);
done:
    return st;
}

/* ---- the two calls ------------------------------------------------------------------------- */

enum status ingest_inspect(const struct run *run, const char *const *path, size_t n_path,
                           unsigned date_order, struct ledger_files *files, struct error *err)
{
    struct ledger_files seen = {.n = n_path, .path = path};
    enum status st = STATUS_OK;

    seen.file = mem_array(n_path, sizeof *seen.file);
    seen.first_row = mem_array(n_path + 1, sizeof *seen.first_row);
    seen.sha256 = mem_array(n_path, sizeof *seen.sha256);
    if (!seen.file || !seen.first_row || !seen.sha256)
        st = error_no_memory(err, "the list of files");
    for (size_t f = 0; run->rank == 0 && f < n_path && st == STATUS_OK; f++)
        st = input_inspect(path[f], &seen.file[f], err);
    for (size_t f = 0; f < n_path && date_order != 0; f++)
        seen.file[f].layout.date_orders = date_order;
    TRY(run_agree(run, st, err));
    comm_broadcast(run, seen.file, n_path * sizeof *seen.file);
    for (size_t f = 0; f < n_path; f++)
        seen.n_byte += seen.file[f].size - seen.file[f].data_begin;
    *files = seen;
    seen = (struct ledger_files){0};
done:
    ledger_files_free(&seen);
    return st;
}

enum status ingest_read(const struct run *run, struct log *log, struct ledger_files *files,
                        struct shard *shard, struct error *err)
{
    size_t n_lane = (size_t)run->n_thread;
    struct lane *lane = mem_array(n_lane, sizeof *lane);
    struct shard read = {.n_block = n_lane, .block = mem_array(n_lane, sizeof *read.block)};
    int64_t begin = part_begin(files->n_byte, run->n_rank, run->rank);
    int64_t n_mine = part_begin(files->n_byte, run->n_rank, run->rank + 1) - begin;
    enum status st = STATUS_OK;

    if (lane == NULL || read.block == NULL)
        st = error_no_memory(err, "reading the ledger");
    for (size_t l = 0; l < n_lane && st == STATUS_OK; l++)
        st = lane_prepare(files, begin + part_begin(n_mine, (int64_t)n_lane, (int64_t)l),
                          begin + part_begin(n_mine, (int64_t)n_lane, (int64_t)l + 1), &lane[l],
                          err);
    TRY(run_agree(run, st, err));
    if (run->n_rank > 1 || n_lane > 1) {
#pragma omp parallel for default(none) shared(files, lane, n_lane) schedule(static, 1)
        for (size_t l = 0; l < n_lane; l++)
            count_lane(files, &lane[l]);
        TRY(run_agree(run, lanes_status(lane, n_lane, err), err));
        TRY(sum_before(run, lane, n_lane, files->n, err));
    }
#pragma omp parallel for default(none) shared(run, files, lane, n_lane, log) schedule(static, 1)
    for (size_t l = 0; l < n_lane; l++)
        parse_lane(files, &lane[l], (int64_t)n_lane * run->n_rank, l == 0 ? log : NULL);
    TRY(run_agree(run, lanes_status(lane, n_lane, err), err));
    TRY(number_rows(run, lane, n_lane, files, err));
    TRY(hash_files(run, files, err));
    for (size_t l = 0; l < n_lane; l++) {
        read.block[l] = lane[l].block;
        lane[l].block = NULL;
    }
    *shard = read;
    read = (struct shard){0};
done:
    shard_free(&read);
    for (size_t l = 0; lane != NULL && l < n_lane; l++)
        lane_free(&lane[l], files->n);
    free(lane);
    return st;
}

void ledger_files_free(struct ledger_files *files)
{
    free(files->file);
    free(files->first_row);
    free(files->sha256);
    *files = (struct ledger_files){0};
}

void shard_free(struct shard *shard)
{
    for (size_t b = 0; shard->block != NULL && b < shard->n_block; b++)
        ledger_block_free(shard->block[b]);
    free(shard->block);
    *shard = (struct shard){0};
}
