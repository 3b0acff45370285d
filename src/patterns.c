/* The pattern of every row: groups are shared among threads, each of which lays one group's values
 * side by side for the rule (pattern.h). */
#include "patterns.h"

#include "mem.h"
#include "pattern.h"

#include <stdbool.h>
#include <stdlib.h>

/* One group's values side by side; arrays with room for the largest group. */
struct scratch {
    double *gl, *ihub, *difference;
    int32_t *date;
};

static void scratch_free(struct scratch *scratch)
{
    free(scratch->gl);
    free(scratch->ihub);
    free(scratch->difference);
    free(scratch->date);
}

static bool scratch_allocate(struct scratch *scratch, size_t n)
{
    scratch->gl = mem_array(n, sizeof *scratch->gl);
    scratch->ihub = mem_array(n, sizeof *scratch->ihub);
    scratch->difference = mem_array(n, sizeof *scratch->difference);
    scratch->date = mem_array(n, sizeof *scratch->date);
    return scratch->gl && scratch->ihub && scratch->difference && scratch->date;
}

static void group_patterns(const struct row *row, const uint32_t *member, size_t n,
                           const struct scratch *scratch, double tolerance, uint8_t *pattern)
{
    struct series series = {scratch->gl, scratch->ihub, scratch->difference, scratch->date, n};

    for (size_t k = 0; k < n; k++) {
        scratch->gl[k] = row[member[k]].gl;
        scratch->ihub[k] = row[member[k]].ihub;
        scratch->difference[k] = row[member[k]].difference;
        scratch->date[k] = row[member[k]].date;
    }
    for (size_t k = 0; k < n; k++)
        pattern[member[k]] = (uint8_t)pattern_of_row(&series, k, tolerance);
}

enum status patterns_find(const struct row *row, const struct groups *groups, double tolerance,
                          uint8_t *pattern, struct error *err)
{
    size_t largest = groups_largest(groups);
    bool short_of_memory = false;

#pragma omp parallel default(none) shared(row, groups, tolerance, pattern, largest)            \
    reduction(||                                                                               \
              : short_of_memory)
    {
        struct scratch scratch = {0};
        bool ready = scratch_allocate(&scratch, largest);
        short_of_memory = short_of_memory || !ready;
#pragma omp for schedule(dynamic, 256)
        for (size_t g = 0; g < groups->n_group; g++)
            if (ready)
                group_patterns(row, groups->member + groups->start[g],
                               groups->start[g + 1] - groups->start[g], &scratch, tolerance,
                               pattern);
        scratch_free(&scratch);
    }
    return short_of_memory ? error_no_memory(err, "the patterns") : STATUS_OK;
}
