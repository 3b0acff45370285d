#ifndef TIEOUT_H5_COLUMN_H
#define TIEOUT_H5_COLUMN_H

#include "h5_out.h"
#include "results_layout.h"
#include "sha256.h"

/* An appendable dataset with the attributes units and description. One dimension, or, for rows
 * of `width` values, two. Failures as h5_out_check tells them. */
struct h5_column {
    hid_t id;   /* -1: none */
    hid_t type; /* -1: none */
    char *name;
    hsize_t n; /* entries written */
    hsize_t width;
    int rank;
    struct sha256 *digest; /* takes the values as written, texts with their lengths; borrowed.
                            * NULL: not digested */
};

/* Bytes that need not be terminated, nor be UTF-8: what is not is stored as U+FFFD. */
struct span {
    const char *text;
    size_t length;
};

struct span span_of(const char *text); /* all of a terminated text */

/* A column without entries. width 0: one dimension. expected: about how many entries come, from
 * which the chunk follows, so that a small file is not made of large, empty chunks. *column is
 * produced. */
enum status h5_column_create(struct h5_out *out, const struct dataset *what, size_t width,
                             size_t expected, struct sha256 *digest, struct h5_column *column,
                             struct error *err);
void h5_column_close(struct h5_column *column); /* leaves none; none is fine */

/* Appends n entries: value[n * max(width, 1)], of the type that the table gives the column. */
enum status h5_column_append(struct h5_out *out, struct h5_column *column, const void *value,
                             size_t n, struct error *err);

/* The same for a column of texts. */
enum status h5_column_append_texts(struct h5_out *out, struct h5_column *column,
                                   const struct span *text, size_t n, struct error *err);

#endif
