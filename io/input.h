#ifndef TIEOUT_INPUT_H
#define TIEOUT_INPUT_H

#include "ledger.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* One file of the ledger, as whoever looked at it first found it. Fixed size, so that one rank
 * can tell the others. */
struct input_file {
    int64_t size;         /* bytes */
    int64_t data_begin;   /* offset of the first data record */
    int64_t header_lines; /* newlines before data_begin */
    struct ledger_layout layout;
};

/* Looks at a file's kind, size and header. STATUS_NO_INPUT if it is missing or not a regular
 * file, STATUS_PERMISSION if it may not be read, STATUS_DATA if it is empty, compressed, UTF-16
 * or its header lacks a required column; the sentence names path. */
enum status input_inspect(const char *path, struct input_file *file, struct error *err);

/* Opens path for input_read; *fd is -1 on failure, and the caller closes it. STATUS_DATA if its
 * size is not file->size, as when ranks on two nodes see two files, or it is being written. */
enum status input_open(const char *path, const struct input_file *file, int *fd,
                       struct error *err);

/* Reads exactly n bytes at offset. A shorter file is STATUS_DATA, a read error
 * STATUS_NO_INPUT. */
enum status input_read(int fd, const char *path, int64_t offset, char *byte, size_t n,
                       struct error *err);

#endif
