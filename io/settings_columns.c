/* The names that a team's ledgers have for the columns. A column is called by its documented
 * name, in any spelling a header may have; what it is called in the files is compared like a
 * header, too. */
#include "settings_columns.h"

#include "mem.h"
#include "nearest.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 100 };

static enum status refuse_column(const char *name, const char *where, struct error *err)
{
    const char *known[N_COLUMN];

    for (int c = 0; c < N_COLUMN; c++)
        known[c] = ledger_column_name((enum ledger_column)c);
    const char *near = nearest_find(name, known, N_COLUMN);
    return error_set(err, STATUS_CONFIG, "%s: '%.*s' is no column of a ledger%s%s%s", where,
                     SHOWN, name, near != NULL ? ": did you mean " : "",
                     near != NULL ? near : "", near != NULL ? "?" : "");
}

static enum status take_name(struct settings *settings, const cJSON *item, const char *where,
                             struct error *err)
{
    enum ledger_column column = ledger_column_named(item->string);
    const char *name = cJSON_GetStringValue(item);

    if (column == COLUMN_NONE)
        return refuse_column(item->string, where, err);
    if (name == NULL || name[0] == '\0' || strlen(name) >= LEDGER_NAME)
        return error_set(
            err, STATUS_CONFIG,
            "%s: %.*s: must be the column's name in the files, a text in quotes of "
            "up to %d bytes",
            where, SHOWN, item->string, LEDGER_NAME - 1);
    if (settings->columns[column] != NULL)
        return error_set(err, STATUS_CONFIG, "%s: %s is there twice", where,
                         ledger_column_name(column));
    for (int c = 0; c < N_COLUMN; c++)
        if (settings->columns[c] != NULL && strcmp(settings->columns[c], name) == 0)
            return error_set(err, STATUS_CONFIG, "%s: '%s' is said to be both %s and %s", where,
                             name, ledger_column_name((enum ledger_column)c),
                             ledger_column_name(column));
    settings->columns[column] = strdup(name);
    return settings->columns[column] != NULL ? STATUS_OK : error_no_memory(err, "the settings");
}

enum status settings_columns_apply(struct settings *settings, const struct cJSON *object,
                                   const char *where, struct error *err)
{
    enum status st = STATUS_OK;

    if (!cJSON_IsObject(object))
        return error_set(err, STATUS_CONFIG,
                         "%s: must be an object: { \"GL Balance\": \"its name in the files\" }",
                         where);
    for (const cJSON *item = object->child; item != NULL && st == STATUS_OK; item = item->next)
        st = take_name(settings, item, where, err);
    return st;
}

bool settings_columns_tell(const struct settings *settings, struct cJSON *root)
{
    cJSON *object = NULL;

    for (int c = 0; c < N_COLUMN; c++) {
        if (settings->columns[c] == NULL)
            continue;
        if (object == NULL)
            object = cJSON_AddObjectToObject(root, SETTINGS_COLUMNS_KEY);
        if (cJSON_AddStringToObject(object, ledger_column_name((enum ledger_column)c),
                                    settings->columns[c]) == NULL)
            return false;
    }
    return true;
}
