/* How many texts a second become codes: account numbers as a ledger has them, in runs that come
 * again every month. Checked by sorting: the codes' texts are those that went in, and as many as
 * are distinct. */
#include "bench.h"
#include "dict.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS, ACCOUNTS, RUNS, N_OPTION };
enum { ACCOUNT_TEXT = 12 };

struct work {
    size_t n;
    char (*text)[ACCOUNT_TEXT];
    uint32_t *code;
    struct dict *dict;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;
    uint32_t code = 0;

    dict_free(work->dict);
    work->dict = dict_create();
    if (work->dict == NULL)
        return error_no_memory(err, "a dictionary");
    for (size_t i = 0; i < work->n; i++) {
        code = dict_code_near(work->dict, code, work->text[i], strlen(work->text[i]));
        work->code[i] = code;
    }
    return STATUS_OK;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    char(*sorted)[ACCOUNT_TEXT] = mem_array(work->n, sizeof *sorted);
    size_t n_distinct = 0, n_wrong = 0;

    if (sorted == NULL)
        return error_no_memory(err, "a copy of the texts");
    for (size_t i = 0; i < work->n; i++) {
        size_t length = 0;
        const char *text = dict_text(work->dict, work->code[i], &length);
        n_wrong += length != strlen(work->text[i]) || memcmp(text, work->text[i], length) != 0;
    }
    memcpy(sorted, work->text, work->n * sizeof *sorted);
    qsort(sorted, work->n, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < work->n; i++)
        n_distinct += i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0;
    free(sorted);
    if (n_wrong > 0 || n_distinct != dict_size(work->dict))
        return error_set(err, STATUS_INTERNAL, "%zu codes are wrong; %zu texts, not %zu",
                         n_wrong, dict_size(work->dict), n_distinct);
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {[ROWS] = {"rows", 500000, NULL},
                                            [ACCOUNTS] = {"accounts", 40000, NULL},
                                            [RUNS] = {"runs", 15, NULL}};
    struct work work = {.n = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    work.n = (size_t)option[ROWS].value;
    work.text = mem_array(work.n, sizeof *work.text);
    work.code = mem_array(work.n, sizeof *work.code);
    if (work.text == NULL || work.code == NULL)
        TRY(error_no_memory(&err, "the texts"));
    for (size_t i = 0; i < work.n; i++) /* every third text repeats the one before */
        snprintf(work.text[i], ACCOUNT_TEXT, "%zu",
                 1000000 + 7919 * ((i - i / 3) % (size_t)option[ACCOUNTS].value) % 9000000);
    TRY(bench_measure(&(struct bench){"dict", option, N_OPTION, option[RUNS].value,
                                      option[ROWS].value, "texts", 0, 1, run, check, &work},
                      &err));
done:
    free(work.text);
    free(work.code);
    dict_free(work.dict);
    return bench_end("dict", st, &err);
}
