/* /model: all that scoring another row takes. The nodes are stored as columns; the left child
 * of a node is the next one, so it needs none. */
#include "results_writer.h"

#include "h5_attribute.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status write_names(struct results_writer *writer, const struct results_model *model,
                               struct error *err)
{
    enum status st = STATUS_OK;
    size_t n = model->forest->n_feature;
    struct span *name = mem_array(n, sizeof *name);

    if (name == NULL)
        TRY(error_no_memory(err, "the model"));
    for (size_t i = 0; i < n; i++)
        name[i] = span_of(model->label[i].name);
    TRY(results_put_texts(writer, MODEL_FEATURE_NAMES, name, n, err));
done:
    free(name);
    return st;
}

static enum status write_starts(struct results_writer *writer, const struct iforest *forest,
                                struct error *err)
{
    enum status st = STATUS_OK;
    int64_t *start = mem_array(forest->n_tree + 1, sizeof *start);

    if (start == NULL)
        TRY(error_no_memory(err, "the model"));
    for (size_t i = 0; i <= forest->n_tree; i++)
        start[i] = (int64_t)forest->start[i];
    TRY(results_put(writer, MODEL_TREE_START, start, forest->n_tree + 1, err));
done:
    free(start);
    return st;
}

static int32_t node_integer(const struct tree_node *node, enum dataset_id id)
{
    switch (id) {
    case MODEL_TREE_FEATURE:
        return node->feature;
    case MODEL_TREE_RIGHT:
        return node->right;
    default:
        return node->n_row;
    }
}

static enum status write_nodes(struct results_writer *writer, const struct iforest *forest,
                               bool weighed, struct error *err)
{
    static const enum dataset_id integer[] = {MODEL_TREE_FEATURE, MODEL_TREE_RIGHT,
                                              MODEL_TREE_ROWS};
    enum status st = STATUS_OK;
    size_t n = forest->start[forest->n_tree];
    double *real = mem_array(n, sizeof *real);
    int32_t *value = mem_array(n, sizeof *value);

    if (real == NULL || value == NULL)
        TRY(error_no_memory(err, "the model"));
    for (size_t i = 0; i < n; i++)
        real[i] = forest->node[i].feature < 0 ? 0 : forest->node[i].threshold;
    TRY(results_put(writer, MODEL_TREE_THRESHOLD, real, n, err));
    for (size_t i = 0; i < n; i++)
        real[i] = forest->node[i].feature < 0 ? forest->node[i].weight : 0;
    if (weighed)
        TRY(results_put(writer, MODEL_TREE_WEIGHT, real, n, err));
    for (size_t c = 0; c < sizeof integer / sizeof *integer; c++) {
        for (size_t i = 0; i < n; i++)
            value[i] = node_integer(&forest->node[i], integer[c]);
        TRY(results_put(writer, integer[c], value, n, err));
    }
done:
    free(real);
    free(value);
    return st;
}

/* The attributes are digested under "/model/NAME". */
static enum status digest_part(struct results_writer *writer, const char *name,
                               struct sha256 **digest, struct error *err)
{
    char full[64];

    snprintf(full, sizeof full, "/model/%s", name);
    return content_digest_part(&writer->digest, full, digest, err);
}

static enum status write_real(struct results_writer *writer, const char *name, double value,
                              struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *digest = NULL;

    TRY(digest_part(writer, name, &digest, err));
    sha256_add(digest, &value, sizeof value);
    TRY(h5_attribute_real(&writer->out, "/model", name, value, err));
done:
    return st;
}

static enum status write_integer(struct results_writer *writer, const char *name, int64_t value,
                                 struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *digest = NULL;

    TRY(digest_part(writer, name, &digest, err));
    sha256_add(digest, &value, sizeof value);
    TRY(h5_attribute_integer(&writer->out, "/model", name, value, err));
done:
    return st;
}

static enum status write_text(struct results_writer *writer, const char *name,
                              const char *value, struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *digest = NULL;

    TRY(digest_part(writer, name, &digest, err));
    sha256_add_text(digest, value, strlen(value));
    TRY(h5_attribute_text(&writer->out, "/model", name, value, err));
done:
    return st;
}

static enum status write_feedback(struct results_writer *writer,
                                  const struct results_feedback *feedback, struct error *err)
{
    enum status st = STATUS_OK;

    TRY(write_text(writer, "feedback_sha256", feedback->sha256, err));
    TRY(write_integer(writer, "feedback_confirmed", feedback->confirmed, err));
    TRY(write_integer(writer, "feedback_rejected", feedback->rejected, err));
    TRY(write_integer(writer, "feedback_unknown", feedback->unknown, err));
    TRY(write_integer(writer, "suppress_months", feedback->suppress_months, err));
    TRY(write_real(writer, "base_contamination", feedback->base_contamination, err));
    TRY(write_real(writer, "base_offset", feedback->base_offset, err));
    TRY(write_real(writer, "doubt", feedback->lesson->doubt, err));
    TRY(results_put(writer, MODEL_PATTERN_FACTOR, feedback->lesson->factor, N_PATTERN, err));
done:
    return st;
}

enum status results_write_model(struct results_writer *writer,
                                const struct results_model *model, struct error *err)
{
    enum status st = STATUS_OK;
    const struct iforest *forest = model->forest;
    size_t n = forest->n_feature;

    TRY(write_names(writer, model, err));
    TRY(results_put(writer, MODEL_CENTER, model->center, n, err));
    TRY(results_put(writer, MODEL_SCALE, model->scale, n, err));
    TRY(write_starts(writer, forest, err));
    TRY(write_nodes(writer, forest, model->feedback != NULL, err));
    TRY(write_real(writer, "contamination", model->contamination, err));
    TRY(write_real(writer, "offset", model->offset, err));
    TRY(write_integer(writer, "trees", (int64_t)forest->n_tree, err));
    TRY(write_integer(writer, "samples", forest->n_sample, err));
    TRY(write_integer(writer, "seed", (int64_t)model->seed, err));
    TRY(write_text(writer, "profile", model->profile, err));
    if (model->feedback != NULL)
        TRY(write_feedback(writer, model->feedback, err));
done:
    return st;
}
