/* What somebody probably meant: the optimal string alignment distance, by the textbook table of
 * which three lines are kept. Names are short and few, so nothing faster is needed. */
#include "nearest.h"

#include <string.h>

enum { WORD_MAX = 63 };

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' ? '-' : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* line[j]: edits from the first i letters of a to the first j of b; before, before2: the same
 * for i - 1 and i - 2. */
static void fill_line(const char *a, size_t i, const char *b, size_t n_b, const size_t *before2,
                      const size_t *before, size_t *line)
{
    line[0] = i;
    for (size_t j = 1; j <= n_b; j++) {
        size_t replace = before[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));
        line[j] = least(replace, least(before[j], line[j - 1]) + 1);
        if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
            fold(a[i - 2]) == fold(b[j - 1]))
            line[j] = least(line[j], before2[j - 2] + 1);
    }
}

size_t nearest_distance(const char *a, const char *b)
{
    size_t n_a = strlen(a);
    size_t n_b = strlen(b);
    size_t line[3][WORD_MAX + 1] = {{0}};

    if (n_a > WORD_MAX || n_b > WORD_MAX)
        return n_a > n_b ? n_a : n_b;
    for (size_t j = 0; j <= n_b; j++)
        line[0][j] = j;
    for (size_t i = 1; i <= n_a; i++)
        fill_line(a, i, b, n_b, line[(i + 1) % 3], line[(i - 1) % 3], line[i % 3]);
    return line[n_a % 3][n_b];
}

const char *nearest_find(const char *word, const char *const *known, size_t n_known)
{
    size_t limit = strlen(word) / 3;
    const char *found = NULL;
    size_t fewest = (limit > 1 ? limit : 1) + 1;

    for (size_t i = 0; i < n_known; i++) {
        size_t distance = nearest_distance(word, known[i]);
        if (distance < fewest) {
            fewest = distance;
            found = known[i];
        }
    }
    return found;
}
