/* Atlassian Document Format: rich text as a tree of JSON nodes. What others wrote stands in text
 * nodes alone, where nothing is markup: a mention or a link would be a node of its own. Jira
 * refuses empty text nodes; parts have none. */
#include "adf.h"

#include <string.h>

enum { HEADING_LEVEL = 3 };

/* {"type": type, "content": []}, put at the end of parent; NULL if memory is short. */
static cJSON *add_node(cJSON *parent, const char *type)
{
    cJSON *node = cJSON_CreateObject();

    if (node == NULL || cJSON_AddStringToObject(node, "type", type) == NULL ||
        cJSON_AddArrayToObject(node, "content") == NULL ||
        !cJSON_AddItemToArray(cJSON_GetObjectItem(parent, "content"), node)) {
        cJSON_Delete(node);
        return NULL;
    }
    return node;
}

static bool add_words(cJSON *node, const char *words)
{
    cJSON *text = cJSON_CreateObject();

    if (text == NULL || cJSON_AddStringToObject(text, "type", "text") == NULL ||
        cJSON_AddStringToObject(text, "text", words) == NULL ||
        !cJSON_AddItemToArray(cJSON_GetObjectItem(node, "content"), text)) {
        cJSON_Delete(text);
        return false;
    }
    return true;
}

/* A node of this type around one paragraph. */
static bool add_cell(cJSON *parent, const char *type, const char *words)
{
    cJSON *cell = add_node(parent, type);
    cJSON *paragraph = cell != NULL ? add_node(cell, "paragraph") : NULL;

    return paragraph != NULL && add_words(paragraph, words);
}

static bool add_fact(cJSON *table, const struct ticket_part *part)
{
    cJSON *row = add_node(table, "tableRow");

    return row != NULL && add_cell(row, "tableHeader", part->label) &&
           add_cell(row, "tableCell", part->text);
}

static bool add_heading(cJSON *document, const char *words)
{
    cJSON *heading = add_node(document, "heading");
    cJSON *attributes = heading != NULL ? cJSON_AddObjectToObject(heading, "attrs") : NULL;

    return attributes != NULL &&
           cJSON_AddNumberToObject(attributes, "level", HEADING_LEVEL) != NULL &&
           add_words(heading, words);
}

/* Adds a part; *group is the table or list that parts of its kind before it are in. */
static bool add_part(cJSON *document, const struct ticket_part *part, bool begins,
                     cJSON **group)
{
    cJSON *paragraph = NULL;

    switch (part->kind) {
    case PART_HEADING:
        return add_heading(document, part->text);
    case PART_PARAGRAPH:
        paragraph = add_node(document, "paragraph");
        return paragraph != NULL && add_words(paragraph, part->text);
    case PART_FACT:
        *group = begins ? add_node(document, "table") : *group;
        return *group != NULL && add_fact(*group, part);
    case PART_ITEM:
        *group = begins ? add_node(document, "bulletList") : *group;
        return *group != NULL && add_cell(*group, "listItem", part->text);
    }
    return false;
}

cJSON *adf_document(const struct ticket_text *text)
{
    cJSON *document = cJSON_CreateObject(), *group = NULL;
    bool whole = document != NULL && cJSON_AddStringToObject(document, "type", "doc") != NULL &&
                 cJSON_AddNumberToObject(document, "version", 1) != NULL &&
                 cJSON_AddArrayToObject(document, "content") != NULL;

    for (size_t i = 0; whole && i < text->n; i++) {
        bool begins = i == 0 || text->part[i - 1].kind != text->part[i].kind;
        whole = add_part(document, &text->part[i], begins, &group);
    }
    if (!whole) {
        cJSON_Delete(document);
        return NULL;
    }
    return document;
}
