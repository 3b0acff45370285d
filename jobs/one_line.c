/* Ledger text and models' answers, made fit for a title, a table cell or a sentence. */
#include "one_line.h"

#include "code_point.h"

#include <stdbool.h>
#include <string.h>

enum kind { PLAIN, BLANK, UNSEEN };

static enum kind kind_of(uint32_t code)
{
    if (code <= 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0x2028 || code == 0x2029)
        return BLANK;
    if (code == 0x061C || code == 0x200E || code == 0x200F ||
        (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
        code == 0xFEFF)
        return UNSEEN;
    return PLAIN;
}

/* A character as it is to be copied. */
struct piece {
    const char *byte;
    size_t n;     /* bytes */
    size_t units; /* of UTF-16 */
};

/* The next character that shows, a blank for any run of white space, no bytes at the end; *text
 * is moved behind it. */
static struct piece next_piece(const char **text)
{
    bool blank = false;
    const char *from = *text;

    while (**text != '\0') {
        from = *text;
        uint32_t code = code_point_next(text);
        enum kind kind = kind_of(code);
        if (kind == PLAIN && blank) {
            *text = from;
            return (struct piece){" ", 1, 1};
        }
        if (kind == PLAIN && code == CODE_POINT_BAD)
            return (struct piece){"\xEF\xBF\xBD", 3, 1};
        if (kind == PLAIN)
            return (struct piece){from, (size_t)(*text - from), code > 0xFFFF ? 2 : 1};
        blank = blank || kind == BLANK;
    }
    return (struct piece){from, 0, 0};
}

void one_line(const char *text, size_t most, char *out)
{
    static const char ELLIPSIS[] = "\xE2\x80\xA6";
    size_t n = 0, units = 0, n_cut = 0; /* n_cut: where an ellipsis still fits */

    text += strspn(text, " ");
    for (struct piece p = next_piece(&text); p.n > 0; p = next_piece(&text)) {
        if (n == 0 && *p.byte == ' ')
            continue;
        if (units + p.units > most) {
            memcpy(out + n_cut, ELLIPSIS, sizeof ELLIPSIS);
            return;
        }
        memcpy(out + n, p.byte, p.n);
        n += p.n;
        units += p.units;
        if (units < most)
            n_cut = n;
    }
    out[n] = '\0';
}
