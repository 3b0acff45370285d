/* The table of the datasets of results.h5. Adding one here and where its values come from is all
 * it takes.
 *
 * What is packed, from appending 16 Mi rows in pieces of 1 Mi, digest included, plain and packed
 * (shuffle, deflate 1), fastest of several runs on one core of a shared 2.5 GHz server:
 *     row_number  11 -> 22 ns and 8 -> 0.06 bytes a row    packed
 *     file        3.5 -> 6.5 ns and 4 -> 0.02 bytes        packed
 *     anomaly     1.4 -> 2.2 ns and 1 -> 0.04 bytes        packed
 *     pattern     1.4 -> 8.9 ns and 1 -> 0.3 bytes         not worth it
 *     score       23 -> 320 ns and 8 -> 4.2 bytes          out of the question (busy server)
 * Texts lie in HDF5's heaps, which filters do not reach. */
#include "results_layout.h"

#include <stddef.h>

#define AMOUNT   "account currency"
#define DIGESTED .digested = true
#define PACKED   .packed = true

const char *const RESULTS_GROUP[] = {"/rows",    "/rows/features", "/anomalies", "/model",
                                     "/rejects", "/months",        "/ageing",    "/scores",
                                     "/series",  "/run",           NULL};

const struct dataset DATASET[N_DATASET] = {
    [ROWS_ROW_NUMBER] = {"/rows/row_number", VALUE_I8, "1",
                         "data row of the input, from 0 over all files, dropped rows counted",
                         DIGESTED, PACKED},
    [ROWS_FILE] = {"/rows/file", VALUE_I4, "1",
                   "input file, index into the attribute input_files of /run", PACKED},
    [ROWS_SCORE] = {"/rows/anomaly_score", VALUE_F8, "1",
                    "decision function of the forest; below 0 is an anomaly", DIGESTED},
    [ROWS_ANOMALY] = {"/rows/anomaly", VALUE_U1, "1", "1: the row is an anomaly, 0: it is not",
                      DIGESTED, PACKED},
    [ROWS_PATTERN] = {"/rows/pattern", VALUE_PATTERN, "1",
                      "what the account's series of differences looks like at the row",
                      DIGESTED},
    [ROWS_BASE_SCORE] = {"/rows/base_score", VALUE_F8, "1",
                         "what anomaly_score would be without feedback; only with feedback",
                         DIGESTED},
    [ROWS_SUPPRESSED] = {"/rows/suppressed", VALUE_U1, "1",
                         "1: an anomaly that is not raised, as reviewers rejected it before; "
                         "only with feedback",
                         DIGESTED, PACKED},

    [ANOMALIES_ID] = {"/anomalies/id", VALUE_TEXT, "text",
                      "names the same finding in every run; hash of account, date, occurrence",
                      DIGESTED},
    [ANOMALIES_ROW_NUMBER] = {"/anomalies/row_number", VALUE_I8, "1",
                              "data row of the input, as in /rows", DIGESTED},
    [ANOMALIES_AS_OF_DATE] = {"/anomalies/as_of_date", VALUE_TEXT, "text",
                              "ISO 8601, empty if missing", DIGESTED},
    [ANOMALIES_COMPANY] = {"/anomalies/company", VALUE_TEXT, "text", "company", DIGESTED},
    [ANOMALIES_ACCOUNT] = {"/anomalies/account", VALUE_TEXT, "text", "account", DIGESTED},
    [ANOMALIES_AU] = {"/anomalies/au", VALUE_TEXT, "text", "accounting unit", DIGESTED},
    [ANOMALIES_CURRENCY] = {"/anomalies/currency", VALUE_TEXT, "text",
                            "currency, if the input has that column", DIGESTED},
    [ANOMALIES_MATCH_STATUS] = {"/anomalies/match_status", VALUE_TEXT, "text",
                                "match status as given", DIGESTED},
    [ANOMALIES_DAYS_SINCE_LAST] = {"/anomalies/days_since_last", VALUE_F8, "days",
                                   "whole days since the account's previous row", DIGESTED},
    [ANOMALIES_GL_BALANCE] = {"/anomalies/gl_balance", VALUE_F8, AMOUNT,
                              "balance in the general ledger", DIGESTED},
    [ANOMALIES_IHUB_BALANCE] = {"/anomalies/ihub_balance", VALUE_F8, AMOUNT,
                                "balance in the sub-ledger", DIGESTED},
    [ANOMALIES_BALANCE_DIFFERENCE] = {"/anomalies/balance_difference", VALUE_F8, AMOUNT,
                                      "balance difference as given", DIGESTED},
    [ANOMALIES_GL_CHANGE] = {"/anomalies/gl_change", VALUE_F8, AMOUNT,
                             "GL balance minus that of the account's previous row", DIGESTED},
    [ANOMALIES_IHUB_CHANGE] = {"/anomalies/ihub_change", VALUE_F8, AMOUNT,
                               "sub-ledger balance minus that of the previous row", DIGESTED},
    [ANOMALIES_DIFF_CHANGE] = {"/anomalies/diff_change", VALUE_F8, AMOUNT,
                               "balance difference minus that of the previous row", DIGESTED},
    [ANOMALIES_GL_STD] = {"/anomalies/gl_std", VALUE_F8, AMOUNT,
                          "sample standard deviation of the last 3 GL balances", DIGESTED},
    [ANOMALIES_IHUB_STD] = {"/anomalies/ihub_std", VALUE_F8, AMOUNT,
                            "sample standard deviation of the last 3 sub-ledger balances",
                            DIGESTED},
    [ANOMALIES_SCORE] = {"/anomalies/anomaly_score", VALUE_F8, "1",
                         "decision function of the forest, lowest first", DIGESTED},
    [ANOMALIES_USUAL_DIFFERENCE] = {"/anomalies/usual_difference", VALUE_F8, AMOUNT,
                                    "median of the account's differences before the row, of "
                                    "24 at most; NaN for its first row",
                                    DIGESTED},
    [ANOMALIES_BREAK_MONTHS] = {"/anomalies/break_months", VALUE_F8, "months",
                                "calendar months that the break is open", DIGESTED},
    [ANOMALIES_LIFECYCLE] = {"/anomalies/lifecycle", VALUE_TEXT, "text",
                             "new, recurring, persistent or cleared break, or matched",
                             DIGESTED},
    [ANOMALIES_BREAK_SINCE] = {"/anomalies/break_since", VALUE_TEXT, "text",
                               "as-of date on which the break began, ISO 8601; empty if none",
                               DIGESTED},
    [ANOMALIES_SEVERITY] = {"/anomalies/severity", VALUE_TEXT, "text",
                            "how urgent: from score and amount", DIGESTED},
    [ANOMALIES_PATTERN] = {"/anomalies/pattern", VALUE_TEXT, "text",
                           "what the account's series of differences looks like", DIGESTED},
    [ANOMALIES_CONTRIBUTIONS] = {"/anomalies/contributions", VALUE_F8, "edges",
                                 "each model feature's share in the path length, summed over "
                                 "trees, without the pattern's factor; negative makes the row "
                                 "more anomalous",
                                 DIGESTED},
    [ANOMALIES_DEPARTING] = {"/anomalies/departing", VALUE_I8, "1",
                             "bit 1 << f is set if feature f of the model departs by itself",
                             DIGESTED},
    [ANOMALIES_EXPLANATION] = {"/anomalies/explanation", VALUE_TEXT, "text",
                               "why the row is an anomaly", DIGESTED},
    [ANOMALIES_EXPLANATION_SOURCE] = {"/anomalies/explanation_source", VALUE_TEXT, "text",
                                      "who wrote the explanation", DIGESTED},
    [ANOMALIES_SUPPRESSED_BY] = {"/anomalies/suppressed_by", VALUE_TEXT, "text",
                                 "reviewer whose rejection holds the finding back; only with "
                                 "feedback",
                                 DIGESTED},
    [ANOMALIES_SUPPRESSED_REASON] = {"/anomalies/suppressed_reason", VALUE_TEXT, "text",
                                     "why the finding is not raised, empty if it is; only with "
                                     "feedback",
                                     DIGESTED},

    [MODEL_FEATURE_NAMES] = {"/model/feature_names", VALUE_TEXT, "text",
                             "features of the model, in its order", DIGESTED},
    [MODEL_CENTER] = {"/model/center", VALUE_F8, "unit of the feature",
                      "subtracted from the feature", DIGESTED},
    [MODEL_SCALE] = {"/model/scale", VALUE_F8, "unit of the feature",
                     "the feature is then divided by it", DIGESTED},
    [MODEL_TREE_START] = {"/model/tree_start", VALUE_I8, "1",
                          "first node of each tree, and behind them the number of nodes",
                          DIGESTED},
    [MODEL_TREE_FEATURE] = {"/model/tree_feature", VALUE_I4, "1",
                            "feature the node splits on, -1 in a leaf", DIGESTED},
    [MODEL_TREE_THRESHOLD] = {"/model/tree_threshold", VALUE_F8, "1",
                              "rows with a scaled feature up to it go to the left child, which "
                              "is the next node",
                              DIGESTED},
    [MODEL_TREE_RIGHT] = {"/model/tree_right", VALUE_I4, "1",
                          "right child, counted within the tree; -1 in a leaf", DIGESTED},
    [MODEL_TREE_ROWS] = {"/model/tree_rows", VALUE_I4, "1",
                         "training rows that reached the node", DIGESTED},
    [MODEL_TREE_WEIGHT] = {"/model/tree_weight", VALUE_F8, "edges",
                           "what feedback adds to the path length in a leaf, 0 elsewhere; only "
                           "with feedback",
                           DIGESTED},

    [MODEL_PATTERN_FACTOR] = {"/model/pattern_factor", VALUE_F8, "1",
                              "by the number of the pattern: what feedback multiplies the path "
                              "lengths of its rows by, leaves' weights included; only with "
                              "feedback",
                              DIGESTED},

    [REJECTS_ROW_NUMBER] = {"/rejects/row_number", VALUE_I8, "1",
                            "0-based data row in the whole input", DIGESTED, PACKED},
    [REJECTS_FILE] = {"/rejects/file", VALUE_I4, "1",
                      "input file, index into the attribute input_files of /run", PACKED},
    [REJECTS_LINE] = {"/rejects/line", VALUE_I8, "1",
                      "line of the file where the record begins, from 1", PACKED},
    [REJECTS_COLUMN] = {"/rejects/column", VALUE_TEXT, "text",
                        "column of the finding, empty for the whole row", DIGESTED},
    [REJECTS_REASON] = {"/rejects/reason", VALUE_TEXT, "text",
                        "what is wrong, and what was done", DIGESTED},
    [REJECTS_TEXT] = {"/rejects/text", VALUE_TEXT, "text", "the text found", DIGESTED},

    [MONTHS_MONTH] = {"/months/month", VALUE_TEXT, "text",
                      "calendar month, 2024-05; empty: rows that are in no other entry",
                      DIGESTED},
    [MONTHS_CURRENCY] = {"/months/currency", VALUE_TEXT, "text",
                         "currency; empty if the input has none", DIGESTED},
    [MONTHS_ROWS] = {"/months/rows", VALUE_I8, "1", "rows of that month and currency",
                     DIGESTED},
    [MONTHS_MATCHED] = {"/months/matched", VALUE_I8, "1", "of these, within tolerance",
                        DIGESTED},
    [MONTHS_N_OPENING] = {"/months/opening_breaks", VALUE_I8, "1",
                          "accounts with a break at the end of the month before", DIGESTED},
    [MONTHS_N_NEW] =
        {"/months/new_breaks", VALUE_I8, "1",
         "accounts with a break that matched or had no row the month before; in the "
         "ledger's first month all that have one",
         DIGESTED},
    [MONTHS_N_CLEARED] = {"/months/cleared_breaks", VALUE_I8, "1",
                          "accounts that match and had a break the month before", DIGESTED},
    [MONTHS_N_ABSENT] = {"/months/absent_breaks", VALUE_I8, "1",
                         "accounts that had a break the month before and have no row",
                         DIGESTED},
    [MONTHS_N_CLOSING] = {"/months/closing_breaks", VALUE_I8, "1",
                          "accounts with a break at the end of the month", DIGESTED},
    [MONTHS_OPENING] =
        {"/months/opening_amount", VALUE_F8, AMOUNT,
         "sizes of the opening breaks; opening + new - cleared - absent + change "
         "= closing",
         DIGESTED},
    [MONTHS_NEW] = {"/months/new_amount", VALUE_F8, AMOUNT, "sizes of the new breaks",
                    DIGESTED},
    [MONTHS_CLEARED] = {"/months/cleared_amount", VALUE_F8, AMOUNT,
                        "sizes that the cleared breaks had", DIGESTED},
    [MONTHS_ABSENT] = {"/months/absent_amount", VALUE_F8, AMOUNT,
                       "sizes that the absent breaks had", DIGESTED},
    [MONTHS_CHANGE] = {"/months/change_amount", VALUE_F8, AMOUNT,
                       "by how much the breaks that stay have grown", DIGESTED},
    [MONTHS_CLOSING] = {"/months/closing_amount", VALUE_F8, AMOUNT,
                        "sizes of the closing breaks", DIGESTED},
    [MONTHS_NET] = {"/months/closing_net", VALUE_F8, AMOUNT, "closing breaks with their signs",
                    DIGESTED},

    [AGEING_CURRENCY] = {"/ageing/currency", VALUE_TEXT, "text",
                         "currency; empty if the input has none", DIGESTED},
    [AGEING_MONTHS] =
        {"/ageing/from_months", VALUE_I8, "months",
         "breaks open in the last month, for as many months or more, and fewer than "
         "the next entry of the currency says",
         DIGESTED},
    [AGEING_BREAKS] = {"/ageing/breaks", VALUE_I8, "1", "accounts with such a break", DIGESTED},
    [AGEING_AMOUNT] = {"/ageing/amount", VALUE_F8, AMOUNT, "sizes of these breaks", DIGESTED},

    [SCORES_FROM] = {"/scores/from", VALUE_F8, "1",
                     "least anomaly score of the interval; the next entry is its end",
                     DIGESTED},
    [SCORES_ROWS] = {"/scores/rows", VALUE_I8, "1", "rows with a score in it", DIGESTED},

    [SERIES_FINDING] = {"/series/finding", VALUE_I8, "1",
                        "row_number of the finding whose account the row is of", DIGESTED},
    [SERIES_ROW_NUMBER] = {"/series/row_number", VALUE_I8, "1", "as in /rows", DIGESTED},
    [SERIES_AS_OF_DATE] = {"/series/as_of_date", VALUE_TEXT, "text",
                           "ISO 8601, empty if missing", DIGESTED},
    [SERIES_GL_BALANCE] = {"/series/gl_balance", VALUE_F8, AMOUNT,
                           "balance in the general ledger", DIGESTED},
    [SERIES_IHUB_BALANCE] = {"/series/ihub_balance", VALUE_F8, AMOUNT,
                             "balance in the sub-ledger", DIGESTED},
    [SERIES_BALANCE_DIFFERENCE] = {"/series/balance_difference", VALUE_F8, AMOUNT,
                                   "balance difference as given", DIGESTED},
    [SERIES_SCORE] = {"/series/anomaly_score", VALUE_F8, "1", "as in /rows", DIGESTED},
};
