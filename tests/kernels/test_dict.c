/* Dictionaries against searching a plain list, lists of texts against their definition, and
 * memory that runs out at every allocation: failing_mem.h. */
#include "dict.h"
#include "failing_mem.h"
#include "suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t code_of(struct dict *dict, const char *text)
{
    return dict_code(dict, text, strlen(text));
}

static bool code_means(const struct dict *dict, uint32_t code, const char *text)
{
    size_t length;
    const char *known = dict_text(dict, code, &length);

    return length == strlen(text) && memcmp(known, text, length) == 0;
}

static void codes_follow_first_appearance(void)
{
    struct dict *dict = dict_create();

    CU_ASSERT_EQUAL(dict_size(dict), 0);
    CU_ASSERT_EQUAL(code_of(dict, "b"), 0);
    CU_ASSERT_EQUAL(code_of(dict, "a"), 1);
    CU_ASSERT_EQUAL(code_of(dict, ""), 2);
    CU_ASSERT_EQUAL(code_of(dict, "b"), 0);
    CU_ASSERT_EQUAL(dict_code(dict, "b\0", 2), 3);
    CU_ASSERT_EQUAL(code_of(dict, ""), 2);
    CU_ASSERT_EQUAL(dict_code(dict, "\xff\x00\n", 3), 4);
    CU_ASSERT_EQUAL(dict_size(dict), 5);
    CU_ASSERT(code_means(dict, 0, "b"));
    CU_ASSERT(code_means(dict, 2, ""));
    dict_free(dict);
    dict_free(NULL);
}

static void any_hint_gives_the_same_code(void)
{
    struct dict *dict = dict_create();
    char text[16];

    CU_ASSERT_EQUAL(dict_code_near(dict, 0, "x", 1), 0);
    for (unsigned i = 1; i < 40; i++) {
        int length = snprintf(text, sizeof text, "t%u", i);
        CU_ASSERT_EQUAL(dict_code_near(dict, i, text, (size_t)length), i);
    }
    for (unsigned i = 1; i < 40; i++)
        for (uint32_t hint = 0; hint < 43; hint++) {
            int length = snprintf(text, sizeof text, "t%u", i);
            CU_ASSERT_EQUAL(dict_code_near(dict, hint, text, (size_t)length), i);
        }
    CU_ASSERT_EQUAL(dict_code_near(dict, UINT32_MAX, "x", 1), 0);
    dict_free(dict);
}

/* The i-th of a million random texts; every other one comes again later. */
static size_t random_text(unsigned i, char *text)
{
    unsigned long long mixed = (i / 2 + 1) * 0x9E3779B97F4A7C15ull;

    return (size_t)sprintf(text, "%.*llx", (int)(mixed % 3 + 1), mixed) +
           (size_t)sprintf(text + strlen(text), "-%u", i / 2 * 7919u % 500009u);
}

static void a_million_texts_keep_their_codes(void)
{
    enum { N = 1000000, N_CODE_MAX = N / 2 };
    struct dict *dict = dict_create();
    char text[64];
    size_t wrong = 0;

    for (unsigned i = 0; i < N; i++) {
        size_t length = random_text(i, text);
        size_t known = dict_size(dict);
        uint32_t code = dict_code(dict, text, length);
        wrong += code > known || !code_means(dict, code, text);
        wrong += i % 2 == 1 && dict_size(dict) != known; /* the second time it is known */
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(dict_size(dict),
                    N_CODE_MAX); /* 7919 i mod the prime 500009: all distinct */
    dict_free(dict);
}

/* Are texts strictly ascending, by memcmp and then by length? */
static bool is_sorted(const struct texts *texts)
{
    for (size_t i = 1; i < texts->n; i++) {
        const char *a = texts->byte + texts->start[i - 1];
        const char *b = texts->byte + texts->start[i];
        size_t n_a = texts->start[i] - texts->start[i - 1];
        size_t n_b = texts->start[i + 1] - texts->start[i];
        int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
        if (order > 0 || (order == 0 && n_a >= n_b))
            return false;
    }
    return texts->start[0] == 0;
}

static bool text_is(const struct texts *texts, size_t i, const char *text, size_t length)
{
    return texts->start[i + 1] - texts->start[i] == length &&
           memcmp(texts->byte + texts->start[i], text, length) == 0;
}

static void sorting_is_by_bytes(void)
{
    static const char *const text[] = {"b",         "",         "\xC3\xA4",  "a",    "Z",
                                       "abcdefghi", "abcdefgh", "abcdefghA", "\x7f", "10",
                                       "9",         "a\tb",     "\x01"};
    enum { N = sizeof text / sizeof text[0] };
    struct dict *dict = dict_create();
    struct texts texts;
    struct error err;
    uint32_t rank[N + 1];

    for (size_t i = 0; i < N; i++)
        code_of(dict, text[i]);
    dict_code(dict, "a\0", 2);
    CU_ASSERT_EQUAL_FATAL(dict_sort(dict, &texts, rank, &err), STATUS_OK);
    CU_ASSERT_EQUAL(texts.n, N + 1);
    CU_ASSERT(is_sorted(&texts));
    for (size_t i = 0; i < N; i++)
        CU_ASSERT(text_is(&texts, rank[i], text[i], strlen(text[i])));
    CU_ASSERT(text_is(&texts, rank[N], "a\0", 2));
    CU_ASSERT_EQUAL(rank[1], 0);
    CU_ASSERT_EQUAL(rank[2], N); /* beyond ASCII last */
    texts_free(&texts);
    CU_ASSERT_EQUAL(texts.n, 0);
    texts_free(&texts);
    dict_free(dict);
}

static void many_texts_sort(void)
{
    struct dict *dict = dict_create();
    struct texts texts;
    struct error err;
    char text[64];

    for (unsigned i = 0; i < 40000; i++)
        dict_code(dict, text, random_text(i, text));
    uint32_t *rank = calloc(dict_size(dict), sizeof *rank);
    CU_ASSERT_EQUAL_FATAL(dict_sort(dict, &texts, rank, &err), STATUS_OK);
    CU_ASSERT(is_sorted(&texts));
    for (uint32_t code = 0; code < dict_size(dict); code++) {
        size_t length;
        const char *known = dict_text(dict, code, &length);
        CU_ASSERT(text_is(&texts, rank[code], known, length));
    }
    texts_free(&texts);
    free(rank);
    dict_free(dict);
}

/* The numbers below n that mask names by their remainder by four, as texts, sorted. */
static struct texts make_texts(unsigned n, unsigned mask)
{
    struct dict *dict = dict_create();
    struct texts texts;
    struct error err;
    uint32_t rank[200];
    char text[16];

    for (unsigned i = 0; i < n; i++)
        if (mask >> i % 4 & 1) {
            sprintf(text, "%u", i);
            code_of(dict, text);
        }
    CU_ASSERT_EQUAL_FATAL(dict_sort(dict, &texts, rank, &err), STATUS_OK);
    dict_free(dict);
    return texts;
}

static bool texts_equal(const struct texts *a, const struct texts *b)
{
    return a->n == b->n && memcmp(a->start, b->start, (a->n + 1) * sizeof *a->start) == 0 &&
           memcmp(a->byte, b->byte, a->start[a->n]) == 0;
}

static void a_union_is_what_one_dictionary_gives(void)
{
    for (unsigned mask_a = 0; mask_a < 16; mask_a++)
        for (unsigned mask_b = 0; mask_b < 16; mask_b++) {
            struct texts a = make_texts(150, mask_a), b = make_texts(150, mask_b);
            struct texts both, expected = make_texts(150, mask_a | mask_b);
            struct error err;
            uint32_t index[200];
            CU_ASSERT_EQUAL_FATAL(texts_merge(&a, &b, &both, &err), STATUS_OK);
            CU_ASSERT(texts_equal(&both, &expected));
            texts_locate(&b, &both, index);
            for (size_t i = 0; i < b.n; i++)
                CU_ASSERT(
                    text_is(&both, index[i], b.byte + b.start[i], b.start[i + 1] - b.start[i]));
            texts_free(&a);
            texts_free(&b);
            texts_free(&both);
            texts_free(&expected);
        }
}

static void empty_lists_unite(void)
{
    struct texts a = {0}, b = {0}, both;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(texts_merge(&a, &b, &both, &err), STATUS_OK);
    CU_ASSERT_EQUAL(both.n, 0);
    CU_ASSERT_EQUAL(both.start[0], 0);
    texts_locate(&a, &both, NULL);
    texts_free(&both);
}

static void short_memory_leaves_a_dictionary_whole(void)
{
    for (long limit = 0; limit < 60; limit++) {
        char text[16];
        uint32_t n = 0;
        allocations_left = limit;
        struct dict *dict = dict_create();
        if (dict == NULL)
            continue;
        for (uint32_t code = 0; n < 200 && code != UINT32_MAX; n += code != UINT32_MAX) {
            sprintf(text, "text %u", n);
            code = code_of(dict, text);
            CU_ASSERT(code == n || code == UINT32_MAX);
        }
        CU_ASSERT_EQUAL(dict_size(dict), n);
        allocations_left = -1;
        for (uint32_t i = 0; i < 200; i++) { /* known, and with memory again, new ones too */
            sprintf(text, "text %u", i);
            CU_ASSERT_EQUAL(code_of(dict, text), i);
        }
        dict_free(dict);
    }
    allocations_left = -1;
}

static void short_memory_is_an_error_of_sort_and_merge(void)
{
    struct texts a = make_texts(20, 3), b = make_texts(20, 6);
    struct dict *dict = dict_create();
    struct error err;
    uint32_t rank[1];

    code_of(dict, "x");
    for (long limit = 0; limit < 4; limit++) {
        struct texts texts = {0};
        allocations_left = limit;
        CU_ASSERT_EQUAL(dict_sort(dict, &texts, rank, &err),
                        limit < 3 ? STATUS_INTERNAL : STATUS_OK);
        CU_ASSERT_EQUAL(texts.n, limit < 3 ? 0 : 1);
        texts_free(&texts);
        allocations_left = limit;
        CU_ASSERT_EQUAL(texts_merge(&a, &b, &texts, &err),
                        limit < 2 ? STATUS_INTERNAL : STATUS_OK);
        CU_ASSERT_EQUAL(texts.n, limit < 2 ? 0 : 15);
        texts_free(&texts);
    }
    allocations_left = -1;
    texts_free(&a);
    texts_free(&b);
    dict_free(dict);
}

int main(void)
{
    static const struct fact fact[] = {
        {"codes follow first appearance", codes_follow_first_appearance},
        {"any hint gives the same code", any_hint_gives_the_same_code},
        {"a million texts keep their codes", a_million_texts_keep_their_codes},
        {"sorting is by bytes, a shorter text first", sorting_is_by_bytes},
        {"many texts sort", many_texts_sort},
        {"a union is what one dictionary of both gives", a_union_is_what_one_dictionary_gives},
        {"empty lists unite", empty_lists_unite},
        {"short memory leaves a dictionary whole", short_memory_leaves_a_dictionary_whole},
        {"short memory is an error of sort and merge",
         short_memory_is_an_error_of_sort_and_merge},
    };

    return suite_run("dict", fact, sizeof fact / sizeof fact[0]);
}
