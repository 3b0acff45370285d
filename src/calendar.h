#ifndef TIEOUT_CALENDAR_H
#define TIEOUT_CALENDAR_H

#include "date.h"
#include "dict.h"
#include "ingest.h"
#include "run.h"

enum { CALENDAR_EXAMPLE = 40 };

/* The as-of dates of the whole ledger. */
struct calendar {
    enum date_order order;
    bool order_open;  /* some dates could be read in both orders, and none decides */
    bool order_clear; /* every date names its day and month beyond doubt */
    size_t n_day;
    int32_t *day;                   /* [n_day] distinct days, ascending; ROW_NO_DATE last */
    size_t *day_of;                 /* [n texts] index in day of each date text */
    int64_t n_month;                /* calendar months with a day in them */
    char example[CALENDAR_EXAMPLE]; /* a date as the column spells it, cut; "" if none is one */
};

/* Infers the order of day and month from the column's texts, which all ranks have, and reads
 * them. All ranks. *calendar is produced (calendar_free). STATUS_DATA if no single order fits:
 * the sentence shows the first row of each.
 *   allowed  in, or'ed enum date_order that may be */
enum status calendar_build(const struct run *run, const struct ledger_files *files,
                           const struct shard *shard, const struct texts *texts,
                           unsigned allowed, struct calendar *calendar, struct error *err);

void calendar_free(struct calendar *calendar); /* leaves nothing */

#endif
