#ifndef TIEOUT_TICKET_TEXT_H
#define TIEOUT_TICKET_TEXT_H

#include "followup.h"

/* What a ticket, a comment or a task says, whatever it is written in: a title and parts one below
 * the other. adf.h, wiki.h and plain_text.h write it out. Every text is one line (one_line.h), and
 * all together stay below Jira's 32767 characters in each of these forms, whatever they say. */

enum ticket_part_kind {
    PART_HEADING,
    PART_PARAGRAPH,
    PART_FACT, /* a row of a table with those next to it */
    PART_ITEM  /* of a list with those next to it */
};

struct ticket_part {
    enum ticket_part_kind kind;
    const char *label; /* of a fact */
    char *text;        /* never "" */
};

enum { TICKET_TITLE = 255 }; /* UTF-16 units, Jira's limit */

struct ticket_text {
    char title[3 * TICKET_TITLE + 1];
    struct ticket_part *part; /* [n] */
    size_t n, capacity;
};

/* On finding i, for a ticket or task of its own. */
enum status ticket_text_finding(const struct followup *followup, size_t i,
                                struct ticket_text *text, struct error *err);

/* On finding i, for a comment on the ticket of its break. Contains the finding's id, by which it
 * is known again. */
enum status ticket_text_comment(const struct followup *followup, size_t i,
                                struct ticket_text *text, struct error *err);

/* On the findings rest[n_rest], the most urgent first, that have none of their own, as only
 * `limit` may (setting is that setting's name). */
enum status ticket_text_rest(const struct followup *followup, const size_t *rest, size_t n_rest,
                             const char *setting, int64_t limit, struct ticket_text *text,
                             struct error *err);

/* Each of the above produces *text, on failure an empty one. */
void ticket_text_free(struct ticket_text *text);

#endif
