#ifndef TIEOUT_PROVENANCE_H
#define TIEOUT_PROVENANCE_H

#include "encode.h"
#include "feedback.h"
#include "ingest.h"
#include "results_write.h"
#include "run.h"
#include "settings.h"
#include "stages.h"

/* "tieout 0.1.0 (revision)" and, in the second, what it runs on: MPI, HDF5, compiler ... */
enum { PROVENANCE_TEXT = 1024 };
const char *provenance_version(void);
void provenance_libraries(char text[PROVENANCE_TEXT]);

/* Writes /run: who made these results of what, with which settings, how fast. Rank 0.
 * command: the words of the command line; simd: what this rank scored with. digest[] out. */
enum status provenance_write(const struct run *run, const struct settings *settings,
                             const char *command, enum simd simd,
                             const struct ledger_files *files, const struct feedback *feedback,
                             const struct ledger_facts *facts, const struct stages *stages,
                             int64_t n_flagged, int64_t n_anomaly,
                             struct results_writer *writer, char digest[RESULTS_DIGEST],
                             struct error *err);

#endif
