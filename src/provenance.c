/* Where results come from: versions, settings, inputs, layout, times. */
#include "provenance.h"

#include "date.h"
#include "mem.h"
#include "pattern.h"
#include "versions.h"
#include <revision.h> /* made by the build */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FACTS_MAX = 128 };

struct facts {
    struct results_fact fact[FACTS_MAX];
    size_t n;
};

static void add_text(struct facts *facts, const char *name, const char *text)
{
    facts->fact[facts->n++] =
        (struct results_fact){.name = name, .kind = FACT_TEXT, .text = text};
}

static void add_integer(struct facts *facts, const char *name, int64_t integer)
{
    facts->fact[facts->n++] =
        (struct results_fact){.name = name, .kind = FACT_INTEGER, .integer = integer};
}

static void add_real(struct facts *facts, const char *name, double real)
{
    facts->fact[facts->n++] =
        (struct results_fact){.name = name, .kind = FACT_REAL, .real = real};
}

static void add_texts(struct facts *facts, const char *name, const char *const *texts, size_t n)
{
    facts->fact[facts->n++] =
        (struct results_fact){.name = name, .kind = FACT_TEXTS, .texts = texts, .n_text = n};
}

const char *provenance_version(void)
{
    return "tieout " TIEOUT_VERSION " (" TIEOUT_REVISION ")";
}

void provenance_libraries(char text[PROVENANCE_TEXT])
{
    char files[VERSIONS_TEXT], mpi[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;

    versions_of_files(files);
    MPI_Get_library_version(mpi, &length);
    for (int i = 0; i < length; i++) /* Open MPI appends its build's details */
        if (mpi[i] == ',')
            mpi[i] = '\0';
    snprintf(text, PROVENANCE_TEXT, "%s, %s, compiler %s", mpi, files, __VERSION__);
}

static void iso_time(time_t time, char text[32])
{
    struct tm utc;

    if (gmtime_r(&time, &utc) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        text[0] = '\0';
}

static void add_layout(struct facts *facts, const struct run *run, const char *host)
{
    static const char *const slurm[][2] = {{"slurm_job_id", "SLURM_JOB_ID"},
                                           {"slurm_cluster", "SLURM_CLUSTER_NAME"},
                                           {"slurm_partition", "SLURM_JOB_PARTITION"},
                                           {"slurm_nodes", "SLURM_JOB_NODELIST"},
                                           {"slurm_array_job_id", "SLURM_ARRAY_JOB_ID"},
                                           {"slurm_array_task_id", "SLURM_ARRAY_TASK_ID"},
                                           {"slurm_cpus_per_task", "SLURM_CPUS_PER_TASK"},
                                           {"slurm_tasks_per_node", "SLURM_TASKS_PER_NODE"},
                                           {"slurm_restart_count", "SLURM_RESTART_COUNT"}};
    struct rusage usage;

    add_integer(facts, "ranks", run->n_rank);
    add_integer(facts, "threads", run->n_thread);
    add_text(facts, "host", host);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        add_integer(facts, "peak_memory_rank_0_bytes", (int64_t)usage.ru_maxrss * 1024);
    for (size_t i = 0; i < sizeof slurm / sizeof slurm[0]; i++)
        if (getenv(slurm[i][1]) != NULL)
            add_text(facts, slurm[i][0], getenv(slurm[i][1]));
}

static void add_counts(struct facts *facts, const struct ledger_facts *ledger,
                       int64_t n_flagged, int64_t n_anomaly, char date[2][DATE_TEXT])
{
    static const char *const reject[N_REJECT] = {
        [REJECT_EMPTY] = "rejects_empty",      [REJECT_SHORT] = "rejects_short",
        [REJECT_LONG] = "rejects_long",        [REJECT_NUMBER] = "rejects_number",
        [REJECT_DATE] = "rejects_date",        [REJECT_DIFFERENCE] = "rejects_difference",
        [REJECT_BLANK] = "rejects_blank",      [REJECT_NOTE] = "rejects_note",
        [REJECT_HEADER] = "rejects_header",    [REJECT_REVERSED] = "rejects_reversed",
        [REJECT_SIGN] = "rejects_sign",        [REJECT_DUPLICATE] = "rejects_duplicate",
        [REJECT_CURRENCY] = "rejects_currency"};

    add_integer(facts, "rows_read", ledger->n_record);
    add_integer(facts, "rows_kept", ledger->n_row);
    add_integer(facts, "accounts", ledger->n_account);
    for (size_t r = 0; r < N_REJECT; r++)
        add_integer(facts, reject[r], ledger->tally.n_reject[r]);
    add_integer(facts, "rows_rejected", ledger->tally.n_dropped);
    add_integer(facts, "control_amounts_left_out", ledger->tally.n_beyond);
    add_integer(facts, "differences_reversed", ledger->tally.n_reversed);
    add_integer(facts, "anomalies_flagged", n_flagged);
    add_integer(facts, "anomalies_followed_up", n_anomaly);
    add_integer(facts, "pattern_rules", PATTERN_RULES);
    add_text(facts, "date_order", ledger->date_order == DATE_DAY_FIRST ? "dmy" : "mdy");
    if (ledger->first_date != ROW_NO_DATE) {
        date_format(ledger->first_date, date[0]);
        date_format(ledger->last_date, date[1]);
        add_text(facts, "first_as_of_date", date[0]);
        add_text(facts, "last_as_of_date", date[1]);
    }
}

/* The completeness control: a list over the currencies for each balance and part, as decimal
 * texts. words holds what the facts point to. */
struct control_words {
    const char **list; /* [CONTROL_LISTS][n_currency] */
    char (*text)[DECIMAL_TEXT];
    char **currency; /* [n_currency] */
    size_t n_currency;
};

enum { CONTROL_LISTS = N_CONTROL_PART * N_CONTROL_COLUMN };

static void control_words_free(struct control_words *words)
{
    for (size_t c = 0; words->currency != NULL && c < words->n_currency; c++)
        free(words->currency[c]);
    free(words->currency);
    free(words->list);
    free(words->text);
}

static enum status add_control(struct facts *facts, const struct ledger_facts *ledger,
                               struct control_words *words, struct error *err)
{
    static const char *const name[N_CONTROL_PART][N_CONTROL_COLUMN] = {
        {"control_gl_balance_read", "control_ihub_balance_read", "control_difference_read"},
        {"control_gl_balance_kept", "control_ihub_balance_kept", "control_difference_kept"},
        {"control_gl_balance_rejected", "control_ihub_balance_rejected",
         "control_difference_rejected"}};
    const struct texts *currency = &ledger->text[CODE_CURRENCY];
    size_t n = ledger->tally.n_currency;

    words->n_currency = n;
    words->list = mem_array(CONTROL_LISTS * n, sizeof *words->list);
    words->text = mem_array(CONTROL_LISTS * n, sizeof *words->text);
    words->currency = mem_array(n, sizeof *words->currency);
    if (!words->list || !words->text || !words->currency)
        return error_no_memory(err, "the facts of the run");
    for (size_t c = 0; c < n; c++) {
        words->currency[c] = strndup(currency->byte + currency->start[c],
                                     currency->start[c + 1] - currency->start[c]);
        if (words->currency[c] == NULL)
            return error_no_memory(err, "the facts of the run");
    }
    add_texts(facts, "control_currencies", (const char *const *)words->currency, n);
    for (size_t i = 0; i < CONTROL_LISTS; i++) {
        size_t part = i / N_CONTROL_COLUMN, column = i % N_CONTROL_COLUMN;
        for (size_t c = 0; c < n; c++) {
            decimal_sum_format(&ledger->tally.control[c].sum[part][column],
                               words->text[i * n + c]);
            words->list[i * n + c] = words->text[i * n + c];
        }
        add_texts(facts, name[part][column], words->list + i * n, n);
    }
    return STATUS_OK;
}

/* Columns that some table does not have and that are derived instead. */
static void add_derived(struct facts *facts, const struct ledger_files *files,
                        const char *name[N_COLUMN])
{
    size_t n = 0;

    for (int c = 0; c < N_REQUIRED; c++)
        for (size_t t = 0; t < files->n_table; t++)
            if (files->table[t].layout.field[c] < 0) {
                name[n++] = ledger_column_name((enum ledger_column)c);
                break;
            }
    add_texts(facts, "derived_columns", name, n);
}

/* Names of a stage's facts: seconds, items by the second, bytes, bytes by the second. */
enum { STAGE_FACTS = 4, STAGE_NAME = 48 };

struct stage_names {
    char name[STAGES_MAX][STAGE_FACTS][STAGE_NAME];
};

static void add_stage(struct facts *facts, const struct stage *stage,
                      char name[STAGE_FACTS][STAGE_NAME])
{
    snprintf(name[0], STAGE_NAME, "seconds_%s", stage->name);
    add_real(facts, name[0], stage->seconds);
    if (stage->n_item > 0 && stage->seconds > 0) {
        snprintf(name[1], STAGE_NAME, "%s_per_second_%s", stage->item_word, stage->name);
        add_real(facts, name[1], (double)stage->n_item / stage->seconds);
    }
    if (stage->n_byte > 0 && stage->seconds > 0) {
        snprintf(name[2], STAGE_NAME, "bytes_%s", stage->name);
        add_integer(facts, name[2], stage->n_byte);
        snprintf(name[3], STAGE_NAME, "bytes_per_second_%s", stage->name);
        add_real(facts, name[3], (double)stage->n_byte / stage->seconds);
    }
}

static void add_times(struct facts *facts, const struct stages *stages,
                      struct stage_names *names, char time[32])
{
    iso_time(stages->start_time, time);
    add_text(facts, "started", time);
    for (int s = 0; s < stages->n; s++)
        add_stage(facts, &stages->stage[s], names->name[s]);
    add_real(facts, "seconds", stages->begun - stages->first);
}

enum status provenance_write(const struct run *run, const struct settings *settings,
                             const char *command, enum simd simd,
                             const struct ledger_files *files, const struct feedback *feedback,
                             const struct ledger_facts *ledger, const struct stages *stages,
                             int64_t most_rows, int64_t n_flagged, int64_t n_anomaly,
                             struct results_writer *writer, char digest[RESULTS_DIGEST],
                             struct error *err)
{
    struct facts facts = {.n = 0};
    char libraries[PROVENANCE_TEXT], host[256] = "", date[2][DATE_TEXT];
    struct stage_names stage_names;
    char started[32];
    char *in_force = NULL;
    struct control_words words = {.n_currency = 0};
    const char *derived[N_COLUMN];
    size_t n_file = files->list.n;
    const char **sha256 = mem_array(n_file, sizeof *sha256);
    const char **feedback_sha256 = mem_array(feedback->n_file, sizeof *feedback_sha256);
    enum status st = STATUS_OK;

    if (sha256 == NULL || feedback_sha256 == NULL) {
        st = error_no_memory(err, "the facts of the run");
        goto done;
    }
    TRY(settings_in_force(settings, &in_force, err));
    for (size_t f = 0; f < n_file; f++)
        sha256[f] = files->sha256[f];
    for (size_t f = 0; f < feedback->n_file; f++)
        feedback_sha256[f] = feedback->sha256[f];
    gethostname(host, sizeof host - 1);
    provenance_libraries(libraries);
    add_text(&facts, "version", provenance_version());
    add_text(&facts, "libraries", libraries);
    add_text(&facts, "command", command);
    add_text(&facts, "configuration", in_force);
    add_text(&facts, "simd", simd_name(simd));
    add_real(&facts, "tolerance", settings->tolerance);
    add_texts(&facts, "input_files", (const char *const *)files->list.path, n_file);
    add_texts(&facts, "input_sha256", sha256, n_file);
    if (feedback->n_file > 0) {
        add_texts(&facts, "feedback_files", (const char *const *)feedback->path,
                  feedback->n_file);
        add_texts(&facts, "feedback_sha256", feedback_sha256, feedback->n_file);
    }
    add_derived(&facts, files, derived);
    TRY(add_control(&facts, ledger, &words, err));
    add_counts(&facts, ledger, n_flagged, n_anomaly, date);
    add_layout(&facts, run, host);
    add_integer(&facts, "rows_on_fullest_rank", most_rows);
    add_times(&facts, stages, &stage_names, started);
    TRY(results_write_run(writer, facts.fact, facts.n, digest, err));
done:
    control_words_free(&words);
    free(in_force);
    free(sha256);
    free(feedback_sha256);
    return st;
}
