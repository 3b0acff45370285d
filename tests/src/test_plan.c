/* The performance model: what must hold whatever its constants are. */
#include "mpi_suite.h"
#include "plan.h"

static const struct plan_ledger EVEN = {60000000, 1000000, 0.0001};

static struct plan_layout plan_on(const struct plan_ledger *ledger, int64_t nodes,
                                  int64_t cores)
{
    struct plan_machine machine = {nodes, cores, INT64_C(256) << 30};

    return plan_make(ledger, &machine, 200, 0);
}

static void a_node_s_cores_have_threads(void)
{
    struct plan_ledger large = {INT64_C(600000000000), INT64_C(10000000000), 0};

    for (int64_t cores = 1; cores <= 256; cores++) {
        struct plan_layout plan = plan_on(&large, 4, cores);
        int64_t used = plan.ranks_per_node * plan.threads;
        CU_ASSERT_TRUE(used <= cores && cores - used < plan.ranks_per_node);
        CU_ASSERT_TRUE(plan.threads <= 8);
    }
}

static void a_small_ledger_gets_a_rank_a_node(void)
{
    struct plan_ledger small = {6000, 100, 0.1};

    CU_ASSERT_EQUAL(plan_on(&small, 1, 64).ranks_per_node, 1);
    CU_ASSERT_EQUAL(plan_on(&small, 16, 64).ranks_per_node, 1);
}

static void more_nodes_are_no_slower_and_need_no_more_memory(void)
{
    struct plan_layout before = plan_on(&EVEN, 1, 8);

    for (int64_t nodes = 2; nodes <= 64; nodes *= 2) {
        struct plan_layout plan = plan_on(&EVEN, nodes, 8);
        CU_ASSERT_TRUE(plan.seconds <= before.seconds);
        CU_ASSERT_TRUE(plan.rank_memory <= before.rank_memory);
        before = plan;
    }
}

static void an_account_with_half_of_all_rows_bounds_what_nodes_bring(void)
{
    struct plan_ledger heavy = EVEN;

    heavy.largest_share = 0.5;
    struct plan_layout two = plan_on(&heavy, 2, 8), many = plan_on(&heavy, 64, 8);
    CU_ASSERT_EQUAL(many.rank_memory, two.rank_memory);
    CU_ASSERT_DOUBLE_EQUAL(many.seconds, two.seconds, 1e-9);
    CU_ASSERT_TRUE(many.rank_memory > plan_on(&EVEN, 64, 8).rank_memory);
}

static void kept_features_and_trees_cost(void)
{
    struct plan_machine machine = {2, 8, INT64_C(256) << 30};
    struct plan_layout plain = plan_make(&EVEN, &machine, 200, 0);

    CU_ASSERT_TRUE(plan_make(&EVEN, &machine, 200, 19).rank_memory > plain.rank_memory);
    CU_ASSERT_TRUE(plan_make(&EVEN, &machine, 400, 0).seconds > plain.seconds);
}

int main(void)
{
    static const struct fact facts[] = {
        {"a node's cores have threads, but for a rest smaller than the ranks",
         a_node_s_cores_have_threads},
        {"a small ledger gets a rank a node", a_small_ledger_gets_a_rank_a_node},
        {"more nodes are no slower and need no more memory",
         more_nodes_are_no_slower_and_need_no_more_memory},
        {"an account with half of all rows bounds what nodes bring",
         an_account_with_half_of_all_rows_bounds_what_nodes_bring},
        {"kept features and trees cost", kept_features_and_trees_cost},
    };

    return mpi_suite_run("plan", facts, sizeof facts / sizeof facts[0]);
}
