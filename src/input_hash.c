/* One hash, many ranks. A rank that hashed a file alone would keep the others waiting, as SHA-256
 * runs at 1.7 GB/s at best and cannot be put together from parts; and since people compare it
 * with what sha256sum says, it can be no other hash. But its state is a hundred bytes: each
 * rank hashes its share of the files' bytes and sends the state to the next. The upper half of
 * the ranks parses meanwhile, and the lower half parses while the upper half hashes. */
#include "input_hash.h"

#include "part.h"
#include "sha256.h"
#include "stop.h"

enum { PIECE = 32 << 20 }; /* bytes between two looks at whether the run is to stop */

static int64_t file_size(const struct ledger_files *files, size_t f)
{
    size_t t = 0;

    while (files->table[t].file != (int32_t)f) /* every file has a table */
        t++;
    return files->table[t].size;
}

/* Of the bytes of all files, the first one that rank `rank` hashes. */
static int64_t share_begin(const struct run *run, const struct ledger_files *files, int rank)
{
    int64_t n = 0;

    for (size_t f = 0; f < files->list.n; f++)
        n += file_size(files, f);
    return part_begin(n, run->n_rank, rank);
}

bool input_hash_is_early(const struct run *run)
{
    return run->rank < run->n_rank / 2;
}

int64_t input_hash_bytes(const struct run *run, const struct ledger_files *files)
{
    return share_begin(run, files, run->rank + 1) - share_begin(run, files, run->rank);
}

static enum status add_pieces(struct sha256_state *state, const char *path, int64_t begin,
                              int64_t end, struct error *err)
{
    enum status st = STATUS_OK;

    for (int64_t at = begin; at < end && st == STATUS_OK; at += PIECE) {
        st = stop_check(err);
        if (st == STATUS_OK)
            st = sha256_state_add_file(state, path, at, end - at < PIECE ? end : at + PIECE,
                                       err);
    }
    return st;
}

/* Goes on with *state, which is of the file that the share begins in. */
static enum status add_share(const struct run *run, struct ledger_files *files,
                             struct sha256_state *state, struct error *err)
{
    int64_t begin = share_begin(run, files, run->rank);
    int64_t end = share_begin(run, files, run->rank + 1);
    int64_t at = 0; /* of the file, among the bytes of all */
    enum status st = STATUS_OK;

    for (size_t f = 0; f < files->list.n && at < end && st == STATUS_OK; f++) {
        int64_t n = file_size(files, f);
        int64_t from = begin > at ? begin - at : 0, to = end - at < n ? end - at : n;
        if (from == 0)
            sha256_state_begin(state);
        if (from < to)
            st = add_pieces(state, files->list.path[f], from, to, err);
        if (from < to && to == n && st == STATUS_OK)
            sha256_state_format(state, files->sha256[f]);
        at += n;
    }
    return st;
}

enum status input_hash_add(const struct run *run, struct ledger_files *files, struct error *err)
{
    enum { TAG = 1 };
    struct sha256_state state = {{0}};

    if (run->rank > 0)
        MPI_Recv(&state, sizeof state, MPI_BYTE, run->rank - 1, TAG, run->comm,
                 MPI_STATUS_IGNORE);
    enum status st = add_share(run, files, &state, err);
    if (run->rank + 1 < run->n_rank)
        MPI_Send(&state, sizeof state, MPI_BYTE, run->rank + 1, TAG, run->comm);
    return st;
}

/* Where a hash is not known it is all zero bytes, so that or'ing finds it. */
void input_hash_share(const struct run *run, struct ledger_files *files)
{
    for (size_t f = 0; f < files->list.n; f++)
        MPI_Allreduce(MPI_IN_PLACE, files->sha256[f], (int)sizeof files->sha256[f], MPI_BYTE,
                      MPI_BOR, run->comm);
}
