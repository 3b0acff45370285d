#ifndef TIEOUT_INGEST_H
#define TIEOUT_INGEST_H

#include "input.h"
#include "input_list.h"
#include "ledger.h"
#include "log.h"
#include "run.h"

/* The ledger's files and the tables in them, the same on every rank. */
struct ledger_files {
    struct input_list list; /* the files, in input order */
    char (*sha256)[65];     /* [list.n] hex digits, of the file as it lies */
    size_t n_table;         /* as many as files, or more if some are stacked sheets */
    struct input_table *table;
    int64_t *first_row; /* [n_table + 1] row number of each table's first data record; the last
                           element is the number of data records in all */
    int64_t n_byte;     /* of all data records; packed ones as they lie */
};

/* What this rank has read: one block per thread, in input order; block b of rank r comes before
 * block b + 1, and all of rank r before rank r + 1. Row numbers still count within the block. */
struct shard {
    size_t n_block;
    struct ledger_block **block; /* [n_block] */
};

/* Finds and looks at every file on rank 0 and tells the others. All ranks. *files is produced.
 *   operand  in, files and folders of files
 *   stacked  in, look for several tables in each file */
enum status ingest_inspect(const struct run *run, const char *const *operand, size_t n_operand,
                           const struct ledger_terms *terms, bool stacked,
                           struct ledger_files *files, struct error *err);

/* Reads this rank's even share of the bytes, its threads sharing that evenly; a record belongs
 * to the share its first byte is in, and so does a packed file, which one thread has to read
 * from its beginning. Fills first_row and sha256 of files. All ranks. *shard is produced.
 * STATUS_DATA if there is no data record at all, the quoting is broken or a packed file
 * damaged. */
enum status ingest_read(const struct run *run, struct log *log, struct ledger_files *files,
                        struct shard *shard, struct error *err);

void ledger_files_free(struct ledger_files *files); /* leaves an empty list */
void shard_free(struct shard *shard);               /* leaves an empty shard */

#endif
