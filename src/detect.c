/* The road from ledger to results.h5, one call a stage; each takes what the one before made. */
#include "detect.h"

#include "comm.h"
#include "cross_check.h"
#include "encode.h"
#include "gather.h"
#include "ingest.h"
#include "judge.h"
#include "learn.h"
#include "ledger_log.h"
#include "log_text.h"
#include "mem.h"
#include "overview.h"
#include "prepare.h"
#include "profile.h"
#include "provenance.h"
#include "results_write.h"
#include "review.h"
#include "score.h"
#include "shuffle.h"
#include "stages.h"
#include "stop.h"
#include "train.h"

#include <assert.h>
#include <inttypes.h>

enum { GATHER_PIECE = 1 << 17 }; /* rows that rank 0 holds at a time: what its cache holds */

static const double UNEVEN =
    1.5; /* times the even share from which ranks wait for one of them */

/* Everything a run makes on the way, so that one place releases it. */
struct road {
    struct ledger_files files;
    struct shard shard;
    struct encoded rows; /* as read, then as owned */
    struct ledger_facts facts;
    struct prepared prepared;
    struct iforest forest;
    struct reviews reviews;
    struct learned learned; /* from reviews, if there are some */
    struct scored scored;
    struct judged judged;
    int64_t most_rows; /* on a rank */
    struct stages stages;
};

static void road_free(struct road *road)
{
    ledger_files_free(&road->files);
    shard_free(&road->shard);
    encoded_free(&road->rows);
    ledger_facts_free(&road->facts);
    prepared_free(&road->prepared);
    iforest_free(&road->forest);
    reviews_free(&road->reviews);
    scored_free(&road->scored);
    judged_free(&road->judged);
}

/* Whether the results can be written, asked before the work instead of after it. */
static enum status check_output(const struct run *run, const struct settings *settings,
                                struct error *err)
{
    struct results_writer *writer = NULL;
    enum status st = STATUS_OK;

    if (run->rank == 0)
        st = results_create(settings->output, settings->force, &writer, err);
    results_abandon(writer);
    return run_agree(run, st, err);
}

/* All ranks. */
static enum status judge_all(const struct run *run, const struct settings *settings,
                             const struct profile *profile, struct road *road,
                             struct error *err)
{
    struct materiality materiality = {.standard = 0};
    struct judgement by = {
        .tolerance = settings->tolerance,
        .profile = profile,
        .materiality = &materiality,
        .currency = &road->facts.text[CODE_CURRENCY],
        .reviews = &road->reviews,
        .suppress_months = settings->suppress_months,
        .alert_on =
            settings->alert_on == ALERT_LATEST ? road->facts.last_date : settings->alert_on,
    };
    bool readable = materiality_read(settings->materiality, &materiality);

    assert(readable); /* settings have read it already */
    (void)readable;
    return run_agree(run,
                     judge_rows(&road->rows, &road->prepared, &road->forest, &road->scored, &by,
                                &road->judged, err),
                     err);
}

/* Ends a stage, and with it the run on all ranks if one was asked to stop. All ranks. */
static enum status end_stage(const struct run *run, struct stages *stages, struct log *log,
                             const char *name, int64_t n_item, const char *item_word,
                             int64_t n_byte, struct error *err)
{
    stages_end(stages, log, name, n_item, item_word, n_byte);
    return run_agree(run, stop_check(err), err);
}

/* Names the stage that begins, for who watches a terminal; a stage that works in pieces tells how
 * far it is by itself. */
static void show_stage(struct log *log, const char *name)
{
    log_progress(log, name, 0, 0, "rows", 0);
}

/* How even the ranks' shares are. All ranks. */
static void measure_balance(const struct run *run, const struct encoded *rows, int64_t n_all,
                            struct log *log, int64_t *most)
{
    *most = (int64_t)rows->n_row;
    MPI_Allreduce(MPI_IN_PLACE, most, 1, MPI_INT64_T, MPI_MAX, run->comm);
    double ratio = (double)*most * run->n_rank / (double)n_all;
    if (ratio > UNEVEN)
        log_warn(log,
                 "the fullest rank holds %.2f times an even share of the rows, as an account "
                 "stays whole: more than %" PRId64 " ranks make this ledger no faster",
                 ratio, (n_all + *most - 1) / *most);
    else
        log_detail(log, "the fullest rank holds %.3f times an even share of the rows", ratio);
}

/* What feedback has changed, counted against the scores without it. All ranks. */
static void log_feedback(const struct run *run, const struct road *road,
                         const struct anomaly_counts *count, struct log *log)
{
    const struct reviews *reviews = &road->reviews;
    int64_t moved[2] = {0, 0};

    if (reviews->n == 0)
        return;
    for (size_t i = 0; i < road->rows.n_row; i++) {
        moved[0] += road->scored.base[i] < 0 && road->scored.decision[i] >= 0;
        moved[1] += road->scored.base[i] >= 0 && road->scored.decision[i] < 0;
    }
    MPI_Allreduce(MPI_IN_PLACE, moved, 2, MPI_INT64_T, MPI_SUM, run->comm);
    log_info(log,
             "feedback: %" PRId64 " confirmed, %" PRId64 " rejected, %" PRId64
             " not in this ledger; %" PRId64 " anomalies left, %" PRId64 " entered, %" PRId64
             " are suppressed (contamination %.4g without feedback)",
             reviews->n_confirmed, reviews->n_rejected, reviews->n_unknown, moved[0], moved[1],
             count->suppressed, road->learned.base_share);
}

/* /model and /run, on rank 0. */
static enum status write_record(const struct run *run, const struct settings *settings,
                                const struct profile *profile, enum simd simd,
                                const char *command, const struct road *road,
                                const struct anomaly_counts *count,
                                struct results_writer *writer, char digest[RESULTS_DIGEST],
                                struct error *err)
{
    const struct reviews *reviews = &road->reviews;
    const struct results_feedback feedback = {
        reviews->sha256,           reviews->n_confirmed,     reviews->n_rejected,
        reviews->n_unknown,        road->learned.base_share, road->scored.base_offset,
        settings->suppress_months, &road->learned.lesson};
    const struct results_model model = {&road->forest,
                                        profile->label,
                                        road->prepared.center,
                                        road->prepared.scale,
                                        road->prepared.contamination,
                                        road->scored.offset,
                                        (uint32_t)settings->seed,
                                        profile->name,
                                        reviews->n > 0 ? &feedback : NULL};
    enum status st = results_write_model(writer, &model, err);

    if (st == STATUS_OK)
        st = provenance_write(run, settings, command, simd, &road->files, &reviews->feedback,
                              &road->facts, &road->stages, road->most_rows,
                              road->scored.n_flagged, count->raised, writer, digest, err);
    return st;
}

static void log_outcome(struct log *log, const struct road *road, int64_t raised,
                        const char *path)
{
    char text[3][LOG_TEXT_NUMBER];

    log_text_count(road->scored.n_flagged, text[0]);
    log_text_count(road->facts.n_row, text[1]);
    log_text_count(raised, text[2]);
    log_info(log, "%s of %s rows are anomalies (contamination %.4g); %s to follow up in %s",
             text[0], text[1], road->prepared.contamination, text[2], path);
}

static enum status write_results(const struct run *run, const struct settings *settings,
                                 const struct profile *profile, enum simd simd,
                                 const char *command, struct log *log, struct road *road,
                                 struct error *err)
{
    const struct anomaly_terms terms = {profile, &road->facts, settings->tolerance,
                                        settings->alert_budget, &road->reviews};
    struct results_writer *writer = NULL;
    struct drawn_list drawn = {.n = 0};
    struct anomaly_counts count = {0, 0};
    char digest[RESULTS_DIGEST] = "";
    enum status st = STATUS_OK;

    if (run->rank == 0)
        st = results_create(settings->output, settings->force, &writer, err);
    TRY(run_agree(run, st, err));
    TRY(gather_rows(run, &road->files, &road->rows, &road->prepared, &road->scored,
                    &road->judged, settings->keep_features ? profile : NULL,
                    settings->tolerance, GATHER_PIECE, log, writer, err));
    show_stage(log, "write");
    TRY(gather_rejects(run, &road->shard, writer, err));
    TRY(gather_anomalies(run, &road->judged, &terms, writer, &count, &drawn, err));
    TRY(gather_series(run, &road->rows, &road->prepared.groups, &road->scored, &drawn, writer,
                      err));
    TRY(overview_write(run, &road->rows, &road->prepared.groups, &road->facts, &road->scored,
                       settings->tolerance, writer, err));
    stages_end(&road->stages, log, "write", road->facts.n_row, "rows",
               writer != NULL ? results_bytes(writer) : 0);
    if (run->rank == 0)
        st = write_record(run, settings, profile, simd, command, road, &count, writer, digest,
                          err);
    if (run->rank == 0 && st == STATUS_OK)
        st = results_commit(&writer, err);
    TRY(run_agree(run, st, err));
    log_feedback(run, road, &count, log);
    log_outcome(log, road, count.raised, settings->output);
    log_detail(log, "content digest %s", digest);
done:
    results_abandon(writer);
    return st;
}

/* Verdicts change the forest, the weight of patterns and the share of anomalies. All ranks. */
static enum status learn(const struct run *run, const struct settings *settings,
                         const struct profile *profile, struct log *log, struct road *road,
                         struct error *err)
{
    struct reviews *reviews = &road->reviews;
    enum status st = STATUS_OK;

    road->learned.base_share = road->prepared.contamination;
    if (settings->feedback == NULL)
        return STATUS_OK;
    TRY(review_find(run, &road->rows, &road->prepared.groups, &road->facts, log, reviews, err));
    if (reviews->n > 0)
        TRY(learn_lesson(run, &road->prepared, reviews, &road->forest, &road->learned.lesson,
                         err));
    road->prepared.contamination = learn_contamination(profile, road->learned.base_share,
                                                       settings->contamination > 0, reviews);
    stages_end(&road->stages, log, "learn", (int64_t)reviews->n, "verdicts", 0);
done:
    return st;
}

enum status detect(const struct run *run, const struct settings *settings, const char *command,
                   struct log *log, struct error *err)
{
    const struct profile *profile = profile_get(settings->profile);
    struct road road = {0};
    struct encoded read = {0};
    unsigned key = settings->group_by != 0 ? settings->group_by : profile->key;
    struct ledger_terms terms;
    enum simd simd = SIMD_PORTABLE;
    enum status st = STATUS_OK;

    TRY(run_agree(run, simd_choose(settings->simd, &simd, err), err));
    TRY(check_output(run, settings, err));
    TRY(review_share(run, settings->feedback, &road.reviews, err));
    stages_begin(&road.stages);
    settings_ledger_terms(settings, &terms);
    TRY(ingest_inspect(run, settings->input, settings->n_input, &terms, settings->stacked,
                       &road.files, err));
    ledger_log_tables(log, &road.files);
    TRY(ingest_read(run, log, &road.files, &road.shard, err));
    TRY(end_stage(run, &road.stages, log, "ingest", road.files.first_row[road.files.n_table],
                  "rows", road.files.n_byte, err));
    show_stage(log, "encode");
    TRY(encode_rows(run, &road.files, terms.date_orders, &road.shard, &read, &road.facts, err));
    int64_t n_all = road.facts.n_row;
    TRY(end_stage(run, &road.stages, log, "encode", n_all, "rows", 0, err));
    show_stage(log, "shuffle");
    TRY(shuffle_rows(run, key, COMM_PIECE, &read, &road.rows, err));
    TRY(tally_rows(run, &road.facts.tally, road.rows.row, road.rows.n_row, n_all, err));
    int64_t n_moved = run->n_rank > 1 ? n_all * (int64_t)sizeof(struct row) : 0;
    TRY(end_stage(run, &road.stages, log, "shuffle", n_all, "rows", n_moved, err));
    measure_balance(run, &road.rows, n_all, log, &road.most_rows);
    show_stage(log, "prepare");
    TRY(prepare_rows(run, &road.rows, n_all, profile, key, settings->contamination,
                     settings->tolerance, &road.prepared, err));
    TRY(end_stage(run, &road.stages, log, "prepare", n_all, "rows", 0, err));
    show_stage(log, "check");
    TRY(cross_check(run, &road.rows, &road.prepared.groups, key, &road.shard, &road.facts,
                    err));
    TRY(end_stage(run, &road.stages, log, "check", n_all, "rows", 0, err));
    ledger_log_findings(log, &road.files, &road.facts);
    ledger_log_control(log, &road.facts);
    show_stage(log, "train");
    TRY(train_forest(run, &road.rows, &road.prepared, n_all, (size_t)settings->trees,
                     settings->samples, (uint32_t)settings->seed, &road.forest, err));
    TRY(end_stage(run, &road.stages, log, "train", settings->trees, "trees", 0, err));
    TRY(learn(run, settings, profile, log, &road, err));
    TRY(score_rows(run, &road.forest, &road.prepared, n_all, simd,
                   road.reviews.n > 0 ? &road.learned : NULL, log, &road.scored, err));
    TRY(end_stage(run, &road.stages, log, "score", n_all, "rows", 0, err));
    show_stage(log, "judge");
    TRY(judge_all(run, settings, profile, &road, err));
    prepared_drop_features(&road.prepared);
    TRY(end_stage(run, &road.stages, log, "judge", n_all, "rows", 0, err));
    TRY(write_results(run, settings, profile, simd, command, log, &road, err));
done:
    encoded_free(&read);
    road_free(&road);
    return st;
}
