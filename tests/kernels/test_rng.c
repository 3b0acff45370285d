/* Random numbers against numpy 1.24's RandomState and published values of the generators. */
#include "rng.h"
#include "suite.h"

#include <stdbool.h>
#include <stdlib.h>

static void words_are_published(void)
{
    struct mt mt;

    mt_seed(&mt, 5489);
    CU_ASSERT_EQUAL(mt_next(&mt), 3499211612u);
    CU_ASSERT_EQUAL(mt_next(&mt), 581869302u);
    CU_ASSERT_EQUAL(mt_next(&mt), 3890346734u);
    for (int i = 3; i < 9999; i++)
        mt_next(&mt);
    /* The 10000th is stated by the C++ standard for std::mt19937. */
    CU_ASSERT_EQUAL(mt_next(&mt), 4123659995u);
}

/* What RandomState(7).randint(high) gives four times, and the 32-bit word drawn after them. */
struct bounded {
    int64_t high;
    int64_t drawn[4];
    uint32_t after;
};

static const struct bounded BOUNDED[] = {
    {1, {0, 0, 0, 0}, 327741615},
    {2, {1, 0, 1, 0}, 1882953283},
    {10, {4, 9, 6, 3}, 4201435347},
    {100, {47, 68, 25, 67}, 4201435347},
    {2147483647, {327741615, 976413892, 1202242073, 1369975286}, 1882953283},
    {2147483648, {327741615, 976413892, 1202242073, 1369975286}, 1882953283},
    {4294967296, {327741615, 976413892, 3349725721, 1369975286}, 1882953283},
    {4294967297, {1322904761, 1133316631, 372560217, 1801189930}, 1152936666},
    {1099511627776, {752595690692, 108744157686, 291964244179, 650496783975}, 4200432988},
    {4611686018427387905,
     {1407639518939636932, 4122204982959224423, 710123494352685591, 20668929189138777},
     309457262},
};

static void bounded_draws_are_numpys(void)
{
    for (size_t i = 0; i < sizeof BOUNDED / sizeof BOUNDED[0]; i++) {
        struct mt mt;
        mt_seed(&mt, 7);
        for (int k = 0; k < 4; k++)
            CU_ASSERT_EQUAL(mt_below(&mt, BOUNDED[i].high), BOUNDED[i].drawn[k]);
        CU_ASSERT_EQUAL(mt_next(&mt), BOUNDED[i].after);
    }
}

static void extreme_seeds_are_numpys(void)
{
    struct mt mt;

    mt_seed(&mt, 0);
    CU_ASSERT_EQUAL(mt_below(&mt, INT32_MAX), 209652396);
    CU_ASSERT_EQUAL(mt_below(&mt, INT32_MAX), 398764591);
    mt_seed(&mt, UINT32_MAX);
    CU_ASSERT_EQUAL(mt_below(&mt, INT32_MAX), 419326371);
    CU_ASSERT_EQUAL(mt_below(&mt, INT32_MAX), 479346978);
}

static void widest_bound_is_in_range(void)
{
    struct mt mt;

    mt_seed(&mt, 1);
    for (int i = 0; i < 100; i++) {
        int64_t draw = mt_below(&mt, INT64_MAX);
        CU_ASSERT(draw >= 0 && draw < INT64_MAX);
    }
}

static void permutation_is_numpys(void)
{
    static const int64_t EXPECTED[] = {5, 4, 1, 2, 9, 6, 7, 0, 3, 8};
    int64_t item[10];
    struct mt mt;

    mt_seed(&mt, 3);
    mt_permutation(&mt, 10, item);
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(item[i], EXPECTED[i]);
}

static void short_permutations_draw_nothing(void)
{
    int64_t item[1] = {-1};
    struct mt mt;

    mt_seed(&mt, 5489);
    mt_permutation(&mt, 0, item);
    CU_ASSERT_EQUAL(item[0], -1);
    mt_permutation(&mt, 1, item);
    CU_ASSERT_EQUAL(item[0], 0);
    CU_ASSERT_EQUAL(mt_next(&mt), 3499211612u);
}

static void permutation_has_each_item_once(void)
{
    enum { N = 5000 };
    int64_t *item = calloc(N, sizeof *item);
    char *seen = calloc(N, 1);
    struct mt mt;

    CU_ASSERT_FATAL(item != NULL && seen != NULL);
    mt_seed(&mt, 99);
    mt_permutation(&mt, N, item);
    for (int i = 0; i < N; i++) {
        CU_ASSERT_FATAL(item[i] >= 0 && item[i] < N);
        CU_ASSERT_EQUAL(seen[item[i]], 0);
        seen[item[i]] = 1;
    }
    free(seen);
    free(item);
}

/* Steps of 13, 17 and 5 from 1: worked by hand, 1 ^ 1 << 13 = 8193, ^ >> 17 = 8193,
 * ^ << 5 = 270369. */
static void splitter_takes_the_known_step(void)
{
    uint32_t state = 1;

    CU_ASSERT_EQUAL(splitter_integer(0, INT32_MAX, &state), 270369);
    CU_ASSERT_EQUAL(state, 270369);
    CU_ASSERT_EQUAL(splitter_integer(5, 105, &state), 5 + 67634689 % 100);
}

static void splitter_drops_the_top_bit(void)
{
    uint32_t state = 1;
    bool top_seen = false;

    for (int i = 0; i < 100; i++) {
        uint32_t before = state;
        uint32_t low = splitter_integer(0, (uint32_t)INT32_MAX + 1, &state);
        CU_ASSERT_NOT_EQUAL(state, before);
        CU_ASSERT_EQUAL(low, state & INT32_MAX);
        top_seen = top_seen || state > INT32_MAX;
    }
    CU_ASSERT(top_seen);
}

static void splitter_state_0_is_1(void)
{
    uint32_t zero = 0;
    uint32_t one = 1;

    CU_ASSERT_EQUAL(splitter_integer(0, 1000, &zero), splitter_integer(0, 1000, &one));
    CU_ASSERT_EQUAL(zero, one);
}

static void splitter_integer_covers_its_range(void)
{
    uint32_t state = 77;
    unsigned seen = 0;

    for (int i = 0; i < 200; i++) {
        uint32_t draw = splitter_integer(3, 8, &state);
        CU_ASSERT(draw >= 3 && draw < 8);
        seen |= 1u << draw;
    }
    CU_ASSERT_EQUAL(seen, 0xf8);
}

static void splitter_real_is_a_share_of_its_range(void)
{
    uint32_t state = 1;

    CU_ASSERT_EQUAL(splitter_real(0, INT32_MAX, &state), 270369.0);
    state = 1;
    CU_ASSERT_EQUAL(splitter_real(10, 14, &state), 4.0 * 270369 / 2147483647 + 10);
    CU_ASSERT_EQUAL(splitter_real(-3, -3, &state), -3);
}

static const struct fact FACTS[] = {
    {"words are the published ones", words_are_published},
    {"bounded draws are numpy's, and use as many words", bounded_draws_are_numpys},
    {"the smallest and largest seeds are numpy's", extreme_seeds_are_numpys},
    {"a draw below the widest bound is in range", widest_bound_is_in_range},
    {"a permutation is numpy's", permutation_is_numpys},
    {"permutations of none and one draw nothing", short_permutations_draw_nothing},
    {"a permutation has each item once", permutation_has_each_item_once},
    {"the splitter takes the known first steps", splitter_takes_the_known_step},
    {"the splitter drops the top bit", splitter_drops_the_top_bit},
    {"splitter state 0 counts as 1", splitter_state_0_is_1},
    {"splitter integers cover their range", splitter_integer_covers_its_range},
    {"a splitter real is a share of its range", splitter_real_is_a_share_of_its_range},
};

int main(void)
{
    return suite_run("rng", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
