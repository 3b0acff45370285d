/* Members of JSON objects that are made for people and services to read: amounts to the cent, not
 * to the last bit (show_json.c has those), and texts that a strict reader takes. */
#include "json_add.h"

#include "amount_text.h"
#include "mem.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double DECIMALS_END = 1e13; /* a double has 16 digits */

bool json_add_text(cJSON *object, const char *name, const char *text)
{
    size_t n = strlen(text);

    if (n == 0)
        return cJSON_AddNullToObject(object, name) != NULL;
    char *repaired = mem_array(utf8_repair(text, n, NULL) + 1, 1);
    if (repaired == NULL)
        return false;
    utf8_repair(text, n, repaired);
    bool added = cJSON_AddStringToObject(object, name, repaired) != NULL;
    free(repaired);
    return added;
}

/* -0.00 is 0.00 */
static void drop_sign_of_zero(char *text)
{
    if (text[0] == '-' && text[1 + strspn(text + 1, "0.")] == '\0')
        memmove(text, text + 1, strlen(text));
}

bool json_add_number(cJSON *object, const char *name, double value, int decimals)
{
    char text[AMOUNT_TEXT];

    if (!isfinite(value))
        return cJSON_AddNullToObject(object, name) != NULL;
    if (fabs(value) < DECIMALS_END)
        snprintf(text, sizeof text, "%.*f", decimals, value);
    else
        amount_exact(value, text);
    drop_sign_of_zero(text);
    return cJSON_AddRawToObject(object, name, text) != NULL;
}
