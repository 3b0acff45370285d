/* Header words, quoted-printable and base64. Readable text is sent quoted-printable, so that a
 * draft can be read in any editor; files as base64, so that they arrive byte by byte. The
 * characters of base64 come from OpenSSL; the C library's and curl's own encoders are either
 * missing or private. How a mail is put together is mail_message.h's. */
#include "mime_text.h"

#include "mail_character.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

static const char WORD_BEGIN[] = "=?utf-8?B?", WORD_END[] = "?=";

enum {
    LINE = 76,
    BASE64_LINE = LINE / 4 * 3, /* bytes */
    WORD_MARKS = sizeof WORD_BEGIN + sizeof WORD_END - 2
};

/* Writes byte[n] as base64, n <= BASE64_LINE. */
static void write_base64_line(FILE *out, const char *byte, size_t n)
{
    unsigned char in[BASE64_LINE], text[LINE + 1];

    memcpy(in, byte, n);
    EVP_EncodeBlock(text, in, (int)n);
    fputs((const char *)text, out);
}

void mime_write_base64(FILE *out, const char *byte, size_t n)
{
    for (size_t done = 0; done < n; done += BASE64_LINE) {
        size_t left = n - done;
        write_base64_line(out, byte + done, left < BASE64_LINE ? left : BASE64_LINE);
        fputs("\r\n", out);
    }
}

/* The length of the word at the front of value, the blanks before it included. */
static size_t word_length(const char *value)
{
    size_t blanks = strspn(value, " ");

    return blanks + strcspn(value + blanks, " ");
}

/* Whether value can stand in the header as it is, folded between words: "=?" would be read as an
 * encoded word. */
static bool is_plain(const char *value)
{
    bool plain = value[0] != ' ' && strstr(value, "=?") == NULL;

    for (const char *at = value; *at != '\0' && plain; at++)
        plain = *at >= ' ' && *at <= '~' && (*at != ' ' || at[1] != '\0');
    for (size_t n = word_length(value); n > 0 && plain; n = word_length(value)) {
        plain = n < LINE - WORD_MARKS;
        value += n;
    }
    return plain;
}

static void write_folded(FILE *out, const char *value, size_t column)
{
    for (size_t n = word_length(value); n > 0; n = word_length(value)) {
        if (column + n > LINE) {
            fputs("\r\n", out);
            column = 0;
        }
        fwrite(value, 1, n, out);
        column += n;
        value += n;
    }
    fputs("\r\n", out);
}

/* Writes an encoded word of at most `room` characters from the front of *value, in whole
 * characters of it; moves *value behind them. */
static void write_word(FILE *out, size_t room, const char **value)
{
    char word[BASE64_LINE];
    size_t length = 0, n = 0;

    while (**value != '\0') {
        const char *next = *value;
        const char *byte = mail_character_next(&next, &n);
        if (length + n > (room - WORD_MARKS) / 4 * 3)
            break;
        memcpy(word + length, byte, n);
        length += n;
        *value = next;
    }
    fputs(WORD_BEGIN, out);
    write_base64_line(out, word, length);
    fputs(WORD_END, out);
}

static void write_words(FILE *out, const char *value, size_t column)
{
    for (const char *gap = ""; *value != '\0'; gap = "\r\n ", column = 1) {
        fputs(gap, out);
        write_word(out, LINE - 1 - column, &value);
    }
    fputs("\r\n", out);
}

void mime_write_header(FILE *out, const char *name, const char *value)
{
    size_t column = strlen(name) + 2;

    fprintf(out, "%s: ", name);
    if (is_plain(value))
        write_folded(out, value, column);
    else
        write_words(out, value, column);
}

void mime_write_quoted(FILE *out, const char *text)
{
    size_t column = 0;

    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\n') {
            fputs("\r\n", out);
            column = 0;
            continue;
        }
        bool ends_line = text[1] == '\n' || text[1] == '\0';
        bool plain = (byte > ' ' && byte <= '~' && byte != '=') || (byte == ' ' && !ends_line);
        size_t width = plain ? 1 : 3;
        if (column + width >= LINE) { /* one place is the soft line end's */
            fputs("=\r\n", out);
            column = 0;
        }
        if (plain)
            fputc(byte, out);
        else
            fprintf(out, "=%02X", byte);
        column += width;
    }
    if (column > 0)
        fputs("\r\n", out);
}
