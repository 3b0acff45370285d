/* What tieout understands of ledgers, for whoever has to say whether it is right before anomalies
 * are looked for: which column is which, how dates and numbers read, what was left out, and the
 * sums to compare with the system the files came from. */
#include "check.h"

#include "comm.h"
#include "cross_check.h"
#include "date.h"
#include "encode.h"
#include "group.h"
#include "ingest.h"
#include "log_text.h"
#include "profile.h"
#include "services_check.h"
#include "shuffle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 14 }; /* width of what stands left */

/* Text out of a ledger, without what would move a terminal's cursor. */
static void print_text(const char *text, size_t length)
{
    enum { SHOWN = 80 };
    char clean[SHOWN + 1];

    length = length < SHOWN ? length : SHOWN;
    memcpy(clean, text, length);
    clean[length] = '\0';
    log_text_clean(clean, true);
    fputs(clean, stdout);
}

static void print_code(const struct texts *texts, size_t code)
{
    size_t length = texts->start[code + 1] - texts->start[code];

    if (length == 0)
        fputs("(none)", stdout);
    else
        print_text(texts->byte + texts->start[code], length);
}

static void print_label(const char *label)
{
    printf("%-*s", LABEL, label);
}

/* ---- files and columns ---------------------------------------------------------------------- */

/* What is done without a column. */
static void print_absent(const struct ledger_layout *layout, enum ledger_column column)
{
    if (column == COLUMN_DIFFERENCE)
        printf("absent: GL - IHub is taken");
    else if (column == COLUMN_STATUS)
        printf("absent: \"Match\" below a difference of %g, else \"Break\"", layout->tolerance);
    else
        printf("absent");
    if (layout->near[column][0] != '\0')
        printf("; is \"%s\" meant for it?", layout->near[column]);
}

static void print_columns(const struct ledger_layout *layout)
{
    for (int c = 0; c < N_COLUMN; c++) {
        printf("  %-*s  ", LABEL + 4, ledger_column_name((enum ledger_column)c));
        if (layout->field[c] >= 0)
            printf("column %" PRId32 ", \"%s\"", layout->field[c] + 1, layout->name[c]);
        else
            print_absent(layout, (enum ledger_column)c);
        putchar('\n');
    }
}

static bool same_columns(const struct ledger_layout *a, const struct ledger_layout *b)
{
    return memcmp(a->field, b->field, sizeof a->field) == 0 &&
           memcmp(a->name, b->name, sizeof a->name) == 0 &&
           memcmp(a->near, b->near, sizeof a->near) == 0;
}

static void print_tables(const struct ledger_files *files)
{
    static const char *const packing[] = {
        [PACKING_NONE] = "", [PACKING_GZIP] = ", gzip", [PACKING_ZSTD] = ", zstd"};

    for (size_t t = 0; t < files->n_table; t++) {
        const struct input_table *table = &files->table[t];
        bool same = t > 0 && same_columns(&table->layout, &files->table[t - 1].layout);
        printf("%s%s: header on line %" PRId64 "%s\n", files->list.path[table->file],
               packing[table->packing], table->header_line, same ? ", columns as above" : "");
        if (!same)
            print_columns(&table->layout);
    }
    fflush(stdout);
}

/* ---- values --------------------------------------------------------------------------------- */

static const char *date_format_words(const struct ledger_facts *facts)
{
    if (facts->date_order_open)
        return "read month first, though nothing decides";
    if (facts->date_order_clear)
        return "day and month beyond doubt";
    return facts->date_order == DATE_MONTH_FIRST ? "month before day" : "day before month";
}

static void print_dates(const struct ledger_facts *facts)
{
    char first[DATE_TEXT], last[DATE_TEXT];

    print_label("dates");
    if (facts->first_date == ROW_NO_DATE) {
        puts("none");
        return;
    }
    date_format(facts->first_date, first);
    date_format(facts->last_date, last);
    printf("%s to %s, such as '%s', %s\n", first, last, facts->date_example,
           date_format_words(facts));
    print_label("months");
    printf("%" PRId64 "\n", facts->n_month);
}

static void print_currencies(const struct ledger_facts *facts)
{
    const struct texts *currency = &facts->text[CODE_CURRENCY];

    print_label("currencies");
    for (size_t c = 0; facts->has_currency && c < currency->n; c++) {
        fputs(c > 0 ? ", " : "", stdout);
        print_code(currency, c);
    }
    puts(facts->has_currency ? "" : "no such column");
}

static void print_sums(const struct control *control, enum control_column column)
{
    static const char *const part_name[N_CONTROL_PART] = {"read", "= kept", "+ rejected"};

    printf("    %-*s", LABEL + 6, ledger_column_name(ledger_amount_column((int)column)));
    for (int part = 0; part < N_CONTROL_PART; part++) {
        char text[DECIMAL_TEXT];
        decimal_sum_format(&control->sum[part][column], text);
        printf(" %s %s", part_name[part], text);
    }
    putchar('\n');
}

static void print_control(const struct ledger_facts *facts)
{
    print_label("rows");
    printf("%" PRId64 " read = %" PRId64 " kept + %" PRId64 " rejected\n", facts->n_record,
           facts->n_row, facts->tally.n_dropped);
    puts("control");
    for (size_t c = 0; c < facts->tally.n_currency; c++) {
        const struct control *control = &facts->tally.control[c];
        printf("  ");
        print_code(&facts->text[CODE_CURRENCY], c);
        putchar('\n');
        for (int k = 0; k < N_CONTROL_COLUMN; k++)
            if (k != CONTROL_DIFFERENCE || facts->has_difference)
                print_sums(control, (enum control_column)k);
    }
    if (facts->tally.n_beyond > 0)
        printf("  %" PRId64 " amounts are too large or too fine for these sums\n",
               facts->tally.n_beyond);
}

/* The first places of each kind of finding: enough to go and look. */
enum { PLACES = 4 };

struct places {
    int64_t n[N_REJECT];
    struct line_mark at[N_REJECT][PLACES];
};

static void note_place(struct places *places, int reason, struct line_mark at)
{
    if (places->n[reason] < PLACES)
        places->at[reason][places->n[reason]++] = at;
}

/* The first places of all, in input order, on rank 0. All ranks. */
static enum status gather_places(const struct run *run, const struct shard *shard,
                                 struct places *first, struct error *err)
{
    struct places mine = {.n = {0}};
    void *of_rank = NULL;
    int64_t n_rank = 0;
    enum status st = STATUS_OK;

    for (size_t b = 0; b < shard->n_block; b++)
        for (size_t i = 0; i < shard->block[b]->n_reject; i++) {
            const struct reject *finding = &shard->block[b]->reject[i];
            note_place(&mine, finding->reason,
                       (struct line_mark){finding->row_number, finding->line, finding->file});
        }
    TRY(comm_gather_all(run, sizeof mine, &mine, 1, &of_rank, &n_rank, err));
    *first = (struct places){.n = {0}};
    for (int64_t r = 0; r < n_rank; r++) {
        const struct places *places = (const struct places *)of_rank + r;
        for (int reason = 0; reason < N_REJECT; reason++)
            for (int64_t i = 0; i < places->n[reason]; i++)
                note_place(first, reason, places->at[reason][i]);
    }
done:
    free(of_rank);
    return st;
}

/* "may.csv, lines 3, 5; june.csv, line 2, ..." */
static void print_places(const struct ledger_files *files, const struct places *places,
                         int reason, int64_t n)
{
    int32_t file = -1;

    for (int64_t i = 0; i < places->n[reason]; i++) {
        const struct line_mark *at = &places->at[reason][i];
        if (at->file != file)
            printf("%s%s, line ", i > 0 ? "; " : ": ", files->list.path[at->file]);
        else
            printf(", ");
        printf("%" PRId64, at->line);
        file = at->file;
    }
    puts(n > places->n[reason] ? ", ..." : "");
}

static void print_findings(const struct ledger_files *files, const struct ledger_facts *facts,
                           const struct places *places)
{
    const struct tally *tally = &facts->tally;
    int64_t n = 0;

    puts("findings");
    for (int r = 0; r < N_REJECT; r++) {
        n += tally->n_reject[r];
        if (tally->n_reject[r] == 0)
            continue;
        if (r == REJECT_SIGN)
            printf("  %" PRId64 " of %" PRId64 " differences are IHub - GL, kept as given",
                   tally->n_reversed, tally->n_apart);
        else
            printf("  %" PRId64 " %s", tally->n_reject[r], reject_text((enum reject_reason)r));
        print_places(files, places, r,
                     r == REJECT_SIGN ? tally->n_reversed : tally->n_reject[r]);
    }
    if (n == 0)
        puts("  none");
}

static void print_ledger(const struct settings *settings, const struct ledger_files *files,
                         const struct ledger_facts *facts, const struct places *places,
                         int64_t n_account)
{
    print_dates(facts);
    print_label("numbers");
    puts(settings->decimal == DECIMAL_CHOICE_COMMA ? "decimal comma: 1.234,50"
                                                   : "decimal point: 1,234.50");
    print_currencies(facts);
    print_label("accounts");
    printf("%" PRId64 "\n", n_account);
    print_control(facts);
    print_findings(files, facts, places);
    fflush(stdout);
}

/* ---- the command ---------------------------------------------------------------------------- */

enum status check_ledgers(const struct run *run, const struct settings *settings,
                          struct log *log, struct error *err)
{
    unsigned own = profile_get(settings->profile)->key;
    unsigned key = settings->group_by != 0 ? settings->group_by : own;
    struct ledger_terms terms;
    struct ledger_files files = {.n_table = 0};
    struct ledger_facts facts = {.n_row = 0};
    struct shard shard = {.n_block = 0};
    struct encoded read = {.n_row = 0}, owned = {.n_row = 0};
    struct groups groups = {.n_group = 0};
    struct places places;
    enum status st = STATUS_OK;

    settings_ledger_terms(settings, &terms);
    TRY(ingest_inspect(run, settings->input, settings->n_input, &terms, settings->stacked,
                       &files, err));
    if (run->rank == 0)
        print_tables(&files);
    TRY(ingest_read(run, log, &files, &shard, err));
    TRY(encode_rows(run, &files, terms.date_orders, &shard, &read, &facts, err));
    TRY(shuffle_rows(run, key, COMM_PIECE, &read, &owned, err));
    TRY(tally_rows(run, &facts.tally, owned.row, owned.n_row, facts.n_row, err));
    TRY(run_agree(run, groups_build(owned.row, owned.n_row, key, &groups, err), err));
    TRY(cross_check(run, &owned, &groups, key, &shard, &facts, err));
    TRY(gather_places(run, &shard, &places, err));
    int64_t n_account = (int64_t)groups.n_group;
    MPI_Allreduce(MPI_IN_PLACE, &n_account, 1, MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0)
        print_ledger(settings, &files, &facts, &places, n_account);
done:
    groups_free(&groups);
    encoded_free(&read);
    encoded_free(&owned);
    shard_free(&shard);
    ledger_facts_free(&facts);
    ledger_files_free(&files);
    return st;
}

enum status check_configuration(const struct settings *settings, struct error *err)
{
    if (settings->config != NULL)
        printf("%s: the configuration is in order\n", settings->config);
    else
        puts("no configuration file: the defaults are in force");
    if (settings->n_input > 0 && !services_any(settings))
        return STATUS_OK;
    return services_check(settings, stdout, err);
}
