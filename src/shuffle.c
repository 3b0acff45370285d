/* Rows to the owners of their groups. Placing hash buckets by size instead of keys by hash
 * keeps the ranks even whatever the sizes of the groups are, and costs one sum over a table of
 * a fixed size. */
#include "shuffle.h"

#include "comm.h"
#include "group.h"
#include "mem.h"

#include <stdlib.h>

enum { BUCKETS_PER_RANK = 64, BUCKETS_MIN = 1024, BUCKETS_MAX = 1 << 20 };

/* This rank's rows by the rank they go to. */
struct send_plan {
    const struct row *row;
    int64_t *n_to;  /* [n_rank] */
    int64_t *start; /* [n_rank] of each rank's rows in index */
    size_t *index;  /* rows ordered by receiver, in input order for each */
};

static void send_plan_free(struct send_plan *plan)
{
    free(plan->n_to);
    free(plan->start);
    free(plan->index);
}

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

static enum status plan_by_owner(const struct encoded *mine, unsigned key, const int *owner,
                                 size_t n_bucket, int n_rank, struct send_plan *plan,
                                 struct error *err)
{
    plan->row = mine->row;
    plan->n_to = mem_array((size_t)n_rank, sizeof *plan->n_to);
    plan->start = mem_array((size_t)n_rank, sizeof *plan->start);
    plan->index = mem_array(mine->n_row, sizeof *plan->index);
    if (plan->n_to == NULL || plan->start == NULL || plan->index == NULL)
        return error_no_memory(err, "the plan of the exchange");
    for (size_t i = 0; i < mine->n_row; i++)
        plan->n_to[owner[bucket_of(&mine->row[i], key, n_bucket)]]++;
    for (int r = 1; r < n_rank; r++)
        plan->start[r] = plan->start[r - 1] + plan->n_to[r - 1];
    for (size_t i = 0; i < mine->n_row; i++)
        plan->index[plan->start[owner[bucket_of(&mine->row[i], key, n_bucket)]]++] = i;
    for (int r = 0; r < n_rank; r++) /* start moved to each end: move it back */
        plan->start[r] -= plan->n_to[r];
    return STATUS_OK;
}

static void pack_rows(const void *source, int to, int64_t first, int64_t n, void *out)
{
    const struct send_plan *plan = source;
    struct row *row = out;

    for (int64_t i = 0; i < n; i++)
        row[i] = plan->row[plan->index[plan->start[to] + first + i]];
}

enum status shuffle_rows(const struct run *run, unsigned key, size_t piece,
                         struct encoded *mine, struct encoded *whole, struct error *err)
{
    size_t n_bucket = bucket_count(run->n_rank);
    int64_t *size = mem_array(n_bucket, sizeof *size);
    int *owner = mem_array(n_bucket, sizeof *owner);
    struct send_plan plan = {0};
    void *received = NULL;
    int64_t n_received = 0;
    enum status st = STATUS_OK;

    if (run->n_rank == 1) {
        *whole = *mine;
        *mine = (struct encoded){0};
        goto done;
    }
    if (size == NULL || owner == NULL)
        st = error_no_memory(err, "the plan of the exchange");
    TRY(run_agree(run, st, err));
    for (size_t i = 0; i < mine->n_row; i++)
        size[bucket_of(&mine->row[i], key, n_bucket)]++;
    MPI_Allreduce(MPI_IN_PLACE, size, (int)n_bucket, MPI_INT64_T, MPI_SUM, run->comm);
    st = place_buckets(size, n_bucket, run->n_rank, owner, err);
    if (st == STATUS_OK)
        st = plan_by_owner(mine, key, owner, n_bucket, run->n_rank, &plan, err);
    TRY(run_agree(run, st, err));
    TRY(comm_exchange(run, sizeof(struct row), plan.n_to, pack_rows, &plan, piece, &received,
                      &n_received, err));
    encoded_free(mine);
    whole->row = received;
    whole->n_row = (size_t)n_received;
done:
    send_plan_free(&plan);
    free(size);
    free(owner);
    return st;
}
