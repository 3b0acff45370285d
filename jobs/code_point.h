#ifndef TIEOUT_CODE_POINT_H
#define TIEOUT_CODE_POINT_H

#include <stddef.h>
#include <stdint.h>

enum { CODE_POINT_BAD = 0xFFFD };

/* The code point at *text, which is not at its terminator; moves *text behind it. A byte that
 * begins no well-formed sequence is CODE_POINT_BAD, alone. */
uint32_t code_point_next(const char **text);

/* Columns a code point takes on a terminal: 0 for combining marks, 2 for East Asian wide
 * characters and pictures, else 1. */
size_t code_point_columns(uint32_t code);

#endif
