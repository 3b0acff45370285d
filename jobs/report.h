#ifndef TIEOUT_REPORT_H
#define TIEOUT_REPORT_H

#include "followup.h"

/* The follow-up job that writes folder/report.html (report_page.h). See followup.h. */
enum status write_report(struct followup *followup, struct error *said);

/* `tieout report`: the same page, at path, or in the results' folder if path is NULL, which is
 * created if it is not there. What a follow-up beside the results has got from a language model is
 * used, and tickets that it has opened are linked if Jira is configured. Logs what it wrote. An existing file is
 * replaced. */
enum status report_make(const char *results_path, const char *path,
                        const struct settings *settings, struct log *log, struct error *err);

#endif
