/* Stage times: for the log as they end, and for the results file. */
#include "stages.h"

#include <assert.h>
#include <mpi.h>

void stages_begin(struct stages *stages)
{
    *stages = (struct stages){.begun = MPI_Wtime(), .start_time = time(NULL)};
    stages->first = stages->begun;
}

void stages_end(struct stages *stages, struct log *log, const char *name, int64_t n_item,
                const char *item_word, int64_t n_byte)
{
    double now = MPI_Wtime(), seconds = now - stages->begun;

    assert(stages->n < STAGES_MAX);
    stages->stage[stages->n++] = (struct stage){name, seconds, n_item, item_word, n_byte};
    stages->begun = now;
    log_stage(log, name, seconds, n_item, item_word, n_byte);
}
