#ifndef TIEOUT_SERVICES_CHECK_H
#define TIEOUT_SERVICES_CHECK_H

#include "log.h"
#include "settings.h"

#include <stdio.h>

/* STATUS_CONFIG if a service is half configured (jira.url without jira.project ...), and what
 * secret_read says of its secret: to be asked before the work, not after it. Talks to nobody. */
enum status services_validate(const struct settings *settings, struct error *err);

/* Whether any service is configured. */
bool services_any(const struct settings *settings);

/* Warns of secrets that a batch system may have stored with the job's environment. */
void services_warn_exposed(const struct settings *settings, struct log *log);

/* For `tieout check`: a line for each service on whether it is configured, can be reached, lets
 * us in and has what we need there; changes nothing. Returns the gravest code, with that
 * service's sentence in err. */
enum status services_check(const struct settings *settings, FILE *out, struct error *err);

#endif
