/* How many bytes a second are cut into records and fields. Checked against a walk byte by byte. */
#include "bench.h"
#include "csv.h"
#include "made_ledger.h"

enum { ROWS, RUNS, N_OPTION };
enum { FIELDS_MOST = 32 };

struct work {
    struct made_ledger ledger;
    size_t n_record, n_field, n_text; /* bytes within fields */
};

static enum status run(void *state, struct error *err)
{
    struct work *work = state;
    const char *cursor = work->ledger.text, *end = cursor + work->ledger.n_byte;
    struct csv_field field[FIELDS_MOST];
    enum csv_end ended = CSV_RECORD;
    int64_t lines = 0;
    size_t n = 0;

    work->n_record = work->n_field = work->n_text = 0;
    while ((ended = csv_read_record(&cursor, end, true, field, FIELDS_MOST, &n, &lines)) ==
           CSV_RECORD) {
        work->n_record++;
        work->n_field += n;
        for (size_t f = 0; f < n && f < FIELDS_MOST; f++)
            work->n_text += field[f].length;
    }
    return ended == CSV_NONE ? STATUS_OK
                             : error_set(err, STATUS_INTERNAL, "a record cannot be read");
}

static enum status check(void *state, struct error *err)
{
    const struct work *work = state;
    size_t n_record = 0, n_comma = 0, n_quote = 0;

    for (size_t i = 0; i < work->ledger.n_byte; i++) {
        n_quote += work->ledger.text[i] == '"';
        n_record += work->ledger.text[i] == '\n' && n_quote % 2 == 0;
        n_comma += work->ledger.text[i] == ',' && n_quote % 2 == 0;
    }
    if (work->n_record != n_record || work->n_field != n_record + n_comma ||
        work->n_text != work->ledger.n_byte - n_record - n_comma - n_quote)
        return error_set(err, STATUS_INTERNAL, "%zu records of %zu were read", work->n_record,
                         n_record);
    return STATUS_OK;
}

int main(int argc, char *argv[])
{
    struct bench_option option[N_OPTION] = {
        [ROWS] = {"rows", 200000, NULL}, [RUNS] = {"runs", 15, NULL}};
    struct work work = {.n_record = 0};
    struct error err;
    enum status st = STATUS_OK;

    TRY(bench_read_options(argc, argv, option, N_OPTION, &err));
    TRY(made_ledger_write(option[ROWS].value, &work.ledger, &err));
    TRY(bench_measure(&(struct bench){"csv", option, N_OPTION, option[RUNS].value,
                                      (int64_t)work.ledger.n_byte, "bytes", 0, 1, run, check,
                                      &work},
                      &err));
done:
    made_ledger_free(&work.ledger);
    return bench_end("csv", st, &err);
}
