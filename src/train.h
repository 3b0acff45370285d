#ifndef TIEOUT_TRAIN_H
#define TIEOUT_TRAIN_H

#include "encode.h"
#include "iforest.h"
#include "prepare.h"
#include "run.h"

/* Grows the forest. Tree t depends on (random_state, t) alone; the rows it trains on are chosen
 * by their place in as-of-date order, wherever they are. Ranks share the trees evenly, threads
 * share a rank's trees. All ranks.
 *   n_sample  in, rows per tree; fewer if the ledger has fewer
 *   *forest   produced, the same on every rank */
enum status train_forest(const struct run *run, const struct encoded *rows,
                         const struct prepared *prepared, int64_t n_all, size_t n_tree,
                         int64_t n_sample, uint32_t random_state, struct iforest *forest,
                         struct error *err);

#endif
