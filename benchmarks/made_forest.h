#ifndef TIEOUT_MADE_FOREST_H
#define TIEOUT_MADE_FOREST_H

#include "iforest.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Made-up rows and a forest grown from them. The rows look like a ledger's (codes and heavy-tailed
 * amounts) or are spread evenly, which makes trees three times as big. */

/* The words of an option that chooses between the two. */
enum made_data { DATA_LEDGER, DATA_EVEN };
extern const char *const MADE_DATA[];

/* A value of a feature; state is that of splitter_real. */
float made_value(enum made_data data, size_t feature, uint32_t *state);

/* x[n * n_feature] out, row-major; the same rows for the same seed. */
void made_sample(enum made_data data, size_t n, size_t n_feature, uint32_t seed, float *x);

/* x[n_feature][n], one array a feature; NULL if memory is short. Free with made_columns_free. */
float **made_columns(enum made_data data, size_t n, size_t n_feature);
void made_columns_free(float **x, size_t n_feature); /* NULL is fine */

/* A forest of n_tree trees over n_sample made-up rows each. *forest is produced. */
enum status made_forest(enum made_data data, size_t n_tree, size_t n_sample, size_t n_feature,
                        struct iforest *forest, struct error *err);

#endif
