/* Tickets, comments and searches as JSON. Cloud and Data Center differ in how rich text is
 * written, in paging, and in that properties of a new ticket are the Cloud's. */
#include "jira_body.h"

#include "adf.h"
#include "wiki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static const char NO_PRIORITY[] = "none";

/* The parts as rich text under a name of object. */
static bool add_rich_text(cJSON *object, const char *name, enum jira_flavor flavor,
                          const struct ticket_text *text)
{
    if (flavor == JIRA_DATACENTER) {
        char *markup = wiki_text(text);
        bool added = markup != NULL && cJSON_AddStringToObject(object, name, markup) != NULL;
        free(markup);
        return added;
    }
    cJSON *document = adf_document(text);
    if (document != NULL && cJSON_AddItemToObject(object, name, document))
        return true;
    cJSON_Delete(document);
    return false;
}

/* {"member": value} under a name of object. */
static bool add_reference(cJSON *object, const char *name, const char *member,
                          const char *value)
{
    cJSON *reference = cJSON_AddObjectToObject(object, name);

    return reference != NULL && cJSON_AddStringToObject(reference, member, value) != NULL;
}

static bool add_word(cJSON *array, const char *word)
{
    cJSON *text = cJSON_CreateString(word);

    if (text != NULL && cJSON_AddItemToArray(array, text))
        return true;
    cJSON_Delete(text);
    return false;
}

static bool add_labels(cJSON *fields, const struct jira_ticket *ticket)
{
    cJSON *labels = cJSON_AddArrayToObject(fields, "labels");
    bool added = labels != NULL && add_word(labels, "tieout");

    for (size_t i = 0; i < sizeof ticket->label / sizeof *ticket->label; i++)
        if (ticket->label[i] != NULL)
            added = added && add_word(labels, ticket->label[i]);
    return added;
}

/* "properties": [{"key": "tieout.id", "value": {"id": id}}] */
static bool add_property(cJSON *body, const char *id)
{
    cJSON *properties = cJSON_AddArrayToObject(body, "properties");
    cJSON *property = properties != NULL ? cJSON_CreateObject() : NULL;

    if (property == NULL || !cJSON_AddItemToArray(properties, property)) {
        cJSON_Delete(property);
        return false;
    }
    return cJSON_AddStringToObject(property, "key", "tieout.id") != NULL &&
           add_reference(property, "value", "id", id);
}

static bool fill_fields(cJSON *fields, const struct jira_settings *settings,
                        const struct ticket_text *text, const struct jira_ticket *ticket)
{
    const char *priority = settings->priority[ticket->severity];
    bool with_priority = priority != NULL && strcmp(priority, NO_PRIORITY) != 0;

    return add_reference(fields, "project", "key",
                         settings->project != NULL ? settings->project : "PROJECT") &&
           add_reference(fields, "issuetype", "name", settings->issue_type) &&
           cJSON_AddStringToObject(fields, "summary", text->title) != NULL &&
           add_rich_text(fields, "description", settings->flavor, text) &&
           (!with_priority || add_reference(fields, "priority", "name", priority)) &&
           cJSON_AddStringToObject(fields, "duedate", ticket->due) != NULL &&
           add_labels(fields, ticket);
}

cJSON *jira_ticket_body(const struct jira_settings *settings, const struct ticket_text *text,
                        const struct jira_ticket *ticket)
{
    cJSON *body = cJSON_CreateObject();
    cJSON *fields = body != NULL ? cJSON_AddObjectToObject(body, "fields") : NULL;
    bool with_property = ticket->id != NULL && settings->flavor == JIRA_CLOUD;

    if (fields == NULL || !fill_fields(fields, settings, text, ticket) ||
        (with_property && !add_property(body, ticket->id))) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

cJSON *jira_comment_body(const struct jira_settings *settings, const struct ticket_text *text)
{
    cJSON *body = cJSON_CreateObject();

    if (body == NULL || !add_rich_text(body, "body", settings->flavor, text)) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

char *jira_label_query(const struct jira_settings *settings, const char *const *label, size_t n,
                       bool is_open)
{
    char *jql = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&jql, &length);

    if (out == NULL)
        return NULL;
    fprintf(out, "project = \"%s\" AND labels in (", settings->project);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? ", " : "", label[i]);
    fprintf(out, ")%s", is_open ? " AND statusCategory != Done" : "");
    if (fclose(out) != 0) {
        free(jql);
        return NULL;
    }
    return jql;
}

cJSON *jira_search_body(const struct jira_settings *settings, const char *jql,
                        const char *token, int64_t start)
{
    cJSON *body = cJSON_CreateObject();
    cJSON *fields = body != NULL ? cJSON_AddArrayToObject(body, "fields") : NULL;
    bool whole = fields != NULL && add_word(fields, "labels") &&
                 cJSON_AddStringToObject(body, "jql", jql) != NULL &&
                 cJSON_AddNumberToObject(body, "maxResults", PAGE) != NULL;

    if (whole && settings->flavor == JIRA_DATACENTER)
        whole = cJSON_AddNumberToObject(body, "startAt", (double)start) != NULL;
    else if (whole && token[0] != '\0')
        whole = cJSON_AddStringToObject(body, "nextPageToken", token) != NULL;
    if (!whole) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}
