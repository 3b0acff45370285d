/* The findings of a results file in three forms. This file knows the CSV columns and picks the
 * writer; the table and the JSON have files of their own. Which file, which form and how wide
 * the terminal is are the command line's to say. */
#include "show.h"

#include "csv_write.h"
#include "show_json.h"
#include "show_table.h"

#include <errno.h>
#include <string.h>

static void write_csv_header(struct csv_writer *csv)
{
    static const char *const BEFORE[] = {"rank",       "id",       "row_number",
                                         "as_of_date", "company",  "account",
                                         "au",         "currency", "match_status"};
    static const char *const BEHIND[] = {"usual_difference", "anomaly_score", "severity",
                                         "pattern",          "lifecycle",     "break_since",
                                         "break_months",     "explanation"};

    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
        csv_write_text(csv, BEFORE[i]);
    for (int i = FEATURE_DAYS_SINCE_LAST; i < N_CLASSIC; i++)
        csv_write_text(csv, CLASSIC_LABEL[i].name);
    for (size_t i = 0; i < sizeof BEHIND / sizeof *BEHIND; i++)
        csv_write_text(csv, BEHIND[i]);
    csv_write_end(csv);
}

static void write_csv_finding(struct csv_writer *csv, const struct finding *finding,
                              size_t rank)
{
    csv_write_integer(csv, (int64_t)rank);
    csv_write_text(csv, finding->id);
    csv_write_integer(csv, finding->row_number);
    csv_write_text(csv, finding->as_of_date);
    csv_write_text(csv, finding->company);
    csv_write_text(csv, finding->account);
    csv_write_text(csv, finding->au);
    csv_write_text(csv, finding->currency);
    csv_write_text(csv, finding->match_status);
    for (int i = FEATURE_DAYS_SINCE_LAST; i < N_CLASSIC; i++)
        csv_write_real(csv, finding->feature[i]);
    csv_write_real(csv, finding->usual_difference);
    csv_write_real(csv, finding->score);
    csv_write_text(csv, finding->severity);
    csv_write_text(csv, finding->pattern);
    csv_write_text(csv, finding->lifecycle);
    csv_write_text(csv, finding->break_since);
    csv_write_real(csv, finding->break_months);
    csv_write_text(csv, finding->explanation);
    csv_write_end(csv);
}

static void write_csv(const struct findings *findings, size_t n, FILE *out)
{
    struct csv_writer csv = {.out = out};

    write_csv_header(&csv);
    for (size_t i = 0; i < n; i++)
        write_csv_finding(&csv, &findings->finding[i], i + 1);
}

enum status show_write(const struct findings *findings, const struct show_plan *plan, FILE *out,
                       struct error *err)
{
    size_t n = plan->top > 0 && plan->top < findings->n ? plan->top : findings->n;
    enum status st = STATUS_OK;

    if (plan->format == SHOW_JSON)
        st = show_json_write(findings, n, out, err);
    else if (plan->format == SHOW_CSV)
        write_csv(findings, n, out);
    else
        show_table_write(findings, n, plan->width, plan->color, out);
    errno = 0;
    if (st == STATUS_OK && (fflush(out) != 0 || ferror(out)))
        st = error_set(err, STATUS_WRITE, "cannot write the list of anomalies%s%s",
                       errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
    return st;
}
