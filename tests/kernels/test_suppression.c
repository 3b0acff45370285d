/* When a rejection still holds: the edges of each rule. */
#include "suppression.h"

#include "pattern.h"
#include "suite.h"

enum { MAY_31 = 19874 }; /* 2024-05-31 */

static bool covers(struct matter earlier, struct matter later)
{
    return suppression_covers(&earlier, &later, 1, 12);
}

static void the_same_matter_is_covered(void)
{
    struct matter matter = {MAY_31, PATTERN_SPIKE, -5000};

    CU_ASSERT(covers(matter, matter));
}

static void another_pattern_is_another_matter(void)
{
    CU_ASSERT_FALSE(covers((struct matter){MAY_31, PATTERN_SPIKE, 5000},
                           (struct matter){MAY_31 + 30, PATTERN_IN_LINE, 5000}));
}

static void amounts_may_move_by_the_band(void)
{
    struct matter earlier = {MAY_31, PATTERN_SPIKE, 5000};
    static const struct {
        double difference;
        bool covered;
    } CASE[] = {{5500, true},   {5501, false}, {4500, true}, {4499, false},
                {-5000, false}, {0, false},    {5000, true}};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
        CU_ASSERT_EQUAL(
            covers(earlier, (struct matter){MAY_31 + 30, PATTERN_SPIKE, CASE[i].difference}),
            CASE[i].covered);
}

/* A tenth of a few cents is nothing. */
static void small_amounts_may_move_by_the_tolerance(void)
{
    struct matter earlier = {MAY_31, PATTERN_MATCHED, 0.02};

    CU_ASSERT(covers(earlier, (struct matter){MAY_31 + 30, PATTERN_MATCHED, -0.5}));
    CU_ASSERT_FALSE(covers(earlier, (struct matter){MAY_31 + 30, PATTERN_MATCHED, 1.5}));
}

static void rejections_expire(void)
{
    struct matter earlier = {MAY_31, PATTERN_SPIKE, 5000};
    struct matter year_later = {MAY_31 + 365, PATTERN_SPIKE, 5000};   /* 2025-05-31 */
    struct matter june_30 = {MAY_31 + 365 + 30, PATTERN_SPIKE, 5000}; /* 2025-06-30 */
    struct matter next_month = {MAY_31 + 1, PATTERN_SPIKE, 5000};     /* 2024-06-01 */

    CU_ASSERT(suppression_covers(&earlier, &year_later, 1, 12));
    CU_ASSERT_FALSE(suppression_covers(&earlier, &june_30, 1, 12));
    CU_ASSERT(suppression_covers(&earlier, &june_30, 1, 13));
    CU_ASSERT(suppression_covers(&earlier, &earlier, 1, 0));
    CU_ASSERT_FALSE(suppression_covers(&earlier, &next_month, 1, 0));
}

static void only_later_dated_rows_are_covered(void)
{
    struct matter row = {MAY_31, PATTERN_SPIKE, 5000};
    struct matter before = {MAY_31 - 1, PATTERN_SPIKE, 5000};
    struct matter undated = {ROW_NO_DATE, PATTERN_SPIKE, 5000};

    CU_ASSERT_FALSE(covers(row, before));
    CU_ASSERT_FALSE(covers(row, undated));
    CU_ASSERT_FALSE(covers(undated, undated));
}

static const struct fact FACTS[] = {
    {"the same matter is covered", the_same_matter_is_covered},
    {"another pattern is another matter", another_pattern_is_another_matter},
    {"amounts may move by the band", amounts_may_move_by_the_band},
    {"small amounts may move by the tolerance", small_amounts_may_move_by_the_tolerance},
    {"rejections expire by calendar months", rejections_expire},
    {"only rows of later dates are covered", only_later_dated_rows_are_covered},
};

int main(void)
{
    return suite_run("suppression", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
