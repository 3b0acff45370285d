/* Games of products against their definition, the average over all orders of joining. */
#include "product_game.h"
#include "rng.h"
#include "suite.h"

#include <stdint.h>

static double factorial(int n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

static double worth_of(const struct player *player, int n, double worth, unsigned set)
{
    for (int i = 0; i < n; i++)
        worth *= (set >> i & 1) != 0 ? player[i].with : player[i].without;
    return worth;
}

static double define_value(const struct player *player, int n, double worth, int i)
{
    double sum = 0;

    for (unsigned set = 0; set < 1u << n; set++) {
        int n_in = __builtin_popcount(set);
        if ((set >> i & 1) == 0)
            sum +=
                factorial(n_in) * factorial(n - 1 - n_in) / factorial(n) *
                (worth_of(player, n, worth, set | 1u << i) - worth_of(player, n, worth, set));
    }
    return sum;
}

static void check_game(const struct player *player, int n, double worth)
{
    double value[PRODUCT_GAME_PLAYERS] = {0};

    product_game_add(player, n, worth, value);
    for (int i = 0; i < n; i++)
        CU_ASSERT_DOUBLE_EQUAL(value[i], define_value(player, n, worth, i), 1e-13 * worth);
}

/* Up to 12 players: the first two rules. */
static void values_are_the_definitions(void)
{
    uint32_t state = 5;

    for (int n = 1; n <= 12; n++)
        for (int turn = 0; turn < 20; turn++) {
            struct player player[12];
            for (int i = 0; i < n; i++)
                player[i] = (struct player){splitter_real(0, 1, &state) > 0.4 ? 1 : 0,
                                            splitter_real(0, 1, &state), (size_t)i};
            check_game(player, n, 1 + turn);
        }
}

static void factors_of_zero_are_no_trouble(void)
{
    check_game((struct player[]){{1, 0, 0}, {0, 0, 1}, {0, 0.5, 2}}, 3, 2);
    check_game((struct player[]){{1, 0, 0}, {1, 0.25, 1}, {1, 0, 2}}, 3, 2);
    check_game((struct player[]){{0, 0, 0}}, 1, 2);
}

/* All alike share evenly, at every size: all three rules. */
static void equal_players_share_evenly(void)
{
    struct player player[PRODUCT_GAME_PLAYERS];
    double all = 1;

    for (int n = 1; n <= PRODUCT_GAME_PLAYERS; n++) {
        double value[PRODUCT_GAME_PLAYERS] = {0};
        player[n - 1] = (struct player){1, 0.75, (size_t)n - 1};
        all *= 0.75;
        product_game_add(player, n, 3, value);
        for (int i = 0; i < n; i++)
            CU_ASSERT_DOUBLE_EQUAL(value[i], 3 * (1 - all) / n, 1e-13);
    }
}

static void a_player_who_changes_nothing_gets_nothing(void)
{
    double value[2] = {0};

    product_game_add((struct player[]){{1, 1, 0}, {1, 0.5, 1}}, 2, 4, value);
    CU_ASSERT_EQUAL(value[0], 0);
    CU_ASSERT_DOUBLE_EQUAL(value[1], 2, 1e-14);
}

/* Two accounts for three players, with something in them already. */
static void values_are_added_to_accounts(void)
{
    double value[2] = {10, 20};

    product_game_add((struct player[]){{1, 0.5, 1}, {1, 0.5, 0}, {1, 0.5, 1}}, 3, 24, value);
    CU_ASSERT_DOUBLE_EQUAL(value[0], 17, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(value[1], 34, 1e-13);
}

static const struct fact FACTS[] = {
    {"values are those of the definition", values_are_the_definitions},
    {"factors of zero are no trouble", factors_of_zero_are_no_trouble},
    {"equal players share evenly, up to the most there can be", equal_players_share_evenly},
    {"a player who changes nothing gets nothing", a_player_who_changes_nothing_gets_nothing},
    {"values are added to the players' accounts", values_are_added_to_accounts},
};

int main(void)
{
    return suite_run("product_game", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
