#ifndef TIEOUT_SUPPRESSION_H
#define TIEOUT_SUPPRESSION_H

#include <stdbool.h>
#include <stdint.h>

/* By how much a difference may have moved and still be the one that was judged, as a share of
 * it. */
#define SUPPRESSION_BAND 0.1

/* What makes a break the same one as an account's other: its pattern and its amount. */
struct matter {
    int32_t date; /* as-of date in days, or ROW_NO_DATE */
    uint8_t pattern;
    double difference; /* account currency */
};

/* Whether what was said of an account's earlier row still holds for a later one: the same
 * pattern, a difference within SUPPRESSION_BAND of the earlier one's (or within tolerance, for
 * small ones), and no more than `months` calendar months between them. Not where a date is
 * missing. */
bool suppression_covers(const struct matter *earlier, const struct matter *later,
                        double tolerance, int64_t months);

#endif
