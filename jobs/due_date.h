#ifndef TIEOUT_DUE_DATE_H
#define TIEOUT_DUE_DATE_H

#include "date.h"
#include "results_read.h"
#include "service_settings.h"

/* days (since 1970-01-01) and n >= 0 business days more, Mondays to Fridays. Not before the first
 * business day: 0 days from a Saturday are the Monday. No further than 9999-12-31. */
int32_t due_date_after(int32_t days, int64_t n);

/* When the finding is to be dealt with, ISO: business days (settings->due_days, by its severity)
 * after its as-of date; if that is missing, after the day its run began. STATUS_DATA if neither
 * is a date. */
enum status due_date_of(const struct findings *findings, size_t i,
                        const struct service_settings *settings, char iso[DATE_TEXT],
                        struct error *err);

#endif
