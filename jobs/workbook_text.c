/* Text for a cell of a workbook. The library refuses a text that is too long and passes on what
 * XML forbids, which makes spreadsheets reject the whole file; so both are settled here. */
#include "workbook_text.h"

#include "code_point.h"

#include <stdint.h>
#include <string.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* XML 1.0's characters; a carriage return would become a line feed when read. */
static bool is_allowed(uint32_t code)
{
    return code >= 0x20 ? code != 0xFFFE && code != 0xFFFF && code != 0x7F
                        : code == '\t' || code == '\n';
}

bool workbook_text(const char *text, char cell[WORKBOOK_CELL_BYTES])
{
    size_t n = 0;
    size_t units = 0;

    while (*text != '\0') {
        const char *from = text;
        uint32_t code = code_point_next(&text);
        bool keep = code != CODE_POINT_BAD && is_allowed(code);
        size_t length = keep ? (size_t)(text - from) : sizeof REPLACEMENT - 1;

        units += code > 0xFFFF ? 2 : 1;
        if (units > WORKBOOK_CELL) {
            cell[n] = '\0';
            return true;
        }
        memcpy(cell + n, keep ? from : REPLACEMENT, length);
        n += length;
    }
    cell[n] = '\0';
    return false;
}
