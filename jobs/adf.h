#ifndef TIEOUT_ADF_H
#define TIEOUT_ADF_H

#include "ticket_text.h"

#include <cjson/cJSON.h>

/* The parts as an Atlassian Document (Jira Cloud); the title is not in it. NULL if memory is
 * short; free with cJSON_Delete. */
cJSON *adf_document(const struct ticket_text *text);

#endif
