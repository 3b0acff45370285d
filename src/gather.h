#ifndef TIEOUT_GATHER_H
#define TIEOUT_GATHER_H

#include "encode.h"
#include "ingest.h"
#include "judge.h"
#include "log.h"
#include "prepare.h"
#include "profile.h"
#include "results_write.h"
#include "score.h"

/* Brings what the ranks found to rank 0, in bounded pieces, and writes it on. writer is NULL on
 * all ranks but 0. All ranks call each together; a failure to write on rank 0 ends the call on
 * every rank. */

/* /rows in input order. profile: whose features to write too (beside the classic ones), or NULL
 * for none, and the tolerance it was given. piece: row numbers that travel at a time. log: told how
 * far it is. On rank 0 another thread writes a piece while the next one arrives. */
enum status gather_rows(const struct run *run, const struct ledger_files *files,
                        const struct encoded *rows, const struct prepared *prepared,
                        const struct scored *scored, const struct judged *judged,
                        const struct profile *profile, double tolerance, int64_t piece,
                        struct log *log, struct results_writer *writer, struct error *err);

/* /rejects in input order. */
enum status gather_rejects(const struct run *run, const struct shard *shard,
                           struct results_writer *writer, struct error *err);

/* What is told of the anomalies, and of how many. */
struct anomaly_terms {
    const struct profile *profile; /* whose features the contributions are of */
    const struct ledger_facts *facts;
    double tolerance; /* |difference| below it is matched */
    int64_t budget;   /* of more than this the most severe, then the most anomalous; 0: all */
    const struct reviews *reviews; /* suppressed findings do not count in the budget */
};

/* How many findings there are. */
struct anomaly_counts {
    int64_t raised, suppressed;
};

/* The findings whose accounts' rows are to be in /series: their row numbers, ascending. */
struct drawn_list {
    size_t n;
    int64_t row_number[SERIES_FINDINGS];
};

/* /anomalies, lowest score first, equal scores in input order: those within the budget and the
 * suppressed. Out, on every rank: *count, how many of each; *drawn, the most severe of those that
 * are raised. */
enum status gather_anomalies(const struct run *run, const struct judged *judged,
                             const struct anomaly_terms *terms, struct results_writer *writer,
                             struct anomaly_counts *count, struct drawn_list *drawn,
                             struct error *err);

/* The explanations of all ranks' anomalies, in the order they have there: one behind another, each
 * with its end, rank by rank. *all is produced on rank 0, NULL on the others; to be freed. */
enum status gather_explanations(const struct run *run, const struct judged *judged,
                                const struct anomaly_terms *terms, char **all,
                                struct error *err);

/* /series: the rows around these findings, which are the same list on every rank. */
enum status gather_series(const struct run *run, const struct encoded *rows,
                          const struct groups *groups, const struct scored *scored,
                          const struct drawn_list *drawn, struct results_writer *writer,
                          struct error *err);

#endif
