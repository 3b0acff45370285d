/* The page's frame: policy, style and script, the verdict, and the order of the sections. The
 * policy (Content-Security-Policy) names style and script by their hashes and allows nothing
 * else, so that markup out of a ledger could neither load nor run anything, even if it got
 * through. Both lie in files of their own and are embedded by the build. */
#include "report_parts.h"

#include "html_text.h"
#include "log_text.h"
#include "mail_report.h"
#include "sha256.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <report_css.h> /* made by the build */
#include <report_js.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_TEXT = 64 };

/* "sha256-..." of a style or script as it stands in the page. */
static enum status name_source(const char *text, char source[SOURCE_TEXT], struct error *err)
{
    unsigned char hash[SHA256_BYTES];
    struct sha256 *sha = NULL;
    enum status st = STATUS_OK;

    TRY(sha256_create(&sha, err));
    sha256_add(sha, text, strlen(text));
    TRY(sha256_finish(sha, hash, err));
    strcpy(source, "sha256-");
    EVP_EncodeBlock((unsigned char *)source + strlen(source), hash, SHA256_BYTES);
done:
    sha256_free(sha);
    return st;
}

static enum status write_head(FILE *out, const struct mail_words *words, struct error *err)
{
    char style[SOURCE_TEXT], script[SOURCE_TEXT];
    enum status st = STATUS_OK;

    TRY(name_source(report_css_text, style, err));
    TRY(name_source(report_js_text, script, err));
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
            style, script);
    html_write_text(out, words->subject, MAIL_WORDS);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", report_css_text);
done:
    return st;
}

/* ---- the verdict --------------------------------------------------------------------------- */

static void write_tile(FILE *out, const char *name, const char *value, const char *below)
{
    fprintf(out, "<div><dt>%s</dt><dd>", name);
    html_write_text(out, value, REPORT_TEXT);
    if (below[0] != '\0') {
        fputs("<small>", out);
        html_write_text(out, below, REPORT_TEXT);
        fputs("</small>", out);
    }
    fputs("</dd></div>\n", out);
}

static void write_count_tile(FILE *out, const char *name, int64_t count, const char *below)
{
    char text[LOG_TEXT_NUMBER];

    log_text_count(count, text);
    write_tile(out, name, text, below);
}

static void write_ledger_tiles(FILE *out, const struct report *report,
                               const struct last_month *last)
{
    const struct overview *overview = report->overview;
    const char *accounts = overview_run_fact(overview, "accounts");
    const char *first = overview_run_fact(overview, "first_as_of_date");
    char text[LOG_TEXT_NUMBER], range[LOG_TEXT_LINE] = "";

    write_count_tile(out, "Rows", report->findings->n_row, "");
    if (accounts != NULL)
        write_count_tile(out, "Accounts", (int64_t)strtod(accounts, NULL), "");
    if (first != NULL)
        snprintf(range, sizeof range, "since %.10s", first);
    write_tile(out, "As of",
               report->findings->last_as_of[0] != '\0' ? report->findings->last_as_of
                                                       : "no dates",
               range);
    if (last->count[ROLL_ROWS] > 0) {
        snprintf(text, sizeof text, "%.1f %%",
                 100 * (double)last->count[ROLL_MATCHED] / (double)last->count[ROLL_ROWS]);
        snprintf(range, sizeof range, "of the rows of %.7s", last->month);
        write_tile(out, "Matched", text, range);
    }
}

static void write_anomalies_tile(FILE *out, const struct findings *findings)
{
    char number[LOG_TEXT_NUMBER], below[LOG_TEXT_LINE] = "";

    log_text_count(findings->n_flagged, number);
    if (findings->n_flagged > (int64_t)findings->n)
        snprintf(below, sizeof below, "to follow up, of %s flagged", number);
    write_count_tile(out, "Anomalies", (int64_t)findings->n, below);
}

static void write_break_tiles(FILE *out, const struct last_month *last)
{
    const int64_t *count = last->count;
    char below[LOG_TEXT_LINE];

    if (last->month[0] == '\0')
        return;
    if (last->is_first)
        snprintf(below, sizeof below, "%.7s is the ledger's first month", last->month);
    else
        snprintf(below, sizeof below, "%" PRId64 " new in %.7s", count[ROLL_N_NEW],
                 last->month);
    write_count_tile(out, "Open breaks", count[ROLL_N_CLOSING], below);
    if (last->is_first)
        return;
    write_count_tile(out, "Persistent breaks", count[ROLL_N_CLOSING] - count[ROLL_N_NEW],
                     "open the month before, too");
    snprintf(below, sizeof below, "%" PRId64 " more without a row", count[ROLL_N_ABSENT]);
    write_count_tile(out, "Cleared breaks", count[ROLL_N_CLEARED],
                     count[ROLL_N_ABSENT] > 0 ? below : "");
}

static void write_verdict(FILE *out, const struct report *report,
                          const struct mail_words *words)
{
    struct last_month last = report_last_month(report->overview);

    fputs("<header>\n<h1>", out);
    html_write_text(out, words->verdict, MAIL_WORDS);
    fputs("</h1>\n<p class=\"strong\">", out);
    html_write_text(out, words->severities, MAIL_WORDS);
    fputs("</p>\n<p class=\"dim\">", out);
    html_write_text(out, words->source, MAIL_WORDS);
    fputs("</p>\n<dl class=\"tiles\">\n", out);
    write_ledger_tiles(out, report, &last);
    write_anomalies_tile(out, report->findings);
    write_break_tiles(out, &last);
    fputs("</dl>\n<nav aria-label=\"Sections\"><a href=\"#roll\">Roll-forward</a>", out);
    if (report->n_shown > 0)
        fputs("<a href=\"#anomalies\">Anomalies</a><a href=\"#details\">Account by account</a>",
              out);
    fputs("<a href=\"#feedback\">Feedback</a><a href=\"#rejects\">Quality of the input</a>"
          "<a href=\"#provenance\">Where this comes from</a></nav>\n</header>\n",
          out);
}

enum status report_page_write(const struct report *report, FILE *out, struct error *err)
{
    const struct mail_report told = {
        .findings = report->findings,
        .explained = report->explained,
        .shown = report->shown,
        .n_shown = report->n_shown,
        .link = report->link,
        .left_out = "",
        .folder = report->folder,
    };
    struct mail_words words;
    enum status st = STATUS_OK;

    mail_report_words(&told, &words);
    TRY(write_head(out, &words, err));
    write_verdict(out, report, &words);
    fputs("<main>\n", out);
    report_write_roll(out, report);
    report_write_ageing(out, report);
    report_write_scores(out, report);
    report_write_list(out, report);
    report_write_details(out, report);
    report_write_feedback(out, report);
    report_write_rejects(out, report);
    report_write_provenance(out, report);
    fputs("</main>\n<footer>", out);
    html_write_text(out, words.origin, MAIL_WORDS);
    fprintf(out, "</footer>\n<script>%s</script>\n</body>\n</html>\n", report_js_text);
done:
    return st;
}
