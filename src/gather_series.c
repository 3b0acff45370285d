/* /series to rank 0: the rows around the findings whose accounts are to be drawn. Rank 0 has
 * said which findings these are; each rank looks for them among its own rows, in one pass over
 * its groups, and sends what stands around them: a bounded number of points, at once. */
#include "gather.h"

#include "comm.h"
#include "date.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* A point on its way. */
struct point {
    int64_t finding; /* row number of the flagged row */
    int64_t row_number;
    int32_t place; /* in the account's series */
    int32_t date;
    double gl, ihub, difference;
    double score;
};

enum { SERIES_ROWS = SERIES_BEFORE + 1 + SERIES_BEHIND };

static int by_row_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Rows k - SERIES_BEFORE to k + SERIES_BEHIND of an account of n. */
static size_t take_points(const struct row *row, const struct scored *scored,
                          const uint32_t *member, size_t n, size_t k, struct point *point)
{
    size_t first = k > SERIES_BEFORE ? k - SERIES_BEFORE : 0;
    size_t end = n - k > SERIES_BEHIND ? k + 1 + SERIES_BEHIND : n;
    size_t n_point = 0;

    end = end < n ? end : n;
    for (size_t i = first; i < end; i++) {
        const struct row *at = &row[member[i]];
        point[n_point++] = (struct point){.finding = row[member[k]].row_number,
                                          .place = (int32_t)i,
                                          .date = at->date,
                                          .row_number = at->row_number,
                                          .gl = at->gl,
                                          .ihub = at->ihub,
                                          .difference = at->difference,
                                          .score = scored->decision[member[i]]};
    }
    return n_point;
}

/* This rank's points; room for SERIES_ROWS of each finding. */
static size_t find_points(const struct encoded *rows, const struct groups *groups,
                          const struct scored *scored, const struct drawn_list *drawn,
                          struct point *point)
{
    size_t n_point = 0;

    for (size_t g = 0; g < groups->n_group && drawn->n > 0; g++) {
        const uint32_t *member = groups->member + groups->start[g];
        size_t n = groups->start[g + 1] - groups->start[g];
        for (size_t k = 0; k < n; k++) {
            if (!(scored->decision[member[k]] < 0))
                continue;
            const int64_t *row_number = &rows->row[member[k]].row_number;
            if (bsearch(row_number, drawn->row_number, drawn->n, sizeof *row_number,
                        by_row_number) != NULL)
                n_point += take_points(rows->row, scored, member, n, k, point + n_point);
        }
    }
    return n_point;
}

static int by_finding(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    return x->finding != y->finding ? (x->finding > y->finding) - (x->finding < y->finding)
                                    : (x->place > y->place) - (x->place < y->place);
}

static enum status write_points(struct point *point, size_t n, struct results_writer *writer,
                                struct error *err)
{
    struct results_point *entry = mem_array(n, sizeof *entry);
    char(*date)[DATE_TEXT] = mem_array(n, sizeof *date);
    enum status st = STATUS_OK;

    if (entry == NULL || date == NULL)
        TRY(error_no_memory(err, "the accounts' rows"));
    qsort(point, n, sizeof *point, by_finding);
    for (size_t i = 0; i < n; i++) {
        if (point[i].date != ROW_NO_DATE)
            date_format(point[i].date, date[i]);
        entry[i] = (struct results_point){
            point[i].finding, point[i].row_number, date[i],       point[i].gl,
            point[i].ihub,    point[i].difference, point[i].score};
    }
    TRY(results_write_series(writer, entry, n, err));
done:
    free(entry);
    free(date);
    return st;
}

enum status gather_series(const struct run *run, const struct encoded *rows,
                          const struct groups *groups, const struct scored *scored,
                          const struct drawn_list *drawn, struct results_writer *writer,
                          struct error *err)
{
    struct point *mine = mem_array(drawn->n * SERIES_ROWS, sizeof *mine);
    struct point *all = NULL;
    int64_t *n_of = mem_array((size_t)run->n_rank, sizeof *n_of);
    int64_t n_mine = 0;
    size_t n_all = 0;
    enum status st = STATUS_OK;

    if (run->rank == 0)
        all = mem_array(drawn->n * SERIES_ROWS, sizeof *all);
    if (mine == NULL || n_of == NULL || (run->rank == 0 && all == NULL))
        st = error_no_memory(err, "the accounts' rows");
    TRY(run_agree(run, st, err));
    n_mine = (int64_t)find_points(rows, groups, scored, drawn, mine);
    MPI_Gather(&n_mine, 1, MPI_INT64_T, n_of, 1, MPI_INT64_T, 0, run->comm);
    for (int r = 0; r < run->n_rank; r++)
        n_all += (size_t)n_of[r];
    comm_gather(run, sizeof *mine, mine, n_mine, n_of, all);
    if (run->rank == 0)
        st = write_points(all, n_all, writer, err);
    TRY(run_agree(run, st, err));
done:
    free(mine);
    free(all);
    free(n_of);
    return st;
}
