/* mail_message.h: the structure by hand, the same bytes each time, and nothing in a part that can
 * end it or begin another. */
#include "mail_message.h"

#include "mail_sample.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define UPPER_DIGEST "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const TO[] = {"anna@example.com", "bob@example.com"};

static struct mail_message sample(void)
{
    static char csv[] = "id,verdict\r\n";
    static const struct mail_attachment FILES[] = {{"anomalies.csv", "text/csv", csv, 12}};

    return (struct mail_message){.from = "robot@example.com",
                                 .to = TO,
                                 .n_to = 2,
                                 .subject = "three anomalies",
                                 .digest = DIGEST,
                                 .started = "2024-06-03T07:15:00Z",
                                 .text = "Hello\n",
                                 .html = "<p>Hello</p>\n",
                                 .attachment = FILES,
                                 .n_attachment = 1};
}

static char *write_message(const struct mail_message *message)
{
    struct error err = {0};
    char *text = NULL;
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(mail_message_write(message, &text, &n, &err), STATUS_OK);
    CU_ASSERT_EQUAL(strlen(text), n);
    return text;
}

static void message_has_these_bytes(void)
{
    struct mail_message message = sample();
    char *text = write_message(&message);

    CU_ASSERT(has_mail_lines(text));
    CU_ASSERT_STRING_EQUAL(
        text, "Date: Mon, 03 Jun 2024 07:15:00 +0000\r\n"
              "From: tieout <robot@example.com>\r\n"
              "To: anna@example.com,\r\n bob@example.com\r\n"
              "Message-ID: <tieout.0123456789abcdef0123456789abcdef@example.com>\r\n"
              "Subject: three anomalies\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: multipart/mixed;\r\n"
              " boundary=\"=_mixed_0123456789abcdef0123456789abcdef\"\r\n"
              "\r\n--=_mixed_0123456789abcdef0123456789abcdef\r\n"
              "Content-Type: multipart/alternative;\r\n"
              " boundary=\"=_text_0123456789abcdef0123456789abcdef\"\r\n"
              "\r\n--=_text_0123456789abcdef0123456789abcdef\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n"
              "\r\n--=_text_0123456789abcdef0123456789abcdef\r\n"
              "Content-Type: text/html; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hello</p>\r\n"
              "\r\n--=_text_0123456789abcdef0123456789abcdef--\r\n"
              "\r\n--=_mixed_0123456789abcdef0123456789abcdef\r\n"
              "Content-Type: text/csv; charset=utf-8; name=\"anomalies.csv\"\r\n"
              "Content-Transfer-Encoding: base64\r\n"
              "Content-Disposition: attachment; filename=\"anomalies.csv\"\r\n\r\n"
              "aWQsdmVyZGljdA0K\r\n"
              "\r\n--=_mixed_0123456789abcdef0123456789abcdef--\r\n");
    free(text);
}

static void same_parts_same_bytes(void)
{
    struct mail_message message = sample();
    char *first = write_message(&message);
    char *second = write_message(&message);

    CU_ASSERT_STRING_EQUAL(first, second);
    free(first);
    free(second);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static void no_part_ends_another(void)
{
    static char csv[] = "\r\n--=_mixed_0123456789abcdef0123456789abcdef--\r\n.\r\n";
    static const struct mail_attachment FILES[] = {
        {"anomalies.csv", "text/csv", csv, sizeof csv - 1}};
    struct mail_message message = sample();

    message.text = "\n--=_text_0123456789abcdef0123456789abcdef--\nContent-Type: x/y\n\n";
    message.html = "\n--=_mixed_0123456789abcdef0123456789abcdef\n";
    message.attachment = FILES;
    char *text = write_message(&message);
    CU_ASSERT_EQUAL(count(text, "\r\n--=_mixed_"), 3);
    CU_ASSERT_EQUAL(count(text, "\r\n--=_text_"), 3);
    free(text);
}

static void no_part_adds_a_header(void)
{
    static const char *const EVIL_TO[] = {"anna@example.com\r\nBcc: eve@example.com",
                                          "bob@example.com\n\nbody"};
    struct mail_message message = sample();

    message.from = "robot@example.com>\r\nX-Evil: 1\r\nY: <";
    message.to = EVIL_TO;
    message.subject = "s\r\nX-Evil: 2\r\n\r\nbody";
    char *text = write_message(&message);
    CU_ASSERT_EQUAL(count(text, "\r\nX-Evil:"), 0);
    CU_ASSERT_EQUAL(count(text, "\r\nBcc:"), 0);
    CU_ASSERT_EQUAL(count(text, "\r\nY:"), 0);
    char *end = strstr(text, "\r\n\r\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    *end = '\0';
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "multipart/mixed"));
    free(text);
}

static void dates_have_their_weekday(void)
{
    static const char *const CASE[][2] = {
        {"1970-01-01T00:00:00Z", "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
        {"1969-12-31T23:59:59Z", "Date: Wed, 31 Dec 1969 23:59:59 +0000\r\n"},
        {"2000-02-29T12:00:00Z", "Date: Tue, 29 Feb 2000 12:00:00 +0000\r\n"},
        {"2026-11-24T13:29:59Z", "Date: Tue, 24 Nov 2026 13:29:59 +0000\r\n"}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct mail_message message = sample();
        message.started = CASE[i][0];
        char *text = write_message(&message);
        CU_ASSERT_EQUAL(strncmp(text, CASE[i][1], strlen(CASE[i][1])), 0);
        free(text);
    }
}

static void unsound_results_make_no_mail(void)
{
    static const char *const STARTED[] = {"",
                                          "2024-06-03",
                                          "2024-13-03T07:15:00Z",
                                          "2024-02-30T07:15:00Z",
                                          "2024-06-03T24:15:00Z",
                                          "2024-06-03T07:15:00Z\r\nBcc: x",
                                          "2024-06-03 07:15:00"};
    static const char *const DIGESTS[] = {"", "0123", DIGEST "0", DIGEST "\r\n", UPPER_DIGEST};
    struct error err = {0};
    char *text = NULL;
    size_t n = 0;

    for (size_t i = 0; i < sizeof STARTED / sizeof *STARTED; i++) {
        struct mail_message message = sample();
        message.started = STARTED[i];
        CU_ASSERT_EQUAL(mail_message_write(&message, &text, &n, &err), STATUS_DATA);
        CU_ASSERT_PTR_NULL(text);
    }
    for (size_t i = 0; i < sizeof DIGESTS / sizeof *DIGESTS; i++) {
        struct mail_message message = sample();
        message.digest = DIGESTS[i];
        CU_ASSERT_EQUAL(mail_message_write(&message, &text, &n, &err), STATUS_DATA);
        CU_ASSERT_PTR_NULL(text);
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a message has just these bytes", message_has_these_bytes},
        {"the same parts make the same bytes", same_parts_same_bytes},
        {"no part can end another", no_part_ends_another},
        {"no part can add a header", no_part_adds_a_header},
        {"dates have their weekday", dates_have_their_weekday},
        {"results without a digest or a time make no mail", unsound_results_make_no_mail},
    };
    return suite_run("mail_message", FACT, sizeof FACT / sizeof *FACT);
}
