#ifndef TIEOUT_WIKI_H
#define TIEOUT_WIKI_H

#include "ticket_text.h"

/* The parts as Jira's wiki markup (Data Center); the title is not in it. NULL if memory is short;
 * free() it. */
char *wiki_text(const struct ticket_text *text);

#endif
