/* Severity by table: amount by materiality down, clearness of the score across. Two plain
 * thresholds for the score, because the decision function is on one scale for every ledger
 * (path lengths against their expectation) while amounts are not. */
#include "severity.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

enum { N_AMOUNT = 4, N_CLEARNESS = 3 };

static const double CLEAR = -0.05;
static const double STRONG = -0.15;

static const enum severity TABLE[N_AMOUNT][N_CLEARNESS] = {
    {SEVERITY_LOW, SEVERITY_LOW, SEVERITY_MEDIUM},
    {SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH},
    {SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL},
    {SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_CRITICAL},
};

const char *severity_name(enum severity severity)
{
    static const char *const NAME[N_SEVERITY] = {"low", "medium", "high", "critical"};
    assert((unsigned)severity < N_SEVERITY);
    return NAME[severity];
}

static size_t amount_level(double amount, double materiality)
{
    if (amount < 0.1 * materiality)
        return 0;
    if (amount < materiality)
        return 1;
    return amount / 10.0 < materiality ? 2 : 3;
}

enum severity severity_of(double score, double difference, double change, double materiality)
{
    assert(materiality > 0.0);
    size_t clearness = score > CLEAR ? 0 : score > STRONG ? 1 : 2;
    return TABLE[amount_level(fmax(fabs(difference), fabs(change)), materiality)][clearness];
}
