/* A finding in words, by fixed rules: what an auditor can check against the ledger by hand comes
 * first, what the forest says comes last. Made from a finding's facts alone, so it can be made
 * again from the results file. */
#include "explain.h"

#include "amount_text.h"
#include "date.h"
#include "pattern.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum { MOST_NAMED = 3 }; /* features */

static const double STANDS_OUT = 1.5; /* times an even share of what speaks for an anomaly */

/* Text that grows to EXPLAIN_TEXT and is cut there. */
struct sentence {
    char *text;
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void say(struct sentence *s, const char *format,
                                                      ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(s->text + s->length, EXPLAIN_TEXT - s->length, format, args);
    va_end(args);
    s->length += n > 0 ? (size_t)n : 0;
    if (s->length > EXPLAIN_TEXT - 1)
        s->length = EXPLAIN_TEXT - 1;
}

static void say_amount(struct sentence *s, double amount, bool with_sign)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    say(s, "%s%s", with_sign && amount > 0 ? "+" : "", text);
}

static void say_balances(struct sentence *s, const struct anomaly *a,
                         const struct explain_context *c)
{
    double difference = a->feature[FEATURE_BALANCE_DIFFERENCE];

    if (fabs(difference) < c->tolerance)
        say(s, "GL and sub-ledger tie out");
    else
        say(s, "The %s by ",
            difference > 0 ? "GL exceeds the sub-ledger" : "sub-ledger exceeds the GL");
    if (fabs(difference) >= c->tolerance)
        say_amount(s, fabs(difference), false);
    if (c->currency_length > 0)
        say(s, "%s%.*s", fabs(difference) < c->tolerance ? " in " : " ",
            (int)c->currency_length, c->currency);
    say(s, ": GL ");
    say_amount(s, a->feature[FEATURE_GL_BALANCE], false);
    say(s, ", sub-ledger ");
    say_amount(s, a->feature[FEATURE_IHUB_BALANCE], false);
    say(s, ".");
}

static void say_history(struct sentence *s, const struct anomaly *a)
{
    double days = a->feature[FEATURE_DAYS_SINCE_LAST];
    char date[DATE_TEXT];

    if (isnan(a->usual_difference)) {
        say(s, " This is the account's first row.");
        return;
    }
    say(s, " The difference was ");
    say_amount(s, a->feature[FEATURE_BALANCE_DIFFERENCE] - a->feature[FEATURE_DIFF_CHANGE],
               false);
    if (a->row.date != ROW_NO_DATE && days > 0) {
        date_format(a->row.date - (int32_t)days, date);
        say(s, " on %s", date);
    } else {
        say(s, " in the row before");
    }
    say(s, " and is usually ");
    say_amount(s, a->usual_difference, false);
    say(s, "; since then the GL moved by ");
    say_amount(s, a->feature[FEATURE_GL_CHANGE], true);
    say(s, ", the sub-ledger by ");
    say_amount(s, a->feature[FEATURE_IHUB_CHANGE], true);
    say(s, ".");
}

static void say_pattern(struct sentence *s, const struct anomaly *a)
{
    char date[DATE_TEXT];

    say(s, " Pattern %s: %s.", pattern_name((enum pattern)a->pattern),
        pattern_meaning((enum pattern)a->pattern));
    if (a->break_since == ROW_NO_DATE || a->break_since == a->row.date)
        return;
    date_format(a->break_since, date);
    say(s, " The break is open since %s (%.0f months).", date, a->break_months);
}

/* Whether feature f shortens the path less than g does; of equals the first one is more. */
static bool counts_less(const struct explain_context *c, size_t f, size_t g)
{
    double x = c->contribution[f], y = c->contribution[g];

    return x != y ? x > y : f > g;
}

/* The feature that counts most of those that count less than `than`; n_feature for either means
 * any, none. */
static size_t next_reason(const struct explain_context *c, size_t than)
{
    size_t most = c->n_feature;

    for (size_t f = 0; f < c->n_feature; f++)
        if ((than == c->n_feature || counts_less(c, f, than)) &&
            (most == c->n_feature || counts_less(c, most, f)))
            most = f;
    return most;
}

/* The features that shorten the row's path clearly more than the others, with their shares of all
 * that shorten it. Where all count alike, none is a reason. */
static void say_reasons(struct sentence *s, const struct explain_context *c)
{
    size_t reason = c->n_feature;
    int named = 0;
    double all = 0;

    for (size_t f = 0; f < c->n_feature; f++)
        all += fmin(c->contribution[f], 0);
    for (; named < MOST_NAMED && all < 0; named++) {
        reason = next_reason(c, reason);
        if (reason == c->n_feature ||
            c->contribution[reason] * (double)c->n_feature > STANDS_OUT * all)
            break;
        say(s, "%s %s (%.0f %%)", named == 0 ? " What counts most in the score:" : ",",
            c->label[reason].meaning, 100 * c->contribution[reason] / all);
    }
    if (named > 0)
        say(s, ".");
}

void explain_anomaly(const struct anomaly *anomaly, const struct explain_context *context,
                     char text[EXPLAIN_TEXT])
{
    struct sentence s = {text, 0};

    say_balances(&s, anomaly, context);
    say_history(&s, anomaly);
    say_pattern(&s, anomaly);
    say_reasons(&s, context);
}
