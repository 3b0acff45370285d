#ifndef TIEOUT_WORKBOOK_SHEETS_H
#define TIEOUT_WORKBOOK_SHEETS_H

#include "followup.h"
#include <xlsxwriter.h>

enum { WORKBOOK_ROWS = LXW_ROW_MAX - 1 /* findings that fit below the titles */ };

/* What did not fit in the workbook. */
struct workbook_cut {
    size_t findings; /* left out, the least anomalous */
    size_t texts;    /* cut short */
};

/* Adds the sheets: "Anomalies", the reviewers' list as review_list.h has it, made for reading and
 * answering, and "Run", the facts of the run and how to answer. A text is written as text, whatever
 * it looks like; what XML or the format cannot hold becomes U+FFFD. The same findings give the same
 * sheets. workbook: opened with constant_memory. STATUS_INTERNAL if the library refuses. */
enum status workbook_add_sheets(lxw_workbook *workbook, const struct followup *followup,
                                struct workbook_cut *cut, struct error *err);

#endif
