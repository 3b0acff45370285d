#ifndef TIEOUT_MAIL_REPORT_H
#define TIEOUT_MAIL_REPORT_H

#include "followup.h"
#include "mail_message.h"

/* What the mail tells, whatever its form; all borrowed. */
struct mail_report {
    const struct findings *findings;
    const struct explanation *explained; /* [findings->n] */
    const size_t *shown;                 /* [n_shown] findings in the order of the mail */
    size_t n_shown;
    char *const *link; /* [findings->n] address of a finding's ticket, NULL if it has none */
    const struct mail_attachment *attachment;
    size_t n_attachment;
    const char *left_out; /* name of a file too large to be attached, or "" */
    const char *folder;   /* of the results, its name alone */
};

enum { MAIL_WORDS = 512, MAIL_WORD = 64 };

/* The sentences around the findings. Plain text that may contain names of ledgers. */
struct mail_words {
    char subject[MAIL_WORDS];
    char verdict[MAIL_WORDS];    /* "3 anomalies in 20,000 rows" */
    char severities[MAIL_WORDS]; /* "1 critical, 2 low"; "" if there are none */
    char source[MAIL_WORDS];     /* "From may.csv and 2 more as of 2024-05-31" */
    char scope[MAIL_WORDS];   /* which of the anomalies are shown; "" if all that there are */
    char wording[MAIL_WORDS]; /* what a language model worded; "" if nothing */
    char files[MAIL_WORDS];   /* what is attached, and what else there is */
    char answer[MAIL_WORDS];  /* how to answer; "" if there is nothing to */
    char origin[MAIL_WORDS];  /* of which run this tells */
};

void mail_report_words(const struct mail_report *report, struct mail_words *words);

/* How a finding's pattern and the age of its break read: "sign flip"; "new", "2 months" ... */
void mail_report_pattern(const struct finding *finding, char text[MAIL_WORD]);
void mail_report_age(const struct finding *finding, char text[MAIL_WORD]);

#endif
