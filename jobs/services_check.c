/* What is configured of the services, and whether they answer. Each service's own file knows
 * what it needs and how to ask; this is the list of them. */
#include "services_check.h"

#include "email.h"
#include "http.h"
#include "jira.h"
#include "jobs.h"
#include "log_text.h"
#include "model_service.h"
#include "stop.h"
#include "tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct service {
    const char *name;
    const char *instead; /* what is done if it is not configured */
    bool (*is_configured)(const struct settings *settings);
    enum status (*validate)(const struct settings *settings, struct error *err);
    enum status (*check)(const struct settings *settings, struct http *http,
                         struct error *said);
    const char *secret; /* its name, as secret_read has it */
    size_t source;      /* offset of its struct secret_source in struct settings */
} SERVICE[] = {
    {"model", "explanations are made by rules", model_is_configured, model_validate,
     model_check, MODEL_KEY, offsetof(struct settings, services.model.key)},
    {"jira", "tickets are written beside the results", jira_is_configured, jira_validate,
     jira_check, "jira-token", offsetof(struct settings, services.jira.token)},
    {"tasks", "tasks are written beside the results", tasks_is_configured, tasks_validate,
     tasks_check, "tasks-key", offsetof(struct settings, services.tasks.key)},
    {"email", "the mail is written to mail.eml", email_is_configured, email_validate,
     email_check, "email-password", offsetof(struct settings, services.email.password)},
    {.name = NULL},
};

static const struct secret_source *source_of(const struct service *service,
                                             const struct settings *settings)
{
    return (const struct secret_source *)(const void *)((const char *)settings +
                                                        service->source);
}

static enum status validate(const struct service *service, const struct settings *settings,
                            struct error *err)
{
    struct secret secret = {0};
    enum status st = STATUS_OK;

    TRY(service->validate(settings, err));
    if (!settings->dry_run)
        TRY(secret_read(source_of(service, settings), service->secret, &secret, err));
done:
    secret_erase(&secret);
    return st;
}

/* Settings are recorded with the results and addresses logged, so an address must not be
 * https://user:password@host. No address of a service needs that sign. */
static enum status refuse_logins(const struct service_settings *services, struct error *err)
{
    const struct {
        const char *key, *url;
    } ADDRESS[] = {{"model.url", services->model.url},
                   {"jira.url", services->jira.url},
                   {"tasks.url", services->tasks.url},
                   {"email.server", services->email.server},
                   {"network.proxy", services->network.proxy}};

    for (size_t i = 0; i < sizeof ADDRESS / sizeof *ADDRESS; i++)
        if (ADDRESS[i].url != NULL && strchr(ADDRESS[i].url, '@') != NULL)
            return error_set(err, STATUS_CONFIG,
                             "%s: an address must not have a login in it, as it is recorded "
                             "with the results",
                             ADDRESS[i].key);
    return STATUS_OK;
}

enum status services_validate(const struct settings *settings, struct error *err)
{
    struct http *http = NULL;
    enum status st = STATUS_OK;

    TRY(refuse_logins(&settings->services, err));
    for (const struct service *at = SERVICE; at->name != NULL; at++)
        if (at->is_configured(settings))
            TRY(validate(at, settings, err));
    if (services_any(settings))
        TRY(http_open(&settings->services.network, &http, err));
done:
    http_close(http);
    return st;
}

bool services_any(const struct settings *settings)
{
    for (const struct service *at = SERVICE; at->name != NULL; at++)
        if (at->is_configured(settings))
            return true;
    return false;
}

void services_warn_exposed(const struct settings *settings, struct log *log)
{
    if (getenv("SLURM_JOB_ID") == NULL)
        return;
    for (const struct service *at = SERVICE; at->name != NULL; at++)
        if (at->is_configured(settings) &&
            secret_is_exposed(source_of(at, settings), at->secret))
            log_warn(log,
                     "%s comes from the environment, which Slurm may keep with the job: name a "
                     "file instead",
                     at->secret);
}

/* A sentence may quote what a service said. */
static void print_line(FILE *out, const struct service *service, const char *mark, char *text)
{
    log_text_clean(text, true);
    fprintf(out, "%-6s  %-14s  %s\n", service->name, mark, text);
}

/* Asks one service, and prints what came of it. */
static enum status check(const struct service *service, const struct settings *settings,
                         struct http *http, FILE *out, struct error *said)
{
    enum status st = STATUS_OK;

    if (!service->is_configured(settings)) {
        snprintf(said->text, sizeof said->text, "%s", service->instead);
        print_line(out, service, "not configured", said->text);
        return STATUS_OK;
    }
    TRY(validate(service, settings, said));
    TRY(service->check(settings, http, said));
done:
    print_line(out, service, st == STATUS_OK ? "ok" : "FAILED", said->text);
    return st;
}

enum status services_check(const struct settings *settings, FILE *out, struct error *err)
{
    struct http *http = NULL;
    enum status worst = STATUS_OK;
    enum status st = STATUS_OK;

    stop_listen();
    TRY(refuse_logins(&settings->services, err));
    TRY(http_open(&settings->services.network, &http, err));
    for (const struct service *at = SERVICE; at->name != NULL; at++) {
        struct error said = {0};
        enum status code = check(at, settings, http, out, &said);
        if (jobs_graver(worst, code) != worst) {
            worst = code;
            error_set(err, code, "%s: %s", at->name, said.text);
        }
    }
    if (fflush(out) != 0 || ferror(out))
        TRY(error_set(err, STATUS_WRITE, "cannot write what was found: %s", strerror(errno)));
    st = worst;
done:
    http_close(http);
    return st;
}
