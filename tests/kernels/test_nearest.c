/* Suggestions: distances worked out by hand, and against the plain recursive definition. */
#include "nearest.h"
#include "suite.h"

#include <string.h>

/* Optimal string alignment by its definition, exponential in the words' lengths. */
static size_t slow(const char *a, size_t n, const char *b, size_t m)
{
    if (n == 0 || m == 0)
        return n + m;
    size_t best = slow(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
    size_t drop = slow(a, n - 1, b, m) + 1;
    size_t add = slow(a, n, b, m - 1) + 1;
    best = drop < best ? drop : best;
    best = add < best ? add : best;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        size_t swap = slow(a, n - 2, b, m - 2) + 1;
        best = swap < best ? swap : best;
    }
    return best;
}

/* The word of up to 5 letters out of a, b, c that number i stands for. */
static void make_word(unsigned i, char word[6])
{
    size_t n = 0;

    for (; i > 0; i = (i - 1) / 3)
        word[n++] = (char)('a' + (i - 1) % 3);
    word[n] = '\0';
}

static void known_distances(void)
{
    CU_ASSERT_EQUAL(nearest_distance("", ""), 0);
    CU_ASSERT_EQUAL(nearest_distance("", "abc"), 3);
    CU_ASSERT_EQUAL(nearest_distance("abc", ""), 3);
    CU_ASSERT_EQUAL(nearest_distance("kitten", "sitting"), 3);
    CU_ASSERT_EQUAL(nearest_distance("ca", "ac"), 1);
    CU_ASSERT_EQUAL(nearest_distance("ca", "abc"), 3); /* 2 if a letter could be edited twice */
    CU_ASSERT_EQUAL(nearest_distance("contaminaton", "contamination"), 1);
}

static void equals_definition(void)
{
    char a[6];
    char b[6];
    size_t wrong = 0;

    for (unsigned i = 0; i < 364; i += 3)
        for (unsigned j = 0; j < 364; j += 5) {
            make_word(i, a);
            make_word(j, b);
            wrong += nearest_distance(a, b) != slow(a, strlen(a), b, strlen(b));
            wrong += nearest_distance(a, b) != nearest_distance(b, a);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void spelling_is_folded(void)
{
    CU_ASSERT_EQUAL(nearest_distance("Group_By", "group-by"), 0);
    CU_ASSERT_EQUAL(nearest_distance("TREES", "tree"), 1);
}

static void long_words(void)
{
    char word[65];

    memset(word, 'x', sizeof word);
    word[64] = '\0';
    CU_ASSERT_EQUAL(nearest_distance(word, "x"), 64);
    CU_ASSERT_EQUAL(nearest_distance("x", word), 64);
    CU_ASSERT_PTR_NULL(nearest_find(word, (const char *const[]){"x"}, 1));
    word[63] = '\0';
    CU_ASSERT_EQUAL(nearest_distance(word, "x"), 62);
    CU_ASSERT_EQUAL(nearest_distance(word, word), 0);
}

static void finds_what_was_meant(void)
{
    static const char *const known[] = {"trees", "samples", "seed", "contamination", "seal"};

    CU_ASSERT_STRING_EQUAL(nearest_find("contaminaton", known, 5), "contamination");
    CU_ASSERT_STRING_EQUAL(nearest_find("tres", known, 5), "trees");
    CU_ASSERT_STRING_EQUAL(nearest_find("sede", known, 5), "seed");
    CU_ASSERT_STRING_EQUAL(nearest_find("sead", known, 5), "seed"); /* seal is as near, later */
    CU_ASSERT_PTR_NULL(nearest_find("severity", known, 5));
    CU_ASSERT_PTR_NULL(nearest_find("", known, 5));
    CU_ASSERT_PTR_NULL(nearest_find("trees", known, 0));
}

int main(void)
{
    static const struct fact fact[] = {
        {"distances agree with examples worked by hand", known_distances},
        {"distances agree with the recursive definition, both ways round", equals_definition},
        {"capitals and underscores are no difference", spelling_is_folded},
        {"a very long word is near nothing", long_words},
        {"the nearest known word is found, or none", finds_what_was_meant},
    };
    return suite_run("nearest", fact, sizeof fact / sizeof fact[0]);
}
