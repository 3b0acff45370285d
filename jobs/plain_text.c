/* The text of a ticket where nothing is markup. */
#include "plain_text.h"

#include <stdio.h>
#include <stdlib.h>

static void write_part(FILE *out, const struct ticket_part *part)
{
    static const char *const LEAD[] = {
        [PART_HEADING] = "\n", [PART_PARAGRAPH] = "", [PART_FACT] = "  ", [PART_ITEM] = "  - "};

    fputs(LEAD[part->kind], out);
    if (part->kind == PART_FACT)
        fprintf(out, "%s: ", part->label);
    fprintf(out, "%s\n", part->text);
}

char *plain_text(const struct ticket_text *text)
{
    char *plain = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&plain, &n);

    if (out == NULL)
        return NULL;
    fprintf(out, "%s\n", text->title);
    for (size_t i = 0; i < text->n; i++)
        write_part(out, &text->part[i]);
    if (fclose(out) != 0) {
        free(plain);
        return NULL;
    }
    return plain;
}
