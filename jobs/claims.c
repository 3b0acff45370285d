/* Numbers and dates out of prose, to compare what a language model says with what it was told.
 * A reader of input (kernels/number.h) knows where an amount begins and ends; here they stand
 * amid sentences. What begins with a digit, or holds one, is read as the longest of a date, a
 * number with its scale, or a word; nothing with a digit in it is passed over. */
#include "claims.h"

#include "ascii.h"
#include "number.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { MONTHS = 12, MONTH_LETTERS = 3, SIGNIFICANT = 3 };

/* Beyond ASCII there are no word characters: a euro sign stands beside its amount. */
static bool is_word(char c)
{
    return ascii_is_digit(c) || ascii_is_letter(c) || c == '_';
}

static size_t digits_at(const char *text)
{
    size_t n = 0;

    while (ascii_is_digit(text[n]))
        n++;
    return n;
}

static int small_number(const char *text, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++)
        value = 10 * value + (text[i] - '0');
    return value;
}

/* ---- dates --------------------------------------------------------------------------------- */

/* Digits at *text, least to most of them and no more behind; moves *text. */
static bool take_digits(const char **text, size_t least, size_t most, int *value)
{
    size_t n = digits_at(*text);

    if (n < least || n > most)
        return false;
    *value = small_number(*text, n);
    *text += n;
    return true;
}

/* The ending of 1st, 2nd, 3rd, 4th, if there is one. */
static void skip_ordinal(const char **text)
{
    static const char *const ENDING[] = {"st", "nd", "rd", "th"};

    for (size_t i = 0; i < sizeof ENDING / sizeof *ENDING; i++)
        if (strncasecmp(*text, ENDING[i], 2) == 0 && !is_word((*text)[2])) {
            *text += 2;
            return;
        }
}

/* 31, 31st */
static bool take_day(const char **text, int *day)
{
    if (!take_digits(text, 1, 2, day) || *day < 1 || *day > 31)
        return false;
    skip_ordinal(text);
    return true;
}

static bool take_one_of(const char **text, const char *set)
{
    if (**text == '\0' || strchr(set, **text) == NULL)
        return false;
    ++*text;
    return true;
}

/* The name of a month, whole or its first three letters. */
static bool take_month(const char **text, int *month)
{
    static const char *const NAME[MONTHS] = {"January",   "February", "March",    "April",
                                             "May",       "June",     "July",     "August",
                                             "September", "October",  "November", "December"};
    size_t n = 0;

    while (ascii_is_letter((*text)[n]))
        n++;
    for (int m = 0; m < MONTHS; m++)
        if ((n == MONTH_LETTERS || n == strlen(NAME[m])) &&
            strncasecmp(*text, NAME[m], n) == 0) {
            *text += n;
            *month = m + 1;
            return true;
        }
    return false;
}

/* 2024-05-31, 2024/05/31, 2024-05 */
static bool year_first(const char **text, struct claim *claim)
{
    const char *at = *text, *behind;
    char between[] = {0, 0};

    if (!take_digits(&at, 4, 4, &claim->year))
        return false;
    between[0] = *at;
    if (!take_one_of(&at, "-/") || !take_digits(&at, 1, 2, &claim->month) || claim->month < 1 ||
        claim->month > MONTHS)
        return false;
    behind = at;
    if (take_one_of(&at, between) && take_digits(&at, 1, 2, &claim->day) && !is_word(*at))
        behind = at;
    else
        claim->day = 0;
    *text = behind;
    return !is_word(*behind) && claim->day <= 31;
}

/* 5/31/2024, 31.05.2024, 31-5-2024; the parts are in either order. */
static bool year_last(const char **text, struct claim *claim)
{
    const char *at = *text;
    char between[] = {0, 0};

    if (!take_digits(&at, 1, 2, &claim->month))
        return false;
    between[0] = *at;
    if (!take_one_of(&at, "-/.") || !take_digits(&at, 1, 2, &claim->day) ||
        !take_one_of(&at, between) || !take_digits(&at, 4, 4, &claim->year) || is_word(*at))
        return false;
    claim->swapped = true;
    *text = at;
    return claim->month >= 1 && claim->day >= 1;
}

static void skip_between(const char **text)
{
    while (**text == ' ' || **text == ',' || **text == '-')
        ++*text;
}

/* A year behind a month or a day, if there is one. */
static void year_behind(const char **text, struct claim *claim)
{
    const char *at = *text;

    skip_between(&at);
    if (take_digits(&at, 4, 4, &claim->year) && !is_word(*at))
        *text = at;
    else
        claim->year = 0;
}

/* 31 May 2024, 31st of May, 31-May-2024 */
static bool day_first(const char **text, struct claim *claim)
{
    const char *at = *text;

    if (!take_day(&at, &claim->day))
        return false;
    skip_between(&at);
    if (strncasecmp(at, "of ", 3) == 0)
        at += 3;
    if (!take_month(&at, &claim->month) || is_word(*at))
        return false;
    year_behind(&at, claim);
    *text = at;
    return true;
}

/* May 31, 2024; May 31; May 2024. A month without a number is no claim: "may" is a word. */
static bool month_first(const char **text, struct claim *claim)
{
    const char *at = *text;

    if (!take_month(&at, &claim->month))
        return false;
    const char *name_end = at;
    skip_between(&at);
    if (take_day(&at, &claim->day) && !is_word(*at)) {
        year_behind(&at, claim);
    } else {
        claim->day = 0;
        at = name_end;
        year_behind(&at, claim);
        if (claim->year == 0)
            return false;
    }
    *text = at;
    return true;
}

static bool date_at(const char **text, struct claim *claim)
{
    static bool (*const FORM[])(const char **, struct claim *) = {year_first, year_last,
                                                                  day_first, month_first};

    for (size_t i = 0; i < sizeof FORM / sizeof *FORM; i++) {
        struct claim tried = {.kind = CLAIM_DATE, .text = *text};
        const char *at = *text;
        if (FORM[i](&at, &tried)) {
            tried.length = (size_t)(at - *text);
            *claim = tried;
            *text = at;
            return true;
        }
    }
    return false;
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* "thousand", "M" ... at *text, behind at most one blank: what it multiplies by; else 1. */
static double take_scale(const char **text)
{
    static const struct {
        const char *word;
        double factor;
    } SCALE[] = {{"k", 1e3},        {"thousand", 1e3}, {"m", 1e6},       {"mn", 1e6},
                 {"mln", 1e6},      {"mio", 1e6},      {"million", 1e6}, {"millions", 1e6},
                 {"b", 1e9},        {"bn", 1e9},       {"billion", 1e9}, {"billions", 1e9},
                 {"trillion", 1e12}};
    const char *at = *text;

    if (*at == ' ' || *at == '-')
        at++;
    for (size_t i = 0; i < sizeof SCALE / sizeof *SCALE; i++) {
        size_t n = strlen(SCALE[i].word);
        if (strncasecmp(at, SCALE[i].word, n) == 0 && !is_word(at[n])) {
            *text = at + n;
            return SCALE[i].factor;
        }
    }
    return 1;
}

/* The unit of the last digit that says something: in a whole number zeros at the end may come
 * from rounding, but for three digits. */
static double whole_unit(const char *begin, const char *end)
{
    double unit = 1;
    int n_digit = 0;

    for (const char *at = begin; at < end; at++)
        n_digit += ascii_is_digit(*at);
    for (; n_digit > SIGNIFICANT && (end[-1] == '0' || end[-1] == ','); end--)
        if (end[-1] == '0') {
            unit *= 10;
            n_digit--;
        }
    return unit;
}

/* 1234, 1,234,567.89, .5, 1.2 million, 31st */
static bool number_at(const char **text, struct claim *claim)
{
    const char *begin = *text, *at = begin;
    struct number number;

    at += digits_at(at);
    if (at - begin > 1 && begin[0] == '0') /* 007 names something */
        return false;
    while (at > begin && at[0] == ',' && digits_at(at + 1) == 3)
        at += 4;
    claim->unit = whole_unit(begin, at);
    if (at[0] == '.' && ascii_is_digit(at[1])) {
        size_t n = digits_at(at + 1);
        at += 1 + n;
        claim->unit = pow(10, -(double)n);
    }
    if (!number_read(begin, (size_t)(at - begin), '.', &number))
        return false;
    double scale = take_scale(&at);
    claim->value = number.value * scale;
    claim->unit *= scale;
    skip_ordinal(&at);
    claim->length = (size_t)(at - begin);
    *text = at;
    return !is_word(*at);
}

/* ---- any of them --------------------------------------------------------------------------- */

/* The word at *text, with what joins its parts (ACC-17, 10.20.30); must hold a digit. */
static bool word_at(const char **text, struct claim *claim)
{
    const char *at = *text;
    bool has_digit = false;

    while (is_word(*at) || (*at != '\0' && strchr("-./:", *at) != NULL && is_word(at[1]))) {
        has_digit = has_digit || ascii_is_digit(*at);
        at++;
    }
    *claim = (struct claim){.kind = CLAIM_WORD, .text = *text, .length = (size_t)(at - *text)};
    *text = at;
    return has_digit;
}

static bool begins(const char *at)
{
    return is_word(*at) || (*at == '.' && ascii_is_digit(at[1]));
}

bool claims_next(const char **text, struct claim *claim)
{
    for (;;) {
        while (**text != '\0' && !begins(*text))
            ++*text;
        if (**text == '\0')
            return false;
        if (date_at(text, claim))
            return true;
        const char *at = *text;
        *claim = (struct claim){.kind = CLAIM_NUMBER, .text = *text};
        if ((ascii_is_digit(*at) || *at == '.') && number_at(&at, claim)) {
            *text = at;
            return true;
        }
        if (**text == '.')
            ++*text;
        else if (word_at(text, claim))
            return true;
    }
}
