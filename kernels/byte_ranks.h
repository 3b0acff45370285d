#ifndef TIEOUT_BYTE_RANKS_H
#define TIEOUT_BYTE_RANKS_H

#include "iforest.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* Thresholds and values of a few trees replaced by bytes that compare alike, so that a vector
 * register compares four times as many of them as floats. The trees are parted into groups of
 * neighbours in which no feature has more than 255 thresholds; within a group a value's byte
 * tells how many of these are below it, and x > threshold exactly when byte(x) >
 * byte(threshold). Bytes are signed because that is what SSE2 and AVX2 compare. */
struct byte_ranks;

/* A tree may have at most so many inner nodes, and all trees together. */
enum { BYTE_RANKS_TREE = 255, BYTE_RANKS_ALL = 32768 };

/* Trees [first, end) of the forest. *out is produced; STATUS_INTERNAL if memory is short. */
enum status byte_ranks_create(const struct iforest *forest, size_t first, size_t end,
                              struct byte_ranks **out, struct error *err);
void byte_ranks_free(struct byte_ranks *ranks); /* NULL is fine */

/* Groups are numbered from 0 in the order of their trees. */
size_t byte_ranks_group_of(const struct byte_ranks *ranks, size_t tree);

/* The byte of a threshold that occurs in the group. */
int8_t byte_ranks_threshold(const struct byte_ranks *ranks, size_t group, size_t feature,
                            double threshold);

/* rank[n]: how many thresholds of the feature, over all groups, are below x[n]. */
void byte_ranks_find(const struct byte_ranks *ranks, size_t feature, const float *x, size_t n,
                     uint16_t *rank);

/* byte[n]: the same within the group, as compared there; rank from byte_ranks_find. */
void byte_ranks_translate(const struct byte_ranks *ranks, size_t group, size_t feature,
                          const uint16_t *rank, size_t n, int8_t *byte);

#endif
