/* Repairing text that is not UTF-8, against every number up to 21 bits written as UTF-8 writes
 * code points, of which those that are none must not pass; and the store of texts. */
#include "utf8.h"

#include "suite.h"
#include "text_store.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t encode(uint32_t c, char out[4])
{
    unsigned char *o = (unsigned char *)out;
    if (c < 0x80)
        return o[0] = (unsigned char)c, 1;
    if (c < 0x800)
        return o[0] = (unsigned char)(0xc0 | c >> 6), o[1] = (unsigned char)(0x80 | (c & 63)),
               2;
    if (c < 0x10000) {
        o[0] = (unsigned char)(0xe0 | c >> 12);
        o[1] = (unsigned char)(0x80 | (c >> 6 & 63));
        o[2] = (unsigned char)(0x80 | (c & 63));
        return 3;
    }
    o[0] = (unsigned char)(0xf0 | c >> 18);
    o[1] = (unsigned char)(0x80 | (c >> 12 & 63));
    o[2] = (unsigned char)(0x80 | (c >> 6 & 63));
    o[3] = (unsigned char)(0x80 | (c & 63));
    return 4;
}

static void check_all_characters(void)
{
    char text[4], out[16];
    size_t wrong = 0;

    for (uint32_t c = 1; c < 0x200000; c++) {
        size_t n = encode(c, text);
        int valid = c < 0x110000 && (c < 0xd800 || c > 0xdfff);
        size_t length = utf8_repair(text, n, out);
        wrong += valid ? length != n || memcmp(out, text, n) != 0 : length != 3 * n;
        if (n > 1 && valid) /* cut short: every byte left is replaced */
            wrong += utf8_repair(text, n - 1, out) != 3 * (n - 1);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void expect(const char *text, size_t n, const char *repaired)
{
    char out[64];

    CU_ASSERT_EQUAL(utf8_repair(text, n, NULL), strlen(repaired));
    CU_ASSERT_EQUAL(utf8_repair(text, n, out), strlen(repaired));
    CU_ASSERT_STRING_EQUAL(out, repaired);
}

#define BAD "\xef\xbf\xbd"

static void check_examples(void)
{
    expect("", 0, "");
    expect("caf\xe9", 4, "caf" BAD);
    expect("a\0b", 3, "a" BAD "b");
    expect("\xc3\xbc\xc3", 3, "\xc3\xbc" BAD);
    expect("\xc0\x80", 2, BAD BAD);         /* overlong NUL */
    expect("\xe0\x9f\xbf", 3, BAD BAD BAD); /* overlong U+07FF */
    expect("\xe2\x82"
           "A\xac",
           4, BAD BAD "A" BAD);
    expect("\xff\xe2\x82\xac", 4, BAD "\xe2\x82\xac");
}

static void check_store(void)
{
    struct text_store store = {0};
    char *small = text_store_take(3, &store);

    CU_ASSERT_PTR_NOT_NULL_FATAL(small);
    strcpy(small, "ab");
    for (size_t size = 1; size < (3u << 20); size = size * 3 / 2 + 1) {
        char *text = text_store_take(size, &store);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        memset(text, 'x', size);
    }
    CU_ASSERT_STRING_EQUAL(small, "ab");
    CU_ASSERT_PTR_NULL(text_store_take(SIZE_MAX, &store));
    CU_ASSERT_STRING_EQUAL(small, "ab");
    text_store_free(&store);
    CU_ASSERT_PTR_NULL(store.block);
    text_store_free(&store);
}

int main(void)
{
    static const struct fact fact[] = {
        {"every character is kept, every other sequence replaced byte for byte",
         check_all_characters},
        {"Latin-1, NUL, cut and overlong characters are replaced", check_examples},
        {"texts in a store stay where they are until it is freed", check_store},
    };
    return suite_run("utf8", fact, sizeof fact / sizeof *fact);
}
