#ifndef TIEOUT_ENCODE_H
#define TIEOUT_ENCODE_H

#include "date.h"
#include "ingest.h"
#include "rows.h"
#include "run.h"

/* The rows this rank has read, in input order, in terms all ranks share. */
struct encoded {
    struct row *row; /* [n_row] */
    size_t n_row;
};

/* What all ranks know of the whole ledger after encoding. */
struct ledger_facts {
    struct texts text[N_CODE]; /* what the codes mean; the same on every rank */
    enum date_order date_order;
    bool date_order_open; /* some dates could be read in both orders, and none decides */
    bool has_currency;    /* some file has a currency column */
    int64_t n_record;     /* data records read */
    int64_t n_row;        /* of these, rows kept */
    int64_t n_account;    /* groups of the rows kept; 0 until they are grouped */
    int64_t n_reject[N_REJECT];
    int32_t first_date, last_date; /* ROW_NO_DATE if no row has a date */
};

/* Agrees on one dictionary per column, on the dates' order of day and month, and on every row's
 * number and place in as-of-date order; gathers this rank's rows in one array. All ranks. The
 * rows of shard are consumed; its findings stay, with final row numbers.
 *   order  in, 0 to infer it from the column, else fixed
 * *mine and *facts are produced. STATUS_DATA if no row is left, or the date column fits no
 * single order. */
enum status encode_rows(const struct run *run, const struct ledger_files *files, unsigned order,
                        struct shard *shard, struct encoded *mine, struct ledger_facts *facts,
                        struct error *err);

void encoded_free(struct encoded *encoded); /* leaves no rows */
void ledger_facts_free(struct ledger_facts *facts);

#endif
