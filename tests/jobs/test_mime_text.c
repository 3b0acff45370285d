/* mime_text.h: examples of the RFCs, and whatever is encoded comes back through decoders of a few
 * lines. Python's email package reads the same in tests/cli/test_email.py. */
#include "mime_text.h"

#include "mail_sample.h"

#include <stdint.h>

static char *header(const char *value)
{
    struct catcher catcher;

    catcher_open(&catcher);
    mime_write_header(catcher.out, "Subject", value);
    return catcher_close(&catcher);
}

static char *quoted(const char *text)
{
    struct catcher catcher;

    catcher_open(&catcher);
    mime_write_quoted(catcher.out, text);
    return catcher_close(&catcher);
}

static char *base64(const char *byte, size_t n)
{
    struct catcher catcher;

    catcher_open(&catcher);
    mime_write_base64(catcher.out, byte, n);
    return catcher_close(&catcher);
}

/* Decodes in place until `end`; returns the number of bytes. */
static size_t unbase64(char *text, const char *end)
{
    static const char DIGIT[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int n_bit = 0;
    size_t n = 0;

    for (const char *at = text; at < end && *at != '='; at++) {
        const char *digit = strchr(DIGIT, *at);
        if (digit == NULL) /* a line end */
            continue;
        bits = bits << 6 | (uint32_t)(digit - DIGIT);
        n_bit += 6;
        if (n_bit >= 8) {
            n_bit -= 8;
            text[n++] = (char)(bits >> n_bit & 0xFF);
        }
    }
    return n;
}

/* Decodes quoted-printable in place. */
static void unquote(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0';) {
        unsigned byte = 0;
        if (strncmp(at, "=\r\n", 3) == 0) {
            at += 3;
        } else if (*at == '=' && sscanf(at + 1, "%2X", &byte) == 1) {
            *to++ = (char)byte;
            at += 3;
        } else if (*at == '\r') {
            at++;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

/* The value behind a header's encoded words, each of which must hold whole characters. */
static void decode_words(char *text, char *value)
{
    char *at = text;

    *value = '\0';
    while ((at = strstr(at, "=?utf-8?B?")) != NULL) {
        char *end = strstr(at + 10, "?=");
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        CU_ASSERT(end + 2 - at <= 75);
        size_t n = unbase64(at + 10, end);
        CU_ASSERT_NOT_EQUAL((unsigned char)at[10] & 0xC0, 0x80);
        strncat(value, at + 10, n);
        at = end + 2;
    }
}

static void base64_of_rfc_4648(void)
{
    static const char *const CASE[][2] = {{"", ""},
                                          {"f", "Zg==\r\n"},
                                          {"fo", "Zm8=\r\n"},
                                          {"foo", "Zm9v\r\n"},
                                          {"foobar", "Zm9vYmFy\r\n"},
                                          {"fooba", "Zm9vYmE=\r\n"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *text = base64(CASE[i][0], strlen(CASE[i][0]));
        CU_ASSERT_STRING_EQUAL(text, CASE[i][1]);
        free(text);
    }
}

static void base64_returns_every_byte(void)
{
    char byte[300];

    for (size_t i = 0; i < sizeof byte; i++)
        byte[i] = (char)(i * 7);
    for (size_t n = 0; n <= sizeof byte; n++) {
        char *text = base64(byte, n);
        CU_ASSERT(has_mail_lines(text));
        CU_ASSERT_EQUAL(unbase64(text, text + strlen(text)), n);
        CU_ASSERT_EQUAL(memcmp(text, byte, n), 0);
        free(text);
    }
}

static void quoted_has_these_bytes(void)
{
    static const char *const CASE[][2] = {{"plain, 1=1\n", "plain, 1=3D1\r\n"},
                                          {"no end", "no end\r\n"},
                                          {"blank \n \n", "blank=20\r\n=20\r\n"},
                                          {"\tM\xC3\xBCnchen\r\n", "=09M=C3=BCnchen=0D\r\n"},
                                          {"\n\n.\n", "\r\n\r\n.\r\n"},
                                          {"", ""}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *text = quoted(CASE[i][0]);
        CU_ASSERT_STRING_EQUAL(text, CASE[i][1]);
        free(text);
    }
}

static void quoted_returns_lines_of_any_length(void)
{
    static const char UNIT[] = "a =\xE2\x82\xAC \x01.";
    char line[400];

    for (size_t n = 0; n < sizeof line - 2; n++) {
        for (size_t i = 0; i < n; i++)
            line[i] = UNIT[(i * i + n) % (sizeof UNIT - 1)];
        line[n] = '\n';
        line[n + 1] = '\0';
        char *text = quoted(line);
        CU_ASSERT(has_mail_lines(text));
        unquote(text);
        CU_ASSERT_STRING_EQUAL(text, line);
        free(text);
    }
}

static void plain_header_stays_readable(void)
{
    char *text = header("tieout: 3 anomalies (1 critical, 2 low) in ledger.csv");
    CU_ASSERT_STRING_EQUAL(
        text, "Subject: tieout: 3 anomalies (1 critical, 2 low) in ledger.csv\r\n");
    free(text);
    text = header("");
    CU_ASSERT_STRING_EQUAL(text, "Subject: \r\n");
    free(text);
}

static void long_plain_header_folds_between_words(void)
{
    static const char VALUE[] =
        "one two three four five six seven eight nine ten eleven twelve "
        "thirteen fourteen fifteen  sixteen seventeen eighteen nineteen";
    char *text = header(VALUE);
    char *end = strstr(text, "\r\n ");

    CU_ASSERT(has_mail_lines(text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    for (; end != NULL; end = strstr(text, "\r\n ")) /* unfold */
        memmove(end, end + 2, strlen(end + 2) + 1);
    text[strlen(text) - 2] = '\0';
    CU_ASSERT_STRING_EQUAL(text + strlen("Subject: "), VALUE);
    free(text);
}

static void other_headers_are_encoded_words(void)
{
    char value[2000];
    char given[1000];
    char longest[300];

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const CASE[] = {
        "j\xC3\xA4nner.csv",
        "=?utf-8?Q?fake?=",
        " begins with a blank",
        "ends with one ",
        longest,
        "\xF0\x9F\x92\xB6\xF0\x9F\x92\xB6\xF0\x9F\x92\xB6\xF0\x9F\x92\xB6"};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        for (given[0] = '\0'; strlen(given) + strlen(CASE[i]) < 500;)
            strcat(given, CASE[i]);
        char *text = header(given);
        CU_ASSERT(has_mail_lines(text));
        decode_words(text, value);
        CU_ASSERT_STRING_EQUAL(value, given);
        free(text);
    }
}

static void no_value_ends_a_header(void)
{
    static const char *const CASE[] = {
        "a\r\nBcc: eve@example.com",    "a\nb\rc", "a\r\n\r\nbody",
        "\xE2\x80\xA8line\xC2\x85next", "a\tb",    "\x7f\x01"};
    char value[500];

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *text = header(CASE[i]);
        CU_ASSERT(has_mail_lines(text));
        CU_ASSERT_PTR_EQUAL(strstr(text, "\r\n"), text + strlen(text) - 2);
        decode_words(text, value);
        CU_ASSERT_EQUAL(strcspn(value, "\r\n\t\x7f\x01"), strlen(value));
        CU_ASSERT_PTR_NOT_NULL(strchr(value, ' '));
        free(text);
    }
}

static void no_value_turns_what_follows(void)
{
    char value[100];
    char *text = header("a\xE2\x80\xAE"
                        "b\xE2\x81\xA6"
                        "c\xFF");

    decode_words(text, value);
    CU_ASSERT_STRING_EQUAL(value, "a\xEF\xBF\xBD"
                                  "b\xEF\xBF\xBD"
                                  "c\xEF\xBF\xBD");
    free(text);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"base64 is that of RFC 4648", base64_of_rfc_4648},
        {"base64 gives every byte back, in lines of 76", base64_returns_every_byte},
        {"quoted-printable has just these bytes", quoted_has_these_bytes},
        {"quoted-printable gives lines of any length back", quoted_returns_lines_of_any_length},
        {"a plain header stays readable", plain_header_stays_readable},
        {"a long plain header folds between words", long_plain_header_folds_between_words},
        {"any other header is encoded words of whole characters",
         other_headers_are_encoded_words},
        {"no value can end a header", no_value_ends_a_header},
        {"no value can turn the direction of what follows", no_value_turns_what_follows},
    };
    return suite_run("mime_text", FACT, sizeof FACT / sizeof *FACT);
}
