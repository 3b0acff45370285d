/* Severity against the table in severity.h, at its edges. */
#include "severity.h"
#include "suite.h"

#include <string.h>

static const double M = 1000.0;

static void check_every_cell(void)
{
    static const double amount[4] = {99.0, 999.0, 9999.0, 1e9};
    static const double score[3] = {-0.01, -0.10, -0.30};
    static const char *const expected[4][3] = {
        {"low", "low", "medium"},
        {"low", "medium", "high"},
        {"medium", "high", "critical"},
        {"high", "critical", "critical"},
    };
    for (int a = 0; a < 4; a++)
        for (int s = 0; s < 3; s++) {
            const char *name = severity_name(severity_of(score[s], amount[a], 0.0, M));
            CU_ASSERT_STRING_EQUAL(name, expected[a][s]);
        }
}

static void check_edges(void)
{
    CU_ASSERT_EQUAL(severity_of(-0.05, 999.0, 0.0, M), SEVERITY_MEDIUM);
    CU_ASSERT_EQUAL(severity_of(-0.15, 999.0, 0.0, M), SEVERITY_HIGH);
    CU_ASSERT_EQUAL(severity_of(-0.01, 1000.0, 0.0, M), SEVERITY_MEDIUM);
    CU_ASSERT_EQUAL(severity_of(-0.01, 10000.0, 0.0, M), SEVERITY_HIGH);
    CU_ASSERT_EQUAL(severity_of(-0.10, 100.0, 0.0, M), SEVERITY_MEDIUM);
}

static void check_change_counts(void)
{
    CU_ASSERT_EQUAL(severity_of(-0.10, 0.0, -5e4, M), SEVERITY_CRITICAL);
    CU_ASSERT_EQUAL(severity_of(-0.10, -5e4, 0.0, M), SEVERITY_CRITICAL);
}

static void check_monotone(void)
{
    static const double amount[] = {0.0, 1.0, 100.0, 500.0, 1e3, 5e3, 1e4, 1e308};
    static const double score[] = {0.0, -0.01, -0.05, -0.1, -0.15, -0.4, -1.0};
    for (size_t a = 0; a + 1 < sizeof amount / sizeof amount[0]; a++)
        for (size_t s = 0; s + 1 < sizeof score / sizeof score[0]; s++) {
            enum severity here = severity_of(score[s], amount[a], 0.0, M);
            CU_ASSERT(severity_of(score[s + 1], amount[a], 0.0, M) >= here);
            CU_ASSERT(severity_of(score[s], amount[a + 1], 0.0, M) >= here);
        }
}

int main(void)
{
    static const struct fact FACTS[] = {
        {"every cell of the table is as documented", check_every_cell},
        {"an edge belongs to the more urgent side", check_edges},
        {"the change counts as much as the difference", check_change_counts},
        {"more money or a lower score is never less urgent", check_monotone},
    };
    return suite_run("severity", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
