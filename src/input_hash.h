#ifndef TIEOUT_INPUT_HASH_H
#define TIEOUT_INPUT_HASH_H

#include "ingest.h"
#include "run.h"

/* SHA-256 of the ledger's files, each rank hashing an even share of their bytes. A hash can only
 * go on where it stopped, so each rank waits for the one below it. */

/* Whether this rank should hash its share before it does other work of its own, or after it:
 * while the lower half hashes, the upper half has other work, and the other way round. */
bool input_hash_is_early(const struct run *run);

/* Bytes of the files that this rank hashes. */
int64_t input_hash_bytes(const struct run *run, const struct ledger_files *files);

/* Hashes this rank's share, as soon as the rank below has hashed its own. Every rank calls it
 * once, on the thread that may call MPI, whatever has failed; sets sha256 of files that end in the
 * share. STATUS_NO_INPUT, STATUS_PERMISSION or STATUS_DATA if a file cannot be read. */
enum status input_hash_add(const struct run *run, struct ledger_files *files,
                           struct error *err);

/* Tells every rank the hashes of all files. All ranks. */
void input_hash_share(const struct run *run, struct ledger_files *files);

#endif
