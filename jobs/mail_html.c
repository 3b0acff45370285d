/* The HTML form of the mail. Mail programs know little of HTML: several drop style sheets, one
 * lays out with a word processor. So the layout is tables, what must be seen is styled inline,
 * and the sheet in the head only adds what may be lost: dark colours and tighter cells on a
 * telephone. Severity is a word on a colour, never a colour alone. A finding is two rows, its
 * numbers and its explanation, in a table of fixed column widths, so that no text of a ledger
 * can push a column away. Gmail cuts what is longer than 102 kB: a row's markup is kept short. */
#include "mail_html.h"

#include "amount_text.h"
#include "html_text.h"
#include "triage.h"

#include <math.h>
#include <string.h>

enum {
    NAME_LIMIT = 64, /* characters; what is longer is cut */
    EXPLANATION_LIMIT = 1500,
    UNBROKEN = 17 /* digits and commas of an amount that fit a telephone's column */
};

static const char HEAD[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"format-detection\" content=\"telephone=no, date=no, address=no\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<style>\n"
    "@media (prefers-color-scheme: dark) {\n"
    ".page { background: #0f1419 !important; }\n"
    ".card { background: #1a2129 !important; border-color: #33404d !important; }\n"
    ".line { border-color: #33404d !important; }\n"
    ".head { background: #222b35 !important; }\n"
    ".ink { color: #e6ebf0 !important; }\n"
    ".dim { color: #9fb0c0 !important; }\n"
    ".link { color: #7fb8ff !important; }\n"
    "}\n"
    "@media (max-width: 600px) {\n"
    ".side { padding-left: 7px !important; padding-right: 7px !important; }\n"
    ".list { font-size: 12px !important; }\n"
    "}\n"
    "</style>\n";

#define FONT "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

/* Colours under white text; the same in the dark. */
static const char *const COLOUR[N_SEVERITY] = {
    [SEVERITY_LOW] = "#5b6b7a",
    [SEVERITY_MEDIUM] = "#8a6100",
    [SEVERITY_HIGH] = "#b4480a",
    [SEVERITY_CRITICAL] = "#b3201b",
};

/* A name out of the ledger. */
static void write_name(FILE *out, const char *name)
{
    html_write_name(out, name, NAME_LIMIT);
}

static void write_amount(FILE *out, double amount, const char *currency)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    if (strlen(text) <= UNBROKEN)
        fprintf(out, "<span style=\"white-space:nowrap\">%s</span>", text);
    else
        fputs(text, out);
    if (currency[0] != '\0') {
        fputc(' ', out);
        write_name(out, currency);
    }
}

/* A paragraph, unless there is nothing to say. */
static void write_paragraph(FILE *out, const char *class, const char *style, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(out, "<p class=\"%s\" style=\"margin:0 0 6px;%s\">", class, style);
    html_write_text(out, text, EXPLANATION_LIMIT);
    fputs("</p>\n", out);
}

static void write_heading(FILE *out, const struct mail_words *words)
{
    fputs("<tr><td class=\"side line\" style=\"padding:22px 14px 14px;"
          "border-bottom:1px solid #dde3e9\">\n"
          "<h1 class=\"ink\" style=\"margin:0 0 6px;font-size:22px;line-height:28px;"
          "font-weight:600;color:#1b2733\">",
          out);
    html_write_text(out, words->verdict, MAIL_WORDS);
    fputs("</h1>\n", out);
    write_paragraph(out, "ink", "font-size:15px;font-weight:600;color:#1b2733",
                    words->severities);
    write_paragraph(out, "dim", "font-size:14px;color:#5b6b7a", words->source);
    write_paragraph(out, "dim", "font-size:14px;color:#5b6b7a", words->scope);
    fputs("</td></tr>\n", out);
}

static void write_titles(FILE *out)
{
    static const struct {
        const char *title, *width, *align;
    } COLUMN[] = {{"Severity", "19%", "left"},
                  {"Company / account / AU", "28%", "left"},
                  {"Difference", "33%", "right"},
                  {"Open since", "20%", "left"}};

    fputs("<tr>", out);
    for (size_t i = 0; i < sizeof COLUMN / sizeof *COLUMN; i++)
        fprintf(out,
                "<th scope=\"col\" class=\"side head dim\" width=\"%s\" align=\"%s\" "
                "style=\"padding:8px 14px;background:#eef2f6;color:#5b6b7a;font-size:12px;"
                "font-weight:600\">%s</th>",
                COLUMN[i].width, COLUMN[i].align, COLUMN[i].title);
    fputs("</tr>\n", out);
}

/* Begins a cell of the upper row of a finding. */
static void begin_cell(FILE *out, const char *more)
{
    fprintf(out, "<td class=\"side\" style=\"padding:12px 14px 2px%s\">", more);
}

static void begin_second_line(FILE *out)
{
    fputs("<br><span class=\"dim\" style=\"color:#5b6b7a\">", out);
}

static void end_cell(FILE *out)
{
    fputs("</span></td>\n", out);
}

static void write_severity_cell(FILE *out, const struct finding *finding)
{
    char pattern[MAIL_WORD];

    mail_report_pattern(finding, pattern);
    begin_cell(out, "");
    fprintf(out,
            "<span style=\"display:inline-block;padding:1px 7px;border-radius:3px;"
            "background:%s;color:#ffffff;font-weight:600\">",
            COLOUR[triage_severity(finding)]);
    html_write_text(out, finding->severity, NAME_LIMIT);
    fputs("</span>", out);
    begin_second_line(out);
    html_write_text(out, pattern, NAME_LIMIT);
    end_cell(out);
}

static void write_account_cell(FILE *out, const struct finding *finding)
{
    begin_cell(out, "");
    write_name(out, finding->company);
    fputs(" / ", out);
    write_name(out, finding->account);
    fputs(" / ", out);
    write_name(out, finding->au);
    begin_second_line(out);
    html_write_text(out, finding->as_of_date[0] != '\0' ? finding->as_of_date : "no date",
                    NAME_LIMIT);
    end_cell(out);
}

static void write_difference_cell(FILE *out, const struct finding *finding)
{
    begin_cell(out, ";text-align:right;font-weight:600");
    write_amount(out, finding->feature[FEATURE_BALANCE_DIFFERENCE], finding->currency);
    fputs("<br><span class=\"dim\" style=\"color:#5b6b7a;font-weight:400\">", out);
    if (!isnan(finding->usual_difference)) {
        fputs("usually ", out);
        write_amount(out, finding->usual_difference, "");
    }
    end_cell(out);
}

static void write_open_cell(FILE *out, const struct finding *finding)
{
    char age[MAIL_WORD];

    mail_report_age(finding, age);
    begin_cell(out, "");
    html_write_text(out, finding->break_since, NAME_LIMIT);
    if (finding->break_since[0] != '\0')
        fputs("<br>", out);
    fputs("<span class=\"dim\" style=\"color:#5b6b7a\">", out);
    html_write_text(out, age, NAME_LIMIT);
    end_cell(out);
}

/* What else is known, a phrase each: "<b>Likely cause:</b> ...". */
static void write_phrase(FILE *out, const char *title, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(out, "<br><b>%s:</b> ", title);
    html_write_text(out, text, EXPLANATION_LIMIT);
}

/* The ticket's key is what its address ends with. */
static void write_ticket(FILE *out, const char *link)
{
    if (link == NULL)
        return;
    const char *slash = strrchr(link, '/');
    fputs("<br>Ticket <a class=\"link\" style=\"color:#0b5cad\" href=\"", out);
    html_write_text(out, link, EXPLANATION_LIMIT);
    fputs("\">", out);
    html_write_text(out, slash != NULL ? slash + 1 : link, NAME_LIMIT);
    fputs("</a>", out);
}

static void write_explanation(FILE *out, const struct explanation *explained, const char *link)
{
    fputs("<tr><td colspan=\"4\" class=\"side line\" dir=\"auto\" style=\"padding:4px 14px "
          "14px;border-bottom:1px solid #dde3e9;line-height:19px\">",
          out);
    html_write_text(out, explained->text, EXPLANATION_LIMIT);
    write_phrase(out, "Likely cause", explained->likely_cause);
    write_phrase(out, "Recommended", explained->recommended_action);
    write_ticket(out, link);
    fputs("</td></tr>\n", out);
}

static void write_findings(FILE *out, const struct mail_report *report)
{
    if (report->n_shown == 0)
        return;
    fputs("<tr><td>\n<table class=\"list ink\" width=\"100%\" cellpadding=\"0\" "
          "cellspacing=\"0\" border=\"0\" style=\"width:100%;table-layout:fixed;"
          "border-collapse:collapse;color:#1b2733;" FONT
          ";font-size:13px;line-height:18px;overflow-wrap:anywhere;word-break:break-word\">\n",
          out);
    write_titles(out);
    for (size_t i = 0; i < report->n_shown; i++) {
        size_t k = report->shown[i];
        const struct finding *finding = &report->findings->finding[k];
        fputs("<tr valign=\"top\">\n", out);
        write_severity_cell(out, finding);
        write_account_cell(out, finding);
        write_difference_cell(out, finding);
        write_open_cell(out, finding);
        fputs("</tr>\n", out);
        write_explanation(out, &report->explained[k], report->link[k]);
    }
    fputs("</table>\n</td></tr>\n", out);
}

static void write_closing(FILE *out, const struct mail_words *words)
{
    fputs("<tr><td class=\"side\" style=\"padding:16px 14px 20px;line-height:20px\">\n", out);
    write_paragraph(out, "ink", "font-size:14px;font-weight:600;color:#1b2733", words->answer);
    write_paragraph(out, "ink", "font-size:14px;color:#1b2733", words->files);
    write_paragraph(out, "dim", "font-size:12px;color:#5b6b7a", words->wording);
    write_paragraph(out, "dim", "font-size:12px;color:#5b6b7a", words->origin);
    fputs("</td></tr>\n", out);
}

void mail_html_write(const struct mail_report *report, const struct mail_words *words,
                     FILE *out)
{
    fputs(HEAD, out);
    fputs("<title>", out);
    html_write_text(out, words->subject, MAIL_WORDS);
    fputs("</title>\n</head>\n"
          "<body class=\"page\" style=\"margin:0;padding:0;background:#eef2f6\">\n"
          "<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" "
          "cellspacing=\"0\" border=\"0\" style=\"background:#eef2f6\">"
          "<tr><td align=\"center\" style=\"padding:12px 8px\">\n"
          /* One program knows no max-width: it gets a table of a fixed one around. */
          "<!--[if mso]><table role=\"presentation\" width=\"800\"><tr><td><![endif]-->\n"
          "<table role=\"presentation\" class=\"card\" width=\"100%\" cellpadding=\"0\" "
          "cellspacing=\"0\" border=\"0\" style=\"max-width:800px;background:#ffffff;"
          "border:1px solid #dde3e9;text-align:left;" FONT "\">\n",
          out);
    write_heading(out, words);
    write_findings(out, report);
    write_closing(out, words);
    fputs("</table>\n<!--[if mso]></td></tr></table><![endif]-->\n"
          "</td></tr></table>\n</body>\n</html>\n",
          out);
}
