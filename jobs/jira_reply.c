/* Jira's answers. A service may answer anything, so nothing is taken for granted: a text that is
 * no JSON has no fields, a field of another type is not there. */
#include "jira_reply.h"

#include "one_line.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASON_UNITS = (JIRA_REASON - 1) / 3 };

enum jira_verdict jira_judge(const struct http_reply *reply)
{
    bool dead = strstr(reply->login_reason, "AUTHENTICATED_FAILED") != NULL ||
                strstr(reply->login_reason, "AUTHENTICATION_DENIED") != NULL;

    if (dead || reply->status == 401 || reply->status == 403)
        return JIRA_LOCKED_OUT;
    if (reply->outcome == HTTP_NOT_SENT || reply->status == 429 || reply->status == 503)
        return JIRA_NOT_DONE;
    if (reply->outcome == HTTP_UNKNOWN || reply->status >= 500 || reply->status == 408)
        return JIRA_UNSURE;
    return reply->status >= 200 && reply->status < 300 ? JIRA_DONE : JIRA_REFUSED;
}

/* ---- reasons ------------------------------------------------------------------------------ */

static void append(char *text, size_t room, const char *separator, const char *word)
{
    size_t n = strlen(text);

    snprintf(text + n, room - n, "%s%s", n > 0 ? separator : "", word);
}

static void append_field(char *text, size_t room, const cJSON *item)
{
    if (!cJSON_IsString(item))
        return;
    append(text, room, "; ", item->string != NULL ? item->string : "");
    append(text, room, item->string != NULL ? ": " : "; ", item->valuestring);
}

/* errorMessages and errors of an error collection, as one line; "" if it has neither. */
static void collect_errors(const cJSON *collection, char reason[JIRA_REASON])
{
    char all[4 * JIRA_REASON] = "";
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, cJSON_GetObjectItem(collection, "errorMessages"))
    {
        if (cJSON_IsString(item))
            append(all, sizeof all, "; ", item->valuestring);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(collection, "errors"))
        append_field(all, sizeof all, item);
    one_line(all, REASON_UNITS, reason);
}

void jira_reason(const struct http_reply *reply, char reason[JIRA_REASON])
{
    cJSON *body = cJSON_Parse(reply->body);

    collect_errors(body, reason);
    if (reason[0] == '\0')
        one_line(reply->sentence, REASON_UNITS, reason);
    if (reason[0] == '\0')
        snprintf(reason, JIRA_REASON, "HTTP status %d", reply->status);
    cJSON_Delete(body);
}

/* ---- bulk --------------------------------------------------------------------------------- */

/* A ticket's key goes into addresses and files: letters, digits, _ and -. */
static bool copy_key(const cJSON *issue, char key[JIRA_KEY])
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(issue, "key"));
    size_t n = text != NULL ? strlen(text) : 0;

    if (n == 0 || n >= JIRA_KEY)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
            return false;
    memcpy(key, text, n + 1);
    return true;
}

/* Notes a failed element; false if it names none of the n or one twice. */
static bool note_failure(const cJSON *error, size_t n, struct jira_made made[])
{
    const cJSON *number = cJSON_GetObjectItem(error, "failedElementNumber");
    const cJSON *status = cJSON_GetObjectItem(error, "status");
    double place = cJSON_IsNumber(number) ? number->valuedouble : -1;

    if (!(place >= 0 && place < (double)n) || made[(size_t)place].reason[0] != '\0')
        return false;
    struct jira_made *failed = &made[(size_t)place];
    collect_errors(cJSON_GetObjectItem(error, "elementErrors"), failed->reason);
    if (failed->reason[0] == '\0')
        strcpy(failed->reason, "Jira refused it without a reason");
    failed->again =
        cJSON_IsNumber(status) && (status->valuedouble == 429 || status->valuedouble >= 500);
    return true;
}

/* The failures of an answer; false if they cannot be told. */
static bool read_failures(const cJSON *body, size_t n, struct jira_made made[])
{
    const cJSON *error = NULL;

    memset(made, 0, n * sizeof *made);
    cJSON_ArrayForEach(error, cJSON_GetObjectItem(body, "errors"))
    {
        if (!note_failure(error, n, made))
            return false;
    }
    return true;
}

bool jira_read_bulk(const char *body, size_t n, struct jira_made made[])
{
    cJSON *json = cJSON_Parse(body);
    const cJSON *issue = NULL;
    size_t next = 0;
    bool whole =
        cJSON_IsArray(cJSON_GetObjectItem(json, "issues")) && read_failures(json, n, made);

    cJSON_ArrayForEach(issue, cJSON_GetObjectItem(json, "issues"))
    {
        while (whole && next < n && made[next].reason[0] != '\0')
            next++;
        whole = whole && next < n && copy_key(issue, made[next].key);
        next++;
    }
    while (whole && next < n && made[next].reason[0] != '\0')
        next++;
    cJSON_Delete(json);
    return whole && next == n;
}

void jira_read_refused_bulk(const struct http_reply *reply, size_t n, struct jira_made made[])
{
    cJSON *json = cJSON_Parse(reply->body);
    const cJSON *errors = cJSON_GetObjectItem(json, "errors");
    bool named =
        cJSON_IsArray(errors) && cJSON_GetArraySize(errors) > 0 && read_failures(json, n, made);
    char reason[JIRA_REASON] = "Jira refused others of the same request";

    if (!named) {
        memset(made, 0, n * sizeof *made);
        jira_reason(reply, reason);
    }
    for (size_t i = 0; i < n; i++)
        if (made[i].reason[0] == '\0') {
            memcpy(made[i].reason, reason, sizeof reason);
            made[i].again = named;
        }
    cJSON_Delete(json);
}

/* ---- searches ----------------------------------------------------------------------------- */

static bool has_label(const cJSON *issue, const char *label)
{
    const cJSON *fields = cJSON_GetObjectItem(issue, "fields"), *item = NULL;

    cJSON_ArrayForEach(item, cJSON_GetObjectItem(fields, "labels"))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, label) == 0)
            return true;
    }
    return false;
}

/* Numbers are given as they come, so the lowest is the oldest. */
static void note_match(const cJSON *issue, struct jira_match *match)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(issue, "id"));
    int64_t number = id != NULL ? strtoll(id, NULL, 10) : 0;
    char key[JIRA_KEY];

    if (!has_label(issue, match->label) || !copy_key(issue, key) ||
        strcmp(key, match->key) == 0)
        return;
    if (match->n == 0 || number < match->id) {
        memcpy(match->key, key, sizeof key);
        match->id = number;
    }
    match->n++;
}

static int64_t integer_of(const cJSON *object, const char *name, int64_t missing)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    bool fits = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 1e15;

    return fits ? (int64_t)item->valuedouble : missing;
}

static void read_place(const cJSON *body, const cJSON *list, struct jira_page *page)
{
    const char *token = cJSON_GetStringValue(cJSON_GetObjectItem(body, "nextPageToken"));

    page->n = (size_t)cJSON_GetArraySize(list);
    page->total = integer_of(body, "total", -1);
    snprintf(page->token, sizeof page->token, "%s", token != NULL ? token : "");
}

bool jira_read_page(const char *body, struct jira_match *match, size_t n_match,
                    struct jira_page *page)
{
    cJSON *json = cJSON_Parse(body);
    const cJSON *issues = cJSON_GetObjectItem(json, "issues"), *issue = NULL;
    bool is_page = cJSON_IsArray(issues);

    cJSON_ArrayForEach(issue, issues)
    {
        for (size_t i = 0; is_page && i < n_match; i++)
            note_match(issue, &match[i]);
    }
    if (is_page)
        read_place(json, issues, page);
    cJSON_Delete(json);
    return is_page;
}

/* Whether any text in item, which may be a string or a whole document, contains mark. */
static bool mentions(const cJSON *item, const char *mark)
{
    const cJSON *child = NULL;

    if (cJSON_IsString(item))
        return strstr(item->valuestring, mark) != NULL;
    cJSON_ArrayForEach(child, item)
    {
        if (mentions(child, mark))
            return true;
    }
    return false;
}

bool jira_read_comments(const char *body, const char *mark, bool *has, struct jira_page *page)
{
    cJSON *json = cJSON_Parse(body);
    const cJSON *comments = cJSON_GetObjectItem(json, "comments"), *comment = NULL;
    bool is_page = cJSON_IsArray(comments);

    *has = false;
    cJSON_ArrayForEach(comment, comments) *has =
        *has || mentions(cJSON_GetObjectItem(comment, "body"), mark);
    if (is_page)
        read_place(json, comments, page);
    cJSON_Delete(json);
    return is_page;
}

/* ---- checks ------------------------------------------------------------------------------- */

bool jira_read_account(const char *body)
{
    cJSON *json = cJSON_Parse(body);
    bool named = cJSON_IsString(cJSON_GetObjectItem(json, "accountId")) ||
                 cJSON_IsString(cJSON_GetObjectItem(json, "name"));

    cJSON_Delete(json);
    return named;
}

bool jira_read_issue_types(const char *body, const char *name, bool *has, char *others,
                           size_t room)
{
    cJSON *json = cJSON_Parse(body);
    const cJSON *types = cJSON_GetObjectItem(json, "issueTypes"), *type = NULL;

    if (types == NULL)
        types = cJSON_GetObjectItem(json, "values");
    bool is_list = cJSON_IsArray(types);
    *has = false;
    others[0] = '\0';
    cJSON_ArrayForEach(type, types)
    {
        const char *word = cJSON_GetStringValue(cJSON_GetObjectItem(type, "name"));
        *has = *has || (word != NULL && strcmp(word, name) == 0);
        if (word != NULL)
            append(others, room, ", ", word);
    }
    cJSON_Delete(json);
    return is_list;
}
