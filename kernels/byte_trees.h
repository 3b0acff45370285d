#ifndef TIEOUT_BYTE_TREES_H
#define TIEOUT_BYTE_TREES_H

#include "iforest.h"
#include "simd.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

/* A forest of small trees packed for scoring many rows at once. Tiles have a multiple of
 * BYTE_TREES_ROWS rows. */
enum { BYTE_TREES_ROWS = 128, BYTE_TREES_FEATURES = 128 };

struct byte_trees;

/* Whether this form can hold all trees and is faster than descending them. depth: of the deepest
 * tree. */
bool byte_trees_fit(const struct iforest *forest, int depth);

/* *out is produced. forest: one that fits; stride: the tile's (score_tile.h), and stride times
 * features is at most SCORE_TILE_VALUES; simd: what to compute with, supported, not auto. */
enum status byte_trees_create(const struct iforest *forest, size_t stride, enum simd simd,
                              struct byte_trees **out, struct error *err);
void byte_trees_free(struct byte_trees *trees); /* NULL is fine */

/* Adds to length[n] each row's path lengths, tree after tree, and to weight[n], if it is not
 * NULL, the weights of the leaves. tile, length and weight have room for n rounded up to
 * BYTE_TREES_ROWS, and no more than that is read or written. */
void byte_trees_add(const struct byte_trees *trees, const float *tile, size_t n, double *length,
                    double *weight);

#endif
