/* The ledger as a whole. Every rank has whole accounts, so each rolls its own breaks forward,
 * thread by thread, and the parts add up exactly (break_roll.h). Scores are counted in intervals
 * of a hundredth, of which 0, the threshold, is a border. */
#include "overview.h"

#include "break_roll.h"
#include "date.h"
#include "mem.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A decision function is a score in [-1, 0] less a threshold out of the same interval. */
enum { SCORE_STEPS = 100, N_SCORE = 2 * SCORE_STEPS, MONTH_TEXT = 32 };

/* ---- breaks -------------------------------------------------------------------------------- */

/* The months of the ledger, ascending; *month is produced. All ranks. */
static enum status list_months(const struct run *run, const struct encoded *rows,
                               const struct ledger_facts *facts, int32_t **month, size_t *n,
                               struct error *err)
{
    bool dated = facts->first_date != ROW_NO_DATE;
    int32_t first = dated ? date_month(facts->first_date) : 0;
    size_t n_month = dated ? (size_t)(date_month(facts->last_date) - first) + 1 : 0;
    unsigned char *there = mem_array(n_month, 1);
    enum status st = STATUS_OK;

    *n = 0;
    *month = mem_array(n_month, sizeof **month);
    if (there == NULL || *month == NULL)
        st = error_no_memory(err, "the months");
    TRY(run_agree(run, st, err));
    int32_t last = ROW_NO_DATE; /* rows of one date mostly stand together */
    for (size_t i = 0; i < rows->n_row; i++) {
        if (rows->row[i].date == last || rows->row[i].date == ROW_NO_DATE)
            continue;
        last = rows->row[i].date;
        there[date_month(last) - first] = 1;
    }
    MPI_Allreduce(MPI_IN_PLACE, there, (int)n_month, MPI_UNSIGNED_CHAR, MPI_MAX, run->comm);
    for (size_t m = 0; m < n_month; m++)
        if (there[m])
            (*month)[(*n)++] = first + (int32_t)m;
done:
    free(there);
    return st;
}

/* This rank's accounts; each thread has a roll of its own. */
static void roll_accounts(const struct encoded *rows, const struct groups *groups,
                          double tolerance, struct break_roll *const *part)
{
#pragma omp parallel default(none) shared(rows, groups, tolerance, part)
    {
        struct break_roll *roll = part[omp_get_thread_num()];
#pragma omp for schedule(dynamic, 256)
        for (size_t g = 0; g < groups->n_group; g++)
            break_roll_add(roll, rows->row, groups->member + groups->start[g],
                           groups->start[g + 1] - groups->start[g], tolerance);
    }
}

/* Rolls this rank's breaks forward; *out is produced. */
static enum status roll_rank(const struct encoded *rows, const struct groups *groups,
                             const int32_t *month, size_t n_month, size_t n_currency,
                             double tolerance, struct break_roll **out, struct error *err)
{
    size_t n_part = (size_t)omp_get_max_threads();
    struct break_roll **part = mem_array(n_part, sizeof(struct break_roll *));
    enum status st = STATUS_OK;

    if (part == NULL)
        TRY(error_no_memory(err, "the roll-forward"));
    for (size_t t = 0; t < n_part; t++)
        TRY(break_roll_create(month, n_month, n_currency, &part[t], err));
    roll_accounts(rows, groups, tolerance, part);
    for (size_t t = 1; t < n_part; t++)
        break_roll_merge(part[0], part[t]);
    *out = part[0];
    part[0] = NULL;
done:
    for (size_t t = 0; part != NULL && t < n_part; t++)
        break_roll_free(part[t]);
    free(part);
    return st;
}

/* Adds what the ranks have, on rank 0. All ranks. */
static void add_ranks(const struct run *run, struct break_roll *roll)
{
    size_t n = 0;
    int64_t *word = break_roll_words(roll, &n);

    MPI_Reduce(run->rank == 0 ? MPI_IN_PLACE : word, word, (int)n, MPI_INT64_T, MPI_SUM, 0,
               run->comm);
}

/* ---- writing: rank 0 ----------------------------------------------------------------------- */

static void format_month(int32_t month, char text[MONTH_TEXT])
{
    snprintf(text, MONTH_TEXT, "%04d-%02d", (int)month / 12, (int)month % 12 + 1);
}

static bool is_empty(const struct roll_cell *cell)
{
    return cell->count[ROLL_ROWS] == 0 && cell->count[ROLL_N_OPENING] == 0;
}

static struct results_month month_of(struct roll_cell *cell, const char *month,
                                     const char *currency)
{
    struct results_month entry = {.month = month, .currency = currency};

    memcpy(entry.count, cell->count, sizeof entry.count);
    for (int a = 0; a < N_ROLL_AMOUNT; a++)
        entry.amount[a] = exact_sum_round(&cell->amount[a]) / 100;
    return entry;
}

/* Currency after currency, month after month; then what is in none of them. */
static enum status write_months(struct break_roll *roll, char *const *currency,
                                struct results_writer *writer, struct error *err)
{
    const int32_t *month = NULL;
    size_t n_month = break_roll_months(roll, &month), n = 0;
    size_t n_currency = break_roll_currencies(roll);
    char(*text)[MONTH_TEXT] = mem_array(n_month, sizeof *text);
    struct results_month *entry = mem_array(n_currency * n_month + 1, sizeof *entry);
    struct roll_cell rest = *break_roll_rest(roll);
    enum status st = STATUS_OK;

    if (text == NULL || entry == NULL)
        TRY(error_no_memory(err, "the roll-forward"));
    for (size_t m = 0; m < n_month; m++)
        format_month(month[m], text[m]);
    for (size_t c = 0; c < n_currency; c++)
        for (size_t m = 0; m < n_month; m++) {
            struct roll_cell *cell = break_roll_cell(roll, c, m);
            if (!is_empty(cell))
                entry[n++] = month_of(cell, text[m], currency[c]);
        }
    if (!is_empty(&rest))
        entry[n++] = month_of(&rest, "", "");
    TRY(results_write_months(writer, entry, n, err));
done:
    free(text);
    free(entry);
    return st;
}

static enum status write_ages(struct break_roll *roll, char *const *currency,
                              struct results_writer *writer, struct error *err)
{
    size_t n_currency = break_roll_currencies(roll), n = 0;
    struct results_age *entry = mem_array(n_currency * N_BREAK_AGE, sizeof *entry);
    enum status st = STATUS_OK;

    if (entry == NULL)
        TRY(error_no_memory(err, "the ages of the breaks"));
    for (size_t c = 0; c < n_currency; c++)
        for (size_t a = 0; a < N_BREAK_AGE; a++) {
            struct age_cell *cell = break_roll_age(roll, c, a);
            entry[n++] = (struct results_age){currency[c], BREAK_AGE_FROM[a], cell->count,
                                              exact_sum_round(&cell->amount) / 100};
        }
    TRY(results_write_ages(writer, entry, n, err));
done:
    free(entry);
    return st;
}

/* The first n texts, terminated; *out is produced, free_texts it. */
static enum status copy_texts(const struct texts *texts, size_t n, char ***out,
                              struct error *err)
{
    char **copy = mem_array(n, sizeof *copy);

    *out = copy;
    for (size_t i = 0; copy != NULL && i < n; i++) {
        size_t length = texts->start[i + 1] - texts->start[i];
        copy[i] = mem_array(length + 1, 1);
        if (copy[i] == NULL)
            return error_no_memory(err, "the currencies");
        memcpy(copy[i], texts->byte + texts->start[i], length);
    }
    return copy != NULL ? STATUS_OK : error_no_memory(err, "the currencies");
}

static void free_texts(char **text, size_t n)
{
    for (size_t i = 0; text != NULL && i < n; i++)
        free(text[i]);
    free(text);
}

static enum status write_breaks(struct break_roll *roll, const struct texts *currencies,
                                struct results_writer *writer, struct error *err)
{
    size_t n = break_roll_currencies(roll);
    char **currency = NULL;
    enum status st = STATUS_OK;

    TRY(copy_texts(currencies, n, &currency, err));
    TRY(write_months(roll, currency, writer, err));
    TRY(write_ages(roll, currency, writer, err));
done:
    free_texts(currency, n);
    return st;
}

/* ---- scores -------------------------------------------------------------------------------- */

/* Rounds down, so that what is below 0 by however little is counted below it. */
static int score_interval(double decision)
{
    int step = (int)(decision * SCORE_STEPS);

    step += SCORE_STEPS - (step > decision * SCORE_STEPS);
    return step < 0 ? 0 : step < N_SCORE ? step : N_SCORE - 1;
}

/* Counts of all ranks on rank 0. All ranks. */
static void count_scores(const struct run *run, const double *decision, size_t n,
                         int64_t count[N_SCORE])
{
    for (size_t i = 0; i < n; i++)
        count[score_interval(decision[i])]++;
    MPI_Reduce(run->rank == 0 ? MPI_IN_PLACE : count, count, N_SCORE, MPI_INT64_T, MPI_SUM, 0,
               run->comm);
}

static enum status write_scores(const int64_t count[N_SCORE], struct results_writer *writer,
                                struct error *err)
{
    double from[N_SCORE];

    for (int i = 0; i < N_SCORE; i++)
        from[i] = (double)(i - SCORE_STEPS) / SCORE_STEPS;
    return results_write_scores(writer, &(struct results_scores){N_SCORE, from, count}, err);
}

enum status overview_write(const struct run *run, const struct encoded *rows,
                           const struct groups *groups, struct ledger_facts *facts,
                           const struct scored *scored, double tolerance,
                           struct results_writer *writer, struct error *err)
{
    struct break_roll *roll = NULL;
    int32_t *month = NULL;
    int64_t count[N_SCORE] = {0};
    size_t n_month = 0;
    enum status st = STATUS_OK;

    TRY(list_months(run, rows, facts, &month, &n_month, err));
    TRY(run_agree(run,
                  roll_rank(rows, groups, month, n_month, facts->text[CODE_CURRENCY].n,
                            tolerance, &roll, err),
                  err));
    add_ranks(run, roll);
    facts->n_account = (int64_t)groups->n_group; /* no account is on two ranks */
    MPI_Allreduce(MPI_IN_PLACE, &facts->n_account, 1, MPI_INT64_T, MPI_SUM, run->comm);
    count_scores(run, scored->decision, rows->n_row, count);
    if (run->rank == 0)
        st = write_breaks(roll, &facts->text[CODE_CURRENCY], writer, err);
    if (run->rank == 0 && st == STATUS_OK)
        st = write_scores(count, writer, err);
    TRY(run_agree(run, st, err));
done:
    break_roll_free(roll);
    free(month);
    return st;
}
