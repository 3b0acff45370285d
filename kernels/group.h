#ifndef TIEOUT_GROUP_H
#define TIEOUT_GROUP_H

#include "rows.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* Rows of the same accounts brought together, each account's by as-of date. */
struct groups {
    size_t n_group;
    size_t n_row;
    size_t *start;    /* [n_group + 1] offset of each group's first row in member */
    uint32_t *member; /* [n_row] index of the row, group by group; in a group by date, then by
                         index, so that rows given in input order keep it on equal dates */
};

/* Which code columns make the key: bit (1 << CODE_...) of each. */
enum { KEY_CLASSIC = 1 << CODE_COMPANY | 1 << CODE_ACCOUNT | 1 << CODE_AU };

/* A hash of a row's key, equal for equal keys, for placing groups on ranks; the same on every
 * machine. */
uint64_t group_hash(const struct row *row, unsigned key);

/* Groups row[n]. Groups stand in order of their first row. *groups is produced (groups_free).
 * STATUS_INTERNAL if memory is short or n does not fit 32 bits. */
enum status groups_build(const struct row *row, size_t n, unsigned key, struct groups *groups,
                         struct error *err);
size_t groups_largest(const struct groups *groups); /* rows of the largest group */
void groups_free(struct groups *groups);            /* leaves empty groups */

#endif
