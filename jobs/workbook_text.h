#ifndef TIEOUT_WORKBOOK_TEXT_H
#define TIEOUT_WORKBOOK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    WORKBOOK_CELL = 32767, /* UTF-16 units that a cell holds */
    WORKBOOK_CELL_BYTES = 3 * WORKBOOK_CELL + 1
};

/* Text as a cell can hold it: characters that XML does not allow, and bytes that are not UTF-8,
 * become U+FFFD; what does not fit is cut between characters. Returns whether it was cut. */
bool workbook_text(const char *text, char cell[WORKBOOK_CELL_BYTES]);

#endif
