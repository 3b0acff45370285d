/* Counts what ranks hand to MPI: preloaded (LD_PRELOAD) into a run, it stands before the calls that
 * the program makes and hands them on by MPI's profiling names. When the run ends, rank 0 appends a
 * line of JSON to the file that COUNT_MESSAGES names: for each call how often the ranks made it and
 * how many bytes they gave to it, in all; a broadcast counts its root alone. model.py compares
 * these with its formulas. */
#include "run.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum call { SEND, ISEND, BCAST, ALLREDUCE, EXSCAN, ALLTOALL, ALLGATHER, ALLGATHERV, N_CALL };

static const char *const NAME[N_CALL] = {
    [SEND] = "Send",           [ISEND] = "Isend",           [BCAST] = "Bcast",
    [ALLREDUCE] = "Allreduce", [EXSCAN] = "Exscan",         [ALLTOALL] = "Alltoall",
    [ALLGATHER] = "Allgather", [ALLGATHERV] = "Allgatherv",
};

static int64_t counted[N_CALL][2]; /* calls, bytes */

static void count(enum call call, int64_t n, MPI_Datatype type)
{
    int size = 0;

    PMPI_Type_size(type, &size);
    counted[call][0]++;
    counted[call][1] += n * size;
}

int MPI_Send(const void *buf, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
    count(SEND, n, type);
    return PMPI_Send(buf, n, type, to, tag, comm);
}

int MPI_Isend(const void *buf, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    count(ISEND, n, type);
    return PMPI_Isend(buf, n, type, to, tag, comm, request);
}

int MPI_Bcast(void *buf, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
    int rank = 0;

    PMPI_Comm_rank(comm, &rank);
    if (rank == root)
        count(BCAST, n, type);
    return PMPI_Bcast(buf, n, type, root, comm);
}

int MPI_Allreduce(const void *in, void *out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    count(ALLREDUCE, n, type);
    return PMPI_Allreduce(in, out, n, type, op, comm);
}

int MPI_Exscan(const void *in, void *out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    count(EXSCAN, n, type);
    return PMPI_Exscan(in, out, n, type, op, comm);
}

int MPI_Alltoall(const void *in, int n, MPI_Datatype type, void *out, int n_out,
                 MPI_Datatype type_out, MPI_Comm comm)
{
    int n_rank = 0;

    PMPI_Comm_size(comm, &n_rank);
    count(ALLTOALL, (int64_t)n * n_rank, type);
    return PMPI_Alltoall(in, n, type, out, n_out, type_out, comm);
}

int MPI_Allgather(const void *in, int n, MPI_Datatype type, void *out, int n_out,
                  MPI_Datatype type_out, MPI_Comm comm)
{
    count(ALLGATHER, n, type);
    return PMPI_Allgather(in, n, type, out, n_out, type_out, comm);
}

int MPI_Allgatherv(const void *in, int n, MPI_Datatype type, void *out, const int *n_out,
                   const int *at, MPI_Datatype type_out, MPI_Comm comm)
{
    count(ALLGATHERV, n, type);
    return PMPI_Allgatherv(in, n, type, out, n_out, at, type_out, comm);
}

int MPI_Finalize(void)
{
    const char *path = getenv("COUNT_MESSAGES");
    FILE *out = NULL;
    int rank = 0;

    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Reduce(rank == 0 ? MPI_IN_PLACE : counted, counted, 2 * N_CALL, MPI_INT64_T, MPI_SUM,
                0, MPI_COMM_WORLD);
    if (rank == 0 && path != NULL && (out = fopen(path, "a")) != NULL) {
        for (enum call call = 0; call < N_CALL; call++)
            fprintf(out, "%s\"%s\": [%" PRId64 ", %" PRId64 "]", call == 0 ? "{" : ", ",
                    NAME[call], counted[call][0], counted[call][1]);
        fprintf(out, "}\n");
        fclose(out);
    }
    return PMPI_Finalize();
}
