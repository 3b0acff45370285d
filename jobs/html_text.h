#ifndef TIEOUT_HTML_TEXT_H
#define TIEOUT_HTML_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Text that others wrote, in HTML: it stays text, in elements and in quoted attributes, whatever
 * it holds. What would steer the page's direction is replaced (mail_character.h). Errors stay in
 * the stream. */

/* At most `limit` characters of text, and an ellipsis if there are more. */
void html_write_text(FILE *out, const char *text, size_t limit);

/* A name out of the ledger. Whichever way it is written, what stands around it stays put. */
void html_write_name(FILE *out, const char *name, size_t limit);

#endif
