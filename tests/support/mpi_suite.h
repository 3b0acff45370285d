#ifndef TIEOUT_MPI_SUITE_H
#define TIEOUT_MPI_SUITE_H

#include "run.h"
#include "suite.h"

/* The ranks of this test program, for the facts; valid while mpi_suite_run runs. */
const struct run *mpi_suite_ranks(void);

/* suite_run under MPI: every rank checks every fact, and all return failure if one fails. */
int mpi_suite_run(const char *module, const struct fact *fact, size_t n_fact);

#endif
