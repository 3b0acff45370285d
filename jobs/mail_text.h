#ifndef TIEOUT_MAIL_TEXT_H
#define TIEOUT_MAIL_TEXT_H

#include "mail_report.h"

#include <stdio.h>

/* The mail as plain text, lines ending with \n, for readers and programs that show no HTML.
 * Errors stay in the stream. */
void mail_text_write(const struct mail_report *report, const struct mail_words *words,
                     FILE *out);

#endif
