/* CSV for spreadsheets and programs. Spreadsheets run a cell such as =HYPERLINK(...) as a
 * formula, whether it is quoted or not, so text out of a ledger that looks like one is marked
 * with an apostrophe: visible, reversible, and what the spreadsheets themselves mean by "text".
 * A program that reads the file back removes one leading apostrophe before = + - @ TAB CR LF.
 * Reading CSV is csv.h's. */
#include "csv_write.h"

#include "amount_text.h"

#include <inttypes.h>
#include <string.h>

static void begin_field(struct csv_writer *writer)
{
    if (writer->inside)
        fputc(',', writer->out);
    writer->inside = true;
}

static bool looks_like_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

void csv_write_text(struct csv_writer *writer, const char *text)
{
    bool quote = strpbrk(text, ",\"\r\n") != NULL;

    begin_field(writer);
    if (quote)
        fputc('"', writer->out);
    if (looks_like_formula(text))
        fputc('\'', writer->out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', writer->out);
        fputc(*text, writer->out);
    }
    if (quote)
        fputc('"', writer->out);
}

void csv_write_real(struct csv_writer *writer, double value)
{
    char text[AMOUNT_TEXT];

    amount_exact(value, text);
    begin_field(writer);
    fputs(text, writer->out);
}

void csv_write_integer(struct csv_writer *writer, int64_t value)
{
    begin_field(writer);
    fprintf(writer->out, "%" PRId64, value);
}

void csv_write_end(struct csv_writer *writer)
{
    fputs("\r\n", writer->out);
    writer->inside = false;
}
