#ifndef TIEOUT_RUN_FACTS_H
#define TIEOUT_RUN_FACTS_H

#include "overview_read.h"
#include "results_read.h"

/* Tells, in the order an auditor asks: which program, by which command, over which files, with
 * which settings, what came of it, and where it ran; a fact at a time to
 *   tell(context, label, text)  text: no longer than the call, never ""
 * Facts that the results do not have are left out. */
void run_facts_tell(const struct findings *findings, const struct overview *overview,
                    void (*tell)(void *context, const char *label, const char *text),
                    void *context);

/* Line i of a fact that is a list (overview_read.h), cut to size; "" if it has no such line or
 * list is NULL. */
void run_facts_line(const char *list, size_t i, char *text, size_t size);

#endif
