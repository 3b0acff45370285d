/* Wiki markup, in which nearly every punctuation mark may mean something: emphasis, macros, links,
 * images, mentions, smileys. Jira's renderer takes a backslash before some of them; the others,
 * and the backslash, which would break the line, are written as character references: the number
 * sign of a list, the colon of a link or a smiley, and the full stop of letters that make a line
 * a heading or a quotation. */
#include "wiki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char WITH_BACKSLASH[] = "![]^~+?%{}()*_-|@";
static const char AS_REFERENCE[] = "\\#&<>";

/* Whether the line would be a block of its own: "h1. ", "bq. ". */
static bool is_block(const char *text)
{
    return (text[0] == 'h' && text[1] >= '1' && text[1] <= '6' && text[2] == '.') ||
           strncmp(text, "bq.", 3) == 0;
}

static void write_escaped(FILE *out, const char *text)
{
    size_t stop = is_block(text) ? 2 : SIZE_MAX;

    for (size_t i = 0; text[i] != '\0'; i++) {
        bool joins = text[i] == ':' && text[i + 1] != ' ' && text[i + 1] != '\0';
        if (i == stop || joins || strchr(AS_REFERENCE, text[i]) != NULL)
            fprintf(out, "&#%d;", text[i]);
        else if (strchr(WITH_BACKSLASH, text[i]) != NULL)
            fprintf(out, "\\%c", text[i]);
        else
            fputc(text[i], out);
    }
}

static void write_part(FILE *out, const struct ticket_part *part)
{
    switch (part->kind) {
    case PART_HEADING:
        fputs("h3. ", out);
        break;
    case PART_FACT:
        fputs("||", out);
        write_escaped(out, part->label);
        fputc('|', out);
        break;
    case PART_ITEM:
        fputs("* ", out);
        break;
    case PART_PARAGRAPH:
        break;
    }
    write_escaped(out, part->text);
    fputs(part->kind == PART_FACT ? "|\n" : "\n", out);
}

char *wiki_text(const struct ticket_text *text)
{
    char *markup = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&markup, &n);

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < text->n; i++) {
        bool grouped = text->part[i].kind == PART_FACT || text->part[i].kind == PART_ITEM;
        if (i > 0 && !(grouped && text->part[i - 1].kind == text->part[i].kind))
            fputc('\n', out);
        write_part(out, &text->part[i]);
    }
    if (fclose(out) != 0) {
        free(markup);
        return NULL;
    }
    return markup;
}
