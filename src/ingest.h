#ifndef TIEOUT_INGEST_H
#define TIEOUT_INGEST_H

#include "input.h"
#include "ledger.h"
#include "log.h"
#include "run.h"

/* The ledger's files, the same on every rank. */
struct ledger_files {
    size_t n;
    const char *const *path; /* [n], borrowed */
    struct input_file *file; /* [n] */
    int64_t *first_row;      /* [n + 1] row number of each file's first data record; the last
                                  element is the number of data records in all */
    char (*sha256)[65];      /* [n] hex digits */
    int64_t n_byte;          /* of all data records */
};

/* What this rank has read: one block per thread, in input order; block b of rank r comes before
 * block b + 1, and all of rank r before rank r + 1. Row numbers still count within the block. */
struct shard {
    size_t n_block;
    struct ledger_block **block; /* [n_block] */
};

/* Looks at every file on rank 0 and tells the others. All ranks. *files is produced.
 *   date_order  in, the order of day and month in the as-of dates, or 0: still to be found out */
enum status ingest_inspect(const struct run *run, const char *const *path, size_t n_path,
                           unsigned date_order, struct ledger_files *files, struct error *err);

/* Reads this rank's even share of the bytes, its threads sharing that evenly; a record belongs
 * to the share its first byte is in. Fills first_row and sha256 of files. All ranks. *shard is
 * produced. STATUS_DATA if there is no data record at all, or the quoting is broken. */
enum status ingest_read(const struct run *run, struct log *log, struct ledger_files *files,
                        struct shard *shard, struct error *err);

void ledger_files_free(struct ledger_files *files); /* leaves an empty list */
void shard_free(struct shard *shard);               /* leaves an empty shard */

#endif
