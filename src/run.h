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

/* Before MPI runs, or without it: how many tasks the launcher says there are (1 without one), and
 * whether this is the one that should speak. */
long run_launched_tasks(void);
bool run_speaks_unstarted(void);

/* Before MPI starts, which itself may end the process at this without a word of what to do:
 * STATUS_INTERNAL if the launcher started several tasks and none can find the others, as under
 * srun --mpi=none. */
enum status run_check_launch(struct error *err);

/* Rank 0 says what went wrong, and no rank leaves before it has: a launcher kills the others as
 * soon as one exits with an error. All ranks. Returns the exit code. */
int run_fail(const struct run *run, const struct error *err);

#endif
