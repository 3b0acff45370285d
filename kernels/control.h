#ifndef TIEOUT_CONTROL_H
#define TIEOUT_CONTROL_H

#include "decimal_sum.h"

/* The completeness control of a ledger, for one currency: what was read is what was kept and
 * what was rejected, in rows and in each balance, to the last decimal of the texts. All fields
 * are int64_t, so that MPI sums normalised controls word by word. Zero-initialise. */
enum control_column { CONTROL_GL, CONTROL_IHUB, CONTROL_DIFFERENCE, N_CONTROL_COLUMN };
enum control_part { CONTROL_READ, CONTROL_KEPT, CONTROL_REJECTED, N_CONTROL_PART };

struct control {
    int64_t n_row[N_CONTROL_PART]; /* rows in whose columns amounts were looked for */
    struct decimal_sum sum[N_CONTROL_PART][N_CONTROL_COLUMN];
};

/* More texts than this in a currency column: it holds something else. */
enum { CONTROL_CURRENCIES = 1000 };

/* One row to one part. An amount that could not be read, or has no column, is all zero. */
void control_add(struct control *control, enum control_part part,
                 const struct number number[N_CONTROL_COLUMN]);

void control_merge(struct control *control, const struct control *other);
void control_normalise(struct control *control);

/* Is everything read kept or rejected? Normalised. */
bool control_adds_up(const struct control *control);

#endif
