#ifndef TIEOUT_MIME_TEXT_H
#define TIEOUT_MIME_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* The encodings of mail. What is written is ASCII in lines of at most 76 characters that end
 * with CR LF. Errors stay in the stream. */

/* The header "name: value" of free text (a subject): beyond plain ASCII, or too long for a line,
 * as encoded words (RFC 2047). No value can end the header and begin another. */
void mime_write_header(FILE *out, const char *name, const char *value);

/* Text whose lines end with \n as quoted-printable (RFC 2045). */
void mime_write_quoted(FILE *out, const char *text);

/* Any bytes in base64. */
void mime_write_base64(FILE *out, const char *byte, size_t n);

#endif
