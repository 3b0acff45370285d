/* What the results rest on: what reviewers said, what of the input was not taken as given, and
 * where all of it comes from, with the command that makes it again. */
#include "report_parts.h"

#include "amount_text.h"
#include "decimal_sum.h"
#include "html_text.h"
#include "log_text.h"
#include "run_facts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HELD = 20, MOST_CONTROLLED = 8, MOST_CURRENCY = 1024 /* bytes of a name */ };

/* A text of several lines. */
static void write_lines(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        char *line = strndup(text, n);
        if (line != NULL)
            html_write_text(out, line, REPORT_TEXT);
        free(line);
        text += n;
        if (*text == '\n') {
            fputs("<br>", out);
            text++;
        }
    }
}

/* ---- feedback ------------------------------------------------------------------------------ */

static double number_of(const struct report *report, const char *name)
{
    const char *text = overview_model_fact(report->overview, name);

    return text != NULL ? strtod(text, NULL) : 0;
}

/* Findings that are not raised, as reviewers rejected the like before: behind the others. */
static void write_suppressed(FILE *out, const struct findings *findings)
{
    size_t n = findings->n_suppressed;

    if (n == 0)
        return;
    fprintf(
        out,
        "<p>%zu finding%s held back, as reviewers rejected the like before%s.</p>\n"
        "<div class=\"scroll\"><table id=\"held-back\"><thead><tr><th scope=\"col\">Company "
        "/ account / AU</th><th scope=\"col\">As of</th><th scope=\"col\">Reviewer</th>"
        "<th scope=\"col\">Reason</th></tr></thead><tbody>\n",
        n, n == 1 ? " is" : "s are", n > MOST_HELD ? "; the first of them" : "");
    for (size_t i = 0; i < n && i < MOST_HELD; i++) {
        const struct finding *finding = &findings->finding[findings->n + i];
        fputs("<tr><td>", out);
        report_write_account(out, finding);
        fputs("</td><td class=\"nb\">", out);
        html_write_text(out, finding->as_of_date, REPORT_NAME);
        fputs("</td><td>", out);
        html_write_name(out, finding->suppressed_by, REPORT_NAME);
        fputs("</td><td>", out);
        html_write_text(out, finding->suppressed_reason, REPORT_TEXT);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

void report_write_feedback(FILE *out, const struct report *report)
{
    double confirmed = number_of(report, "feedback_confirmed");
    double rejected = number_of(report, "feedback_rejected");

    fputs("<section id=\"feedback\"><h2>Reviewers' feedback</h2>\n", out);
    if (confirmed + rejected > 0)
        fprintf(
            out,
            "<p>Of %.0f reviewed rows %.0f are confirmed as anomalies and %.0f were none: a "
            "precision of %.1f %% so far.</p>\n",
            confirmed + rejected, confirmed, rejected,
            100 * confirmed / (confirmed + rejected));
    else
        fputs("<p>None was given to this run. The columns verdict, reviewer and comment of "
              "anomalies.csv are there for it.</p>\n",
              out);
    write_suppressed(out, report->findings);
    fputs("</section>\n", out);
}

/* ---- rejects ------------------------------------------------------------------------------- */

static const char REJECTS[] = "rejects_";

/* How many of each kind, "empty", "number" ..., as /run counts them. */
static void write_reject_counts(FILE *out, const struct overview *overview)
{
    bool begun = false;

    for (size_t i = 0; i < overview->n_run; i++) {
        const struct overview_fact *fact = &overview->run[i];
        char count[LOG_TEXT_NUMBER];
        if (strncmp(fact->name, REJECTS, strlen(REJECTS)) != 0 || strcmp(fact->text, "0") == 0)
            continue;
        log_text_count((int64_t)strtod(fact->text, NULL), count);
        fprintf(out, "%s%s ", begun ? ", " : "<p>By kind: ", count);
        html_write_text(out, fact->name + strlen(REJECTS), REPORT_NAME);
        begun = true;
    }
    fputs(begun ? ".</p>\n" : "", out);
}

static void write_examples(FILE *out, const struct overview *overview)
{
    fputs("<div class=\"scroll\"><table id=\"rejects-list\"><thead><tr><th scope=\"col\" "
          "class=\"n\">Line</th><th scope=\"col\">Column</th><th scope=\"col\">Finding</th>"
          "<th scope=\"col\">Text found</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < overview->n_example; i++) {
        const struct overview_reject *reject = &overview->example[i];
        fputs("<tr>", out);
        report_count_cell(out, reject->line);
        fputs("<td>", out);
        html_write_text(out, reject->column, REPORT_NAME);
        fputs("</td><td>", out);
        html_write_text(out, reject->reason, REPORT_TEXT);
        fputs("</td><td>", out);
        html_write_name(out, reject->text, REPORT_NAME);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

/* ---- completeness -------------------------------------------------------------------------- */

/* Line i of a list in a cell; a list that is shorter, or not there, leaves it empty. */
static void write_currency_cell(FILE *out, const char *list, size_t i)
{
    char line[MOST_CURRENCY];

    run_facts_line(list, i, line, sizeof line);
    fputs("<td>", out);
    html_write_name(out, line, REPORT_NAME);
    fputs("</td>", out);
}

/* The same of a list of decimals. */
static void write_sum_cell(FILE *out, const char *list, size_t i)
{
    char line[DECIMAL_TEXT], grouped[AMOUNT_GROUPED(DECIMAL_TEXT)];

    run_facts_line(list, i, line, sizeof line);
    amount_group(line, grouped, sizeof grouped);
    fputs("<td class=\"n\">", out);
    html_write_text(out, grouped, REPORT_TEXT);
    fputs("</td>", out);
}

static void write_control_row(FILE *out, const struct overview *overview, size_t i,
                              const char *title, const char *column)
{
    static const char *const PART[] = {"read", "rejected", "kept"};
    char name[64];

    fputs("<tr>", out);
    write_currency_cell(out, overview_run_fact(overview, "control_currencies"), i);
    fprintf(out, "<td>%s</td>", title);
    for (size_t p = 0; p < sizeof PART / sizeof *PART; p++) {
        snprintf(name, sizeof name, "control_%s_%s", column, PART[p]);
        write_sum_cell(out, overview_run_fact(overview, name), i);
    }
    fputs("</tr>\n", out);
}

/* Totals of all that was read, and of what became of it: read = rejected + kept. */
static void write_control(FILE *out, const struct overview *overview)
{
    const char *currency = overview_run_fact(overview, "control_currencies");
    size_t n = 1;

    if (currency == NULL)
        return;
    for (const char *at = currency; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    fputs("<div class=\"scroll\"><table id=\"control\"><caption>Control totals</caption><thead>"
          "<tr><th scope=\"col\">Currency</th><th scope=\"col\">Column</th><th scope=\"col\" "
          "class=\"n\">Read</th><th scope=\"col\" class=\"n\">Rejected</th><th scope=\"col\" "
          "class=\"n\">Kept</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < n && i < MOST_CONTROLLED; i++) {
        write_control_row(out, overview, i, "GL balance", "gl_balance");
        write_control_row(out, overview, i, "IHub balance", "ihub_balance");
        write_control_row(out, overview, i, "Difference", "difference");
    }
    fputs("</tbody></table></div>\n", out);
    if (n > MOST_CONTROLLED)
        fprintf(out,
                "<p class=\"dim\">%d of %zu currencies; /run in the results has all.</p>\n",
                MOST_CONTROLLED, n);
}

static void write_findings(FILE *out, const struct overview *overview)
{
    char count[LOG_TEXT_NUMBER];

    log_text_count(overview->n_reject, count);
    if (overview->n_reject == 0) {
        fputs("<p class=\"good\">Everything was taken as given.</p>\n", out);
        return;
    }
    fprintf(out, "<p>%s finding%s: not taken as given, or contradicting itself.</p>\n", count,
            overview->n_reject == 1 ? "" : "s");
    write_reject_counts(out, overview);
    if ((int64_t)overview->n_example < overview->n_reject)
        fprintf(out, "<p class=\"dim\">The first %zu; /rejects in the results has all.</p>\n",
                overview->n_example);
    write_examples(out, overview);
}

void report_write_rejects(FILE *out, const struct report *report)
{
    fputs("<section id=\"rejects\"><h2>Quality of the input</h2>\n", out);
    write_findings(out, report->overview);
    write_control(out, report->overview);
    fputs("</section>\n", out);
}

/* ---- provenance ---------------------------------------------------------------------------- */

static void write_fact(void *context, const char *label, const char *text)
{
    FILE *out = context;

    fputs("<tr><th scope=\"row\">", out);
    html_write_text(out, label, REPORT_NAME);
    fputs("</th><td>", out);
    write_lines(out, text);
    fputs("</td></tr>\n", out);
}

static void write_recorded(FILE *out, const struct overview_fact *fact, size_t n)
{
    for (size_t i = 0; i < n; i++)
        write_fact(out, fact[i].name, fact[i].text);
}

void report_write_provenance(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;

    fputs("<section id=\"provenance\"><h2>Where this comes from</h2>\n<p class=\"dim\">The "
          "command, run again over the same files, gives the same content digest, whatever "
          "the number of processes and threads.</p>\n",
          out);
    fputs("<div class=\"scroll\"><table class=\"origin\"><tbody>\n", out);
    run_facts_tell(report->findings, overview, write_fact, out);
    fputs("</tbody></table></div>\n<details><summary>All that the results record of the run"
          "</summary><div class=\"scroll\"><table class=\"origin\"><tbody>\n",
          out);
    write_recorded(out, overview->run, overview->n_run);
    write_recorded(out, overview->model, overview->n_model);
    fputs("</tbody></table></div></details></section>\n", out);
}
