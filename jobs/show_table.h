#ifndef TIEOUT_SHOW_TABLE_H
#define TIEOUT_SHOW_TABLE_H

#include "results_read.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A line that sums up the run, then the first `top` (0: all) findings as an aligned table of at
 * most `width` columns (0: no limit): texts are cut with an ellipsis, and if that is not enough
 * the least telling columns are left out and named below the table. Amounts are never cut, so a
 * terminal of less than about 60 columns gets longer lines. Control characters, which could
 * move the cursor, appear as U+FFFD. color: titles and severities by SGR codes, which take no
 * columns. Errors stay in the stream. */
void show_table_write(const struct findings *findings, size_t top, size_t width, bool color,
                      FILE *out);

#endif
