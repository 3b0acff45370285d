/* What would be sent, for people to read and programs to take over. */
#include "json_draft.h"

#include "draft.h"

#include <stdlib.h>

enum status json_draft_open(struct json_draft *draft, struct error *err)
{
    *draft = (struct json_draft){0};
    draft->out = open_memstream(&draft->text, &draft->length);
    if (draft->out == NULL)
        return error_no_memory(err, "a draft");
    fputs("[\n", draft->out);
    return STATUS_OK;
}

enum status json_draft_add(struct json_draft *draft, const char *to, cJSON *body,
                           struct error *err)
{
    cJSON *entry = cJSON_CreateObject();
    char *text = NULL;
    enum status st = STATUS_OK;

    if (entry == NULL || cJSON_AddStringToObject(entry, "to", to) == NULL ||
        !cJSON_AddItemToObject(entry, "body", body))
        TRY(error_no_memory(err, "a draft"));
    body = NULL;
    text = cJSON_Print(entry);
    if (text == NULL)
        TRY(error_no_memory(err, "a draft"));
    fprintf(draft->out, "%s%s", draft->n > 0 ? ",\n" : "", text);
    draft->n++;
done:
    cJSON_free(text);
    cJSON_Delete(entry);
    cJSON_Delete(body);
    return st;
}

enum status json_draft_save(struct json_draft *draft, const char *folder, const char *name,
                            struct error *err)
{
    fputs(draft->n > 0 ? "\n]\n" : "]\n", draft->out);
    int failed = fclose(draft->out);
    draft->out = NULL;
    if (failed != 0)
        return error_no_memory(err, "a draft");
    return draft_write(folder, name, draft->text, draft->length, NULL, err);
}

void json_draft_close(struct json_draft *draft)
{
    if (draft->out != NULL)
        fclose(draft->out);
    free(draft->text);
    *draft = (struct json_draft){0};
}
