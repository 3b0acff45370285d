/* From findings to a message: picks what is shown, gathers what is attached, and has both forms of
 * the text written. Servers refuse what is too large, often above 10 MB as sent, so attachments
 * that would come to more are left out and named instead. */
#include "email_compose.h"

#include "anomalies_csv.h"
#include "draft.h"
#include "mail_html.h"
#include "mail_message.h"
#include "mail_report.h"
#include "mail_text.h"
#include "triage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_FILE = 2,
    MOST_ATTACHED = 7 * 1024 * 1024 /* bytes; base64 makes a third more of them */
};

static const char LIST[] = "anomalies.csv", REPORT[] = "report.html";

struct attached {
    struct mail_attachment file[N_FILE];
    size_t n;
    size_t n_byte;
    const char *left_out; /* the last file that was too large, or "" */
};

/* Attaches byte[n], which it takes over; leaves it out if it is too large. */
static void attach(struct attached *attached, const char *name, const char *type, char *byte,
                   size_t n)
{
    if (n > MOST_ATTACHED - attached->n_byte) {
        attached->left_out = name;
        free(byte);
        return;
    }
    attached->file[attached->n++] =
        (struct mail_attachment){.name = name, .type = type, .byte = byte, .n = n};
    attached->n_byte += n;
}

/* The list as this run would write it: what reviewers have written into the one beside the
 * results is not for everybody, and the mail has the list even if it could not be written. */
static enum status attach_list(const struct followup *followup, struct attached *attached,
                               struct error *err)
{
    enum status st = STATUS_OK;
    char *byte = NULL;
    size_t n = 0;

    TRY(anomalies_csv_make(followup, &byte, &n, err));
    attach(attached, LIST, "text/csv", byte, n);
done:
    return st;
}

/* The report, if there is one. */
static enum status attach_report(const struct followup *followup, struct attached *attached,
                                 struct error *err)
{
    enum status st = STATUS_OK;
    char *byte = NULL;
    size_t n = 0;

    TRY(draft_read(followup->folder, REPORT, &byte, &n, err));
    if (byte != NULL)
        attach(attached, REPORT, "text/html", byte, n);
done:
    return st;
}

/* The text of one form of the mail; the caller frees it. NULL if memory is short. */
static char *write_form(const struct mail_report *report, const struct mail_words *words,
                        void (*form)(const struct mail_report *report,
                                     const struct mail_words *words, FILE *out))
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    if (out == NULL)
        return NULL;
    form(report, words, out);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    if (failed) {
        free(text);
        return NULL;
    }
    return text;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

enum status email_compose(const struct followup *followup, const char *from,
                          const struct mail_addresses *to, char *const *link, char **byte,
                          size_t *n, struct error *err)
{
    enum status st = STATUS_OK;
    const struct findings *findings = followup->findings;
    size_t most = (size_t)followup->settings->services.email.rows;
    struct attached attached = {.left_out = ""};
    struct mail_words words;
    char *text = NULL, *html = NULL;
    size_t *order = NULL;

    TRY(triage_order(findings, &order, err));
    TRY(attach_list(followup, &attached, err));
    TRY(attach_report(followup, &attached, err));
    struct mail_report report = {.findings = findings,
                                 .explained = followup->explained,
                                 .shown = order,
                                 .n_shown = findings->n < most ? findings->n : most,
                                 .link = link,
                                 .attachment = attached.file,
                                 .n_attachment = attached.n,
                                 .left_out = attached.left_out,
                                 .folder = last_part(followup->folder)};
    mail_report_words(&report, &words);
    text = write_form(&report, &words, mail_text_write);
    html = write_form(&report, &words, mail_html_write);
    if (text == NULL || html == NULL)
        TRY(error_no_memory(err, "the mail"));
    struct mail_message message = {.from = from,
                                   .to = (const char *const *)to->address,
                                   .n_to = to->n,
                                   .subject = words.subject,
                                   .digest = findings->digest,
                                   .started = findings->started,
                                   .text = text,
                                   .html = html,
                                   .attachment = attached.file,
                                   .n_attachment = attached.n};
    TRY(mail_message_write(&message, byte, n, err));
done:
    for (size_t i = 0; i < N_FILE; i++)
        free(attached.file[i].byte);
    free(text);
    free(html);
    free(order);
    return st;
}
