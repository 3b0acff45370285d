/* /rows to rank 0. Every rank holds its rows in input order, so a piece of row numbers is a stretch
 * of rows on each rank: rank 0 never holds more than two pieces, and needs no sorting. A thread of
 * its own writes one of them while the next arrives. */
#include "gather.h"

#include "comm.h"
#include "mem.h"
#include "stop.h"

#include <assert.h>
#include <pthread.h>
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

/* A piece in input order, on its way to the file. Rank 0 only. */
struct ordered {
    size_t n;
    int64_t *row_number; /* [piece], as all below */
    int32_t *file;
    double *decision;
    double *base; /* NULL without feedback */
    uint8_t *anomaly, *pattern, *suppressed;
    double **column; /* [n_column][piece] */
};

static void ordered_free(struct ordered *ordered, size_t n_column)
{
    free(ordered->row_number);
    free(ordered->file);
    free(ordered->decision);
    free(ordered->base);
    free(ordered->suppressed);
    free(ordered->anomaly);
    free(ordered->pattern);
    columns_free(ordered->column, n_column);
}

static bool ordered_allocate(size_t piece, size_t n_column, bool with_base,
                             struct ordered *ordered)
{
    ordered->row_number = mem_array(piece, sizeof *ordered->row_number);
    ordered->file = mem_array(piece, sizeof *ordered->file);
    ordered->decision = mem_array(piece, sizeof *ordered->decision);
    ordered->base = with_base ? mem_array(piece, sizeof *ordered->base) : NULL;
    ordered->suppressed = mem_array(piece, 1);
    ordered->anomaly = mem_array(piece, 1);
    ordered->pattern = mem_array(piece, 1);
    ordered->column = columns_create(n_column, piece);
    return ordered->row_number && ordered->file && ordered->decision &&
           (ordered->base || !with_base) && ordered->suppressed && ordered->anomaly &&
           ordered->pattern && ordered->column;
}

/* The stretch of this rank's rows that is in the piece, and on rank 0 the piece itself. */
struct gathering {
    size_t first, n; /* this rank's rows */
    struct row_result *mine;
    double *value; /* of the same rows: the score without feedback, a feature */
    /* rank 0 only */
    int64_t *n_of;             /* [n_rank] */
    struct row_result *all;    /* rank by rank */
    double *value_all;         /* rank by rank */
    uint32_t *slot;            /* [piece] index in `all` of each row number, or NO_ROW */
    uint32_t *from;            /* [n] index in `all` of each kept row, in input order */
    struct ordered ordered[2]; /* one is written while the other is filled */
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
    for (int i = 0; i < 2; i++)
        ordered_free(&g->ordered[i], n_column);
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
        ready = g->n_of && g->all && g->value_all && g->slot && g->from &&
                ordered_allocate(piece, n_column, with_base, &g->ordered[0]) &&
                ordered_allocate(piece, n_column, with_base, &g->ordered[1]);
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

/* Puts the piece that starts at row number `begin` in input order, which leaves its kept rows. */
static void order_piece(const struct run *run, const struct ledger_files *files, int64_t begin,
                        size_t piece, size_t *table, struct gathering *g,
                        struct ordered *ordered)
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
        ordered->row_number[n] = row_number;
        ordered->file[n] = files->table[*table].file;
        ordered->decision[n] = result->decision;
        ordered->suppressed[n] = result->suppressed;
        ordered->anomaly[n] = result->decision < 0;
        ordered->pattern[n] = result->pattern;
        n++;
    }
    ordered->n = n;
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
                            const uint32_t *place, struct gathering *g, struct ordered *ordered)
{
    for (size_t c = 0; c < n_column; c++) {
        for (size_t i = 0; i < g->n; i++)
            g->value[i] = column[c][place[g->first + i]];
        gather_value(run, ordered->n, g, run->rank == 0 ? ordered->column[c] : NULL);
    }
}

/* The scores without feedback, if there are such, for the piece's rows. All ranks. */
static void gather_base(const struct run *run, const struct scored *scored, struct gathering *g,
                        struct ordered *ordered)
{
    if (scored->base == NULL)
        return;
    memcpy(g->value, scored->base + g->first, g->n * sizeof *g->value);
    gather_value(run, ordered->n, g, ordered->base);
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

/* ---- writing --------------------------------------------------------------------------------- */

/* The thread that writes a piece. It is the only one to use the writer until it is joined. */
struct writing {
    pthread_t thread;
    bool under_way;
    struct results_writer *writer;
    const struct ordered *ordered;
    size_t n_column;
    const struct feature_label *label;
    enum status st;
    struct error err;
};

static void *write_piece(void *context)
{
    struct writing *writing = context;
    const struct ordered *o = writing->ordered;
    const struct results_rows rows = {o->n,
                                      o->row_number,
                                      o->file,
                                      o->decision,
                                      o->anomaly,
                                      o->pattern,
                                      o->base,
                                      o->suppressed,
                                      writing->n_column,
                                      writing->label,
                                      (const double *const *)o->column};

    writing->st = results_write_rows(writing->writer, &rows, &writing->err);
    return NULL;
}

/* Waits for the piece that is being written, if there is one. */
static enum status writing_end(struct writing *writing, struct error *err)
{
    if (!writing->under_way)
        return STATUS_OK;
    pthread_join(writing->thread, NULL);
    writing->under_way = false;
    if (writing->st != STATUS_OK)
        *err = writing->err;
    return writing->st;
}

/* When the last piece is written, starts writing this one. */
static enum status writing_begin(struct writing *writing, const struct ordered *ordered,
                                 struct error *err)
{
    enum status st = writing_end(writing, err);

    if (st != STATUS_OK)
        return st;
    writing->ordered = ordered;
    int failure = pthread_create(&writing->thread, NULL, write_piece, writing);
    if (failure != 0)
        return error_set(err, STATUS_INTERNAL, "cannot start the thread that writes: %s",
                         strerror(failure));
    writing->under_way = true;
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
    struct writing writing = {.writer = writer};
    int64_t n_record = files->first_row[files->n_table];
    size_t table = 0, turn = 0;
    double start = MPI_Wtime();
    enum status st = STATUS_OK;

    piece = piece < n_record ? piece : n_record;
    assert(piece < NO_ROW);
    if (profile != NULL)
        st = keep_features(rows, &prepared->groups, profile, tolerance, &kept, err);
    if (st == STATUS_OK)
        st = gathering_allocate(run, (size_t)piece, kept.n, scored->base != NULL, &g, err);
    TRY(run_agree(run, st, err));
    writing.n_column = kept.n;
    writing.label = kept.label;
    for (int64_t begin = 0; begin < n_record; begin += piece) {
        struct ordered *ordered = &g.ordered[turn++ % 2];
        log_progress(log, "write", begin, n_record, "rows", MPI_Wtime() - start);
        take_stretch(rows, prepared, scored, judged, begin, begin + piece, &g);
        int64_t n_mine = (int64_t)g.n;
        MPI_Gather(&n_mine, 1, MPI_INT64_T, g.n_of, 1, MPI_INT64_T, 0, run->comm);
        comm_gather(run, sizeof *g.mine, g.mine, n_mine, g.n_of, g.all);
        if (run->rank == 0)
            order_piece(run, files, begin, (size_t)piece, &table, &g, ordered);
        gather_base(run, scored, &g, ordered);
        gather_features(run, kept.column, kept.n, kept.place, &g, ordered);
        if (run->rank == 0)
            st = writing_begin(&writing, ordered, err);
        if (st == STATUS_OK)
            st = stop_check(err);
        TRY(run_agree(run, st, err));
    }
    TRY(run_agree(run, writing_end(&writing, err), err));
done:
    writing_end(&writing, &(struct error){0});
    gathering_free(&g, kept.n);
    kept_features_free(&kept);
    return st;
}
