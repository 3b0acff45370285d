#ifndef TIEOUT_REPORT_PARTS_H
#define TIEOUT_REPORT_PARTS_H

#include "report_page.h"
#include <stdbool.h>

/* The sections of the page, each with its heading. A section that has nothing to tell says so, or
 * is left out where that is no news. Errors stay in the stream. */

void report_write_roll(FILE *out, const struct report *report);
void report_write_ageing(FILE *out, const struct report *report);
void report_write_scores(FILE *out, const struct report *report);
void report_write_list(FILE *out, const struct report *report);    /* table of anomalies */
void report_write_details(FILE *out, const struct report *report); /* each of them */
void report_write_feedback(FILE *out, const struct report *report);
void report_write_rejects(FILE *out, const struct report *report);
void report_write_provenance(FILE *out, const struct report *report);

/* The last month of the ledger over all currencies. */
struct last_month {
    const char *month; /* "" if no row has a date */
    bool is_first;     /* so that all its breaks look new */
    int64_t count[N_ROLL_COUNT];
};

struct last_month report_last_month(const struct overview *overview);

/* "company / account / AU" */
void report_write_account(FILE *out, const struct finding *finding);

/* Cells of a table: a count with commas, an amount. */
void report_count_cell(FILE *out, int64_t count);
void report_amount_cell(FILE *out, double amount, const char *class);

#endif
