#ifndef TIEOUT_FOLLOWUP_H
#define TIEOUT_FOLLOWUP_H

#include "http.h"
#include "log.h"
#include "outbox.h"
#include "overview_read.h"
#include "results_read.h"
#include "settings.h"
#include "text_store.h"

/* How a finding is explained: by whom, and in which words. Texts are UTF-8. */
struct explanation {
    const char *source;             /* "rules" or "model" */
    const char *text;               /* a few sentences */
    const char *likely_cause;       /* "" from rules */
    const char *recommended_action; /* "" from rules */
};

/* What every follow-up job is given. All is borrowed. */
struct followup {
    const struct findings *findings;
    const struct overview *overview; /* the rest of the results file */
    const struct settings *settings;
    const char *results;           /* path of the results file */
    const char *folder;            /* results.followup, exists */
    struct explanation *explained; /* [findings->n], by rules until the first job has better */
    struct text_store *kept;       /* texts the jobs make, until the last of them is done */
    struct http *http;
    struct outbox *outbox;
    bool send; /* false: a dry run, services are not spoken to */
    struct log *log;
};

/* A job is a function (struct followup *, struct error *said): it returns its code and says in
 * said->text in one sentence what it did (STATUS_OK) or why it could not. A job whose service is
 * not configured, or in a dry run, writes what it would send to a draft (draft.h) and says so. A
 * job begun again does only what is not done yet; when stop_requested it returns STATUS_STOPPED
 * with the outbox telling what is left. Each service also has a check (const struct settings *,
 * struct http *, struct error *said) that changes nothing there. */

#endif
