/* merge_sort.c against qsort. */
#include "merge_sort.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { N = 5000 };

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void check_sort(const uint64_t *value, size_t n)
{
    uint64_t item[N], spare[N], expected[N];

    memcpy(item, value, n * sizeof *item);
    memcpy(expected, value, n * sizeof *item);
    qsort(expected, n, sizeof *expected, by_value);
    const uint64_t *sorted = merge_sort(item, spare, n);
    CU_ASSERT_TRUE(sorted == item || sorted == spare);
    CU_ASSERT_EQUAL(memcmp(sorted, expected, n * sizeof *sorted), 0);
}

static void few_items_are_sorted_in_every_order(void)
{
    /* Every sequence of 0 to 6 items out of 4 values. */
    for (size_t n = 0; n <= 6; n++)
        for (size_t code = 0; code < (size_t)1 << 2 * n; code++) {
            uint64_t value[6] = {0};
            for (size_t i = 0; i < n; i++)
                value[i] = code >> 2 * i & 3;
            check_sort(value, n);
        }
}

static void random_items_are_sorted(void)
{
    uint64_t value[N], state = 1;

    for (size_t n = 1; n <= N; n = 2 * n + 1) {
        for (size_t i = 0; i < n; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            value[i] = state ^ state >> 29;
        }
        check_sort(value, n);
    }
}

static void runs_are_merged(void)
{
    uint64_t value[N];

    for (size_t period = 1; period <= N; period = period * 3 + 1) {
        for (size_t i = 0; i < N; i++)
            value[i] = i % period;
        check_sort(value, N);
        for (size_t i = 0; i < N; i++)
            value[i] = UINT64_MAX - i / period;
        check_sort(value, N);
    }
}

/* Sorted input is returned in place: the spare is not even written to. */
static void sorted_items_are_left_alone(void)
{
    uint64_t item[] = {1, 1, 2, UINT64_MAX}, spare[4] = {7, 7, 7, 7};

    CU_ASSERT_PTR_EQUAL(merge_sort(item, spare, 4), item);
    CU_ASSERT_EQUAL(spare[0], 7);
}

int main(void)
{
    static const struct fact fact[] = {
        {"few items are sorted from every order", few_items_are_sorted_in_every_order},
        {"random items are sorted", random_items_are_sorted},
        {"runs of any length, falling ones too, are merged", runs_are_merged},
        {"sorted items are left alone", sorted_items_are_left_alone},
    };
    return suite_run("merge_sort", fact, sizeof fact / sizeof fact[0]);
}
