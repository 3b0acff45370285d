/* code_point.h against code points encoded by an independent few lines, and malformed bytes from
 * the Unicode standard's table 3-7. */
#include "code_point.h"

#include "suite.h"

static size_t encode(uint32_t code, char out[5])
{
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned LEAD[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(LEAD[n] | code);
    out[n] = '\0';
    return n;
}

static void every_code_point_decodes(void)
{
    size_t wrong = 0;

    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        char text[5];
        const char *at = text;
        size_t n = encode(code, text);
        int surrogate = code >= 0xD800 && code <= 0xDFFF;
        uint32_t want = surrogate ? CODE_POINT_BAD : code;
        wrong += code_point_next(&at) != want || at != text + (surrogate ? 1 : n);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void malformed_is_one_byte(void)
{
    static const char *const CASE[] = {
        "\x80",     "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF", "\xF4\x90\x80",
        "\xF8\x88", "\xC3",     "\xE2\x82", "\xFF",         "\xC3(",        "\xF0\x9F\x98"};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        const char *at = CASE[i];
        CU_ASSERT_EQUAL(code_point_next(&at), CODE_POINT_BAD);
        CU_ASSERT_PTR_EQUAL(at, CASE[i] + 1);
    }
}

static void columns_follow_width(void)
{
    CU_ASSERT_EQUAL(code_point_columns('a'), 1);
    CU_ASSERT_EQUAL(code_point_columns(0xFC), 1);
    CU_ASSERT_EQUAL(code_point_columns(0x301), 0);
    CU_ASSERT_EQUAL(code_point_columns(0x4E2D), 2);
    CU_ASSERT_EQUAL(code_point_columns(CODE_POINT_BAD), 1);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"every code point decodes, surrogates do not", every_code_point_decodes},
        {"a malformed byte is replaced alone", malformed_is_one_byte},
        {"columns follow the character's width", columns_follow_width},
    };
    return suite_run("code_point", FACT, sizeof FACT / sizeof *FACT);
}
