/* Trains and scores with our kernels and writes everything as raw binary, for a Python test to
 * compare with scikit-learn.
 *
 *   forest_dump forest MATRIX ROWS FEATURES TREES SAMPLES SEED OUT
 *       MATRIX: float32, row-major. OUT: int64 n_sample; uint32 seed[TREES];
 *       int64 sample[TREES][n_sample]; int64 start[TREES + 1]; struct tree_node node[];
 *       double length[ROWS], score[ROWS]; double seconds to grow, to score.
 *   forest_dump mean-path N OUT
 *       OUT: double c(0) ... c(N). */
#include "iforest.h"
#include "mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct job {
    size_t n_row;
    size_t n_feature;
    size_t n_tree;
    size_t n_sample;
    float *matrix;   /* [n_row * n_feature] row-major */
    uint32_t *seed;  /* [n_tree] */
    int64_t *sample; /* [n_tree * n_sample] */
    float *picked;   /* [n_sample * n_feature] */
    float **column;  /* [n_feature][n_row] */
    double *length;  /* [n_row] */
    double *score;   /* [n_row] */
    double seconds[2];
    struct iforest forest;
    struct scorer *scorer;
};

static double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool job_allocate(struct job *job)
{
    job->matrix = mem_array(job->n_row * job->n_feature, sizeof *job->matrix);
    job->seed = mem_array(job->n_tree, sizeof *job->seed);
    job->sample = mem_array(job->n_tree * job->n_sample, sizeof *job->sample);
    job->picked = mem_array(job->n_sample * job->n_feature, sizeof *job->picked);
    job->column = mem_array(job->n_feature, sizeof *job->column);
    job->length = mem_array(job->n_row, sizeof *job->length);
    job->score = mem_array(job->n_row, sizeof *job->score);
    job->forest.start = mem_array(job->n_tree + 1, sizeof *job->forest.start);
    job->forest.node =
        mem_array(job->n_tree * itree_max_nodes(job->n_sample), sizeof *job->forest.node);
    return job->matrix != NULL && job->seed != NULL && job->sample != NULL &&
           job->picked != NULL && job->column != NULL && job->length != NULL &&
           job->score != NULL && job->forest.start != NULL && job->forest.node != NULL;
}

static bool job_read(struct job *job, const char *path)
{
    size_t n = job->n_row * job->n_feature;
    FILE *file = fopen(path, "rb");
    bool complete = file != NULL && fread(job->matrix, sizeof *job->matrix, n, file) == n;

    if (file != NULL)
        fclose(file);
    for (size_t f = 0; complete && f < job->n_feature; f++) {
        job->column[f] = mem_array(job->n_row, sizeof **job->column);
        complete = job->column[f] != NULL;
        for (size_t i = 0; complete && i < job->n_row; i++)
            job->column[f][i] = job->matrix[i * job->n_feature + f];
    }
    return complete;
}

static enum status grow_forest(struct job *job, uint32_t random_state, struct error *err)
{
    struct iforest *forest = &job->forest;
    enum status st = STATUS_OK;

    forest->n_tree = job->n_tree;
    forest->n_feature = job->n_feature;
    forest->n_sample = (int64_t)job->n_sample;
    iforest_seeds(random_state, job->n_tree, job->seed);
    for (size_t t = 0; t < job->n_tree; t++) {
        int64_t *sample = job->sample + t * job->n_sample;
        size_t n_node;
        TRY(itree_draw_sample(job->seed[t], (int64_t)job->n_row, forest->n_sample, sample,
                              err));
        for (size_t i = 0; i < job->n_sample; i++)
            memcpy(job->picked + i * job->n_feature,
                   job->matrix + (size_t)sample[i] * job->n_feature,
                   job->n_feature * sizeof *job->picked);
        TRY(itree_grow(job->picked, job->n_sample, job->n_feature, job->seed[t],
                       forest->node + forest->start[t], &n_node, err));
        forest->start[t + 1] = forest->start[t] + n_node;
    }
done:
    return st;
}

static enum status job_run(struct job *job, uint32_t random_state, struct error *err)
{
    enum status st = STATUS_OK;
    double begin = clock_seconds();

    TRY(grow_forest(job, random_state, err));
    job->seconds[0] = clock_seconds() - begin;
    TRY(scorer_create(&job->forest, SIMD_AUTO, &job->scorer, err));
    scorer_run(job->scorer, (const float *const *)job->column, job->n_row, job->score);
    begin = clock_seconds(); /* of the second time, as other forests are timed when warm */
    scorer_run(job->scorer, (const float *const *)job->column, job->n_row, job->score);
    job->seconds[1] = clock_seconds() - begin;
    for (size_t i = 0; i < job->n_row; i++)
        job->length[i] = iforest_path_length(&job->forest, job->matrix + i * job->n_feature);
done:
    return st;
}

static bool job_write(const struct job *job, const char *path)
{
    FILE *out = fopen(path, "wb");

    if (out == NULL)
        return false;
    fwrite(&job->forest.n_sample, sizeof job->forest.n_sample, 1, out);
    fwrite(job->seed, sizeof *job->seed, job->n_tree, out);
    fwrite(job->sample, sizeof *job->sample, job->n_tree * job->n_sample, out);
    fwrite(job->forest.start, sizeof *job->forest.start, job->n_tree + 1, out);
    fwrite(job->forest.node, sizeof *job->forest.node, job->forest.start[job->n_tree], out);
    fwrite(job->length, sizeof *job->length, job->n_row, out);
    fwrite(job->score, sizeof *job->score, job->n_row, out);
    fwrite(job->seconds, sizeof *job->seconds, 2, out);
    bool failed = ferror(out) != 0;
    return fclose(out) == 0 && !failed;
}

static void job_free(struct job *job)
{
    for (size_t f = 0; job->column != NULL && f < job->n_feature; f++)
        free(job->column[f]);
    free(job->column);
    free(job->matrix);
    free(job->seed);
    free(job->sample);
    free(job->picked);
    free(job->length);
    free(job->score);
    iforest_free(&job->forest);
    scorer_free(job->scorer);
}

static int dump_forest(char **argument)
{
    struct error err = {.text = "cannot read, write or allocate"};
    struct job job = {.n_row = strtoul(argument[1], NULL, 10),
                      .n_feature = strtoul(argument[2], NULL, 10),
                      .n_tree = strtoul(argument[3], NULL, 10),
                      .n_sample = strtoul(argument[4], NULL, 10)};

    if (job.n_sample > job.n_row)
        job.n_sample = job.n_row;
    bool done = job_allocate(&job) && job_read(&job, argument[0]) &&
                job_run(&job, (uint32_t)strtoul(argument[5], NULL, 10), &err) == STATUS_OK &&
                job_write(&job, argument[6]);
    if (!done)
        fprintf(stderr, "forest_dump: %s\n", err.text);
    job_free(&job);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int dump_mean_path(int64_t last, const char *path)
{
    FILE *out = fopen(path, "wb");

    if (out == NULL)
        return EXIT_FAILURE;
    for (int64_t n = 0; n <= last; n++) {
        double mean = itree_mean_path(n);
        fwrite(&mean, sizeof mean, 1, out);
    }
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == 9 && strcmp(argv[1], "forest") == 0)
        return dump_forest(argv + 2);
    if (argc == 4 && strcmp(argv[1], "mean-path") == 0)
        return dump_mean_path(strtol(argv[2], NULL, 10), argv[3]);
    fprintf(stderr, "usage: forest_dump forest MATRIX ROWS FEATURES TREES SAMPLES SEED OUT\n"
                    "       forest_dump mean-path N OUT\n");
    return EXIT_FAILURE;
}
