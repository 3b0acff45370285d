/* Due dates. Days are walked one by one: at most a year of business days, and nothing to get wrong
 * at weekends. Public holidays differ by country and company, so they count as business days. */
#include "due_date.h"

#include "triage.h"

#include <string.h>

enum { WEEK = 7, FRIDAY = 4, ISO_DAY = DATE_TEXT - 1 };
static const int32_t LAST_DAY = 2932896; /* 9999-12-31 */

/* 1970-01-01 was a Thursday, Monday is 0. */
static bool is_business_day(int32_t days)
{
    int weekday = ((days + 3) % WEEK + WEEK) % WEEK;

    return weekday <= FRIDAY;
}

int32_t due_date_after(int32_t days, int64_t n)
{
    while (days < LAST_DAY && (n > 0 || !is_business_day(days))) {
        days++;
        n -= is_business_day(days);
    }
    return days;
}

/* Days of a text that begins with an ISO date. */
static bool read_day(const char *text, int32_t *days)
{
    if (strnlen(text, ISO_DAY) < ISO_DAY || date_orders(text, ISO_DAY) == 0)
        return false;
    *days = date_days(text, ISO_DAY, DATE_MONTH_FIRST);
    return true;
}

enum status due_date_of(const struct findings *findings, size_t i,
                        const struct service_settings *settings, char iso[DATE_TEXT],
                        struct error *err)
{
    const struct finding *finding = &findings->finding[i];
    int32_t days = 0;

    if (!read_day(finding->as_of_date, &days) && !read_day(findings->started, &days))
        return error_set(err, STATUS_DATA,
                         "anomaly %s has no as-of date and the results do not tell when their "
                         "run began: there is no due date for it",
                         finding->id);
    date_format(due_date_after(days, settings->due_days[triage_severity(finding)]), iso);
    return STATUS_OK;
}
