#ifndef TIEOUT_RUN_H
#define TIEOUT_RUN_H

#include "status.h"
#include <mpi.h>
#include <stdbool.h>

/* The ranks that work together, and this one among them. */
struct run {
    MPI_Comm comm; /* ours alone */
    int rank;
    int n_rank;
    int n_thread; /* OpenMP threads of this rank */
};

/* Starts MPI and chooses the number of threads: n_thread if it is not 0, else OMP_NUM_THREADS,
 * else this rank's share of the cores it may run on. All ranks. STATUS_INTERNAL if the launcher
 * started several tasks and MPI sees one, which would be as many runs side by side. */
enum status run_start(int n_thread, struct run *run, struct error *err);
void run_stop(struct run *run);

/* Lets every rank know whether all succeeded; ends each step that may fail on one rank. All
 * ranks. Returns the worst code of all; on the ranks that had succeeded too, *err is then that
 * of the lowest rank with this code, which for input errors is the first in input order. */
enum status run_agree(const struct run *run, enum status st, struct error *err);

/* True on the one process that should speak when MPI is not running (yet): the launcher's rank 0,
 * or any process without a launcher. */
bool run_speaks_before_start(void);

#endif
