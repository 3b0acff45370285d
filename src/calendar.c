/* As-of dates. Whether 3/4/2024 is in March or April is asked of the whole column, over all
 * files and ranks, since one 31/4/2024 answers it for every row; if two rows answer differently,
 * no reading of the column is right, and both are shown. */
#include "calendar.h"

#include "comm.h"
#include "log_text.h"
#include "mem.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

static const unsigned BOTH = DATE_MONTH_FIRST | DATE_DAY_FIRST;

static unsigned text_orders(const struct texts *texts, size_t i)
{
    return date_orders(texts->byte + texts->start[i], texts->start[i + 1] - texts->start[i]);
}

static int32_t text_day(const struct texts *texts, size_t i, enum date_order order)
{
    const char *text = texts->byte + texts->start[i];
    size_t length = texts->start[i + 1] - texts->start[i];

    return (date_orders(text, length) & order) != 0 ? date_days(text, length, order)
                                                    : ROW_NO_DATE;
}

static void keep_example(const char *text, size_t length, char example[CALENDAR_EXAMPLE])
{
    if (length > CALENDAR_EXAMPLE - 1)
        length = CALENDAR_EXAMPLE - 1;
    memcpy(example, text, length);
    example[length] = '\0';
    log_text_clean(example, true); /* it is for a terminal */
}

/* ---- two rows that contradict each other ---------------------------------------------------- */

/* Where a date stands. */
struct sighting {
    int32_t file;
    int64_t line;
    char text[CALENDAR_EXAMPLE];
};

/* The first row of a block whose date fits the one order alone; false if there is none. */
static bool sight_in_block(const struct ledger_block *block, unsigned order,
                           struct sighting *seen)
{
    const struct dict *dict = block->dict[DICT_DATE];
    int64_t first = INT64_MAX;

    for (uint32_t code = 0; code < dict_size(dict); code++) {
        size_t length;
        const char *text = dict_text(dict, code, &length);
        if (block->date_record[code] >= first || date_orders(text, length) != order)
            continue;
        first = block->date_record[code];
        keep_example(text, length, seen->text);
    }
    if (first == INT64_MAX)
        return false;
    struct line_mark at = ledger_block_line(block, first);
    seen->file = at.file;
    seen->line = at.line;
    return true;
}

/* The first such row of all: that of the lowest rank with one. All ranks. */
static struct sighting sight_first(const struct run *run, const struct shard *shard,
                                   unsigned order)
{
    struct sighting seen = {.text = ""};
    bool found = false;

    for (size_t b = 0; b < shard->n_block && !found; b++)
        found = sight_in_block(shard->block[b], order, &seen);
    comm_share_first(run, found, &seen, sizeof seen);
    return seen;
}

static enum status report_orders(const struct run *run, const struct ledger_files *files,
                                 const struct shard *shard, struct error *err)
{
    struct sighting month = sight_first(run, shard, DATE_MONTH_FIRST);
    struct sighting day = sight_first(run, shard, DATE_DAY_FIRST);

    return error_set(err, STATUS_DATA,
                     "the as-of dates fit no single order of day and month: '%s' (%.300s, line "
                     "%lld) has the month first, '%s' (%.300s, line %lld) the day: correct the "
                     "file, or fix the order with --date-format",
                     month.text, files->list.path[month.file], (long long)month.line, day.text,
                     files->list.path[day.file], (long long)day.line);
}

/* ---- reading the column --------------------------------------------------------------------- */

/* The orders that all readable texts allow; 0 if there is none. */
static unsigned common_orders(const struct texts *texts, struct calendar *calendar)
{
    unsigned orders = BOTH;

    for (size_t i = 0; i < texts->n; i++) {
        unsigned allowed = text_orders(texts, i);
        if (allowed == 0)
            continue;
        orders &= allowed;
        if (allowed == BOTH)
            calendar->order_open |=
                text_day(texts, i, DATE_MONTH_FIRST) != text_day(texts, i, DATE_DAY_FIRST);
    }
    calendar->order_clear = orders == BOTH && !calendar->order_open;
    calendar->order_open &= orders == BOTH;
    return orders;
}

static int compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static enum status read_days(const struct texts *texts, struct calendar *calendar,
                             struct error *err)
{
    calendar->day = mem_array(texts->n, sizeof *calendar->day);
    calendar->day_of = mem_array(texts->n, sizeof *calendar->day_of);
    if (calendar->day == NULL || calendar->day_of == NULL)
        return error_no_memory(err, "the as-of dates");
    for (size_t i = 0; i < texts->n; i++)
        calendar->day[i] = text_day(texts, i, calendar->order);
    qsort(calendar->day, texts->n, sizeof *calendar->day, compare_days);
    for (size_t i = 0; i < texts->n; i++)
        if (i == 0 || calendar->day[i] != calendar->day[calendar->n_day - 1])
            calendar->day[calendar->n_day++] = calendar->day[i];
    for (size_t i = 0; i < texts->n; i++) {
        int32_t day = text_day(texts, i, calendar->order);
        const int32_t *found =
            bsearch(&day, calendar->day, calendar->n_day, sizeof day, compare_days);
        calendar->day_of[i] = (size_t)(found - calendar->day);
    }
    return STATUS_OK;
}

/* The last of the texts that are dates: in M/D/Y columns that is more telling than the first. */
static void find_example(const struct texts *texts, struct calendar *calendar)
{
    for (size_t i = texts->n; i-- > 0;)
        if ((text_orders(texts, i) & calendar->order) != 0) {
            keep_example(texts->byte + texts->start[i], texts->start[i + 1] - texts->start[i],
                         calendar->example);
            return;
        }
}

static int64_t count_months(const struct calendar *calendar)
{
    enum { MONTH_TEXT = 7 }; /* 2024-05 */
    char text[DATE_TEXT], before[DATE_TEXT] = "";
    int64_t n = 0;

    for (size_t d = 0; d < calendar->n_day && calendar->day[d] != ROW_NO_DATE; d++) {
        date_format(calendar->day[d], text);
        n += strncmp(text, before, MONTH_TEXT) != 0;
        memcpy(before, text, sizeof before);
    }
    return n;
}

enum status calendar_build(const struct run *run, const struct ledger_files *files,
                           const struct shard *shard, const struct texts *texts,
                           unsigned allowed, struct calendar *calendar, struct error *err)
{
    struct calendar built = {.n_day = 0};
    unsigned orders = allowed;
    enum status st = STATUS_OK;

    if (allowed == BOTH)
        orders = common_orders(texts, &built);
    if (orders == 0) /* on every rank */
        TRY(report_orders(run, files, shard, err));
    built.order = orders == DATE_DAY_FIRST ? DATE_DAY_FIRST : DATE_MONTH_FIRST;
    TRY(run_agree(run, read_days(texts, &built, err), err));
    built.n_month = count_months(&built);
    find_example(texts, &built);
    *calendar = built;
    built = (struct calendar){.n_day = 0};
done:
    calendar_free(&built);
    return st;
}

void calendar_free(struct calendar *calendar)
{
    free(calendar->day);
    free(calendar->day_of);
    *calendar = (struct calendar){.n_day = 0};
}
