#ifndef TIEOUT_JOBS_H
#define TIEOUT_JOBS_H

#include "status.h"

/* The follow-up jobs, in the order they run. */
enum job { JOB_ANOMALIES_CSV, N_JOB };

/* "anomalies.csv" ..., for messages. */
const char *job_name(enum job job);

/* The folder the jobs write to: the results' path without .h5, plus ".followup"; the caller
 * frees it. NULL if memory is short. */
char *jobs_folder(const char *results_path);

/* Runs every job on a results file, one process, no MPI. A job that fails does not keep the
 * others from running. Can be run again: what is done already is left as it is.
 * said[N_JOB]  out, each job's code and a sentence on what it did or why it could not
 * Returns the gravest code, with that job's sentence in err; before any job ran (the results
 * cannot be read, the folder not made) said has that same code and sentence for all. */
enum status jobs_run(const char *results_path, struct error said[N_JOB], struct error *err);

#endif
