#ifndef TIEOUT_REPORT_PAGE_H
#define TIEOUT_REPORT_PAGE_H

#include "followup.h"
#include "overview_read.h"

#include <stdio.h>

/* What the page tells; all borrowed. */
struct report {
    const struct findings *findings;
    const struct overview *overview;
    const struct explanation *explained; /* [findings->n] */
    const size_t *shown;                 /* [n_shown] findings, most severe first */
    size_t n_shown;
    char *const *link;  /* [findings->n] address of a finding's ticket, NULL if it has none */
    const char *folder; /* of the results, its name alone */
};

/* How much of it the page has at most; the page says so where it cuts. */
enum {
    REPORT_FINDINGS = SERIES_FINDINGS,
    REPORT_MONTHS = 13,
    REPORT_CURRENCIES = 8,
    REPORT_NAME = 64, /* characters of a name */
    REPORT_TEXT = 2000
};

/* One HTML page that needs nothing else: no network, no script to be read; a script adds sorting
 * and filtering. Style and script are named by their hash in the page's own policy, which
 * allows nothing else, and all text is escaped. The same bytes for the same report. Errors of
 * writing stay in the stream; STATUS_INTERNAL if memory is short. */
enum status report_page_write(const struct report *report, FILE *out, struct error *err);

#endif
