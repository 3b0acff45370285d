#ifndef TIEOUT_COMM_H
#define TIEOUT_COMM_H

#include "dict.h"
#include "run.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exchanges whose sizes may exceed what an int counts: done in pieces of at most piece bytes a
 * rank, so that buffers stay bounded and MPI's int counts suffice. All ranks call each of these
 * together. */

enum { COMM_PIECE = 2 << 20 };

/* Sends n_to[r] records of `record` bytes to each rank r, and returns what all ranks sent here:
 * by sending rank, each rank's records in its order. They are sent from the last to the first,
 * a piece at a time, so that a source can give back what has been taken of it, and the records
 * are never held twice.
 *   take        writes the last n records of source that it has not yet taken to out, those for
 *               rank 0 first, each rank's in their order, and in n_to[n_rank], zero before, how
 *               many are for each
 *   piece       in, bytes of the send buffer, which holds one record at least; the same on all
 *               ranks
 *   received    out, produced, *n_received records */
enum status comm_exchange(const struct run *run, size_t record, const int64_t *n_to,
                          void (*take)(void *source, size_t n, void *out, int *n_to),
                          void *source, size_t piece, void **received, int64_t *n_received,
                          struct error *err);

/* Gathers n records of each rank on every rank, by rank: *all is produced, *n_all records. */
enum status comm_gather_all(const struct run *run, size_t record, const void *mine, int64_t n,
                            void **all, int64_t *n_all, struct error *err);

/* Gathers n records of each rank on rank 0, by rank, into all, which there has room for what
 * n_of[n_rank] adds up to; elsewhere both are ignored. n and the sum fit an int. */
void comm_gather(const struct run *run, size_t record, const void *mine, int64_t n,
                 const int64_t *n_of, void *all);

/* The same for bytes, of which there may be more than an int counts. */
void comm_gather_bytes(const struct run *run, const void *mine, int64_t n, const int64_t *n_of,
                       void *all);

/* n bytes from rank 0 to all. */
void comm_broadcast(const struct run *run, void *byte, size_t n);

/* What the lowest rank with mine has in byte[n], to all; nothing changes if no rank has it. True
 * on that rank. */
bool comm_share_first(const struct run *run, bool mine, void *byte, size_t n);

/* Union of every rank's sorted texts on every rank; *mine is consumed, *all is produced. */
enum status comm_merge_texts(const struct run *run, struct texts *mine, struct texts *all,
                             struct error *err);

#endif
