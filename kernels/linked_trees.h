#ifndef TIEOUT_LINKED_TREES_H
#define TIEOUT_LINKED_TREES_H

#include "iforest.h"
#include "simd.h"
#include "status.h"
#include <stddef.h>

/* A forest of trees of any depth packed for scoring. */

enum { LINKED_TREES_NODES = 1 << 18 }; /* of a tree at most: one over 131,072 rows */

struct linked_trees;

/* *out is produced. depth: of the deepest tree; stride: the tile's (score_tile.h), and stride
 * times features is at most SCORE_TILE_VALUES; simd: what to compute with, supported, not auto.
 * STATUS_DATA if a tree is too large, STATUS_INTERNAL if memory is short. */
enum status linked_trees_create(const struct iforest *forest, int depth, size_t stride,
                                enum simd simd, struct linked_trees **out, struct error *err);
void linked_trees_free(struct linked_trees *trees); /* NULL is fine */

/* Adds to length[n] each row's path lengths, tree after tree, and to weight[n], if it is not
 * NULL, the weights of the leaves. length and weight have room for n rounded up to SCORE_LANES,
 * and no more than that is written. */
void linked_trees_add(const struct linked_trees *trees, const float *tile, size_t n,
                      double *length, double *weight);

#endif
