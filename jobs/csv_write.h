#ifndef TIEOUT_CSV_WRITE_H
#define TIEOUT_CSV_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes RFC 4180 records, field by field. Errors stay in the stream, for ferror. */
struct csv_writer {
    FILE *out;
    bool inside; /* a record has begun */
};

/* A text cell. One that a spreadsheet would take for a formula (it begins with = + - @, a tab
 * or a line end) gets a leading apostrophe. */
void csv_write_text(struct csv_writer *writer, const char *text);

/* A number that reads back as the same double; empty for NaN. Never gets an apostrophe. */
void csv_write_real(struct csv_writer *writer, double value);
void csv_write_integer(struct csv_writer *writer, int64_t value);

/* Ends the record with CR LF. */
void csv_write_end(struct csv_writer *writer);

#endif
