/* When a finding is the one that reviewers have rejected before. The band is narrow on purpose:
 * on labelled ledgers wider ones hid anomalies of other causes (benchmarks/RESULTS.md). */
#include "suppression.h"

#include "date.h"

#include "pattern.h"

#include <math.h>

bool suppression_covers(const struct matter *earlier, const struct matter *later,
                        double tolerance, int64_t months)
{
    if (earlier->date == ROW_NO_DATE || later->date == ROW_NO_DATE ||
        earlier->date > later->date || earlier->pattern != later->pattern)
        return false;
    double band = fmax(SUPPRESSION_BAND * fabs(earlier->difference), tolerance);
    return fabs(later->difference - earlier->difference) <= band &&
           date_month(later->date) - date_month(earlier->date) <= months;
}
