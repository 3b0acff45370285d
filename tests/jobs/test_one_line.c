/* one_line.h on texts as ledgers and models send them. */
#include "one_line.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const char *lined(const char *text, size_t most)
{
    static char out[ONE_LINE_ROOM(1000)];

    memset(out, 'x', sizeof out);
    one_line(text, most, out);
    return out;
}

static void plain_text_is_kept(void)
{
    CU_ASSERT_STRING_EQUAL(lined("an account", 255), "an account");
    CU_ASSERT_STRING_EQUAL(lined("M\u00fcnchen \u20ac \U0001F600 {[*_|!#", 255),
                           "M\u00fcnchen \u20ac \U0001F600 {[*_|!#");
    CU_ASSERT_STRING_EQUAL(lined("", 10), "");
}

static void white_space_and_control_characters_become_a_space(void)
{
    CU_ASSERT_STRING_EQUAL(lined("a\r\nb\tc  d", 255), "a b c d");
    CU_ASSERT_STRING_EQUAL(lined("a\x01\x1b[2J\x7f z", 255), "a [2J z");
    CU_ASSERT_STRING_EQUAL(lined("a\xc2\x85"
                                 "b\u2028c\u2029d\u00a0e",
                                 255),
                           "a b c d e");
    CU_ASSERT_STRING_EQUAL(lined(" \n x \n ", 255), "x");
    CU_ASSERT_STRING_EQUAL(lined("\n\n", 255), "");
}

static void the_direction_of_writing_stays(void)
{
    CU_ASSERT_STRING_EQUAL(lined("1\u202e"
                                 "234\u202c",
                                 255),
                           "1234");
    CU_ASSERT_STRING_EQUAL(lined("\ufeff\u2066"
                                 "a\u2069\u200f",
                                 255),
                           "a");
    CU_ASSERT_STRING_EQUAL(lined("\u05d0\u05d1", 255), "\u05d0\u05d1");
    CU_ASSERT_STRING_EQUAL(lined("\u202e", 255), "");
}

static void bytes_that_are_no_text_are_replaced(void)
{
    CU_ASSERT_STRING_EQUAL(lined("a\xff"
                                 "b\xc3",
                                 255),
                           "a\uFFFD"
                           "b\uFFFD");
    CU_ASSERT_STRING_EQUAL(lined("\xed\xa0\x80", 255), "\uFFFD\uFFFD\uFFFD"); /* a surrogate */
}

static void long_texts_end_in_an_ellipsis(void)
{
    CU_ASSERT_STRING_EQUAL(lined("abcdef", 6), "abcdef");
    CU_ASSERT_STRING_EQUAL(lined("abcdefg", 6), "abcde\u2026");
    CU_ASSERT_STRING_EQUAL(lined("abc", 1), "\u2026");
    CU_ASSERT_STRING_EQUAL(lined("a\n\n\n", 1), "a");
}

static void length_is_counted_in_units_of_utf_16(void)
{
    CU_ASSERT_STRING_EQUAL(lined("\U0001F600\U0001F600", 4), "\U0001F600\U0001F600");
    CU_ASSERT_STRING_EQUAL(lined("\U0001F600\U0001F600\U0001F600", 4), "\U0001F600\u2026");
    CU_ASSERT_STRING_EQUAL(lined("\u20ac\u20ac\u20ac", 2), "\u20ac\u2026");
}

/* Units of UTF-16 in well-formed UTF-8. */
static size_t units_of(const char *text)
{
    size_t units = 0;

    for (; *text != '\0'; text++)
        units += ((unsigned char)*text & 0xC0) != 0x80 ? 1 + ((unsigned char)*text >= 0xF0) : 0;
    return units;
}

static void any_bytes_fit_the_room(void)
{
    unsigned state = 1;
    char text[64], out[ONE_LINE_ROOM(17)];

    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            state = state * 1103515245u + 12345u;
            text[i] = (char)(1 + (state >> 16) % 255);
        }
        text[sizeof text - 1] = '\0';
        one_line(text, 17, out);
        CU_ASSERT_FATAL(strlen(out) < sizeof out);
        CU_ASSERT_FATAL(units_of(out) <= 17);
        CU_ASSERT_PTR_NULL_FATAL(strpbrk(out, "\r\n\t\x1b"));
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"plain text is kept", plain_text_is_kept},
        {"white space and control characters become a space",
         white_space_and_control_characters_become_a_space},
        {"the direction of writing stays", the_direction_of_writing_stays},
        {"bytes that are no text are replaced", bytes_that_are_no_text_are_replaced},
        {"long texts end in an ellipsis", long_texts_end_in_an_ellipsis},
        {"length is counted in units of UTF-16", length_is_counted_in_units_of_utf_16},
        {"any bytes fit the room", any_bytes_fit_the_room},
    };

    return suite_run("one_line", FACT, sizeof FACT / sizeof *FACT);
}
