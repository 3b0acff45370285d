#ifndef TIEOUT_ENCODE_H
#define TIEOUT_ENCODE_H

#include "calendar.h"
#include "date.h"
#include "ingest.h"
#include "rows.h"
#include "run.h"
#include "tally.h"

/* The rows this rank has read, in input order, in terms all ranks share. */
struct encoded {
    struct row *row; /* [n_row] */
    size_t n_row;
};

/* What all ranks know of the whole ledger after encoding. */
struct ledger_facts {
    struct texts text[N_CODE]; /* what the codes mean; the same on every rank */
    enum date_order date_order;
    bool date_order_open;  /* some dates could be read in both orders, and none decides */
    bool date_order_clear; /* every date names its day and month beyond doubt */
    char date_example[CALENDAR_EXAMPLE]; /* a date as the column spells it */
    bool has_difference;                 /* some table has a column for it */
    bool has_currency;                   /* some table has a currency column */
    int64_t n_record;                    /* data records read */
    int64_t n_row;                       /* of these, rows kept */
    int64_t n_month;                     /* calendar months with a row */
    int64_t n_account;                   /* groups of the rows kept; 0 until they are grouped */
    int64_t n_before;                    /* data records read by lower ranks */
    int32_t first_date, last_date;       /* ROW_NO_DATE if no row has a date */
    struct tally tally;
};

/* Agrees on one dictionary per column, on the dates' order of day and month, and on every row's
 * number and place in as-of-date order; sums up the completeness control; gathers this rank's
 * rows in one array. All ranks. The rows of shard are consumed; its findings stay, with final
 * row numbers.
 *   orders  in, or'ed enum date_order: both to infer it from the column
 * *mine and *facts are produced. STATUS_DATA if no row is left, the date column fits no single
 * order, or amounts or currencies are not what they should be (tally.h). */
enum status encode_rows(const struct run *run, const struct ledger_files *files,
                        unsigned orders, struct shard *shard, struct encoded *mine,
                        struct ledger_facts *facts, struct error *err);

void encoded_free(struct encoded *encoded); /* leaves no rows */
void ledger_facts_free(struct ledger_facts *facts);

#endif
