#ifndef TIEOUT_LOG_H
#define TIEOUT_LOG_H

#include <stdint.h>
#include <stdio.h>

/* Messages for people and for whoever collects a cluster's logs. Results never go here.
 *
 * Text on a terminal is for the eye: no stamps, and a bar while a stage runs. Text elsewhere is
 * stamped with the time (UTC) and the job, a line each 30 s while a stage runs. JSON is one
 * object a line: time, level, job if there is one, and message or the stage's numbers. Control
 * characters (text only) and bytes that are not UTF-8 are replaced by '?', so that nothing a
 * ledger or a service contains can redraw a terminal or forge a line.
 *
 * To be called from one thread. Writing cannot fail as far as callers are concerned. */
struct log;

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

enum log_level {
    LOG_LEVEL_QUIET,  /* warnings and errors */
    LOG_LEVEL_NORMAL, /* and stages, progress and what the user should know */
    LOG_LEVEL_VERBOSE /* and details */
};

/* A log on stream, which stays the caller's and must outlive it. job: the batch job's id,
 * copied, or NULL. NULL stream (ranks other than 0): NULL, a log on which everything below
 * prints nothing. NULL, too, if memory is short. */
struct log *log_open(FILE *stream, enum log_format format, enum log_level level,
                     const char *job);

/* Removes a bar that is still shown. NULL is fine. */
void log_close(struct log *log);

/* One message, like printf and without a newline at the end; cut after 2047 bytes. */
void log_error(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_detail(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A stage that has ended: "ingest  1,000,000 rows  0.21 s  4.8 M rows/s  310 MB/s".
 * n_item, n_byte: what it went through; 0 leaves them, and the rates, out. */
void log_stage(struct log *log, const char *stage, double seconds, int64_t n_item,
               const char *item_word, int64_t n_byte);

/* A stage that is running; to be called as often as is convenient. On a terminal the bar is
 * redrawn at most ten times a second; elsewhere a line is written each 30 s.
 * total            0 if not known: then neither percentage nor time left is said
 * elapsed_seconds  since the stage began */
void log_progress(struct log *log, const char *stage, int64_t done, int64_t total,
                  const char *item_word, double elapsed_seconds);

/* Seconds of a clock that only goes forward, for the elapsed time of what has no other. */
double log_clock(void);

#endif
