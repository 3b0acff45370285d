#ifndef TIEOUT_TEST_TOLD_H
#define TIEOUT_TEST_TOLD_H

/* Ticket texts made of made-up findings, for the tests of what is written of them. */

#include "made_up.h"
#include "suite.h"
#include "ticket_text.h"

/* Everything a ticket is made of, in one place. */
struct told {
    struct finding room[MADE_UP];
    struct findings findings;
    struct explanation explained[MADE_UP];
    struct settings settings;
    struct followup followup;
};

static inline void told_begin(struct told *told)
{
    *told = (struct told){0};
    told->findings = made_up_findings(told->room, MADE_UP);
    for (size_t i = 0; i < MADE_UP; i++)
        told->explained[i] = (struct explanation){"rules", told->room[i].explanation, "", ""};
    told->followup = (struct followup){
        .findings = &told->findings, .settings = &told->settings, .explained = told->explained};
}

/* Every text of finding 0 becomes this one. */
static inline void told_hostile(struct told *told, const char *text)
{
    struct finding *f = &told->room[0];

    f->company = f->account = f->au = f->currency = f->match_status = text;
    f->severity = f->pattern = f->explanation = text;
    told->explained[0] = (struct explanation){"model", text, text, text};
    told->findings.feature_name[0] = text;
}

/* Of finding 0. */
static inline struct ticket_text told_text(const struct told *told)
{
    struct ticket_text text = {0};
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(ticket_text_finding(&told->followup, 0, &text, &err), STATUS_OK);
    return text;
}

/* n copies of a text, to be freed. */
static inline char *told_repeat(const char *text, size_t n)
{
    size_t length = strlen(text);
    char *all = calloc(n + 1, length);

    for (size_t i = 0; all != NULL && i < n; i++)
        memcpy(all + i * length, text, length);
    return all;
}

#endif
