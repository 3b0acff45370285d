/* What of a ledger's text may stand in a mail, character by character. A header must not get a
 * line end, which would begin another header, and no text may rearrange the text around it on
 * the reader's screen. Scripts that run from right to left are fine; only the characters that
 * override the direction, which names have no use for, are replaced. */
#include "mail_character.h"

#include "code_point.h"

#include <stdbool.h>

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

static bool turns_direction(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

const char *mail_character_next(const char **text, size_t *n)
{
    static const char REPLACEMENT[] = "\xEF\xBF\xBD";
    const char *start = *text;
    uint32_t code = code_point_next(text);

    *n = (size_t)(*text - start);
    if (is_control(code)) {
        *n = 1;
        return " ";
    }
    if (code == CODE_POINT_BAD || turns_direction(code)) {
        *n = sizeof REPLACEMENT - 1;
        return REPLACEMENT;
    }
    return start;
}
