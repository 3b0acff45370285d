#ifndef TIEOUT_CSV_H
#define TIEOUT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 4180 in any cut: commas, LF or CRLF, fields in double quotes in which "" is a quote and
 * commas and newlines are text. Quoting is well formed when a quote opens a field as its first
 * byte and, after the closing one, the field ends; then the number of quotes before a byte
 * tells whether it is inside quotes, and that is what lets a file be cut anywhere. */

/* One field of a record, pointing into the caller's bytes. If it was quoted, text excludes the
 * outer quotes, and escaped tells whether "" remain inside (csv_unescape removes them). */
struct csv_field {
    const char *text;
    size_t length;
    bool quoted;
    bool escaped;
};

enum csv_end {
    CSV_RECORD,     /* a record was read */
    CSV_NONE,       /* no byte is left */
    CSV_MORE,       /* the record goes on behind `end`: come back with more bytes */
    CSV_BARE_QUOTE, /* a quote inside an unquoted field, or text after a closing quote */
    CSV_OPEN_QUOTE  /* the input ends inside quotes */
};

/* What a cut needs to know of the bytes before it. */
struct csv_count {
    int64_t quotes;
    int64_t newlines; /* LF, inside quotes or not: what editors number lines by */
};

/* Adds the quotes and newlines of byte[n] to *count. */
void csv_count_bytes(const char *byte, size_t n, struct csv_count *count);

/* First position in byte[n] at which a record begins, when byte[0] follows a byte sequence
 * that ends inside quotes or not, and previous is the byte before byte[0] ('\n' at the start
 * of the data). n if none begins here. */
size_t csv_first_record(const char *byte, size_t n, bool inside_quotes, char previous);

/* Reads the record at *cursor, which lies in [.., end). Moves *cursor behind it and its line
 * end (which is not part of the last field, nor is a CR before it), sets field[0 .. min(*n_field,
 * max_field)) and the true number of fields *n_field, and adds the newlines passed to *lines.
 * is_last: end is the end of the file, so a record may end without a newline; otherwise such a
 * record is CSV_MORE, and nothing has moved. An empty line is a record with one empty field.
 * On CSV_BARE_QUOTE and CSV_OPEN_QUOTE, *cursor stays and *lines has the newlines up to the
 * offending field's opening or quote. */
enum csv_end csv_read_record(const char **cursor, const char *end, bool is_last,
                             struct csv_field *field, size_t max_field, size_t *n_field,
                             int64_t *lines);

/* Copies a field's text with "" reduced to "; returns the length, at most field->length. out
 * has room for field->length bytes. */
size_t csv_unescape(const struct csv_field *field, char *out);

#endif
