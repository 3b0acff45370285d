/* What the page and the workbook both say of the run. Names and raw values of all that was
 * recorded are in /run; here stands what a reader needs to trust the list, or to make it again. */
#include "run_facts.h"

#include "log_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCE = 512 };

struct telling {
    const struct findings *findings;
    const struct overview *overview;
    void (*tell)(void *context, const char *label, const char *text);
    void *context;
};

void run_facts_line(const char *list, size_t i, char *text, size_t size)
{
    while (list != NULL && i-- > 0) {
        list = strchr(list, '\n');
        list = list != NULL ? list + 1 : NULL;
    }
    snprintf(text, size, "%.*s", list != NULL ? (int)strcspn(list, "\n") : 0,
             list != NULL ? list : "");
}

static void tell(const struct telling *telling, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        telling->tell(telling->context, label, text);
}

/* "" if it is not there. */
static const char *fact_of(const struct telling *telling, const char *name)
{
    const char *text = overview_run_fact(telling->overview, name);

    if (text == NULL)
        text = overview_model_fact(telling->overview, name);
    return text != NULL ? text : "";
}

static void tell_count(const struct telling *telling, const char *label, int64_t count)
{
    char text[LOG_TEXT_NUMBER];

    log_text_count(count, text);
    tell(telling, label, text);
}

static void tell_recorded_count(const struct telling *telling, const char *label,
                                const char *name)
{
    const char *text = fact_of(telling, name);

    if (text[0] != '\0')
        tell_count(telling, label, (int64_t)strtod(text, NULL));
}

static void tell_program(const struct telling *telling)
{
    const char *seconds = fact_of(telling, "seconds");
    char took[LOG_TEXT_NUMBER] = "";

    tell(telling, "Program", fact_of(telling, "version"));
    tell(telling, "Command", fact_of(telling, "command"));
    tell(telling, "Begun", telling->findings->started);
    if (seconds[0] != '\0')
        log_text_duration(strtod(seconds, NULL), took);
    tell(telling, "Took", took);
}

/* A file and its hash, which is line i of a list. */
static void tell_file(const struct telling *telling, const char *label, const char *path,
                      const char *hashes, size_t i)
{
    char hash[SENTENCE];

    tell(telling, label, path);
    run_facts_line(fact_of(telling, hashes), i, hash, sizeof hash);
    tell(telling, "  SHA-256", hash);
}

static size_t count_lines(const char *list)
{
    size_t n = list[0] != '\0';

    while ((list = strchr(list, '\n')) != NULL) {
        n++;
        list++;
    }
    return n;
}

static void tell_ledgers(const struct telling *telling)
{
    const struct findings *findings = telling->findings;
    const char *first = fact_of(telling, "first_as_of_date");
    const char *reviews = fact_of(telling, "feedback_files");
    char text[SENTENCE];

    for (size_t i = 0; i < findings->n_input; i++)
        tell_file(telling, "Ledger", findings->input[i], "input_sha256", i);
    for (size_t i = 0; i < count_lines(reviews); i++) {
        run_facts_line(reviews, i, text, sizeof text);
        tell_file(telling, "Reviews", text, "feedback_sha256", i);
    }
    snprintf(text, sizeof text, "%.10s%s%.10s", first, first[0] != '\0' ? " to " : "",
             findings->last_as_of);
    tell(telling, "As-of dates", text);
    tell_recorded_count(telling, "Accounts", "accounts");
    tell_recorded_count(telling, "Rows read", "rows_read");
    tell_recorded_count(telling, "Rows rejected", "rows_rejected");
    tell_count(telling, "Rows judged", findings->n_row);
}

static void tell_method(const struct telling *telling)
{
    const struct findings *findings = telling->findings;
    const char *trees = fact_of(telling, "trees");
    char text[SENTENCE];

    tell(telling, "Profile", findings->profile);
    snprintf(text, sizeof text, "%.4g, the share of rows that are expected to be anomalies",
             findings->contamination);
    tell(telling, "Contamination", text);
    snprintf(text, sizeof text, "a score below 0 (from the forest itself, below %.4f)",
             findings->offset);
    tell(telling, "Threshold", text);
    snprintf(text, sizeof text, "%.20s trees of %.20s rows each, seed %.20s", trees,
             fact_of(telling, "samples"), fact_of(telling, "seed"));
    tell(telling, "Forest", trees[0] != '\0' ? text : "");
    tell(telling, "Tolerance", fact_of(telling, "tolerance"));
    tell(telling, "All settings", fact_of(telling, "configuration"));
}

static void tell_outcome(const struct telling *telling)
{
    const struct findings *findings = telling->findings;
    const char *ranks = fact_of(telling, "ranks"), *threads = fact_of(telling, "threads");
    char text[SENTENCE];

    tell_count(telling, "Anomalies", findings->n_flagged);
    tell_count(telling, "To be followed up", (int64_t)findings->n);
    snprintf(text, sizeof text, "%.20s rank%s of %.20s thread%s, first on %.300s", ranks,
             strcmp(ranks, "1") == 0 ? "" : "s", threads, strcmp(threads, "1") == 0 ? "" : "s",
             fact_of(telling, "host"));
    tell(telling, "Ran on", ranks[0] != '\0' ? text : "");
    tell(telling, "Content digest", findings->digest);
}

void run_facts_tell(const struct findings *findings, const struct overview *overview,
                    void (*tell_fact)(void *context, const char *label, const char *text),
                    void *context)
{
    const struct telling telling = {findings, overview, tell_fact, context};

    tell_program(&telling);
    tell_ledgers(&telling);
    tell_method(&telling);
    tell_outcome(&telling);
}
