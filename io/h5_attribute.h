#ifndef TIEOUT_H5_ATTRIBUTE_H
#define TIEOUT_H5_ATTRIBUTE_H

#include "h5_out.h"
#include <stdint.h>

/* Attributes of a group or dataset, which is named in full. Texts become UTF-8 where they are
 * not, as utf8_repair does it. Failures as h5_out_check tells them. */
enum status h5_attribute_text(struct h5_out *out, const char *object, const char *name,
                              const char *text, struct error *err);
enum status h5_attribute_texts(struct h5_out *out, const char *object, const char *name,
                               const char *const *text, size_t n, struct error *err);
enum status h5_attribute_integer(struct h5_out *out, const char *object, const char *name,
                                 int64_t value, struct error *err);
enum status h5_attribute_real(struct h5_out *out, const char *object, const char *name,
                              double value, struct error *err);

#endif
