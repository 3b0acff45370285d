/* Dates against a walk through the calendar, day by day, and against tables of spellings. */
#include "date.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

enum { BOTH = DATE_MONTH_FIRST | DATE_DAY_FIRST };

/* Days of month 1..12 by the rhyme. */
static int month_length(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* 1970-01-01 is day 0; the walk starts at 1600-01-01, counted back year by year. */
static int first_day(void)
{
    int days = 0;

    for (int year = 1600; year < 1970; year++)
        for (int month = 1; month <= 12; month++)
            days -= month_length(year, month);
    return days;
}

static bool reads_as(const char *text, enum date_order order, int32_t days)
{
    return (date_orders(text, strlen(text)) & order) != 0 &&
           date_days(text, strlen(text), order) == days;
}

static void every_day_of_the_calendar(void)
{
    int32_t days = first_day();
    size_t wrong = 0;

    for (int year = 1600; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= month_length(year, month); day++, days++) {
                char iso[40], text[DATE_TEXT];
                if (year > 2400 && day > 1 && day < 28) /* the ends of months are enough */
                    continue;
                snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
                date_format(days, text);
                wrong += !reads_as(iso, DATE_DAY_FIRST, days) || strcmp(text, iso) != 0;
            }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(reads_as("1970-01-01", DATE_MONTH_FIRST, 0));
    CU_ASSERT(reads_as("2024-05-31", DATE_MONTH_FIRST, 19874));
}

static void the_first_and_last_days_can_be_written(void)
{
    char text[DATE_TEXT];

    date_format(-719528, text); /* 719528: numpy's day count from 0000-01-01 to 1970 */
    CU_ASSERT_STRING_EQUAL(text, "0000-01-01");
    date_format(2932896, text);
    CU_ASSERT_STRING_EQUAL(text, "9999-12-31");
}

/* All name 2024-05-31, day 19874. */
static void every_listed_spelling_is_read(void)
{
    static const char *const text[] = {
        "2024-05-31",
        "2024/05/31",
        "2024.05.31",
        "20240531",
        "5/31/2024",
        "05/31/2024",
        "31-05-2024",
        "31.05.2024",
        "31-May-2024",
        "31 May 2024",
        "May 31, 2024",
        "31-May-24",
        "5/31/24",
        "31-MAY-2024",
        "31may2024",
        "may 31 2024",
        "31. May 2024",
        "2024-May-31",
        "2024-5-31",
        "  2024-05-31 ",
        "2024-05-31 00:00:00",
        "2024-05-31T00:00:00Z",
        "5/31/2024 12:00:00 AM",
        "20240531 120000",
        "20240531T1200",
        "May 31, 2024, 5:00 pm",
        "31 May 2024 23:59",
        "2024-05-31 00:00:00.000+02:00",
    };

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        unsigned orders = date_orders(text[i], strlen(text[i]));
        enum date_order order = orders & DATE_MONTH_FIRST ? DATE_MONTH_FIRST : DATE_DAY_FIRST;
        if (orders == 0 || date_days(text[i], strlen(text[i]), order) != 19874)
            CU_FAIL(text[i]);
    }
}

static void orders_are_those_that_make_a_day(void)
{
    static const struct {
        const char *text;
        unsigned orders;
    } row[] = {
        {"3/4/2024", BOTH},
        {"12/12/24", BOTH},
        {"5/31/2024", DATE_MONTH_FIRST},
        {"31/5/2024", DATE_DAY_FIRST},
        {"31-05-2024", DATE_DAY_FIRST},
        {"2/30/2024", 0},
        {"2/29/2024", DATE_MONTH_FIRST},
        {"2/29/2023", 0},
        {"29.2.2024", DATE_DAY_FIRST},
        {"29.2.1900", 0},
        {"29.2.2000", DATE_DAY_FIRST},
        {"2024-02-03", BOTH},
        {"20240203", BOTH},
        {"3 Apr 2024", BOTH},
        {"4/31/2024", 0},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (date_orders(row[i].text, strlen(row[i].text)) != row[i].orders)
            CU_FAIL(row[i].text);
    CU_ASSERT(reads_as("3/4/2024", DATE_MONTH_FIRST, 19786));
    CU_ASSERT(reads_as("3/4/2024", DATE_DAY_FIRST, 19816));
}

static void what_is_no_date_has_no_order(void)
{
    static const char *const text[] = {
        "",
        " ",
        "2024",
        "2024-05",
        "May 2024",
        "31-04-2024",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
        "20241301",
        "1599-12-31",
        "0000-01-01",
        "2024-1-1-1",
        "1/2/3",
        "1/2/345",
        "1/2/20245",
        "1/2-2024",
        "1 2 2024",
        "31-Foo-2024",
        "31-Ma-2024",
        "31-Mayo-2024",
        "99999999999",
        "2024-05-31x",
        "2024-05-31 x",
        "2024-05-31T",
        "2024-05-31-",
        "Friday",
        "45443",
        "1//2/2024",
        "-1/2/2024",
        "May May 2024",
        "31-05-May",
        "2024-05-31 12:00 noon",
        "2024-005-01",
        "septemberr 1, 2024",
    };

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (date_orders(text[i], strlen(text[i])) != 0)
            CU_FAIL(text[i]);
}

static void two_digit_years_turn_at_69(void)
{
    CU_ASSERT(reads_as("1/1/69", DATE_MONTH_FIRST, -365));
    CU_ASSERT(reads_as("1/1/70", DATE_MONTH_FIRST, 0));
    CU_ASSERT(reads_as("1-Jan-00", DATE_MONTH_FIRST, 10957));
    CU_ASSERT(reads_as("31/12/68", DATE_DAY_FIRST, 36159)); /* 2068-12-31, by pandas */
}

static void month_names_are_read_in_any_case(void)
{
    static const char *const name[] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};

    for (int month = 1; month <= 12; month++)
        for (size_t length = 3; length <= strlen(name[month - 1]); length++) {
            char text[40], iso[40];
            snprintf(text, sizeof text, "7 %.*s 2023", (int)length, name[month - 1]);
            snprintf(iso, sizeof iso, "2023-%02d-07", month);
            CU_ASSERT_EQUAL_FATAL(date_orders(text, strlen(text)), BOTH);
            CU_ASSERT_EQUAL(date_days(text, strlen(text), DATE_DAY_FIRST),
                            date_days(iso, strlen(iso), DATE_DAY_FIRST));
        }
}

static void check_part(const char *text, const char *part)
{
    size_t skip;
    size_t length = date_part(text, strlen(text), &skip);

    CU_ASSERT_EQUAL(length, strlen(part));
    CU_ASSERT_EQUAL(strncmp(text + skip, part, length), 0);
}

static void the_time_of_day_is_not_part_of_a_date(void)
{
    check_part("2024-05-31", "2024-05-31");
    check_part("  2024-05-31 00:00:00 ", "2024-05-31");
    check_part("2024-05-31T10:00Z", "2024-05-31");
    check_part("May 31, 2024 5:00 PM", "May 31, 2024");
    check_part("20240531 101500", "20240531");
    check_part(" next month 5 ", "next month 5");
    check_part("", "");
    check_part("   ", "");
}

int main(void)
{
    static const struct fact fact[] = {
        {"every day from 1600 to 9999 counts and prints as the calendar walks",
         every_day_of_the_calendar},
        {"the first and last days can be written", the_first_and_last_days_can_be_written},
        {"every listed spelling is read", every_listed_spelling_is_read},
        {"the orders are those that make a day", orders_are_those_that_make_a_day},
        {"what is no date has no order", what_is_no_date_has_no_order},
        {"two-digit years turn at 69", two_digit_years_turn_at_69},
        {"month names are read in any case, from three letters",
         month_names_are_read_in_any_case},
        {"the time of day is not part of a date", the_time_of_day_is_not_part_of_a_date},
    };

    return suite_run("date", fact, sizeof fact / sizeof fact[0]);
}
