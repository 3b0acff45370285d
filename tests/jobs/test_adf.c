/* adf.h: the document's shape, and that nothing anybody wrote becomes more than text. */
#include "adf.h"

#include "told.h"

/* Checks a node and those in it against what a ticket may have. */
static void check_node(const cJSON *node)
{
    static const char *const ALLOWED[] = {"doc",      "heading",     "paragraph", "table",
                                          "tableRow", "tableHeader", "tableCell", "bulletList",
                                          "listItem", "text"};
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(node, "type"));
    const cJSON *child = NULL;
    bool allowed = false;

    CU_ASSERT_PTR_NOT_NULL_FATAL(type);
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++)
        allowed = allowed || strcmp(type, ALLOWED[i]) == 0;
    CU_ASSERT_TRUE(allowed);
    if (strcmp(type, "text") == 0) {
        CU_ASSERT_STRING_NOT_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(node, "text")), "");
        CU_ASSERT_EQUAL(cJSON_GetArraySize(node), 2); /* no marks */
        return;
    }
    CU_ASSERT(cJSON_GetArraySize(cJSON_GetObjectItem(node, "content")) > 0);
    cJSON_ArrayForEach(child, cJSON_GetObjectItem(node, "content")) check_node(child);
}

static void a_document_has_headings_a_table_and_a_list(void)
{
    struct told told;
    told_begin(&told);
    struct ticket_text text = told_text(&told);
    cJSON *document = adf_document(&text);
    const cJSON *block = NULL;
    int n_table = 0, n_heading = 0;

    check_node(document);
    CU_ASSERT_EQUAL(cJSON_GetObjectItem(document, "version")->valueint, 1);
    cJSON_ArrayForEach(block, cJSON_GetObjectItem(document, "content"))
    {
        const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(block, "type"));
        n_table += strcmp(type, "table") == 0;
        n_heading += strcmp(type, "heading") == 0;
    }
    CU_ASSERT_EQUAL(n_table, 1);
    CU_ASSERT(n_heading >= 2);
    cJSON_Delete(document);
    ticket_text_free(&text);
}

/* All texts of a node, one after the other, into all. */
static void collect(const cJSON *node, char *all)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(node, "text"));
    const cJSON *child = NULL;

    if (text != NULL)
        strcat(all, text);
    cJSON_ArrayForEach(child, cJSON_GetObjectItem(node, "content")) collect(child, all);
}

static void markup_stays_text(void)
{
    static const char HOSTILE[] = "{\"type\":\"mention\"} {{code}} [~admin] @all \\u0041 \"',";
    static char all[1 << 16];
    struct told told;
    told_begin(&told);
    told_hostile(&told, HOSTILE);
    struct ticket_text text = told_text(&told);
    cJSON *document = adf_document(&text);
    char *printed = cJSON_PrintUnformatted(document);
    cJSON *again = cJSON_Parse(printed);

    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    check_node(again);
    all[0] = '\0';
    collect(again, all);
    CU_ASSERT_PTR_NOT_NULL(strstr(all, HOSTILE));
    cJSON_Delete(again);
    cJSON_free(printed);
    cJSON_Delete(document);
    ticket_text_free(&text);
}

static void the_longest_texts_stay_below_the_limit(void)
{
    static const char *const TEXT[] = {"\"", "\\", "x", "\u20ac", "\U0001F600"};

    for (size_t k = 0; k < sizeof TEXT / sizeof *TEXT; k++) {
        struct told told;
        char *hostile = told_repeat(TEXT[k], 10000);
        told_begin(&told);
        told_hostile(&told, hostile);
        struct ticket_text text = told_text(&told);
        cJSON *document = adf_document(&text);
        char *printed = cJSON_PrintUnformatted(document);
        size_t units = 0;
        check_node(document);
        for (const char *c = printed; *c != '\0'; c++)
            units += ((unsigned char)*c & 0xC0) != 0x80 ? 1 + ((unsigned char)*c >= 0xF0) : 0;
        CU_ASSERT(units < 32767);
        cJSON_free(printed);
        cJSON_Delete(document);
        ticket_text_free(&text);
        free(hostile);
    }
}

static void no_parts_make_an_empty_document(void)
{
    struct ticket_text text = {0};
    cJSON *document = adf_document(&text);

    CU_ASSERT_EQUAL(cJSON_GetArraySize(cJSON_GetObjectItem(document, "content")), 0);
    cJSON_Delete(document);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a document has headings, a table and a list",
         a_document_has_headings_a_table_and_a_list},
        {"markup stays text", markup_stays_text},
        {"the longest texts stay below the limit", the_longest_texts_stay_below_the_limit},
        {"no parts make an empty document", no_parts_make_an_empty_document},
    };

    return suite_run("adf", FACT, sizeof FACT / sizeof *FACT);
}
