/* SHA-256, computed by OpenSSL, which uses the processor's instructions for it where there are
 * any (measured here: 1.7 GB/s with them). Failures, which OpenSSL has only when memory is short,
 * are collected and told at the end, so that adding needs no check.
 *
 * A state to hand on comes from OpenSSL's older interface, which is deprecated, but the only one
 * whose state is plain bytes. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sha256.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BLOCK = 256 << 10 }; /* bytes that stay in the cache while they are hashed */

struct sha256 {
    EVP_MD_CTX *context;
    bool failed;
};

enum status sha256_create(struct sha256 **out, struct error *err)
{
    struct sha256 *sha = mem_array(1, sizeof *sha);
    if (sha != NULL)
        sha->context = EVP_MD_CTX_new();
    if (sha == NULL || sha->context == NULL ||
        EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL) != 1) {
        sha256_free(sha);
        return error_no_memory(err, "a checksum");
    }
    *out = sha;
    return STATUS_OK;
}

void sha256_free(struct sha256 *sha)
{
    if (sha != NULL)
        EVP_MD_CTX_free(sha->context);
    free(sha);
}

void sha256_add(struct sha256 *sha, const void *byte, size_t n)
{
    if (n > 0 && EVP_DigestUpdate(sha->context, byte, n) != 1)
        sha->failed = true;
}

void sha256_add_text(struct sha256 *sha, const char *text, size_t length)
{
    unsigned char size[8];

    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)((uint64_t)length >> (8 * i) & 0xff);
    sha256_add(sha, size, sizeof size);
    sha256_add(sha, text, length);
}

enum status sha256_finish(struct sha256 *sha, unsigned char hash[SHA256_BYTES],
                          struct error *err)
{
    if (sha->failed || EVP_DigestFinal_ex(sha->context, hash, NULL) != 1)
        return error_no_memory(err, "a checksum");
    return STATUS_OK;
}

void sha256_format(const unsigned char hash[SHA256_BYTES], char hex[SHA256_HEX])
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < SHA256_BYTES; i++) {
        hex[2 * i] = digit[hash[i] >> 4];
        hex[2 * i + 1] = digit[hash[i] & 15];
    }
    hex[2 * SHA256_BYTES] = '\0';
}

static enum status cannot_read(const char *path, int reason, struct error *err)
{
    return error_set(err, reason == EACCES ? STATUS_PERMISSION : STATUS_NO_INPUT,
                     "cannot read %s: %s", path, strerror(reason));
}

/* Adds what is left of an open file; 0 or errno. */
static int add_descriptor(struct sha256 *sha, int fd, unsigned char *block)
{
    for (;;) {
        ssize_t got = read(fd, block, READ_BLOCK);
        if (got == 0)
            return 0;
        if (got > 0)
            sha256_add(sha, block, (size_t)got);
        else if (errno != EINTR)
            return errno;
    }
}

enum status sha256_file(const char *path, char hex[SHA256_HEX], struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    unsigned char *block = mem_array(READ_BLOCK, 1);
    int fd = -1;

    if (block == NULL)
        TRY(error_no_memory(err, "a read buffer"));
    TRY(sha256_create(&sha, err));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    int reason = fd < 0 ? errno : add_descriptor(sha, fd, block);
    if (reason != 0)
        TRY(cannot_read(path, reason, err));
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, hex);
done:
    if (fd >= 0)
        close(fd);
    sha256_free(sha);
    free(block);
    return st;
}

/* ---- in parts ------------------------------------------------------------------------------- */

_Static_assert(sizeof(SHA256_CTX) == SHA256_STATE, "a state is OpenSSL's, byte by byte");

void sha256_state_begin(struct sha256_state *state)
{
    SHA256_CTX context;

    SHA256_Init(&context);
    memcpy(state->byte, &context, sizeof context);
}

void sha256_state_format(const struct sha256_state *state, char hex[SHA256_HEX])
{
    SHA256_CTX context;
    unsigned char hash[SHA256_BYTES];

    memcpy(&context, state->byte, sizeof context);
    SHA256_Final(hash, &context);
    sha256_format(hash, hex);
}

/* Adds the bytes [begin, end) of an open file, fewer where it ends; *at: where it stopped. 0 or
 * errno. */
static int add_part(SHA256_CTX *context, int fd, int64_t begin, int64_t end,
                    unsigned char *block, int64_t *at)
{
    for (*at = begin; *at < end;) {
        size_t n = end - *at < READ_BLOCK ? (size_t)(end - *at) : READ_BLOCK;
        ssize_t got = pread(fd, block, n, *at);
        if (got == 0)
            return 0;
        if (got > 0) {
            SHA256_Update(context, block, (size_t)got);
            *at += got;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

enum status sha256_state_add_file(struct sha256_state *state, const char *path, int64_t begin,
                                  int64_t end, struct error *err)
{
    SHA256_CTX context;
    unsigned char *block = mem_array(READ_BLOCK, 1);
    int fd = -1;
    int64_t at = begin;
    enum status st = STATUS_OK;

    if (block == NULL)
        TRY(error_no_memory(err, "a read buffer"));
    memcpy(&context, state->byte, sizeof context);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    int reason = fd < 0 ? errno : add_part(&context, fd, begin, end, block, &at);
    if (reason != 0)
        TRY(cannot_read(path, reason, err));
    if (at < end)
        TRY(error_set(err, STATUS_DATA, "%s: ends at byte %lld: is it being rewritten?", path,
                      (long long)at));
    memcpy(state->byte, &context, sizeof context);
done:
    if (fd >= 0)
        close(fd);
    free(block);
    return st;
}
