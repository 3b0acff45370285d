#ifndef TIEOUT_ANOMALIES_CSV_H
#define TIEOUT_ANOMALIES_CSV_H

#include "followup.h"

/* The follow-up job that writes folder/anomalies.csv, the list for reviewers to fill in: what a
 * finding is about, its explanation, then the empty columns verdict, reviewer, comment and reviewed_at. UTF-8
 * with a byte-order mark, so that spreadsheets read accents right. Never overwritten once
 * someone has written into those columns (or changed the file so that this cannot be told). See
 * followup.h. */
enum status list_anomalies(struct followup *followup, struct error *said);

/* The list's bytes, as they would be written; *byte is produced, free() it. */
enum status anomalies_csv_make(const struct followup *followup, char **byte, size_t *n,
                               struct error *err);

#endif
