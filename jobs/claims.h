#ifndef TIEOUT_CLAIMS_H
#define TIEOUT_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

/* What a text claims in digits: amounts, dates, and words with digits in them. Numbers in words
 * ("three", "doubled") are not seen. */
enum claim_kind {
    CLAIM_NUMBER, /* 1,234.50   (1,234.50)   $12   1.2 million   3.4M   45 %   31st */
    CLAIM_DATE,   /* 2024-05-31   5/31/2024   31 May 2024   May 31, 2024   May 31   May 2024 */
    CLAIM_WORD    /* e37079bc, Q2, 00002, ACC-17: identifies something */
};

struct claim {
    enum claim_kind kind;
    const char *text; /* where it stands, not terminated */
    size_t length;
    double value; /* of a number, without its sign */
    double unit;  /* of its last digit: 0.01 in 1,234.50, 1e5 in 1.2 million */
    int year;     /* of a date; 0: not said */
    int month;    /* 1 .. 12 */
    int day;      /* 0: not said */
    bool swapped; /* in 5/4/2024 day and month may as well change places */
};

/* The next claim of *text, which is moved behind it. False, at the end, if there is none. */
bool claims_next(const char **text, struct claim *claim);

#endif
