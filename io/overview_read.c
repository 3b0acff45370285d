/* /months, /ageing, /scores, /series, the head of /rejects and the attributes, back in. The file
 * may have come from anywhere: within a group every dataset must be as long as the first. */
#include "overview_read.h"

#include "h5_in.h"
#include "mem.h"
#include "results_layout.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A member of an entry: 8 bytes that are a double or an integer, or a text. */
enum member_kind { MEMBER_REAL, MEMBER_INTEGER, MEMBER_TEXT };

struct member {
    enum dataset_id id;
    enum member_kind kind;
    size_t offset;
};

/* Entries of a group, which is as long as the first dataset; 0 if it is not there. */
static enum status group_length(const struct h5_in *in, enum dataset_id first, size_t *n,
                                struct error *err)
{
    *n = 0;
    return h5_in_has(in, DATASET[first].name) ? h5_in_size(in, DATASET[first].name, 1, n, err)
                                              : STATUS_OK;
}

/* Reads a column into value[n], an array of the member's kind. */
static enum status read_column(const struct h5_in *in, const struct member *member, size_t n,
                               struct text_store *store, void *value, struct error *err)
{
    const char *name = DATASET[member->id].name;
    enum status st = STATUS_OK;

    TRY(h5_in_expect(in, DATASET[member->id].name, n, err));
    if (member->kind == MEMBER_TEXT)
        TRY(h5_in_texts(in, name, n, store, value, err));
    else if (member->kind == MEMBER_INTEGER)
        TRY(h5_in_integers(in, name, value, err));
    else
        TRY(h5_in_reals(in, name, value, err));
done:
    return st;
}

/* Fills entry[n] of `size` bytes each. */
static enum status read_members(const struct h5_in *in, const struct member *member,
                                size_t n_member, struct text_store *store, void *entry,
                                size_t size, size_t n, struct error *err)
{
    union {
        int64_t integer;
        double real;
        const char *text;
    } *value = mem_array(n, sizeof *value);
    enum status st = STATUS_OK;

    if (value == NULL)
        TRY(error_no_memory(err, "the results"));
    _Static_assert(sizeof *value == sizeof(int64_t), "members are of 8 bytes");
    for (size_t m = 0; m < n_member; m++) {
        TRY(read_column(in, &member[m], n, store, value, err));
        for (size_t i = 0; i < n; i++)
            memcpy((char *)entry + i * size + member[m].offset, &value[i], sizeof *value);
    }
done:
    free(value);
    return st;
}

static enum status read_months(const struct h5_in *in, struct overview *overview,
                               struct error *err)
{
    struct member member[2 + N_ROLL_COUNT + N_ROLL_AMOUNT] = {
        {MONTHS_MONTH, MEMBER_TEXT, offsetof(struct results_month, month)},
        {MONTHS_CURRENCY, MEMBER_TEXT, offsetof(struct results_month, currency)}};
    size_t n_member = 2;
    enum status st = STATUS_OK;

    for (size_t i = 0; i < N_ROLL_COUNT; i++)
        member[n_member++] =
            (struct member){(enum dataset_id)(MONTHS_COUNT + i), MEMBER_INTEGER,
                            offsetof(struct results_month, count) + i * sizeof(int64_t)};
    for (size_t i = 0; i < N_ROLL_AMOUNT; i++)
        member[n_member++] =
            (struct member){(enum dataset_id)(MONTHS_AMOUNT + i), MEMBER_REAL,
                            offsetof(struct results_month, amount) + i * sizeof(double)};
    TRY(group_length(in, MONTHS_MONTH, &overview->n_month, err));
    overview->month = mem_array(overview->n_month, sizeof *overview->month);
    if (overview->month == NULL)
        TRY(error_no_memory(err, "the months"));
    if (overview->n_month > 0)
        TRY(read_members(in, member, n_member, overview->owned, overview->month,
                         sizeof *overview->month, overview->n_month, err));
done:
    return st;
}

static enum status read_ages(const struct h5_in *in, struct overview *overview,
                             struct error *err)
{
    static const struct member MEMBER[] = {
        {AGEING_CURRENCY, MEMBER_TEXT, offsetof(struct results_age, currency)},
        {AGEING_MONTHS, MEMBER_INTEGER, offsetof(struct results_age, from)},
        {AGEING_BREAKS, MEMBER_INTEGER, offsetof(struct results_age, n_break)},
        {AGEING_AMOUNT, MEMBER_REAL, offsetof(struct results_age, amount)}};
    enum status st = STATUS_OK;

    TRY(group_length(in, AGEING_CURRENCY, &overview->n_age, err));
    overview->age = mem_array(overview->n_age, sizeof *overview->age);
    if (overview->age == NULL)
        TRY(error_no_memory(err, "the ages of the breaks"));
    if (overview->n_age > 0)
        TRY(read_members(in, MEMBER, sizeof MEMBER / sizeof *MEMBER, overview->owned,
                         overview->age, sizeof *overview->age, overview->n_age, err));
done:
    return st;
}

static enum status read_scores(const struct h5_in *in, struct overview *overview,
                               struct error *err)
{
    enum status st = STATUS_OK;

    TRY(group_length(in, SCORES_FROM, &overview->n_score, err));
    overview->score_from = mem_array(overview->n_score, sizeof(double));
    overview->score_rows = mem_array(overview->n_score, sizeof(int64_t));
    if (overview->score_from == NULL || overview->score_rows == NULL)
        TRY(error_no_memory(err, "the scores"));
    if (overview->n_score == 0)
        goto done;
    TRY(h5_in_expect(in, DATASET[SCORES_ROWS].name, overview->n_score, err));
    TRY(h5_in_reals(in, DATASET[SCORES_FROM].name, overview->score_from, err));
    TRY(h5_in_integers(in, DATASET[SCORES_ROWS].name, overview->score_rows, err));
done:
    return st;
}

static enum status read_series(const struct h5_in *in, struct overview *overview,
                               struct error *err)
{
    static const struct member MEMBER[] = {
        {SERIES_FINDING, MEMBER_INTEGER, offsetof(struct results_point, finding)},
        {SERIES_ROW_NUMBER, MEMBER_INTEGER, offsetof(struct results_point, row_number)},
        {SERIES_AS_OF_DATE, MEMBER_TEXT, offsetof(struct results_point, as_of_date)},
        {SERIES_GL_BALANCE, MEMBER_REAL, offsetof(struct results_point, gl)},
        {SERIES_IHUB_BALANCE, MEMBER_REAL, offsetof(struct results_point, ihub)},
        {SERIES_BALANCE_DIFFERENCE, MEMBER_REAL, offsetof(struct results_point, difference)},
        {SERIES_SCORE, MEMBER_REAL, offsetof(struct results_point, score)}};
    enum status st = STATUS_OK;

    TRY(group_length(in, SERIES_FINDING, &overview->n_point, err));
    overview->point = mem_array(overview->n_point, sizeof *overview->point);
    if (overview->point == NULL)
        TRY(error_no_memory(err, "the accounts' rows"));
    if (overview->n_point > 0)
        TRY(read_members(in, MEMBER, sizeof MEMBER / sizeof *MEMBER, overview->owned,
                         overview->point, sizeof *overview->point, overview->n_point, err));
done:
    return st;
}

/* The texts of a column of the first rejects, into the member at `offset`. */
static enum status read_reject_texts(const struct h5_in *in, enum dataset_id id, size_t offset,
                                     struct overview *overview, struct error *err)
{
    const char *text[OVERVIEW_EXAMPLES];
    enum status st = STATUS_OK;

    TRY(h5_in_expect(in, DATASET[id].name, (size_t)overview->n_reject, err));
    TRY(h5_in_texts(in, DATASET[id].name, overview->n_example, overview->owned, text, err));
    for (size_t i = 0; i < overview->n_example; i++)
        memcpy((char *)&overview->example[i] + offset, &text[i], sizeof text[i]);
done:
    return st;
}

static enum status read_rejects(const struct h5_in *in, struct overview *overview,
                                struct error *err)
{
    int64_t line[OVERVIEW_EXAMPLES];
    size_t n = 0;
    enum status st = STATUS_OK;

    TRY(group_length(in, REJECTS_LINE, &n, err));
    overview->n_reject = (int64_t)n;
    overview->n_example = n < OVERVIEW_EXAMPLES ? n : OVERVIEW_EXAMPLES;
    overview->example = mem_array(overview->n_example, sizeof *overview->example);
    if (overview->example == NULL)
        TRY(error_no_memory(err, "the rejects"));
    if (n == 0)
        goto done;
    TRY(h5_in_first_integers(in, DATASET[REJECTS_LINE].name, overview->n_example, line, err));
    for (size_t i = 0; i < overview->n_example; i++)
        overview->example[i].line = line[i];
    TRY(read_reject_texts(in, REJECTS_COLUMN, offsetof(struct overview_reject, column),
                          overview, err));
    TRY(read_reject_texts(in, REJECTS_REASON, offsetof(struct overview_reject, reason),
                          overview, err));
    TRY(read_reject_texts(in, REJECTS_TEXT, offsetof(struct overview_reject, text), overview,
                          err));
done:
    return st;
}

static enum status read_facts(const struct h5_in *in, const char *object,
                              struct overview *overview, struct overview_fact **fact, size_t *n,
                              struct error *err)
{
    struct h5_fact *read = NULL;
    size_t n_read = 0;
    enum status st = STATUS_OK;

    TRY(h5_in_facts(in, object, overview->owned, &read, &n_read, err));
    *fact = mem_array(n_read, sizeof **fact);
    if (*fact == NULL)
        TRY(error_no_memory(err, "the attributes"));
    for (*n = 0; *n < n_read; ++*n)
        (*fact)[*n] = (struct overview_fact){read[*n].name, read[*n].text};
done:
    free(read);
    return st;
}

enum status overview_read(const char *path, struct overview **out, struct error *err)
{
    struct h5_in in = {.file = -1};
    struct overview *overview = mem_array(1, sizeof *overview);
    enum status st = STATUS_OK;

    if (overview == NULL)
        TRY(error_no_memory(err, "the results"));
    overview->owned = mem_array(1, sizeof(struct text_store));
    if (overview->owned == NULL)
        TRY(error_no_memory(err, "the results"));
    TRY(h5_in_open(&in, path, err));
    TRY(read_months(&in, overview, err));
    TRY(read_ages(&in, overview, err));
    TRY(read_scores(&in, overview, err));
    TRY(read_series(&in, overview, err));
    TRY(read_rejects(&in, overview, err));
    TRY(read_facts(&in, "/run", overview, &overview->run, &overview->n_run, err));
    TRY(read_facts(&in, "/model", overview, &overview->model, &overview->n_model, err));
    *out = overview;
    overview = NULL;
done:
    overview_free(overview);
    h5_in_close(&in);
    return st;
}

void overview_free(struct overview *overview)
{
    if (overview == NULL)
        return;
    if (overview->owned != NULL)
        text_store_free(overview->owned);
    free(overview->owned);
    free(overview->month);
    free(overview->age);
    free(overview->score_from);
    free(overview->score_rows);
    free(overview->point);
    free(overview->example);
    free(overview->run);
    free(overview->model);
    free(overview);
}

static const char *find_fact(const struct overview_fact *fact, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fact[i].name, name) == 0)
            return fact[i].text;
    return NULL;
}

const char *overview_run_fact(const struct overview *overview, const char *name)
{
    return find_fact(overview->run, overview->n_run, name);
}

const char *overview_model_fact(const struct overview *overview, const char *name)
{
    return find_fact(overview->model, overview->n_model, name);
}
