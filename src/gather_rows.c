/* /rows to rank 0. Every rank holds its rows in input order, so a piece of row numbers is a stretch
 * of rows on each rank: rank 0 never holds more than one piece, and needs no sorting. */
#include "gather.h"

#include "comm.h"
#include "mem.h"
#include "stop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW UINT32_MAX

/* What travels for each row; whether it is an anomaly, the decision tells. */
struct row_result {
    double decision;
    uint32_t offset; /* of its row number in the piece */
    uint8_t pattern;
    uint8_t suppressed; /* 0 without feedback */
};

/* The stretch of this rank's rows that is in the piece, and on rank 0 the piece itself. */
struct gathering {
    size_t first, n; /* this rank's rows */
    struct row_result *mine;
    double *value; /* of the same rows: the score without feedback, a feature */
    /* rank 0 only */
    int64_t *n_of;          /* [n_rank] */
    struct row_result *all; /* rank by rank */
    double *value_all;      /* rank by rank */
    uint32_t *slot;         /* [piece] index in `all` of each row number, or NO_ROW */
    uint32_t *from;         /* [n] index in `all` of each kept row, in input order */
    int64_t *row_number;    /* [n] and below: the columns to write */
    int32_t *file;
    double *decision, *base;
    uint8_t *anomaly, *pattern, *suppressed;
    double **column; /* [n_column][piece] */
};

static void gathering_free(struct gathering *g, size_t n_column)
{
    free(g->mine);
    free(g->value);
    free(g->n_of);
    free(g->all);
    free(g->value_all);
    free(g->slot);
    free(g->from);
    free(g->row_number);
    free(g->file);
    free(g->decision);
    free(g->base);
    free(g->suppressed);
    free(g->anomaly);
    free(g->pattern);
    columns_free(g->column, n_column);
}

static enum status gathering_allocate(const struct run *run, size_t piece, size_t n_column,
                                      bool with_base, struct gathering *g, struct error *err)
{
    size_t n_value = n_column > 0 || with_base ? piece : 0;
    bool ready = true;

    g->mine = mem_array(piece, sizeof *g->mine);
    g->value = mem_array(n_value, sizeof *g->value);
    ready = g->mine != NULL && g->value != NULL;
    if (run->rank == 0 && ready) {
        g->n_of = mem_array((size_t)run->n_rank, sizeof *g->n_of);
        g->all = mem_array(piece, sizeof *g->all);
        g->value_all = mem_array(n_value, sizeof *g->value_all);
        g->slot = mem_array(piece, sizeof *g->slot);
        g->from = mem_array(piece, sizeof *g->from);
        g->row_number = mem_array(piece, sizeof *g->row_number);
        g->file = mem_array(piece, sizeof *g->file);
        g->decision = mem_array(piece, sizeof *g->decision);
        g->base = mem_array(with_base ? piece : 0, sizeof *g->base);
        g->suppressed = mem_array(piece, 1);
        g->anomaly = mem_array(piece, 1);
        g->pattern = mem_array(piece, 1);
        g->column = columns_create(n_column, piece);
        ready = g->n_of && g->all && g->value_all && g->slot && g->from && g->row_number &&
                g->file && g->decision && g->base && g->suppressed && g->anomaly &&
                g->pattern && g->column;
    }
    return ready ? STATUS_OK : error_no_memory(err, "a piece of the results");
}

/* This rank's rows with numbers from `begin` and below `end`; the last piece stopped before. */
static void take_stretch(const struct encoded *rows, const struct prepared *prepared,
                         const struct scored *scored, const struct judged *judged,
                         int64_t begin, int64_t end, struct gathering *g)
{
    g->first += g->n;
    g->n = 0;
    for (size_t i = g->first; i < rows->n_row && rows->row[i].row_number < end; i++)
        g->mine[g->n++] = (struct row_result){
            .decision = scored->decision[i],
            .offset = (uint32_t)(rows->row[i].row_number - begin),
            .pattern = prepared->pattern[i],
            .suppressed = judged->suppressor != NULL && judged->suppressor[i] > 0};
}

/* Puts the piece that starts at row number `begin` in input order; returns its kept rows. */
static size_t order_piece(const struct run *run, const struct ledger_files *files,
                          int64_t begin, size_t piece, size_t *table, struct gathering *g)
{
    size_t n_all = 0, n = 0;

    for (int r = 0; r < run->n_rank; r++)
        n_all += (size_t)g->n_of[r];
    for (size_t s = 0; s < piece; s++)
        g->slot[s] = NO_ROW;
    for (size_t i = 0; i < n_all; i++)
        g->slot[g->all[i].offset] = (uint32_t)i;
    for (size_t s = 0; s < piece; s++) {
        if (g->slot[s] == NO_ROW)
            continue;
        const struct row_result *result = &g->all[g->slot[s]];
        int64_t row_number = begin + (int64_t)s;
        while (row_number >= files->first_row[*table + 1])
            ++*table;
        g->from[n] = g->slot[s];
        g->row_number[n] = row_number;
        g->file[n] = files->table[*table].file;
        g->decision[n] = result->decision;
        g->suppressed[n] = result->suppressed;
        g->anomaly[n] = result->decision < 0;
        g->pattern[n] = result->pattern;
        n++;
    }
    return n;
}

/* One more value of the piece's rows, from g->value on every rank to out[n] in input order on
 * rank 0. All ranks. */
static void gather_value(const struct run *run, size_t n, struct gathering *g, double *out)
{
    comm_gather(run, sizeof *g->value, g->value, (int64_t)g->n, g->n_of, g->value_all);
    for (size_t i = 0; run->rank == 0 && i < n; i++)
        out[i] = g->value_all[g->from[i]];
}

/* Every column of features for the piece's rows. column: this rank's values in group order;
 * place[i]: where row i stands there. All ranks. */
static void gather_features(const struct run *run, double *const *column, size_t n_column,
                            const uint32_t *place, size_t n, struct gathering *g)
{
    for (size_t c = 0; c < n_column; c++) {
        for (size_t i = 0; i < g->n; i++)
            g->value[i] = column[c][place[g->first + i]];
        gather_value(run, n, g, run->rank == 0 ? g->column[c] : NULL);
    }
}

/* The scores without feedback, if there are such, for the piece's rows. All ranks. */
static void gather_base(const struct run *run, const struct scored *scored, size_t n,
                        struct gathering *g)
{
    if (scored->base == NULL)
        return;
    memcpy(g->value, scored->base + g->first, g->n * sizeof *g->value);
    gather_value(run, n, g, g->base);
}

/* The features that are kept: the classic ones, and the profile's own. */
struct kept_features {
    size_t n;
    struct feature_label *label;
    double **column; /* [n][n_row] in group order */
    uint32_t *place; /* [n_row] where each row stands in group order */
};

static void kept_features_free(struct kept_features *kept)
{
    free(kept->label);
    columns_free(kept->column, kept->n);
    free(kept->place);
}

static enum status keep_features(const struct encoded *rows, const struct groups *groups,
                                 const struct profile *profile, double tolerance,
                                 struct kept_features *kept, struct error *err)
{
    size_t own = profile->label == CLASSIC_LABEL ? 0 : profile->n_feature;

    kept->n = N_CLASSIC + own;
    kept->label = mem_array(kept->n, sizeof *kept->label);
    kept->column = columns_create(kept->n, rows->n_row);
    kept->place = mem_array(rows->n_row, sizeof *kept->place);
    if (kept->label == NULL || kept->column == NULL || kept->place == NULL)
        return error_no_memory(err, "the features to keep");
    memcpy(kept->label, CLASSIC_LABEL, sizeof CLASSIC_LABEL);
    features_classic(rows->row, groups, kept->column);
    if (own > 0) {
        memcpy(kept->label + N_CLASSIC, profile->label, own * sizeof *kept->label);
        profile->features(rows->row, groups, tolerance, kept->column + N_CLASSIC);
    }
    for (size_t k = 0; k < rows->n_row; k++)
        kept->place[groups->member[k]] = (uint32_t)k;
    return STATUS_OK;
}

enum status gather_rows(const struct run *run, const struct ledger_files *files,
                        const struct encoded *rows, const struct prepared *prepared,
                        const struct scored *scored, const struct judged *judged,
                        const struct profile *profile, double tolerance, int64_t piece,
                        struct log *log, struct results_writer *writer, struct error *err)
{
    struct gathering g = {0};
    struct kept_features kept = {0};
    int64_t n_record = files->first_row[files->n_table];
    size_t table = 0;
    double start = MPI_Wtime();
    enum status st = STATUS_OK;

    piece = piece < n_record ? piece : n_record;
    assert(piece < NO_ROW);
    if (profile != NULL)
        st = keep_features(rows, &prepared->groups, profile, tolerance, &kept, err);
    if (st == STATUS_OK)
        st = gathering_allocate(run, (size_t)piece, kept.n, scored->base != NULL, &g, err);
    TRY(run_agree(run, st, err));
    for (int64_t begin = 0; begin < n_record; begin += piece) {
        log_progress(log, "write", begin, n_record, "rows", MPI_Wtime() - start);
        take_stretch(rows, prepared, scored, judged, begin, begin + piece, &g);
        int64_t n_mine = (int64_t)g.n;
        size_t n = 0;
        MPI_Gather(&n_mine, 1, MPI_INT64_T, g.n_of, 1, MPI_INT64_T, 0, run->comm);
        comm_gather(run, sizeof *g.mine, g.mine, n_mine, g.n_of, g.all);
        if (run->rank == 0)
            n = order_piece(run, files, begin, (size_t)piece, &table, &g);
        gather_base(run, scored, n, &g);
        gather_features(run, kept.column, kept.n, kept.place, n, &g);
        if (run->rank == 0)
            st = results_write_rows(writer,
                                    &(struct results_rows){n, g.row_number, g.file, g.decision,
                                                           g.anomaly, g.pattern,
                                                           scored->base != NULL ? g.base : NULL,
                                                           g.suppressed, kept.n, kept.label,
                                                           (const double *const *)g.column},
                                    err);
        if (st == STATUS_OK)
            st = stop_check(err);
        TRY(run_agree(run, st, err));
    }
done:
    gathering_free(&g, kept.n);
    kept_features_free(&kept);
    return st;
}
