/* A made-up ledger in which every anomaly is known: for a first trial without real data, for
 * tests that ask whether what is found is what was planted, and for benchmarks of any size.
 * What the accounts are like and what is planted in them is made_account.c's.
 *
 * Only the accounts' state is kept in memory while the months are written one by one. Numbers
 * are turned into text here, as printf would take most of the time. */
#include "made_account.h"

#include "mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAST_YEAR = 2024,
    LAST_MONTH = 5,        /* May */
    MAX_MONTHS = 400 * 12, /* the program's dates have years from 1600 on */
    TOLERANCE = 100,       /* cents: differences below it are a match */
    BUFFER = 1 << 16,
    LINE = 512 /* bytes, more than a row can have */
};

static const char *const KIND_NAME[N_KIND] = {
    [KIND_NONE] = "none",
    [KIND_SPIKE] = "spike",
    [KIND_SIGN_FLIP] = "sign_flip",
    [KIND_STALE] = "stale",
    [KIND_DUPLICATE] = "duplicate",
    [KIND_ONE_SIDED] = "one_sided",
    [KIND_SCALE] = "scale",
    [KIND_DRIFT] = "drift",
    [KIND_MATCHED_JUMP] = "matched_jump",
    [KIND_DRIFT_ONSET] = "drift_onset",
};

static const char *const CURRENCY[] = {"USD", "USD", "EUR", "GBP"};
static const char *const PRIMARY[] = {"Cash", "Receivables", "Payables", "Loans", "Deposits"};
static const char *const SECONDARY[] = {"Interest", "Principal", "Fees", "Settlement"};
static const char *const COMMENT[] = {"", "", "Timing difference",
                                      "\"Under review, see previous month\""};

/* A stream's bytes on their way. */
struct text {
    FILE *to;
    size_t n;
    char byte[BUFFER];
};

const char *kind_name(enum anomaly_kind kind)
{
    return KIND_NAME[kind];
}

/* ---- text ---- */

static void text_flush(struct text *text)
{
    fwrite(text->byte, 1, text->n, text->to);
    text->n = 0;
}

static void text_reserve(struct text *text)
{
    if (BUFFER - text->n < LINE)
        text_flush(text);
}

static void put(struct text *text, const char *string)
{
    size_t length = strlen(string);
    memcpy(text->byte + text->n, string, length);
    text->n += length;
}

static void put_char(struct text *text, char c)
{
    text->byte[text->n++] = c;
}

static void put_integer(struct text *text, uint64_t value)
{
    char digit[20];
    int n = 0;

    do {
        digit[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0)
        put_char(text, digit[--n]);
}

static void put_cents(struct text *text, int64_t cents)
{
    uint64_t size = cents < 0 ? (uint64_t)-cents : (uint64_t)cents;

    if (cents < 0)
        put_char(text, '-');
    put_integer(text, size / 100);
    put_char(text, '.');
    put_char(text, (char)('0' + size / 10 % 10));
    put_char(text, (char)('0' + size % 10));
}

/* ISO date of the last day of a month; months count from year 0. */
static void put_month_end(struct text *text, int32_t month)
{
    static const uint64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t year = month / 12, in_year = month % 12;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    put_integer(text, (uint64_t)year);
    put(text, in_year + 1 < 10 ? "-0" : "-");
    put_integer(text, (uint64_t)in_year + 1);
    put_char(text, '-');
    put_integer(text, days[in_year] + (in_year == 1 && leap));
}

static void put_row(struct text *text, int32_t calendar_month, const struct made_account *a)
{
    int64_t difference = a->gl - a->ihub;
    bool match = difference > -TOLERANCE && difference < TOLERANCE;
    /* Texts follow from the account number, so that a comment tells no label. */
    size_t chart = (size_t)a->number;

    text_reserve(text);
    put_month_end(text, calendar_month);
    put_char(text, ',');
    put_integer(text, (uint64_t)a->company);
    put_char(text, ',');
    put_integer(text, (uint64_t)a->number);
    put_char(text, ',');
    put_integer(text, (uint64_t)a->unit);
    put_char(text, ',');
    put(text, CURRENCY[chart % (sizeof CURRENCY / sizeof CURRENCY[0])]);
    put_char(text, ',');
    put(text, PRIMARY[chart / 4 % (sizeof PRIMARY / sizeof PRIMARY[0])]);
    put_char(text, ',');
    put(text, SECONDARY[chart / 20 % (sizeof SECONDARY / sizeof SECONDARY[0])]);
    put_char(text, ',');
    put_cents(text, a->gl);
    put_char(text, ',');
    put_cents(text, a->ihub);
    put_char(text, ',');
    put_cents(text, difference);
    put(text, match ? ",Match," : ",Break,");
    put(text, COMMENT[chart / 80 % (sizeof COMMENT / sizeof COMMENT[0])]);
    put_char(text, '\n');
}

static void put_label(struct text *text, int64_t row, enum anomaly_kind kind)
{
    text_reserve(text);
    put_integer(text, (uint64_t)row);
    put_char(text, ',');
    put(text, KIND_NAME[kind]);
    put_char(text, '\n');
}

/* ---- the ledger ---- */

enum { ROWS_TOLD = 1 << 16 }; /* between two tellings of how far it is */

static void write_months(const struct generator_plan *plan, int64_t n_account,
                         struct made_account *account, struct text *ledger, struct text *labels)
{
    int32_t first_month = LAST_YEAR * 12 + LAST_MONTH - plan->n_month;
    int64_t row = 0;

    for (int32_t m = 0; m < plan->n_month; m++) {
        for (int64_t i = 0; i < n_account; i++) {
            struct made_account *a = &account[i];
            if (m < a->begin)
                continue;
            enum anomaly_kind kind = made_account_step(a, m - a->begin, first_month + m);
            put_row(ledger, first_month + m, a);
            if (kind != KIND_NONE && labels->to != NULL)
                put_label(labels, row, kind);
            row++;
            if (plan->told != NULL && row % ROWS_TOLD == 0)
                plan->told(plan->context, row);
        }
    }
}

static enum status check_plan(const struct generator_plan *plan, struct error *err)
{
    if (plan->n_row < 0)
        return error_set(err, STATUS_USAGE, "%lld rows cannot be made: give 0 or more",
                         (long long)plan->n_row);
    if (plan->n_month < 1 || plan->n_month > MAX_MONTHS)
        return error_set(err, STATUS_USAGE, "%d months cannot be made: give 1 to %d",
                         (int)plan->n_month, (int)MAX_MONTHS);
    if (!(plan->anomaly_share >= 0 && plan->anomaly_share <= 1))
        return error_set(err, STATUS_USAGE,
                         "an anomaly share of %g cannot be made: give 0 to 1",
                         plan->anomaly_share);
    return STATUS_OK;
}

enum status generator_write(const struct generator_plan *plan, FILE *ledger, FILE *labels,
                            struct error *err)
{
    struct made_account *account = NULL;
    struct text *text = NULL; /* of the ledger, of the labels */
    enum status st;

    TRY(check_plan(plan, err));
    int64_t n_account = plan->n_row / plan->n_month + (plan->n_row % plan->n_month > 0);
    account = mem_array((size_t)n_account, sizeof *account);
    text = mem_array(2, sizeof *text);
    if (account == NULL || text == NULL)
        TRY(error_no_memory(err, "the accounts of the ledger"));
    text[0].to = ledger;
    text[1].to = labels;
    made_accounts_draw(plan, n_account, account);
    put(&text[0], "Asofdate,Company,Account,AU,Currency,Primary Account,Secondary Account,"
                  "GL Balance,IHub balance,Balance difference,Match Status,Comments\n");
    put(&text[1], "row,kind\n");
    write_months(plan, n_account, account, &text[0], &text[1]);
    text_flush(&text[0]);
    if (labels != NULL)
        text_flush(&text[1]);
done:
    free(account);
    free(text);
    return st;
}
