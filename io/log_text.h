#ifndef TIEOUT_LOG_TEXT_H
#define TIEOUT_LOG_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* The log's numbers as people read them. */

enum { LOG_TEXT_LINE = 256, LOG_TEXT_NUMBER = 32 };

/* "1,000,000". */
void log_text_count(int64_t count, char text[LOG_TEXT_NUMBER]);

/* At least two digits and a decimal prefix: "4.8 M", "310 k", "12 ", "0.033 ". */
void log_text_scaled(double value, char text[LOG_TEXT_NUMBER]);

/* "0.21 s", "12.3 s", "2 min 05 s", "3 h 20 min". */
void log_text_duration(double seconds, char text[LOG_TEXT_NUMBER]);

/* What is left at the pace so far; infinite if that cannot be told. */
double log_text_seconds_left(int64_t done, int64_t total, double elapsed);

/* The lines of log_stage and log_progress; cut if they do not fit. */
void log_text_stage(char line[LOG_TEXT_LINE], const char *stage, double seconds, int64_t n_item,
                    const char *item_word, int64_t n_byte);
void log_text_progress(char line[LOG_TEXT_LINE], const char *stage, int64_t done, int64_t total,
                       const char *item_word, double elapsed, bool bar);

/* Replaces each byte that is not part of a UTF-8 character by '?', and, if controls is given,
 * each byte of a control character. */
void log_text_clean(char *text, bool controls);

#endif
