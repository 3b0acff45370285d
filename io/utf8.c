/* Text from ledgers is whatever bytes they hold; what is stored is declared UTF-8, and readers
 * refuse a file whose declaration is wrong. So bytes that are not UTF-8 (and NUL, which would end
 * the text) become the replacement character, one for one. */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Length of the well-formed character (Unicode, table 3-7) at p, of which n bytes are there;
 * 0 if there is none or it is NUL. */
static size_t character_length(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < 2 || !is_tail(p[1]))
        return 0;
    if (p[0] < 0xe0)
        return 2;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0; /* overlong, a surrogate, or beyond U+10FFFF */
    if (n < 3 || !is_tail(p[2]))
        return 0;
    if (p[0] < 0xf0)
        return 3;
    return n >= 4 && is_tail(p[3]) ? 4 : 0;
}

/* How many bytes from p on, of n, are ASCII other than NUL: most of all that is stored. */
static size_t plain_length(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && (unsigned char)(p[i] - 1) < 0x7f)
        i++;
    return i;
}

size_t utf8_repair(const char *text, size_t length, char *out)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t used = 0;

    for (size_t i = 0; i < length;) {
        size_t n = plain_length(text + i, length - i);
        if (n == 0)
            n = character_length((const unsigned char *)text + i, length - i);
        const char *from = n > 0 ? text + i : replacement;
        size_t size = n > 0 ? n : sizeof replacement - 1;
        if (out != NULL)
            memcpy(out + used, from, size);
        used += size;
        i += n > 0 ? n : 1;
    }
    if (out != NULL)
        out[used] = '\0';
    return used;
}
