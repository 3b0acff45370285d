/* What people read in a ticket: the facts they would look up first, the explanation, what to do,
 * and what spoke for an anomaly. Only from the results and the explanation, so it is the same on
 * every try. How long each text may be follows from Jira's limit: wiki markup may need five
 * characters for one. */
#include "ticket_text.h"

#include "amount_text.h"
#include "mem.h"
#include "one_line.h"
#include "profile.h"
#include "triage.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_UNITS = 40,   /* a company, account or unit in a title or list */
    FIELD_UNITS = 200, /* a row of the table */
    ITEM_UNITS = 150,
    PROSE_UNITS = 2500,
    ACTION_UNITS = 800,
    CAUSE_UNITS = 200,
    MOST_LISTED = 40,
    MOST_DRIVERS = 3,
    DEPARTING_BITS = 63, /* of finding.departing that may be told */
    NAME_ROOM = 3 * NAME_UNITS + 1,
    MONEY_TEXT = AMOUNT_TEXT + NAME_ROOM,
    LINE_TEXT = 1024 /* of a sentence of ours, and what is put into it */
};

static enum status add_text(struct ticket_text *text, enum ticket_part_kind kind,
                            const char *label, const char *words, size_t most,
                            struct error *err)
{
    char *line = mem_array(ONE_LINE_ROOM(most), 1);

    if (line == NULL)
        return error_no_memory(err, "the text of a ticket");
    one_line(words, most, line);
    if (line[0] == '\0') {
        free(line);
        return STATUS_OK;
    }
    if (text->n == text->capacity) {
        size_t capacity = mem_grow(text->capacity, text->n + 1);
        struct ticket_part *part = mem_resize(text->part, capacity, sizeof *part);
        if (part == NULL) {
            free(line);
            return error_no_memory(err, "the text of a ticket");
        }
        text->part = part;
        text->capacity = capacity;
    }
    text->part[text->n++] = (struct ticket_part){kind, label, line};
    return STATUS_OK;
}

/* A sentence of our own, PROSE_UNITS at most. */
__attribute__((format(printf, 4, 5))) static enum status add(struct ticket_text *text,
                                                             enum ticket_part_kind kind,
                                                             struct error *err,
                                                             const char *format, ...)
{
    char words[LINE_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    return add_text(text, kind, NULL, words, PROSE_UNITS, err);
}

/* A row of the table; nothing if there are no words for it. */
static enum status add_fact(struct ticket_text *text, const char *label, const char *words,
                            struct error *err)
{
    return add_text(text, PART_FACT, label, words, FIELD_UNITS, err);
}

/* An amount with its currency; "" if it is missing. */
static void write_money(double amount, const char *currency, char money[MONEY_TEXT])
{
    char name[NAME_ROOM];

    amount_grouped(amount, money);
    one_line(currency, NAME_UNITS, name);
    if (money[0] != '\0' && name[0] != '\0') {
        strcat(money, " ");
        strcat(money, name);
    }
}

static enum status add_money(struct ticket_text *text, const char *label, double amount,
                             const struct finding *finding, struct error *err)
{
    char money[MONEY_TEXT];

    write_money(amount, finding->currency, money);
    return add_fact(text, label, money, err);
}

enum { ACCOUNT_TEXT = 3 * NAME_ROOM + 8 };

/* "00002 / 1619205 / 62695" */
static void write_account(const struct finding *finding, char text[ACCOUNT_TEXT])
{
    char company[NAME_ROOM], account[NAME_ROOM], au[NAME_ROOM];

    one_line(finding->company, NAME_UNITS, company);
    one_line(finding->account, NAME_UNITS, account);
    one_line(finding->au, NAME_UNITS, au);
    snprintf(text, ACCOUNT_TEXT, "%s / %s / %s", company, account, au);
}

static const char *dated(const struct finding *finding)
{
    return finding->as_of_date[0] != '\0' ? finding->as_of_date : "without a date";
}

/* What identifies a finding to a reader, on one line. */
static void write_headline(const struct finding *finding, char *line, size_t room)
{
    char account[ACCOUNT_TEXT], money[MONEY_TEXT];

    write_account(finding, account);
    write_money(finding->feature[FEATURE_BALANCE_DIFFERENCE], finding->currency, money);
    snprintf(line, room, "%.20s, %s: difference %s (%.40s, %.40s)", dated(finding), account,
             money, finding->severity, finding->pattern);
}

static enum status add_account(struct ticket_text *text, const struct finding *f,
                               struct error *err)
{
    enum status st = STATUS_OK;

    TRY(add_fact(text, "As-of date", f->as_of_date, err));
    TRY(add_fact(text, "Company", f->company, err));
    TRY(add_fact(text, "Account", f->account, err));
    TRY(add_fact(text, "Accounting unit", f->au, err));
    TRY(add_fact(text, "Currency", f->currency, err));
    TRY(add_fact(text, "Match status", f->match_status, err));
done:
    return st;
}

static enum status add_amounts(struct ticket_text *text, const struct finding *f,
                               struct error *err)
{
    enum status st = STATUS_OK;

    TRY(add_money(text, "GL balance", f->feature[FEATURE_GL_BALANCE], f, err));
    TRY(add_money(text, "IHub balance", f->feature[FEATURE_IHUB_BALANCE], f, err));
    TRY(add_money(text, "Difference", f->feature[FEATURE_BALANCE_DIFFERENCE], f, err));
    TRY(add_money(text, "Usual difference", f->usual_difference, f, err));
    TRY(add_money(text, "Change of the difference", f->feature[FEATURE_DIFF_CHANGE], f, err));
    TRY(add_money(text, "Change of the GL", f->feature[FEATURE_GL_CHANGE], f, err));
    TRY(add_money(text, "Change of the IHub", f->feature[FEATURE_IHUB_CHANGE], f, err));
done:
    return st;
}

static enum status add_judgement(struct ticket_text *text, const struct finding *f,
                                 struct error *err)
{
    char words[AMOUNT_TEXT + 32];
    enum status st = STATUS_OK;

    TRY(add_fact(text, "Pattern", f->pattern, err));
    if (f->break_since[0] != '\0') {
        snprintf(words, sizeof words, "%.20s (%.0f months)", f->break_since, f->break_months);
        TRY(add_fact(text, "Open since", f->break_months > 0 ? words : f->break_since, err));
    }
    TRY(add_fact(text, "Severity", f->severity, err));
    snprintf(words, sizeof words, "%.4f", f->score);
    TRY(add_fact(text, "Anomaly score", words, err));
    TRY(add_fact(text, "Finding", f->id, err));
done:
    return st;
}

static enum status add_explanation(struct ticket_text *text, const struct explanation *said,
                                   struct error *err)
{
    bool advised = said->recommended_action[0] != '\0';
    char cause[ONE_LINE_ROOM(CAUSE_UNITS)];
    enum status st = STATUS_OK;

    TRY(add(text, PART_HEADING, err, "Explanation"));
    TRY(add_text(text, PART_PARAGRAPH, NULL, said->text, PROSE_UNITS, err));
    one_line(said->likely_cause, CAUSE_UNITS, cause);
    if (cause[0] != '\0')
        TRY(add(text, PART_PARAGRAPH, err, "Likely cause: %s.", cause));
    TRY(add(text, PART_HEADING, err, "What to do"));
    if (advised)
        TRY(add_text(text, PART_PARAGRAPH, NULL, said->recommended_action, ACTION_UNITS, err));
    else
        TRY(add(text, PART_PARAGRAPH, err,
                "Compare the postings of both sides since the last month that tied out, and "
                "note what was found here."));
    if (strcmp(said->source, "model") == 0)
        TRY(add(text, PART_PARAGRAPH, err,
                "Worded by a language model from the facts above; its numbers were checked "
                "against them."));
done:
    return st;
}

/* Of the features that depart by themselves and are not taken yet, the one that speaks most for an
 * anomaly; findings->n_contribution if none is left. */
static size_t next_driver(const struct findings *findings, size_t i, const bool *taken)
{
    const struct finding *finding = &findings->finding[i];
    const double *share = finding->contribution;
    size_t most = findings->n_contribution;

    for (size_t f = 0; f < findings->n_contribution && f < DEPARTING_BITS; f++)
        if (!taken[f] && (finding->departing >> f & 1) != 0 && share[f] < 0 &&
            (most == findings->n_contribution || share[f] < share[most]))
            most = f;
    return most;
}

/* What a feature means, in words, if the results' profile is one of ours; else its name. */
static const char *meaning_of(const struct findings *findings, size_t f)
{
    const char *name = findings->feature_name[f];

    for (int p = 0; p < N_PROFILE; p++) {
        const struct profile *profile = profile_get((enum profile_number)p);
        for (size_t k = 0; k < profile->n_feature; k++)
            if (strcmp(profile->label[k].name, name) == 0)
                return profile->label[k].meaning;
    }
    return name;
}

/* The departing features that shorten the row's path in the trees most, with their shares of all
 * that does: negative contributions speak for an anomaly. */
static enum status add_drivers(struct ticket_text *text, const struct findings *findings,
                               size_t i, struct error *err)
{
    const double *share = findings->finding[i].contribution;
    bool *taken = mem_array(findings->n_contribution, sizeof *taken);
    double all = 0;
    enum status st = STATUS_OK;

    if (taken == NULL)
        TRY(error_no_memory(err, "the text of a ticket"));
    for (size_t f = 0; f < findings->n_contribution; f++)
        all += fmin(share[f], 0);
    for (int named = 0; named < MOST_DRIVERS; named++) {
        size_t f = next_driver(findings, i, taken);
        if (f == findings->n_contribution)
            break;
        if (named == 0)
            TRY(add(text, PART_HEADING, err, "What counts in the score"));
        TRY(add(text, PART_ITEM, err, "%.160s: %.0f %%", meaning_of(findings, f),
                100 * share[f] / all));
        taken[f] = true;
    }
done:
    free(taken);
    return st;
}

static enum status add_body(const struct followup *followup, size_t i, struct ticket_text *text,
                            struct error *err)
{
    const struct finding *finding = &followup->findings->finding[i];
    enum status st = STATUS_OK;

    TRY(add_account(text, finding, err));
    TRY(add_amounts(text, finding, err));
    TRY(add_judgement(text, finding, err));
    TRY(add_explanation(text, &followup->explained[i], err));
    TRY(add_drivers(text, followup->findings, i, err));
done:
    return st;
}

enum status ticket_text_finding(const struct followup *followup, size_t i,
                                struct ticket_text *text, struct error *err)
{
    char line[LINE_TEXT];
    enum status st = STATUS_OK;

    *text = (struct ticket_text){0};
    write_headline(&followup->findings->finding[i], line, sizeof line);
    one_line(line, TICKET_TITLE, text->title);
    TRY(add(text, PART_HEADING, err, "Facts"));
    TRY(add_body(followup, i, text, err));
done:
    if (st != STATUS_OK)
        ticket_text_free(text);
    return st;
}

enum status ticket_text_comment(const struct followup *followup, size_t i,
                                struct ticket_text *text, struct error *err)
{
    const struct finding *finding = &followup->findings->finding[i];
    char line[LINE_TEXT];
    enum status st = STATUS_OK;

    *text = (struct ticket_text){0};
    write_headline(finding, line, sizeof line);
    one_line(line, TICKET_TITLE, text->title);
    TRY(add(text, PART_PARAGRAPH, err, "Still open, and again an anomaly as of %.20s.",
            dated(finding)));
    TRY(add_body(followup, i, text, err));
done:
    if (st != STATUS_OK)
        ticket_text_free(text);
    return st;
}

static void write_counts(const struct findings *findings, const size_t *rest, size_t n_rest,
                         char *line, size_t room)
{
    size_t count[N_SEVERITY] = {0};
    int n = snprintf(line, room, "%zu more anomal%s:", n_rest, n_rest == 1 ? "y" : "ies");
    const char *comma = "";

    for (size_t k = 0; k < n_rest; k++)
        count[triage_severity(&findings->finding[rest[k]])]++;
    for (int s = N_SEVERITY - 1; s >= 0; s--)
        if (count[s] > 0 && n > 0 && (size_t)n < room) {
            n += snprintf(line + n, room - (size_t)n, "%s %zu %s", comma, count[s],
                          severity_name((enum severity)s));
            comma = ",";
        }
}

enum status ticket_text_rest(const struct followup *followup, const size_t *rest, size_t n_rest,
                             const char *setting, int64_t limit, struct ticket_text *text,
                             struct error *err)
{
    char line[LINE_TEXT];
    enum status st = STATUS_OK;

    *text = (struct ticket_text){0};
    write_counts(followup->findings, rest, n_rest, line, sizeof line);
    one_line(line, TICKET_TITLE, text->title);
    TRY(add(text, PART_PARAGRAPH, err,
            "These anomalies have none of their own, as %s is %lld. All are in the list for "
            "reviewers, anomalies.csv.",
            setting, (long long)limit));
    for (size_t k = 0; k < n_rest && k < MOST_LISTED; k++) {
        write_headline(&followup->findings->finding[rest[k]], line, sizeof line);
        TRY(add_text(text, PART_ITEM, NULL, line, ITEM_UNITS, err));
    }
    if (n_rest > MOST_LISTED)
        TRY(add(text, PART_PARAGRAPH, err, "And %zu less urgent ones.", n_rest - MOST_LISTED));
done:
    if (st != STATUS_OK)
        ticket_text_free(text);
    return st;
}

void ticket_text_free(struct ticket_text *text)
{
    for (size_t i = 0; i < text->n; i++)
        free(text->part[i].text);
    free(text->part);
    *text = (struct ticket_text){0};
}
