/* The language model as a service: whether it is configured, where it is, and whether it is there.
 * What it is asked is model_calls.c's part. */
#include "model_service.h"

#include "mem.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool model_is_configured(const struct settings *settings)
{
    return settings->services.model.url != NULL || settings->services.model.name != NULL;
}

enum status model_validate(const struct settings *settings, struct error *err)
{
    const struct model_settings *model = &settings->services.model;

    if (model->url == NULL && model->name != NULL)
        return error_set(err, STATUS_CONFIG,
                         "model.name is set and model.url is not: say where the model is, "
                         "http://127.0.0.1:8080/v1 for example");
    if (model->url == NULL)
        return STATUS_OK;
    if (strncmp(model->url, "https://", 8) != 0 && strncmp(model->url, "http://", 7) != 0)
        return error_set(err, STATUS_CONFIG,
                         "model.url is no address that begins with https://, or with http:// "
                         "for a server on this machine");
    if (model->name == NULL)
        return error_set(err, STATUS_CONFIG,
                         "model.url is set and model.name is not: say which model to ask");
    return STATUS_OK;
}

char *model_url(const struct model_settings *model, const char *path)
{
    size_t n = strlen(model->url);
    char *url = mem_array(n + strlen(path) + 1, 1);

    if (url == NULL)
        return NULL;
    while (n > 0 && model->url[n - 1] == '/')
        n--;
    memcpy(url, model->url, n);
    strcpy(url + n, path);
    return url;
}

/* How many models a list has, and whether ours is one of them; -1 if it is no list. */
static int find_model(const char *body, const char *name, bool *listed)
{
    cJSON *reply = cJSON_Parse(body);
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(reply, "data");
    const cJSON *item = NULL;
    int n = cJSON_IsArray(data) ? 0 : -1;

    *listed = false;
    cJSON_ArrayForEach(item, data)
    {
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(item, "id");
        *listed = *listed || (cJSON_IsString(id) && strcmp(id->valuestring, name) == 0);
        n++;
    }
    cJSON_Delete(reply);
    return n;
}

static enum status judge_list(const struct model_settings *model,
                              const struct http_reply *reply, struct error *said)
{
    bool listed = false;

    if (reply->outcome != HTTP_ANSWERED || reply->status >= 500 || reply->status == 429 ||
        reply->status == 408)
        return error_set(said, STATUS_SERVICE, "%s", reply->sentence);
    if (reply->status == 404 || reply->status == 405)
        return error_set(said, STATUS_OK,
                         "the server answers but lists no models, so %s cannot be looked up",
                         model->name);
    if (reply->status >= 300)
        return error_set(said, STATUS_CONFIG,
                         "%s; look at model.url, and at model.key-file or "
                         "model.key-env",
                         reply->sentence);
    int n = find_model(reply->body, model->name, &listed);
    if (n < 0)
        return error_set(said, STATUS_CONFIG,
                         "model.url leads to something else than models: it ends with /v1 as "
                         "a rule");
    if (!listed)
        return error_set(said, STATUS_CONFIG,
                         "the server lists %d model%s, but not %s: look at model.name", n,
                         n == 1 ? "" : "s", model->name);
    return error_set(said, STATUS_OK, "the server answers and lists %s", model->name);
}

enum status model_check(const struct settings *settings, struct http *http, struct error *said)
{
    const struct model_settings *model = &settings->services.model;
    enum status st = STATUS_OK;
    struct secret key = {0};
    struct http_reply reply = {0};
    char *url = NULL;

    TRY(model_validate(settings, said));
    TRY(secret_read(&model->key, MODEL_KEY, &key, said));
    url = model_url(model, "/models");
    if (url == NULL)
        TRY(error_no_memory(said, "the address of the model"));
    const struct http_request request = {
        .method = "GET", .url = url, .secret = &key, .repeat = HTTP_REPEAT_ANY};
    TRY(http_send(http, &request, &reply, said));
    TRY(judge_list(model, &reply, said));
done:
    http_reply_free(&reply);
    secret_erase(&key);
    free(url);
    return st;
}
