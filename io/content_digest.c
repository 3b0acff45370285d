/* One running hash per part, so that columns written piece by piece hash as if each had been
 * written whole; the parts' hashes are put together in an order that no run can change. */
#include "content_digest.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct digest_part {
    char *name;
    struct sha256 *sha;
};

static enum status make_room(struct content_digest *digest, struct error *err)
{
    if (digest->n_part < digest->capacity)
        return STATUS_OK;
    size_t capacity = mem_grow(digest->capacity, digest->n_part + 1);
    struct digest_part *part = mem_resize(digest->part, capacity, sizeof *part);
    if (part == NULL)
        return error_no_memory(err, "the content digest");
    digest->part = part;
    digest->capacity = capacity;
    return STATUS_OK;
}

enum status content_digest_part(struct content_digest *digest, const char *name,
                                struct sha256 **sha, struct error *err)
{
    enum status st = STATUS_OK;
    struct digest_part part = {0};
    size_t length = strlen(name);

    TRY(make_room(digest, err));
    TRY(sha256_create(&part.sha, err));
    part.name = mem_array(length + 1, 1);
    if (part.name == NULL)
        TRY(error_no_memory(err, "the content digest"));
    memcpy(part.name, name, length);
    sha256_add_text(part.sha, name, length);
    digest->part[digest->n_part++] = part;
    *sha = part.sha;
    part.sha = NULL;
done:
    sha256_free(part.sha);
    return st;
}

static int by_name(const void *a, const void *b)
{
    const struct digest_part *left = a, *right = b;
    return strcmp(left->name, right->name);
}

enum status content_digest_finish(struct content_digest *digest, char hex[SHA256_HEX],
                                  struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *whole = NULL;
    unsigned char hash[SHA256_BYTES];

    if (digest->n_part > 0)
        qsort(digest->part, digest->n_part, sizeof *digest->part, by_name);
    TRY(sha256_create(&whole, err));
    for (size_t i = 0; i < digest->n_part; i++) {
        TRY(sha256_finish(digest->part[i].sha, hash, err));
        sha256_add(whole, hash, sizeof hash);
    }
    TRY(sha256_finish(whole, hash, err));
    sha256_format(hash, hex);
done:
    sha256_free(whole);
    return st;
}

void content_digest_free(struct content_digest *digest)
{
    for (size_t i = 0; i < digest->n_part; i++) {
        free(digest->part[i].name);
        sha256_free(digest->part[i].sha);
    }
    free(digest->part);
    *digest = (struct content_digest){0};
}
