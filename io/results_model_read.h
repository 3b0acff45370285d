#ifndef TIEOUT_RESULTS_MODEL_READ_H
#define TIEOUT_RESULTS_MODEL_READ_H

#include "iforest.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* /model and /rows back in: all that scoring the rows again takes. */
struct stored_model {
    struct iforest forest; /* leaves without weights, as before any feedback */
    size_t n_row;
    int64_t *row_number; /* [n_row] ascending */
    uint8_t *pattern;    /* [n_row] enum pattern */
    double *decision;    /* [n_row] as stored */
    float **x; /* [forest.n_feature][n_row] scaled as the forest was trained; NULL if the
                            file was written without --keep-features */
    double contamination; /* of the run, before its feedback if it had some */
    bool share_given;     /* by the user, who is not overruled */
    double least_share;   /* that the profile estimates */
    double tolerance;     /* |difference| below it is matched */
};

/* Reads path, a results file. STATUS_NO_INPUT or STATUS_DATA as results_read. *out is produced.
 */
enum status results_read_model(const char *path, struct stored_model *out, struct error *err);
void stored_model_free(struct stored_model *model); /* leaves nothing */

#endif
