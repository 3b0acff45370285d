/* SHA-256 against the examples of FIPS 180-4 and hashes worked out by sha256sum. */
#include "sha256.h"

#include "content_digest.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hash_pieces(const char *text, size_t n, size_t piece, char hex[SHA256_HEX])
{
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    struct error err;

    CU_ASSERT_EQUAL_FATAL(sha256_create(&sha, &err), STATUS_OK);
    for (size_t i = 0; i < n; i += piece)
        sha256_add(sha, text + i, n - i < piece ? n - i : piece);
    CU_ASSERT_EQUAL_FATAL(sha256_finish(sha, hash, &err), STATUS_OK);
    sha256_format(hash, hex);
    sha256_free(sha);
}

static void check_examples(void)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char hex[SHA256_HEX];

    hash_pieces("abc", 3, 3, hex);
    CU_ASSERT_STRING_EQUAL(hex,
                           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_pieces("", 0, 1, hex);
    CU_ASSERT_STRING_EQUAL(hex,
                           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t piece = 1; piece < sizeof two_blocks; piece++) {
        hash_pieces(two_blocks, sizeof two_blocks - 1, piece, hex);
        CU_ASSERT_STRING_EQUAL(
            hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }
}

static void check_texts(void)
{
    static const unsigned char expected[] = "\3\0\0\0\0\0\0\0abc\0\0\0\0\0\0\0\0";
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    char hex[SHA256_HEX], plain[SHA256_HEX];
    struct error err;

    CU_ASSERT_EQUAL_FATAL(sha256_create(&sha, &err), STATUS_OK);
    sha256_add_text(sha, "abc", 3);
    sha256_add_text(sha, "", 0);
    CU_ASSERT_EQUAL(sha256_finish(sha, hash, &err), STATUS_OK);
    sha256_format(hash, hex);
    sha256_free(sha);
    hash_pieces((const char *)expected, sizeof expected - 1, 1, plain);
    CU_ASSERT_STRING_EQUAL(hex, plain);
}

/* A million times "a", as FIPS 180-4 has it: longer than one read is likely to give. */
static void check_file(void)
{
    char path[] = "/tmp/tieout-sha-XXXXXX", hex[SHA256_HEX];
    struct error err;
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(sha256_file(path, hex, &err), STATUS_OK);
    CU_ASSERT_NSTRING_EQUAL(hex, "e3b0c442", 8);
    for (int i = 0; i < 1000000; i++)
        fputc('a', file);
    fclose(file);
    CU_ASSERT_EQUAL(sha256_file(path, hex, &err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(hex,
                           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    unlink(path);
    CU_ASSERT_EQUAL(sha256_file(path, hex, &err), STATUS_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_EQUAL(sha256_file("/tmp", hex, &err), STATUS_NO_INPUT);
}

/* A hundred bytes in two parts, cut everywhere, the state copied at the cut. */
static void check_states(void)
{
    char path[] = "/tmp/tieout-sha-XXXXXX", hex[SHA256_HEX], whole[SHA256_HEX], text[100];
    struct error err;
    int fd = mkstemp(path);

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('0' + i % 10);
    CU_ASSERT_FATAL(fd >= 0 && write(fd, text, sizeof text) == (ssize_t)sizeof text);
    close(fd);
    hash_pieces(text, sizeof text, sizeof text, whole);
    for (int64_t cut = 0; cut <= (int64_t)sizeof text; cut++) {
        struct sha256_state first, second;
        sha256_state_begin(&first);
        CU_ASSERT_EQUAL(sha256_state_add_file(&first, path, 0, cut, &err), STATUS_OK);
        second = first;
        memset(&first, 0xff, sizeof first);
        CU_ASSERT_EQUAL(sha256_state_add_file(&second, path, cut, sizeof text, &err),
                        STATUS_OK);
        sha256_state_format(&second, hex);
        CU_ASSERT_STRING_EQUAL(hex, whole);
    }
    struct sha256_state state;
    sha256_state_begin(&state);
    CU_ASSERT_EQUAL(sha256_state_add_file(&state, path, 0, sizeof text + 1, &err), STATUS_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "ends at byte 100"));
    unlink(path);
    CU_ASSERT_EQUAL(sha256_state_add_file(&state, path, 0, 1, &err), STATUS_NO_INPUT);
}

/* Digest of parts "b" and "a" with given bytes, b begun first or not, in one piece or two. */
static void digest_of(const char *a, const char *b, int b_first, char hex[SHA256_HEX])
{
    struct content_digest digest = {0};
    struct sha256 *part[2] = {NULL, NULL};
    struct error err;

    for (int i = 0; i < 2; i++) {
        int is_b = i == 0 ? b_first : !b_first;
        CU_ASSERT_EQUAL_FATAL(content_digest_part(&digest, is_b ? "b" : "a", &part[is_b], &err),
                              STATUS_OK);
    }
    sha256_add(part[0], a, 1);
    sha256_add(part[1], b, strlen(b));
    sha256_add(part[0], a + 1, strlen(a) - 1);
    CU_ASSERT_EQUAL(content_digest_finish(&digest, hex, &err), STATUS_OK);
    content_digest_free(&digest);
    content_digest_free(&digest);
}

static void check_content_digest(void)
{
    char hex[SHA256_HEX], other[SHA256_HEX];

    digest_of("xy", "z", 1, hex);
    /* printf '\1\0\0\0\0\0\0\0axy' | sha256sum, the same for bz, and of both hashes' bytes. */
    CU_ASSERT_STRING_EQUAL(hex,
                           "4269c65f18b8e340f21a524c949c5187fa53e2ece1cc3021334b6a60159cb164");
    digest_of("xy", "z", 0, other);
    CU_ASSERT_STRING_EQUAL(hex, other);
    digest_of("x", "yz", 1, other);
    CU_ASSERT_STRING_NOT_EQUAL(hex, other);
}

int main(void)
{
    static const struct fact fact[] = {
        {"the standard's examples, in pieces of every size", check_examples},
        {"texts are preceded by their lengths", check_texts},
        {"files are hashed whole; a missing one and a folder are errors", check_file},
        {"a hash can be gone on with from a copy of its state", check_states},
        {"parts count by name, not by when they came", check_content_digest},
    };
    return suite_run("sha256", fact, sizeof fact / sizeof *fact);
}
