/* report_chart.h and report_page.h: what is usual for an account, charts of the smallest and the
 * largest values, and a page of made-up findings whose names try to be markup. How it looks and
 * works in a browser is tests/cli/test_report.py's. */
#include "report_chart.h"
#include "report_page.h"

#include "made_up.h"
#include "mail_sample.h"
#include "triage.h"

#include <math.h>
#include <string.h>

enum { POINTS = SERIES_BEFORE + 1 + SERIES_BEHIND };

/* Rows whose differences go around 100, the flagged one behind them 5000. */
static size_t made_points(struct results_point point[POINTS])
{
    static const double DIFFERENCE[] = {100, 90, 110, 100, 95, 105, 5000, 100};
    static const char *const DATE[] = {"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30",
                                       "2024-05-31", "2024-06-30", "2024-07-31", "2024-08-31"};

    for (size_t i = 0; i < 8; i++)
        point[i] = (struct results_point){.row_number = (int64_t)i,
                                          .as_of_date = DATE[i],
                                          .gl = 1e6 + DIFFERENCE[i],
                                          .ihub = 1e6,
                                          .difference = DIFFERENCE[i]};
    return 8;
}

static void the_band_is_the_median_and_its_deviations(void)
{
    struct results_point point[POINTS];
    size_t n = made_points(point);
    struct usual_band band = chart_usual_band(point, n, 6, 1);

    /* The distances from the median 100 are 0 0 5 5 10 10: half of them up to 5. */
    CU_ASSERT_DOUBLE_EQUAL(band.low, 100 - 3 * 1.4826 * 5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(band.high, 100 + 3 * 1.4826 * 5, 1e-9);
    band = chart_usual_band(point, n, 6, 500);
    CU_ASSERT_EQUAL(band.low, -400);
    CU_ASSERT_TRUE(isnan(chart_usual_band(point, n, 0, 1).low));
}

static char *draw(const struct results_point *point, size_t n, size_t flagged,
                  const char *currency)
{
    struct catcher catcher;

    catcher_open(&catcher);
    chart_account(catcher.out, point, n, flagged, 1, currency);
    return catcher_close(&catcher);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

static void every_row_is_a_point(void)
{
    struct results_point point[POINTS];
    char *svg = draw(point, made_points(point), 6, "EUR");

    CU_ASSERT_PTR_NOT_NULL(strstr(svg, "data-n=\"8\""));
    CU_ASSERT_EQUAL(count(svg, "h0"), 8);
    CU_ASSERT_EQUAL(count(svg, "class=\"f\""), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(svg, "2024-07-31"));
    CU_ASSERT_PTR_NOT_NULL(strstr(svg, "Difference, EUR"));
    CU_ASSERT_EQUAL(count(svg, "<path") + count(svg, "<rect"), count(svg, "/>"));
    free(svg);
}

static void no_value_breaks_a_chart(void)
{
    static const double VALUE[] = {0, 1e308, -1e308, 1e-308, NAN, INFINITY};

    for (size_t i = 0; i < sizeof VALUE / sizeof *VALUE; i++)
        for (size_t k = 0; k < sizeof VALUE / sizeof *VALUE; k++) {
            struct results_point point[2] = {
                {.as_of_date = "", .gl = VALUE[i], .difference = VALUE[k]},
                {.as_of_date = "9999-12-31", .ihub = VALUE[k], .difference = VALUE[i]}};
            for (size_t n = 1; n <= 2; n++) {
                char *svg = draw(point, n, n - 1, "<b>\"");
                CU_ASSERT_PTR_NULL(strstr(svg, "nan"));
                CU_ASSERT_PTR_NULL(strstr(svg, "inf"));
                CU_ASSERT_PTR_NULL(strstr(svg, "<b>"));
                CU_ASSERT_PTR_NULL(strstr(svg, "-2147483648"));
                free(svg);
            }
        }
}

static void the_threshold_stands_between_the_sides(void)
{
    static const double FROM[] = {-0.02, -0.01, 0, 0.01};
    static const int64_t ROWS[] = {3, 0, 1000, 0};
    struct catcher catcher;

    catcher_open(&catcher);
    chart_scores(catcher.out, FROM, ROWS, 4);
    char *svg = catcher_close(&catcher);
    CU_ASSERT_PTR_NOT_NULL(strstr(svg, "threshold: 3 rows below"));
    CU_ASSERT_PTR_NOT_NULL(strstr(svg, ">1,000</text>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(svg, "data-n=\"3\""));
    free(svg);
}

/* ---- the page ------------------------------------------------------------------------------ */

static char *write_page(struct findings *findings, size_t n_shown, struct overview *overview)
{
    static char ticket[] = "https://jira.test/browse/REC-1";
    static char *link[MADE_UP] = {ticket, NULL, NULL};
    struct explanation explained[MADE_UP];
    size_t *order = NULL;
    struct catcher catcher;
    struct error err;

    for (size_t i = 0; i < findings->n; i++)
        explained[i] = (struct explanation){"model", "It <moved>.", "a \"cause\"", ""};
    CU_ASSERT_EQUAL_FATAL(triage_order(findings, &order, &err), STATUS_OK);
    catcher_open(&catcher);
    CU_ASSERT_EQUAL(report_page_write(&(struct report){.findings = findings,
                                                       .overview = overview,
                                                       .explained = explained,
                                                       .shown = order,
                                                       .n_shown = n_shown,
                                                       .link = link,
                                                       .folder = "may.followup"},
                                      catcher.out, &err),
                    STATUS_OK);
    free(order);
    return catcher_close(&catcher);
}

static void a_page_says_what_it_was_given(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    struct overview_fact run[] = {{"command", "tieout detect 'a<b>.csv'"},
                                  {"rejects_date", "2"},
                                  {"control_currencies", "EUR\nU<b>"},
                                  {"control_gl_balance_read", "1.00\n-1002.50"}};
    struct overview_fact model[] = {{"feedback_confirmed", "3"}, {"feedback_rejected", "1"}};
    struct overview_reject example = {7, "Asofdate", "not a date", "<i>soon"};
    struct overview overview = {.n_run = 4,
                                .run = run,
                                .n_model = 2,
                                .model = model,
                                .n_reject = 2,
                                .n_example = 1,
                                .example = &example};
    char *page = write_page(&findings, MADE_UP, &overview);

    CU_ASSERT_PTR_NOT_NULL(strstr(page, "3 anomalies in 12,345 rows"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "<a rel=\"noreferrer\" href=\"https://jira.test/"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "It &lt;moved&gt;."));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "a &quot;cause&quot;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "Worded by a language model"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "precision of 75.0 %"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "a&lt;b&gt;.csv"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "By kind: 2 date."));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "&lt;i&gt;soon"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "<bdi>U&lt;b&gt;</bdi></td><td>GL balance</td>"
                                        "<td class=\"n\">-1,002.50</td>"));
    CU_ASSERT_PTR_NULL(strstr(page, "<i>"));
    CU_ASSERT_EQUAL(count(page, "<script"), 1);
    free(page);
}

static void a_page_says_what_it_leaves_out(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    struct results_month month = {.month = "2024-05", .currency = "EUR"};
    struct overview_fact first = {"first_as_of_date", "2024-05-31"};
    struct overview overview = {
        .n_month = 1, .month = &month, .n_reject = 0, .n_run = 1, .run = &first};
    char *page = write_page(&findings, 1, &overview);

    CU_ASSERT_PTR_NOT_NULL(strstr(page, "The 1 most severe of 3"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "Everything was taken as given"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "Every month foots"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "The ledger begins in 2024-05: all breaks"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "2024-05 is the ledger&#39;s first month"));
    CU_ASSERT_PTR_NULL(strstr(page, "Persistent breaks"));
    free(page);
    month.amount[ROLL_NEW] = 5;
    first.text = "2024-04-30";
    page = write_page(&findings, 1, &overview);
    CU_ASSERT_PTR_NULL(strstr(page, "Every month foots"));
    CU_ASSERT_PTR_NULL(strstr(page, "The ledger begins"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "Persistent breaks"));
    free(page);
}

static void what_reviewers_hold_back_is_told(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    struct overview overview = {.n_month = 0};

    findings.n = 2;
    findings.n_suppressed = 1;
    room[2].suppressed_by = "A & B";
    room[2].suppressed_reason = "rejected as spike";
    char *page = write_page(&findings, 2, &overview);
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "1 finding is held back"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "A &amp; B"));
    CU_ASSERT_EQUAL(count(page, "<article"), 2);
    free(page);
}

static void an_empty_page_is_a_page(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 0);
    struct overview overview = {.n_month = 0};
    char *page = write_page(&findings, 0, &overview);

    CU_ASSERT_PTR_NOT_NULL(strstr(page, "No anomalies in 12,345 rows"));
    CU_ASSERT_PTR_NULL(strstr(page, "<article"));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "</html>"));
    free(page);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the band is the median and three usual deviations",
         the_band_is_the_median_and_its_deviations},
        {"every row is a point, the flagged one is marked", every_row_is_a_point},
        {"no value breaks a chart", no_value_breaks_a_chart},
        {"the threshold stands between the two sides", the_threshold_stands_between_the_sides},
        {"a page says what it was given, as text", a_page_says_what_it_was_given},
        {"a page says what it leaves out", a_page_says_what_it_leaves_out},
        {"what reviewers hold back is told", what_reviewers_hold_back_is_told},
        {"an empty page is a page", an_empty_page_is_a_page},
    };

    return suite_run("report", FACT, sizeof FACT / sizeof *FACT);
}
