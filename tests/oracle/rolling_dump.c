/* For test_pandas_rolling.py: takes rows on standard input, gives their changes and rolling
 * deviations on standard output. In: a number of rows n (int64), then n account codes (uint32),
 * then n balances (double). Out, in input order: n changes, n deviations (double). All in the
 * machine's own byte order. */
#include "classic.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>

static struct row *read_rows(size_t n)
{
    struct row *row = mem_array(n, sizeof *row);
    int ok = row != NULL;

    for (size_t i = 0; ok && i < n; i++)
        ok = fread(&row[i].code[CODE_ACCOUNT], sizeof(uint32_t), 1, stdin) == 1;
    for (size_t i = 0; ok && i < n; i++)
        ok = fread(&row[i].gl, sizeof(double), 1, stdin) == 1;
    if (!ok) {
        free(row);
        return NULL;
    }
    return row;
}

static int write_in_input_order(const struct groups *groups, const double *column)
{
    double *ordered = mem_array(groups->n_row, sizeof *ordered);

    if (ordered == NULL)
        return 0;
    for (size_t k = 0; k < groups->n_row; k++)
        ordered[groups->member[k]] = column[k];
    int ok = fwrite(ordered, sizeof *ordered, groups->n_row, stdout) == groups->n_row;
    free(ordered);
    return ok;
}

int main(void)
{
    double *column[N_CLASSIC] = {NULL};
    struct groups groups = {0};
    struct error err;
    struct row *row = NULL;
    int64_t n;

    int ok = fread(&n, sizeof n, 1, stdin) == 1 && n >= 0;
    ok = ok && (row = read_rows((size_t)n)) != NULL;
    for (int f = 0; ok && f < N_CLASSIC; f++)
        ok = (column[f] = mem_array((size_t)n, sizeof(double))) != NULL;
    ok = ok && groups_build(row, (size_t)n, KEY_CLASSIC, &groups, &err) == STATUS_OK;
    if (ok)
        features_classic(row, &groups, column);
    ok = ok && write_in_input_order(&groups, column[FEATURE_GL_CHANGE]);
    ok = ok && write_in_input_order(&groups, column[FEATURE_GL_STD]);
    for (int f = 0; f < N_CLASSIC; f++)
        free(column[f]);
    groups_free(&groups);
    free(row);
    return ok ? 0 : 1;
}
