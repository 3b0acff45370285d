/* How many bytes a second become rows: records, numbers, dictionaries, controls. Checked against
 * strtok and strtod on the same lines. */
#include "bench.h"
#include "made_ledger.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS, RUNS, N_OPTION };
enum { GL_FIELD = 7 }; /* and IHub behind it; empty fields come after */

struct work {
    struct made_ledger ledger;
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;

    ledger_block_free(work->ledger.block);
    work->ledger.block = NULL;
    return made_ledger_read(&work->ledger, &work->ledger.block, err);
}

/* Whether a line, which is cut into words, says what the row does. */
static bool is_row(char *line, const struct row *row)
{
    char *rest = NULL, *word = strtok_r(line, ",", &rest);

    for (int f = 0; f < GL_FIELD && word != NULL; f++)
        word = strtok_r(NULL, ",", &rest);
    char *ihub = strtok_r(NULL, ",", &rest);
    return word != NULL && ihub != NULL && strtod(word, NULL) == row->gl &&
           strtod(ihub, NULL) == row->ihub;
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    const struct ledger_block *block = work->ledger.block;
    char *copy = strdup(work->ledger.text + work->ledger.n_header), *rest = NULL;
    size_t n = 0, n_wrong = 0;

    if (copy == NULL)
        return error_no_memory(err, "a copy of the ledger");
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest), n++)
        n_wrong += n >= block->n_row || !is_row(line, &block->row[n]);
    free(copy);
    if (n_wrong > 0 || n != block->n_row)
        return error_set(err, STATUS_INTERNAL, "%zu rows of %zu are wrong", n_wrong, n);
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 200000, NULL}, [RUNS] = {"runs", 15, NULL}};
    struct work work = {.ledger = {.n_byte = 0}};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(made_ledger_write(option[ROWS].value, &work.ledger, &err));
    TRY(bench_measure(&(struct bench){"ledger", option, N_OPTION, option[RUNS].value,
                                      (int64_t)work.ledger.n_byte, "bytes", 0, 1, run, check,
                                      &work},
                      &err));
done:
    made_ledger_free(&work.ledger);
    return bench_end("ledger", st, &err);
}
