/* /rejects to rank 0: rank after rank, which is input order, a piece of findings at a time. */
#include "gather.h"

#include "mem.h"

#include <stdlib.h>

enum { REJECT_PIECE = 1 << 16 };

/* A piece of findings on its way: their texts lie from the first one's offset on. */
static size_t reject_bytes(const struct reject *reject, size_t n)
{
    return n > 0 ? reject[n - 1].text + reject[n - 1].length - reject[0].text : 0;
}

static void send_rejects(const struct run *run, const struct ledger_block *block)
{
    for (size_t first = 0; first < block->n_reject; first += REJECT_PIECE) {
        size_t left = block->n_reject - first, n = left < REJECT_PIECE ? left : REJECT_PIECE;
        const struct reject *reject = block->reject + first;
        MPI_Send(reject, (int)(n * sizeof *reject), MPI_BYTE, 0, 0, run->comm);
        MPI_Send(block->reject_byte + reject[0].text, (int)reject_bytes(reject, n), MPI_BYTE, 0,
                 0, run->comm);
    }
}

/* Receives what rank `from` sends of one block and writes it; goes on receiving after a failed
 * write, so that the sender is not left waiting. */
static enum status receive_rejects(const struct run *run, int from, int64_t n_reject,
                                   struct reject *reject, char *byte,
                                   struct results_writer *writer, struct error *err)
{
    enum status st = STATUS_OK;

    for (int64_t first = 0; first < n_reject; first += REJECT_PIECE) {
        size_t n = n_reject - first < REJECT_PIECE ? (size_t)(n_reject - first) : REJECT_PIECE;
        MPI_Recv(reject, (int)(n * sizeof *reject), MPI_BYTE, from, 0, run->comm,
                 MPI_STATUS_IGNORE);
        MPI_Recv(byte, REJECT_PIECE * REJECT_TEXT, MPI_BYTE, from, 0, run->comm,
                 MPI_STATUS_IGNORE);
        size_t shift = reject[0].text;
        for (size_t i = 0; i < n; i++)
            reject[i].text -= shift;
        if (st == STATUS_OK)
            st = results_write_rejects(writer, reject, n, byte, err);
    }
    return st;
}

static enum status write_own_rejects(const struct shard *shard, struct results_writer *writer,
                                     struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t b = 0; b < shard->n_block && st == STATUS_OK; b++)
        st = results_write_rejects(writer, shard->block[b]->reject, shard->block[b]->n_reject,
                                   shard->block[b]->reject_byte, err);
    return st;
}

/* Rank 0: its own findings, then those of the others. reject, byte: room for a piece. */
static enum status write_all_rejects(const struct run *run, const struct shard *shard,
                                     struct reject *reject, char *byte,
                                     struct results_writer *writer, struct error *err)
{
    enum status st = write_own_rejects(shard, writer, err);

    for (int r = 1; r < run->n_rank; r++) {
        int64_t n_block = 0;
        MPI_Recv(&n_block, 1, MPI_INT64_T, r, 0, run->comm, MPI_STATUS_IGNORE);
        for (int64_t b = 0; b < n_block; b++) {
            int64_t n_reject = 0;
            struct error failed;
            MPI_Recv(&n_reject, 1, MPI_INT64_T, r, 0, run->comm, MPI_STATUS_IGNORE);
            enum status got = receive_rejects(run, r, n_reject, reject, byte, writer, &failed);
            if (st == STATUS_OK && got != STATUS_OK) {
                st = got;
                *err = failed;
            }
        }
    }
    return st;
}

static void send_all_rejects(const struct run *run, const struct shard *shard)
{
    int64_t n_block = (int64_t)shard->n_block;

    MPI_Send(&n_block, 1, MPI_INT64_T, 0, 0, run->comm);
    for (size_t b = 0; b < shard->n_block; b++) {
        int64_t n_reject = (int64_t)shard->block[b]->n_reject;
        MPI_Send(&n_reject, 1, MPI_INT64_T, 0, 0, run->comm);
        send_rejects(run, shard->block[b]);
    }
}

enum status gather_rejects(const struct run *run, const struct shard *shard,
                           struct results_writer *writer, struct error *err)
{
    struct reject *reject = NULL;
    char *byte = NULL;
    enum status st = STATUS_OK;

    if (run->rank == 0) {
        reject = mem_array(REJECT_PIECE, sizeof *reject);
        byte = mem_array(REJECT_PIECE, REJECT_TEXT);
        if (reject == NULL || byte == NULL)
            st = error_no_memory(err, "the rejects");
    }
    TRY(run_agree(run, st, err));
    if (run->rank == 0)
        st = write_all_rejects(run, shard, reject, byte, writer, err);
    else
        send_all_rejects(run, shard);
    TRY(run_agree(run, st, err));
done:
    free(reject);
    free(byte);
    return st;
}
