/* How many amounts a second are read, by our reader or by strtod. Either is checked against the
 * other, to the bit. */
#include "bench.h"
#include "mem.h"
#include "number.h"
#include "rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS, BY, RUNS, N_OPTION };
enum by { BY_NUMBER, BY_STRTOD };
enum { AMOUNT_TEXT = 24 };

struct work {
    size_t n;
    bool by_strtod;
    char (*text)[AMOUNT_TEXT];
    double *value;
};

static double read_number(const char *text)
{
    struct number number = {.value = 0};

    number_read(text, strlen(text), '.', &number);
    return number.value;
}

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    (void)err;
    for (size_t i = 0; i < work->n; i++)
        work->value[i] =
            work->by_strtod ? strtod(work->text[i], NULL) : read_number(work->text[i]);
    return STATUS_OK;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t n_wrong = 0;

    for (size_t i = 0; i < work->n; i++)
        n_wrong += work->value[i] !=
                   (work->by_strtod ? read_number(work->text[i]) : strtod(work->text[i], NULL));
    return n_wrong == 0 ? STATUS_OK
                        : error_set(err, STATUS_INTERNAL, "%zu amounts are wrong", n_wrong);
}

/* Amounts to the cent, of one to ten digits before it. */
static void write_amounts(struct work *work)
{
    uint32_t random = 1;

    for (size_t i = 0; i < work->n; i++) {
        double scale = splitter_real(0, 1, &random), amount = splitter_real(-1, 1, &random);
        for (int digit = (int)(10 * scale); digit >= 0; digit--)
            amount *= 10;
        snprintf(work->text[i], AMOUNT_TEXT, "%.2f", amount);
    }
}

int main(int argc, char *argv[])
{
    static const char *const reader[] = {[BY_NUMBER] = "number", [BY_STRTOD] = "strtod", NULL};
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 500000, NULL},
                                            [BY] = {"by", BY_NUMBER, reader},
                                            [RUNS] = {"runs", 15, NULL}};
    struct work work = {.n = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    work.n = (size_t)option[ROWS].value;
    work.by_strtod = option[BY].value == BY_STRTOD;
    work.text = mem_array(work.n, sizeof *work.text);
    work.value = mem_array(work.n, sizeof *work.value);
    if (work.text == NULL || work.value == NULL)
        TRY(error_no_memory(&err, "the amounts"));
    write_amounts(&work);
    TRY(bench_measure(&(struct bench){"number", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "amounts", 0, 1, run, check, &work},
                      &err));
done:
    free(work.text);
    free(work.value);
    return bench_end("number", st, &err);
}
