#ifndef TIEOUT_SHA256_H
#define TIEOUT_SHA256_H

#include "status.h"
#include <stddef.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 2 * SHA256_BYTES + 1 };

/* A running SHA-256. */
struct sha256;

enum status sha256_create(struct sha256 **out, struct error *err); /* *out is produced */
void sha256_free(struct sha256 *sha);                              /* NULL is fine */

/* Adds bytes. A failure is kept and told by sha256_finish. */
void sha256_add(struct sha256 *sha, const void *byte, size_t n);

/* Adds the length as 8 little-endian bytes, then the text: no two lists of texts add the same. */
void sha256_add_text(struct sha256 *sha, const char *text, size_t length);

/* The hash of what was added, once; sha is then only to be freed. */
enum status sha256_finish(struct sha256 *sha, unsigned char hash[SHA256_BYTES],
                          struct error *err);

/* Lower-case hexadecimal digits of hash, terminated. */
void sha256_format(const unsigned char hash[SHA256_BYTES], char hex[SHA256_HEX]);

/* The hash of a file's bytes as they lie there. STATUS_NO_INPUT or STATUS_PERMISSION if it cannot be read. */
enum status sha256_file(const char *path, char hex[SHA256_HEX], struct error *err);

#endif
