#ifndef TIEOUT_INPUT_SOURCE_H
#define TIEOUT_INPUT_SOURCE_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* A ledger file as a line of text bytes, whether it lies there plain or packed. Packed files are
 * unpacked as they are read, with a few hundred kilobytes (zstd: up to its window of 128 MiB). */
struct input_source;

enum input_packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

/* Opens path, which must outlive the source, at its first byte; the packing is told by what the
 * file begins with, not by its name. STATUS_NO_INPUT if it is missing or not a regular file,
 * STATUS_PERMISSION if it may not be read; the sentence names path. *out is produced. */
enum status input_source_open(const char *path, struct input_source **out, struct error *err);
void input_source_close(struct input_source *source); /* NULL is fine */

enum input_packing input_source_packing(const struct input_source *source);
int64_t input_source_size(const struct input_source *source); /* bytes of the file as it lies */
int64_t input_source_taken(const struct input_source *source); /* of these, read so far */

/* Moves on to an offset of the text, which must not lie before what has been read. */
enum status input_source_skip(struct input_source *source, int64_t offset, struct error *err);

/* Reads n bytes; *got < n only where the text ends. A file that is cut off or damaged is
 * STATUS_DATA, a read error STATUS_NO_INPUT. */
enum status input_source_read(struct input_source *source, char *byte, size_t n, size_t *got,
                              struct error *err);

#endif
