/* Rows to the owners of their groups. Placing hash buckets by size instead of keys by hash
 * keeps the ranks even whatever the sizes of the groups are, and costs one sum over a table of
 * a fixed size.
 *
 * Rows leave from the last to the first, and the array they leave gets shorter by as much as
 * the one they arrive in fills: a rank never holds more than its rows and a piece of them. */
#include "shuffle.h"

#include "comm.h"
#include "group.h"
#include "mem.h"

#include <stdlib.h>

enum { BUCKETS_PER_RANK = 64, BUCKETS_MIN = 1024, BUCKETS_MAX = 1 << 20 };

/* Rows on their way out. */
struct leaving {
    struct encoded *rows; /* from the last on they are sent and given back */
    unsigned key;
    size_t n_bucket;
    const int *owner; /* [n_bucket] the rank each bucket goes to */
    int n_rank;
    size_t *place; /* [n_rank] where the next row for each rank goes in the piece */
};

static size_t bucket_count(int n_rank)
{
    size_t n = BUCKETS_MIN;

    while (n < (size_t)n_rank * BUCKETS_PER_RANK && n < BUCKETS_MAX)
        n *= 2;
    return n;
}

static size_t bucket_of(const struct row *row, unsigned key, size_t n_bucket)
{
    return (size_t)(group_hash(row, key) & (n_bucket - 1));
}

/* A bucket waiting for its rank. */
struct bucket {
    int64_t n_row;
    size_t number;
};

static int largest_first(const void *a, const void *b)
{
    const struct bucket *x = a, *y = b;

    if (x->n_row != y->n_row)
        return x->n_row > y->n_row ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Moves the rank at the top of the heap down to where its load belongs. */
static void sift_down(int *heap, int n, const int64_t *load)
{
    for (int at = 0, child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && load[heap[child + 1]] < load[heap[child]])
            child++;
        if (load[heap[at]] <= load[heap[child]])
            break;
        int moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
    }
}

/* owner[n_bucket] out: the largest bucket first, each to the rank that has least so far
 * (Graham 1969: at most a third above the best possible, and close to it with many buckets). */
static enum status place_buckets(const int64_t *size, size_t n_bucket, int n_rank, int *owner,
                                 struct error *err)
{
    struct bucket *bucket = mem_array(n_bucket, sizeof *bucket);
    int64_t *load = mem_array((size_t)n_rank, sizeof *load);
    int *heap = mem_array((size_t)n_rank, sizeof *heap); /* the least loaded on top */
    enum status st = STATUS_OK;

    if (bucket == NULL || load == NULL || heap == NULL) {
        st = error_no_memory(err, "the plan of the exchange");
        goto done;
    }
    for (size_t b = 0; b < n_bucket; b++)
        bucket[b] = (struct bucket){size[b], b};
    for (int r = 0; r < n_rank; r++)
        heap[r] = r;
    qsort(bucket, n_bucket, sizeof *bucket, largest_first);
    for (size_t b = 0; b < n_bucket; b++) {
        owner[bucket[b].number] = heap[0];
        load[heap[0]] += bucket[b].n_row;
        sift_down(heap, n_rank, load);
    }
done:
    free(bucket);
    free(load);
    free(heap);
    return st;
}

static int owner_of(const struct leaving *leaving, const struct row *row)
{
    return leaving->owner[bucket_of(row, leaving->key, leaving->n_bucket)];
}

/* The last n rows, ordered by receiver; their memory goes back to the system. */
static void take_rows(void *source, size_t n, void *out, int *n_to)
{
    struct leaving *leaving = source;
    struct encoded *rows = leaving->rows;
    const struct row *last = rows->row + (rows->n_row - n);
    struct row *piece = out;
    size_t at = 0;

    for (size_t i = 0; i < n; i++)
        n_to[owner_of(leaving, &last[i])]++;
    for (int r = 0; r < leaving->n_rank; r++) {
        leaving->place[r] = at;
        at += (size_t)n_to[r];
    }
    for (size_t i = 0; i < n; i++)
        piece[leaving->place[owner_of(leaving, &last[i])]++] = last[i];
    rows->n_row -= n;
    struct row *shorter = mem_resize(rows->row, rows->n_row, sizeof *rows->row);
    rows->row = shorter != NULL ? shorter : rows->row;
}

/* Finds an owner for every bucket. size[n_bucket] and n_to[n_rank], zero before, out: rows in
 * each bucket of all ranks, and rows of this rank for each rank. All ranks. */
static enum status plan_owners(const struct run *run, const struct encoded *mine, unsigned key,
                               size_t n_bucket, int *owner, int64_t *n_to, struct error *err)
{
    int64_t *here = mem_array(n_bucket, sizeof *here),
            *size = mem_array(n_bucket, sizeof *size);
    enum status st = STATUS_OK;

    if (here == NULL || size == NULL)
        st = error_no_memory(err, "the plan of the exchange");
    TRY(run_agree(run, st, err));
    for (size_t i = 0; i < mine->n_row; i++)
        here[bucket_of(&mine->row[i], key, n_bucket)]++;
    MPI_Allreduce(here, size, (int)n_bucket, MPI_INT64_T, MPI_SUM, run->comm);
    TRY(run_agree(run, place_buckets(size, n_bucket, run->n_rank, owner, err), err));
    for (size_t b = 0; b < n_bucket; b++)
        n_to[owner[b]] += here[b];
done:
    free(here);
    free(size);
    return st;
}

enum status shuffle_rows(const struct run *run, unsigned key, size_t piece,
                         struct encoded *mine, struct encoded *whole, struct error *err)
{
    size_t n_bucket = bucket_count(run->n_rank);
    int *owner = mem_array(n_bucket, sizeof *owner);
    int64_t *n_to = mem_array((size_t)run->n_rank, sizeof *n_to), n_received = 0;
    size_t *place = mem_array((size_t)run->n_rank, sizeof *place);
    void *received = NULL;
    enum status st = STATUS_OK;

    if (run->n_rank == 1) {
        *whole = *mine;
        *mine = (struct encoded){0};
        goto done;
    }
    if (owner == NULL || n_to == NULL || place == NULL)
        st = error_no_memory(err, "the plan of the exchange");
    TRY(run_agree(run, st, err));
    TRY(plan_owners(run, mine, key, n_bucket, owner, n_to, err));
    struct leaving leaving = {mine, key, n_bucket, owner, run->n_rank, place};
    TRY(comm_exchange(run, sizeof(struct row), n_to, take_rows, &leaving, piece, &received,
                      &n_received, err));
    encoded_free(mine);
    whole->row = received;
    whole->n_row = (size_t)n_received;
done:
    free(owner);
    free(n_to);
    free(place);
    return st;
}
