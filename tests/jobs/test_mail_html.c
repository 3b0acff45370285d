/* mail_html.h, mail_text.h and mail_report.h: what a reader must find in both forms, and names of
 * a ledger that try to be markup. How it looks was looked at in a browser; Python reads the
 * delivered page in tests/cli/test_email.py. */
#include "mail_html.h"
#include "mail_text.h"

#include "made_up.h"
#include "mail_sample.h"

#include <stdbool.h>

enum { N = MADE_UP };

/* A report on made-up findings, its parts to be changed before it is written. */
struct sample {
    struct finding finding[N];
    struct findings findings;
    struct explanation explained[N];
    char *link[N];
    size_t order[N];
    struct mail_attachment file[2];
    struct mail_report report;
    struct mail_words words;
};

static void make_sample(struct sample *sample, size_t n)
{
    *sample = (struct sample){.findings = {.n = 0}};
    sample->findings = made_up_findings(sample->finding, n);
    for (size_t i = 0; i < n; i++) {
        sample->order[i] = i;
        sample->explained[i] = (struct explanation){"rules", "It moved by 5.00 EUR.", "", ""};
    }
    sample->file[0] = (struct mail_attachment){.name = "anomalies.csv"};
    sample->report = (struct mail_report){.findings = &sample->findings,
                                          .explained = sample->explained,
                                          .shown = sample->order,
                                          .n_shown = n,
                                          .link = sample->link,
                                          .attachment = sample->file,
                                          .n_attachment = 1,
                                          .left_out = "",
                                          .folder = "may.followup"};
}

/* The text of a form; the words are made anew. */
static char *write_form(struct sample *sample, bool html)
{
    struct catcher catcher;

    mail_report_words(&sample->report, &sample->words);
    catcher_open(&catcher);
    if (html)
        mail_html_write(&sample->report, &sample->words, catcher.out);
    else
        mail_text_write(&sample->report, &sample->words, catcher.out);
    return catcher_close(&catcher);
}

static void expect_in_both(struct sample *sample, const char *what)
{
    for (int html = 0; html < 2; html++) {
        char *text = write_form(sample, html != 0);
        if (strstr(text, what) == NULL)
            fprintf(stderr, "not in %s: %s\n", html ? "HTML" : "text", what);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, what));
        free(text);
    }
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static void both_forms_say_the_same(void)
{
    static const char *const SAID[] = {"3 anomalies in 12,345 rows",
                                       "1 critical, 2 low",
                                       "From may.csv and 1 more as of 2024-05-31",
                                       "-1,234,567.89",
                                       "spike",
                                       "2024-03-31",
                                       "2 months",
                                       "It moved by 5.00 EUR.",
                                       "Attached: anomalies.csv.",
                                       "may.followup",
                                       "fill in the columns verdict",
                                       "run of 2024-06-03 07:15 UTC"};
    struct sample sample;

    make_sample(&sample, N);
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++)
        expect_in_both(&sample, SAID[i]);
}

static void model_and_ticket_are_told(void)
{
    static char link[] = "https://jira.example.com/browse/REC-7";
    struct sample sample;

    make_sample(&sample, 1);
    sample.explained[0].likely_cause = "late posting";
    sample.explained[0].recommended_action = "ask the feed's owner";
    sample.explained[0].source = "model";
    sample.link[0] = link;
    expect_in_both(&sample, "late posting");
    expect_in_both(&sample, "1 of the 1 explanations were worded by a language model");
    expect_in_both(&sample, link);
    char *page = write_form(&sample, true);
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "ask the feed&#39;s owner"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "\">REC-7</a>"));
    free(page);
}

static void what_is_not_shown_is_told(void)
{
    struct sample sample;

    make_sample(&sample, N);
    sample.report.n_shown = 1;
    sample.findings.n_flagged = 1500;
    sample.report.left_out = "report.html";
    expect_in_both(&sample,
                   "1,500 rows were flagged; these are the ones to be followed up. The 1 "
                   "most severe are shown; anomalies.csv has all of them.");
    expect_in_both(&sample, "Too large to attach: report.html.");
}

static void no_anomalies_is_said(void)
{
    struct sample sample;

    make_sample(&sample, 0);
    expect_in_both(&sample, "No anomalies in 12,345 rows");
    CU_ASSERT_STRING_EQUAL(sample.words.answer, "");
    CU_ASSERT_STRING_EQUAL(sample.words.subject,
                           "tieout: no anomalies in may.csv and 1 more as of 2024-05-31");
    char *page = write_form(&sample, true);
    CU_ASSERT_PTR_NULL(strstr(page, "Severity"));
    free(page);
}

static void unknown_ledgers_and_dates_are_left_out(void)
{
    static char none[] = "";
    struct sample sample;

    make_sample(&sample, 1);
    sample.findings.n_input = 0;
    sample.findings.last_as_of = none;
    mail_report_words(&sample.report, &sample.words);
    CU_ASSERT_STRING_EQUAL(sample.words.subject, "tieout: 1 anomaly (1 critical)");
    CU_ASSERT_STRING_EQUAL(sample.words.source, "");
}

/* A name that tries everything, in each place where a ledger's text stands. */
static void names_are_no_markup(void)
{
    static const char EVIL[] = "</td></table><script src=\"//x\">a&b'\"\n</bdi>\xE2\x80\xAE";
    static const char *input[] = {EVIL};
    struct sample sample, plain;

    make_sample(&plain, 1);
    make_sample(&sample, 1);
    struct finding *finding = &sample.finding[0];
    finding->company = finding->account = finding->au = finding->currency = EVIL;
    finding->as_of_date = finding->break_since = finding->severity = EVIL;
    finding->pattern = finding->lifecycle = EVIL;
    sample.explained[0] = (struct explanation){"model", EVIL, EVIL, EVIL};
    sample.findings.input = input;
    sample.findings.n_input = 1;
    char *page = write_form(&sample, true);
    char *usual = write_form(&plain, true);
    CU_ASSERT_EQUAL(count(page, "<script"), 0);
    CU_ASSERT_EQUAL(count(page, "&lt;script src=&quot;"), count(page, "a&amp;b&#39;&quot; "));
    CU_ASSERT_EQUAL(count(page, "<td"), count(usual, "<td"));
    CU_ASSERT_EQUAL(count(page, "</td>"), count(usual, "</td>"));
    CU_ASSERT_EQUAL(count(page, "<bdi>"), count(page, "</bdi>"));
    CU_ASSERT_EQUAL(count(page, "\xE2\x80\xAE"), 0);
    CU_ASSERT(count(page, "\xEF\xBF\xBD") > 8);
    free(page);
    char *text = write_form(&sample, false);
    CU_ASSERT_EQUAL(count(text, "\xE2\x80\xAE"), 0);
    CU_ASSERT_EQUAL(count(text, "\n</bdi>"), 0);
    free(text);
    free(usual);
}

static void long_names_are_cut(void)
{
    char name[4096];
    struct sample sample;

    for (size_t i = 0; i + 2 < sizeof name; i += 2)
        memcpy(name + i, "\xC3\xBC", 3);
    make_sample(&sample, 1);
    sample.finding[0].account = name;
    char *page = write_form(&sample, true);
    CU_ASSERT_EQUAL(count(page, "\xC3\xBC"), 64);
    CU_ASSERT_EQUAL(count(page, "\xC3\xBC&hellip;</bdi>"), 1);
    free(page);
}

static void page_fetches_and_runs_nothing(void)
{
    static const char *const FORBIDDEN[] = {"<script", "<img",    "<link", "<iframe", "src=",
                                            "url(",    "@import", "http:", "https:",  "onload"};
    struct sample sample;

    make_sample(&sample, N);
    char *page = write_form(&sample, true);
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof *FORBIDDEN; i++)
        CU_ASSERT_PTR_NULL(strstr(page, FORBIDDEN[i]));
    CU_ASSERT_EQUAL(count(page, "<table"), count(page, "</table>"));
    CU_ASSERT_EQUAL(count(page, "<tr>") + count(page, "<tr "), count(page, "</tr>"));
    CU_ASSERT_EQUAL(count(page, "<span"), count(page, "</span>"));
    free(page);
}

/* Gmail cuts a page at 102 kB; the default is 50 rows. */
static void fifty_rows_stay_below_what_gmail_shows(void)
{
    enum { ROWS = 50 };
    static struct explanation explained[ROWS];
    static struct finding finding[ROWS];
    static char *link[ROWS];
    static char long_text[801]; /* longer than most explanations */
    size_t order[ROWS];
    struct sample sample;

    make_sample(&sample, 1);
    memset(long_text, 'x', sizeof long_text - 1);
    for (size_t i = 0; i < ROWS; i++) {
        finding[i] = sample.finding[0];
        explained[i] = (struct explanation){"rules", long_text, "", ""};
        order[i] = i;
    }
    sample.findings.finding = finding;
    sample.findings.n = ROWS;
    sample.report.explained = explained;
    sample.report.link = link;
    sample.report.shown = order;
    sample.report.n_shown = ROWS;
    char *page = write_form(&sample, true);
    CU_ASSERT(strlen(page) < 102 * 1000);
    free(page);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"both forms say the same", both_forms_say_the_same},
        {"a model's words and the ticket are told", model_and_ticket_are_told},
        {"what is not shown or attached is told", what_is_not_shown_is_told},
        {"no anomalies is said", no_anomalies_is_said},
        {"unknown ledgers and dates are left out", unknown_ledgers_and_dates_are_left_out},
        {"no text of a ledger is markup", names_are_no_markup},
        {"long names are cut between characters", long_names_are_cut},
        {"the page fetches and runs nothing", page_fetches_and_runs_nothing},
        {"fifty rows stay below what Gmail shows", fifty_rows_stay_below_what_gmail_shows},
    };
    return suite_run("mail_html", FACT, sizeof FACT / sizeof *FACT);
}
