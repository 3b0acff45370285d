#ifndef TIEOUT_MAIL_HTML_H
#define TIEOUT_MAIL_HTML_H

#include "mail_report.h"

#include <stdio.h>

/* The mail as HTML for mail programs: tables and inline styles, nothing to be fetched, no
 * scripts; 400 to 800 pixels wide, on light and on dark screens. All text is escaped. Errors
 * stay in the stream. */
void mail_html_write(const struct mail_report *report, const struct mail_words *words,
                     FILE *out);

#endif
