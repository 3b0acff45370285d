/* Parallel reading. The tables' data bytes are one line of bytes, cut evenly into one lane per
 * thread of every rank; a lane's part of one table is a span. Two passes: the first counts quotes
 * and newlines per span, and exclusive sums over lanes then tell each span whether it starts
 * inside quotes and on which line; the second parses. A record that begins in a span is read to
 * its end, however far behind the span's end that is.
 *
 * A packed file can only be read from its beginning: it counts by its packed bytes, and the lane
 * its first byte falls into reads it whole, which leaves the rows in input order.
 *
 * The files' hashes are made beside the second pass (input_hash.c). */
#include "ingest.h"

#include "comm.h"
#include "input_hash.h"
#include "mem.h"
#include "part.h"
#include "stop.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 256 << 10 };    /* bytes read at a time: they stay in the cache */
enum { HASHED_WHILE_READ = 2 }; /* bytes hashed in the time in which one is read */

/* A lane's part of one table. */
struct span {
    size_t table;
    int64_t begin, end;      /* bytes of the file's text */
    struct csv_count inside; /* counted in the span */
    struct csv_count before; /* counted in the table's data before the span */
};

struct lane {
    size_t n_span;
    struct span *span;
    struct ledger_block *block;
    int64_t *n_record; /* [tables] data records read of each table */
    char *window;
    size_t window_size;
    struct error err;
    enum status st;
};

/* ---- which bytes --------------------------------------------------------------------------- */

static bool is_packed(const struct input_table *table)
{
    return table->packing != PACKING_NONE;
}

static const char *table_path(const struct ledger_files *files, const struct input_table *table)
{
    return files->list.path[table->file];
}

/* Bytes for which a table counts on the line of all tables' data. */
static int64_t table_weight(const struct input_table *table)
{
    return table->data_end == INPUT_TO_END ? table->size : table->data_end - table->data_begin;
}

/* The spans of bytes [begin, end) on the line of all tables' data. */
static enum status lane_spans(const struct ledger_files *files, int64_t begin, int64_t end,
                              struct lane *lane, struct error *err)
{
    int64_t at = 0;

    lane->span = mem_array(files->n_table, sizeof *lane->span);
    if (lane->span == NULL)
        return error_no_memory(err, "the parts of the files");
    for (size_t t = 0; t < files->n_table; t++) {
        const struct input_table *table = &files->table[t];
        int64_t n = table_weight(table);
        int64_t from = begin > at ? begin - at : 0, to = end - at < n ? end - at : n;
        struct span span = {
            .table = t, .begin = table->data_begin + from, .end = table->data_begin + to};
        if (is_packed(table))
            span.end = table->data_end;
        if (from < to && (from == 0 || !is_packed(table)))
            lane->span[lane->n_span++] = span;
        at += n;
    }
    return STATUS_OK;
}

/* Where lane l of this rank's n_lane begins on the line of all tables' data; lane n_lane begins
 * where the next rank does. The first lane hashes besides, and so reads less. */
static int64_t lane_begin(const struct run *run, const struct ledger_files *files, size_t l)
{
    int64_t begin = part_begin(files->n_byte, run->n_rank, run->rank);
    int64_t n = part_begin(files->n_byte, run->n_rank, run->rank + 1) - begin;
    int64_t n_lane = run->n_thread;
    int64_t hashing = input_hash_bytes(run, files) / HASHED_WHILE_READ;
    int64_t first = (n + hashing) / n_lane - hashing;

    if (l == 0)
        return begin;
    if ((int64_t)l == n_lane)
        return begin + n;
    first = first > 0 ? first : 0;
    return begin + first + part_begin(n - first, n_lane - 1, (int64_t)l - 1);
}

static enum status lane_prepare(const struct ledger_files *files, int64_t begin, int64_t end,
                                struct lane *lane, struct error *err)
{
    lane->block = ledger_block_create();
    lane->n_record = mem_array(files->n_table, sizeof *lane->n_record);
    lane->window = mem_array(WINDOW, 1);
    lane->window_size = WINDOW;
    if (!lane->block || !lane->n_record || !lane->window)
        return error_no_memory(err, "reading the ledger");
    return lane_spans(files, begin, end, lane, err);
}

static void lane_free(struct lane *lane)
{
    free(lane->span);
    free(lane->n_record);
    free(lane->window);
    ledger_block_free(lane->block);
}

/* ---- first pass: what lies before each span ------------------------------------------------ */

static enum status count_span(const struct ledger_files *files, struct lane *lane,
                              struct span *span, struct error *err)
{
    const struct input_table *table = &files->table[span->table];
    struct input_source *source = NULL;
    int64_t left = span->end - span->begin;
    enum status st = STATUS_OK;

    if (is_packed(table))
        return STATUS_OK;
    TRY(input_open(table_path(files, table), table, span->begin, &source, err));
    while (left > 0) {
        size_t n = left < WINDOW ? (size_t)left : WINDOW, got = 0;
        TRY(stop_check(err));
        TRY(input_source_read(source, lane->window, n, &got, err));
        csv_count_bytes(lane->window, got, &span->inside);
        left -= (int64_t)n;
    }
done:
    input_source_close(source);
    return st;
}

static void count_lane(const struct ledger_files *files, struct lane *lane)
{
    for (size_t s = 0; s < lane->n_span && lane->st == STATUS_OK; s++)
        lane->st = count_span(files, lane, &lane->span[s], &lane->err);
}

/* Sets every span's `before`: an exclusive sum per table over the lanes of all ranks. */
static enum status sum_before(const struct run *run, struct lane *lane, size_t n_lane,
                              size_t n_table, struct error *err)
{
    int64_t *mine = mem_array(2 * n_table, sizeof *mine);
    int64_t *sum = mem_array(2 * n_table, sizeof *sum);
    enum status st = STATUS_OK;

    if (mine == NULL || sum == NULL)
        st = error_no_memory(err, "the line counts of the tables");
    TRY(run_agree(run, st, err));
    for (size_t l = 0; l < n_lane; l++)
        for (size_t s = 0; s < lane[l].n_span; s++) {
            mine[2 * lane[l].span[s].table] += lane[l].span[s].inside.quotes;
            mine[2 * lane[l].span[s].table + 1] += lane[l].span[s].inside.newlines;
        }
    MPI_Exscan(mine, sum, (int)(2 * n_table), MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0) /* where MPI_Exscan leaves the result undefined */
        memset(sum, 0, 2 * n_table * sizeof *sum);
    for (size_t l = 0; l < n_lane; l++)
        for (size_t s = 0; s < lane[l].n_span; s++) {
            struct span *span = &lane[l].span[s];
            span->before.quotes = sum[2 * span->table];
            span->before.newlines = sum[2 * span->table + 1];
            sum[2 * span->table] += span->inside.quotes;
            sum[2 * span->table + 1] += span->inside.newlines;
        }
done:
    free(mine);
    free(sum);
    return st;
}

/* ---- second pass: records ------------------------------------------------------------------ */

/* The text of a table from a span's begin on, a window at a time. */
struct reader {
    const char *path;
    const struct input_table *table;
    const struct span *span;
    struct lane *lane;
    struct input_source *source;
    int64_t at;   /* offset in the text of window[0] */
    size_t n;     /* bytes in the window */
    int64_t line; /* number of the line that window[0] is on */
    bool ended;   /* the window holds the last bytes of the table */
};

/* Drops the first `used` bytes of the window and fills it up; a window that is full of one
 * record is doubled. */
static enum status reader_fill(struct reader *r, size_t used, struct error *err)
{
    struct lane *lane = r->lane;
    size_t got = 0;

    memmove(lane->window, lane->window + used, r->n - used);
    r->at += (int64_t)used;
    r->n -= used;
    if (r->ended)
        return STATUS_OK;
    if (r->n == lane->window_size) {
        if (r->n >= INPUT_RECORD_MAX)
            return error_set(err, STATUS_DATA,
                             "%s, line %lld: a record of more than %d MiB begins here: is a "
                             "closing quote missing?",
                             r->path, (long long)r->line, INPUT_RECORD_MAX >> 20);
        char *larger = mem_resize(lane->window, 2 * lane->window_size, 1);
        if (larger == NULL)
            return error_no_memory(err, "a long record");
        lane->window = larger;
        lane->window_size *= 2;
    }
    int64_t left = r->table->data_end - (r->at + (int64_t)r->n);
    size_t room = lane->window_size - r->n;
    size_t more = left < (int64_t)room ? (size_t)left : room;
    enum status st = input_source_read(r->source, lane->window + r->n, more, &got, err);
    r->n += got;
    r->ended = got < more || (int64_t)got == left;
    return st;
}

/* Opens the file one byte before the span, if there is one, as that byte tells whether a record
 * begins with the span. */
static enum status reader_open(struct reader *r, char *previous, struct error *err)
{
    bool inside = r->span->begin > r->table->data_begin;
    size_t got = 0;
    enum status st = STATUS_OK;

    *previous = '\n';
    TRY(input_open(r->path, r->table, r->span->begin - inside, &r->source, err));
    if (inside)
        TRY(input_source_read(r->source, previous, 1, &got, err));
done:
    return st;
}

/* Moves to the first record that begins in the span; at >= span->end if none does. */
static enum status reader_seek(struct reader *r, struct error *err)
{
    const struct span *span = r->span;
    bool quoted = span->before.quotes % 2 != 0;
    char previous;
    enum status st = STATUS_OK;

    r->at = span->begin;
    r->line = 1 + r->table->header_lines + span->before.newlines;
    TRY(reader_open(r, &previous, err));
    TRY(reader_fill(r, 0, err));
    while (r->at < span->end && r->n > 0) {
        struct csv_count passed = {0};
        size_t first = csv_first_record(r->lane->window, r->n, quoted, previous);
        csv_count_bytes(r->lane->window, first, &passed);
        r->line += passed.newlines;
        if (first < r->n) {
            if (first > 0)
                TRY(reader_fill(r, first, err));
            break;
        }
        previous = r->lane->window[r->n - 1];
        quoted = quoted != (passed.quotes % 2 != 0);
        TRY(reader_fill(r, r->n, err));
    }
done:
    return st;
}

/* What one lane has done stands for all n_lane of them, which go at the same pace: n_record so
 * far, and by the bytes left to read, how many there will be. A packed file's text has no known
 * length, but the bytes it is packed in have; it is read by one lane. */
static void tell_progress(const struct reader *r, int64_t n_record, int64_t n_lane,
                          double seconds, struct log *log)
{
    const struct span *span = r->span;
    bool packed = is_packed(r->table);
    double done = (double)(packed ? input_source_taken(r->source) : r->at - span->begin);
    double size = (double)(packed ? r->table->size : span->end - span->begin);
    int64_t n = packed ? n_record : n_record * n_lane;

    if (done > 0)
        log_progress(log, "ingest", n, (int64_t)((double)n * (size / done)), "rows", seconds);
}

/* n_lane: on all ranks. */
static enum status parse_span(const struct ledger_files *files, struct lane *lane,
                              const struct span *span, int64_t n_lane, struct log *log,
                              struct error *err)
{
    const struct input_table *table = &files->table[span->table];
    struct reader r = {
        .path = table_path(files, table), .table = table, .span = span, .lane = lane};
    int64_t n_record = lane->block->n_record;
    double start = log != NULL ? MPI_Wtime() : 0;
    enum status st = STATUS_OK;

    TRY(reader_seek(&r, err));
    while (r.at < span->end && r.n > 0) {
        int64_t in_span = span->end - r.at;
        size_t limit = in_span < (int64_t)r.n ? (size_t)in_span : r.n, used = 0;
        bool more = false;
        TRY(stop_check(err));
        TRY(ledger_parse(lane->window, r.n, limit, r.ended, &table->layout, table->file, r.path,
                         &r.line, &used, &more, lane->block, err));
        TRY(reader_fill(&r, used, err));
        if (log != NULL)
            tell_progress(&r, lane->block->n_record - n_record, n_lane, MPI_Wtime() - start,
                          log);
    }
    lane->n_record[span->table] += lane->block->n_record - n_record;
done:
    input_source_close(r.source);
    return st;
}

static void parse_lane(const struct ledger_files *files, struct lane *lane, int64_t n_lane,
                       struct log *log)
{
    for (size_t s = 0; s < lane->n_span && lane->st == STATUS_OK; s++)
        lane->st = parse_span(files, lane, &lane->span[s], n_lane, log, &lane->err);
}

/* The lane of the thread that may call MPI: it hashes this rank's share of the files as well,
 * whatever fails, as other ranks wait for that. */
static void parse_and_hash(const struct run *run, struct ledger_files *files, struct lane *lane,
                           int64_t n_lane, struct log *log)
{
    struct error err;
    enum status hashed = STATUS_OK;

    if (input_hash_is_early(run))
        hashed = input_hash_add(run, files, &err);
    parse_lane(files, lane, n_lane, log);
    if (!input_hash_is_early(run))
        hashed = input_hash_add(run, files, &err);
    if (lane->st == STATUS_OK && hashed != STATUS_OK) {
        lane->st = hashed;
        lane->err = err;
    }
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
    size_t n = files->n_table;

    for (size_t t = 0; t < n; t++)
        for (size_t l = 0; l < n_lane; l++)
            files->first_row[t + 1] += lane[l].n_record[t];
    MPI_Allreduce(MPI_IN_PLACE, files->first_row, (int)(n + 1), MPI_INT64_T, MPI_SUM,
                  run->comm);
    for (size_t t = 0; t < n; t++)
        files->first_row[t + 1] += files->first_row[t];
    if (files->first_row[n] == 0)
        return error_set(err, STATUS_DATA, "%s: has a header but no data rows%s",
                         files->list.path[0],
                         files->list.n > 1 ? ", nor has any other file" : "");
    return STATUS_OK;
}

/* ---- what all ranks are told of the files --------------------------------------------------- */

/* Rank 0's list to all: the paths, one terminated text behind the other. */
static enum status share_list(const struct run *run, struct input_list *list, struct error *err)
{
    uint64_t count[2] = {list->n, 0}; /* paths, bytes */
    char *text = NULL;
    enum status st = STATUS_OK;

    for (size_t f = 0; f < list->n; f++)
        count[1] += strlen(list->path[f]) + 1;
    comm_broadcast(run, count, sizeof count);
    text = mem_array(count[1], 1);
    if (run->rank != 0) {
        list->path = mem_array(count[0], sizeof *list->path);
        list->n = list->path != NULL ? count[0] : 0;
    }
    if (text == NULL || list->path == NULL)
        st = error_no_memory(err, "the list of files");
    TRY(run_agree(run, st, err));
    char *at = text;
    for (size_t f = 0; run->rank == 0 && f < list->n; f++)
        at = stpcpy(at, list->path[f]) + 1;
    comm_broadcast(run, text, count[1]);
    at = text;
    for (size_t f = 0; run->rank != 0 && f < list->n; f++, at += strlen(at) + 1)
        if ((list->path[f] = strdup(at)) == NULL)
            st = error_no_memory(err, "the list of files");
    TRY(run_agree(run, st, err));
done:
    free(text);
    return st;
}

/* Rank 0's tables to all. */
static enum status share_tables(const struct run *run, struct ledger_files *files,
                                struct error *err)
{
    uint64_t n = files->n_table;
    enum status st = STATUS_OK;

    comm_broadcast(run, &n, sizeof n);
    files->n_table = n;
    if (run->rank != 0)
        files->table = mem_array(n, sizeof *files->table);
    files->first_row = mem_array(n + 1, sizeof *files->first_row);
    files->sha256 = mem_array(files->list.n, sizeof *files->sha256);
    if (!files->table || !files->first_row || !files->sha256)
        st = error_no_memory(err, "the list of files");
    TRY(run_agree(run, st, err));
    comm_broadcast(run, files->table, n * sizeof *files->table);
done:
    return st;
}

/* ---- the two calls ------------------------------------------------------------------------- */

enum status ingest_inspect(const struct run *run, const char *const *operand, size_t n_operand,
                           const struct ledger_terms *terms, bool stacked,
                           struct ledger_files *files, struct error *err)
{
    struct ledger_files seen = {.n_byte = 0};
    struct input_tables tables = {.n = 0};
    enum status st = STATUS_OK;

    if (run->rank == 0)
        st = input_list_expand(operand, n_operand, &seen.list, err);
    for (size_t f = 0; f < seen.list.n && st == STATUS_OK; f++)
        st = input_inspect(seen.list.path[f], (int32_t)f, terms, stacked, &tables, err);
    seen.table = tables.table;
    seen.n_table = tables.n;
    TRY(run_agree(run, st, err));
    TRY(share_list(run, &seen.list, err));
    TRY(share_tables(run, &seen, err));
    for (size_t t = 0; t < seen.n_table; t++)
        seen.n_byte += table_weight(&seen.table[t]);
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
    int64_t n_everywhere = (int64_t)n_lane * run->n_rank;
    enum status st = STATUS_OK;

    if (lane == NULL || read.block == NULL)
        st = error_no_memory(err, "reading the ledger");
    for (size_t l = 0; l < n_lane && st == STATUS_OK; l++)
        st = lane_prepare(files, lane_begin(run, files, l), lane_begin(run, files, l + 1),
                          &lane[l], err);
    TRY(run_agree(run, st, err));
    if (run->n_rank > 1 || n_lane > 1) {
#pragma omp parallel for default(none) shared(files, lane, n_lane) schedule(static, 1)
        for (size_t l = 0; l < n_lane; l++)
            count_lane(files, &lane[l]);
        TRY(run_agree(run, lanes_status(lane, n_lane, err), err));
        TRY(sum_before(run, lane, n_lane, files->n_table, err));
    }
#pragma omp parallel for default(none) shared(run, files, lane, n_lane, n_everywhere, log)     \
    schedule(static, 1)
    for (size_t l = 0; l < n_lane; l++)
        if (l == 0)
            parse_and_hash(run, files, &lane[l], n_everywhere, log);
        else
            parse_lane(files, &lane[l], n_everywhere, NULL);
    TRY(run_agree(run, lanes_status(lane, n_lane, err), err));
    TRY(number_rows(run, lane, n_lane, files, err));
    input_hash_share(run, files);
    for (size_t l = 0; l < n_lane; l++) {
        read.block[l] = lane[l].block;
        lane[l].block = NULL;
    }
    *shard = read;
    read = (struct shard){0};
done:
    shard_free(&read);
    for (size_t l = 0; lane != NULL && l < n_lane; l++)
        lane_free(&lane[l]);
    free(lane);
    return st;
}

void ledger_files_free(struct ledger_files *files)
{
    input_list_free(&files->list);
    free(files->sha256);
    free(files->table);
    free(files->first_row);
    *files = (struct ledger_files){0};
}

void shard_free(struct shard *shard)
{
    for (size_t b = 0; shard->block != NULL && b < shard->n_block; b++)
        ledger_block_free(shard->block[b]);
    free(shard->block);
    *shard = (struct shard){0};
}
