#include "mpi_suite.h"

#include <string.h>

static void agreement_on_success_is_success(void)
{
    struct error err = {0};

    CU_ASSERT_EQUAL(run_agree(mpi_suite_ranks(), STATUS_OK, &err), STATUS_OK);
    CU_ASSERT_EQUAL(err.code, STATUS_OK);
}

static void one_failing_rank_fails_all_with_its_sentence(void)
{
    const struct run *run = mpi_suite_ranks();
    struct error err = {0};
    enum status st = STATUS_OK;

    if (run->rank == run->n_rank - 1)
        st = error_set(&err, STATUS_DATA, "said by the last");
    CU_ASSERT_EQUAL(run_agree(run, st, &err), STATUS_DATA);
    CU_ASSERT_EQUAL(err.code, STATUS_DATA);
    CU_ASSERT_STRING_EQUAL(err.text, "said by the last");
}

static void among_equal_codes_the_lowest_rank_speaks(void)
{
    const struct run *run = mpi_suite_ranks();
    struct error err = {0};
    enum status st = error_set(&err, STATUS_DATA, "rank %d", run->rank);

    CU_ASSERT_EQUAL(run_agree(run, st, &err), STATUS_DATA);
    CU_ASSERT_STRING_EQUAL(err.text, "rank 0");
}

static void the_gravest_code_wins(void)
{
    const struct run *run = mpi_suite_ranks();
    struct error err = {0};
    enum status st = run->rank == run->n_rank - 1
                         ? error_set(&err, STATUS_INTERNAL, "out of memory")
                         : error_set(&err, STATUS_DATA, "bad data");

    CU_ASSERT_EQUAL(run_agree(run, st, &err), STATUS_INTERNAL);
    CU_ASSERT_STRING_EQUAL(err.text, "out of memory");
}

int main(void)
{
    static const struct fact facts[] = {
        {"agreement on success is success", agreement_on_success_is_success},
        {"one failing rank fails all with its sentence",
         one_failing_rank_fails_all_with_its_sentence},
        {"among equal codes the lowest rank speaks", among_equal_codes_the_lowest_rank_speaks},
        {"the gravest code wins", the_gravest_code_wins},
    };

    return mpi_suite_run("run", facts, sizeof facts / sizeof facts[0]);
}
