#ifndef TIEOUT_PLAIN_TEXT_H
#define TIEOUT_PLAIN_TEXT_H

#include "ticket_text.h"

/* The title and the parts as plain text, lines ended by a newline. NULL if memory is short;
 * free() it. */
char *plain_text(const struct ticket_text *text);

#endif
