/* Requests to Jira: which address, which login, how often to try, and what a failure means to the
 * user. What is sent is jira_body.c's, what comes back is read by jira_reply.c. */
#include "jira.h"

#include "jira_body.h"
#include "mem.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COMMENTS = 100, MAX_PAGES = 1000 };

static const char TOKEN_NAME[] = "jira-token";

struct jira {
    const struct jira_settings *settings;
    struct http *http;
    struct secret token;
};

/* ---- settings ----------------------------------------------------------------------------- */

bool jira_is_configured(const struct settings *settings)
{
    return settings->services.jira.url != NULL;
}

/* Project keys are put into searches and addresses as they are. */
static bool is_project(const char *text)
{
    static const char SIGNS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return text != NULL && text[0] != '\0' && text[strspn(text, SIGNS)] == '\0';
}

static enum status validate_login(const struct jira_settings *jira, struct error *err)
{
    if (!secret_is_named(&jira->token, TOKEN_NAME))
        return error_set(err, STATUS_CONFIG,
                         "jira.url is set but no token: name its file in jira.token_file");
    if (jira->flavor == JIRA_CLOUD && (jira->user == NULL || jira->user[0] == '\0'))
        return error_set(err, STATUS_CONFIG,
                         "jira.user is not set: the cloud wants the e-mail address that the "
                         "token belongs to (for Data Center set jira.flavor to datacenter)");
    return STATUS_OK;
}

enum status jira_validate(const struct settings *settings, struct error *err)
{
    const struct jira_settings *jira = &settings->services.jira;

    if (!jira_is_configured(settings))
        return STATUS_OK;
    if (strncasecmp(jira->url, "https://", 8) != 0 &&
        !(settings->services.network.plain_http && strncasecmp(jira->url, "http://", 7) == 0))
        return error_set(err, STATUS_CONFIG,
                         "jira.url is '%s': it must begin with https://, as in "
                         "https://team.atlassian.net",
                         jira->url);
    if (!is_project(jira->project))
        return error_set(err, STATUS_CONFIG,
                         "jira.project is %s: it must be the project's key, such as FIN",
                         jira->project == NULL ? "not set" : "not a key");
    return validate_login(jira, err);
}

enum status jira_open(const struct settings *settings, struct http *http, struct jira **out,
                      struct error *err)
{
    struct jira *jira = NULL;
    enum status st = STATUS_OK;

    TRY(jira_validate(settings, err));
    jira = mem_array(1, sizeof *jira);
    if (jira == NULL)
        TRY(error_no_memory(err, "Jira"));
    jira->settings = &settings->services.jira;
    jira->http = http;
    TRY(secret_read(&jira->settings->token, TOKEN_NAME, &jira->token, err));
    *out = jira;
    jira = NULL;
done:
    jira_close(jira);
    return st;
}

void jira_close(struct jira *jira)
{
    if (jira == NULL)
        return;
    secret_erase(&jira->token);
    free(jira);
}

/* ---- requests ----------------------------------------------------------------------------- */

/* Length of the address without slashes at its end. */
static int address_length(const struct jira_settings *settings)
{
    size_t n = strlen(settings->url);

    while (n > 0 && settings->url[n - 1] == '/')
        n--;
    return (int)n;
}

static char *join(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* free() it; NULL if memory is short. */
static char *join(const char *format, ...)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    va_list args;

    if (out == NULL)
        return NULL;
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

char *jira_link(const struct jira_settings *settings, const char *ticket)
{
    return join("%.*s/browse/%s", address_length(settings), settings->url, ticket);
}

/* One request below /rest/api/N/; reply as http_send leaves it. */
static enum status call(struct jira *jira, const char *method, const char *path,
                        const char *body, enum http_repeat repeat, struct http_reply *reply,
                        struct error *err)
{
    bool cloud = jira->settings->flavor == JIRA_CLOUD;
    char *url = join("%.*s/rest/api/%d/%s", address_length(jira->settings), jira->settings->url,
                     cloud ? 3 : 2, path);
    struct http_request request = {.method = method,
                                   .url = url,
                                   .user = cloud ? jira->settings->user : NULL,
                                   .secret = &jira->token,
                                   .body = body,
                                   .repeat = repeat};

    if (url == NULL)
        return error_no_memory(err, "a request");
    enum status st = http_send(jira->http, &request, reply, err);
    free(url);
    return st;
}

enum status jira_fail(const struct http_reply *reply, struct error *err)
{
    char reason[JIRA_REASON];

    jira_reason(reply, reason);
    switch (jira_judge(reply)) {
    case JIRA_LOCKED_OUT:
        return error_set(err, STATUS_CONFIG,
                         "Jira does not take the login or does not permit this to it (%s): "
                         "check jira.user and the token, which may have expired, and the "
                         "user's rights in the project; then run tieout followup again",
                         reason);
    case JIRA_NOT_DONE:
    case JIRA_UNSURE:
        return error_set(err, STATUS_SERVICE, "%s", reason);
    case JIRA_DONE:
    case JIRA_REFUSED:
        break;
    }
    return error_set(err, STATUS_CONFIG,
                     "Jira answers otherwise than it should (%s): check jira.url, jira.flavor "
                     "and jira.project",
                     reason);
}

/* A question: its answer's body is read by the caller if it is STATUS_OK, and freed by it in any
 * case. */
static enum status ask(struct jira *jira, const char *method, const char *path,
                       const char *body, struct http_reply *reply, struct error *err)
{
    enum status st = call(jira, method, path, body, HTTP_REPEAT_ANY, reply, err);

    if (st == STATUS_OK && jira_judge(reply) != JIRA_DONE)
        st = jira_fail(reply, err);
    return st;
}

static enum status bad_answer(const char *what, struct error *err)
{
    return error_set(err, STATUS_CONFIG,
                     "Jira's answer to %s is not one of Jira: check jira.url and jira.flavor",
                     what);
}

enum status jira_greet(struct jira *jira, struct error *err)
{
    struct http_reply reply = {0};
    enum status st = STATUS_OK;

    TRY(ask(jira, "GET", "myself", NULL, &reply, err));
    if (!jira_read_account(reply.body))
        TRY(bad_answer("who we are", err));
done:
    http_reply_free(&reply);
    return st;
}

/* One page: body is consumed. */
static enum status search_page(struct jira *jira, cJSON *body, struct jira_match *match,
                               size_t n, struct jira_page *page, struct error *err)
{
    bool cloud = jira->settings->flavor == JIRA_CLOUD;
    char *text = body != NULL ? cJSON_PrintUnformatted(body) : NULL;
    struct http_reply reply = {0};
    enum status st = STATUS_OK;

    if (text == NULL)
        TRY(error_no_memory(err, "a search"));
    TRY(ask(jira, "POST", cloud ? "search/jql" : "search", text, &reply, err));
    if (!jira_read_page(reply.body, match, n, page))
        TRY(bad_answer("a search", err));
done:
    cJSON_Delete(body);
    cJSON_free(text);
    http_reply_free(&reply);
    return st;
}

/* At most JIRA_BULK labels, all pages. */
static enum status search_some(struct jira *jira, bool is_open, struct jira_match *match,
                               size_t n, struct error *err)
{
    const char *label[JIRA_BULK];
    struct jira_page page = {.total = -1};
    int64_t start = 0;
    bool more = true;
    enum status st = STATUS_OK;

    for (size_t i = 0; i < n; i++)
        label[i] = match[i].label;
    char *jql = jira_label_query(jira->settings, label, n, is_open);
    if (jql == NULL)
        TRY(error_no_memory(err, "a search"));
    for (int i = 0; more && i < MAX_PAGES; i++) {
        TRY(search_page(jira, jira_search_body(jira->settings, jql, page.token, start), match,
                        n, &page, err));
        start += (int64_t)page.n;
        more = page.n > 0 && (page.token[0] != '\0' || start < page.total);
    }
done:
    free(jql);
    return st;
}

enum status jira_search(struct jira *jira, bool is_open, struct jira_match *match, size_t n,
                        struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < n; i++) {
        match[i].key[0] = '\0';
        match[i].n = 0;
    }
    for (size_t i = 0; st == STATUS_OK && i < n; i += JIRA_BULK)
        st = search_some(jira, is_open, match + i, n - i < JIRA_BULK ? n - i : JIRA_BULK, err);
    return st;
}

/* One page of the comments on a ticket; none if the ticket is not there. */
static enum status comments_page(struct jira *jira, const char *ticket, const char *mark,
                                 int64_t start, bool *has, struct jira_page *page,
                                 struct error *err)
{
    char *path =
        join("issue/%s/comment?startAt=%lld&maxResults=%d", ticket, (long long)start, COMMENTS);
    struct http_reply reply = {0};
    enum status st = STATUS_OK;

    if (path == NULL)
        TRY(error_no_memory(err, "a request"));
    TRY(call(jira, "GET", path, NULL, HTTP_REPEAT_ANY, &reply, err));
    if (reply.status == 404 && jira_judge(&reply) == JIRA_REFUSED)
        goto done;
    if (jira_judge(&reply) != JIRA_DONE)
        TRY(jira_fail(&reply, err));
    if (!jira_read_comments(reply.body, mark, has, page))
        TRY(bad_answer("a ticket's comments", err));
done:
    free(path);
    http_reply_free(&reply);
    return st;
}

enum status jira_has_comment(struct jira *jira, const char *ticket, const char *mark, bool *has,
                             struct error *err)
{
    struct jira_page page = {.total = -1};
    int64_t start = 0;
    bool more = true;
    enum status st = STATUS_OK;

    *has = false;
    for (int i = 0; more && !*has && i < MAX_PAGES; i++) {
        page = (struct jira_page){.total = -1};
        TRY(comments_page(jira, ticket, mark, start, has, &page, err));
        start += (int64_t)page.n;
        more = page.n > 0 && start < page.total;
    }
done:
    return st;
}

enum status jira_send_bulk(struct jira *jira, const char *body, struct http_reply *reply,
                           struct error *err)
{
    return call(jira, "POST", "issue/bulk", body, HTTP_REPEAT_REFUSED, reply, err);
}

enum status jira_send_comment(struct jira *jira, const char *ticket, const char *body,
                              struct http_reply *reply, struct error *err)
{
    char *path = join("issue/%s/comment", ticket);
    enum status st = path == NULL
                         ? error_no_memory(err, "a request")
                         : call(jira, "POST", path, body, HTTP_REPEAT_REFUSED, reply, err);

    free(path);
    return st;
}

/* ---- check -------------------------------------------------------------------------------- */

enum status jira_check(const struct settings *settings, struct http *http, struct error *said)
{
    const struct jira_settings *ours = &settings->services.jira;
    struct jira *jira = NULL;
    struct http_reply reply = {0};
    char *path = NULL, others[JIRA_REASON];
    bool has = false;
    enum status st = STATUS_OK;

    TRY(jira_open(settings, http, &jira, said));
    TRY(jira_greet(jira, said));
    path = join("issue/createmeta/%s/issuetypes?maxResults=200", ours->project);
    if (path == NULL)
        TRY(error_no_memory(said, "a request"));
    TRY(ask(jira, "GET", path, NULL, &reply, said));
    if (!jira_read_issue_types(reply.body, ours->issue_type, &has, others, sizeof others))
        TRY(bad_answer("the project's issue types", said));
    if (!has)
        TRY(error_set(said, STATUS_CONFIG,
                      "Jira's project %s has no issue type '%s' (it has: %s): set "
                      "jira.issue_type",
                      ours->project, ours->issue_type, others));
    st = error_set(said, STATUS_OK, "Jira takes the login; project %s has issue type %s",
                   ours->project, ours->issue_type);
done:
    free(path);
    http_reply_free(&reply);
    jira_close(jira);
    return st;
}
