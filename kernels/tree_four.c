/* Scoring by byte permutations (AVX-512 VBMI): one instruction looks up 64 bytes in a table of 64
 * or 128. The 64 lanes of a register are 16 rows in each of four trees, and descend together: a
 * step looks up each lane's feature and threshold by the node it is at, the row's value by the
 * feature, compares, and goes on to child 2i or 2i + 1. Trees are perfect, 8 levels deep: below
 * an early leaf it does not matter where a row goes, as all places have that leaf's number.
 * Two blocks of rows take turns, as each step waits for the one before.
 *
 * The tables of a level are those of the four trees behind each other. From level 6 on they
 * exceed 128 bytes; then each part is looked up by all lanes and kept by those of its trees.
 *
 * Levels and numbers of registers are constants once all is inlined. */
#include "tree_four.h"

#include <immintrin.h>
#include <string.h>

#define WITH_VBMI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))
#define INLINED   WITH_VBMI static inline __attribute__((always_inline))

enum { LANES = 64, TURNS = 2 };

bool tree_four_supported(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi");
}

/* Where a level's table begins: 64 bytes each up to level 4, then 4 * 2^level. */
static inline int level_offset(int level)
{
    return level <= 4 ? LANES * level : 192 + (4 << level);
}

/* ---- packing ------------------------------------------------------------------------------- */

/* The number of a value in table[*n], which takes it in if it is new. */
static size_t number_value(double *table, size_t *n, double value)
{
    size_t number = 0;

    while (number < *n && table[number] != value)
        number++;
    table[number] = value;
    if (number == *n)
        ++*n;
    return number;
}

bool tree_four_fits(const struct iforest *forest, size_t index)
{
    double length[TREE_FOUR_LENGTHS + 1], weight[TREE_FOUR_LENGTHS + 1];
    size_t n_length = 0, n_weight = 0;
    bool fits = true;

    for (size_t i = forest->start[index]; fits && i < forest->start[index + 1]; i++) {
        const struct tree_node *node = &forest->node[i];
        fits = node->depth <= TREE_FOUR_DEPTH;
        if (node->feature < 0) {
            number_value(length, &n_length, itree_leaf_length(node));
            number_value(weight, &n_weight, node->weight);
        }
        fits = fits && n_length <= TREE_FOUR_LENGTHS && n_weight <= TREE_FOUR_LENGTHS;
    }
    return fits;
}

/* A node's parent is the last one seen a level up, and a left child directly follows it. */
void tree_four_pack(struct tree_four *four, const struct iforest *forest, size_t index,
                    const struct byte_ranks *ranks)
{
    const struct tree_node *tree = forest->node + forest->start[index];
    size_t n_node = forest->start[index + 1] - forest->start[index];
    size_t k = four->n_tree++;
    size_t place[TREE_FOUR_DEPTH + 1] = {k}, n_length = 0, n_weight = 0;

    four->group = byte_ranks_group_of(ranks, index);
    for (size_t i = 0; i < n_node; i++) {
        const struct tree_node *node = &tree[i];
        if (node->depth > 0)
            place[node->depth] = 2 * place[node->depth - 1] + (tree[i - 1].feature < 0);
        size_t at = place[node->depth];
        if (node->feature < 0) {
            int below = TREE_FOUR_DEPTH - node->depth;
            size_t number = number_value(four->length[k], &n_length, itree_leaf_length(node));
            size_t heft = number_value(four->weight[k], &n_weight, node->weight);
            memset(four->number + (at << below), (int)number, (size_t)1 << below);
            memset(four->heft + (at << below), (int)heft, (size_t)1 << below);
            continue;
        }
        at += (size_t)level_offset(node->depth);
        four->feature[at] = (uint8_t)(node->feature * TREE_FOUR_ROWS);
        four->threshold[at] =
            byte_ranks_threshold(ranks, four->group, (size_t)node->feature, node->threshold);
    }
}

/* ---- scoring ------------------------------------------------------------------------------- */

INLINED __m512i load(const void *bytes)
{
    return _mm512_load_si512(bytes);
}

/* All lanes from lane on. */
INLINED __mmask64 lanes_from(int lane)
{
    return ~(__mmask64)0 << lane;
}

INLINED __m512i look_up_128(const void *table, __m512i at)
{
    const char *bytes = table;

    return _mm512_permutex2var_epi8(load(bytes), at, load(bytes + LANES));
}

/* Each lane's entry of a level's table; at is tree << level | place, cut to 8 bits. */
INLINED __m512i look_up(const void *tables, int level, __m512i at)
{
    const char *table = (const char *)tables + level_offset(level);

    if (level <= 4)
        return _mm512_permutexvar_epi8(at, load(table));
    __m512i found = look_up_128(table, at);
    int n_part = 1 << (level - 5);
    for (int part = 1; part < n_part; part++)
        found = _mm512_mask_mov_epi8(found, lanes_from(part * LANES / n_part),
                                     look_up_128(table + 2 * LANES * part, at));
    return found;
}

INLINED __m512i look_up_number(const uint8_t *numbers, __m512i at)
{
    __mmask64 right = _mm512_movepi8_mask(at);
    __m512i found = at;

    for (int k = 0; k < TREE_FOUR; k++) {
        const uint8_t *table = numbers + (k << TREE_FOUR_DEPTH);
        __m512i of_tree = _mm512_mask_mov_epi8(look_up_128(table, at), right,
                                               look_up_128(table + 2 * LANES, at));
        found = _mm512_mask_mov_epi8(found, lanes_from(k * TREE_FOUR_ROWS), of_tree);
    }
    return found;
}

/* Each lane's value of a feature; at is the feature times TREE_FOUR_ROWS, plus the row. */
INLINED __m512i pick_value(const __m512i *x, bool wide, __m512i at)
{
    __m512i low = _mm512_permutex2var_epi8(x[0], at, x[1]);

    if (!wide)
        return low;
    return _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(at),
                                _mm512_permutex2var_epi8(x[2], at, x[3]));
}

INLINED __m512i step_down(const struct tree_four *four, int level, const __m512i *x, bool wide,
                          __m512i row, __m512i at)
{
    __m512i feature = look_up(four->feature, level, at);
    __m512i value = pick_value(x, wide, _mm512_or_si512(feature, row));
    __mmask64 right = _mm512_cmpgt_epi8_mask(value, look_up(four->threshold, level, at));
    __m512i twice = _mm512_add_epi8(at, at);

    return _mm512_mask_add_epi8(twice, right, twice, _mm512_set1_epi8(1));
}

/* Eight lengths of a tree by their numbers, the low bytes of number. */
INLINED __m512d look_up_lengths(const double *length, __m128i number)
{
    __m512i at = _mm512_cvtepu8_epi64(number);
    __m512d low =
        _mm512_permutex2var_pd(_mm512_load_pd(length), at, _mm512_load_pd(length + 8));
    __m512d high =
        _mm512_permutex2var_pd(_mm512_load_pd(length + 16), at, _mm512_load_pd(length + 24));

    return _mm512_mask_mov_pd(low, _mm512_test_epi64_mask(at, _mm512_set1_epi64(16)), high);
}

/* A block's rows, tree after tree. */
INLINED void add_lengths(const double (*table)[TREE_FOUR_LENGTHS], size_t n_tree,
                         __m512i numbers, double *length)
{
    _Alignas(64) uint8_t number[LANES];
    __m512d first = _mm512_loadu_pd(length);
    __m512d second = _mm512_loadu_pd(length + 8);

    _mm512_store_si512(number, numbers);
    for (size_t k = 0; k < n_tree; k++) {
        const uint8_t *of_tree = number + k * TREE_FOUR_ROWS;
        first = _mm512_add_pd(
            first, look_up_lengths(table[k], _mm_loadl_epi64((const void *)of_tree)));
        second = _mm512_add_pd(
            second, look_up_lengths(table[k], _mm_loadl_epi64((const void *)(of_tree + 8))));
    }
    _mm512_storeu_pd(length, first);
    _mm512_storeu_pd(length + 8, second);
}

INLINED void add_blocks(const struct tree_four *four, bool wide, const int8_t *block, size_t n,
                        double *length, double *weight)
{
    const __m512i row = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    const __m512i root = _mm512_set_epi32(
        0x03030303, 0x03030303, 0x03030303, 0x03030303, 0x02020202, 0x02020202, 0x02020202,
        0x02020202, 0x01010101, 0x01010101, 0x01010101, 0x01010101, 0, 0, 0, 0);

    for (size_t done = 0; done < n; done += TURNS * TREE_FOUR_ROWS) {
        __m512i x[TURNS][4], at[TURNS];
        for (int turn = 0; turn < TURNS; turn++, block += TREE_FOUR_BLOCK) {
            at[turn] = root;
            for (int i = 0; i < (wide ? 4 : 2); i++)
                x[turn][i] = load(block + i * LANES);
        }
#pragma GCC unroll 8
        for (int level = 0; level < TREE_FOUR_DEPTH; level++)
            for (int turn = 0; turn < TURNS; turn++)
                at[turn] = step_down(four, level, x[turn], wide, row, at[turn]);
        for (int turn = 0; turn < TURNS; turn++, length += TREE_FOUR_ROWS)
            add_lengths(four->length, four->n_tree, look_up_number(four->number, at[turn]),
                        length);
        for (int turn = 0; weight != NULL && turn < TURNS; turn++, weight += TREE_FOUR_ROWS)
            add_lengths(four->weight, four->n_tree, look_up_number(four->heft, at[turn]),
                        weight);
    }
}

WITH_VBMI void tree_four_add(const struct tree_four *four, size_t n_feature,
                             const int8_t *block, size_t n, double *length, double *weight)
{
    if (n_feature <= 8)
        add_blocks(four, false, block, n, length, weight);
    else
        add_blocks(four, true, block, n, length, weight);
}
