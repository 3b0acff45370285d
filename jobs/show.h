#ifndef TIEOUT_SHOW_H
#define TIEOUT_SHOW_H

#include "results_read.h"
#include "settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct show_plan {
    enum show_format format;
    size_t top;   /* how many findings at most, from the most anomalous; 0 means all */
    size_t width; /* of the terminal, for the table; 0 means as wide as it needs */
    bool color;   /* the table, for a terminal that has them */
};

/* Writes the findings. CSV and JSON are complete and exact; the table is for reading and cuts
 * long texts. No findings: the table says so, CSV is its header, JSON an empty array.
 * STATUS_WRITE if out took an error, out is flushed first. */
enum status show_write(const struct findings *findings, const struct show_plan *plan, FILE *out,
                       struct error *err);

#endif
