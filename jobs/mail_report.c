/* What the mail says, before it becomes HTML or plain text: both say the same because both take
 * their words from here. The reader is an accountant: how many, how grave, of which ledger, and
 * what to do. */
#include "mail_report.h"

#include "log_text.h"
#include "mail_character.h"
#include "triage.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 128 /* bytes of a ledger's name */ };

void mail_report_pattern(const struct finding *finding, char text[MAIL_WORD])
{
    snprintf(text, MAIL_WORD, "%s", finding->pattern);
    for (; *text != '\0'; text++)
        if (*text == '_')
            *text = ' ';
}

void mail_report_age(const struct finding *finding, char text[MAIL_WORD])
{
    static const struct {
        const char *lifecycle;
        const char *word;
    } AGE[] = {{"new", "new"}, {"recurring", "again"}, {"matched", "no break"}};

    snprintf(text, MAIL_WORD, "%s", finding->lifecycle);
    for (size_t i = 0; i < sizeof AGE / sizeof *AGE; i++)
        if (strcmp(finding->lifecycle, AGE[i].lifecycle) == 0)
            snprintf(text, MAIL_WORD, "%s", AGE[i].word);
    if (finding->break_months >= 1)
        snprintf(text, MAIL_WORD, "%.0f month%s", finding->break_months,
                 finding->break_months < 2 ? "" : "s");
}

/* Adds to text; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) static void say(char text[MAIL_WORDS], const char *format,
                                                      ...)
{
    size_t used = strlen(text);
    va_list args;

    va_start(args, format);
    vsnprintf(text + used, MAIL_WORDS - used, format, args);
    va_end(args);
}

static void say_severities(const struct findings *findings, char text[MAIL_WORDS])
{
    int64_t count[N_SEVERITY] = {0};
    char number[LOG_TEXT_NUMBER];

    for (size_t i = 0; i < findings->n; i++)
        count[triage_severity(&findings->finding[i])]++;
    for (int s = N_SEVERITY - 1; s >= 0; s--) {
        if (count[s] == 0)
            continue;
        log_text_count(count[s], number);
        say(text, "%s%s %s", text[0] != '\0' ? ", " : "", number,
            severity_name((enum severity)s));
    }
}

/* The first ledger's name without its folder, whole characters of it. */
static void cut_name(const char *path, char name[NAME])
{
    const char *slash = strrchr(path, '/');
    const char *at = slash != NULL ? slash + 1 : path;
    size_t used = 0, n = 0;

    while (*at != '\0') {
        const char *byte = mail_character_next(&at, &n);
        if (used + n >= NAME)
            break;
        memcpy(name + used, byte, n);
        used += n;
    }
    name[used] = '\0';
}

/* "in may.csv and 2 more", "in" being the word given. */
static void say_ledgers(const struct findings *findings, const char *word,
                        char text[MAIL_WORDS])
{
    char name[NAME];

    if (findings->n_input == 0)
        return;
    cut_name(findings->input[0], name);
    say(text, "%s%s %s", text[0] != '\0' ? " " : "", word, name);
    if (findings->n_input > 1)
        say(text, " and %zu more", findings->n_input - 1);
}

static void say_as_of(const struct findings *findings, char text[MAIL_WORDS])
{
    if (findings->last_as_of[0] != '\0')
        say(text, "%sas of %.10s", text[0] != '\0' ? " " : "", findings->last_as_of);
}

static void say_heading(const struct findings *findings, struct mail_words *words)
{
    char anomalies[LOG_TEXT_NUMBER], rows[LOG_TEXT_NUMBER];
    const char *ending = findings->n == 1 ? "y" : "ies";

    log_text_count((int64_t)findings->n, anomalies);
    log_text_count(findings->n_row, rows);
    say_severities(findings, words->severities);
    say(words->verdict, "%s anomal%s in %s row%s", findings->n == 0 ? "No" : anomalies, ending,
        rows, findings->n_row == 1 ? "" : "s");
    say_ledgers(findings, "From", words->source);
    say_as_of(findings, words->source);
    say(words->subject, "tieout: %s anomal%s", findings->n == 0 ? "no" : anomalies, ending);
    if (findings->n > 0)
        say(words->subject, " (%s)", words->severities);
    say_ledgers(findings, "in", words->subject);
    say_as_of(findings, words->subject);
}

static void say_scope(const struct mail_report *report, char text[MAIL_WORDS])
{
    const struct findings *findings = report->findings;
    char flagged[LOG_TEXT_NUMBER];

    if (findings->n_flagged > (int64_t)findings->n) {
        log_text_count(findings->n_flagged, flagged);
        say(text, "%s rows were flagged; %s to be followed up. ", flagged,
            findings->n == 0 ? "none of them is" : "these are the ones");
    }
    if (report->n_shown < findings->n)
        say(text, "The %zu most severe are shown; anomalies.csv has all of them.",
            report->n_shown);
}

static void say_wording(const struct mail_report *report, char text[MAIL_WORDS])
{
    size_t n = 0;

    for (size_t i = 0; i < report->n_shown; i++)
        n += strcmp(report->explained[report->shown[i]].source, "model") == 0;
    if (n > 0)
        say(text,
            "%zu of the %zu explanations were worded by a language model; every number in them "
            "was checked against the facts.",
            n, report->n_shown);
}

/* The names of the attachments; whether the reviewers' list is one of them. */
static bool say_attached(const struct mail_report *report, char text[MAIL_WORDS])
{
    bool list = false;

    for (size_t i = 0; i < report->n_attachment; i++) {
        const char *name = report->attachment[i].name;
        list = list || strcmp(name, "anomalies.csv") == 0;
        say(text, "%s%s", i == 0 ? "Attached: " : " and ", name);
    }
    if (report->n_attachment > 0)
        say(text, ". ");
    return list;
}

static void say_files(const struct mail_report *report, struct mail_words *words)
{
    bool list = say_attached(report, words->files);

    if (report->left_out[0] != '\0')
        say(words->files, "Too large to attach: %s. ", report->left_out);
    say(words->files, "Everything is in the folder %s beside the results.", report->folder);
    if (report->findings->n > 0)
        say(words->answer,
            "To answer, fill in the columns verdict (confirmed or false_positive), reviewer "
            "and comment of %s, and send it back to whoever runs tieout.",
            list ? "the attached anomalies.csv" : "anomalies.csv in that folder");
}

void mail_report_words(const struct mail_report *report, struct mail_words *words)
{
    const struct findings *findings = report->findings;
    const char *time = strchr(findings->started, 'T');

    *words = (struct mail_words){.subject = ""};
    say_heading(findings, words);
    say_scope(report, words->scope);
    say_wording(report, words->wording);
    say_files(report, words);
    say(words->origin,
        "Made by tieout from the run of %.10s %.5s UTC, profile %.16s, content digest %.16s.",
        findings->started, time != NULL ? time + 1 : "", findings->profile, findings->digest);
}
