#ifndef TIEOUT_PLAN_H
#define TIEOUT_PLAN_H

#include "settings.h"
#include "status.h"
#include <stdint.h>
#include <stdio.h>

/* What a sample of the ledger says about the whole. */
struct plan_ledger {
    int64_t n_byte;
    int64_t n_row;        /* estimated */
    double largest_share; /* of the rows that are the most frequent account's, estimated */
};

/* The machines there are. */
struct plan_machine {
    int64_t nodes;
    int64_t cores;  /* of a node */
    int64_t memory; /* of a node, bytes */
};

struct plan_layout {
    int64_t ranks_per_node;
    int64_t threads;     /* of a rank */
    int64_t rank_memory; /* bytes, of the fullest rank */
    int64_t node_memory; /* bytes, of the node it is on */
    double seconds;
};

/* Layout, memory and time of detect by the performance model (plan.c). trees: of the forest;
 * n_column: features kept for every row, 0 if none. */
struct plan_layout plan_make(const struct plan_ledger *ledger,
                             const struct plan_machine *machine, int64_t trees,
                             int64_t n_column);

/* The plan command: looks at the ledger's files (headers, sizes, a sample) and prints a layout
 * for settings->nodes, the memory of a rank and the time, or, with settings->sbatch, options for
 * sbatch, one a line. One process. STATUS_USAGE if the nodes' memory does not suffice, with how
 * many would; the errors of input.h if a file cannot be used. */
enum status plan(const struct settings *settings, FILE *out, struct error *err);

#endif
