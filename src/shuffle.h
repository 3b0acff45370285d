#ifndef TIEOUT_SHUFFLE_H
#define TIEOUT_SHUFFLE_H

#include "encode.h"
#include "rows.h"
#include "run.h"

/* Brings every group whole to one rank. Groups are hashed into buckets, and buckets are placed by
 * their counted sizes, so that ranks hold even shares of the rows, and a group that is larger
 * than a share sits alone. All ranks.
 *   key    in, the group's code columns (group.h)
 *   piece  in, bytes exchanged per round and rank (comm.h)
 *   mine   consumed
 *   whole  produced: the rows of this rank's groups, in input order */
enum status shuffle_rows(const struct run *run, unsigned key, size_t piece,
                         struct encoded *mine, struct encoded *whole, struct error *err);

#endif
