/* Suites for code that needs all ranks. */
#include "mpi_suite.h"

#include <stdio.h>

static struct run ranks;

const struct run *mpi_suite_ranks(void)
{
    return &ranks;
}

int mpi_suite_run(const char *module, const struct fact *fact, size_t n_fact)
{
    struct error err = {0};

    if (run_start(1, &ranks, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    int failed = suite_run(module, fact, n_fact);
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, ranks.comm);
    run_stop(&ranks);
    return failed;
}
