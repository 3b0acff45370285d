/* A finding in words, by fixed rules: what an auditor can check against the ledger by hand comes
 * first, what the forest says comes last. Made from a finding's facts alone, so it can be made
 * again from the results file. */
#include "explain.h"

#include "amount_text.h"
#include "date.h"
#include "ledger.h"
#include "pattern.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { MOST_NAMED = 3 }; /* features */

static const double SAME_CENT = 0.005;

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

/* 1,234.50 USD */
static void say_amount(struct sentence *s, const struct explain_context *c, double amount)
{
    char text[AMOUNT_TEXT];

    amount_grouped(amount, text);
    say(s, "%s", text);
    if (c->currency_length > 0)
        say(s, " %.*s", (int)c->currency_length, c->currency);
}

static void say_balances(struct sentence *s, const struct anomaly *a,
                         const struct explain_context *c)
{
    double difference = a->feature[FEATURE_BALANCE_DIFFERENCE];
    double gl = a->feature[FEATURE_GL_BALANCE], ihub = a->feature[FEATURE_IHUB_BALANCE];

    if (ledger_row_contradicts(&a->row)) {
        say(s, "The ledger gives a difference of ");
        say_amount(s, c, difference);
        say(s, ", but GL less sub-ledger is ");
        say_amount(s, c, gl - ihub);
    } else if (fabs(difference) < c->tolerance) {
        say(s, "The GL and the sub-ledger tie out");
    } else {
        say(s, "The %s by ",
            difference > 0 ? "GL exceeds the sub-ledger" : "sub-ledger exceeds the GL");
        say_amount(s, c, fabs(difference));
    }
    say(s, ": GL ");
    say_amount(s, c, gl);
    say(s, ", sub-ledger ");
    say_amount(s, c, ihub);
    say(s, ".");
}

static void say_when_before(struct sentence *s, const struct anomaly *a)
{
    double days = a->feature[FEATURE_DAYS_SINCE_LAST];
    char date[DATE_TEXT];

    if (a->row.date == ROW_NO_DATE || days <= 0) { /* or two rows of one date */
        say(s, " in the row before");
        return;
    }
    date_format(a->row.date - (int32_t)days, date);
    say(s, " on %s", date);
}

static void say_move(struct sentence *s, const struct explain_context *c, const char *side,
                     double change)
{
    if (fabs(change) < SAME_CENT) {
        say(s, "%s did not move", side);
        return;
    }
    say(s, "%s %s by ", side, change > 0 ? "rose" : "fell");
    say_amount(s, c, fabs(change));
}

static void say_history(struct sentence *s, const struct anomaly *a,
                        const struct explain_context *c)
{
    double now = a->feature[FEATURE_BALANCE_DIFFERENCE];
    double change = a->feature[FEATURE_DIFF_CHANGE];

    if (isnan(a->usual_difference)) {
        say(s, " This is the account's first row, so nothing is usual for it yet.");
        return;
    }
    say(s, " The difference %s",
        ledger_row_contradicts(&a->row) ? "given" : "(GL less sub-ledger)");
    if (fabs(change) < SAME_CENT) {
        say(s, " is as it was");
        say_when_before(s, a);
    } else {
        say(s, " went from ");
        say_amount(s, c, now - change);
        say_when_before(s, a);
        say(s, " to ");
        say_amount(s, c, now);
    }
    if (fabs(a->usual_difference) < c->tolerance) {
        say(s, "; the account usually ties out.");
    } else {
        say(s, "; it is usually ");
        say_amount(s, c, a->usual_difference);
        say(s, ".");
    }
    say_move(s, c, " Since then the GL", a->feature[FEATURE_GL_CHANGE]);
    say_move(s, c, " and the sub-ledger", a->feature[FEATURE_IHUB_CHANGE]);
    say(s, ".");
}

static void say_open_since(struct sentence *s, const struct anomaly *a)
{
    char date[DATE_TEXT];

    if (a->break_since == ROW_NO_DATE || a->break_since == a->row.date) {
        say(s, " The break was open in the row before already.");
        return;
    }
    date_format(a->break_since, date);
    say(s, " The break has been open since %s", date);
    if (a->break_months > 0)
        say(s, ", for %.0f month%s", a->break_months, a->break_months > 1 ? "s" : "");
    say(s, ".");
}

static void say_break_age(struct sentence *s, const struct anomaly *a)
{
    switch ((enum lifecycle)a->lifecycle) {
    case LIFECYCLE_NEW:
        say(s, " It is the account's first break in this ledger.");
        break;
    case LIFECYCLE_RECURRING:
        say(s, " The account had breaks before and matched in between.");
        break;
    case LIFECYCLE_PERSISTENT:
        say_open_since(s, a);
        break;
    case LIFECYCLE_CLEARED:
        say(s, " The break of the row before is cleared.");
        break;
    default:
        break;
    }
}

/* The departing feature with the largest share of those not yet in `named`; n_feature if none
 * is left that makes the row more anomalous. The first of equals. */
static size_t next_reason(const struct explain_context *c, int64_t departing, int64_t named)
{
    size_t most = c->n_feature;

    for (size_t f = 0; f < c->n_feature; f++)
        if ((departing & ~named) >> f & 1 && c->contribution[f] < 0 &&
            (most == c->n_feature || c->contribution[f] < c->contribution[most]))
            most = f;
    return most;
}

/* The departing features with their shares of all that shortens the row's path. In the history
 * profile a departure is felt on every axis (history.h), so all shares are near the even one. */
static void say_reasons(struct sentence *s, const struct anomaly *a,
                        const struct explain_context *c)
{
    double all = 0;
    int64_t named = 0;

    for (size_t f = 0; f < c->n_feature; f++)
        all += fmin(c->contribution[f], 0);
    for (int i = 0; i < MOST_NAMED; i++) {
        size_t f = next_reason(c, a->departing, named);
        if (f == c->n_feature)
            break;
        say(s, "%s %s (%.0f %%)",
            named == 0 ? " What sets it apart, with its share in the score:" : ",",
            c->label[f].meaning, 100 * c->contribution[f] / all);
        named |= INT64_C(1) << f;
    }
    if (named != 0)
        say(s, "; an even share is %.0f %%.", 100 / (double)c->n_feature);
}

void explain_anomaly(const struct anomaly *anomaly, const struct explain_context *context,
                     char text[EXPLAIN_TEXT])
{
    struct sentence s = {text, 0};
    enum pattern pattern = (enum pattern)anomaly->pattern;

    say_balances(&s, anomaly, context);
    say_history(&s, anomaly, context);
    say(&s, " Pattern %s: %s.", pattern_name(pattern), pattern_meaning(pattern));
    say_break_age(&s, anomaly);
    say_reasons(&s, anomaly, context);
}
