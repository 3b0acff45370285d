#ifndef TIEOUT_ROWS_H
#define TIEOUT_ROWS_H

#include <stdint.h>
#include <string.h>

/* The text columns that are replaced by codes. */
enum code_column { CODE_COMPANY, CODE_ACCOUNT, CODE_AU, CODE_CURRENCY, CODE_STATUS, N_CODE };

enum { ROW_NO_DATE = INT32_MAX }; /* sorts after every date */

/* One kept row of the ledger. Amounts are in the account's currency, as given. 64 bytes. */
struct row {
    int64_t row_number; /* 0-based data row in the whole input, dropped rows counted too */
    int64_t order;      /* place among all kept rows by as-of date, ties in input order */
    double gl;
    double ihub;
    double difference;
    int32_t date;          /* days since 1970-01-01, or ROW_NO_DATE */
    uint32_t code[N_CODE]; /* rank of the text among the sorted distinct texts, from 0 */
};

/* A number that changes with any bit of a row's amounts. Summed modulo 2^64 over rows, in any
 * order, it tells whether the same rows are still there. */
static inline uint64_t row_fingerprint(const struct row *row)
{
    uint64_t gl, ihub, difference;

    memcpy(&gl, &row->gl, sizeof gl);
    memcpy(&ihub, &row->ihub, sizeof ihub);
    memcpy(&difference, &row->difference, sizeof difference);
    return gl + 3 * ihub + 5 * difference;
}

#endif
