/* From every thread's own codes to codes all ranks share. Texts are sorted locally, merged over
 * threads and over a tree of ranks, and the union goes to everyone: so a code is the text's
 * place among the sorted distinct texts, whatever the number of ranks. Dates are a dictionary
 * column too, so each distinct text is parsed once, after the whole column has told in which
 * order day and month stand. */
#include "encode.h"

#include "comm.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* map[b][c]: the shared code of code c of block b, for one column. */
struct column_map {
    size_t n_block;
    uint32_t **map;
};

static void column_map_free(struct column_map *column)
{
    for (size_t b = 0; column->map != NULL && b < column->n_block; b++)
        free(column->map[b]);
    free(column->map);
    *column = (struct column_map){0};
}

/* Sorted texts of every block, map[b] = rank within them, and their union over this rank. */
static enum status sort_blocks(const struct shard *shard, size_t dict, struct texts *sorted,
                               struct column_map *column, struct texts *whole,
                               struct error *err)
{
    struct texts both = {0};
    enum status st = STATUS_OK;

    for (size_t b = 0; b < shard->n_block; b++) {
        const struct dict *from = shard->block[b]->dict[dict];
        column->map[b] = mem_array(dict_size(from), sizeof *column->map[b]);
        if (column->map[b] == NULL)
            return error_no_memory(err, "the codes of a column");
        TRY(dict_sort(from, &sorted[b], column->map[b], err));
        TRY(texts_merge(whole, &sorted[b], &both, err));
        texts_free(whole);
        *whole = both;
    }
done:
    return st;
}

/* Turns ranks within a block's texts into ranks within all. */
static enum status map_to_all(const struct shard *shard, size_t dict,
                              const struct texts *sorted, const struct texts *all,
                              struct column_map *column, struct error *err)
{
    for (size_t b = 0; b < shard->n_block; b++) {
        uint32_t *place = mem_array(sorted[b].n, sizeof *place);
        if (place == NULL)
            return error_no_memory(err, "the codes of a column");
        texts_locate(&sorted[b], all, place);
        for (size_t c = 0; c < dict_size(shard->block[b]->dict[dict]); c++)
            column->map[b][c] = place[column->map[b][c]];
        free(place);
    }
    return STATUS_OK;
}

/* One dictionary column: the union over all ranks, and this rank's maps to it. All ranks. */
static enum status agree_on_column(const struct run *run, const struct shard *shard,
                                   size_t dict, struct column_map *column, struct texts *all,
                                   struct error *err)
{
    struct texts *sorted = mem_array(shard->n_block, sizeof *sorted);
    struct texts whole = {.start = mem_array(1, sizeof *whole.start), .byte = mem_array(0, 1)};
    enum status st = STATUS_OK;

    *column = (struct column_map){.n_block = shard->n_block,
                                  .map = mem_array(shard->n_block, sizeof *column->map)};
    if (!sorted || !whole.start || !whole.byte || !column->map)
        st = error_no_memory(err, "the codes of a column");
    if (st == STATUS_OK)
        st = sort_blocks(shard, dict, sorted, column, &whole, err);
    TRY(run_agree(run, st, err));
    TRY(comm_merge_texts(run, &whole, all, err));
    TRY(run_agree(run, map_to_all(shard, dict, sorted, all, column, err), err));
done:
    for (size_t b = 0; sorted != NULL && b < shard->n_block; b++)
        texts_free(&sorted[b]);
    free(sorted);
    texts_free(&whole);
    return st;
}

/* ---- numbers and places -------------------------------------------------------------------- */

/* Row numbers of the first record of every block, in the whole ledger; findings get theirs.
 * first[n_block] out. All ranks. Returns that of this rank's first record. */
static int64_t number_records(const struct run *run, const struct shard *shard, int64_t *first)
{
    int64_t n_record = 0, before = 0, next;

    for (size_t b = 0; b < shard->n_block; b++)
        n_record += shard->block[b]->n_record;
    MPI_Exscan(&n_record, &before, 1, MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0)
        before = 0;
    next = before;
    for (size_t b = 0; b < shard->n_block; b++) {
        struct ledger_block *block = shard->block[b];
        first[b] = next;
        for (size_t i = 0; i < block->n_reject; i++)
            block->reject[i].row_number += next;
        next += block->n_record;
    }
    return before;
}

/* Final row numbers and codes of a block's rows, and days as indices in the calendar, all in
 * one pass, as it is memory that takes the time. n_of_day[n_day] counts the days. */
static void recode_block(struct ledger_block *block, size_t b, const struct column_map *column,
                         const struct calendar *calendar, int64_t first, int64_t *n_of_day)
{
    for (size_t i = 0; i < block->n_row; i++) {
        struct row *row = &block->row[i];
        row->row_number += first;
        for (size_t c = 0; c < N_CODE; c++)
            row->code[c] = column[c].map[b][row->code[c]];
        row->date = (int32_t)calendar->day_of[column[DICT_DATE].map[b][row->date]];
        n_of_day[row->date]++;
    }
}

/* From how many rows of each day a block has to the place of the first: behind the rows of
 * earlier days anywhere, those of its own day on lower ranks, and those before it here.
 * next[n_block][n_day] in: the numbers of rows; out: the places. All ranks. */
static enum status place_days(const struct run *run, size_t n_block, size_t n_day,
                              int64_t *next, struct error *err)
{
    int64_t *here = mem_array(n_day, sizeof *here), *lower = mem_array(n_day, sizeof *lower);
    int64_t *all = mem_array(n_day, sizeof *all), total = 0;
    enum status st = STATUS_OK;

    if (here == NULL || lower == NULL || all == NULL)
        st = error_no_memory(err, "the as-of dates");
    TRY(run_agree(run, st, err));
    for (size_t b = 0; b < n_block; b++)
        for (size_t d = 0; d < n_day; d++)
            here[d] += next[b * n_day + d];
    MPI_Exscan(here, lower, (int)n_day, MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0)
        memset(lower, 0, n_day * sizeof *lower);
    MPI_Allreduce(here, all, (int)n_day, MPI_INT64_T, MPI_SUM, run->comm);
    for (size_t d = 0; d < n_day; d++) {
        int64_t place = total + lower[d];
        for (size_t b = 0; b < n_block; b++) {
            int64_t n = next[b * n_day + d];
            next[b * n_day + d] = place;
            place += n;
        }
        total += all[d];
    }
done:
    free(here);
    free(lower);
    free(all);
    return st;
}

static void place_block(struct ledger_block *block, const struct calendar *calendar,
                        int64_t *next)
{
    for (size_t i = 0; i < block->n_row; i++) {
        struct row *row = &block->row[i];
        row->order = next[row->date]++;
        row->date = calendar->day[row->date];
    }
}

/* Gives every row what all ranks have agreed on. All ranks. *n_before: records of lower
 * ranks. */
static enum status recode_rows(const struct run *run, const struct shard *shard,
                               const struct column_map *column, const struct calendar *calendar,
                               int64_t *n_before, struct error *err)
{
    size_t n_block = shard->n_block, n_day = calendar->n_day;
    int64_t *first = mem_array(n_block, sizeof *first);
    int64_t *next = mem_array(n_block * n_day, sizeof *next);
    enum status st = STATUS_OK;

    if (first == NULL || next == NULL)
        st = error_no_memory(err, "the as-of dates");
    TRY(run_agree(run, st, err));
    *n_before = number_records(run, shard, first);
#pragma omp parallel for default(none)                                                         \
    shared(shard, column, calendar, first, next, n_block, n_day) schedule(static, 1)
    for (size_t b = 0; b < n_block; b++)
        recode_block(shard->block[b], b, column, calendar, first[b], next + b * n_day);
    TRY(place_days(run, n_block, n_day, next, err));
#pragma omp parallel for default(none) shared(shard, calendar, next, n_block, n_day)           \
    schedule(static, 1)
    for (size_t b = 0; b < n_block; b++)
        place_block(shard->block[b], calendar, next + b * n_day);
done:
    free(first);
    free(next);
    return st;
}

/* Moves all blocks' rows into one array, block after block, so that only one block is held
 * twice at a time. */
static enum status join_blocks(const struct shard *shard, struct encoded *mine,
                               struct error *err)
{
    size_t n = 0;

    for (size_t b = 0; b < shard->n_block; b++)
        n += shard->block[b]->n_row;
    struct row *row = mem_resize(shard->block[0]->row, n, sizeof *row);
    if (row == NULL)
        return error_no_memory(err, "the rows of this rank");
    shard->block[0]->row = NULL;
    mine->row = row;
    mine->n_row = shard->block[0]->n_row;
    shard->block[0]->n_row = 0;
    for (size_t b = 1; b < shard->n_block; b++) {
        struct ledger_block *block = shard->block[b];
        if (block->n_row > 0)
            memcpy(row + mine->n_row, block->row, block->n_row * sizeof *row);
        mine->n_row += block->n_row;
        block->n_row = 0;
        free(block->row);
        block->row = NULL;
    }
    return STATUS_OK;
}

static void collect_facts(const struct run *run, const struct ledger_files *files,
                          const struct encoded *mine, const struct calendar *calendar,
                          struct ledger_facts *facts)
{
    int64_t n_row = (int64_t)mine->n_row;

    for (size_t t = 0; t < files->n_table; t++) {
        facts->has_currency |= files->table[t].layout.field[COLUMN_CURRENCY] >= 0;
        facts->has_difference |= files->table[t].layout.field[COLUMN_DIFFERENCE] >= 0;
    }
    MPI_Allreduce(&n_row, &facts->n_row, 1, MPI_INT64_T, MPI_SUM, run->comm);
    facts->n_record = files->first_row[files->n_table];
    facts->date_order = calendar->order;
    facts->date_order_open = calendar->order_open;
    facts->date_order_clear = calendar->order_clear;
    facts->n_month = calendar->n_month;
    memcpy(facts->date_example, calendar->example, sizeof facts->date_example);
    size_t n_day = calendar->n_day;
    if (n_day > 0 && calendar->day[n_day - 1] == ROW_NO_DATE)
        n_day--;
    facts->first_date = n_day > 0 ? calendar->day[0] : ROW_NO_DATE;
    facts->last_date = n_day > 0 ? calendar->day[n_day - 1] : ROW_NO_DATE;
}

/* Every dictionary column in turn; column[N_DICT] out. All ranks. */
static enum status agree_on_codes(const struct run *run, const struct shard *shard,
                                  struct column_map *column, struct texts *date_text,
                                  struct ledger_facts *facts, struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t dict = 0; dict < N_DICT; dict++)
        TRY(agree_on_column(run, shard, dict, &column[dict],
                            dict == DICT_DATE ? date_text : &facts->text[dict], err));
    TRY(tally_control(run, shard, column[CODE_CURRENCY].map, facts->text[CODE_CURRENCY].n,
                      &facts->tally, err));
done:
    return st;
}

enum status encode_rows(const struct run *run, const struct ledger_files *files,
                        unsigned orders, struct shard *shard, struct encoded *mine,
                        struct ledger_facts *facts, struct error *err)
{
    struct texts date_text = {0};
    struct calendar calendar = {.n_day = 0};
    struct encoded rows = {0};
    struct ledger_facts known = {0};
    struct column_map column[N_DICT] = {{0}};
    enum status st = STATUS_OK;

    TRY(agree_on_codes(run, shard, column, &date_text, &known, err));
    TRY(calendar_build(run, files, shard, &date_text, orders, &calendar, err));
    TRY(recode_rows(run, shard, column, &calendar, &known.n_before, err));
    TRY(run_agree(run, join_blocks(shard, &rows, err), err));
    collect_facts(run, files, &rows, &calendar, &known);
    TRY(tally_findings(run, files, shard, known.n_record, known.n_row, &known.tally, err));
    if (known.n_row == 0)
        TRY(error_set(err, STATUS_DATA,
                      "%s: all %lld data rows were dropped, %lld of them for an empty required "
                      "field: is the right sheet exported?",
                      files->list.path[0], (long long)known.n_record,
                      (long long)known.tally.n_reject[REJECT_EMPTY]));
    *mine = rows;
    *facts = known;
    rows = (struct encoded){0};
    known = (struct ledger_facts){0};
done:
    for (size_t dict = 0; dict < N_DICT; dict++)
        column_map_free(&column[dict]);
    texts_free(&date_text);
    calendar_free(&calendar);
    encoded_free(&rows);
    ledger_facts_free(&known);
    return st;
}

void encoded_free(struct encoded *encoded)
{
    free(encoded->row);
    *encoded = (struct encoded){0};
}

void ledger_facts_free(struct ledger_facts *facts)
{
    for (size_t c = 0; c < N_CODE; c++)
        texts_free(&facts->text[c]);
    tally_free(&facts->tally);
}
