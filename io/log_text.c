/* Numbers and lines of the log as people read them: thousands apart, two significant digits for
 * rates, durations in the unit one would say. */
#include "log_text.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { BAR = 20 }; /* cells of the bar */

void log_text_count(int64_t count, char text[LOG_TEXT_NUMBER])
{
    char digits[LOG_TEXT_NUMBER];
    int n = snprintf(digits, sizeof digits, "%" PRId64, count);
    size_t out = 0;

    for (int i = 0; i < n; i++) {
        text[out++] = digits[i];
        if (digits[i] != '-' && i + 1 < n && (n - i - 1) % 3 == 0)
            text[out++] = ',';
    }
    text[out] = '\0';
}

void log_text_scaled(double value, char text[LOG_TEXT_NUMBER])
{
    static const char *const prefix[] = {"", "k", "M", "G", "T"};
    size_t i = 0;

    /* 999.5 and more would be printed as 1000 */
    for (; value >= 999.5 && i + 1 < sizeof prefix / sizeof prefix[0]; i++)
        value /= 1000.0;
    snprintf(text, LOG_TEXT_NUMBER, value < 9.95 ? "%#.2g %s" : "%.0f %s", fmin(value, 1e9),
             prefix[i]);
}

void log_text_duration(double seconds, char text[LOG_TEXT_NUMBER])
{
    /* Rounded once, here, so that no text says "60 s". */
    int64_t whole = (int64_t)fmin(fmax(round(seconds), 0.0), 1e15);

    if (seconds < 9.995)
        snprintf(text, LOG_TEXT_NUMBER, "%.2f s", fmax(seconds, 0.0));
    else if (seconds < 59.95)
        snprintf(text, LOG_TEXT_NUMBER, "%.1f s", seconds);
    else if (whole < 3600)
        snprintf(text, LOG_TEXT_NUMBER, "%" PRId64 " min %02d s", whole / 60,
                 (int)(whole % 60));
    else
        snprintf(text, LOG_TEXT_NUMBER, "%" PRId64 " h %02d min", whole / 3600,
                 (int)(whole % 3600 / 60));
}

double log_text_seconds_left(int64_t done, int64_t total, double elapsed)
{
    if (done <= 0 || total <= 0 || !(elapsed >= 0.0))
        return INFINITY;
    return done < total ? elapsed * (double)(total - done) / (double)done : 0.0;
}

/* Appends text to the line of *n bytes, as far as it fits. */
static void append(char line[LOG_TEXT_LINE], size_t *n, const char *text)
{
    size_t length = strnlen(text, LOG_TEXT_LINE - 1 - *n);

    memcpy(line + *n, text, length);
    *n += length;
    line[*n] = '\0';
}

/* "  4.8 M rows/s", "  310 MB/s", or nothing where there is no rate. word: NULL for bytes. */
static void append_rate(char line[LOG_TEXT_LINE], size_t *n, int64_t count, double seconds,
                        const char *word)
{
    char scaled[LOG_TEXT_NUMBER];

    if (count <= 0 || !(seconds > 0.0))
        return;
    log_text_scaled((double)count / seconds, scaled);
    append(line, n, "  ");
    append(line, n, scaled);
    if (word != NULL && scaled[strlen(scaled) - 1] != ' ')
        append(line, n, " ");
    append(line, n, word != NULL ? word : "B");
    append(line, n, "/s");
}

void log_text_stage(char line[LOG_TEXT_LINE], const char *stage, double seconds, int64_t n_item,
                    const char *item_word, int64_t n_byte)
{
    char count[LOG_TEXT_NUMBER] = "";
    char duration[LOG_TEXT_NUMBER];
    char columns[LOG_TEXT_LINE];
    size_t n = 0;

    if (n_item > 0)
        log_text_count(n_item, count);
    log_text_duration(seconds, duration);
    snprintf(columns, sizeof columns, "%-10.40s %13s %-5.20s %9s", stage, count,
             n_item > 0 ? item_word : "", duration);
    append(line, &n, columns);
    append_rate(line, &n, n_item, seconds, item_word);
    append_rate(line, &n, n_byte, seconds, NULL);
}

/* " [######......]  50 %". */
static void append_share(char line[LOG_TEXT_LINE], size_t *n, double share, bool bar)
{
    char drawn[] = " [....................]";
    char percent[LOG_TEXT_NUMBER];
    _Static_assert(sizeof drawn == BAR + 4, "as many dots as cells");

    memset(drawn + 2, '#', (size_t)(share * BAR));
    append(line, n, bar ? drawn : "");
    snprintf(percent, sizeof percent, " %3d %%", (int)(share * 100.0)); /* 100 only when done */
    append(line, n, percent);
}

void log_text_progress(char line[LOG_TEXT_LINE], const char *stage, int64_t done, int64_t total,
                       const char *item_word, double elapsed, bool bar)
{
    char text[LOG_TEXT_LINE];
    char left[LOG_TEXT_NUMBER];
    double seconds_left = log_text_seconds_left(done, total, elapsed);
    size_t n = 0;

    snprintf(text, sizeof text, "%-10.12s", stage);
    append(line, &n, text);
    if (total > 0)
        append_share(line, &n, fmin(fmax((double)done / (double)total, 0.0), 1.0), bar);
    append_rate(line, &n, done, elapsed, item_word);
    if (isfinite(seconds_left)) {
        if (seconds_left < 59.5)
            snprintf(left, sizeof left, "%.0f s", ceil(seconds_left));
        else
            log_text_duration(seconds_left, left);
        snprintf(text, sizeof text, "  %s left", left);
        append(line, &n, text);
    }
}

/* Bytes of the UTF-8 character at text, 0 if there is none: no overlong forms, no surrogates,
 * nothing above U+10FFFF (Unicode, table 3-7). Reads no further than the terminator. */
static size_t character_length(const unsigned char *text)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length = 0;

    if (text[0] < 0x80)
        return 1;
    if (text[0] >= 0xC2 && text[0] <= 0xDF)
        length = 2;
    else if (text[0] >= 0xE0 && text[0] <= 0xEF)
        length = 3;
    else if (text[0] >= 0xF0 && text[0] <= 0xF4)
        length = 4;
    low = text[0] == 0xE0 ? 0xA0 : text[0] == 0xF0 ? 0x90 : low;
    high = text[0] == 0xED ? 0x9F : text[0] == 0xF4 ? 0x8F : high;
    for (size_t i = 1; i < length; i++) {
        if (text[i] < low || text[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

static bool is_control(const unsigned char *text, size_t length)
{
    if (length == 1)
        return text[0] < 0x20 || text[0] == 0x7F;
    return length == 2 && text[0] == 0xC2 && text[1] < 0xA0; /* U+0080 to U+009F */
}

void log_text_clean(char *text, bool controls)
{
    unsigned char *at = (unsigned char *)text;

    while (*at != '\0') {
        size_t length = character_length(at);
        if (length == 0 || (controls && is_control(at, length))) {
            length = length > 0 ? length : 1;
            memset(at, '?', length);
        }
        at += length;
    }
}
