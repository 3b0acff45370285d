/* Reading in parallel against reading the same bytes at once: for every number of lanes, so that
 * cuts fall on every kind of byte (inside quotes, between CR and LF, on a newline in a field). */
#include "date.h"
#include "ingest.h"
#include "mem.h"
#include "mpi_suite.h"
#include "sha256.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LANES_MAX = 41 };

static const char HEADER[] = "Asofdate,Company,Account,AU,Comments,Match Status,GL Balance,"
                             "IHub balance,Balance difference\r\n";

static const struct ledger_terms TERMS = {
    .date_orders = DATE_MONTH_FIRST | DATE_DAY_FIRST, .tolerance = 1, .decimal_mark = '.'};

/* Records of every awkward shape; NUMBER is replaced by a running number. */
static const char *const SHAPE[] = {
    "2024-01-31,C1,100,7,plain,Match,NUMBER,0,NUMBER\n",
    "2024-01-31,C1,100,7,\"quoted, with comma\",Match,NUMBER,1,0\r\n",
    "2024-02-29,C2,\"1\n00\",7,\"two\r\nlines \"\"and quotes\"\"\",Break,NUMBER,0,NUMBER\r\n",
    "\r\n",
    "2024-02-29,C2,100,8,\"\"\"\",Break,NUMBER,0,NUMBER\n",
    "2024-02-29,,100,8,dropped,Break,NUMBER,0,NUMBER\n",
    "2024-03-31,C3,100,8,\"\n\n\n,,,\"\"\n\",Break,\"1,234.5\",0,NUMBER\n",
};

static char *make_text(int n_record, bool final_newline, size_t *length)
{
    char *text = mem_array((size_t)n_record * 128 + sizeof HEADER, 1), *end = text;

    end += sprintf(end, "%s", HEADER);
    for (int i = 0; i < n_record; i++) {
        const char *shape = SHAPE[i * 5 % (int)(sizeof SHAPE / sizeof SHAPE[0])];
        while (*shape != '\0')
            if (strncmp(shape, "NUMBER", 6) == 0) {
                end += sprintf(end, "%d.25", i);
                shape += 6;
            } else {
                *end++ = *shape++;
            }
    }
    while (!final_newline && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    *length = (size_t)(end - text);
    return text;
}

/* A file of this text that all ranks see; path[64] out. */
static void share_file(const char *text, size_t length, char path[64])
{
    const struct run *run = mpi_suite_ranks();

    if (run->rank == 0) {
        strcpy(path, "/tmp/tieout-ingest-XXXXXX");
        int fd = mkstemp(path);
        CU_ASSERT_FATAL(fd >= 0 && write(fd, text, length) == (ssize_t)length);
        close(fd);
    }
    MPI_Bcast(path, 64, MPI_CHAR, 0, run->comm);
}

static void unshare_file(const char *path)
{
    MPI_Barrier(mpi_suite_ranks()->comm);
    if (mpi_suite_ranks()->rank == 0)
        unlink(path);
}

static bool same_text(const struct dict *a, uint32_t x, const struct dict *b, uint32_t y)
{
    size_t n, m;
    const char *s = dict_text(a, x, &n), *t = dict_text(b, y, &m);

    return n == m && memcmp(s, t, n) == 0;
}

static bool same_row(const struct ledger_block *a, const struct row *x,
                     const struct ledger_block *b, const struct row *y)
{
    bool same =
        x->gl == y->gl && x->ihub == y->ihub && x->difference == y->difference &&
        same_text(a->dict[DICT_DATE], (uint32_t)x->date, b->dict[DICT_DATE], (uint32_t)y->date);

    for (int c = 0; c < N_CODE; c++)
        same = same && same_text(a->dict[c], x->code[c], b->dict[c], y->code[c]);
    return same;
}

/* What this rank's blocks begin with, given what lower ranks have: rows, records and rejects. */
static void before_me(const struct shard *shard, int64_t before[3])
{
    int64_t mine[3] = {0, 0, 0};

    for (size_t b = 0; b < shard->n_block; b++) {
        mine[0] += (int64_t)shard->block[b]->n_row;
        mine[1] += shard->block[b]->n_record;
        mine[2] += (int64_t)shard->block[b]->n_reject;
    }
    memset(before, 0, 3 * sizeof *before);
    MPI_Exscan(mine, before, 3, MPI_INT64_T, MPI_SUM, mpi_suite_ranks()->comm);
    if (mpi_suite_ranks()->rank == 0)
        memset(before, 0, 3 * sizeof *before);
}

static bool same_as_whole(const struct shard *shard, const struct ledger_block *whole)
{
    int64_t before[3];
    bool same = true;

    before_me(shard, before);
    for (size_t b = 0; b < shard->n_block; b++) {
        const struct ledger_block *block = shard->block[b];
        for (size_t i = 0; i < block->n_row && same; i++) {
            const struct row *want = &whole->row[before[0] + (int64_t)i];
            same = before[0] + (int64_t)i < (int64_t)whole->n_row &&
                   same_row(block, &block->row[i], whole, want) &&
                   block->row[i].row_number + before[1] == want->row_number;
        }
        for (size_t i = 0; i < block->n_reject && same; i++) {
            const struct reject *want = &whole->reject[before[2] + (int64_t)i];
            same =
                block->reject[i].line == want->line && block->reject[i].reason == want->reason;
        }
        before[0] += (int64_t)block->n_row;
        before[1] += block->n_record;
        before[2] += (int64_t)block->n_reject;
    }
    return same;
}

/* The text parsed in one go. */
static struct ledger_block *parse_whole(const char *text, size_t length,
                                        const struct input_table *table)
{
    struct ledger_block *block = ledger_block_create();
    int64_t line = 1 + table->header_lines;
    size_t n = length - (size_t)table->data_begin, used;
    bool more;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(ledger_parse(text + table->data_begin, n, n, true, &table->layout, 0,
                                       "whole", &line, &used, &more, block, &err),
                          STATUS_OK);
    return block;
}

static void check_every_cut(int n_record, bool final_newline)
{
    size_t length;
    char path[64], *text = make_text(n_record, final_newline, &length);
    const char *paths[1] = {path};
    struct run run = *mpi_suite_ranks();
    struct error err = {0};

    share_file(text, length, path);
    for (run.n_thread = 1; run.n_thread <= LANES_MAX; run.n_thread++) {
        struct ledger_files files = {0};
        struct shard shard = {0};
        CU_ASSERT_EQUAL_FATAL(ingest_inspect(&run, paths, 1, &TERMS, false, &files, &err),
                              STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(ingest_read(&run, NULL, &files, &shard, &err), STATUS_OK);
        struct ledger_block *whole = parse_whole(text, length, &files.table[0]);
        CU_ASSERT_EQUAL(files.first_row[1], whole->n_record);
        CU_ASSERT_TRUE(same_as_whole(&shard, whole));
        ledger_block_free(whole);
        shard_free(&shard);
        ledger_files_free(&files);
    }
    unshare_file(path);
    free(text);
}

static void any_cut_gives_the_rows_of_reading_at_once(void)
{
    check_every_cut(2, true);
    check_every_cut(7, false);
    check_every_cut(40, true);
    check_every_cut(41, false);
}

static void a_lost_quote_is_named_by_file_and_line(void)
{
    static const char bad[] = "2024-01-31,C1,1,7,ok,Match,1,1,0\n"
                              "2024-01-31,C1,2,7,5\" pipe,Match,1,1,0\n"
                              "2024-01-31,C1,3,7,ok,Match,1,1,0\n";
    struct run run = *mpi_suite_ranks();
    struct error err = {0};
    struct ledger_files files = {0};
    struct shard shard = {0};
    char text[512], path[64];
    const char *paths[1] = {path};

    int length = snprintf(text, sizeof text, "%s%s", HEADER, bad);
    share_file(text, (size_t)length, path);
    run.n_thread = 3;
    CU_ASSERT_EQUAL_FATAL(ingest_inspect(&run, paths, 1, &TERMS, false, &files, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(ingest_read(&run, NULL, &files, &shard, &err), STATUS_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 3"));
    CU_ASSERT_PTR_NULL(shard.block);
    unshare_file(path);
    ledger_files_free(&files);
}

/* Files of 1 byte of data to many, so that ranks begin, share, end and pass over files. */
static void every_rank_knows_the_hash_of_each_file(void)
{
    enum { N_FILE = 5 };
    static const int n_record[N_FILE] = {1, 3, 400, 2, 90};
    const struct run *run = mpi_suite_ranks();
    struct ledger_files files = {0};
    struct shard shard = {0};
    struct error err = {0};
    char path[N_FILE][64];
    const char *paths[N_FILE];

    for (int f = 0; f < N_FILE; f++) {
        size_t length;
        char *text = make_text(n_record[f], true, &length);
        share_file(text, length, path[f]);
        paths[f] = path[f];
        free(text);
    }
    CU_ASSERT_EQUAL_FATAL(ingest_inspect(run, paths, N_FILE, &TERMS, false, &files, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(ingest_read(run, NULL, &files, &shard, &err), STATUS_OK);
    for (int f = 0; f < N_FILE; f++) {
        char hex[SHA256_HEX];
        CU_ASSERT_EQUAL(sha256_file(path[f], hex, &err), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(files.sha256[f], hex);
    }
    for (int f = 0; f < N_FILE; f++)
        unshare_file(path[f]);
    shard_free(&shard);
    ledger_files_free(&files);
}

int main(void)
{
    static const struct fact facts[] = {
        {"any cut gives the rows of reading at once",
         any_cut_gives_the_rows_of_reading_at_once},
        {"a lost quote is named by file and line", a_lost_quote_is_named_by_file_and_line},
        {"every rank knows the hash of each file", every_rank_knows_the_hash_of_each_file},
    };

    return mpi_suite_run("ingest", facts, sizeof facts / sizeof facts[0]);
}
