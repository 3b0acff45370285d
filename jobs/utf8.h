#ifndef TIEOUT_UTF8_H
#define TIEOUT_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xFFFD };

/* The code point at *text, which is not at its terminator; moves *text behind it. A byte that
 * begins no well-formed sequence is UTF8_REPLACEMENT, alone. */
uint32_t utf8_next(const char **text);

/* Columns a code point takes on a terminal: 0 for combining marks, 2 for East Asian wide
 * characters and pictures, else 1. */
size_t utf8_columns(uint32_t code);

/* A copy in which malformed bytes are U+FFFD; the caller frees it. NULL if memory is short. */
char *utf8_clean(const char *text);

#endif
