#ifndef TIEOUT_MAIL_MESSAGE_H
#define TIEOUT_MAIL_MESSAGE_H

#include "sha256.h"
#include "status.h"
#include <stddef.h>

/* A file that goes with a mail. */
struct mail_attachment {
    const char *name; /* plain ASCII, no quotes */
    const char *type; /* "text/csv" ... */
    char *byte;
    size_t n;
};

/* What a mail is made of; all borrowed. */
struct mail_message {
    const char *from;
    const char *const *to; /* [n_to] addresses */
    size_t n_to;
    const char *subject; /* UTF-8, any text */
    const char *digest;  /* SHA-256 of what the mail is about, hexadecimal */
    const char *started; /* its date, 2024-06-03T07:15:00Z */
    const char *text;    /* the same twice, UTF-8, lines end with \n */
    const char *html;
    const struct mail_attachment *attachment;
    size_t n_attachment;
};

enum { MAIL_ID = 320 };

/* The Message-ID without its brackets: the same for every mail from one sender on one digest, so
 * that mailboxes and servers know a repeated one. */
void mail_message_id(const char *digest, const char *from, char id[MAIL_ID]);

/* The message as SMTP takes it and .eml files hold it: a pure function of its parts. ASCII,
 * lines of at most 76 characters (headers of addresses: 998) that end with CR LF. *byte is
 * produced, free() it. STATUS_DATA if digest or started is no such thing. */
enum status mail_message_write(const struct mail_message *message, char **byte, size_t *n,
                               struct error *err);

#endif
