#ifndef TIEOUT_REVIEW_ROWS_H
#define TIEOUT_REVIEW_ROWS_H

#include "review.h"

/* A row that a verdict may be on. */
struct candidate {
    size_t place; /* in group order */
    uint32_t row; /* index of it */
    uint32_t occurrence;
    char id[RESULTS_ID];
};

/* Local. The rows that some verdict may be on, in group order, with their ids. All of those that a
 * verdict is on are among them. list[*n] is produced. */
enum status review_list_rows(const struct encoded *rows, const struct groups *groups,
                             const struct ledger_facts *facts, const struct feedback *feedback,
                             struct candidate **list, size_t *n, struct error *err);

#endif
