#ifndef TIEOUT_JOBS_H
#define TIEOUT_JOBS_H

#include "followup.h"
#include "log.h"
#include "settings.h"

#include <stdio.h>

/* The folder the jobs write to: the results' path without .h5, plus ".followup"; the caller
 * frees it. NULL if memory is short. */
char *jobs_folder(const char *results_path);

/* Creates it unless it is there. */
enum status jobs_make_folder(const char *folder, struct error *err);

/* Runs the follow-up jobs on a results file in their order, one process, no MPI. A job that fails
 * does not keep the others from running; a signal to stop (stop.h, which this listens to) ends
 * them at the next point that can be resumed. Can be run again: what is done already is left as
 * it is. What each job did is logged. Returns the gravest code, with that job's sentence in err;
 * STATUS_SERVICE and STATUS_STOPPED are mended by running again. */
enum status jobs_run(const char *results_path, const struct settings *settings, struct log *log,
                     struct error *err);

/* Tells what the jobs have done at services: how many actions are in which state, then each that
 * is not done, with the reason. Also while another process runs the jobs. */
enum status jobs_status(const char *results_path, FILE *out, struct error *err);

/* The graver of two codes: what another run would mend comes last. */
enum status jobs_graver(enum status a, enum status b);

/* Each finding explained by the words of the results, until a job has other ones. [findings->n],
 * the caller frees it; NULL if memory is short. */
struct explanation *jobs_explain_by_rules(const struct findings *findings);

#endif
