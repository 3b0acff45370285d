/* What became of the breaks from month to month, how old the open ones are, and how the scores are
 * spread: the ledger as a whole. The roll-forward is checked once more here, in whole hundredths
 * as it was summed, so that "foots" is a finding and not a promise. */
#include "report_parts.h"

#include "amount_text.h"
#include "html_text.h"
#include "log_text.h"
#include "report_chart.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

void report_count_cell(FILE *out, int64_t count)
{
    char text[LOG_TEXT_NUMBER];

    log_text_count(count, text);
    fprintf(out, "<td class=\"n\">%s</td>", text);
}

void report_amount_cell(FILE *out, double amount, const char *class)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    fprintf(out, "<td class=\"n%s%s\">%s</td>", class[0] != '\0' ? " " : "", class, text);
}

/* Whether the ledger begins in that month; what was open by then looks new. */
static bool is_first_month(const struct overview *overview, const char *month)
{
    const char *first = overview_run_fact(overview, "first_as_of_date");

    return first != NULL && month[0] != '\0' && strncmp(first, month, strlen(month)) == 0;
}

struct last_month report_last_month(const struct overview *overview)
{
    struct last_month last = {.month = ""};

    for (size_t i = 0; i < overview->n_month; i++)
        if (strcmp(overview->month[i].month, last.month) > 0)
            last.month = overview->month[i].month;
    for (size_t i = 0; i < overview->n_month; i++)
        if (last.month[0] != '\0' && strcmp(overview->month[i].month, last.month) == 0)
            for (int c = 0; c < N_ROLL_COUNT; c++)
                last.count[c] += overview->month[i].count[c];
    last.is_first = is_first_month(overview, last.month);
    return last;
}

/* ---- roll-forward -------------------------------------------------------------------------- */

static double hundredths(const struct results_month *month, enum roll_amount which)
{
    return rint(month->amount[which] * 100);
}

static bool foots(const struct results_month *month)
{
    double sum = hundredths(month, ROLL_OPENING) + hundredths(month, ROLL_NEW) -
                 hundredths(month, ROLL_CLEARED) - hundredths(month, ROLL_ABSENT) +
                 hundredths(month, ROLL_CHANGE);
    const int64_t *count = month->count;

    return sum == hundredths(month, ROLL_CLOSING) && count[ROLL_N_OPENING] + count[ROLL_N_NEW] -
                                                             count[ROLL_N_CLEARED] -
                                                             count[ROLL_N_ABSENT] ==
                                                         count[ROLL_N_CLOSING];
}

/* Whether all do, and each opens with what the one before closed with. */
static bool all_foot(const struct results_month *month, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!foots(&month[i]) || (i > 0 && hundredths(&month[i], ROLL_OPENING) !=
                                               hundredths(&month[i - 1], ROLL_CLOSING)))
            return false;
    return true;
}

/* An amount with the number of breaks below it. */
static void write_pair(FILE *out, double amount, int64_t count, const char *class)
{
    char text[AMOUNT_TEXT], number[LOG_TEXT_NUMBER];

    amount_grouped(amount, text);
    log_text_count(count, number);
    fprintf(out, "<td class=\"n%s\">%s<small>%s</small></td>", class, text, number);
}

static void write_month(FILE *out, const struct results_month *month, bool last)
{
    const int64_t *count = month->count;
    const double *amount = month->amount;
    double rate = count[ROLL_ROWS] > 0
                      ? 100 * (double)count[ROLL_MATCHED] / (double)count[ROLL_ROWS]
                      : (double)NAN;

    fprintf(out, "<tr%s><th scope=\"row\">", last ? " class=\"last\"" : "");
    html_write_text(out, month->month, 7);
    fputs("</th>", out);
    report_count_cell(out, count[ROLL_ROWS]);
    fprintf(out, isnan(rate) ? "<td class=\"n\"></td>" : "<td class=\"n\">%.1f %%</td>", rate);
    write_pair(out, amount[ROLL_OPENING], count[ROLL_N_OPENING], "");
    write_pair(out, amount[ROLL_NEW], count[ROLL_N_NEW], "");
    write_pair(out, -amount[ROLL_CLEARED], count[ROLL_N_CLEARED], "");
    write_pair(out, -amount[ROLL_ABSENT], count[ROLL_N_ABSENT], "");
    report_amount_cell(out, amount[ROLL_CHANGE], "");
    write_pair(out, amount[ROLL_CLOSING], count[ROLL_N_CLOSING], " strong");
    report_amount_cell(out, amount[ROLL_NET], "");
    fputs("</tr>\n", out);
}

static void write_currency_name(FILE *out, const char *currency)
{
    if (currency[0] != '\0')
        html_write_name(out, currency, REPORT_NAME);
    else
        fputs("All accounts", out);
}

static void write_beginning(FILE *out, const char *month)
{
    fputs("<p class=\"small dim\">The ledger begins in ", out);
    html_write_text(out, month, REPORT_NAME);
    fputs(": all breaks of that month count as new, however long they have been open.</p>\n",
          out);
}

/* The months of one currency. */
static void write_roll(FILE *out, const struct overview *overview,
                       const struct results_month *month, size_t n)
{
    static const char *const TITLE[] = {"Rows",       "Matched",   "Opening",
                                        "+ New",      "- Cleared", "- No row",
                                        "+/- Change", "= Closing", "Closing, net"};
    size_t skipped = n > REPORT_MONTHS ? n - REPORT_MONTHS : 0;
    bool begins = skipped == 0 && is_first_month(overview, month[0].month);

    fputs("<figure><div class=\"scroll\">", out);
    chart_closing(out, month + skipped, n - skipped);
    fputs("</div></figure>\n<div class=\"scroll\"><table class=\"roll\"><caption>", out);
    write_currency_name(out, month[0].currency);
    fputs("</caption><thead><tr><th scope=\"col\">Month</th>", out);
    for (size_t i = 0; i < sizeof TITLE / sizeof *TITLE; i++)
        fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", TITLE[i]);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = skipped; i < n; i++)
        write_month(out, &month[i], i + 1 == n);
    fputs("</tbody></table></div>\n", out);
    if (begins)
        write_beginning(out, month[0].month);
    fputs(all_foot(month, n)
              ? "<p class=\"small dim good\">Every month foots, and opens with what the month "
                "before closed with.</p>\n"
              : "<p class=\"small\">Not every month foots to the hundredth: the amounts have "
                "more digits than a double holds.</p>\n",
          out);
}

/* Entries from `first` on that are of the same currency. */
static size_t same_currency(const struct overview *overview, size_t first)
{
    size_t end = first;

    while (end < overview->n_month && overview->month[end].month[0] != '\0' &&
           strcmp(overview->month[end].currency, overview->month[first].currency) == 0)
        end++;
    return end - first;
}

static void write_cuts(FILE *out, const struct overview *overview, size_t n_currency)
{
    if (n_currency > REPORT_CURRENCIES)
        fprintf(out,
                "<p class=\"small dim\">%d of %zu currencies are shown, the first by name; "
                "/months in the results has the others.</p>\n",
                REPORT_CURRENCIES, n_currency);
    for (size_t i = 0; i < overview->n_month; i++) {
        char rows[LOG_TEXT_NUMBER];
        if (overview->month[i].month[0] != '\0')
            continue;
        log_text_count(overview->month[i].count[ROLL_ROWS], rows);
        fprintf(out,
                "<p class=\"small dim\">%s rows are not in it: they have no date, or are "
                "older than %d months, or of more than %d currencies.</p>\n",
                rows, BREAK_ROLL_MONTHS, BREAK_ROLL_CURRENCIES);
    }
}

void report_write_roll(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;
    size_t n_currency = 0, n = 0;

    fprintf(out,
            "<section id=\"roll\"><h2>Break roll-forward</h2>\n<p class=\"dim\">What "
            "became of each account's break from month to month: sizes of the breaks, and "
            "their number. An account's break is what it differs by on its last date of the "
            "month. The last %d months.</p>\n",
            REPORT_MONTHS);
    for (size_t i = 0; i<overview->n_month; i += n> 0 ? n : 1) {
        n = same_currency(overview, i);
        if (n > 0 && n_currency++ < REPORT_CURRENCIES)
            write_roll(out, overview, overview->month + i, n);
    }
    if (n_currency == 0)
        fputs("<p>These results have no months.</p>\n", out);
    write_cuts(out, overview, n_currency);
    fputs("</section>\n", out);
}

/* ---- ageing -------------------------------------------------------------------------------- */

static void write_age_label(FILE *out, const struct results_age *age, bool is_last)
{
    long long from = (long long)age->from, to = is_last ? 0 : (long long)age[1].from - 1;

    if (from == 0 && to == 0 && !is_last)
        fputs("new this month", out);
    else if (is_last)
        fprintf(out, "%lld months or more", from);
    else if (from == to)
        fprintf(out, "%lld month%s", from, from == 1 ? "" : "s");
    else
        fprintf(out, "%lld to %lld months", from, to);
}

static void write_ages(FILE *out, const struct results_age *age, size_t n)
{
    double all = 0;

    for (size_t i = 0; i < n; i++)
        all += age[i].amount;
    fputs("<div class=\"scroll\"><table class=\"ages\"><caption>", out);
    write_currency_name(out, age[0].currency);
    fputs("</caption><thead><tr><th scope=\"col\">Open for</th><th scope=\"col\" "
          "class=\"n\">Breaks</th><th scope=\"col\" class=\"n\">Amount</th><th scope=\"col\" "
          "class=\"n\">Share</th><th scope=\"col\"></th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < n; i++) {
        double share = all > 0 ? age[i].amount / all : 0;
        fputs("<tr><th scope=\"row\">", out);
        write_age_label(out, &age[i], i + 1 == n);
        fputs("</th>", out);
        report_count_cell(out, age[i].n_break);
        report_amount_cell(out, age[i].amount, "");
        fprintf(out, "<td class=\"n\">%.1f %%</td><td>", 100 * share);
        chart_bar(out, share);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

void report_write_ageing(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;
    size_t n_currency = 0, n = 0;

    if (overview->n_age == 0)
        return;
    fputs(
        "<section id=\"ageing\"><h2>Age of the open breaks</h2>\n<p class=\"dim\">Breaks open "
        "at the end of the ledger's last month, by how long they have been; what is older than "
        "the ledger counts from its beginning.</p>\n",
        out);
    for (size_t i = 0; i < overview->n_age; i += n) {
        const struct results_age *age = &overview->age[i];
        for (n = 1; i + n < overview->n_age && strcmp(age[n].currency, age->currency) == 0; n++)
            ;
        if (n_currency++ < REPORT_CURRENCIES)
            write_ages(out, age, n);
    }
    fputs("</section>\n", out);
}

/* ---- scores -------------------------------------------------------------------------------- */

void report_write_scores(FILE *out, const struct report *report)
{
    const struct overview *overview = report->overview;

    if (overview->n_score == 0)
        return;
    fputs(
        "<section id=\"scores\"><h2>Scores</h2>\n<p class=\"dim\">Rows by anomaly score, on a "
        "logarithmic scale. What is below the threshold is an anomaly.</p>\n"
        "<figure><div class=\"scroll\">",
        out);
    chart_scores(out, overview->score_from, overview->score_rows, overview->n_score);
    fputs("</div></figure></section>\n", out);
}
