/* The share of anomalies after reviews, by hand. */
#include "contamination.h"

#include "suite.h"

static void without_reviews_it_is_the_estimate(void)
{
    CU_ASSERT_EQUAL(contamination_follow(0.04, 0, 0, 0.01), 0.04);
    CU_ASSERT_EQUAL(contamination_follow(0, 0, 0, 0), 0);
}

static void it_follows_the_confirmed_share(void)
{
    CU_ASSERT_DOUBLE_EQUAL(contamination_follow(0.04, 10, 30, 0), 0.04 * 30 / 60, 1e-17);
    CU_ASSERT_DOUBLE_EQUAL(contamination_follow(0.04, 0, 20, 0), 0.02, 1e-17);
    double few = contamination_follow(0.04, 1, 3, 0),
           many = contamination_follow(0.04, 100, 300, 0);
    CU_ASSERT(many < few && many > 0.01); /* towards a quarter as reviews come in */
}

static void confirmations_alone_change_nothing(void)
{
    CU_ASSERT_EQUAL(contamination_follow(0.04, 500, 0, 0.01), 0.04);
}

static void it_stays_within_bounds(void)
{
    CU_ASSERT_EQUAL(contamination_follow(0.04, 0, 100000, 0.01), 0.01);
    CU_ASSERT_EQUAL(contamination_follow(0.5, 1, 0, 0.01), 0.5);
    CU_ASSERT(contamination_follow(0.04, 0, 100000, 0) > 0);
}

static const struct fact FACTS[] = {
    {"without reviews it is the estimate", without_reviews_it_is_the_estimate},
    {"it follows the confirmed share, the more the more reviews",
     it_follows_the_confirmed_share},
    {"confirmations alone change nothing", confirmations_alone_change_nothing},
    {"it stays within bounds", it_stays_within_bounds},
};

int main(void)
{
    return suite_run("contamination", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
