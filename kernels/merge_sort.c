/* A natural merge sort: neighbouring ascending runs are merged until one is left. What is sorted
 * here mostly has long runs (an account's rows by date, each bucket's groups by first row), so
 * few passes are needed; no order makes it slower than n log n. */
#include "merge_sort.h"

#include <string.h>

/* End of the ascending run that begins at `begin`. */
static size_t run_end(const uint64_t *item, size_t n, size_t begin)
{
    size_t end = begin + 1;
    while (end < n && item[end - 1] <= item[end])
        end++;
    return end < n ? end : n;
}

static void merge_runs(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
                       uint64_t *out)
{
    while (n_a > 0 && n_b > 0)
        if (*b < *a) {
            *out++ = *b++;
            n_b--;
        } else {
            *out++ = *a++;
            n_a--;
        }
    memcpy(out, a, n_a * sizeof *a);
    memcpy(out + n_a, b, n_b * sizeof *b);
}

uint64_t *merge_sort(uint64_t *item, uint64_t *spare, size_t n)
{
    while (n > 0 && run_end(item, n, 0) < n) {
        for (size_t begin = 0; begin < n;) {
            size_t middle = run_end(item, n, begin);
            size_t end = middle < n ? run_end(item, n, middle) : n;
            merge_runs(item + begin, middle - begin, item + middle, end - middle,
                       spare + begin);
            begin = end;
        }
        uint64_t *merged = spare;
        spare = item;
        item = merged;
    }
    return item;
}
