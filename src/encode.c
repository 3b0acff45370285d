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

/* map[b][c]: the shared code of code c of block b; one column at a time. */
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

static void recode_rows(const struct shard *shard, size_t dict, const struct column_map *column)
{
    for (size_t b = 0; b < shard->n_block; b++) {
        struct ledger_block *block = shard->block[b];
        for (size_t i = 0; i < block->n_row; i++) {
            if (dict == DICT_DATE)
                block->row[i].date = (int32_t)column->map[b][block->row[i].date];
            else
                block->row[i].code[dict] = column->map[b][block->row[i].code[dict]];
        }
    }
}

/* ---- dates --------------------------------------------------------------------------------- */

static int32_t text_day(const struct texts *texts, size_t i, enum date_order order)
{
    const char *text = texts->byte + texts->start[i];
    size_t length = texts->start[i + 1] - texts->start[i];

    return (date_orders(text, length) & order) != 0 ? date_days(text, length, order)
                                                    : ROW_NO_DATE;
}

/* The one order that all readable texts allow. */
static enum status date_column_order(const struct texts *texts, unsigned fixed,
                                     struct ledger_facts *facts, struct error *err)
{
    size_t witness[DATE_DAY_FIRST + 1] = {0}; /* a text that allows only this order */
    const unsigned both = DATE_MONTH_FIRST | DATE_DAY_FIRST;
    unsigned order = both;

    if (fixed != 0) {
        facts->date_order = (enum date_order)fixed;
        return STATUS_OK;
    }
    for (size_t i = 0; i < texts->n; i++) {
        unsigned allowed =
            date_orders(texts->byte + texts->start[i], texts->start[i + 1] - texts->start[i]);
        if (allowed == 0)
            continue;
        if (allowed != both)
            witness[allowed] = i;
        else
            facts->date_order_open |=
                text_day(texts, i, DATE_MONTH_FIRST) != text_day(texts, i, DATE_DAY_FIRST);
        order &= allowed;
    }
    if (order == 0) {
        size_t m = witness[DATE_MONTH_FIRST], d = witness[DATE_DAY_FIRST];
        return error_set(
            err, STATUS_DATA,
            "column Asofdate mixes orders of day and month: '%.*s' has the month "
            "first, '%.*s' the day; fix the order with --date-format",
            (int)(texts->start[m + 1] - texts->start[m]), texts->byte + texts->start[m],
            (int)(texts->start[d + 1] - texts->start[d]), texts->byte + texts->start[d]);
    }
    facts->date_order_open &= order == both;
    facts->date_order = order == DATE_DAY_FIRST ? DATE_DAY_FIRST : DATE_MONTH_FIRST;
    return STATUS_OK;
}

static int compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* The ledger's distinct days in order, ROW_NO_DATE last, and where each date text stands. */
struct calendar {
    size_t n_day;
    int32_t *day;   /* [n_day] ascending */
    size_t *day_of; /* [texts->n] index in day */
};

static void calendar_free(struct calendar *calendar)
{
    free(calendar->day);
    free(calendar->day_of);
}

static enum status calendar_build(const struct texts *texts, enum date_order order,
                                  struct calendar *calendar, struct error *err)
{
    calendar->day = mem_array(texts->n, sizeof *calendar->day);
    calendar->day_of = mem_array(texts->n, sizeof *calendar->day_of);
    if (calendar->day == NULL || calendar->day_of == NULL)
        return error_no_memory(err, "the as-of dates");
    for (size_t i = 0; i < texts->n; i++)
        calendar->day[i] = text_day(texts, i, order);
    qsort(calendar->day, texts->n, sizeof *calendar->day, compare_days);
    for (size_t i = 0; i < texts->n; i++)
        if (i == 0 || calendar->day[i] != calendar->day[calendar->n_day - 1])
            calendar->day[calendar->n_day++] = calendar->day[i];
    for (size_t i = 0; i < texts->n; i++) {
        int32_t day = text_day(texts, i, order);
        const int32_t *found =
            bsearch(&day, calendar->day, calendar->n_day, sizeof day, compare_days);
        calendar->day_of[i] = (size_t)(found - calendar->day);
    }
    return STATUS_OK;
}

/* ---- numbers and places -------------------------------------------------------------------- */

/* Row numbers from the start of the ledger instead of the block. All ranks. */
static void number_rows(const struct run *run, const struct shard *shard)
{
    int64_t mine = 0, before = 0;

    for (size_t b = 0; b < shard->n_block; b++)
        mine += shard->block[b]->n_record;
    MPI_Exscan(&mine, &before, 1, MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0)
        before = 0;
    for (size_t b = 0; b < shard->n_block; b++) {
        struct ledger_block *block = shard->block[b];
        for (size_t i = 0; i < block->n_row; i++)
            block->row[i].row_number += before;
        for (size_t i = 0; i < block->n_reject; i++)
            block->reject[i].row_number += before;
        before += block->n_record;
    }
}

/* Dates as days, and each row's place: rows of earlier days anywhere, then rows of its own day
 * on lower ranks, then those before it here. All ranks. */
static enum status place_rows(const struct run *run, const struct calendar *calendar,
                              struct encoded *mine, struct error *err)
{
    size_t n_day = calendar->n_day;
    int64_t *here = mem_array(n_day, sizeof *here), *lower = mem_array(n_day, sizeof *lower);
    int64_t *next = mem_array(n_day, sizeof *next), total = 0;
    enum status st = STATUS_OK;

    if (here == NULL || lower == NULL || next == NULL)
        st = error_no_memory(err, "the as-of dates");
    TRY(run_agree(run, st, err));
    for (size_t i = 0; i < mine->n_row; i++) {
        mine->row[i].date = (int32_t)calendar->day_of[mine->row[i].date];
        here[mine->row[i].date]++;
    }
    MPI_Exscan(here, lower, (int)n_day, MPI_INT64_T, MPI_SUM, run->comm);
    if (run->rank == 0)
        memset(lower, 0, n_day * sizeof *lower);
    MPI_Allreduce(here, next, (int)n_day, MPI_INT64_T, MPI_SUM, run->comm);
    for (size_t d = 0; d < n_day; d++) {
        int64_t of_day = next[d];
        next[d] = total + lower[d];
        total += of_day;
    }
    for (size_t i = 0; i < mine->n_row; i++) {
        mine->row[i].order = next[mine->row[i].date]++;
        mine->row[i].date = calendar->day[mine->row[i].date];
    }
done:
    free(here);
    free(lower);
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
                          const struct shard *shard, const struct encoded *mine,
                          const struct calendar *calendar, struct ledger_facts *facts)
{
    int64_t n_row = (int64_t)mine->n_row;

    for (size_t f = 0; f < files->n; f++)
        facts->has_currency |= files->file[f].layout.field[COLUMN_CURRENCY] >= 0;
    for (size_t b = 0; b < shard->n_block; b++)
        for (size_t i = 0; i < shard->block[b]->n_reject; i++)
            facts->n_reject[shard->block[b]->reject[i].reason]++;
    MPI_Allreduce(MPI_IN_PLACE, facts->n_reject, N_REJECT, MPI_INT64_T, MPI_SUM, run->comm);
    MPI_Allreduce(&n_row, &facts->n_row, 1, MPI_INT64_T, MPI_SUM, run->comm);
    facts->n_record = files->first_row[files->n];
    size_t n_day = calendar->n_day;
    if (n_day > 0 && calendar->day[n_day - 1] == ROW_NO_DATE)
        n_day--;
    facts->first_date = n_day > 0 ? calendar->day[0] : ROW_NO_DATE;
    facts->last_date = n_day > 0 ? calendar->day[n_day - 1] : ROW_NO_DATE;
}

enum status encode_rows(const struct run *run, const struct ledger_files *files, unsigned order,
                        struct shard *shard, struct encoded *mine, struct ledger_facts *facts,
                        struct error *err)
{
    struct column_map column = {0};
    struct texts date_text = {0};
    struct calendar calendar = {0};
    struct encoded rows = {0};
    struct ledger_facts known = {0};
    enum status st = STATUS_OK;

    for (size_t dict = 0; dict < N_DICT; dict++) {
        TRY(agree_on_column(run, shard, dict, &column,
                            dict == DICT_DATE ? &date_text : &known.text[dict], err));
        recode_rows(shard, dict, &column);
        column_map_free(&column);
    }
    TRY(date_column_order(&date_text, order, &known, err)); /* the same on every rank */
    number_rows(run, shard);
    st = calendar_build(&date_text, known.date_order, &calendar, err);
    if (st == STATUS_OK)
        st = join_blocks(shard, &rows, err);
    TRY(run_agree(run, st, err));
    TRY(place_rows(run, &calendar, &rows, err));
    collect_facts(run, files, shard, &rows, &calendar, &known);
    if (known.n_row == 0) {
        st = error_set(
            err, STATUS_DATA,
            "%s: all %lld data rows were dropped, %lld of them for an empty required "
            "field: is the right sheet exported?",
            files->path[0], (long long)known.n_record, (long long)known.n_reject[REJECT_EMPTY]);
        goto done;
    }
    *mine = rows;
    *facts = known;
    rows = (struct encoded){0};
    known = (struct ledger_facts){0};
done:
    column_map_free(&column);
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
}
