#ifndef TIEOUT_BENCH_H
#define TIEOUT_BENCH_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* What every bench_*.c shares. A bench is called `bench_NAME [OPTION=VALUE...]`, measures one
 * kernel and prints one line of JSON: all its options, ranks, threads, processor and revision,
 * and median, least and spread of the seconds a run took. It prints nothing if the answer is
 * wrong. */

/* A number, or one of the words of a list that NULL ends: value is then its index. */
struct bench_option {
    const char *name;
    int64_t value; /* in: the default */
    const char *const *word;
};

/* Sets the options that are given; numbers are from 1 on. STATUS_USAGE if one is unknown or has
 * no such value, with a sentence that names those there are. */
enum status bench_read_options(int argc, char *const argv[], struct bench_option *option,
                               size_t n_option, struct error *err);

extern const char *const BENCH_SIMD[]; /* the words of enum simd */

/* What is measured. Both functions get `state`. */
struct bench {
    const char *name;
    const struct bench_option *option;
    size_t n_option;
    int64_t n_run;  /* measured, after one that is not */
    int64_t n_item; /* done by a run, over all ranks: what is told by the second */
    const char *item;
    int rank, n_rank; /* rank 0 prints; n_rank 0: no MPI, the same as 1 */
    /* Does the work once. With ranks, all begin and end it together. */
    enum status (*run)(void *state, struct error *err);
    /* Compares what the first run has made with the plain form of the same. */
    enum status (*check)(void *state, struct error *err);
    void *state;
};

enum status bench_measure(const struct bench *bench, struct error *err);

/* How a bench's main ends: says what went wrong, returns the exit code. */
int bench_end(const char *name, enum status st, const struct error *err);

#endif
