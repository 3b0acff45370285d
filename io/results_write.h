#ifndef TIEOUT_RESULTS_WRITE_H
#define TIEOUT_RESULTS_WRITE_H

#include "results.h"

/* Writes results.h5: first to a temporary name in the same folder, which results_commit syncs
 * and renames. Whatever fails before that leaves no file under the final name, and
 * results_abandon removes the temporary one. Full disks and the like are STATUS_WRITE, a folder
 * that is missing or read-only STATUS_CREATE or STATUS_PERMISSION; every sentence names the
 * file. HDF5 prints nothing itself. */
struct results_writer;

/* STATUS_CREATE if path exists and force is not given; it is checked again by the commit, so
 * that a file which appeared in between is not lost either. *out is produced. */
enum status results_create(const char *path, bool force, struct results_writer **out,
                           struct error *err);

/* How many bytes have been written so far. */
int64_t results_bytes(const struct results_writer *writer);

/* Appends to /rows. Called any number of times; the feature columns must be the same. */
enum status results_write_rows(struct results_writer *writer, const struct results_rows *rows,
                               struct error *err);

/* Appends to /rejects: text offsets refer to byte. Called any number of times. */
enum status results_write_rejects(struct results_writer *writer, const struct reject *reject,
                                  size_t n, const char *byte, struct error *err);

/* Once each. */
enum status results_write_anomalies(struct results_writer *writer,
                                    const struct results_anomalies *anomalies,
                                    struct error *err);
enum status results_write_model(struct results_writer *writer,
                                const struct results_model *model, struct error *err);

/* What is seen of the ledger as a whole: /months, /ageing and /scores, and the rows around the
 * findings, /series by finding and date. Once each. */
enum status results_write_months(struct results_writer *writer,
                                 const struct results_month *month, size_t n,
                                 struct error *err);
enum status results_write_ages(struct results_writer *writer, const struct results_age *age,
                               size_t n, struct error *err);
enum status results_write_scores(struct results_writer *writer,
                                 const struct results_scores *scores, struct error *err);
enum status results_write_series(struct results_writer *writer,
                                 const struct results_point *point, size_t n,
                                 struct error *err);

/* Writes the attributes of /run, and content_digest among them; digest[] out too. To be called
 * after the other parts. The digest covers the logical content, whatever the pieces it came in:
 * each dataset, and each attribute of /model (as "/model/NAME"), has its own SHA-256 over its
 * full name and its values as stored, little-endian; names and texts have their length before
 * them, as 8 bytes. The digest is the SHA-256 of these, in alphabetical order of the names.
 * /run, and the columns file and line (how the input was cut into files), are not part of it. */
enum status results_write_run(struct results_writer *writer, const struct results_fact *fact,
                              size_t n_fact, char digest[RESULTS_DIGEST], struct error *err);

/* Closes, syncs, renames; consumes *writer on success and on failure. */
enum status results_commit(struct results_writer **writer, struct error *err);

/* Removes the temporary file. NULL is fine. */
void results_abandon(struct results_writer *writer);

/* 16 hex digits that name the same finding in every run: the head of SHA-256 over company,
 * account, AU, currency, ISO as-of date ("" if missing) and occurrence (decimal), each
 * length-prefixed. STATUS_INTERNAL if memory is short. */
enum status anomaly_id(const struct anomaly *anomaly, const struct texts text[N_CODE],
                       char id[RESULTS_ID], struct error *err);

#endif
