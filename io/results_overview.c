/* /months, /ageing, /scores and /series: arrays of structs turned into columns. Which member goes
 * to which dataset is said by tables, so writing is one loop. */
#include "results_writer.h"

#include "mem.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A member of 8 bytes, or a text. */
struct member {
    enum dataset_id id;
    bool is_text;
    size_t offset;
};

#define NUMBER(id_, type_, member_)                                                            \
    {                                                                                          \
        .id = id_, .offset = offsetof(struct type_, member_)                                   \
    }
#define TEXT(id_, type_, member_)                                                              \
    {                                                                                          \
        .id = id_, .is_text = true, .offset = offsetof(struct type_, member_)                  \
    }

static enum status write_numbers(struct results_writer *writer, const struct member *member,
                                 const void *entry, size_t size, size_t n, struct error *err)
{
    uint64_t *value = mem_array(n, sizeof *value);
    enum status st = STATUS_OK;

    if (value == NULL)
        TRY(error_no_memory(err, "a column of the results"));
    for (size_t i = 0; i < n; i++)
        memcpy(&value[i], (const char *)entry + i * size + member->offset, sizeof *value);
    TRY(results_put(writer, member->id, value, n, err));
done:
    free(value);
    return st;
}

static enum status write_texts(struct results_writer *writer, const struct member *member,
                               const void *entry, size_t size, size_t n, struct error *err)
{
    struct span *value = mem_array(n, sizeof *value);
    enum status st = STATUS_OK;

    if (value == NULL)
        TRY(error_no_memory(err, "a column of the results"));
    for (size_t i = 0; i < n; i++) {
        const char *text;
        memcpy(&text, (const char *)entry + i * size + member->offset, sizeof text);
        value[i] = span_of(text);
    }
    TRY(results_put_texts(writer, member->id, value, n, err));
done:
    free(value);
    return st;
}

/* entry[n] are structs of `size` bytes. */
static enum status write_members(struct results_writer *writer, const struct member *member,
                                 size_t n_member, const void *entry, size_t size, size_t n,
                                 struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t m = 0; m < n_member && st == STATUS_OK; m++)
        st = member[m].is_text ? write_texts(writer, &member[m], entry, size, n, err)
                               : write_numbers(writer, &member[m], entry, size, n, err);
    return st;
}

enum status results_write_months(struct results_writer *writer,
                                 const struct results_month *month, size_t n, struct error *err)
{
    static const struct member TEXTS[] = {TEXT(MONTHS_MONTH, results_month, month),
                                          TEXT(MONTHS_CURRENCY, results_month, currency)};
    enum status st = STATUS_OK;

    TRY(write_members(writer, TEXTS, 2, month, sizeof *month, n, err));
    for (int i = 0; i < N_ROLL_COUNT; i++) {
        struct member count = {.id = (enum dataset_id)(MONTHS_COUNT + i),
                               .offset = offsetof(struct results_month, count) +
                                         (size_t)i * sizeof(int64_t)};
        TRY(write_members(writer, &count, 1, month, sizeof *month, n, err));
    }
    for (int i = 0; i < N_ROLL_AMOUNT; i++) {
        struct member amount = {.id = (enum dataset_id)(MONTHS_AMOUNT + i),
                                .offset = offsetof(struct results_month, amount) +
                                          (size_t)i * sizeof(double)};
        TRY(write_members(writer, &amount, 1, month, sizeof *month, n, err));
    }
done:
    return st;
}

enum status results_write_ages(struct results_writer *writer, const struct results_age *age,
                               size_t n, struct error *err)
{
    static const struct member MEMBER[] = {TEXT(AGEING_CURRENCY, results_age, currency),
                                           NUMBER(AGEING_MONTHS, results_age, from),
                                           NUMBER(AGEING_BREAKS, results_age, n_break),
                                           NUMBER(AGEING_AMOUNT, results_age, amount)};

    return write_members(writer, MEMBER, sizeof MEMBER / sizeof *MEMBER, age, sizeof *age, n,
                         err);
}

enum status results_write_scores(struct results_writer *writer,
                                 const struct results_scores *scores, struct error *err)
{
    enum status st = STATUS_OK;

    TRY(results_put(writer, SCORES_FROM, scores->from, scores->n, err));
    TRY(results_put(writer, SCORES_ROWS, scores->n_row, scores->n, err));
done:
    return st;
}

enum status results_write_series(struct results_writer *writer,
                                 const struct results_point *point, size_t n, struct error *err)
{
    static const struct member MEMBER[] = {
        NUMBER(SERIES_FINDING, results_point, finding),
        NUMBER(SERIES_ROW_NUMBER, results_point, row_number),
        TEXT(SERIES_AS_OF_DATE, results_point, as_of_date),
        NUMBER(SERIES_GL_BALANCE, results_point, gl),
        NUMBER(SERIES_IHUB_BALANCE, results_point, ihub),
        NUMBER(SERIES_BALANCE_DIFFERENCE, results_point, difference),
        NUMBER(SERIES_SCORE, results_point, score)};

    return write_members(writer, MEMBER, sizeof MEMBER / sizeof *MEMBER, point, sizeof *point,
                         n, err);
}
