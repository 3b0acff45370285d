/* Made-up rows for the benches of the forest. Every tree gets rows of its own, as it would from a
 * ledger much larger than the sample. */
#include "made_forest.h"

#include "mem.h"
#include "rng.h"

#include <stdlib.h>

enum { CODES = 3, CODE_VALUES = 20 };

const char *const MADE_DATA[] = {
    [DATA_LEDGER] = "ledger", [DATA_EVEN] = "even", [DATA_EVEN + 1] = NULL};

float made_value(enum made_data data, size_t feature, uint32_t *state)
{
    double a = splitter_real(-1, 1, state);
    double b = splitter_real(-1, 1, state);

    if (data == DATA_EVEN)
        return (float)a;
    return (float)(feature < CODES ? (int)(CODE_VALUES * a) : a / (b * b + 1e-3));
}

void made_sample(enum made_data data, size_t n, size_t n_feature, uint32_t seed, float *x)
{
    uint32_t state = seed + 1;

    for (size_t i = 0; i < n * n_feature; i++)
        x[i] = made_value(data, i % n_feature, &state);
}

float **made_columns(enum made_data data, size_t n, size_t n_feature)
{
    float **x = mem_array(n_feature, sizeof *x);
    uint32_t state = 1;

    for (size_t f = 0; x != NULL && f < n_feature; f++) {
        x[f] = mem_array(n, sizeof **x);
        if (x[f] == NULL) {
            made_columns_free(x, n_feature);
            return NULL;
        }
        for (size_t i = 0; i < n; i++)
            x[f][i] = made_value(data, f, &state);
    }
    return x;
}

void made_columns_free(float **x, size_t n_feature)
{
    for (size_t f = 0; x != NULL && f < n_feature; f++)
        free(x[f]);
    free(x);
}

enum status made_forest(enum made_data data, size_t n_tree, size_t n_sample, size_t n_feature,
                        struct iforest *forest, struct error *err)
{
    struct iforest made = {
        .n_tree = n_tree, .n_feature = n_feature, .n_sample = (int64_t)n_sample};
    float *sample = mem_array(n_sample * n_feature, sizeof *sample);
    enum status st = STATUS_OK;

    made.start = mem_array(n_tree + 1, sizeof *made.start);
    made.node = mem_array(n_tree * itree_max_nodes(n_sample), sizeof *made.node);
    if (sample == NULL || made.start == NULL || made.node == NULL)
        TRY(error_no_memory(err, "the forest"));
    for (size_t t = 0; t < n_tree; t++) {
        size_t n_node = 0;
        made_sample(data, n_sample, n_feature, (uint32_t)t, sample);
        TRY(itree_grow(sample, n_sample, n_feature, (uint32_t)t, made.node + made.start[t],
                       &n_node, err));
        made.start[t + 1] = made.start[t] + n_node;
    }
    *forest = made;
    made = (struct iforest){0};
done:
    free(sample);
    iforest_free(&made);
    return st;
}
