#ifndef TIEOUT_JSON_ADD_H
#define TIEOUT_JSON_ADD_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Adds text to object, with what is not UTF-8 replaced; null if it is empty. False if memory is
 * short. */
bool json_add_text(cJSON *object, const char *name, const char *text);

/* Adds a number with so many decimals, in the double's own digits from 1e13 on; null if it is not
 * finite. */
bool json_add_number(cJSON *object, const char *name, double value, int decimals);

#endif
