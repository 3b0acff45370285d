#ifndef TIEOUT_STAGES_H
#define TIEOUT_STAGES_H

#include "log.h"
#include <stdint.h>
#include <time.h>

/* How long each stage of a run took on this rank. */
enum { STAGES_MAX = 16 };

struct stage {
    const char *name;
    double seconds;
    int64_t n_item; /* rows, trees ... over all ranks; 0 if there is nothing to count */
    const char *item_word;
    int64_t n_byte; /* read, exchanged or written over all ranks; 0 if none */
};

struct stages {
    struct stage stage[STAGES_MAX];
    int n;
    double begun;      /* when the running stage began, in MPI_Wtime's seconds */
    double first;      /* when the first one began */
    time_t start_time; /* wall clock */
};

void stages_begin(struct stages *stages);

/* Ends the running stage, logs it and begins the next. */
void stages_end(struct stages *stages, struct log *log, const char *name, int64_t n_item,
                const char *item_word, int64_t n_byte);

#endif
