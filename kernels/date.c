/* Calendar dates from text. A date is up to three tokens of digits or letters; which of them is
 * the year, the month and the day follows from their length and kind, and only for 3/4/2024
 * from an order that the whole column must agree on. Days are counted with the proleptic
 * Gregorian rules, in integers, without time zones or the C library's locale. */
#include "date.h"

#include "ascii.h"
#include <assert.h>
#include <string.h>

/* Days of the months before each month of a common year. */
static const int DAYS_BEFORE_MONTH[] = {0,   31,  59,  90,  120, 151, 181,
                                        212, 243, 273, 304, 334, 365};

static const char *const MONTH_NAME[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};

enum {
    N_TOKEN = 3,
    N_MONTH = 12,
    MONTH_ABBREVIATED = 3,
    FIRST_YEAR = 1600,
    LAST_YEAR = 9999,
    PIVOT_YEAR = 69,       /* two digits from here are 19xx */
    DAYS_TO_1970 = 719162, /* from 0001-01-01 */
    DAYS_OF_400_YEARS = 146097
};

struct token {
    const char *text;
    size_t length;
    int value;    /* of digits */
    bool letters; /* letters, not digits */
};

/* The tokens of a date, the text that joins the first two and the last two, and where the last
 * ends. */
struct tokens {
    struct token token[N_TOKEN];
    char joint[N_TOKEN - 1]; /* '-', '/', '.', ',', ' ' for blanks only, '\0' for nothing */
    size_t n;
    const char *end;
};

struct ymd {
    int year, month, day;
};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    int days = DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1];

    return month == 2 && is_leap(year) ? days + 1 : days;
}

static bool is_calendar_day(const struct ymd *date)
{
    return date->year >= FIRST_YEAR && date->year <= LAST_YEAR && date->month >= 1 &&
           date->month <= N_MONTH && date->day >= 1 &&
           date->day <= days_in_month(date->year, date->month);
}

/* Days from 0001-01-01 to January 1st of year >= 1. */
static int days_before_year(int year)
{
    int past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

static int days_before_month(int year, int month)
{
    return DAYS_BEFORE_MONTH[month - 1] + (month > 2 && is_leap(year));
}

static int days_of(const struct ymd *date)
{
    return days_before_year(date->year) + days_before_month(date->year, date->month) +
           date->day - 1 - DAYS_TO_1970;
}

/* Reads digits or letters at text, at least one; false if there is neither, or too many. */
static bool read_token(const char *text, const char *end, struct token *token)
{
    enum { LONGEST = 9 }; /* "september"; nine digits fit an int */
    const char *at = text;

    *token = (struct token){.text = text};
    token->letters = at < end && ascii_is_letter(*at);
    for (; at < end && (token->letters ? ascii_is_letter(*at) : ascii_is_digit(*at)); at++) {
        if (at - text == LONGEST)
            return false;
        if (!token->letters)
            token->value = token->value * 10 + (*at - '0');
    }
    token->length = (size_t)(at - text);
    return at > text;
}

/* Skips what joins two tokens: blanks with at most one of "-/.," among them. */
static const char *skip_joint(const char *at, const char *end, char *joint)
{
    *joint = '\0';
    for (; at < end; at++) {
        if (ascii_is_blank(*at)) {
            if (*joint == '\0')
                *joint = ' ';
        } else if ((*joint == '\0' || *joint == ' ') && memchr("-/.,", *at, 4) != NULL) {
            *joint = *at;
        } else {
            break;
        }
    }
    return at;
}

/* One token of eight digits, or three. */
static bool read_tokens(const char *text, const char *end, struct tokens *tokens)
{
    const char *at = text;

    tokens->n = 0;
    for (;;) {
        struct token *token = &tokens->token[tokens->n];
        if (!read_token(at, end, token))
            return false;
        at = token->text + token->length;
        tokens->end = at;
        tokens->n++;
        bool compact = tokens->n == 1 && !token->letters && token->length == 8;
        if (compact || tokens->n == N_TOKEN)
            return true;
        at = skip_joint(at, end, &tokens->joint[tokens->n - 1]);
    }
}

/* 1 to 12; 0 if the token is no month's name, or fewer than three letters of it. */
static int month_named(const struct token *token)
{
    if (token->length < MONTH_ABBREVIATED)
        return 0;
    for (int month = 1; month <= N_MONTH; month++) {
        const char *name = MONTH_NAME[month - 1];
        size_t i = 0;
        while (i < token->length && name[i] != '\0' && ascii_lower(token->text[i]) == name[i])
            i++;
        if (i == token->length)
            return month;
    }
    return 0;
}

/* Year of a token of four digits, or of two; 0 (never a date's year) if it is neither. */
static int year_of(const struct token *token)
{
    if (token->letters || (token->length != 4 && token->length != 2))
        return 0;
    if (token->length == 4)
        return token->value;
    return token->value + (token->value >= PIVOT_YEAR ? 1900 : 2000);
}

/* Value of a token of one or two digits; 0 (neither a day nor a month) if it is not. */
static int day_of(const struct token *token)
{
    return token->letters || token->length > 2 ? 0 : token->value;
}

/* Year, month and day of three tokens with a month's name among them; false if there is none. */
static bool arrange_named(const struct token *t, struct ymd *date)
{
    bool month_leads = t[0].letters;
    bool year_leads = t[0].length == 4;

    if (!t[0].letters && !t[1].letters)
        return false;
    date->month = month_named(month_leads ? &t[0] : &t[1]);
    date->day = day_of(month_leads ? &t[1] : year_leads ? &t[2] : &t[0]);
    date->year = year_of(!month_leads && year_leads ? &t[0] : &t[2]);
    return true;
}

/* The date that tokens spell under an order; false if they do not. */
static bool arrange(const struct tokens *tokens, enum date_order order, struct ymd *date)
{
    const struct token *t = tokens->token;

    if (tokens->n == 1) {
        int digits = t[0].value;
        *date = (struct ymd){digits / 10000, digits / 100 % 100, digits % 100};
    } else if (!arrange_named(t, date)) {
        char joint = tokens->joint[0];
        if (joint != tokens->joint[1] || memchr("-/.", joint, 3) == NULL)
            return false;
        if (t[0].length == 4)
            *date = (struct ymd){t[0].value, day_of(&t[1]), day_of(&t[2])};
        else if (order == DATE_MONTH_FIRST)
            *date = (struct ymd){year_of(&t[2]), day_of(&t[0]), day_of(&t[1])};
        else
            *date = (struct ymd){year_of(&t[2]), day_of(&t[1]), day_of(&t[0])};
    }
    return is_calendar_day(date);
}

/* A time of day is told by its first digit and by holding nothing that a time does not. */
static bool is_time(const char *text, size_t length)
{
    if (length == 0 || !ascii_is_digit(text[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!ascii_is_digit(text[i]) && !ascii_is_blank(text[i]) &&
            memchr(":.,+-APMZUTCGapm", text[i], 16) == NULL)
            return false;
    return true;
}

/* Tokens of the date in text; false if it does not begin with some, or goes on with anything
 * but a time behind a T, blanks or a comma. */
static bool find_date(const char *text, size_t length, struct tokens *tokens)
{
    ascii_trim(&text, &length);
    const char *end = text + length;
    if (!read_tokens(text, end, tokens))
        return false;
    const char *at = tokens->end;
    if (at == end)
        return true;
    if (*at == 'T')
        return is_time(at + 1, (size_t)(end - at - 1));
    char joint;
    const char *time = skip_joint(at, end, &joint);
    return (joint == ' ' || joint == ',') && is_time(time, (size_t)(end - time));
}

unsigned date_orders(const char *text, size_t length)
{
    struct tokens tokens;
    struct ymd date;
    unsigned orders = 0;

    if (!find_date(text, length, &tokens))
        return 0;
    if (arrange(&tokens, DATE_MONTH_FIRST, &date))
        orders |= DATE_MONTH_FIRST;
    if (arrange(&tokens, DATE_DAY_FIRST, &date))
        orders |= DATE_DAY_FIRST;
    return orders;
}

int32_t date_days(const char *text, size_t length, enum date_order order)
{
    struct tokens tokens;
    struct ymd date = {0, 0, 0};
    bool is_date = find_date(text, length, &tokens) && arrange(&tokens, order, &date);

    assert(is_date);
    return is_date ? days_of(&date) : INT32_MAX;
}

size_t date_part(const char *text, size_t length, size_t *skip)
{
    struct tokens tokens;
    const char *trimmed = text;

    ascii_trim(&trimmed, &length);
    *skip = (size_t)(trimmed - text);
    return find_date(trimmed, length, &tokens) ? (size_t)(tokens.end - trimmed) : length;
}

static void put_digits(int value, size_t n, char *text)
{
    while (n-- > 0) {
        text[n] = (char)('0' + value % 10);
        value /= 10;
    }
}

void date_format(int32_t days, char text[DATE_TEXT])
{
    /* Counted from 0001-01-01, and 400 years more so that year 0 needs no negative numbers. */
    int64_t shifted = (int64_t)days + DAYS_TO_1970 + DAYS_OF_400_YEARS;
    int year, month = 1;

    assert(shifted >= days_before_year(400) && shifted < days_before_year(LAST_YEAR + 401));
    int left = (int)shifted;
    year = left / 366 + 1; /* never too late, and caught up within a few steps */
    while (days_before_year(year + 1) <= left)
        year++;
    left -= days_before_year(year);
    while (month < N_MONTH && days_before_month(year, month + 1) <= left)
        month++;
    left -= days_before_month(year, month);
    memcpy(text, "0000-00-00", DATE_TEXT);
    put_digits(year - 400, 4, text);
    put_digits(month, 2, text + 5);
    put_digits(left + 1, 2, text + 8);
}

/* Shifts the year to begin in March, so that the leap day is its last, and counts whole eras of
 * 400 years. */
int32_t date_month(int32_t days)
{
    int64_t shifted = (int64_t)days + 719468; /* days from 0000-03-01 to 1970-01-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day = shifted - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t month = (5 * (day - (365 * year + year / 4 - year / 100)) + 2) / 153;
    return (int32_t)((era * 400 + year) * 12 + month + 2);
}
