/* The plain form of the mail: a paragraph a finding, no columns, as mail programs show it in
 * whatever font and width. */
#include "mail_text.h"

#include "amount_text.h"
#include "mail_character.h"

static void write_text(FILE *out, const char *text)
{
    size_t n = 0;

    while (*text != '\0') {
        const char *byte = mail_character_next(&text, &n);
        fwrite(byte, 1, n, out);
    }
}

/* A line of its own, unless there is nothing to say. */
static void write_line(FILE *out, const char *before, const char *text)
{
    if (text[0] == '\0')
        return;
    fputs(before, out);
    write_text(out, text);
    fputc('\n', out);
}

static void write_amount(FILE *out, double amount, const char *currency)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    fputs(text, out);
    if (currency[0] != '\0' && text[0] != '\0')
        fputc(' ', out);
    write_text(out, currency);
}

static void write_account(FILE *out, const struct finding *finding)
{
    const char *const part[] = {finding->company, finding->account, finding->au};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        fputs(i > 0 ? " / " : "   ", out);
        write_text(out, part[i]);
    }
    fputc('\n', out);
}

static void write_break(FILE *out, const struct finding *finding)
{
    char age[MAIL_WORD];

    mail_report_age(finding, age);
    fputs("   Difference ", out);
    write_amount(out, finding->feature[FEATURE_BALANCE_DIFFERENCE], finding->currency);
    if (finding->usual_difference == finding->usual_difference) {
        fputs(", usually ", out);
        write_amount(out, finding->usual_difference, finding->currency);
    }
    if (finding->break_since[0] != '\0') {
        fputs(", open since ", out);
        write_text(out, finding->break_since);
    }
    fputs(" (", out);
    write_text(out, age);
    fputs(")\n", out);
}

static void write_finding(FILE *out, size_t number, const struct finding *finding,
                          const struct explanation *explained, const char *link)
{
    char pattern[MAIL_WORD];

    mail_report_pattern(finding, pattern);
    fprintf(out, "\n%zu. ", number);
    write_text(out, finding->severity);
    fputs(", ", out);
    write_text(out, pattern);
    write_line(out, ", ", finding->as_of_date[0] != '\0' ? finding->as_of_date : "no date");
    write_account(out, finding);
    write_break(out, finding);
    write_line(out, "   ", explained->text);
    write_line(out, "   Likely cause: ", explained->likely_cause);
    write_line(out, "   Recommended: ", explained->recommended_action);
    write_line(out, "   Ticket: ", link != NULL ? link : "");
}

void mail_text_write(const struct mail_report *report, const struct mail_words *words,
                     FILE *out)
{
    write_line(out, "", words->verdict);
    write_line(out, "", words->severities);
    write_line(out, "", words->source);
    write_line(out, "\n", words->scope);
    for (size_t i = 0; i < report->n_shown; i++) {
        size_t k = report->shown[i];
        write_finding(out, i + 1, &report->findings->finding[k], &report->explained[k],
                      report->link[k]);
    }
    write_line(out, "\n", words->files);
    write_line(out, "", words->answer);
    write_line(out, "", words->wording);
    write_line(out, "\n-- \n", words->origin);
}
