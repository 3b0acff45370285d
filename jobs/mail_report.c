/* What the mail says, before it becomes HTML or plain text: both say the same because both take
 * their words from here. The reader is an accountant: how many, how grave, of which ledger, and
 * what to do. */
#include "mail_report.h"

#include "log_text.h"
#include "mail_character.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum severity mail_report_severity(const struct finding *finding)
{
    enum severity severity = SEVERITY_LOW;

    while (severity < N_SEVERITY && strcmp(finding->severity, severity_name(severity)) != 0)
        severity++;
    return severity;
}

void mail_report_order(const struct findings *findings, size_t *order)
{
    size_t n = 0;

    /* A severity that is none of ours comes last. */
    for (int rank = N_SEVERITY - 1; rank >= -1; rank--)
        for (size_t i = 0; i < findings->n; i++) {
            int severity = (int)mail_report_severity(&findings->finding[i]);
            if (severity == (rank >= 0 ? rank : N_SEVERITY))
                order[n++] = i;
        }
}

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

static void say_severities(const struct findings *findings, char *text, size_t room)
{
    int64_t count[N_SEVERITY + 1] = {0};
    char number[LOG_TEXT_NUMBER];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < findings->n; i++)
        count[mail_report_severity(&findings->finding[i])]++;
    for (int s = N_SEVERITY - 1; s >= 0; s--) {
        if (count[s] == 0)
            continue;
        log_text_count(count[s], number);
        used += (size_t)snprintf(text + used, room - used, "%s%s %s", used > 0 ? ", " : "",
                                 number, severity_name((enum severity)s));
    }
}

/* "may.csv" of the first ledger, its folder left out; and how many more there are. */
static void say_ledgers(const struct findings *findings, char text[MAIL_WORDS / 2])
{
    if (findings->n_input == 0) {
        text[0] = '\0';
        return;
    }
    const char *slash = strrchr(findings->input[0], '/');
    const char *name = slash != NULL ? slash + 1 : findings->input[0];
    char cut[MAIL_WORD * 2] = "";
    size_t used = 0, n = 0;
    while (*name != '\0') {
        const char *byte = mail_character_next(&name, &n);
        if (used + n >= sizeof cut)
            break;
        memcpy(cut + used, byte, n);
        used += n;
    }
    if (findings->n_input == 1)
        snprintf(text, MAIL_WORDS / 2, "%s", cut);
    else
        snprintf(text, MAIL_WORDS / 2, "%s and %zu more", cut, findings->n_input - 1);
}

static void say_heading(const struct findings *findings, struct mail_words *words)
{
    char anomalies[LOG_TEXT_NUMBER], rows[LOG_TEXT_NUMBER], ledgers[MAIL_WORDS / 2];
    char as_of[MAIL_WORD] = "", severities[MAIL_WORD * 2 + 4] = "";

    log_text_count((int64_t)findings->n, anomalies);
    log_text_count(findings->n_row, rows);
    say_ledgers(findings, ledgers);
    say_severities(findings, words->severities, sizeof words->severities);
    if (findings->last_as_of[0] != '\0')
        snprintf(as_of, sizeof as_of, "as of %.10s", findings->last_as_of);
    if (findings->n > 0)
        snprintf(severities, sizeof severities, " (%s)", words->severities);
    snprintf(words->verdict, sizeof words->verdict, "%s anomal%s in %s row%s",
             findings->n == 0 ? "No" : anomalies, findings->n == 1 ? "y" : "ies", rows,
             findings->n_row == 1 ? "" : "s");
    snprintf(words->source, sizeof words->source, "%s%s%s", as_of,
             as_of[0] != '\0' && ledgers[0] != '\0' ? ", from " : "", ledgers);
    snprintf(words->subject, sizeof words->subject, "tieout: %s anomal%s%s%s%s%s%s",
             findings->n == 0 ? "no" : anomalies, findings->n == 1 ? "y" : "ies",
             ledgers[0] != '\0' ? " in " : "", ledgers, as_of[0] != '\0' ? " " : "", as_of,
             severities);
}

static void say_scope(const struct mail_report *report, char text[MAIL_WORDS])
{
    const struct findings *findings = report->findings;
    char flagged[LOG_TEXT_NUMBER];
    size_t used = 0;

    text[0] = '\0';
    if (findings->n_flagged > (int64_t)findings->n) {
        log_text_count(findings->n_flagged, flagged);
        used = (size_t)snprintf(text, MAIL_WORDS,
                                "%s rows were flagged; these are the ones to follow up. ",
                                flagged);
    }
    if (report->n_shown < findings->n)
        snprintf(text + used, MAIL_WORDS - used,
                 "The %zu most severe are shown; anomalies.csv has all of them.",
                 report->n_shown);
}

static void say_files(const struct mail_report *report, struct mail_words *words)
{
    size_t used = 0;
    bool list = false;

    words->files[0] = words->answer[0] = '\0';
    for (size_t i = 0; i < report->n_attachment; i++) {
        const char *name = report->attachment[i].name;
        list = list || strcmp(name, "anomalies.csv") == 0;
        used += (size_t)snprintf(words->files + used, MAIL_WORDS - used, "%s%s",
                                 i == 0 ? "Attached: " : " and ", name);
    }
    used +=
        (size_t)snprintf(words->files + used, MAIL_WORDS - used, "%s", used > 0 ? ". " : "");
    if (report->left_out[0] != '\0')
        used += (size_t)snprintf(words->files + used, MAIL_WORDS - used,
                                 "Too large to attach: %.64s. ", report->left_out);
    snprintf(words->files + used, MAIL_WORDS - used,
             "Everything is in the folder %.128s beside the results.", report->folder);
    if (report->findings->n > 0)
        snprintf(
            words->answer, sizeof words->answer,
            "To answer, fill in the columns verdict (confirmed or false_positive), reviewer "
            "and comment of %s, and send it back to whoever runs tieout.",
            list ? "the attached anomalies.csv" : "anomalies.csv in that folder");
}

void mail_report_words(const struct mail_report *report, struct mail_words *words)
{
    const struct findings *findings = report->findings;

    say_heading(findings, words);
    say_scope(report, words->scope);
    say_files(report, words);
    snprintf(words->origin, sizeof words->origin,
             "Made by tieout from the run of %.10s %.5s UTC, profile %.16s, content digest "
             "%.16s.",
             findings->started, strlen(findings->started) > 11 ? findings->started + 11 : "",
             findings->profile, findings->digest);
}
