#ifndef TIEOUT_ANOMALIES_CSV_H
#define TIEOUT_ANOMALIES_CSV_H

#include "results_read.h"

/* Writes folder/anomalies.csv, the list for reviewers to fill in: what a finding is about, then
 * the empty columns verdict, reviewer, comment and reviewed_at. UTF-8 with a byte-order mark,
 * so that spreadsheets read accents right. Written to a temporary name, synced, renamed;
 * untouched if it would not change, and never overwritten once someone has written into those
 * columns (or changed the file so that this cannot be told). On success said->text says in a
 * sentence what was done, on failure what went wrong; returns said->code. */
enum status anomalies_csv_write(const struct findings *findings, const char *folder,
                                struct error *said);

#endif
