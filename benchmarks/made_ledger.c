/* A generated ledger for the benches, without a file. The rows' dates stay what reading makes of
 * them, codes by first appearance: the generator writes month after month, so they ascend with
 * time, and that is all that features and patterns need. */
#include "made_ledger.h"

#include "csv.h"
#include "generator.h"

#include <stdlib.h>

enum { MONTHS = 24, HEADER_FIELDS = 32 };

static const double ANOMALIES = 0.01;

static enum status match_header(struct made_ledger *ledger, struct error *err)
{
    struct csv_field field[HEADER_FIELDS];
    const struct ledger_terms terms = {
        .date_orders = 1, .tolerance = 0.01, .decimal_mark = '.'};
    const char *cursor = ledger->text;
    size_t n_field = 0;
    int64_t lines = 0;

    if (csv_read_record(&cursor, ledger->text + ledger->n_byte, true, field, HEADER_FIELDS,
                        &n_field, &lines) != CSV_RECORD ||
        n_field > HEADER_FIELDS)
        return error_set(err, STATUS_INTERNAL, "the generated ledger has no header");
    ledger->n_header = (size_t)(cursor - ledger->text);
    return ledger_match_header(field, n_field, &terms, "generated", 1, &ledger->layout, err);
}

enum status made_ledger_write(int64_t n_row, struct made_ledger *ledger, struct error *err)
{
    struct made_ledger made = {.n_byte = 0};
    const struct generator_plan plan = {
        .n_row = n_row, .n_month = MONTHS, .seed = 1, .anomaly_share = ANOMALIES};
    FILE *out = open_memstream(&made.text, &made.n_byte);
    enum status st = STATUS_OK;

    if (out == NULL)
        TRY(error_no_memory(err, "the ledger"));
    st = generator_write(&plan, out, NULL, err);
    if (fclose(out) != 0 && st == STATUS_OK)
        st = error_no_memory(err, "the ledger");
    if (st == STATUS_OK)
        st = match_header(&made, err);
    if (st != STATUS_OK)
        goto done;
    *ledger = made;
    made = (struct made_ledger){.n_byte = 0};
done:
    made_ledger_free(&made);
    return st;
}

enum status made_ledger_read(const struct made_ledger *ledger, struct ledger_block **block,
                             struct error *err)
{
    struct ledger_block *made = ledger_block_create();
    size_t n = ledger->n_byte - ledger->n_header, used = 0;
    int64_t line = 2;
    bool more = false;
    enum status st = STATUS_OK;

    if (made == NULL)
        return error_no_memory(err, "the rows");
    TRY(ledger_parse(ledger->text + ledger->n_header, n, n, true, &ledger->layout, 0,
                     "generated", &line, &used, &more, made, err));
    *block = made;
    made = NULL;
done:
    ledger_block_free(made);
    return st;
}

enum status made_ledger_group(int64_t n_row, struct made_ledger *ledger, struct groups *groups,
                              struct error *err)
{
    struct made_ledger made = {.n_byte = 0};
    enum status st = STATUS_OK;

    TRY(made_ledger_write(n_row, &made, err));
    TRY(made_ledger_read(&made, &made.block, err));
    TRY(groups_build(made.block->row, made.block->n_row, KEY_CLASSIC, groups, err));
    *ledger = made;
    made = (struct made_ledger){.n_byte = 0};
done:
    made_ledger_free(&made);
    return st;
}

void made_ledger_free(struct made_ledger *ledger)
{
    ledger_block_free(ledger->block);
    free(ledger->text);
    *ledger = (struct made_ledger){.n_byte = 0};
}
