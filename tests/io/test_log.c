/* The log, written to a file and to a pseudo terminal and read back. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "log.h"
#include "log_text.h"
#include "suite.h"

#include <cJSON.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 16384, STAMP_LENGTH = 25 }; /* "2024-05-31T12:34:56.789Z " */

/* Everything in file, terminated. */
static void read_back(FILE *file, char text[TEXT])
{
    rewind(file);
    size_t n = fread(text, 1, TEXT - 1, file);
    text[n] = '\0';
}

/* The lines in text, each checked for its stamp and freed from it. */
static void strip_stamps(char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ ";
    char *to = text;

    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        CU_ASSERT_TRUE_FATAL(length > STAMP_LENGTH);
        for (size_t i = 0; i < STAMP_LENGTH; i++)
            CU_ASSERT_TRUE(shape[i] == 'd' ? line[i] >= '0' && line[i] <= '9'
                                           : line[i] == shape[i]);
        memmove(to, line + STAMP_LENGTH, length - STAMP_LENGTH);
        to += length - STAMP_LENGTH;
        line += length;
    }
    *to = '\0';
}

static void say_all(struct log *log)
{
    log_error(log, "error %d", 1);
    log_warn(log, "warning %s", "two");
    log_info(log, "info");
    log_detail(log, "detail");
    log_stage(log, "ingest", 0.21, 1000000, "rows", 65000000);
    log_progress(log, "train", 1, 2, "trees", 30.0);
    log_progress(log, "train", 1, 2, "trees", 60.0);
}

static void check_said(enum log_level level, const char *job, const char *expected)
{
    char text[TEXT];
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct log *log = log_open(file, LOG_FORMAT_TEXT, level, job);
    CU_ASSERT_PTR_NOT_NULL_FATAL(log);
    say_all(log);
    log_close(log);
    read_back(file, text);
    strip_stamps(text);
    CU_ASSERT_STRING_EQUAL(text, expected);
    if (strcmp(text, expected) != 0)
        printf("\n%s", text);
    fclose(file);
}

static void levels(void)
{
    check_said(LOG_LEVEL_QUIET, NULL, "tieout: error: error 1\ntieout: warning: warning two\n");
    check_said(LOG_LEVEL_NORMAL, NULL,
               "tieout: error: error 1\ntieout: warning: warning two\ninfo\n"
               "ingest         1,000,000 rows     0.21 s  4.8 M rows/s  310 MB/s\n"
               "train       50 %  0.033 trees/s  30 s left\n"
               "train       50 %  0.017 trees/s  1 min 00 s left\n");
    check_said(LOG_LEVEL_VERBOSE, "4711",
               "[4711] tieout: error: error 1\n[4711] tieout: warning: warning two\n"
               "[4711] info\n[4711] detail\n"
               "[4711] ingest         1,000,000 rows     0.21 s  4.8 M rows/s  310 MB/s\n"
               "[4711] train       50 %  0.033 trees/s  30 s left\n"
               "[4711] train       50 %  0.017 trees/s  1 min 00 s left\n");
}

static void silence(void)
{
    struct log *log = log_open(NULL, LOG_FORMAT_JSON, LOG_LEVEL_VERBOSE, "job");

    CU_ASSERT_PTR_NULL(log);
    say_all(log);
    log_close(log);
}

static void hostile_messages(void)
{
    char text[TEXT];
    char longest[TEXT];
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct log *log = log_open(file, LOG_FORMAT_TEXT, LOG_LEVEL_NORMAL, "a\nb");
    log_info(log, "%s", "one\ntwo\x1b[2J\r\xff \xc3\xa4");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    log_error(log, "%s", longest);
    log_close(log);
    read_back(file, text);
    strip_stamps(text);
    static const char first[] = "[a?b] one?two?[2J?? \xc3\xa4\n";
    CU_ASSERT_EQUAL(strncmp(text, first, strlen(first)), 0);
    CU_ASSERT_EQUAL(strspn(strchr(text, '\n') + 1 + strlen("[a?b] tieout: error: "), "x"),
                    2047);
    CU_ASSERT_EQUAL(text[strlen(text) - 1], '\n');
    fclose(file);
}

static const char *string_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text != NULL ? text : "(none)";
}

static double number_of(const cJSON *object, const char *name)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* Writes with say_json, then gives each line as an object; the last is followed by NULL. */
static void json_lines(void (*say_json)(struct log *log), const char *job, cJSON *line[16])
{
    char text[TEXT];
    char *rest = NULL;
    size_t n = 0;
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct log *log = log_open(file, LOG_FORMAT_JSON, LOG_LEVEL_VERBOSE, job);
    CU_ASSERT_PTR_NOT_NULL_FATAL(log);
    say_json(log);
    log_close(log);
    read_back(file, text);
    for (char *at = strtok_r(text, "\n", &rest); at != NULL; at = strtok_r(NULL, "\n", &rest)) {
        line[n] = cJSON_ParseWithOpts(at, NULL, true);
        CU_ASSERT_PTR_NOT_NULL_FATAL(line[n]);
        CU_ASSERT_EQUAL(strlen(string_of(line[n], "time")), STAMP_LENGTH - 1);
        n++;
    }
    line[n] = NULL;
    fclose(file);
}

static void free_lines(cJSON *line[16])
{
    for (size_t i = 0; line[i] != NULL; i++)
        cJSON_Delete(line[i]);
}

static void objects(void)
{
    cJSON *line[16];

    json_lines(say_all, "47\"11", line);
    static const char *const level[] = {"error", "warning", "info", "detail",
                                        "info",  "info",    "info"};
    for (size_t i = 0; i < 7; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(line[i]);
        CU_ASSERT_STRING_EQUAL(string_of(line[i], "level"), level[i]);
        CU_ASSERT_STRING_EQUAL(string_of(line[i], "job"), "47\"11");
    }
    CU_ASSERT_PTR_NULL(line[7]);
    CU_ASSERT_STRING_EQUAL(string_of(line[0], "message"), "error 1");
    CU_ASSERT_STRING_EQUAL(string_of(line[4], "stage"), "ingest");
    CU_ASSERT_STRING_EQUAL(string_of(line[4], "unit"), "rows");
    CU_ASSERT_EQUAL(number_of(line[4], "items"), 1000000);
    CU_ASSERT_EQUAL(number_of(line[4], "bytes"), 65000000);
    CU_ASSERT_EQUAL(number_of(line[4], "seconds"), 0.21);
    CU_ASSERT_STRING_EQUAL(string_of(line[6], "stage"), "train");
    CU_ASSERT_EQUAL(number_of(line[6], "done"), 1);
    CU_ASSERT_EQUAL(number_of(line[6], "total"), 2);
    CU_ASSERT_EQUAL(number_of(line[6], "seconds"), 60);
    CU_ASSERT_EQUAL(number_of(line[6], "seconds_left"), 60);
    free_lines(line);
}

static void say_hostile(struct log *log)
{
    log_info(log, "%s", "a \"quote\", a \\, a\nnewline, \x1b, \xff and \xe2\x82\xac");
    log_progress(log, "read", 5, 0, "rows", 31.0);
}

static void json_is_escaped(void)
{
    cJSON *line[16];

    json_lines(say_hostile, NULL, line);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line[0]);
    CU_ASSERT_STRING_EQUAL(string_of(line[0], "message"),
                           "a \"quote\", a \\, a\nnewline, \x1b, ? and \xe2\x82\xac");
    CU_ASSERT_STRING_EQUAL(string_of(line[0], "job"), "(none)");
    CU_ASSERT_PTR_NOT_NULL_FATAL(line[1]);
    CU_ASSERT_FALSE(cJSON_HasObjectItem(line[1], "total"));
    CU_ASSERT_FALSE(cJSON_HasObjectItem(line[1], "seconds_left"));
    free_lines(line);
}

static int allocations_left;

static void *short_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void say_short_of_memory(struct log *log)
{
    cJSON_Hooks hooks = {.malloc_fn = short_malloc, .free_fn = free};

    cJSON_InitHooks(&hooks);
    allocations_left = 0;
    log_error(log, "lost");
    allocations_left = 1;
    log_error(log, "lost");
    cJSON_InitHooks(NULL);
}

static void json_without_memory(void)
{
    char text[TEXT];
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct log *log = log_open(file, LOG_FORMAT_JSON, LOG_LEVEL_QUIET, NULL);
    say_short_of_memory(log);
    log_close(log);
    read_back(file, text);
    CU_ASSERT_STRING_EQUAL(
        text, "{\"level\":\"error\",\"message\":\"out of memory for a line of the log\"}\n"
              "{\"level\":\"error\",\"message\":\"out of memory for a line of the log\"}\n");
    fclose(file);
}

static void batch_progress(void)
{
    char text[TEXT];
    FILE *file = tmpfile();

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct log *log = log_open(file, LOG_FORMAT_TEXT, LOG_LEVEL_NORMAL, NULL);
    for (int second = 0; second <= 100; second++)
        log_progress(log, "score", second * 1000000, 100000000, "rows", second);
    for (int second = 0; second <= 31; second++) /* a new stage has a clock of its own */
        log_progress(log, "gather", second, 0, "rows", second);
    for (int second = 0; second <= 30; second++) /* and so has the same stage run again */
        log_progress(log, "gather", second, 31, "rows", second);
    log_close(log);
    read_back(file, text);
    strip_stamps(text);
    CU_ASSERT_STRING_EQUAL(text, "score       30 %  1.0 M rows/s  1 min 10 s left\n"
                                 "score       60 %  1.0 M rows/s  40 s left\n"
                                 "score       90 %  1.0 M rows/s  10 s left\n"
                                 "gather      1.0 rows/s\n"
                                 "gather      96 %  1.0 rows/s  1 s left\n");
    fclose(file);
}

/* What say writes to a terminal. */
static void on_terminal(void (*say_something)(struct log *log), char text[TEXT])
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    CU_ASSERT_TRUE_FATAL(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    FILE *stream = fopen(ptsname(master), "r+");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    struct log *log = log_open(stream, LOG_FORMAT_TEXT, LOG_LEVEL_NORMAL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(log);
    say_something(log);
    log_close(log);
    fputc('!', stream); /* where to stop: the master side never sees an end */
    fflush(stream);
    size_t n = 0;
    while (n < TEXT - 1 && read(master, text + n, 1) == 1 && text[n] != '!')
        n++;
    text[n] = '\0';
    fclose(stream);
    close(master);
}

static void say_bar(struct log *log)
{
    for (int ms = 0; ms <= 250; ms += 10)
        log_progress(log, "score", ms, 1000, "rows", ms / 1000.0);
    log_info(log, "between");
    log_progress(log, "score", 500, 1000, "rows", 0.5);
}

static void bar(void)
{
    char text[TEXT];

    on_terminal(say_bar, text);
    CU_ASSERT_STRING_EQUAL(
        text, "\rscore      [....................]   0 %\x1b[K"
              "\rscore      [##..................]  10 %  1.0 k rows/s  1 s left\x1b[K"
              "\rscore      [####................]  20 %  1.0 k rows/s  1 s left\x1b[K"
              "\r\x1b[Kbetween\r\n"
              "\rscore      [##########..........]  50 %  1.0 k rows/s  1 s left\x1b[K"
              "\r\x1b[K");
}

static void say_plain(struct log *log)
{
    log_warn(log, "careful");
    log_stage(log, "write", 12.34, 0, "rows", 0);
}

static void terminal_has_no_stamps(void)
{
    char text[TEXT];

    on_terminal(say_plain, text);
    CU_ASSERT_STRING_EQUAL(text, "tieout: warning: careful\r\n"
                                 "write                             12.3 s\r\n");
}

static void counts(void)
{
    static const struct {
        int64_t count;
        const char *text;
    } known[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {123456, "123,456"},
                 {1000000, "1,000,000"},
                 {-1234, "-1,234"},
                 {-123, "-123"},
                 {INT64_MAX, "9,223,372,036,854,775,807"},
                 {INT64_MIN, "-9,223,372,036,854,775,808"}};
    char text[LOG_TEXT_NUMBER];

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        log_text_count(known[i].count, text);
        CU_ASSERT_STRING_EQUAL(text, known[i].text);
    }
}

static void scaled(void)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.0, "0.0 "},        {0.26, "0.26 "},  {9.94, "9.9 "},
                 {9.96, "10 "},        {999.4, "999 "},  {999.6, "1.0 k"},
                 {4761904.8, "4.8 M"}, {3.1e8, "310 M"}, {2.5e10, "25 G"},
                 {7e12, "7.0 T"},      {5e15, "5000 T"}, {1e300, "1000000000 T"},
                 {0.0333, "0.033 "}};
    char text[LOG_TEXT_NUMBER];

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        log_text_scaled(known[i].value, text);
        CU_ASSERT_STRING_EQUAL(text, known[i].text);
    }
}

static void durations(void)
{
    static const struct {
        double seconds;
        const char *text;
    } known[] = {{0.0, "0.00 s"},       {-1.0, "0.00 s"},
                 {9.994, "9.99 s"},     {9.996, "10.0 s"},
                 {59.94, "59.9 s"},     {59.96, "1 min 00 s"},
                 {125.4, "2 min 05 s"}, {3599.6, "1 h 00 min"},
                 {12000, "3 h 20 min"}, {1e300, "277777777777 h 46 min"}};
    char text[LOG_TEXT_NUMBER];

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        log_text_duration(known[i].seconds, text);
        CU_ASSERT_STRING_EQUAL(text, known[i].text);
    }
}

static void time_left(void)
{
    CU_ASSERT_EQUAL(log_text_seconds_left(25, 100, 10.0), 30.0);
    CU_ASSERT_EQUAL(log_text_seconds_left(100, 100, 10.0), 0.0);
    CU_ASSERT_EQUAL(log_text_seconds_left(120, 100, 10.0), 0.0);
    CU_ASSERT_FALSE(isfinite(log_text_seconds_left(0, 100, 10.0)));
    CU_ASSERT_FALSE(isfinite(log_text_seconds_left(5, 0, 10.0)));
    CU_ASSERT_FALSE(isfinite(log_text_seconds_left(5, 10, (double)NAN)));
}

static void odd_lines(void)
{
    char line[LOG_TEXT_LINE];
    char name[TEXT];

    log_text_progress(line, "x", 150, 100, "rows", 0.0, false);
    CU_ASSERT_STRING_EQUAL(line, "x          100 %  0 s left");
    log_text_progress(line, "x", 0, 0, "rows", 5.0, true);
    CU_ASSERT_STRING_EQUAL(line, "x         ");
    log_text_progress(line, "x", 999, 1000, "rows", 0.0, true);
    CU_ASSERT_STRING_EQUAL(line, "x          [###################.]  99 %  0 s left");
    log_text_stage(line, "x", 0.0, 5, "rows", 5);
    CU_ASSERT_STRING_EQUAL(line, "x                      5 rows     0.00 s");
    memset(name, 'y', sizeof name);
    name[sizeof name - 1] = '\0';
    log_text_stage(line, name, 1.0, 5, name, 5);
    CU_ASSERT_EQUAL(strlen(line), LOG_TEXT_LINE - 1);
    log_text_progress(line, name, 5, 10, name, 1.0, true);
    CU_ASSERT_EQUAL(strlen(line), LOG_TEXT_LINE - 1);
}

static void cleaning(void)
{
    static const struct {
        const char *given, *clean, *without_controls;
    } known[] = {
        {"", "", ""},
        {"a\tb\x7f", "a\tb\x7f", "a?b?"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
         "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xc2\x9b", "\xc2\x9b", "??"}, /* U+009B opens an escape sequence */
                                        /* the ends of what is allowed */
        {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"},
        {"\xdf\xbf", "\xdf\xbf", "\xdf\xbf"},
        {"\xe0\xa0\x80", "\xe0\xa0\x80", "\xe0\xa0\x80"},
        {"\xed\x9f\xbf", "\xed\x9f\xbf", "\xed\x9f\xbf"},
        {"\xef\xbf\xbf", "\xef\xbf\xbf", "\xef\xbf\xbf"},
        {"\xf0\x90\x80\x80", "\xf0\x90\x80\x80", "\xf0\x90\x80\x80"},
        {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
        {"\xc0\xaf", "??", "??"},             /* overlong '/' */
        {"\xe0\x9f\xbf", "???", "???"},       /* overlong */
        {"\xed\xa0\x80", "???", "???"},       /* surrogate */
        {"\xf4\x90\x80\x80", "????", "????"}, /* above U+10FFFF */
        {"\xf0\x8f\xbf\xbf", "????", "????"}, /* overlong */
        {"\xf5z", "?z", "?z"},
        {"\xe2\x82", "??", "??"}, /* cut */
        {"\xe2\x82z", "??z", "??z"},
        {"\x80z", "?z", "?z"},
    };
    char text[16];

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        snprintf(text, sizeof text, "%s", known[i].given);
        log_text_clean(text, false);
        CU_ASSERT_STRING_EQUAL(text, known[i].clean);
        snprintf(text, sizeof text, "%s", known[i].given);
        log_text_clean(text, true);
        CU_ASSERT_STRING_EQUAL(text, known[i].without_controls);
    }
}

int main(void)
{
    static const struct fact fact[] = {
        {"each level says what it should, stamped, with the job in front", levels},
        {"a log without a stream says nothing", silence},
        {"a message can neither forge a line nor redraw a screen, and is cut if endless",
         hostile_messages},
        {"JSON has one object a line with the stage's numbers", objects},
        {"JSON is escaped and UTF-8 whatever the message", json_is_escaped},
        {"without memory for JSON a line says so", json_without_memory},
        {"in a batch log progress is a line each 30 s of a stage", batch_progress},
        {"on a terminal a bar is redrawn ten times a second and cleared before a message", bar},
        {"on a terminal there are no stamps", terminal_has_no_stamps},
        {"counts have their thousands apart", counts},
        {"rates have two digits and a prefix", scaled},
        {"durations are said in the unit that suits", durations},
        {"time left is known once something is done of a known total", time_left},
        {"lines hold for nothing, too much and endless names", odd_lines},
        {"control characters and broken UTF-8 become question marks", cleaning},
    };
    return suite_run("log", fact, sizeof fact / sizeof fact[0]);
}
