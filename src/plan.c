/* How to run detect on a cluster. Rows and the largest account's share are estimated from places
 * spread evenly over the files (the head of packed ones); time and memory follow from what was
 * measured for a row (benchmarks/RESULTS.md). The model is a straight line on purpose: every stage
 * but the writing, which rank 0 does alone, is shared by all cores, and the fullest rank, which has
 * the largest account whole, is waited for. */
#include "plan.h"

#include "group.h"
#include "input.h"
#include "input_list.h"
#include "log_text.h"
#include "mem.h"
#include "profile.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the sample ---------------------------------------------------------------------------- */

enum {
    PLACES = 64,            /* of all files together */
    PLACE_BYTES = 64 << 10, /* read at each */
    MEGABYTE = 1000 * 1000
};

struct sample {
    struct ledger_block *block;
    int64_t n_byte; /* of the records in block */
    double n_text;  /* bytes of all tables' records, sampled or not; estimated if packed */
};

/* Adds the records that begin in byte[n]. first_line: the number of the line it begins with, or 0
 * if it stands somewhere in the file; then it may be inside quotes and make no sense as records,
 * and is left out. */
static enum status sample_place(const char *path, const char *byte, size_t n,
                                int64_t first_line, bool is_last,
                                const struct ledger_layout *layout, struct sample *sample,
                                struct error *err)
{
    bool is_first = first_line > 0;
    size_t first = is_first ? 0 : csv_first_record(byte, n, false, 'x'), used = 0;
    int64_t line = first_line;
    bool more = false;
    enum status st = ledger_parse(byte + first, n - first, n - first, is_last, layout, 0, path,
                                  &line, &used, &more, sample->block, err);

    if (st == STATUS_OK)
        sample->n_byte += (int64_t)used;
    return is_first || st != STATUS_DATA ? st : STATUS_OK;
}

/* Places of a table that lies plain; a short one is read whole. */
static enum status sample_plain(const char *path, const struct input_table *table,
                                int64_t places, char *byte, struct sample *sample,
                                struct error *err)
{
    int64_t end = table->data_end, n_data = end - table->data_begin;
    int64_t step = n_data / places > PLACE_BYTES ? n_data / places : PLACE_BYTES;
    struct input_source *source = NULL;
    enum status st = STATUS_OK;

    TRY(input_open(path, table, table->data_begin, &source, err));
    for (int64_t at = table->data_begin; at < end; at += step) {
        size_t n = (size_t)(end - at < PLACE_BYTES ? end - at : PLACE_BYTES), got = 0;
        int64_t first_line = at == table->data_begin ? 1 + table->header_lines : 0;
        TRY(input_source_skip(source, at, err));
        TRY(input_source_read(source, byte, n, &got, err));
        TRY(sample_place(path, byte, got, first_line, at + (int64_t)got == end, &table->layout,
                         sample, err));
    }
    sample->n_text += (double)n_data;
done:
    input_source_close(source);
    return st;
}

/* The head of a packed table, as nothing behind it can be read without unpacking it all. How long
 * the text is follows from how much of the file the head took. */
static enum status sample_packed(const char *path, const struct input_table *table, char *byte,
                                 struct sample *sample, struct error *err)
{
    struct input_source *source = NULL;
    int64_t n_text = 0;
    size_t got = PLACE_BYTES;
    enum status st = STATUS_OK;

    TRY(input_open(path, table, table->data_begin, &source, err));
    for (int place = 0; place < PLACES && got == PLACE_BYTES; place++) {
        TRY(input_source_read(source, byte, PLACE_BYTES, &got, err));
        TRY(sample_place(path, byte, got, place == 0 ? 1 + table->header_lines : 0,
                         got < PLACE_BYTES, &table->layout, sample, err));
        n_text += (int64_t)got;
    }
    int64_t taken = input_source_taken(source);
    sample->n_text += got < PLACE_BYTES || taken == 0
                          ? (double)n_text
                          : (double)n_text * (double)table->size / (double)taken;
done:
    input_source_close(source);
    return st;
}

/* Rows of the most frequent account among row[n]. */
static enum status most_frequent(const struct row *row, size_t n, unsigned key, int64_t *most,
                                 struct error *err)
{
    struct groups groups = {0};
    enum status st = STATUS_OK;

    *most = 0;
    TRY(groups_build(row, n, key, &groups, err));
    for (size_t g = 0; g < groups.n_group; g++) {
        int64_t size = (int64_t)(groups.start[g + 1] - groups.start[g]);
        *most = size > *most ? size : *most;
    }
done:
    groups_free(&groups);
    return st;
}

/* The tables of all files; list and tables are produced. */
static enum status find_tables(const struct settings *settings, struct input_list *list,
                               struct input_tables *tables, struct error *err)
{
    struct ledger_terms terms;
    enum status st = STATUS_OK;

    settings_ledger_terms(settings, &terms);
    TRY(input_list_expand(settings->input, settings->n_input, list, err));
    for (size_t f = 0; f < list->n; f++)
        TRY(input_inspect(list->path[f], (int32_t)f, &terms, settings->stacked, tables, err));
done:
    return st;
}

/* Bytes of a table as it lies: what it is given places by. */
static int64_t weight_of(const struct input_table *table)
{
    return table->packing != PACKING_NONE ? table->size : table->data_end - table->data_begin;
}

static enum status sample_tables(const struct input_list *list,
                                 const struct input_tables *tables, struct sample *sample,
                                 struct error *err)
{
    char *byte = mem_array(PLACE_BYTES, 1);
    int64_t all = 1;
    enum status st = STATUS_OK;

    if (byte == NULL)
        TRY(error_no_memory(err, "a sample of the ledger"));
    for (size_t t = 0; t < tables->n; t++)
        all += weight_of(&tables->table[t]);
    for (size_t t = 0; t < tables->n; t++) {
        const struct input_table *table = &tables->table[t];
        const char *path = list->path[table->file];
        double share = (double)weight_of(table) / (double)all;
        if (table->packing != PACKING_NONE)
            TRY(sample_packed(path, table, byte, sample, err));
        else
            TRY(sample_plain(path, table, 1 + (int64_t)(share * PLACES), byte, sample, err));
    }
done:
    free(byte);
    return st;
}

static enum status look_at_ledger(const struct settings *settings, struct plan_ledger *ledger,
                                  struct error *err)
{
    unsigned key =
        settings->group_by != 0 ? settings->group_by : profile_get(settings->profile)->key;
    struct input_list list = {0};
    struct input_tables tables = {0};
    struct sample sample = {.block = ledger_block_create()};
    int64_t most = 0;
    enum status st = STATUS_OK;

    if (sample.block == NULL)
        TRY(error_no_memory(err, "a sample of the ledger"));
    TRY(find_tables(settings, &list, &tables, err));
    TRY(sample_tables(&list, &tables, &sample, err));
    if (sample.n_byte == 0)
        TRY(error_set(err, STATUS_DATA, "%s: no records found to plan by", list.path[0]));
    double n_record = (double)sample.block->n_record;
    ledger->n_byte = (int64_t)sample.n_text;
    ledger->n_row = (int64_t)ceil(n_record / (double)sample.n_byte * sample.n_text);
    TRY(most_frequent(sample.block->row, sample.block->n_row, key, &most, err));
    ledger->largest_share = (double)most / n_record;
done:
    ledger_block_free(sample.block);
    free(tables.table);
    input_list_free(&list);
    return st;
}

/* ---- the model ----------------------------------------------------------------------------- */

/* Measured: seconds of one core for a row, and bytes. All are here; `benchmarks/run plan` prints
 * what they would be on the machine at hand, benchmarks/RESULTS.md ("The plan's constants") has
 * what was found. They are to be above that, as a job that runs out of what it asked for is lost. */
static const double ROW_SECONDS = 1.1e-6;             /* all stages but scoring and writing */
static const double ROW_TREE_SECONDS = 1.28e-6 / 200; /* scoring */
static const double ROW_WRITE_SECONDS = 0.17e-6;      /* on rank 0, shared by nobody */
static const double START_SECONDS = 2;
static const double ROW_BYTES = 210;
static const double KEPT_BYTES = 13;    /* of a row for each feature kept */
static const double RANK_BYTES = 150e6; /* program, libraries, exchanged pieces */

enum {
    THREADS_BEST = 8,   /* of a rank at most; more would reach over a node's parts */
    ROWS_LEAST = 100000 /* on a rank, or starting it costs more than it saves */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct plan_layout plan_make(const struct plan_ledger *ledger,
                             const struct plan_machine *machine, int64_t trees,
                             int64_t n_column)
{
    int64_t ranks = (machine->cores + THREADS_BEST - 1) / THREADS_BEST;
    struct plan_layout plan = {.threads = machine->cores / ranks};
    int64_t useful = 1 + ledger->n_row / ROWS_LEAST / machine->nodes;
    double n_row = (double)ledger->n_row, row_bytes = ROW_BYTES + KEPT_BYTES * (double)n_column;

    plan.ranks_per_node = smaller(ranks, useful);
    double even = n_row / (double)(machine->nodes * plan.ranks_per_node);
    double fullest = fmax(even, ledger->largest_share * n_row);
    plan.rank_memory = (int64_t)(RANK_BYTES + fullest * row_bytes);
    plan.node_memory = plan.rank_memory + (int64_t)((double)(plan.ranks_per_node - 1) *
                                                    (RANK_BYTES + even * row_bytes));
    plan.seconds =
        START_SECONDS + n_row * ROW_WRITE_SECONDS +
        fullest * (ROW_SECONDS + (double)trees * ROW_TREE_SECONDS) / (double)plan.threads;
    return plan;
}

/* ---- what is said -------------------------------------------------------------------------- */

/* What is asked of the batch system leaves room for what the model does not know. */
static const double MEMORY_ROOM = 1.3, TIME_ROOM = 3;

static int64_t asked_megabytes(const struct plan_layout *plan)
{
    return (int64_t)ceil((double)plan->node_memory * MEMORY_ROOM / MEGABYTE);
}

static int64_t asked_minutes(const struct plan_layout *plan)
{
    return 2 + (int64_t)ceil(plan->seconds * TIME_ROOM / 60);
}

static struct plan_machine machine_of(const struct settings *settings)
{
    struct plan_machine machine = {settings->nodes, settings->cores_per_node,
                                   settings->memory_per_node * MEGABYTE};

    if (machine.cores == 0)
        machine.cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (machine.memory == 0)
        machine.memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    return machine;
}

static enum status check_memory(const struct plan_ledger *ledger,
                                const struct plan_machine *machine,
                                const struct plan_layout *layout, int64_t trees,
                                int64_t n_column, struct error *err)
{
    struct plan_machine more = *machine;
    struct plan_layout other = *layout;
    int64_t need = asked_megabytes(layout), have = machine->memory / MEGABYTE;

    if (need <= have)
        return STATUS_OK;
    while (asked_megabytes(&other) > have && more.nodes < 2 * ledger->n_row / ROWS_LEAST) {
        more.nodes *= 2;
        other = plan_make(ledger, &more, trees, n_column);
    }
    if (asked_megabytes(&other) > have)
        return error_set(err, STATUS_USAGE,
                         "a node needs %" PRId64 " MB and has %" PRId64
                         ", and more nodes do not help: take nodes with more memory",
                         need, have);
    return error_set(err, STATUS_USAGE,
                     "each of %" PRId64 " nodes needs %" PRId64 " MB and has %" PRId64
                     ": %" PRId64 " nodes suffice",
                     machine->nodes, need, have, more.nodes);
}

static void print_for_people(const struct plan_ledger *ledger,
                             const struct plan_machine *machine, const struct plan_layout *plan,
                             FILE *out)
{
    char rows[LOG_TEXT_NUMBER], bytes[LOG_TEXT_NUMBER], rank[LOG_TEXT_NUMBER];
    char node[LOG_TEXT_NUMBER], seconds[LOG_TEXT_NUMBER];
    int64_t ranks = machine->nodes * plan->ranks_per_node;

    log_text_count(ledger->n_row, rows);
    log_text_scaled((double)ledger->n_byte, bytes);
    log_text_scaled((double)plan->rank_memory, rank);
    log_text_scaled((double)plan->node_memory, node);
    log_text_duration(plan->seconds, seconds);
    fprintf(out,
            "ledger  about %s rows, %sB; the largest account has about %.2g %% of them\n"
            "layout  %" PRId64 " nodes x %" PRId64 " ranks x %" PRId64 " threads\n"
            "memory  %sB for the fullest rank, %sB on its node; ask for %" PRId64 " MB a node\n"
            "time    %s; ask for %" PRId64 " min\n",
            rows, bytes, 100 * ledger->largest_share, machine->nodes, plan->ranks_per_node,
            plan->threads, rank, node, asked_megabytes(plan), seconds, asked_minutes(plan));
    if (ledger->largest_share * (double)ranks > 1)
        fprintf(out,
                "note    an account stays on one rank: beyond %.0f ranks this ledger gets no "
                "faster\n",
                ceil(1 / ledger->largest_share));
}

static void print_for_sbatch(const struct plan_machine *machine, const struct plan_layout *plan,
                             FILE *out)
{
    fprintf(out,
            "--nodes=%" PRId64 "\n--ntasks-per-node=%" PRId64 "\n--cpus-per-task=%" PRId64
            "\n--mem=%" PRId64 "M\n--time=%" PRId64 "\n",
            machine->nodes, plan->ranks_per_node, plan->threads, asked_megabytes(plan),
            asked_minutes(plan));
}

enum status plan(const struct settings *settings, FILE *out, struct error *err)
{
    struct plan_ledger ledger = {0};
    struct plan_machine machine = machine_of(settings);
    int64_t n_column = settings->keep_features
                           ? N_CLASSIC + (int64_t)profile_get(settings->profile)->n_feature
                           : 0;
    struct plan_layout layout;
    enum status st = STATUS_OK;

    TRY(look_at_ledger(settings, &ledger, err));
    layout = plan_make(&ledger, &machine, settings->trees, n_column);
    TRY(check_memory(&ledger, &machine, &layout, settings->trees, n_column, err));
    if (settings->sbatch)
        print_for_sbatch(&machine, &layout, out);
    else
        print_for_people(&ledger, &machine, &layout, out);
done:
    return st;
}
