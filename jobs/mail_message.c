/* Puts a mail together:
 *
 *     multipart/mixed
 *         multipart/alternative
 *             text/plain, text/html
 *         attachments
 *
 * libcurl could, too, but its boundaries are random and it hands a message out only while sending
 * it; ours must be the same bytes each time, on its way and in a draft. A boundary begins with
 * "=_", which neither quoted-printable nor base64 can contain, so no part can end another. */
#include "mail_message.h"

#include "date.h"
#include "mem.h"
#include "mime_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 32, BOUNDARY = 64, MAIL_DATE = 48, ISO_DAY = DATE_TEXT - 1 };

void mail_message_id(const char *digest, const char *from, char id[MAIL_ID])
{
    const char *at = strrchr(from, '@');

    snprintf(id, MAIL_ID, "tieout.%.*s@%s", ID_DIGITS, digest, at != NULL ? at + 1 : from);
}

static enum status check_digest(const char *digest, struct error *err)
{
    size_t n = strspn(digest, "0123456789abcdef");

    if (n == SHA256_HEX - 1 && digest[n] == '\0')
        return STATUS_OK;
    return error_set(err, STATUS_DATA,
                     "no mail can be made of these results: their content digest is not 64 "
                     "hexadecimal digits, detect the anomalies again");
}

/* "Mon, 03 Jun 2024 07:15:00 +0000". The names of days and months are not the locale's. */
static enum status format_date(const char *started, char date[MAIL_DATE], struct error *err)
{
    static const char *const DAY[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const MONTH[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int end = 0;

    sscanf(started, "%4u-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day, &hour, &minute, &second,
           &end);
    if (end != sizeof "2024-06-03T07:15:00Z" - 1 || started[end] != '\0' ||
        date_orders(started, ISO_DAY) == 0 || hour > 23 || minute > 59 || second > 60)
        return error_set(err, STATUS_DATA,
                         "no mail can be made of these results: they do not say when their run "
                         "began, detect the anomalies again");
    int32_t days = date_days(started, ISO_DAY, DATE_MONTH_FIRST);
    snprintf(date, MAIL_DATE, "%s, %02u %s %04u %02u:%02u:%02u +0000", DAY[(days % 7 + 7) % 7],
             day, MONTH[month - 1], year, hour, minute, second);
    return STATUS_OK;
}

/* An address has no character that could end the header; one that has loses it. */
static void write_address(FILE *out, const char *address)
{
    for (; *address != '\0'; address++)
        if (*address > ' ' && *address <= '~')
            fputc(*address, out);
}

static void write_headers(const struct mail_message *message, const char *date, FILE *out)
{
    char id[MAIL_ID];

    mail_message_id(message->digest, message->from, id);
    fprintf(out, "Date: %s\r\nFrom: tieout <", date);
    write_address(out, message->from);
    fputs(">\r\nTo: ", out);
    for (size_t i = 0; i < message->n_to; i++) {
        fputs(i > 0 ? ",\r\n " : "", out);
        write_address(out, message->to[i]);
    }
    fputs("\r\nMessage-ID: <", out);
    write_address(out, id);
    fputs(">\r\n", out);
    mime_write_header(out, "Subject", message->subject);
    fputs("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", out);
}

static void begin_multipart(FILE *out, const char *kind, const char *boundary)
{
    fprintf(out, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n", kind, boundary);
}

static void write_text_part(FILE *out, const char *boundary, const char *type, const char *text)
{
    fprintf(out,
            "\r\n--%s\r\nContent-Type: %s; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            boundary, type);
    mime_write_quoted(out, text);
}

static void write_attachment(FILE *out, const char *boundary,
                             const struct mail_attachment *attachment)
{
    fprintf(out,
            "\r\n--%s\r\nContent-Type: %s; charset=utf-8; name=\"%s\"\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
            boundary, attachment->type, attachment->name, attachment->name);
    mime_write_base64(out, attachment->byte, attachment->n);
}

static void write_body(const struct mail_message *message, FILE *out)
{
    char mixed[BOUNDARY], alternative[BOUNDARY];

    snprintf(mixed, sizeof mixed, "=_mixed_%.*s", ID_DIGITS, message->digest);
    snprintf(alternative, sizeof alternative, "=_text_%.*s", ID_DIGITS, message->digest);
    begin_multipart(out, "mixed", mixed);
    fprintf(out, "\r\n--%s\r\n", mixed);
    begin_multipart(out, "alternative", alternative);
    write_text_part(out, alternative, "text/plain", message->text);
    write_text_part(out, alternative, "text/html", message->html);
    fprintf(out, "\r\n--%s--\r\n", alternative);
    for (size_t i = 0; i < message->n_attachment; i++)
        write_attachment(out, mixed, &message->attachment[i]);
    fprintf(out, "\r\n--%s--\r\n", mixed);
}

enum status mail_message_write(const struct mail_message *message, char **byte, size_t *n,
                               struct error *err)
{
    char date[MAIL_DATE];
    char *written = NULL;
    FILE *out = NULL;
    enum status st = STATUS_OK;

    TRY(check_digest(message->digest, err));
    TRY(format_date(message->started, date, err));
    out = open_memstream(&written, n);
    if (out == NULL)
        TRY(error_no_memory(err, "the mail"));
    write_headers(message, date, out);
    write_body(message, out);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    if (failed)
        TRY(error_no_memory(err, "the mail"));
    *byte = written;
    written = NULL;
done:
    free(written);
    return st;
}
