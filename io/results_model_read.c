/* The model and the rows it scored, out of results.h5. Nothing in the file is trusted: children
 * lie behind their parents and within their tree, features exist, lengths agree. A node's depth
 * is not stored; it follows from its parent's. */
#include "results_model_read.h"

#include "anomaly.h"
#include "contamination.h"
#include "h5_in.h"
#include "mem.h"
#include "results_layout.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status not_a_model(const struct h5_in *in, struct error *err)
{
    return error_set(err, STATUS_DATA,
                     "%s is not a results file of tieout: its trees are broken", in->path);
}

/* The size of a one-dimensional dataset, which must be n unless n is SIZE_MAX. */
static enum status size_of(const struct h5_in *in, const char *name, size_t n, size_t *size,
                           struct error *err)
{
    enum status st = h5_in_size(in, name, 1, size, err);

    if (st == STATUS_OK && n != SIZE_MAX && *size != n)
        st = error_set(err, STATUS_DATA, "%s: %s has %zu entries where %zu are expected",
                       in->path, name, *size, n);
    return st;
}

static enum status integers(const struct h5_in *in, enum dataset_id id, size_t n,
                            int64_t **value, struct error *err)
{
    size_t size = 0;
    enum status st = STATUS_OK;

    TRY(size_of(in, DATASET[id].name, n, &size, err));
    *value = mem_array(size, sizeof **value);
    if (*value == NULL)
        TRY(error_no_memory(err, "the model"));
    TRY(h5_in_integers(in, DATASET[id].name, *value, err));
done:
    return st;
}

static enum status reals(const struct h5_in *in, const char *name, size_t n, double **value,
                         struct error *err)
{
    size_t size = 0;
    enum status st = STATUS_OK;

    TRY(size_of(in, name, n, &size, err));
    *value = mem_array(size, sizeof **value);
    if (*value == NULL)
        TRY(error_no_memory(err, "the model"));
    TRY(h5_in_reals(in, name, *value, err));
done:
    return st;
}

/* Depths of a tree's n nodes from their order; false if they are no tree. */
static bool link_tree(struct tree_node *node, size_t n, size_t n_feature)
{
    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        node[i].depth = i == 0 ? 0 : -1;
    for (size_t i = 0; i < n; i++) {
        if (node[i].depth < 0 || node[i].depth > ITREE_MAX_DEPTH || node[i].n_row < 1)
            return false;
        if (node[i].feature < 0) {
            node[i].weight = 0;
            continue;
        }
        size_t right = (size_t)node[i].right;
        if (node[i].right < 0 || (size_t)node[i].feature >= n_feature || right >= n ||
            right <= i + 1)
            return false;
        node[i + 1].depth = node[right].depth = node[i].depth + 1;
    }
    return true;
}

/* The columns of the nodes. */
struct node_columns {
    int64_t *start, *feature, *right, *rows;
    double *threshold;
};

static enum status read_columns(const struct h5_in *in, size_t *n_start, size_t *n_node,
                                struct node_columns *column, struct error *err)
{
    enum status st = STATUS_OK;

    TRY(size_of(in, DATASET[MODEL_TREE_START].name, SIZE_MAX, n_start, err));
    TRY(size_of(in, DATASET[MODEL_TREE_FEATURE].name, SIZE_MAX, n_node, err));
    TRY(integers(in, MODEL_TREE_START, *n_start, &column->start, err));
    TRY(integers(in, MODEL_TREE_FEATURE, *n_node, &column->feature, err));
    TRY(integers(in, MODEL_TREE_RIGHT, *n_node, &column->right, err));
    TRY(integers(in, MODEL_TREE_ROWS, *n_node, &column->rows, err));
    TRY(reals(in, DATASET[MODEL_TREE_THRESHOLD].name, *n_node, &column->threshold, err));
done:
    return st;
}

static enum status build_forest(const struct h5_in *in, const struct node_columns *column,
                                size_t n_start, size_t n_node, struct iforest *forest,
                                struct error *err)
{
    if (n_start < 2 || column->start[0] != 0 || column->start[n_start - 1] != (int64_t)n_node)
        return not_a_model(in, err);
    forest->start = mem_array(n_start, sizeof *forest->start);
    forest->node = mem_array(n_node, sizeof *forest->node);
    if (forest->start == NULL || forest->node == NULL)
        return error_no_memory(err, "the model");
    for (size_t i = 0; i < n_node; i++)
        forest->node[i] = (struct tree_node){{column->threshold[i]},
                                             (int32_t)column->feature[i],
                                             (int32_t)column->right[i],
                                             (int32_t)column->rows[i],
                                             0};
    forest->n_tree = n_start - 1;
    for (size_t t = 0; t < forest->n_tree; t++) {
        int64_t first = column->start[t], end = column->start[t + 1];
        if (end < first || end > (int64_t)n_node ||
            !link_tree(forest->node + first, (size_t)(end - first), forest->n_feature))
            return not_a_model(in, err);
        forest->start[t + 1] = (size_t)end;
    }
    forest->n_sample = forest->node[0].n_row;
    return STATUS_OK;
}

static enum status read_forest(const struct h5_in *in, struct iforest *forest,
                               struct error *err)
{
    struct node_columns column = {0};
    size_t n_start = 0, n_node = 0;
    enum status st = STATUS_OK;

    TRY(size_of(in, DATASET[MODEL_CENTER].name, SIZE_MAX, &forest->n_feature, err));
    TRY(read_columns(in, &n_start, &n_node, &column, err));
    TRY(build_forest(in, &column, n_start, n_node, forest, err));
done:
    free(column.start);
    free(column.feature);
    free(column.right);
    free(column.rows);
    free(column.threshold);
    return st;
}

/* One feature of all rows, scaled and rounded as prepare does. */
static enum status read_feature(const struct h5_in *in, const char *feature, double center,
                                double scale, size_t n, float **x, struct error *err)
{
    char name[256];
    double *value = NULL;
    enum status st = STATUS_OK;

    snprintf(name, sizeof name, "%s%s", RESULTS_ROW_FEATURES, feature);
    TRY(reals(in, name, n, &value, err));
    *x = mem_array(n, sizeof **x);
    if (*x == NULL)
        TRY(error_no_memory(err, "the features"));
    for (size_t i = 0; i < n; i++)
        (*x)[i] = (float)((value[i] - center) / scale);
done:
    free(value);
    return st;
}

static enum status read_features(const struct h5_in *in, struct stored_model *model,
                                 struct error *err)
{
    size_t p = model->forest.n_feature, size = 0;
    struct text_store texts = {NULL};
    const char **name = mem_array(p, sizeof *name);
    double *center = NULL, *scale = NULL;
    char first[256];
    enum status st = STATUS_OK;

    if (name == NULL)
        TRY(error_no_memory(err, "the features"));
    TRY(size_of(in, DATASET[MODEL_FEATURE_NAMES].name, p, &size, err));
    TRY(h5_in_texts(in, DATASET[MODEL_FEATURE_NAMES].name, p, &texts, name, err));
    TRY(reals(in, DATASET[MODEL_CENTER].name, p, &center, err));
    TRY(reals(in, DATASET[MODEL_SCALE].name, p, &scale, err));
    snprintf(first, sizeof first, "%s%s", RESULTS_ROW_FEATURES, p > 0 ? name[0] : "");
    if (p == 0 || !h5_in_has(in, first))
        goto done; /* not kept */
    model->x = mem_array(p, sizeof *model->x);
    if (model->x == NULL)
        TRY(error_no_memory(err, "the features"));
    for (size_t f = 0; f < p; f++)
        TRY(read_feature(in, name[f], center[f], scale[f], model->n_row, &model->x[f], err));
done:
    text_store_free(&texts);
    free(name);
    free(center);
    free(scale);
    return st;
}

static enum status read_rows(const struct h5_in *in, struct stored_model *model,
                             struct error *err)
{
    int64_t *pattern = NULL;
    enum status st = STATUS_OK;

    TRY(size_of(in, DATASET[ROWS_ROW_NUMBER].name, SIZE_MAX, &model->n_row, err));
    TRY(integers(in, ROWS_ROW_NUMBER, model->n_row, &model->row_number, err));
    TRY(reals(in, DATASET[ROWS_SCORE].name, model->n_row, &model->decision, err));
    TRY(integers(in, ROWS_PATTERN, model->n_row, &pattern, err));
    model->pattern = mem_array(model->n_row, 1);
    if (model->pattern == NULL)
        TRY(error_no_memory(err, "the patterns"));
    for (size_t i = 0; i < model->n_row; i++)
        model->pattern[i] =
            (uint8_t)(pattern[i] >= 0 && pattern[i] < N_PATTERN ? pattern[i] : 0);
done:
    free(pattern);
    return st;
}

/* What the run was told, as far as feedback depends on it. */
static enum status read_settings(const struct h5_in *in, struct stored_model *model,
                                 struct error *err)
{
    char *text = NULL;
    cJSON *settings = NULL;
    enum status st = STATUS_OK;

    TRY(h5_in_text_attribute(in, "/run", "configuration", &text, err));
    settings = cJSON_Parse(text);
    const cJSON *tolerance = cJSON_GetObjectItem(settings, "tolerance");
    if (!cJSON_IsNumber(tolerance))
        TRY(error_set(err, STATUS_DATA, "%s: the configuration in /run has no tolerance",
                      in->path));
    model->tolerance = tolerance->valuedouble;
    model->share_given = cJSON_IsNumber(cJSON_GetObjectItem(settings, "contamination"));
done:
    cJSON_Delete(settings);
    free(text);
    return st;
}

static enum status read_share(const struct h5_in *in, struct stored_model *model,
                              struct error *err)
{
    char *profile = NULL;
    struct error none;
    enum status st = STATUS_OK;

    TRY(h5_in_text_attribute(in, "/model", "profile", &profile, err));
    model->least_share = strcmp(profile, "history") == 0 ? 0 : CONTAMINATION_LEAST;
    if (h5_in_real_attribute(in, "/model", "base_contamination", &model->contamination,
                             &none) != STATUS_OK)
        TRY(h5_in_real_attribute(in, "/model", "contamination", &model->contamination, err));
done:
    free(profile);
    return st;
}

enum status results_read_model(const char *path, struct stored_model *out, struct error *err)
{
    struct h5_in in = {.file = -1};
    struct stored_model model = {.n_row = 0};
    enum status st = STATUS_OK;

    TRY(h5_in_open(&in, path, err));
    TRY(read_forest(&in, &model.forest, err));
    TRY(read_rows(&in, &model, err));
    TRY(read_share(&in, &model, err));
    TRY(read_settings(&in, &model, err));
    TRY(read_features(&in, &model, err));
    *out = model;
    model = (struct stored_model){.n_row = 0};
done:
    stored_model_free(&model);
    h5_in_close(&in);
    return st;
}

void stored_model_free(struct stored_model *model)
{
    for (size_t f = 0; model->x != NULL && f < model->forest.n_feature; f++)
        free(model->x[f]);
    free(model->x);
    free(model->row_number);
    free(model->pattern);
    free(model->decision);
    iforest_free(&model->forest);
    *model = (struct stored_model){.n_row = 0};
}
