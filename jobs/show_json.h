#ifndef TIEOUT_SHOW_JSON_H
#define TIEOUT_SHOW_JSON_H

#include "results_read.h"

#include <stddef.h>
#include <stdio.h>

/* The first n findings as an array of objects, one a line. Numbers are numbers and read back as
 * the same doubles; what is missing is null. Texts are passed on as
 * the UTF-8 they are stored as.
 * STATUS_INTERNAL if memory is short; write errors stay in the stream. */
enum status show_json_write(const struct findings *findings, size_t n, FILE *out,
                            struct error *err);

#endif
