/* The log: what is said, put into a line of text or of JSON. Each line leaves in one write, so
 * that lines of several jobs in one file do not mix. What is a message's fault (a name with
 * control characters, broken UTF-8) is repaired here, as nowhere else knows it is for a screen.
 * The numbers' texts are log_text.c's part. */
#include "log.h"

#include "log_text.h"
#include "mem.h"

#include <cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_MAX = 2048, LINE_MAX_BYTES = 4096, JOB_MAX = 64, STAGE_MAX = 32, STAMP = 32 };

static const double BAR_PERIOD = 0.1;   /* seconds between two drawings of the bar */
static const double LINE_PERIOD = 30.0; /* seconds between two lines of progress */

enum severity_word { WORD_ERROR, WORD_WARNING, WORD_INFO, WORD_DETAIL };

static const char *const WORD[] = {"error", "warning", "info", "detail"};

struct log {
    FILE *stream;
    enum log_format format;
    enum log_level level;
    bool terminal;
    bool bar_shown;
    double next_progress;  /* seconds into the stage from which progress is due again */
    double last_progress;  /* seconds into the stage at the last call */
    char stage[STAGE_MAX]; /* whose progress that is */
    char job[JOB_MAX];
};

struct log *log_open(FILE *stream, enum log_format format, enum log_level level,
                     const char *job)
{
    struct log *log = stream != NULL ? mem_array(1, sizeof *log) : NULL;

    if (log == NULL)
        return NULL;
    log->stream = stream;
    log->format = format;
    log->level = level;
    log->terminal = format == LOG_FORMAT_TEXT && isatty(fileno(stream)) == 1;
    snprintf(log->job, sizeof log->job, "%s", job != NULL ? job : "");
    log_text_clean(log->job, true);
    return log;
}

static void clear_bar(struct log *log)
{
    if (log->bar_shown)
        fputs("\r\x1b[K", log->stream);
    log->bar_shown = false;
}

void log_close(struct log *log)
{
    if (log == NULL)
        return;
    clear_bar(log);
    fflush(log->stream);
    free(log);
}

/* Now, in UTC: 2024-05-31T12:34:56.789Z. */
static void stamp_now(char stamp[STAMP])
{
    struct timespec now = {0};
    struct tm utc = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(stamp, STAMP, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(stamp + n, STAMP - n, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* A line of text, which is changed to be fit for a screen. */
static void write_text(struct log *log, enum severity_word word, char *text)
{
    char line[LINE_MAX_BYTES];
    char stamp[STAMP];
    int n = 0;

    log_text_clean(text, true);
    if (!log->terminal) {
        stamp_now(stamp);
        n = snprintf(line, sizeof line, "%s ", stamp);
    }
    if (log->job[0] != '\0')
        n += snprintf(line + n, sizeof line - (size_t)n, "[%s] ", log->job);
    if (word <= WORD_WARNING)
        n += snprintf(line + n, sizeof line - (size_t)n, "tieout: %s: ", WORD[word]);
    snprintf(line + n, sizeof line - (size_t)n, "%s\n", text);
    clear_bar(log);
    fputs(line, log->stream);
    fflush(log->stream);
}

/* An object with what every line has; NULL if memory is short. */
static cJSON *begin_object(const struct log *log, enum severity_word word)
{
    char stamp[STAMP];
    cJSON *object = cJSON_CreateObject();

    stamp_now(stamp);
    cJSON_AddStringToObject(object, "time", stamp);
    cJSON_AddStringToObject(object, "level", WORD[word]);
    if (log->job[0] != '\0')
        cJSON_AddStringToObject(object, "job", log->job);
    return object;
}

/* Writes the object as one line and releases it. */
static void write_object(struct log *log, cJSON *object)
{
    char *line = object != NULL ? cJSON_PrintUnformatted(object) : NULL;

    if (line != NULL)
        fprintf(log->stream, "%s\n", line);
    else
        fputs("{\"level\":\"error\",\"message\":\"out of memory for a line of the log\"}\n",
              log->stream);
    fflush(log->stream);
    cJSON_free(line);
    cJSON_Delete(object);
}

static bool is_said(const struct log *log, enum severity_word word)
{
    static const enum log_level least[] = {LOG_LEVEL_QUIET, LOG_LEVEL_QUIET, LOG_LEVEL_NORMAL,
                                           LOG_LEVEL_VERBOSE};

    return log != NULL && log->level >= least[word];
}

static void say(struct log *log, enum severity_word word, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void say(struct log *log, enum severity_word word, const char *format, va_list args)
{
    char text[MESSAGE_MAX];

    if (!is_said(log, word))
        return;
    vsnprintf(text, sizeof text, format, args);
    if (log->format == LOG_FORMAT_TEXT) {
        write_text(log, word, text);
        return;
    }
    cJSON *object = begin_object(log, word);
    log_text_clean(text, false);
    cJSON_AddStringToObject(object, "message", text);
    write_object(log, object);
}

void log_error(struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(log, WORD_ERROR, format, args);
    va_end(args);
}

void log_warn(struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(log, WORD_WARNING, format, args);
    va_end(args);
}

void log_info(struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(log, WORD_INFO, format, args);
    va_end(args);
}

void log_detail(struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(log, WORD_DETAIL, format, args);
    va_end(args);
}

/* The object with the fields that a stage's end and its progress share. */
static cJSON *stage_object(const struct log *log, const char *stage, const char *item_word,
                           double seconds)
{
    cJSON *object = begin_object(log, WORD_INFO);

    cJSON_AddStringToObject(object, "stage", stage);
    cJSON_AddStringToObject(object, "unit", item_word);
    cJSON_AddNumberToObject(object, "seconds", seconds);
    return object;
}

void log_stage(struct log *log, const char *stage, double seconds, int64_t n_item,
               const char *item_word, int64_t n_byte)
{
    if (!is_said(log, WORD_INFO))
        return;
    if (log->format == LOG_FORMAT_TEXT) {
        char text[LOG_TEXT_LINE];
        log_text_stage(text, stage, seconds, n_item, item_word, n_byte);
        write_text(log, WORD_INFO, text);
        return;
    }
    cJSON *object = stage_object(log, stage, item_word, seconds);
    cJSON_AddNumberToObject(object, "items", (double)n_item);
    cJSON_AddNumberToObject(object, "bytes", (double)n_byte);
    write_object(log, object);
}

/* Whether progress is due, by the stage's own clock, which starts anew with each stage. */
static bool is_due(struct log *log, const char *stage, double elapsed)
{
    double period = log->terminal ? BAR_PERIOD : LINE_PERIOD;
    bool same = strncmp(log->stage, stage, STAGE_MAX - 1) == 0 && elapsed >= log->last_progress;

    log->last_progress = elapsed;
    if (!same) {
        snprintf(log->stage, sizeof log->stage, "%s", stage);
        log->next_progress = log->terminal ? 0.0 : period;
    }
    if (!(elapsed >= log->next_progress))
        return false;
    log->next_progress = elapsed + period;
    return true;
}

/* Cuts text, which is ASCII, to fit one line: a bar that wraps cannot be wiped. */
static void fit_line(const struct log *log, char *text)
{
    struct winsize size;

    if (ioctl(fileno(log->stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
        strlen(text) >= size.ws_col)
        text[size.ws_col - 1] = '\0';
}

void log_progress(struct log *log, const char *stage, int64_t done, int64_t total,
                  const char *item_word, double elapsed_seconds)
{
    char text[LOG_TEXT_LINE];

    if (!is_said(log, WORD_INFO) || !is_due(log, stage, elapsed_seconds))
        return;
    if (log->format == LOG_FORMAT_JSON) {
        cJSON *object = stage_object(log, stage, item_word, elapsed_seconds);
        double left = log_text_seconds_left(done, total, elapsed_seconds);
        cJSON_AddNumberToObject(object, "done", (double)done);
        if (total > 0)
            cJSON_AddNumberToObject(object, "total", (double)total);
        if (isfinite(left))
            cJSON_AddNumberToObject(object, "seconds_left", left);
        write_object(log, object);
        return;
    }
    log_text_progress(text, stage, done, total, item_word, elapsed_seconds, log->terminal);
    if (!log->terminal) {
        write_text(log, WORD_INFO, text);
        return;
    }
    log_text_clean(text, true);
    fit_line(log, text);
    fprintf(log->stream, "\r%s\x1b[K", text);
    fflush(log->stream);
    log->bar_shown = true;
}

double log_clock(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
