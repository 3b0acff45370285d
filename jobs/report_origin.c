/* What the results rest on: what reviewers said, what of the input was not taken as given, and
 * where all of it comes from, with the command that makes it again. */
#include "report_parts.h"

#include "html_text.h"
#include "log_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

void report_write_rejects(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;
    char count[LOG_TEXT_NUMBER];

    log_text_count(overview->n_reject, count);
    fputs("<section id=\"rejects\"><h2>Quality of the input</h2>\n", out);
    if (overview->n_reject == 0) {
        fputs("<p class=\"good\">Everything was taken as given.</p></section>\n", out);
        return;
    }
    fprintf(out, "<p>%s finding%s: not taken as given, or contradicting itself.</p>\n", count,
            overview->n_reject == 1 ? "" : "s");
    write_reject_counts(out, overview);
    if ((int64_t)overview->n_example < overview->n_reject)
        fprintf(out, "<p class=\"dim\">The first %zu; /rejects in the results has all.</p>\n",
                overview->n_example);
    write_examples(out, overview);
    fputs("</section>\n", out);
}

/* ---- provenance ---------------------------------------------------------------------------- */

static void write_fact(FILE *out, const struct overview_fact *fact)
{
    fputs("<tr><th scope=\"row\">", out);
    html_write_text(out, fact->name, REPORT_NAME);
    fputs("</th><td>", out);
    write_lines(out, fact->text);
    fputs("</td></tr>\n", out);
}

void report_write_provenance(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;
    const char *command = overview_run_fact(overview, "command");

    fputs("<section id=\"provenance\"><h2>Where this comes from</h2>\n", out);
    if (command != NULL) {
        fputs("<p>Run again, over the same files, this gives the same content digest, whatever "
              "the number of processes and threads:</p>\n<pre>",
              out);
        html_write_text(out, command, REPORT_TEXT);
        fputs("</pre>\n", out);
    }
    fputs("<div class=\"scroll\"><table id=\"origin\"><tbody>\n", out);
    for (size_t i = 0; i < overview->n_run; i++)
        write_fact(out, &overview->run[i]);
    for (size_t i = 0; i < overview->n_model; i++)
        write_fact(out, &overview->model[i]);
    fputs("</tbody></table></div></section>\n", out);
}
