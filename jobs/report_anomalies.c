/* The anomalies: one table of all that are shown, then one article each, with the account's
 * chart, what sets the row apart, and the explanation. */
#include "report_parts.h"

#include "amount_text.h"
#include "facts.h"
#include "html_text.h"
#include "log_text.h"
#include "mail_report.h"
#include "report_chart.h"
#include "triage.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void report_write_account(FILE *out, const struct finding *finding)
{
    html_write_name(out, finding->company, REPORT_NAME);
    fputs(" / ", out);
    html_write_name(out, finding->account, REPORT_NAME);
    fputs(" / ", out);
    html_write_name(out, finding->au, REPORT_NAME);
}

/* "critical" on its colour; the class is ours alone. */
static void write_chip(FILE *out, const struct finding *finding)
{
    fprintf(out, "<span class=\"chip %s\">", severity_name(triage_severity(finding)));
    html_write_text(out, finding->severity, REPORT_NAME);
    fputs("</span>", out);
}

static void write_date(FILE *out, const struct finding *finding)
{
    html_write_text(out, finding->as_of_date[0] != '\0' ? finding->as_of_date : "no date",
                    REPORT_NAME);
}

/* The key is what the address ends with. */
static void write_link(FILE *out, const char *link)
{
    const char *slash = strrchr(link, '/');

    fputs("<a rel=\"noreferrer\" href=\"", out);
    html_write_text(out, link, REPORT_TEXT);
    fputs("\">", out);
    html_write_text(out, slash != NULL ? slash + 1 : link, REPORT_NAME);
    fputs("</a>", out);
}

static void write_open_amount(FILE *out, double amount, bool sortable, const char *currency)
{
    char text[AMOUNT_TEXT], exact[AMOUNT_TEXT];

    amount_grouped(amount, text);
    amount_exact(amount, exact);
    if (sortable && exact[0] != '\0')
        fprintf(out, "<td class=\"n\" data-v=\"%s\">%s", exact, text);
    else
        fprintf(out, "<td class=\"n\">%s", text);
    if (currency[0] != '\0') {
        fputc(' ', out);
        html_write_name(out, currency, REPORT_NAME);
    }
    fputs("</td>", out);
}

static void write_row(FILE *out, const struct report *report, size_t rank)
{
    size_t k = report->shown[rank];
    const struct finding *finding = &report->findings->finding[k];
    char word[MAIL_WORD];

    fputs("<tr data-s=\"", out);
    html_write_text(out, finding->severity, REPORT_NAME);
    fprintf(out, "\"><td class=\"n\" data-v=\"%zu\"><a href=\"#a%zu\">%zu</a></td>", rank + 1,
            rank + 1, rank + 1);
    fprintf(out, "<td data-v=\"%d\">", (int)triage_severity(finding));
    write_chip(out, finding);
    fputs("</td><td>", out);
    report_write_account(out, finding);
    fputs("</td><td class=\"nb\">", out);
    write_date(out, finding);
    fputs("</td>", out);
    write_open_amount(out, finding->feature[FEATURE_BALANCE_DIFFERENCE], true,
                      finding->currency);
    write_open_amount(out, finding->usual_difference, true, "");
    mail_report_pattern(finding, word);
    fputs("<td>", out);
    html_write_text(out, word, REPORT_NAME);
    mail_report_age(finding, word);
    fprintf(out, "</td><td data-v=\"%.0f\">", finding->break_months);
    html_write_text(out, word, REPORT_NAME);
    fprintf(out, "</td><td class=\"n\" data-v=\"%.6f\">%.3f</td>", finding->score,
            finding->score);
    if (report->link[k] != NULL) {
        fputs("<td>", out);
        write_link(out, report->link[k]);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static bool any_link(const struct report *report)
{
    for (size_t i = 0; i < report->n_shown; i++)
        if (report->link[report->shown[i]] != NULL)
            return true;
    return false;
}

/* How many there are, and which are on the page. */
static void write_scope(FILE *out, const struct report *report)
{
    const struct findings *findings = report->findings;
    char all[LOG_TEXT_NUMBER];

    log_text_count((int64_t)findings->n, all);
    if (report->n_shown < findings->n)
        fprintf(out,
                "<p class=\"dim\">The %zu most severe of %s; the follow-up's anomalies.csv "
                "has all of them.</p>\n",
                report->n_shown, all);
    else
        fprintf(out, "<p class=\"dim\">All %zu, the most severe first.</p>\n", findings->n);
}

void report_write_list(FILE *out, const struct report *report)
{
    static const struct {
        const char *title, *class;
    } COLUMN[] = {{"#", "n"},      {"Severity", ""},    {"Company / account / AU", ""},
                  {"As of", ""},   {"Difference", "n"}, {"Usual", "n"},
                  {"Pattern", ""}, {"Open", ""},        {"Score", "n"}};

    if (report->n_shown == 0)
        return;
    fputs("<section id=\"anomalies\"><h2>Anomalies</h2>\n", out);
    write_scope(out, report);
    fputs("<div class=\"scroll\"><table id=\"list\"><thead><tr>", out);
    for (size_t i = 0; i < sizeof COLUMN / sizeof *COLUMN; i++)
        fprintf(out, "<th scope=\"col\" class=\"%s\">%s</th>", COLUMN[i].class,
                COLUMN[i].title);
    if (any_link(report))
        fputs("<th scope=\"col\">Ticket</th>", out);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < report->n_shown; i++)
        write_row(out, report, i);
    fputs("</tbody></table></div></section>\n", out);
}

/* ---- one by one ---------------------------------------------------------------------------- */

static int by_finding(const void *key, const void *element)
{
    const int64_t *finding = key;
    const struct results_point *point = element;

    return (*finding > point->finding) - (*finding < point->finding);
}

/* The points of finding k: *n of them, and which is its own row; NULL if there are none. */
static const struct results_point *points_of(const struct report *report, size_t k, size_t *n,
                                             size_t *flagged)
{
    const struct overview *overview = report->overview;
    const struct results_point *all = overview->point, *end = all + overview->n_point;
    int64_t finding = report->findings->finding[k].row_number;
    const struct results_point *first = NULL;

    *n = *flagged = 0;
    if (overview->n_point > 0)
        first = bsearch(&finding, all, overview->n_point, sizeof *all, by_finding);
    if (first == NULL)
        return NULL;
    while (first > all && first[-1].finding == finding)
        first--;
    for (; first + *n < end && first[*n].finding == finding; ++*n)
        if (first[*n].row_number == finding)
            *flagged = *n;
    return first;
}

static double tolerance_of(const struct overview *overview)
{
    const char *text = overview_run_fact(overview, "tolerance");

    return text != NULL ? strtod(text, NULL) : 0;
}

static void write_chart(FILE *out, const struct report *report, size_t k)
{
    size_t n, flagged;
    const struct results_point *point = points_of(report, k, &n, &flagged);

    if (point == NULL)
        return;
    fputs("<figure><div class=\"scroll\">", out);
    chart_account(out, point, n, flagged, tolerance_of(report->overview),
                  report->findings->finding[k].currency);
    fputs("</div></figure>\n", out);
}

/* The feature with the largest share below that of `before`, or equal and after it; n_contribution
 * if there is none. */
static size_t next_driver(const struct findings *findings, const struct finding *finding,
                          size_t before)
{
    size_t n = findings->n_contribution, next = n;
    double bound = before < n ? facts_driver_share(findings, finding, before) : INFINITY;
    double largest = 0;

    for (size_t f = 0; f < n; f++) {
        double share = facts_driver_share(findings, finding, f);
        bool is_behind = share < bound || (share == bound && f > before);
        if (is_behind && share > largest) {
            largest = share;
            next = f;
        }
    }
    return next;
}

/* What sets the row apart, each with its share of all that does, the largest first. */
static void write_drivers(FILE *out, const struct findings *findings,
                          const struct finding *finding)
{
    size_t n = findings->n_contribution, first = next_driver(findings, finding, n);

    if (first == n)
        return;
    fputs("<ul class=\"drivers\">", out);
    for (size_t f = first; f < n; f = next_driver(findings, finding, f)) {
        double share = facts_driver_share(findings, finding, f);
        fputs("<li><span>", out);
        chart_bar(out, share);
        fprintf(out, "</span><span class=\"n\">%.0f %%</span><span>", 100 * share);
        html_write_text(out, facts_feature_meaning(findings, f), REPORT_TEXT);
        fputs("</span></li>", out);
    }
    fputs("</ul>\n", out);
}

static void write_fact(FILE *out, const char *name, double amount)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    if (text[0] != '\0')
        fprintf(out, "<span class=\"nb\">%s <b>%s</b></span> &nbsp; ", name, text);
}

static void write_phrase(FILE *out, const char *title, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(out, "<p dir=\"auto\"><b>%s:</b> ", title);
    html_write_text(out, text, REPORT_TEXT);
    fputs("</p>\n", out);
}

static void write_explanation(FILE *out, const struct explanation *explained)
{
    fputs("<p dir=\"auto\">", out);
    html_write_text(out, explained->text, REPORT_TEXT);
    fputs("</p>\n", out);
    write_phrase(out, "Likely cause", explained->likely_cause);
    write_phrase(out, "Recommended", explained->recommended_action);
    if (strcmp(explained->source, "model") == 0)
        fputs("<p class=\"small dim\">Worded by a language model; every number was checked "
              "against the facts.</p>\n",
              out);
}

static void write_article(FILE *out, const struct report *report, size_t rank)
{
    size_t k = report->shown[rank];
    const struct finding *finding = &report->findings->finding[k];
    char pattern[MAIL_WORD];

    mail_report_pattern(finding, pattern);
    fprintf(out, "<article id=\"a%zu\"><div class=\"who\"><h3>%zu. ", rank + 1, rank + 1);
    report_write_account(out, finding);
    fputs("</h3>", out);
    write_chip(out, finding);
    fputs("<span>", out);
    write_date(out, finding);
    fputs("</span>", out);
    if (report->link[k] != NULL)
        write_link(out, report->link[k]);
    fputs("</div><div class=\"facts\">", out);
    write_fact(out, "GL", finding->feature[FEATURE_GL_BALANCE]);
    write_fact(out, "IHub", finding->feature[FEATURE_IHUB_BALANCE]);
    write_fact(out, "Difference", finding->feature[FEATURE_BALANCE_DIFFERENCE]);
    write_fact(out, "Usual", finding->usual_difference);
    html_write_text(out, pattern, REPORT_NAME);
    fprintf(out, ", score <b>%.3f</b>, id ", finding->score);
    html_write_text(out, finding->id, REPORT_NAME);
    fputs("</div>\n<div class=\"pair\"><div>", out);
    write_explanation(out, &report->explained[k]);
    write_drivers(out, report->findings, finding);
    fputs("</div>", out);
    write_chart(out, report, k);
    fputs("</div></article>\n", out);
}

static void write_explainer(FILE *out, const struct report *report)
{
    char count[LOG_TEXT_NUMBER];
    size_t n = 0;

    for (size_t i = 0; i < report->n_shown; i++)
        n += strcmp(report->explained[report->shown[i]].source, "model") == 0;
    log_text_count((int64_t)n, count);
    if (n == 0)
        fputs("<p class=\"dim\">The explanations are the program's own, by rules.</p>\n", out);
    else if (n < report->n_shown)
        fprintf(out,
                "<p class=\"dim\">%s of the explanations are worded by a language model, as "
                "they say; the others are the program's own, by rules.</p>\n",
                count);
}

void report_write_details(FILE *out, const struct report *report)
{
    if (report->n_shown == 0)
        return;
    fprintf(
        out,
        "<section id=\"details\"><h2>Account by account</h2>\n<p class=\"dim\">Up to %d "
        "rows before the flagged one and %d behind it. The band is what is usual: the median "
        "of the differences before, and three usual deviations (1.48 times the median "
        "distance from it, at least the tolerance) to both sides. A diamond marks the "
        "flagged row. Bars: what sets the row apart, and its share of all that does.</p>\n",
        SERIES_BEFORE, SERIES_BEHIND);
    write_explainer(out, report);
    for (size_t i = 0; i < report->n_shown; i++)
        write_article(out, report, i);
    fputs("</section>\n", out);
}
