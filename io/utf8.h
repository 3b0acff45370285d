#ifndef TIEOUT_UTF8_H
#define TIEOUT_UTF8_H

#include <stddef.h>

/* Copies text, with U+FFFD in place of each byte that is not part of well-formed UTF-8 and of
 * each NUL, and terminates it. Returns the length without the terminator. out NULL: only the
 * length. */
size_t utf8_repair(const char *text, size_t length, char *out);

#endif
