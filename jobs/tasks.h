#ifndef TIEOUT_TASKS_H
#define TIEOUT_TASKS_H

#include "followup.h"

/* The follow-up job that posts tasks to the "Agentic AI" endpoint (tasks.*): one for each of the
 * most severe findings, tasks.max-tasks at most, and one that sums up the rest. Not configured or
 * a dry run: tasks.json beside the results. STATUS_SERVICE: another run goes on; STATUS_CONFIG: the
 * key was not taken, or some tasks were refused. See followup.h. */
enum status post_tasks(struct followup *followup, struct error *said);

/* A key is named, in the settings or in the credentials directory. */
bool tasks_is_configured(const struct settings *settings);

/* STATUS_CONFIG if tasks.url is no address that may be used. */
enum status tasks_validate(const struct settings *settings, struct error *err);

/* For `tieout check`: whether the key can be read and the server be reached. There is nothing to
 * ask the endpoint that changes nothing, so what it says to a HEAD request is only told. */
enum status tasks_check(const struct settings *settings, struct http *http, struct error *said);

#endif
