/* Sorted lists of texts: made from a dictionary, united, looked up. Texts compare as bytes, a
 * shorter one before its continuations. To sort, each text's first eight bytes are held as a
 * number beside it, which decides most comparisons without following a pointer. */
#include "dict.h"
#include "mem.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct item {
    uint64_t head; /* the first bytes, big-endian, zeros behind a short text */
    const char *text;
    size_t length;
    uint32_t code;
};

static int compare_texts(const char *a, size_t n_a, const char *b, size_t n_b)
{
    int order = memcmp(a, b, n_a < n_b ? n_a : n_b);

    return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int compare_items(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;

    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    return compare_texts(a->text, a->length, b->text, b->length);
}

static uint64_t head_of(const char *text, size_t length)
{
    uint64_t head = 0;

    for (size_t i = 0; i < sizeof head; i++)
        head = head << 8 | (i < length ? (unsigned char)text[i] : 0);
    return head;
}

static enum status texts_allocate(size_t n, size_t n_byte, struct texts *texts,
                                  struct error *err)
{
    *texts = (struct texts){.start = mem_array(n + 1, sizeof *texts->start),
                            .byte = mem_array(n_byte, 1)};
    if (texts->start != NULL && texts->byte != NULL)
        return STATUS_OK;
    texts_free(texts);
    return error_no_memory(err, "the list of distinct texts");
}

void texts_free(struct texts *texts)
{
    free(texts->start);
    free(texts->byte);
    *texts = (struct texts){0};
}

static void append(struct texts *texts, const char *text, size_t length)
{
    size_t at = texts->start[texts->n];

    memcpy(texts->byte + at, text, length);
    texts->start[++texts->n] = at + length;
}

enum status dict_sort(const struct dict *dict, struct texts *texts, uint32_t *rank,
                      struct error *err)
{
    size_t n = dict_size(dict);
    size_t n_byte = 0;
    struct item *item = mem_array(n, sizeof *item);
    struct texts sorted = {0};
    enum status st = STATUS_OK;

    if (item == NULL)
        TRY(error_no_memory(err, "sorting distinct texts"));
    for (size_t i = 0; i < n; i++) {
        item[i].code = (uint32_t)i;
        item[i].text = dict_text(dict, (uint32_t)i, &item[i].length);
        item[i].head = head_of(item[i].text, item[i].length);
        n_byte += item[i].length;
    }
    TRY(texts_allocate(n, n_byte, &sorted, err));
    qsort(item, n, sizeof *item, compare_items);
    for (size_t i = 0; i < n; i++) {
        append(&sorted, item[i].text, item[i].length);
        rank[item[i].code] = (uint32_t)i;
    }
    *texts = sorted;
done:
    free(item);
    return st;
}

static const char *text_at(const struct texts *texts, size_t i, size_t *length)
{
    *length = texts->start[i + 1] - texts->start[i];
    return texts->byte + texts->start[i];
}

/* Order of a's text i and b's text j, a list that is used up coming last. */
static int compare_at(const struct texts *a, size_t i, const struct texts *b, size_t j)
{
    size_t n_a, n_b;

    if (i == a->n || j == b->n)
        return (i == a->n) - (j == b->n);
    const char *text_a = text_at(a, i, &n_a);
    const char *text_b = text_at(b, j, &n_b);
    return compare_texts(text_a, n_a, text_b, n_b);
}

/* Gives back what the union did not need; keeping it would be no error. */
static void shrink(struct texts *texts)
{
    size_t *start = mem_resize(texts->start, texts->n + 1, sizeof *start);
    texts->start = start != NULL ? start : texts->start;
    char *byte = mem_resize(texts->byte, texts->start[texts->n], 1);
    texts->byte = byte != NULL ? byte : texts->byte;
}

static size_t n_byte_of(const struct texts *texts)
{
    return texts->n > 0 ? texts->start[texts->n] : 0;
}

enum status texts_merge(const struct texts *a, const struct texts *b, struct texts *both,
                        struct error *err)
{
    struct texts merged;
    enum status st = texts_allocate(a->n + b->n, n_byte_of(a) + n_byte_of(b), &merged, err);
    size_t i = 0, j = 0;

    if (st != STATUS_OK)
        return st;
    while (i < a->n || j < b->n) {
        size_t length;
        int order = compare_at(a, i, b, j);
        const char *text = order <= 0 ? text_at(a, i, &length) : text_at(b, j, &length);
        append(&merged, text, length);
        i += order <= 0;
        j += order >= 0;
    }
    shrink(&merged);
    *both = merged;
    return STATUS_OK;
}

void texts_locate(const struct texts *part, const struct texts *whole, uint32_t *index)
{
    size_t j = 0;

    for (size_t i = 0; i < part->n; i++, j++) {
        while (compare_at(part, i, whole, j) > 0)
            j++;
        assert(j < whole->n);
        index[i] = (uint32_t)j;
    }
}
