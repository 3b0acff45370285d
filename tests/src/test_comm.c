/* Exchanges against what each rank can compute alone: every record says where it comes from. */
#include "comm.h"
#include "mem.h"
#include "mpi_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
    int32_t from, to;
    int64_t number;
};

/* How many records rank `from` sends to rank `to`: uneven, some none, one large. */
static int64_t amount(int from, int to, int64_t unit)
{
    if ((from + to) % 3 == 1)
        return 0;
    return from == 0 && to == 0 ? 7 * unit : (from * 5 + to * 3 + 1) % 4 * unit + to;
}

/* What is not yet taken of the records to every rank. */
struct supply {
    const struct run *run;
    int32_t *to;   /* [n_left] receiver of each record */
    int64_t *n_to; /* [n_rank] left for each */
    int64_t n_left;
};

static void take_records(void *source, size_t n, void *out, int *n_to)
{
    struct supply *supply = source;
    struct record *record = out;
    const int32_t *to = supply->to + (supply->n_left - (int64_t)n);
    size_t at = 0;

    for (int r = 0; r < supply->run->n_rank; r++) {
        for (size_t i = 0; i < n; i++)
            n_to[r] += to[i] == r;
        supply->n_to[r] -= n_to[r];
        for (int i = 0; i < n_to[r]; i++)
            record[at++] = (struct record){supply->run->rank, r, supply->n_to[r] + i};
    }
    supply->n_left -= (int64_t)n;
}

/* Receivers of all records in one order: round after round of those that still get one. */
static void interleave(const int64_t *n_to, int n_rank, int32_t *to)
{
    bool found = true;

    for (int64_t round = 0; found; round++) {
        found = false;
        for (int r = 0; r < n_rank; r++)
            if (n_to[r] > round) {
                *to++ = r;
                found = true;
            }
    }
}

static void check_exchange(int64_t unit, size_t piece)
{
    const struct run *run = mpi_suite_ranks();
    struct supply supply = {.run = run,
                            .n_to = mem_array((size_t)run->n_rank, sizeof *supply.n_to)};
    int64_t *n_to = mem_array((size_t)run->n_rank, sizeof *n_to), n = 0, at = 0;
    struct error err = {0};
    void *received = NULL;
    bool right = true;

    for (int r = 0; r < run->n_rank; r++)
        supply.n_left += supply.n_to[r] = n_to[r] = amount(run->rank, r, unit);
    supply.to = mem_array((size_t)supply.n_left, sizeof *supply.to);
    interleave(n_to, run->n_rank, supply.to);
    CU_ASSERT_EQUAL_FATAL(comm_exchange(run, sizeof(struct record), n_to, take_records, &supply,
                                        piece, &received, &n, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(supply.n_left, 0);
    const struct record *record = received;
    for (int from = 0; from < run->n_rank; from++)
        for (int64_t i = 0; i < amount(from, run->rank, unit); i++, at++)
            right = right && at < n && record[at].from == from && record[at].to == run->rank &&
                    record[at].number == i;
    CU_ASSERT_TRUE(right);
    CU_ASSERT_EQUAL(at, n);
    free(received);
    free(n_to);
    free(supply.n_to);
    free(supply.to);
}

static void exchange_keeps_order_whatever_the_piece(void)
{
    check_exchange(10, 1); /* one record a rank and round */
    check_exchange(10, 200);
    check_exchange(1000, 4096);
    check_exchange(1000, COMM_PIECE);
}

/* Bytes for the last rank alone; *source are left. */
static void take_bytes(void *source, size_t n, void *out, int *n_to)
{
    int64_t *left = source;
    unsigned char *byte = out;
    int last = mpi_suite_ranks()->n_rank - 1;

    *left -= (int64_t)n;
    for (size_t i = 0; i < n; i++)
        byte[i] = (unsigned char)((*left + (int64_t)i) % 251 + last);
    n_to[last] = (int)n;
}

/* 2^31 + 5 records from the first rank to the last: needs about 3 GB, so only when asked for. */
static void exchange_counts_beyond_an_int(void)
{
    const struct run *run = mpi_suite_ranks();
    const int64_t n = (INT64_C(1) << 31) + 5;
    int64_t *n_to = mem_array((size_t)run->n_rank, sizeof *n_to), n_received = 0, left = n;
    struct error err = {0};
    void *received = NULL;
    int last = run->n_rank - 1;
    bool right = true;

    if (run->rank == 0)
        n_to[last] = n;
    CU_ASSERT_EQUAL_FATAL(comm_exchange(run, 1, n_to, take_bytes, &left, COMM_PIECE, &received,
                                        &n_received, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(n_received, run->rank == last ? n : 0);
    for (int64_t i = 0; i < n_received; i++)
        right = right && ((unsigned char *)received)[i] == (unsigned char)(i % 251 + last);
    CU_ASSERT_TRUE(right);
    free(received);
    free(n_to);
}

static void exchange_of_nothing_gives_nothing(void)
{
    check_exchange(0, 64);
}

static void gather_all_joins_by_rank(void)
{
    const struct run *run = mpi_suite_ranks();
    int64_t mine[5], n_all = 0, at = 0;
    struct error err = {0};
    void *all = NULL;

    for (int i = 0; i < 5; i++)
        mine[i] = run->rank * 100 + i;
    CU_ASSERT_EQUAL_FATAL(
        comm_gather_all(run, sizeof *mine, mine, run->rank % 5, &all, &n_all, &err), STATUS_OK);
    for (int r = 0; r < run->n_rank; r++)
        for (int i = 0; i < r % 5; i++, at++)
            CU_ASSERT_EQUAL(((int64_t *)all)[at], r * 100 + i);
    CU_ASSERT_EQUAL(at, n_all);
    free(all);
}

static void gather_joins_on_rank_0(void)
{
    const struct run *run = mpi_suite_ranks();
    double mine[3] = {run->rank, run->rank + 0.25, run->rank + 0.5};
    int64_t *n_of = mem_array((size_t)run->n_rank, sizeof *n_of), at = 0;
    double *all = mem_array(3 * (size_t)run->n_rank, sizeof *all);

    for (int r = 0; r < run->n_rank; r++)
        n_of[r] = (r + 1) % 4;
    comm_gather(run, sizeof *mine, mine, n_of[run->rank], n_of, all);
    for (int r = 0; run->rank == 0 && r < run->n_rank; r++)
        for (int i = 0; i < n_of[r]; i++, at++)
            CU_ASSERT_EQUAL(all[at], r + 0.25 * i);
    CU_PASS("other ranks only send");
    free(n_of);
    free(all);
}

static void broadcast_crosses_pieces(void)
{
    const struct run *run = mpi_suite_ranks();
    size_t n = (size_t)COMM_PIECE + 12345;
    unsigned char *byte = mem_array(n, 1);
    bool right = true;

    for (size_t i = 0; run->rank == 0 && i < n; i++)
        byte[i] = (unsigned char)(i * 7 + i / 251);
    comm_broadcast(run, byte, n);
    for (size_t i = 0; i < n; i++)
        right = right && byte[i] == (unsigned char)(i * 7 + i / 251);
    CU_ASSERT_TRUE(right);
    free(byte);
}

/* Rank r knows the words r, r + 1, ... of a list in which every word is on several ranks. */
static void merged_texts_are_the_sorted_union_everywhere(void)
{
    const struct run *run = mpi_suite_ranks();
    struct dict *dict = dict_create();
    struct texts mine = {0}, all = {0};
    struct error err = {0};
    uint32_t rank[64];
    char word[16];
    int n_word = run->n_rank + 9;

    for (int i = run->rank + 9; i >= run->rank; i--) {
        snprintf(word, sizeof word, "w%03d", i);
        dict_code(dict, word, strlen(word));
    }
    CU_ASSERT_EQUAL_FATAL(dict_sort(dict, &mine, rank, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(comm_merge_texts(run, &mine, &all, &err), STATUS_OK);
    CU_ASSERT_PTR_NULL(mine.byte);
    CU_ASSERT_EQUAL_FATAL(all.n, (size_t)n_word);
    for (int i = 0; i < n_word; i++) {
        snprintf(word, sizeof word, "w%03d", i);
        CU_ASSERT_EQUAL_FATAL(all.start[i + 1] - all.start[i], strlen(word));
        CU_ASSERT_EQUAL(memcmp(all.byte + all.start[i], word, strlen(word)), 0);
    }
    texts_free(&all);
    dict_free(dict);
}

static void merging_empty_lists_gives_an_empty_list(void)
{
    struct dict *dict = dict_create();
    struct texts mine = {0}, all = {0};
    struct error err = {0};
    uint32_t rank[1];

    CU_ASSERT_EQUAL_FATAL(dict_sort(dict, &mine, rank, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(comm_merge_texts(mpi_suite_ranks(), &mine, &all, &err), STATUS_OK);
    CU_ASSERT_EQUAL(all.n, 0);
    texts_free(&all);
    dict_free(dict);
}

int main(void)
{
    static const struct fact large[] = {
        {"an exchange counts beyond an int", exchange_counts_beyond_an_int}};
    static const struct fact facts[] = {
        {"an exchange keeps order whatever the piece", exchange_keeps_order_whatever_the_piece},
        {"an exchange of nothing gives nothing", exchange_of_nothing_gives_nothing},
        {"gather_all joins by rank", gather_all_joins_by_rank},
        {"gather joins on rank 0", gather_joins_on_rank_0},
        {"a broadcast crosses pieces", broadcast_crosses_pieces},
        {"merged texts are the sorted union on every rank",
         merged_texts_are_the_sorted_union_everywhere},
        {"merging empty lists gives an empty list", merging_empty_lists_gives_an_empty_list},
    };

    if (getenv("TIEOUT_TEST_LARGE") != NULL)
        return mpi_suite_run("comm, large", large, 1);
    return mpi_suite_run("comm", facts, sizeof facts / sizeof facts[0]);
}
