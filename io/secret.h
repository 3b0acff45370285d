#ifndef TIEOUT_SECRET_H
#define TIEOUT_SECRET_H

#include "service_settings.h"
#include "status.h"
#include <stddef.h>

enum { SECRET_MAX = 4096 };

/* A password, key or token. To be erased as soon as it has been used; never printed, logged,
 * stored or sent between ranks. */
struct secret {
    size_t n; /* 0: there is none */
    char text[SECRET_MAX + 1];
};

/* Whether the settings, or $CREDENTIALS_DIRECTORY/name (systemd), say where the secret is. */
bool secret_is_named(const struct secret_source *source, const char *name);

/* Reads it from the first of: source->file, $CREDENTIALS_DIRECTORY/name, the variable
 * source->variable. A file must be regular, no link, owned by this user or root, and closed to
 * everyone else (mode 0600 or 0400; systemd's may be 0440 if root's); one line end at its end is
 * not part of it. None named: n is 0 and all is well.
 *   name  "jira-token" ..., for sentences and the credentials directory
 * STATUS_CONFIG if it is empty, too long, has a control character, or the variable is not set;
 * STATUS_NO_INPUT, STATUS_PERMISSION if the file is missing or open to others (says chmod 600).
 * No sentence contains any of it. *secret is produced, erased on failure. */
enum status secret_read(const struct secret_source *source, const char *name,
                        struct secret *secret, struct error *err);

/* Whether secret_read would take it from the environment, where a batch system may keep it. */
bool secret_is_exposed(const struct secret_source *source, const char *name);

void secret_erase(struct secret *secret); /* overwrites it */

#endif
