#ifndef TIEOUT_HEAP_TREES_H
#define TIEOUT_HEAP_TREES_H

#include "iforest.h"
#include "status.h"
#include <stddef.h>

/* A forest of shallow trees packed for scoring. Memory doubles with each level. */
enum { HEAP_MAX_DEPTH = 10 };

struct heap_trees;

/* *out is produced. depth: of the deepest tree, at most HEAP_MAX_DEPTH; stride: the tile's
 * (score_tile.h). */
enum status heap_trees_create(const struct iforest *forest, int depth, size_t stride,
                              struct heap_trees **out, struct error *err);
void heap_trees_free(struct heap_trees *trees); /* NULL is fine */

/* Adds to length[n] each row's path lengths, tree after tree. length has room for n rounded up
 * to SCORE_LANES, and no more than that is written. */
void heap_trees_add(const struct heap_trees *trees, const float *tile, size_t n,
                    double *length);

#endif
