#ifndef TIEOUT_JIRA_REPLY_H
#define TIEOUT_JIRA_REPLY_H

#include "http.h"
#include <stdbool.h>

/* Reading what Jira answers, Cloud or Data Center; no network. */

enum { JIRA_KEY = 64, JIRA_REASON = 320, JIRA_BULK = 50 };

/* What an answer means for what was asked. */
enum jira_verdict {
    JIRA_DONE,       /* 2xx */
    JIRA_REFUSED,    /* not done, and the same again would not be either */
    JIRA_LOCKED_OUT, /* the credentials are not taken; nothing was done, nothing may be concluded
                        from the body */
    JIRA_NOT_DONE,   /* surely not done: not reached, too many requests, service down */
    JIRA_UNSURE      /* may have been done */
};

/* A dead token may give 200 and an empty list: the header X-Seraph-LoginReason tells. */
enum jira_verdict jira_judge(const struct http_reply *reply);

/* Why it was not done, from Jira's errorMessages and errors, else from the reply's sentence. */
void jira_reason(const struct http_reply *reply, char reason[JIRA_REASON]);

/* What became of one ticket of a bulk request. */
struct jira_made {
    char key[JIRA_KEY];       /* "" if it was not opened */
    char reason[JIRA_REASON]; /* if not: why */
    bool again;               /* if not: the same may be taken another time */
};

/* The answer to a bulk request of n tickets, n <= JIRA_BULK. Failed ones are named by their place
 * in the request, opened ones only listed in the request's order. False, and made is not to be
 * used, if that does not add up to n: then it is not known which were opened. */
bool jira_read_bulk(const char *body, size_t n, struct jira_made made[]);

/* The same for a refusal of the whole request, which opened none: a ticket that is not named may
 * be sent again without those that are. All are refused if none is named. */
void jira_read_refused_bulk(const struct http_reply *reply, size_t n, struct jira_made made[]);

/* Looks for tickets by label. */
struct jira_match {
    const char *label;  /* in */
    char key[JIRA_KEY]; /* out: the oldest ticket that has it; "" if none */
    int64_t id;         /* its number */
    size_t n;           /* tickets that have it */
};

/* A page of a search. */
struct jira_page {
    size_t n;        /* tickets on it */
    int64_t total;   /* of all pages, -1 if not told (Cloud) */
    char token[512]; /* of the next page (Cloud); "" if this is the last */
};

/* Adds the tickets of a page to match[n_match]. False if the answer is not a page. */
bool jira_read_page(const char *body, struct jira_match *match, size_t n_match,
                    struct jira_page *page);

/* Whether one of the comments on a page contains `mark`; page as above. */
bool jira_read_comments(const char *body, const char *mark, bool *has, struct jira_page *page);

/* Whether the answer to GET myself names an account. */
bool jira_read_account(const char *body);

/* Whether the project's issue types, of either flavor, include name; others out, the names there
 * are, cut to the room. False if the answer is no such list. */
bool jira_read_issue_types(const char *body, const char *name, bool *has, char *others,
                           size_t room);

#endif
