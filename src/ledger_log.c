/* The run's words on its ledger. Where many files are alike, the first one is named and the
 * others are counted: a year of months should not fill the screen. */
#include "ledger_log.h"

#include "amount_text.h"
#include "log_text.h"

#include <inttypes.h>
#include <stdio.h>

/* How many tables are so, and the first of them. */
struct count {
    size_t n;
    const struct input_table *first;
};

static void count_table(struct count *count, const struct input_table *table)
{
    if (count->n++ == 0)
        count->first = table;
}

/* "may.csv", "may.csv and 11 more". */
enum { WHERE = 400 };
static const char *where(const struct ledger_files *files, const struct count *count,
                         char text[WHERE])
{
    int n = snprintf(text, WHERE, "%.300s", files->list.path[count->first->file]);

    if (count->n > 1)
        snprintf(text + n, (size_t)(WHERE - n), " and %zu more", count->n - 1);
    return text;
}

static void log_column(struct log *log, const struct ledger_files *files,
                       enum ledger_column column)
{
    struct count derived = {0}, near = {0};
    const char *name = ledger_column_name(column);
    char text[WHERE];

    for (size_t t = 0; t < files->n_table; t++) {
        const struct input_table *table = &files->table[t];
        if (table->layout.field[column] >= 0)
            continue;
        if (column < N_REQUIRED)
            count_table(&derived, table);
        if (table->layout.near[column][0] != '\0')
            count_table(&near, table);
    }
    if (near.n > 0)
        log_warn(log,
                 "%s: \"%s\" is not read: is it meant for %s? Then rename it, or name it "
                 "in the configuration's \"columns\"",
                 where(files, &near, text), near.first->layout.near[column], name);
    if (derived.n > 0 && column == COLUMN_DIFFERENCE)
        log_info(log, "%s: no column %s: GL - IHub is taken", where(files, &derived, text),
                 name);
    else if (derived.n > 0)
        log_info(log, "%s: no column %s: a difference below %g is \"Match\", else \"Break\"",
                 where(files, &derived, text), name, derived.first->layout.tolerance);
}

void ledger_log_tables(struct log *log, const struct ledger_files *files)
{
    struct count titled = {0};
    char text[WHERE];
    size_t n = files->list.n;

    if (log == NULL)
        return;
    if (n > 1)
        log_info(log, "%zu files: %.300s to %.300s", n, files->list.path[0],
                 files->list.path[n - 1]);
    if (files->n_table > n)
        log_info(log, "%zu tables in %zu file%s", files->n_table, n, n > 1 ? "s" : "");
    for (size_t t = 0; t < files->n_table; t++)
        if (files->table[t].header_line > 1 &&
            (t == 0 || files->table[t - 1].file != files->table[t].file))
            count_table(&titled, &files->table[t]);
    if (titled.n > 0)
        log_info(log,
                 "%s: the header is on line %" PRId64 "; what stands above it is passed over",
                 where(files, &titled, text), titled.first->header_line);
    for (int c = 0; c < N_COLUMN; c++)
        log_column(log, files, (enum ledger_column)c);
}

void ledger_log_findings(struct log *log, const struct ledger_files *files,
                         const struct ledger_facts *facts)
{
    const struct tally *tally = &facts->tally;

    if (log == NULL)
        return;
    for (int r = 0; r < N_REJECT; r++)
        if (tally->n_reject[r] > 0 && r != REJECT_SIGN)
            log_warn(log, "%" PRId64 " finding%s: %s (listed in /rejects)", tally->n_reject[r],
                     tally->n_reject[r] == 1 ? "" : "s", reject_text((enum reject_reason)r));
    if (tally->n_reject[REJECT_SIGN] > 0)
        log_warn(log,
                 "%" PRId64 " of %" PRId64
                 " differences are IHub - GL, the sign reversed: kept "
                 "as given (the first one: %.300s, line %" PRId64 ")",
                 tally->n_reversed, tally->n_apart,
                 files->list.path[tally->first_reversed.file], tally->first_reversed.line);
    if (tally->n_other_mark > 0)
        log_warn(log, "%" PRId64 " amounts would be numbers with a decimal %s: see --decimal",
                 tally->n_other_mark,
                 files->table[0].layout.decimal_mark == '.' ? "comma" : "point");
    if (facts->date_order_open)
        log_warn(log, "no date tells day from month: 3/4 is read as 4 March; if the day comes "
                      "first, say --date-format dmy");
}

/* "GL Balance 10.00 read = 9.00 kept + 1.00 rejected; IHub balance ..." */
enum { SUM = AMOUNT_GROUPED(DECIMAL_TEXT), SUMS = 3 * (3 * SUM + 64) };
static const char *sums_text(const struct control *control, bool has_difference,
                             char text[SUMS])
{
    char exact[DECIMAL_TEXT], sum[N_CONTROL_PART][SUM];
    int n = 0;

    for (int c = 0; c < N_CONTROL_COLUMN - !has_difference; c++) {
        for (int part = 0; part < N_CONTROL_PART; part++) {
            decimal_sum_format(&control->sum[part][c], exact);
            amount_group(exact, sum[part], SUM);
        }
        n += snprintf(text + n, (size_t)(SUMS - n), "%s%s %s read = %s kept + %s rejected",
                      c > 0 ? "; " : "", ledger_column_name(ledger_amount_column(c)),
                      sum[CONTROL_READ], sum[CONTROL_KEPT], sum[CONTROL_REJECTED]);
    }
    return text;
}

void ledger_log_control(struct log *log, const struct ledger_facts *facts)
{
    enum { TOLD = 5 };
    const struct texts *currency = &facts->text[CODE_CURRENCY];
    const struct tally *tally = &facts->tally;
    char count[3][LOG_TEXT_NUMBER];

    if (log == NULL)
        return;
    log_text_count(facts->n_record, count[0]);
    log_text_count(facts->n_row, count[1]);
    log_text_count(tally->n_dropped, count[2]);
    log_info(log, "control: %s rows read = %s kept + %s rejected", count[0], count[1],
             count[2]);
    for (size_t c = 0; c < tally->n_currency && c < TOLD; c++) {
        char text[SUMS];
        int length = (int)(currency->start[c + 1] - currency->start[c]);
        log_info(log, "control%s%.*s: %s", length > 0 ? " " : "", length,
                 length > 0 ? currency->byte + currency->start[c] : "",
                 sums_text(&tally->control[c], facts->has_difference, text));
    }
    if (tally->n_beyond > 0)
        log_warn(log, "control: %" PRId64 " amounts are too large or too fine for these sums",
                 tally->n_beyond);
    if (tally->n_currency > TOLD)
        log_info(log, "control: %zu more currencies in /run", tally->n_currency - TOLD);
}
