/* break_roll.h: what becomes of single breaks, and that the columns foot on a made-up ledger,
 * whatever is added first. */
#include "break_roll.h"

#include "date.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { MOST = 4000, JANUARY = 19737 /* 2024-01-15 */ };

static uint32_t member[MOST];

static int32_t day_of(int month)
{
    return JANUARY + 31 * month - month / 2;
}

static struct break_roll *new_roll(size_t n_month, size_t n_currency)
{
    int32_t month[64];
    struct break_roll *roll = NULL;
    struct error err;

    for (size_t m = 0; m < n_month; m++)
        month[m] = date_month(JANUARY) + (int32_t)m;
    CU_ASSERT_EQUAL_FATAL(break_roll_create(month, n_month, n_currency, &roll, &err),
                          STATUS_OK);
    for (uint32_t i = 0; i < MOST; i++)
        member[i] = i;
    return roll;
}

/* An account with a row a month; NAN: it has none. */
static void add_account(struct break_roll *roll, const double *difference, int n)
{
    struct row row[64] = {{0}};
    size_t n_row = 0;

    for (int m = 0; m < n; m++)
        if (!isnan(difference[m]))
            row[n_row++] = (struct row){.date = day_of(m), .difference = difference[m]};
    break_roll_add(roll, row, member, n_row, 1.0);
}

static double amount(struct break_roll *roll, size_t m, enum roll_amount which)
{
    return exact_sum_round(&break_roll_cell(roll, 0, m)->amount[which]);
}

static void breaks_are_new_stay_and_clear(void)
{
    struct break_roll *roll = new_roll(4, 1);

    add_account(roll, (const double[]){0.5, -20, -30, 0}, 4);
    CU_ASSERT_EQUAL(amount(roll, 0, ROLL_CLOSING), 0);
    CU_ASSERT_EQUAL(amount(roll, 1, ROLL_NEW), 2000);
    CU_ASSERT_EQUAL(amount(roll, 1, ROLL_CLOSING), 2000);
    CU_ASSERT_EQUAL(amount(roll, 1, ROLL_NET), -2000);
    CU_ASSERT_EQUAL(amount(roll, 2, ROLL_OPENING), 2000);
    CU_ASSERT_EQUAL(amount(roll, 2, ROLL_CHANGE), 1000);
    CU_ASSERT_EQUAL(amount(roll, 2, ROLL_NEW), 0);
    CU_ASSERT_EQUAL(amount(roll, 3, ROLL_CLEARED), 3000);
    CU_ASSERT_EQUAL(amount(roll, 3, ROLL_CLOSING), 0);
    CU_ASSERT_EQUAL(break_roll_cell(roll, 0, 0)->count[ROLL_MATCHED], 1);
    break_roll_free(roll);
}

static void a_break_whose_account_is_gone_is_absent(void)
{
    struct break_roll *roll = new_roll(4, 1);

    add_account(roll, (const double[]){10, NAN, 12, NAN}, 4);
    CU_ASSERT_EQUAL(amount(roll, 1, ROLL_ABSENT), 1000);
    CU_ASSERT_EQUAL(amount(roll, 2, ROLL_OPENING), 0);
    CU_ASSERT_EQUAL(amount(roll, 2, ROLL_NEW), 1200);
    CU_ASSERT_EQUAL(amount(roll, 3, ROLL_ABSENT), 1200);
    CU_ASSERT_EQUAL(break_roll_cell(roll, 0, 3)->count[ROLL_N_CLOSING], 0);
    break_roll_free(roll);
}

static void the_last_date_of_a_month_is_its_position(void)
{
    struct break_roll *roll = new_roll(1, 1);
    struct row row[] = {{.date = JANUARY, .difference = 500},
                        {.date = JANUARY + 10, .difference = 30},
                        {.date = JANUARY + 10, .difference = 12.5}};

    break_roll_add(roll, row, member, 3, 1.0);
    CU_ASSERT_EQUAL(amount(roll, 0, ROLL_CLOSING), 4250);
    CU_ASSERT_EQUAL(break_roll_cell(roll, 0, 0)->count[ROLL_ROWS], 3);
    break_roll_free(roll);
}

static void open_breaks_have_an_age(void)
{
    struct break_roll *roll = new_roll(9, 1);

    add_account(roll, (const double[]){5, 5, 5, 5, 5, 5, 5, 5, 6}, 9);
    add_account(roll, (const double[]){5, 0, 0, 0, 0, 0, 0, 0, 7}, 9);
    add_account(roll, (const double[]){5, 5, 5, 5, 5, 5, 5, 5, 0}, 9);
    CU_ASSERT_EQUAL(break_roll_age(roll, 0, 0)->count, 1);
    CU_ASSERT_EQUAL(exact_sum_round(&break_roll_age(roll, 0, 0)->amount), 700);
    CU_ASSERT_EQUAL(break_roll_age(roll, 0, 4)->count, 1);
    CU_ASSERT_EQUAL(exact_sum_round(&break_roll_age(roll, 0, 4)->amount), 600);
    break_roll_free(roll);
}

static void rows_beyond_the_limits_are_counted(void)
{
    struct break_roll *roll = new_roll(40, 100);
    struct row row[] = {{.date = JANUARY, .difference = 5},
                        {.date = ROW_NO_DATE},
                        {.date = JANUARY + 1200, .code[CODE_CURRENCY] = 80}};
    const int32_t *month;

    CU_ASSERT_EQUAL(break_roll_months(roll, &month), BREAK_ROLL_MONTHS);
    CU_ASSERT_EQUAL(month[0], date_month(JANUARY) + 4);
    break_roll_add(roll, row, member, 3, 1.0);
    CU_ASSERT_EQUAL(break_roll_rest(roll)->count[ROLL_ROWS], 3);
    CU_ASSERT_EQUAL(break_roll_rest(roll)->count[ROLL_MATCHED], 2);
    break_roll_free(roll);
}

/* A ledger of accounts whose breaks come, stay, go and are not reported. */
static size_t made_ledger(struct row *row, int n_account, int n_month)
{
    uint64_t x = 88172645463325252u;
    size_t n = 0;

    for (int a = 0; a < n_account; a++)
        for (int m = 0; m < n_month; m++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            if (x % 9 == 0)
                continue;
            double difference = x % 4 == 0 ? 0 : (double)(int64_t)(x % 2000003) / 100 - 7000.07;
            row[n++] = (struct row){.row_number = a,
                                    .date = day_of(m),
                                    .difference = difference,
                                    .code[CODE_CURRENCY] = (uint32_t)(x >> 40) % 2};
        }
    return n;
}

/* Adds the accounts of part `part` of two. */
static void add_ledger(struct break_roll *roll, const struct row *row, size_t n, int part)
{
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first; end < n && row[end].row_number == row[first].row_number; end++)
            ;
        if (row[first].row_number % 2 == part)
            break_roll_add(roll, row, member + first, end - first, 1.0);
    }
}

static void the_columns_foot(void)
{
    static struct row row[MOST];
    struct break_roll *roll = new_roll(24, 2);
    size_t n = made_ledger(row, 150, 24);

    add_ledger(roll, row, n, 0);
    add_ledger(roll, row, n, 1);
    for (size_t c = 0; c < 2; c++)
        for (size_t m = 0; m < 24; m++) {
            struct roll_cell *cell = break_roll_cell(roll, c, m);
            double v[N_ROLL_AMOUNT];
            for (int a = 0; a < N_ROLL_AMOUNT; a++)
                v[a] = exact_sum_round(&cell->amount[a]);
            CU_ASSERT_EQUAL(v[ROLL_OPENING] + v[ROLL_NEW] - v[ROLL_CLEARED] - v[ROLL_ABSENT] +
                                v[ROLL_CHANGE],
                            v[ROLL_CLOSING]);
            const int64_t *k = cell->count;
            CU_ASSERT_EQUAL(k[ROLL_N_OPENING] + k[ROLL_N_NEW] - k[ROLL_N_CLEARED] -
                                k[ROLL_N_ABSENT],
                            k[ROLL_N_CLOSING]);
            CU_ASSERT(k[ROLL_N_CLOSING] > 0);
            if (m > 0) {
                struct roll_cell *before = break_roll_cell(roll, c, m - 1);
                CU_ASSERT_EQUAL(exact_sum_round(&before->amount[ROLL_CLOSING]),
                                v[ROLL_OPENING]);
                CU_ASSERT_EQUAL(before->count[ROLL_N_CLOSING], k[ROLL_N_OPENING]);
            }
        }
    break_roll_free(roll);
}

static void parts_in_any_order_give_the_same_bits(void)
{
    static struct row row[MOST];
    struct break_roll *whole = new_roll(24, 2), *one = new_roll(24, 2), *two = new_roll(24, 2);
    size_t n = made_ledger(row, 150, 24), n_word, n_other;

    add_ledger(whole, row, n, 0);
    add_ledger(whole, row, n, 1);
    add_ledger(one, row, n, 0);
    add_ledger(two, row, n, 1);
    break_roll_merge(two, one);
    for (size_t m = 0; m < 24; m++)
        for (int a = 0; a < N_ROLL_AMOUNT; a++)
            CU_ASSERT_EQUAL(exact_sum_round(&break_roll_cell(whole, 1, m)->amount[a]),
                            exact_sum_round(&break_roll_cell(two, 1, m)->amount[a]));
    const int64_t *left = break_roll_words(whole, &n_word);
    const int64_t *right = break_roll_words(two, &n_other);
    CU_ASSERT_EQUAL(n_word, n_other);
    CU_ASSERT_EQUAL(memcmp(left, right, n_word * sizeof *left), 0);
    break_roll_free(whole);
    break_roll_free(one);
    break_roll_free(two);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"breaks are new, stay, change and clear", breaks_are_new_stay_and_clear},
        {"a break whose account has no row is absent", a_break_whose_account_is_gone_is_absent},
        {"an account's position is that of its last date",
         the_last_date_of_a_month_is_its_position},
        {"open breaks have an age", open_breaks_have_an_age},
        {"rows beyond the limits are counted", rows_beyond_the_limits_are_counted},
        {"opening + new - cleared - absent + change = closing", the_columns_foot},
        {"parts in any order give the same bits", parts_in_any_order_give_the_same_bits},
    };

    return suite_run("break_roll", FACT, sizeof FACT / sizeof *FACT);
}
