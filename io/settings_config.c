/* The configuration file: a JSON object with one key for each setting, those of a section in an
 * object of their own. Every key and type is checked, those that a flag or a variable overrides
 * too: a file that is wrong should not work today and fail on the day the flag is left out.
 * Reading the file is apart from applying its text, as one process reads and all apply. */
#include "mem.h"
#include "nearest.h"
#include "settings.h"
#include "settings_columns.h"
#include "settings_store.h"
#include "settings_table.h"
#include "settings_value.h"

#include <assert.h>
#include <cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_MAX = 1 << 20,
    WHERE_MAX = 512,
    KEY_MAX = 160,
    NUMBER_MAX = 32,
    KEYS_MAX = SETTINGS_MAX_OPTION + 1
};

static enum status explain_errno(const char *path, int number, struct error *err)
{
    bool denied = number == EACCES || number == EPERM;

    return error_set(err, denied ? STATUS_PERMISSION : STATUS_NO_INPUT,
                     "cannot read configuration file '%.500s': %s", path, strerror(number));
}

enum status settings_read_config(const char *path, char **text, struct error *err)
{
    enum status st = STATUS_OK;
    char *read = NULL;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return explain_errno(path, errno, err);
    read = mem_array(CONFIG_MAX + 2, 1);
    if (read == NULL)
        TRY(error_no_memory(err, "the configuration file"));
    size_t n = fread(read, 1, CONFIG_MAX + 1, file);
    if (ferror(file))
        TRY(explain_errno(path, errno, err));
    if (n > CONFIG_MAX)
        TRY(error_set(err, STATUS_CONFIG, "configuration file '%.500s' is larger than 1 MiB",
                      path));
    if (memchr(read, '\0', n) != NULL)
        TRY(error_set(err, STATUS_CONFIG, "configuration file '%.500s' is not a text", path));
    *text = read;
    read = NULL;
done:
    free(read);
    fclose(file);
    return st;
}

/* Where JSON ended to make sense. */
static enum status refuse_syntax(const char *json, const char *end, const char *path,
                                 struct error *err)
{
    size_t line = 1;
    const char *start = json;

    for (const char *c = json; c < end && *c != '\0'; c++)
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    return error_set(err, STATUS_CONFIG, "%.500s: not JSON from line %zu, column %zu on", path,
                     line, (size_t)(end - start) + 1);
}

static const struct option *find_key(const char *key)
{
    for (size_t i = 0; i < N_OPTION; i++) {
        char name[OPTION_TEXT_MAX];

        option_config_key(&OPTION[i], name);
        if (option_in_environment(&OPTION[i]) && strcmp(name, key) == 0)
            return &OPTION[i];
    }
    return NULL;
}

/* The shortest of two texts that reads back as the same number. */
static const char *number_text(double number, char text[NUMBER_MAX])
{
    snprintf(text, NUMBER_MAX, "%.15g", number);
    if (!(strtod(text, NULL) >= number && strtod(text, NULL) <= number))
        snprintf(text, NUMBER_MAX, "%.17g", number);
    return text;
}

/* The item's value as one would write it behind the flag; NULL if its type does not suit. */
static const char *item_text(const struct option *option, const cJSON *item,
                             char number[NUMBER_MAX], const char **wanted)
{
    bool is_number = cJSON_IsNumber(item);

    assert(option_in_config(option));
    switch (option->kind) {
    case OPTION_FLAG:
        *wanted = "true or false";
        return cJSON_IsBool(item) ? (cJSON_IsTrue(item) ? "yes" : "no") : NULL;
    case OPTION_INTEGER:
    case OPTION_REAL:
        *wanted = "a number";
        return is_number ? number_text(item->valuedouble, number) : NULL;
    case OPTION_AUTO_SHARE:
        *wanted = "a number or \"auto\"";
        if (is_number)
            return number_text(item->valuedouble, number);
        return cJSON_IsString(item) && strcmp(item->valuestring, "auto") == 0 ? "auto" : NULL;
    case OPTION_CHOICE:
    case OPTION_COLUMNS:
    case OPTION_TEXT:
    case OPTION_ALERT_ON:
        *wanted = "a text in quotes";
        return cJSON_GetStringValue(item);
    case OPTION_PATHS:
        *wanted = "a text in quotes or a list of such";
        return cJSON_GetStringValue(item);
    case OPTION_AMOUNTS:
        *wanted = "a number or a text in quotes";
        return is_number ? number_text(item->valuedouble, number) : cJSON_GetStringValue(item);
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
    return NULL;
}

/* Stores what no higher source has set; the rest is only read. */
static enum status store_item(const struct option *option, const char *text, const char *where,
                              struct settings *settings, struct error *err)
{
    struct settings unused = {.n_input = 0};

    if (settings->source[option - OPTION] <= SOURCE_CONFIG)
        return settings_store(settings, option, text, where, SOURCE_CONFIG, err);
    enum status st = settings_store(&unused, option, text, where, SOURCE_CONFIG, err);
    settings_free(&unused);
    return st;
}

/* A list of paths becomes one text, a path a line. */
static enum status store_list(const struct option *option, const cJSON *list, const char *where,
                              struct settings *settings, struct error *err)
{
    size_t room = 1, n = 0;
    char *joined = NULL;
    enum status st = STATUS_OK;

    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        if (!cJSON_IsString(item) || item->valuestring[0] == '\0')
            TRY(error_set(err, STATUS_CONFIG, "%s: must be a list of texts in quotes", where));
        room += strlen(item->valuestring) + 1;
    }
    joined = mem_array(room, 1);
    if (joined == NULL)
        TRY(error_no_memory(err, "the settings"));
    for (const cJSON *item = list->child; item != NULL; item = item->next)
        n += (size_t)snprintf(joined + n, room - n, "%s%s", n > 0 ? "\n" : "",
                              item->valuestring);
    TRY(store_item(option, joined, where, settings, err));
done:
    free(joined);
    return st;
}

/* Whether word is the name of a section. */
static bool is_section(const char *word)
{
    for (size_t i = 0; i < N_OPTION; i++)
        if (option_section(&OPTION[i]) == strlen(word) &&
            strncmp(OPTION[i].name, word, strlen(word)) == 0)
            return word[0] != '\0';
    return false;
}

/* The keys that may stand in a section, "" for the outermost object, where sections are keys as
 * well; returns how many. */
static size_t list_keys(const char *section, char known[KEYS_MAX][OPTION_TEXT_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < N_OPTION; i++) {
        char key[OPTION_TEXT_MAX];
        size_t length = option_section(&OPTION[i]);

        if (!option_in_config(&OPTION[i]))
            continue;
        option_config_key(&OPTION[i], key);
        if (section[0] == '\0' && length > 0)
            key[length] = '\0'; /* once for each of its keys: that does no harm */
        if (section[0] == '\0' ||
            (length == strlen(section) && strncmp(key, section, length) == 0))
            strcpy(known[n++], key);
    }
    if (section[0] == '\0')
        strcpy(known[n++], SETTINGS_COLUMNS_KEY);
    return n;
}

/* "did you mean trees?" */
static enum status refuse_key(const char *section, const char *key, const char *where,
                              struct error *err)
{
    char known[KEYS_MAX][OPTION_TEXT_MAX];
    const char *name[KEYS_MAX];
    const char *dot = strchr(key, '.');
    size_t n = list_keys(section, known);

    if (section[0] == '\0' && dot != NULL && find_key(key) != NULL)
        return error_set(err, STATUS_CONFIG, "%s: unknown key: write \"%.*s\": { \"%s\": ... }",
                         where, (int)(dot - key), key, dot + 1);
    for (size_t i = 0; i < n; i++)
        name[i] = known[i];
    const char *near = nearest_find(key, name, n);
    return error_set(err, STATUS_CONFIG, "%s: unknown key%s%s%s", where,
                     near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                     near != NULL ? "?" : "");
}

static enum status apply_object(const cJSON *object, const char *section, const char *path,
                                struct settings *settings, struct error *err);

/* item of the section, "" for those in none. */
static enum status apply_item(const cJSON *item, const char *section, const char *path,
                              struct settings *settings, struct error *err)
{
    char key[KEY_MAX];
    char where[WHERE_MAX];
    char number[NUMBER_MAX];
    const char *wanted = NULL;

    snprintf(key, sizeof key, "%s%s%.100s", section, section[0] != '\0' ? "." : "",
             item->string);
    snprintf(where, sizeof where, "%.300s: %s", path, key);
    if (section[0] == '\0' && strcmp(key, SETTINGS_COLUMNS_KEY) == 0)
        return settings_columns_apply(settings, item, where, err);
    if (section[0] == '\0' && is_section(key)) {
        if (!cJSON_IsObject(item))
            return error_set(err, STATUS_CONFIG, "%s: must be an object: { ... }", where);
        return apply_object(item, key, path, settings, err);
    }
    const struct option *option = strchr(item->string, '.') == NULL ? find_key(key) : NULL;
    if (option == NULL)
        return refuse_key(section, key, where, err);
    if (!option_in_config(option))
        return error_set(err, STATUS_CONFIG, "%s: a configuration file cannot name another",
                         where);
    if (option->kind == OPTION_PATHS && cJSON_IsArray(item))
        return store_list(option, item, where, settings, err);
    const char *text = item_text(option, item, number, &wanted);
    if (text == NULL)
        return error_set(err, STATUS_CONFIG, "%s: must be %s", where, wanted);
    return store_item(option, text, where, settings, err);
}

static enum status apply_object(const cJSON *object, const char *section, const char *path,
                                struct settings *settings, struct error *err)
{
    enum status st = STATUS_OK;

    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        for (const cJSON *other = object->child; other != item; other = other->next)
            if (strcmp(other->string, item->string) == 0)
                TRY(error_set(err, STATUS_CONFIG, "%.300s: %s%s%.100s: the key is there twice",
                              path, section, section[0] != '\0' ? "." : "", item->string));
        TRY(apply_item(item, section, path, settings, err));
    }
done:
    return st;
}

enum status settings_apply_config(struct settings *settings, const char *json, const char *path,
                                  struct error *err)
{
    enum status st = STATUS_OK;
    const char *end = json;
    cJSON *root = cJSON_ParseWithOpts(json, &end, true);

    if (root == NULL)
        TRY(refuse_syntax(json, end, path, err));
    if (!cJSON_IsObject(root))
        TRY(error_set(err, STATUS_CONFIG, "%.500s: must be a JSON object: { \"trees\": 200 }",
                      path));
    /* cJSON would end a text there without a word. */
    if (strstr(json, "\\u0000") != NULL)
        TRY(error_set(err, STATUS_CONFIG, "%.500s: \\u0000 is not allowed in a text", path));
    TRY(apply_object(root, "", path, settings, err));
    TRY(settings_check(settings, err));
done:
    cJSON_Delete(root);
    return st;
}

/* A list of paths, one a line, as a JSON array. */
static cJSON *paths_item(const char *paths)
{
    cJSON *list = cJSON_CreateArray();

    while (list != NULL && *paths != '\0') {
        size_t length = strcspn(paths, "\n");
        char *path = mem_array(length + 1, 1);
        if (path != NULL)
            memcpy(path, paths, length);
        cJSON *item = path != NULL ? cJSON_CreateString(path) : NULL;
        free(path);
        if (item == NULL || !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            cJSON_Delete(list);
            return NULL;
        }
        paths += length + (paths[length] == '\n');
    }
    return list;
}

/* The value in force as a JSON item; NULL if memory is short. */
static cJSON *value_item(const struct option *option, const struct settings *settings)
{
    const void *field = option_field(option, settings);
    char columns[COLUMNS_TEXT], date[DATE_TEXT];

    assert(option_in_config(option));
    switch (option->kind) {
    case OPTION_FLAG:
        return cJSON_CreateBool(*(const bool *)field);
    case OPTION_INTEGER:
        return cJSON_CreateNumber((double)*(const int64_t *)field);
    case OPTION_REAL:
        return cJSON_CreateNumber(*(const double *)field);
    case OPTION_AUTO_SHARE:
        if (*(const double *)field > 0.0)
            return cJSON_CreateNumber(*(const double *)field);
        return cJSON_CreateString("auto");
    case OPTION_CHOICE: {
        int index = 0;
        memcpy(&index, field, sizeof index);
        return cJSON_CreateString(option->choice[index]);
    }
    case OPTION_COLUMNS:
        option_columns_text(*(const unsigned *)field, columns);
        return cJSON_CreateString(columns);
    case OPTION_ALERT_ON:
        return cJSON_CreateString(option_alert_text(*(const int32_t *)field, date));
    case OPTION_PATHS:
        return paths_item(*(char *const *)field);
    case OPTION_TEXT:
    case OPTION_AMOUNTS:
        return cJSON_CreateString(*(char *const *)field);
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
    return NULL;
}

/* Whether there is a value to tell: a text without a default may be absent. */
static bool has_value(const struct option *option, const struct settings *settings)
{
    return !option_is_text(option) || *(char *const *)option_field(option, settings) != NULL;
}

/* The object an option's key stands in: root, or that of its section, which is made if need be.
 * NULL if memory is short. */
static cJSON *find_object(cJSON *root, const char *key, size_t section)
{
    char name[OPTION_TEXT_MAX];

    if (section == 0)
        return root;
    snprintf(name, sizeof name, "%.*s", (int)section, key);
    cJSON *object = cJSON_GetObjectItemCaseSensitive(root, name);
    return object != NULL ? object : cJSON_AddObjectToObject(root, name);
}

static bool add_item(cJSON *root, const struct option *option, const struct settings *settings)
{
    char key[OPTION_TEXT_MAX];
    size_t section = option_section(option);
    cJSON *item = value_item(option, settings);

    option_config_key(option, key);
    cJSON *object = find_object(root, key, section);
    if (item != NULL && object != NULL &&
        cJSON_AddItemToObject(object, key + (section > 0 ? section + 1 : 0), item))
        return true;
    cJSON_Delete(item);
    return false;
}

enum status settings_in_force(const struct settings *settings, char **json, struct error *err)
{
    cJSON *root = cJSON_CreateObject();
    bool complete = root != NULL;

    for (size_t i = 0; complete && i < N_OPTION; i++)
        if (option_in_config(&OPTION[i]) && option_belongs(&OPTION[i], settings->command) &&
            has_value(&OPTION[i], settings))
            complete = add_item(root, &OPTION[i], settings);
    complete = complete && settings_columns_tell(settings, root);
    char *printed = complete ? cJSON_PrintUnformatted(root) : NULL;
    cJSON_Delete(root);
    if (printed == NULL)
        return error_no_memory(err, "the record of the settings");
    *json = printed;
    return STATUS_OK;
}
