#ifndef TIEOUT_MODEL_SUBJECTS_H
#define TIEOUT_MODEL_SUBJECTS_H

#include "outbox.h"
#include "results_read.h"
#include "sha256.h"

/* A finding and the name its explanation has in the outbox. Findings with the same facts, rows
 * entered twice, share one; then it may be asked for twice. */
struct subject {
    size_t finding;
    int severity;                       /* enum severity */
    char key[SHA256_HEX];               /* facts_key */
    const struct outbox_action *action; /* what is known of it, or NULL; of struct subjects */
};

/* All findings, the most severe first, else in their order. */
struct subjects {
    size_t n;
    struct subject *subject;
    struct outbox_list known;
};

/* *out is produced, with no action known; free with subjects_free, which leaves nothing. */
enum status subjects_make(const struct findings *findings, const char *model,
                          struct subjects *out, struct error *err);
void subjects_free(struct subjects *subjects);

/* Reads what the outbox knows of them, anew. */
enum status subjects_look_up(struct subjects *subjects, struct outbox *outbox,
                             struct error *err);

struct outbox_name subject_name(const struct subject *subject);

/* Whether the model has explained it. */
bool subject_is_worded(const struct subject *subject);

/* Whether the model has neither explained it nor failed to. */
bool subject_is_open(const struct subject *subject);

#endif
