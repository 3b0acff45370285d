/* group.c against sorting by the whole key, and with memory failing at each allocation. */
#include "group.h"

#include "mem.h"
#include "suite.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ALL = (1 << N_CODE) - 1 };

/* This program's own allocation, in place of the library's: after allowed more calls, none
 * succeeds. */
static long allowed = -1;

static int may_allocate(void)
{
    long left;
#pragma omp atomic capture
    left = allowed--;
    return left != 0;
}

void *mem_array(size_t count, size_t size)
{
    return may_allocate() ? calloc(count + 1, size) : NULL;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    return may_allocate() ? realloc(old, (count + 1) * size) : NULL;
}

size_t mem_grow(size_t capacity, size_t needed)
{
    return capacity + 1 > needed ? capacity + 1 : needed;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* What the plain version sorts. */
struct item {
    uint32_t code[N_CODE]; /* 0 where the key leaves a column out */
    int32_t date;
    uint32_t index;
    uint32_t first; /* of its group */
};

static int by_key(const struct item *x, const struct item *y)
{
    for (int c = 0; c < N_CODE; c++)
        if (x->code[c] != y->code[c])
            return x->code[c] < y->code[c] ? -1 : 1;
    return 0;
}

static int by_key_and_index(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = by_key(x, y);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_first_and_date(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static struct item *plain_groups(const struct row *row, size_t n, unsigned key)
{
    struct item *item = calloc(n + 1, sizeof *item);

    for (size_t i = 0; i < n; i++) {
        for (int c = 0; c < N_CODE; c++)
            item[i].code[c] = key >> c & 1 ? row[i].code[c] : 0;
        item[i].date = row[i].date;
        item[i].index = (uint32_t)i;
    }
    qsort(item, n, sizeof *item, by_key_and_index);
    for (size_t i = 0; i < n; i++)
        item[i].first =
            i > 0 && by_key(&item[i - 1], &item[i]) == 0 ? item[i - 1].first : item[i].index;
    qsort(item, n, sizeof *item, by_first_and_date);
    return item;
}

static void check_groups(const struct row *row, size_t n, unsigned key)
{
    struct item *item = plain_groups(row, n, key);
    struct groups groups = {0};
    struct error err;
    size_t g = 0, wrong = 0;

    CU_ASSERT_EQUAL_FATAL(groups_build(row, n, key, &groups, &err), STATUS_OK);
    CU_ASSERT_EQUAL(groups.n_row, n);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || item[i].first != item[i - 1].first)
            wrong += g >= groups.n_group || groups.start[g++] != i;
        wrong += groups.member[i] != item[i].index;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(groups.n_group, g);
    CU_ASSERT_EQUAL(groups.start[groups.n_group], n);
    groups_free(&groups);
    free(item);
}

/* n rows of about n_key keys; dates 0 .. n_date - 1 at random, or rising if n_date is 0. */
static struct row *random_rows(size_t n, uint64_t n_key, uint64_t n_date, uint64_t seed)
{
    struct row *row = calloc(n + 1, sizeof *row);

    for (size_t i = 0; i < n; i++) {
        uint64_t key = next(&seed) % n_key;
        row[i].code[CODE_COMPANY] = (uint32_t)(key % 7);
        row[i].code[CODE_ACCOUNT] = (uint32_t)(key / 7);
        row[i].code[CODE_AU] = (uint32_t)(key % 3 * 1000003);
        row[i].code[CODE_CURRENCY] = (uint32_t)(next(&seed) % 3);
        row[i].code[CODE_STATUS] = (uint32_t)(next(&seed) % 2);
        row[i].date = n_date > 0 ? (int32_t)(next(&seed) % n_date) - 5 : (int32_t)(i / 50);
        if (n_date > 0 && next(&seed) % 10 == 0)
            row[i].date = ROW_NO_DATE;
    }
    return row;
}

static void no_rows_make_no_groups(void)
{
    check_groups(NULL, 0, KEY_CLASSIC);
}

static void one_row_is_one_group(void)
{
    struct row row = {.date = ROW_NO_DATE};
    check_groups(&row, 1, KEY_CLASSIC);
}

static void any_rows_are_grouped(void)
{
    static const size_t size[] = {2, 3, 17, 1000, 40000, 300000};

    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
        for (uint64_t n_date = 0; n_date <= 30; n_date += 30) {
            struct row *row = random_rows(size[i], size[i] / 20 + 1, n_date, i);
            check_groups(row, size[i], KEY_CLASSIC);
            free(row);
        }
}

static void every_key_is_obeyed(void)
{
    struct row *row = random_rows(3000, 200, 12, 4);

    for (unsigned key = 0; key <= KEY_ALL; key++)
        check_groups(row, 3000, key);
    free(row);
}

/* So many that some differ in their key alone: with 32 bits of hash, about 18 pairs are alike. */
static void groups_of_one_row_are_kept_apart(void)
{
    enum { N = 400000 };
    struct row *row = random_rows(N, 1, 12, 4);

    for (size_t i = 0; i < N; i++)
        row[i].code[CODE_ACCOUNT] = (uint32_t)(N - i);
    check_groups(row, N, KEY_CLASSIC);
    free(row);
}

static void a_reversed_million_is_sorted(void)
{
    enum { N = 1000000 };
    struct row *row = calloc(N, sizeof *row);

    for (size_t i = 0; i < N; i++)
        row[i].date = (int32_t)(N - i) / 2;
    check_groups(row, N, KEY_CLASSIC);
    free(row);
}

static void threads_change_nothing(void)
{
    struct row *row = random_rows(200000, 9000, 30, 8);
    int before = omp_get_max_threads();

    for (int threads = 1; threads <= 5; threads += 2) {
        omp_set_num_threads(threads);
        check_groups(row, 200000, KEY_CLASSIC);
    }
    omp_set_num_threads(before);
    free(row);
}

static void extreme_dates_and_codes_are_ordered(void)
{
    static const int32_t date[] = {ROW_NO_DATE, INT32_MIN, 0, -1, 1, ROW_NO_DATE - 1, 0};
    struct row row[7] = {{0}};

    for (int i = 0; i < 7; i++) {
        row[i].date = date[i];
        for (int c = 0; c < N_CODE; c++)
            row[i].code[c] = UINT32_MAX;
    }
    check_groups(row, 7, KEY_ALL);
}

static void hash_is_of_the_key_alone(void)
{
    struct row *row = random_rows(2, 1, 0, 3);

    row[1].gl = 5;
    row[1].date = 77;
    row[0].code[CODE_STATUS] = 0;
    row[1].code[CODE_STATUS] = 1;
    row[1].code[CODE_CURRENCY] = row[0].code[CODE_CURRENCY];
    CU_ASSERT_EQUAL(group_hash(&row[0], KEY_CLASSIC), group_hash(&row[1], KEY_CLASSIC));
    CU_ASSERT_NOT_EQUAL(group_hash(&row[0], KEY_ALL), group_hash(&row[1], KEY_ALL));
    free(row);
}

/* As placing groups on ranks depends on it, a change would move every group. */
static void hash_stays_what_it_is(void)
{
    struct row row = {.code = {1, 2, 3, 4, 5}};
    CU_ASSERT_EQUAL(group_hash(&row, KEY_CLASSIC), UINT64_C(0xc3cac46b6a0b81f3));
    CU_ASSERT_EQUAL(group_hash(&row, 0), UINT64_C(0x4d0a2bbc5de25cfe));
}

/* 64 cells, by six bits of the hash at a time: a uniform hash gives chi squared 63 +- 11. */
static void hash_spreads_neighbouring_codes(void)
{
    enum { N = 64000, CELLS = 64 };
    struct row row = {0};

    for (int shift = 0; shift <= 64 - 6; shift += 6) {
        double count[CELLS] = {0}, chi = 0;
        for (uint32_t i = 0; i < N; i++) {
            row.code[CODE_COMPANY] = i % 40;
            row.code[CODE_ACCOUNT] = i / 40 % 40;
            row.code[CODE_AU] = i / 1600;
            count[group_hash(&row, KEY_CLASSIC) >> shift & (CELLS - 1)]++;
        }
        for (int c = 0; c < CELLS; c++)
            chi += (count[c] - N / CELLS) * (count[c] - N / CELLS) / (N / CELLS);
        CU_ASSERT_TRUE(chi < 63 + 6 * 11);
    }
}

static void short_memory_is_reported(void)
{
    struct row *row = random_rows(20000, 500, 30, 1);
    struct groups groups = {0};
    struct error err = {0};
    long k = 0;

    omp_set_num_threads(2);
    for (; k < 200000; k = k < 40 ? k + 1 : k * 5 / 4) {
        allowed = k;
        enum status st = groups_build(row, 20000, KEY_CLASSIC, &groups, &err);
        allowed = -1;
        if (st == STATUS_OK)
            break;
        CU_ASSERT_EQUAL(st, STATUS_INTERNAL);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "memory"));
        CU_ASSERT_PTR_NULL(groups.member);
    }
    CU_ASSERT_TRUE(k > 40 && k < 200000);
    CU_ASSERT_EQUAL(groups.n_row, 20000);
    groups_free(&groups);
    CU_ASSERT_PTR_NULL(groups.start);
    CU_ASSERT_EQUAL(groups.n_group, 0);
    free(row);
}

static void too_many_rows_are_refused(void)
{
    struct row row = {0};
    struct groups groups = {0};
    struct error err;

    CU_ASSERT_EQUAL(groups_build(&row, (size_t)UINT32_MAX + 1, 0, &groups, &err),
                    STATUS_INTERNAL);
}

int main(void)
{
    static const struct fact fact[] = {
        {"no rows make no groups", no_rows_make_no_groups},
        {"one row is one group", one_row_is_one_group},
        {"any rows are grouped as by sorting", any_rows_are_grouped},
        {"every key is obeyed", every_key_is_obeyed},
        {"many groups of one row are kept apart", groups_of_one_row_are_kept_apart},
        {"a million rows of one group in reverse are sorted", a_reversed_million_is_sorted},
        {"the number of threads changes nothing", threads_change_nothing},
        {"extreme dates and codes are ordered", extreme_dates_and_codes_are_ordered},
        {"the hash is of the key alone", hash_is_of_the_key_alone},
        {"the hash stays what it is", hash_stays_what_it_is},
        {"the hash spreads neighbouring codes", hash_spreads_neighbouring_codes},
        {"short memory is reported wherever it comes", short_memory_is_reported},
        {"more rows than 32 bits number are refused", too_many_rows_are_refused},
    };
    return suite_run("group", fact, sizeof fact / sizeof fact[0]);
}
