/* Code points of UTF-8 text, one by one, for fitting text into a table. Decoded strictly (no
 * overlong forms, no surrogates), although the results writer repairs text: a results file may
 * come from elsewhere. The C library's own decoder and widths follow the locale, which a batch
 * job may not have set. */
#include "code_point.h"

#include <stdbool.h>

/* First bytes from `lead` on, up to the next entry's, begin `length` bytes, whose value is at
 * least `least`. */
static const struct form {
    unsigned char lead;
    size_t length;
    uint32_t least;
} FORM[] = {{0xF8, 0, 0},    {0xF0, 4, 0x10000}, {0xE0, 3, 0x800},
            {0xC0, 2, 0x80}, {0x80, 0, 0},       {0x00, 1, 0}};

static const struct form *form_of(unsigned char lead)
{
    const struct form *form = FORM;

    while (lead < form->lead)
        form++;
    return form;
}

/* The continuation bytes behind a lead byte; false at the first byte that is none. */
static bool append_tail(const char *text, size_t length, uint32_t *code)
{
    for (size_t i = 1; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte & 0xC0) != 0x80)
            return false;
        *code = *code << 6 | (byte & 0x3F);
    }
    return true;
}

uint32_t code_point_next(const char **text)
{
    const char *here = *text;
    unsigned char lead = (unsigned char)*here;
    const struct form *form = form_of(lead);
    uint32_t code = lead & (form->length > 1 ? 0x7Fu >> form->length : 0x7Fu);

    if (form->length == 0 || !append_tail(here, form->length, &code) || code < form->least ||
        code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        *text = here + 1;
        return CODE_POINT_BAD;
    }
    *text = here + form->length;
    return code;
}

static bool is_between(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

size_t code_point_columns(uint32_t code)
{
    if (is_between(code, 0x300, 0x36F) || is_between(code, 0x20D0, 0x20FF) ||
        is_between(code, 0xFE00, 0xFE0F) || is_between(code, 0x200B, 0x200F))
        return 0;
    if (is_between(code, 0x1100, 0x115F) || is_between(code, 0x2E80, 0xA4CF) ||
        is_between(code, 0xAC00, 0xD7A3) || is_between(code, 0xF900, 0xFAFF) ||
        is_between(code, 0xFE30, 0xFE6F) || is_between(code, 0xFF00, 0xFF60) ||
        is_between(code, 0xFFE0, 0xFFE6) || is_between(code, 0x1F300, 0x1FAFF) ||
        is_between(code, 0x20000, 0x3FFFD))
        return 2;
    return 1;
}
