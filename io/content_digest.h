#ifndef TIEOUT_CONTENT_DIGEST_H
#define TIEOUT_CONTENT_DIGEST_H

#include "sha256.h"

/* A checksum of named parts that arrive in any order and in pieces of any size. */
struct content_digest {
    struct digest_part *part; /* [n_part] */
    size_t n_part, capacity;
};

/* Adds a part; *sha, which takes its bytes, belongs to the digest. Names are distinct. */
enum status content_digest_part(struct content_digest *digest, const char *name,
                                struct sha256 **sha, struct error *err);

/* SHA-256 of the SHA-256s of the parts in alphabetical order of their names; a part's own covers
 * its name (length in 8 little-endian bytes, then the bytes) and what was added to it. */
enum status content_digest_finish(struct content_digest *digest, char hex[SHA256_HEX],
                                  struct error *err);

/* Leaves an empty digest. */
void content_digest_free(struct content_digest *digest);

#endif
