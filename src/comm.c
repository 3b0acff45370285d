/* Large exchanges in bounded pieces. MPI counts and displacements are int (Open MPI 4.1 has no
 * _c calls), so every byte count is 64-bit here and is cut before MPI sees it; records travel as
 * one contiguous datatype, so displacements count records. */
#include "comm.h"

#include "mem.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int as_int(int64_t n)
{
    assert(n >= 0 && n <= INT_MAX);
    return (int)n;
}

static MPI_Datatype record_type(size_t record)
{
    MPI_Datatype type;

    MPI_Type_contiguous(as_int((int64_t)record), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    return type;
}

/* ---- everyone to everyone ------------------------------------------------------------------ */

/* Records on their way. Arrays are [n_rank]. */
struct exchange {
    size_t record;
    int64_t room; /* records of a round */
    int64_t n_left, n_round;
    int64_t *end; /* of what is still to come from each rank, in `all` */
    int *n_to, *n_from;
    MPI_Request *request; /* [2 * n_rank] */
    char *send;
    char *all;
    int64_t n_all;
};

static void exchange_free(struct exchange *x)
{
    free(x->end);
    free(x->n_to);
    free(x->n_from);
    free(x->request);
    free(x->send);
    free(x->all);
}

static enum status exchange_plan(const struct run *run, size_t record, const int64_t *n_to,
                                 size_t piece, struct exchange *x, struct error *err)
{
    size_t n_rank = (size_t)run->n_rank;
    enum status st = STATUS_OK;

    x->record = record;
    x->room = piece > record ? (int64_t)(piece / record) : 1;
    x->end = mem_array(n_rank, sizeof *x->end);
    x->n_to = mem_array(n_rank, sizeof *x->n_to);
    x->n_from = mem_array(n_rank, sizeof *x->n_from);
    x->request = mem_array(2 * n_rank, sizeof *x->request);
    if (!x->end || !x->n_to || !x->n_from || !x->request)
        st = error_no_memory(err, "the table of an exchange");
    TRY(run_agree(run, st, err));
    MPI_Alltoall(n_to, 1, MPI_INT64_T, x->end, 1, MPI_INT64_T, run->comm);
    for (size_t r = 0; r < n_rank; r++) {
        x->n_left += n_to[r];
        x->n_all += x->end[r];
        x->end[r] = x->n_all;
    }
    x->n_round = (x->n_left + x->room - 1) / x->room;
    MPI_Allreduce(MPI_IN_PLACE, &x->n_round, 1, MPI_INT64_T, MPI_MAX, run->comm);
    x->all = mem_array((size_t)x->n_all, record);
    x->send = mem_array((size_t)(x->n_left < x->room ? x->n_left : x->room), record);
    if (x->all == NULL || x->send == NULL)
        st = error_no_memory(err, "the rows of this rank");
    TRY(run_agree(run, st, err));
done:
    return st;
}

/* Sends what lies in x->send, n_to[r] records for each rank r; what comes goes to where it
 * stays. */
static void exchange_round(const struct run *run, MPI_Datatype type, struct exchange *x)
{
    const char *next = x->send;
    int n_request = 0;

    MPI_Alltoall(x->n_to, 1, MPI_INT, x->n_from, 1, MPI_INT, run->comm);
    for (int r = 0; r < run->n_rank; r++) {
        x->end[r] -= x->n_from[r];
        if (r != run->rank && x->n_from[r] > 0)
            MPI_Irecv(x->all + (size_t)x->end[r] * x->record, x->n_from[r], type, r, 0,
                      run->comm, &x->request[n_request++]);
    }
    for (int r = 0; r < run->n_rank; r++) {
        size_t n_byte = (size_t)x->n_to[r] * x->record;
        if (r == run->rank)
            memcpy(x->all + (size_t)x->end[r] * x->record, next, n_byte);
        else if (n_byte > 0)
            MPI_Isend(next, x->n_to[r], type, r, 0, run->comm, &x->request[n_request++]);
        next += n_byte;
    }
    MPI_Waitall(n_request, x->request, MPI_STATUSES_IGNORE);
}

enum status comm_exchange(const struct run *run, size_t record, const int64_t *n_to,
                          void (*take)(void *source, size_t n, void *out, int *n_to),
                          void *source, size_t piece, void **received, int64_t *n_received,
                          struct error *err)
{
    struct exchange x = {0};
    enum status st = STATUS_OK;

    TRY(exchange_plan(run, record, n_to, piece, &x, err));
    MPI_Datatype type = record_type(record);
    for (int64_t round = 0; round < x.n_round; round++) {
        int64_t n = x.n_left < x.room ? x.n_left : x.room;
        memset(x.n_to, 0, (size_t)run->n_rank * sizeof *x.n_to);
        if (n > 0)
            take(source, (size_t)n, x.send, x.n_to);
        x.n_left -= n;
        exchange_round(run, type, &x);
    }
    MPI_Type_free(&type);
    *received = x.all;
    *n_received = x.n_all;
    x.all = NULL;
done:
    exchange_free(&x);
    return st;
}

/* ---- everyone to everyone, the same -------------------------------------------------------- */

void comm_broadcast(const struct run *run, void *byte, size_t n)
{
    char *next = byte;

    for (size_t left = n; left > 0;) {
        size_t part = left < COMM_PIECE ? left : COMM_PIECE;
        MPI_Bcast(next, (int)part, MPI_BYTE, 0, run->comm);
        next += part;
        left -= part;
    }
}

bool comm_share_first(const struct run *run, bool mine, void *byte, size_t n)
{
    int first = mine ? run->rank : run->n_rank;

    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, run->comm);
    if (first < run->n_rank)
        MPI_Bcast(byte, (int)n, MPI_BYTE, first, run->comm);
    return first == run->rank;
}

enum status comm_gather_all(const struct run *run, size_t record, const void *mine, int64_t n,
                            void **all, int64_t *n_all, struct error *err)
{
    size_t n_rank = (size_t)run->n_rank;
    int64_t *n_of = mem_array(n_rank, sizeof *n_of);
    int *count = mem_array(n_rank, sizeof *count), *at = mem_array(n_rank, sizeof *at);
    char *joined = NULL;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    int64_t total = 0;
    enum status st = STATUS_OK;

    if (n_of == NULL || count == NULL || at == NULL)
        st = error_no_memory(err, "the table of a gather");
    TRY(run_agree(run, st, err));
    MPI_Allgather(&n, 1, MPI_INT64_T, n_of, 1, MPI_INT64_T, run->comm);
    for (size_t r = 0; r < n_rank; r++)
        total += n_of[r];
    joined = mem_array((size_t)total, record);
    if (joined == NULL)
        st = error_no_memory(err, "what all ranks share");
    else if (total > INT_MAX)
        st = error_set(err, STATUS_INTERNAL,
                       "a gather of %lld records: more than an int counts", (long long)total);
    TRY(run_agree(run, st, err));
    total = 0;
    for (size_t r = 0; r < n_rank; r++) {
        count[r] = as_int(n_of[r]);
        at[r] = as_int(total);
        total += n_of[r];
    }
    type = record_type(record);
    MPI_Allgatherv(mine, as_int(n), type, joined, count, at, type, run->comm);
    MPI_Type_free(&type);
    *all = joined;
    *n_all = total;
    joined = NULL;
done:
    free(joined);
    free(n_of);
    free(count);
    free(at);
    return st;
}

void comm_gather(const struct run *run, size_t record, const void *mine, int64_t n,
                 const int64_t *n_of, void *all)
{
    MPI_Datatype type = record_type(record);

    if (run->rank != 0) {
        MPI_Send(mine, as_int(n), type, 0, 0, run->comm);
    } else {
        char *next = all;
        memcpy(next, mine, (size_t)n * record);
        for (int r = 1; r < run->n_rank; r++) {
            next += (size_t)n_of[r - 1] * record;
            MPI_Recv(next, as_int(n_of[r]), type, r, 0, run->comm, MPI_STATUS_IGNORE);
        }
    }
    MPI_Type_free(&type);
}

static void send_bytes(const struct run *run, int to, const void *byte, size_t n)
{
    const char *next = byte;

    for (size_t left = n; left > 0;) {
        size_t part = left < COMM_PIECE ? left : COMM_PIECE;
        MPI_Send(next, (int)part, MPI_BYTE, to, 0, run->comm);
        next += part;
        left -= part;
    }
}

static void receive_bytes(const struct run *run, int from, void *byte, size_t n)
{
    char *next = byte;

    for (size_t left = n; left > 0;) {
        size_t part = left < COMM_PIECE ? left : COMM_PIECE;
        MPI_Recv(next, (int)part, MPI_BYTE, from, 0, run->comm, MPI_STATUS_IGNORE);
        next += part;
        left -= part;
    }
}

void comm_gather_bytes(const struct run *run, const void *mine, int64_t n, const int64_t *n_of,
                       void *all)
{
    char *next = all;

    if (run->rank != 0) {
        send_bytes(run, 0, mine, (size_t)n);
        return;
    }
    memcpy(next, mine, (size_t)n);
    for (int r = 1; r < run->n_rank; r++) {
        next += n_of[r - 1];
        receive_bytes(run, r, next, (size_t)n_of[r]);
    }
}

/* ---- sorted texts -------------------------------------------------------------------------- */

static enum status texts_allocate(struct texts *texts, const uint64_t size[2],
                                  struct error *err)
{
    texts->n = (size_t)size[0];
    texts->start = mem_array(texts->n + 1, sizeof *texts->start);
    texts->byte = mem_array((size_t)size[1], 1);
    if (texts->start != NULL && texts->byte != NULL)
        return STATUS_OK;
    texts_free(texts);
    return error_no_memory(err, "the distinct texts of a column");
}

static void texts_size(const struct texts *texts, uint64_t size[2])
{
    size[0] = texts->n;
    size[1] = texts->start[texts->n];
}

/* One level of the tree: rank `from` = rank + step hands its list to `rank`. Ranks without a
 * part in it agree on errors like the others. */
static enum status merge_level(const struct run *run, int step, struct texts *texts,
                               struct error *err)
{
    bool sends = run->rank % (2 * step) == step;
    bool receives = run->rank % (2 * step) == 0 && run->rank + step < run->n_rank;
    struct texts theirs = {0}, both = {0};
    uint64_t size[2] = {0, 0};
    enum status st = STATUS_OK;

    if (sends) {
        texts_size(texts, size);
        MPI_Send(size, 2, MPI_UINT64_T, run->rank - step, 0, run->comm);
    } else if (receives) {
        MPI_Recv(size, 2, MPI_UINT64_T, run->rank + step, 0, run->comm, MPI_STATUS_IGNORE);
        st = texts_allocate(&theirs, size, err);
    }
    TRY(run_agree(run, st, err));
    if (sends) {
        send_bytes(run, run->rank - step, texts->start, (texts->n + 1) * sizeof *texts->start);
        send_bytes(run, run->rank - step, texts->byte, (size_t)size[1]);
    } else if (receives) {
        receive_bytes(run, run->rank + step, theirs.start,
                      (theirs.n + 1) * sizeof *theirs.start);
        receive_bytes(run, run->rank + step, theirs.byte, (size_t)size[1]);
        st = texts_merge(texts, &theirs, &both, err);
        if (st == STATUS_OK) {
            texts_free(texts);
            *texts = both;
        }
    }
    TRY(run_agree(run, st, err));
done:
    texts_free(&theirs);
    return st;
}

enum status comm_merge_texts(const struct run *run, struct texts *mine, struct texts *all,
                             struct error *err)
{
    struct texts whole = {0};
    uint64_t size[2] = {0, 0};
    enum status st = STATUS_OK;

    for (int step = 1; step < run->n_rank; step *= 2)
        TRY(merge_level(run, step, mine, err));
    if (run->rank == 0)
        texts_size(mine, size);
    MPI_Bcast(size, 2, MPI_UINT64_T, 0, run->comm);
    if (run->rank == 0) {
        whole = *mine;
        *mine = (struct texts){0};
    } else {
        st = texts_allocate(&whole, size, err);
    }
    TRY(run_agree(run, st, err));
    comm_broadcast(run, whole.start, (whole.n + 1) * sizeof *whole.start);
    comm_broadcast(run, whole.byte, (size_t)size[1]);
    *all = whole;
    whole = (struct texts){0};
done:
    texts_free(&whole);
    texts_free(mine);
    return st;
}
