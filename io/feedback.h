#ifndef TIEOUT_FEEDBACK_H
#define TIEOUT_FEEDBACK_H

#include "results.h"
#include "sha256.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What reviewers said of findings, as CSV files have it. A file is what anomalies.csv becomes
 * in a spreadsheet: commas, semicolons or tabs, LF or CRLF, with or without a byte-order mark,
 * columns in any order and any number of others. Headers are compared without regard to case,
 * blanks, '_' and '.'. Known columns:
 *   verdict                              confirmed, 1, yes, true; false_positive, 0, no, false;
 *                                        in any case. Empty: not reviewed, is skipped
 *   id                                   of the finding; "tieout-" before it is fine
 *   company, account, au, as_of_date     the finding, where the id cannot be read as one, as
 *   (Asofdate), currency                 when a spreadsheet took it for a number
 *   reviewer, comment, reviewed_at       optional */

/* Offsets of terminated texts in struct feedback's byte; 0 is "". */
struct verdict {
    char id[RESULTS_ID]; /* "" if there is none */
    bool by_key;         /* the id is none, or may have been altered: company, account, AU and
                            date may name the row instead */
    bool confirmed;
    int32_t file;        /* index of the feedback file */
    int64_t line;        /* where the record begins, from 1 */
    int32_t date[2];     /* as-of date with the month first and with the day first, equal if
                            that is clear; ROW_NO_DATE if there is none to be read */
    int64_t reviewed_at; /* seconds since 1970, or FEEDBACK_NO_TIME */
    size_t company, account, au, currency, reviewer, comment;
};

#define FEEDBACK_NO_TIME INT64_MIN

struct feedback {
    size_t n;
    struct verdict *verdict; /* [n] */
    size_t n_byte;
    char *byte; /* [n_byte], byte[0] == '\0' */
    size_t n_file;
    char **path;                /* [n_file] in the order read */
    char (*sha256)[SHA256_HEX]; /* [n_file] */
};

/* Reads files; paths are separated by newlines. A path that is a folder stands for files
 * in it as with ledgers (input_list.h). Verdicts come settled by id (feedback_settle). STATUS_NO_INPUT or
 * STATUS_PERMISSION for what cannot be read, STATUS_DATA and file and line for a verdict that
 * is none of the words, an id that is none in a file without the other columns, and
 * contradictions. *out is produced. */
enum status feedback_read(const char *paths, struct feedback *out, struct error *err);

/* Appends the verdicts of one file's text. out: from feedback_start; file names it in verdicts,
 * path in sentences. */
enum status feedback_parse(const char *byte, size_t n, int32_t file, const char *path,
                           struct feedback *out, struct error *err);
enum status feedback_start(struct feedback *out, struct error *err);

/* Sorts the verdicts by id and keeps one of each. Of several on one finding that differ, the
 * one reviewed last counts; if they do not all say when, STATUS_DATA, naming two of them.
 * Verdicts without an id come first, all of them. */
enum status feedback_settle(struct feedback *feedback, struct error *err);

void feedback_free(struct feedback *feedback); /* leaves none */

#endif
