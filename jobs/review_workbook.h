#ifndef TIEOUT_REVIEW_WORKBOOK_H
#define TIEOUT_REVIEW_WORKBOOK_H

#include "followup.h"

/* The follow-up job that writes folder/anomalies.xlsx, the reviewers' list as a workbook. Never
 * overwritten once anybody has saved it: its SHA-256 as written stands in
 * folder/.anomalies.xlsx.sha256 (in the form of sha256sum), and a workbook with another one, or
 * without that file, is kept. See followup.h. */
enum status write_workbook(struct followup *followup, struct error *said);

#endif
