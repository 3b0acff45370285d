/* Whole groups on one rank, in input order, evenly; the ledger is made up by every rank alike. */
#include "group.h"
#include "mem.h"
#include "mpi_suite.h"
#include "part.h"
#include "shuffle.h"

#include <stdlib.h>

/* Row i of a ledger with n_group groups; every second row belongs to group 0 if heavy. */
static struct row made_up(int64_t i, uint32_t n_group, bool heavy)
{
    uint32_t g = heavy && i % 2 == 0 ? 0 : (uint32_t)(i * 2654435761u >> 7) % n_group;

    return (struct row){.row_number = 3 * i, .order = i, .code = {g % 3, g / 3, g % 5, 0, 0}};
}

static struct encoded my_part(int64_t n, uint32_t n_group, bool heavy)
{
    const struct run *run = mpi_suite_ranks();
    int64_t begin = part_begin(n, run->n_rank, run->rank);
    int64_t end = part_begin(n, run->n_rank, run->rank + 1);
    struct encoded part = {.row = mem_array((size_t)(end - begin), sizeof *part.row),
                           .n_row = (size_t)(end - begin)};

    for (int64_t i = begin; i < end; i++)
        part.row[i - begin] = made_up(i, n_group, heavy);
    return part;
}

/* Shuffles and checks what must always hold; returns the most rows on a rank. */
static int64_t check_shuffle(int64_t n, uint32_t n_group, bool heavy, size_t piece)
{
    const struct run *run = mpi_suite_ranks();
    struct encoded mine = my_part(n, n_group, heavy), whole = {0};
    struct error err = {0};
    int64_t total, most;
    bool ordered = true;
    int *here = mem_array(n_group + 1, sizeof *here);

    CU_ASSERT_EQUAL_FATAL(shuffle_rows(run, KEY_CLASSIC, piece, &mine, &whole, &err),
                          STATUS_OK);
    CU_ASSERT_PTR_NULL(mine.row);
    for (size_t i = 0; i < whole.n_row; i++) {
        struct row want = made_up(whole.row[i].order, n_group, heavy);
        ordered = ordered && whole.row[i].row_number == want.row_number &&
                  whole.row[i].code[CODE_ACCOUNT] == want.code[CODE_ACCOUNT] &&
                  (i == 0 || whole.row[i].order > whole.row[i - 1].order);
        here[want.code[CODE_ACCOUNT] * 3 + want.code[CODE_COMPANY]] = 1;
    }
    CU_ASSERT_TRUE(ordered);
    MPI_Allreduce(MPI_IN_PLACE, here, (int)n_group, MPI_INT, MPI_SUM, run->comm);
    for (uint32_t g = 0; g < n_group; g++)
        CU_ASSERT_TRUE(here[g] <= 1);
    total = most = (int64_t)whole.n_row;
    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_INT64_T, MPI_SUM, run->comm);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT64_T, MPI_MAX, run->comm);
    CU_ASSERT_EQUAL(total, n);
    encoded_free(&whole);
    free(here);
    return most;
}

static void groups_arrive_whole_and_in_input_order(void)
{
    check_shuffle(5000, 200, false, 1 << 20);
    check_shuffle(5000, 200, false, 64); /* a record a round */
    check_shuffle(5000, 200, true, 4096);
}

static void fewer_groups_than_ranks_leave_ranks_empty(void)
{
    check_shuffle(100, 1, false, 1 << 20);
    check_shuffle(1, 1, false, 1 << 20);
    check_shuffle(0, 1, false, 1 << 20);
}

static void ranks_share_many_groups_evenly(void)
{
    int64_t n = 40000, share = n / mpi_suite_ranks()->n_rank;

    CU_ASSERT_TRUE(check_shuffle(n, 4000, false, 1 << 20) < share + share / 20);
}

static void a_heavy_group_has_little_company(void)
{
    int64_t n = 40000, share = n / mpi_suite_ranks()->n_rank;
    int64_t least = n / 2 > share ? n / 2 : share;

    CU_ASSERT_TRUE(check_shuffle(n, 4000, true, 1 << 20) < least + n / 50);
}

int main(void)
{
    static const struct fact facts[] = {
        {"groups arrive whole and in input order", groups_arrive_whole_and_in_input_order},
        {"fewer groups than ranks leave ranks empty",
         fewer_groups_than_ranks_leave_ranks_empty},
        {"ranks share many groups evenly", ranks_share_many_groups_evenly},
        {"a heavy group has little company", a_heavy_group_has_little_company},
    };

    return mpi_suite_run("shuffle", facts, sizeof facts / sizeof facts[0]);
}
