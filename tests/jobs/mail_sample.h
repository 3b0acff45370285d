#ifndef TIEOUT_TEST_MAIL_SAMPLE_H
#define TIEOUT_TEST_MAIL_SAMPLE_H

/* What the mail's writers leave in a stream, and looks at its lines. */

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A stream in memory; what it holds is `text` once it is closed. */
struct catcher {
    FILE *out;
    char *text;
    size_t n;
};

static inline void catcher_open(struct catcher *catcher)
{
    *catcher = (struct catcher){0};
    catcher->out = open_memstream(&catcher->text, &catcher->n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(catcher->out);
}

static inline char *catcher_close(struct catcher *catcher)
{
    CU_ASSERT_EQUAL(fclose(catcher->out), 0);
    return catcher->text;
}

/* Whether text is ASCII in lines of at most 76 characters, each ended by CR LF and not by a blank,
 * and has neither CR nor LF elsewhere. */
static inline int has_mail_lines(const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\r\n");
        if (n > 76 || strncmp(text + n, "\r\n", 2) != 0)
            return 0;
        if (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
            return 0;
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)text[i] > '~' || (unsigned char)text[i] < ' ')
                return 0;
        text += n + 2;
    }
    return 1;
}

#endif
