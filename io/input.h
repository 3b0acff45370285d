#ifndef TIEOUT_INPUT_H
#define TIEOUT_INPUT_H

#include "input_source.h"
#include "ledger.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A header and the records below it, as whoever looked at the file first found them: a file is
 * one table, a stacked sheet several. Fixed size, so that one rank can tell the others. */
struct input_table {
    int32_t file;         /* index of the file it is in */
    int32_t packing;      /* enum input_packing */
    int64_t size;         /* bytes of the file as it lies */
    int64_t data_begin;   /* offset in the text of the first data record */
    int64_t data_end;     /* offset behind the last one, or INPUT_TO_END */
    int64_t header_line;  /* line the header is on, from 1 */
    int64_t header_lines; /* newlines of the text before data_begin */
    struct ledger_layout layout;
};

/* The end of a packed file's text is known when it is there. */
#define INPUT_TO_END INT64_MAX

enum { INPUT_RECORD_MAX = 64 << 20 }; /* a longer record is taken for a lost quote */

/* Tables, appended one file after the other. Zero-initialise; free() table. */
struct input_tables {
    struct input_table *table; /* [n] */
    size_t n;
};

/* Looks at a file's kind, encoding and header, which may stand below lines of title, and appends
 * its table; with stacked, the whole file is read for further headers, each the begin of one
 * more table. STATUS_NO_INPUT if it is missing or not a regular file, STATUS_PERMISSION if it
 * may not be read, STATUS_DATA if it is empty, damaged, UTF-16, or no line is a header with all
 * that is needed; the sentence names path and line. */
enum status input_inspect(const char *path, int32_t file, const struct ledger_terms *terms,
                          bool stacked, struct input_tables *tables, struct error *err);

/* Opens a table's file at an offset of its text. STATUS_DATA if the file is not as large as it
 * was, as when ranks on two nodes see two files, or it is being written. *out is produced. */
enum status input_open(const char *path, const struct input_table *table, int64_t offset,
                       struct input_source **out, struct error *err);

#endif
