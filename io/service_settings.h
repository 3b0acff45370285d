#ifndef TIEOUT_SERVICE_SETTINGS_H
#define TIEOUT_SERVICE_SETTINGS_H

#include "severity.h"
#include <stdbool.h>
#include <stdint.h>

/* What the follow-up jobs need to know of the services they talk to. Keys are SECTION.NAME in
 * the option table; a section is an object of the configuration file. A service whose first key
 * is not set is not configured: then what it would get is written beside the results. Texts are
 * owned by struct settings, NULL where not set. */

/* Where a secret is to be found: a file or a variable of the environment, by name. The secret
 * itself is no setting, so it cannot get into results, logs or arguments (secret.h). */
struct secret_source {
    char *file;
    char *variable;
};

/* network.*: how all services are reached. Times are seconds. */
struct network_settings {
    char *ca_file;           /* the only certificates trusted; NULL: the system's */
    char *proxy;             /* URL; NULL: none, whatever the environment says */
    int64_t connect_timeout; /* for the connection, TLS included */
    int64_t timeout;         /* for a request, from its start to the end of the answer */
    int64_t attempts;        /* of a request, the first one included */
    int64_t max_wait;        /* between two attempts, whatever Retry-After asks */
    bool plain_http;         /* http:// and smtp without TLS, and only to this machine */
};

enum answer_limit { LIMIT_MAX_TOKENS, LIMIT_MAX_COMPLETION_TOKENS };

/* model.*: a language model behind /chat/completions. */
struct model_settings {
    char *url;  /* up to and with /v1 */
    char *name; /* of the model */
    struct secret_source key;
    enum answer_limit limit_name; /* what the server calls the limit below */
    int64_t answer_tokens;        /* of one answer, at most */
    double temperature;
    int64_t max_calls;  /* of one run; 0: none */
    int64_t max_tokens; /* of one run, as the server counts them; 0: no limit */
    int64_t at_once;    /* requests */
};

enum jira_flavor { JIRA_CLOUD, JIRA_DATACENTER };

/* jira.* */
struct jira_settings {
    char *url; /* https://team.atlassian.net */
    enum jira_flavor flavor;
    char *user; /* e-mail address, for the cloud */
    struct secret_source token;
    char *project;
    char *issue_type;
    char *priority[N_SEVERITY]; /* what the project calls them; "none" leaves the field out */
    int64_t max_tickets;        /* of one results file, beside the one that sums up the rest */
    int64_t search_seconds;     /* for the search to show a ticket that may have been opened */
};

/* tasks.*: the "Agentic AI" endpoint; configured by its key, as the address has a default. */
struct task_settings {
    char *url;
    struct secret_source key;
    int64_t max_tasks; /* of one results file, beside the one that sums up the rest */
    int64_t at_once;
};

/* email.* */
struct email_settings {
    char *server; /* smtps://host:465, or smtp://host:587 for STARTTLS */
    char *user;   /* NULL: no login */
    struct secret_source password;
    char *from;
    char *to;       /* addresses, a comma between two */
    bool when_none; /* also if there are no anomalies */
    int64_t rows;   /* anomalies in the message, at most; the attachment has all */
};

struct service_settings {
    struct network_settings network;
    struct model_settings model;
    struct jira_settings jira;
    struct task_settings tasks;
    struct email_settings email;
    int64_t due_days[N_SEVERITY]; /* due.*: business days from the as-of date */
};

#endif
