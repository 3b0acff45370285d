/* due_date.h: worked examples with a calendar at hand, and a plain count of days. */
#include "due_date.h"

#include "made_up.h"
#include "suite.h"

/* The due date of an ISO date, in a buffer that lasts until the next call. */
static const char *after(const char *iso, int64_t n)
{
    static char due[DATE_TEXT];

    date_format(due_date_after(date_days(iso, strlen(iso), DATE_MONTH_FIRST), n), due);
    return due;
}

static void weekdays_are_counted(void)
{
    CU_ASSERT_STRING_EQUAL(after("2024-06-03", 0), "2024-06-03"); /* a Monday */
    CU_ASSERT_STRING_EQUAL(after("2024-06-03", 1), "2024-06-04");
    CU_ASSERT_STRING_EQUAL(after("2024-06-03", 4), "2024-06-07");
}

static void weekends_are_passed_over(void)
{
    CU_ASSERT_STRING_EQUAL(after("2024-05-31", 1), "2024-06-03"); /* from a Friday */
    CU_ASSERT_STRING_EQUAL(after("2024-05-31", 5), "2024-06-07");
    CU_ASSERT_STRING_EQUAL(after("2024-05-31", 10), "2024-06-14");
    CU_ASSERT_STRING_EQUAL(after("2024-02-28", 3), "2024-03-04"); /* over a leap day */
}

static void a_weekend_begins_on_monday(void)
{
    CU_ASSERT_STRING_EQUAL(after("2024-06-01", 0), "2024-06-03"); /* a Saturday */
    CU_ASSERT_STRING_EQUAL(after("2024-06-02", 0), "2024-06-03");
    CU_ASSERT_STRING_EQUAL(after("2024-06-01", 1), "2024-06-03");
    CU_ASSERT_STRING_EQUAL(after("2024-06-30", 3), "2024-07-03"); /* a Sunday */
}

static void dates_before_1970_have_weekdays_too(void)
{
    CU_ASSERT_STRING_EQUAL(after("1969-12-31", 1), "1970-01-01"); /* a Wednesday */
    CU_ASSERT_STRING_EQUAL(after("1950-01-06", 1), "1950-01-09"); /* a Friday */
    CU_ASSERT_STRING_EQUAL(after("1600-01-01", 0), "1600-01-03"); /* a Saturday */
}

static void five_business_days_are_a_week(void)
{
    for (int32_t day = -20000; day < 40000; day += 7)
        for (int64_t n = 0; n <= 50;
             n++) /* day is a Thursday, as 1970-01-01 and -20000 + 7 k */
            CU_ASSERT_EQUAL_FATAL(due_date_after(day, n + 5), due_date_after(day, n) + 7);
}

static void the_calendar_ends(void)
{
    CU_ASSERT_STRING_EQUAL(after("9999-12-31", 250), "9999-12-31");
    CU_ASSERT_STRING_EQUAL(after("9999-12-30", 1), "9999-12-31");
}

static struct service_settings made_up_days(void)
{
    return (struct service_settings){
        .due_days = {[SEVERITY_LOW] = 10, [SEVERITY_CRITICAL] = 1}};
}

static void severity_says_how_many_days(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 2);
    struct service_settings settings = made_up_days();
    char due[DATE_TEXT];
    struct error err = {0};

    CU_ASSERT_EQUAL(due_date_of(&findings, 0, &settings, due, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(due, "2024-06-03"); /* critical, as of Friday 2024-05-31 */
    CU_ASSERT_EQUAL(due_date_of(&findings, 1, &settings, due, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(due, "2024-06-14"); /* low */
}

static void without_a_date_the_run_counts(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    struct service_settings settings = made_up_days();
    char due[DATE_TEXT];
    struct error err = {0};

    CU_ASSERT_EQUAL(due_date_of(&findings, 2, &settings, due, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(due, "2024-06-17"); /* low, run on Monday 2024-06-03 */
    char nothing[] = "";
    findings.started = nothing;
    CU_ASSERT_EQUAL(due_date_of(&findings, 2, &settings, due, &err), STATUS_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "00000000000000ff"));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"weekdays are counted", weekdays_are_counted},
        {"weekends are passed over", weekends_are_passed_over},
        {"a weekend begins on Monday", a_weekend_begins_on_monday},
        {"dates before 1970 have weekdays too", dates_before_1970_have_weekdays_too},
        {"five business days are a week", five_business_days_are_a_week},
        {"the calendar ends", the_calendar_ends},
        {"severity says how many days", severity_says_how_many_days},
        {"without a date, the run counts", without_a_date_the_run_counts},
    };

    return suite_run("due_date", FACT, sizeof FACT / sizeof *FACT);
}
