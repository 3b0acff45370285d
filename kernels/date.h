#ifndef TIEOUT_DATE_H
#define TIEOUT_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calendar dates as ledgers spell them: 2024-05-31, 2024/05/31, 20240531, 5/31/2024, 31-05-2024,
 * 31.05.2024, 31-May-2024, 31 May 2024, May 31, 2024, 31-May-24, 5/31/24 (two-digit years:
 * 69-99 are 1969-1999, 00-68 are 2000-2068), each with or without a time behind it, which is
 * ignored. Days count from 1970-01-01 in the Gregorian calendar; years 1600 to 9999. */

/* In which order the day and the month stand in a text of the kind 3/4/2024. */
enum date_order { DATE_MONTH_FIRST = 1, DATE_DAY_FIRST = 2 };

/* The orders under which text is a date: 0 (it is none), one of the two, or both or'ed; both
 * too where the text names year, month and day beyond doubt. A column's order follows from the
 * AND over its readable texts. */
unsigned date_orders(const char *text, size_t length);

/* Days of text under an order that date_orders allowed. */
int32_t date_days(const char *text, size_t length, enum date_order order);

/* The part of text that names the day, without time of day and surrounding blanks: its length,
 * with *skip = blanks before it. So that "2024-05-31 00:00:00" and "2024-05-31" are one text. */
size_t date_part(const char *text, size_t length, size_t *skip);

enum { DATE_TEXT = 11 };

/* ISO 8601 text of days, terminated. Years outside 0 to 9999 are an assertion failure. */
void date_format(int32_t days, char text[DATE_TEXT]);

/* Number of the calendar month of days: 12 times the year plus 0 for January to 11. */
int32_t date_month(int32_t days);

#endif
