#ifndef TIEOUT_PREPARE_H
#define TIEOUT_PREPARE_H

#include "encode.h"
#include "group.h"
#include "profile.h"
#include "run.h"

/* This rank's rows as the forest sees them. */
struct prepared {
    struct groups groups; /* of this rank's rows */
    size_t n_feature;
    float **x;      /* [n_feature][n_row] scaled, rounded once to float32; element k belongs to
                       row groups.member[k] */
    double *center; /* [n_feature] the same on every rank */
    double *scale;
    double contamination; /* share of rows expected to be anomalies */
    uint8_t *pattern;     /* [n_row] enum pattern, in the order of the rows */
};

/* Groups the rows, names their patterns, computes the profile's features, learns centre and spread
 * over all ranks, scales. All ranks. *out is produced.
 *   contamination  in, the share to use, or 0 to estimate it as the profile does
 *   tolerance      in, |difference| below it is matched */
enum status prepare_rows(const struct run *run, const struct encoded *rows, int64_t n_all,
                         const struct profile *profile, unsigned key, double contamination,
                         double tolerance, struct prepared *out, struct error *err);

void prepared_free(struct prepared *prepared); /* leaves nothing */

/* Frees x, the largest part, once no row is scored or attributed any more. */
void prepared_drop_features(struct prepared *prepared);

/* One array [n_row] per feature in one table; NULL if memory is short. Free with
 * columns_free. */
double **columns_create(size_t n_column, size_t n_row);
void columns_free(double **column, size_t n_column); /* NULL is fine */

#endif
