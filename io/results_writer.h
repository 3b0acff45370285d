#ifndef TIEOUT_RESULTS_WRITER_H
#define TIEOUT_RESULTS_WRITER_H

#include "atomic_file.h"
#include "content_digest.h"
#include "h5_column.h"
#include "results_write.h"

/* What the parts of the writer share. Not for callers. */
struct results_writer {
    struct atomic_file *file;
    struct h5_out out;
    struct content_digest digest;
    struct h5_column column[N_DATASET];
    struct h5_column *feature; /* [n_feature] of /rows */
    size_t n_feature;
};

/* Creates the dataset `what` unless it is there; arguments as for h5_column_create. */
enum status results_column(struct results_writer *writer, const struct dataset *what,
                           size_t width, size_t expected, struct h5_column *column,
                           struct error *err);

/* Creates the dataset of the table and writes it whole. */
enum status results_put(struct results_writer *writer, enum dataset_id id, const void *value,
                        size_t n, struct error *err);
enum status results_put_texts(struct results_writer *writer, enum dataset_id id,
                              const struct span *text, size_t n, struct error *err);

#endif
