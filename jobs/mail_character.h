#ifndef TIEOUT_MAIL_CHARACTER_H
#define TIEOUT_MAIL_CHARACTER_H

#include <stddef.h>

/* The next character of UTF-8 text, which is not at its end, as a mail may show it: *n bytes
 * from the pointer returned; moves *text behind it. Control characters and line ends are a
 * blank; bytes that are no UTF-8 and the characters that turn the direction of all that follows
 * (U+202A-202E, U+2066-2069) are U+FFFD. */
const char *mail_character_next(const char **text, size_t *n);

#endif
