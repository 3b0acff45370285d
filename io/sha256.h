#ifndef TIEOUT_SHA256_H
#define TIEOUT_SHA256_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

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

enum { SHA256_STATE = 112 };

/* A hash under way, as bytes that may be copied: another process of this program, on this kind
 * of machine, can go on with it. */
struct sha256_state {
    unsigned char byte[SHA256_STATE];
};

void sha256_state_begin(struct sha256_state *state);

/* Adds the bytes [begin, end) of a file. STATUS_NO_INPUT or STATUS_PERMISSION if it cannot be
 * read, STATUS_DATA if it ends before end; the state is then not to be gone on with. */
enum status sha256_state_add_file(struct sha256_state *state, const char *path, int64_t begin,
                                  int64_t end, struct error *err);

/* Lower-case hexadecimal digits of the hash of all that was added; the state stays as it is. */
void sha256_state_format(const struct sha256_state *state, char hex[SHA256_HEX]);

#endif
