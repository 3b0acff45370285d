/* Measures a function: one run to warm up, whose answer is checked, then some that are timed. The
 * median tells what to expect, the least what the machine can do when left alone, and the spread
 * between the quartiles how much it was. */
#include "bench.h"

#include "mem.h"
#include "simd.h"

#include <errno.h>
#include <inttypes.h>
#include <omp.h>
#include <revision.h> /* made by the build */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const BENCH_SIMD[] = {
    [SIMD_AUTO] = "auto",         [SIMD_AVX512] = "avx512", [SIMD_AVX2] = "avx2",
    [SIMD_PORTABLE] = "portable", [N_SIMD] = NULL,
};

/* ---- options ------------------------------------------------------------------------------- */

static bool read_value(struct bench_option *option, const char *text)
{
    char *end = NULL;
    int64_t value = 0;

    if (option->word == NULL) {
        errno = 0;
        value = strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0' || value < 1)
            return false;
    } else {
        while (option->word[value] != NULL && strcmp(option->word[value], text) != 0)
            value++;
        if (option->word[value] == NULL)
            return false;
    }
    option->value = value;
    return true;
}

static enum status refuse(const char *argument, const struct bench_option *option,
                          size_t n_option, struct error *err)
{
    char known[ERROR_TEXT / 2] = "";
    size_t used = 0;

    for (size_t o = 0; o < n_option; o++) {
        used += (size_t)snprintf(known + used, sizeof known - used, " %s=%s", option[o].name,
                                 option[o].word == NULL ? "NUMBER" : "");
        for (size_t w = 0; option[o].word != NULL && option[o].word[w] != NULL; w++)
            used += (size_t)snprintf(known + used, sizeof known - used, w > 0 ? "|%s" : "%s",
                                     option[o].word[w]);
    }
    return error_set(err, STATUS_USAGE, "%s is not one of%s", argument, known);
}

enum status bench_read_options(int argc, char *const argv[], struct bench_option *option,
                               size_t n_option, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        size_t o = 0, length = strcspn(argv[i], "=");
        while (o < n_option && (strlen(option[o].name) != length ||
                                strncmp(option[o].name, argv[i], length) != 0))
            o++;
        if (o == n_option || argv[i][length] != '=' ||
            !read_value(&option[o], argv[i] + length + 1))
            return refuse(argv[i], option, n_option, err);
    }
    return STATUS_OK;
}

/* ---- measuring ----------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The processor as the system names it; "" if it does not. */
static void read_processor(char name[128])
{
    char line[256];
    FILE *in = fopen("/proc/cpuinfo", "r");

    name[0] = '\0';
    while (in != NULL && name[0] == '\0' && fgets(line, sizeof line, in) != NULL)
        sscanf(line, "model name : %127[^\"\\\n]", name);
    if (in != NULL)
        fclose(in);
}

static void print_line(const struct bench *bench, double *second)
{
    size_t n = (size_t)bench->n_run;
    char processor[128];

    qsort(second, n, sizeof *second, compare_reals);
    read_processor(processor);
    printf("{\"bench\":\"%s\"", bench->name);
    for (size_t o = 0; o < bench->n_option; o++)
        if (bench->option[o].word != NULL)
            printf(",\"%s\":\"%s\"", bench->option[o].name,
                   bench->option[o].word[bench->option[o].value]);
        else
            printf(",\"%s\":%" PRId64, bench->option[o].name, bench->option[o].value);
    printf(",\"item\":\"%s\",\"items\":%" PRId64 ",\"items_per_second\":%.0f"
           ",\"seconds_median\":%.6g,\"seconds_least\":%.6g,\"seconds_between_quartiles\":%.3g"
           ",\"ranks\":%d,\"threads\":%d,\"processor\":\"%s\",\"revision\":\"%s\"}\n",
           bench->item, bench->n_item, (double)bench->n_item / second[n / 2], second[n / 2],
           second[0], second[3 * n / 4] - second[n / 4], bench->n_rank > 1 ? bench->n_rank : 1,
           omp_get_max_threads(), processor, TIEOUT_REVISION);
}

enum status bench_measure(const struct bench *bench, struct error *err)
{
    double *second = mem_array((size_t)bench->n_run, sizeof *second);
    enum status st = STATUS_OK;

    if (second == NULL)
        TRY(error_no_memory(err, "the times"));
    TRY(bench->run(bench->state, err));
    TRY(bench->check(bench->state, err));
    for (int64_t i = 0; i < bench->n_run; i++) {
        double begun = now();
        TRY(bench->run(bench->state, err));
        second[i] = now() - begun;
    }
    if (bench->rank == 0)
        print_line(bench, second);
done:
    free(second);
    return st;
}

int bench_end(const char *name, enum status st, const struct error *err)
{
    if (st != STATUS_OK)
        fprintf(stderr, "bench_%s: %s\n", name, err->text);
    return (int)st;
}
