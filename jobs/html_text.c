/* Text in HTML. Every page and mail writes through here, so there is one place to be right. */
#include "html_text.h"

#include "mail_character.h"

#include <string.h>

void html_write_text(FILE *out, const char *text, size_t limit)
{
    static const char SPECIAL[] = "<>&\"'";
    static const char *const ENTITY[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&#39;"};
    size_t n = 0;

    for (; *text != '\0' && limit > 0; limit--) {
        const char *byte = mail_character_next(&text, &n);
        const char *special = n == 1 ? strchr(SPECIAL, *byte) : NULL;
        if (special != NULL)
            fputs(ENTITY[special - SPECIAL], out);
        else
            fwrite(byte, 1, n, out);
    }
    if (*text != '\0')
        fputs("&hellip;", out);
}

void html_write_name(FILE *out, const char *name, size_t limit)
{
    fputs("<bdi>", out);
    html_write_text(out, name, limit);
    fputs("</bdi>", out);
}
