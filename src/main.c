/* tieout: finds the balances of a month-end ledger that stopped tying out the way they usually
 * do. This file turns the command line into one call; detect.c is the road from ledger to
 * results, jobs.c what follows it. */
#include "check.h"
#include "detect.h"
#include "feedback_preview.h"
#include "generate.h"
#include "jobs.h"
#include "log.h"
#include "plan.h"
#include "provenance.h"
#include "report.h"
#include "results_read.h"
#include "run.h"
#include "services_check.h"
#include "settings.h"
#include "show.h"
#include "stop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern char **environ;

static int fail(const struct error *err)
{
    fprintf(stderr, "tieout: %s\n", err->text);
    return (int)err->code;
}

/* The words of the command line, one blank between two; "" if memory is short. Secrets never
 * stand there: only their files' names do. */
static char *command_words(int argc, char *const argv[])
{
    size_t n = 1;

    for (int i = 0; i < argc; i++)
        n += strlen(argv[i]) + 1;
    char *words = calloc(n, 1);
    for (int i = 0; words != NULL && i < argc; i++) {
        if (i > 0)
            strcat(words, " ");
        strcat(words, argv[i]);
    }
    return words;
}

/* ---- detect, run, check of ledgers: with MPI --------------------------------------------- */

/* Rank 0 reads the configuration file, all apply it. All ranks. */
static enum status share_config(const struct run *run, struct settings *settings,
                                struct error *err)
{
    char *text = NULL;
    uint64_t n = 0;
    enum status st = STATUS_OK;

    if (settings->config == NULL)
        return STATUS_OK;
    if (run->rank == 0)
        st = settings_read_config(settings->config, &text, err);
    TRY(run_agree(run, st, err));
    n = run->rank == 0 ? strlen(text) + 1 : 0;
    MPI_Bcast(&n, 1, MPI_UINT64_T, 0, run->comm);
    if (run->rank != 0 && (text = calloc(n, 1)) == NULL)
        st = error_no_memory(err, "the configuration");
    TRY(run_agree(run, st, err));
    MPI_Bcast(text, (int)n, MPI_CHAR, 0, run->comm);
    TRY(run_agree(run, settings_apply_config(settings, text, settings->config, err), err));
done:
    free(text);
    return st;
}

/* Whether what is configured of the services suffices, asked before the work. All ranks. */
static enum status check_services(const struct run *run, const struct settings *settings,
                                  struct error *err)
{
    enum status st = STATUS_OK;

    if (run->rank == 0 && settings->command == COMMAND_RUN)
        st = services_validate(settings, err);
    return run_agree(run, st, err);
}

/* What rank 0 does when MPI is finalised. */
static enum status go_on_alone(const struct settings *settings, struct log *log,
                               struct error *err)
{
    if (settings->command == COMMAND_RUN)
        return jobs_run(settings->output, settings, log, err);
    if (settings->command == COMMAND_CHECK)
        return check_configuration(settings, err);
    return STATUS_OK;
}

static int parallel_main(struct settings *settings, const char *command)
{
    struct run run;
    struct error err = {0};
    struct log *log = NULL;
    enum status st = run_start((int)settings->threads, &run, &err);
    bool speaks = run.rank == 0;

    stop_listen();
    TRY(run_agree(&run, st, &err));
    TRY(share_config(&run, settings, &err));
    log = log_open(speaks ? stderr : NULL, settings->log_format, settings_log_level(settings),
                   getenv("SLURM_JOB_ID"));
    if (settings->command == COMMAND_CHECK) {
        TRY(check_ledgers(&run, settings, log, &err));
    } else {
        TRY(check_services(&run, settings, &err));
        TRY(detect(&run, settings, command, log, &err));
    }
done:
    if (st != STATUS_OK)
        run_fail(&run, &err);
    run_stop(&run);
    if (st == STATUS_OK && speaks) {
        st = go_on_alone(settings, log, &err);
        if (st != STATUS_OK)
            fail(&err);
    }
    log_close(log);
    return (int)st;
}

/* A command line that is wrong on all tasks of a launcher. */
static int fail_together(struct error *err)
{
    struct run run;
    struct error start = {0};

    if (run_launched_tasks() == 1)
        return fail(err);
    run_start(1, &run, &start);
    run_fail(&run, err);
    run_stop(&run);
    return (int)err->code;
}

/* Tasks of a launcher that cannot find each other: the first speaks, the others give it the time.
 * The launcher ends all, and what it hands on of their output, as soon as one has ended; so the
 * sentence gets time to arrive, too. */
static int fail_apart(const struct error *err)
{
    enum { ARRIVE = 1, LET_SPEAK = 4 }; /* seconds */

    if (run_speaks_unstarted())
        fail(err);
    sleep(run_speaks_unstarted() ? ARRIVE : LET_SPEAK);
    return (int)err->code;
}

/* ---- the others: one process ---------------------------------------------------------------- */

/* Columns of the terminal, 0 if stdout is none. */
static size_t terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* Whether the table is coloured: see no-color.org for NO_COLOR. */
static bool wants_color(enum color_choice choice)
{
    const char *refused = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) == 1 && (refused == NULL || refused[0] == '\0') &&
           term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static enum status show(const struct settings *settings, struct error *err)
{
    struct findings *findings = NULL;
    struct show_plan plan = {.format = settings->format,
                             .top = (size_t)settings->top,
                             .width = terminal_width(),
                             .color = wants_color(settings->color)};
    enum status st = STATUS_OK;

    TRY(results_read(settings->input[0], &findings, err));
    TRY(show_write(findings, &plan, stdout, err));
done:
    findings_free(findings);
    return st;
}

static enum status follow_up(const struct settings *settings, struct log *log,
                             struct error *err)
{
    enum status st = STATUS_OK;

    if (settings->status)
        return jobs_status(settings->input[0], stdout, err);
    TRY(services_validate(settings, err));
    TRY(jobs_run(settings->input[0], settings, log, err));
done:
    return st;
}

/* The paths behind the results file, one a line. */
static char *feedback_paths(const struct settings *settings)
{
    size_t room = 1;

    for (size_t i = 1; i < settings->n_input; i++)
        room += strlen(settings->input[i]) + 1;
    char *paths = calloc(room, 1);
    for (size_t i = 1; paths != NULL && i < settings->n_input; i++) {
        strcat(paths, settings->input[i]);
        strcat(paths, "\n");
    }
    return paths;
}

static enum status preview(const struct settings *settings, struct error *err)
{
    struct feedback feedback = {.n = 0};
    char *paths = feedback_paths(settings);
    enum status st = STATUS_OK;

    if (paths == NULL)
        TRY(error_no_memory(err, "the names of the feedback files"));
    TRY(feedback_read(paths, &feedback, err));
    TRY(feedback_preview(settings->input[0], &feedback, settings->suppress_months, stdout,
                         err));
done:
    feedback_free(&feedback);
    free(paths);
    return st;
}

static void print_version(void)
{
    char libraries[PROVENANCE_TEXT];

    provenance_libraries(libraries);
    printf("%s\n%s\n", provenance_version(), libraries);
}

static enum status apply_own_config(struct settings *settings, struct error *err)
{
    char *text = NULL;
    enum status st = STATUS_OK;

    if (settings->config == NULL)
        return STATUS_OK;
    TRY(settings_read_config(settings->config, &text, err));
    TRY(settings_apply_config(settings, text, settings->config, err));
done:
    free(text);
    return st;
}

static int single_main(struct settings *settings)
{
    struct error err = {0};
    struct log *log = NULL;
    enum status st = apply_own_config(settings, &err);

    if (st == STATUS_OK)
        log = log_open(stderr, settings->log_format, settings_log_level(settings), NULL);
    if (st == STATUS_OK)
        switch (settings->command) {
        case COMMAND_CHECK:
            st = check_configuration(settings, &err);
            break;
        case COMMAND_SHOW:
            st = show(settings, &err);
            break;
        case COMMAND_PLAN:
            st = plan(settings, stdout, &err);
            break;
        case COMMAND_REPORT:
            st = report_make(settings->input[0], settings->page, settings, log, &err);
            break;
        case COMMAND_FEEDBACK:
            st = preview(settings, &err);
            break;
        case COMMAND_GENERATE:
            st = generate(settings, log, &err);
            break;
        case COMMAND_FOLLOWUP:
            st = follow_up(settings, log, &err);
            break;
        case COMMAND_HELP:
            settings_help(settings->topic, stdout);
            break;
        case COMMAND_VERSION:
            print_version();
            break;
        default:
            settings_help(COMMAND_NONE, stdout);
            break;
        }
    log_close(log);
    return st == STATUS_OK ? 0 : fail(&err);
}

/* Commands that the ranks work on together. */
static bool reads_ledgers(const struct settings *settings)
{
    return settings->command == COMMAND_RUN || settings->command == COMMAND_DETECT ||
           (settings->command == COMMAND_CHECK && settings->n_input > 0);
}

int main(int argc, char *argv[])
{
    struct settings settings = {0};
    struct error err = {0};
    char *command = command_words(argc, argv);
    signal(SIGXFSZ, SIG_IGN); /* a file at its size limit is a write error, not the end */
    enum status st = settings_parse(argc, argv, environ, &settings, &err);
    int code = 0;

    bool parallel = st == STATUS_OK && reads_ledgers(&settings);
    if (parallel && run_check_launch(&err) != STATUS_OK)
        code = fail_apart(&err);
    else if (st != STATUS_OK)
        code = fail_together(&err);
    else if (parallel)
        code = parallel_main(&settings, command != NULL ? command : "");
    else if (run_speaks_unstarted())
        code = single_main(&settings);
    settings_free(&settings);
    free(command);
    return code;
}
