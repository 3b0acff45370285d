#ifndef TIEOUT_PATTERNS_H
#define TIEOUT_PATTERNS_H

#include "group.h"
#include "rows.h"
#include "status.h"

/* The pattern of each of this rank's rows. Local.
 *   tolerance           in, |difference| below it is matched
 *   pattern[n of rows]  out, enum pattern, in the order of the rows */
enum status patterns_find(const struct row *row, const struct groups *groups, double tolerance,
                          uint8_t *pattern, struct error *err);

#endif
