/* The parallel run: communicator, agreement on errors, threads. MPI_COMM_WORLD occurs only
 * here, and MPI's own errors stay fatal. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* cpu sets */
#endif
#include "run.h"

#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* The number in the first of these variables that is set and readable, or fallback. */
static long launcher_number(const char *const *name, size_t n_name, long fallback)
{
    for (size_t i = 0; i < n_name; i++) {
        const char *text = getenv(name[i]);
        char *end = NULL;
        if (text == NULL || *text == '\0')
            continue;
        long number = strtol(text, &end, 10);
        if (*end == '\0')
            return number;
    }
    return fallback;
}

long run_launched_tasks(void)
{
    static const char *const name[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                       "SLURM_STEP_NUM_TASKS"};
    return launcher_number(name, sizeof name / sizeof name[0], 1);
}

bool run_speaks_unstarted(void)
{
    static const char *const name[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK",
                                       "SLURM_PROCID"};
    return launcher_number(name, sizeof name / sizeof name[0], 0) == 0;
}

static enum status fail_apart(long tasks, struct error *err)
{
    return error_set(err, STATUS_INTERNAL,
                     "the launcher started %ld tasks but MPI sees only one, so each would do "
                     "the whole run: start it with mpirun, or srun --mpi=pmix",
                     tasks);
}

enum status run_check_launch(struct error *err)
{
    /* What a process that is one of several gets from its launcher to find the others by. */
    static const char *const wire[] = {"PMIX_NAMESPACE", "PMI_FD", "PMI_PORT", "PMI_JOBID",
                                       "OMPI_COMM_WORLD_SIZE"};
    long tasks = run_launched_tasks();

    for (size_t i = 0; i < sizeof wire / sizeof wire[0]; i++)
        if (getenv(wire[i]) != NULL)
            return STATUS_OK;
    return tasks > 1 ? fail_apart(tasks, err) : STATUS_OK;
}

/* Cores for this rank: its own mask, but no more than an even share of what the ranks of this
 * node may use together, as unbound ranks all have the same mask. All ranks. */
static int share_of_cores(MPI_Comm comm)
{
    MPI_Comm node;
    cpu_set_t mine, all;
    int n_here = 1;

    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof mine, &mine) != 0)
        CPU_SET(0, &mine);
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &n_here);
    MPI_Allreduce(&mine, &all, (int)sizeof mine, MPI_BYTE, MPI_BOR, node);
    MPI_Comm_free(&node);
    int own = CPU_COUNT(&mine), even = CPU_COUNT(&all) / n_here;
    int share = own < even ? own : even;
    return share > 1 ? share : 1;
}

enum status run_start(int n_thread, struct run *run, struct error *err)
{
    int provided = MPI_THREAD_SINGLE;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_dup(MPI_COMM_WORLD, &run->comm);
    MPI_Comm_rank(run->comm, &run->rank);
    MPI_Comm_size(run->comm, &run->n_rank);
    int share = share_of_cores(run->comm);
    run->n_thread = n_thread > 0                        ? n_thread
                    : getenv("OMP_NUM_THREADS") != NULL ? omp_get_max_threads()
                                                        : share;
    omp_set_num_threads(run->n_thread);
    if (provided < MPI_THREAD_FUNNELED)
        return error_set(err, STATUS_INTERNAL, "this MPI library does not allow threads");
    long tasks = run_launched_tasks();
    return run->n_rank == 1 && tasks > 1 ? fail_apart(tasks, err) : STATUS_OK;
}

int run_fail(const struct run *run, const struct error *err)
{
    if (run->rank == 0 && run_speaks_unstarted())
        fprintf(stderr, "tieout: %s\n", err->text);
    fflush(stderr);
    MPI_Barrier(run->comm);
    return (int)err->code;
}

void run_stop(struct run *run)
{
    MPI_Comm_free(&run->comm);
    MPI_Finalize();
}

enum status run_agree(const struct run *run, enum status st, struct error *err)
{
    struct {
        int code;
        int rank;
    } mine = {(int)st, run->rank}, worst;

    /* MAXLOC gives the lowest rank among equals. */
    MPI_Allreduce(&mine, &worst, 1, MPI_2INT, MPI_MAXLOC, run->comm);
    if (worst.code != STATUS_OK)
        MPI_Bcast(err, (int)sizeof *err, MPI_BYTE, worst.rank, run->comm);
    return (enum status)worst.code;
}
