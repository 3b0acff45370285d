#ifndef TIEOUT_JSON_DRAFT_H
#define TIEOUT_JSON_DRAFT_H

#include "status.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/* A draft that is a JSON array of {"to": request, "body": what is sent}, one after the other, so
 * that only its text is held. */
struct json_draft {
    FILE *out;
    char *text;
    size_t length;
    size_t n; /* entries */
};

enum status json_draft_open(struct json_draft *draft, struct error *err);

/* Adds an entry; body is consumed, on failure too. */
enum status json_draft_add(struct json_draft *draft, const char *to, cJSON *body,
                           struct error *err);

/* Writes it as folder/name (draft_write). */
enum status json_draft_save(struct json_draft *draft, const char *folder, const char *name,
                            struct error *err);

void json_draft_close(struct json_draft *draft); /* leaves nothing */

#endif
