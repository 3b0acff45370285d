#ifndef TIEOUT_ASCII_H
#define TIEOUT_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* Classes of ASCII bytes, whatever the locale; bytes of UTF-8 beyond ASCII belong to none. */

static inline bool ascii_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool ascii_is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Moves *text and *length to what stands between the blanks at both ends. */
static inline void ascii_trim(const char **text, size_t *length)
{
    while (*length > 0 && ascii_is_blank((*text)[*length - 1]))
        --*length;
    while (*length > 0 && ascii_is_blank(**text)) {
        ++*text;
        --*length;
    }
}

#endif
