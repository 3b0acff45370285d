#ifndef TIEOUT_DICT_H
#define TIEOUT_DICT_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

/* Text to code, in order of first appearance: an open-addressing hash table over one arena of
 * bytes. Looking up a known text allocates nothing. One writer at a time. */
struct dict;

/* Distinct texts in ascending byte order (UTF-8 byte order is code-point order), so that a
 * text's index is its code as a label encoder gives it. Text i is the bytes
 * byte[start[i]] .. byte[start[i + 1]), not terminated; start[0] == 0. */
struct texts {
    size_t n;
    size_t *start; /* [n + 1] */
    char *byte;    /* [start[n]] */
};

struct dict *dict_create(void);    /* NULL if memory is short */
void dict_free(struct dict *dict); /* NULL is fine */
size_t dict_size(const struct dict *dict);

/* Code of text, added if new: 0, 1, 2 ... UINT32_MAX if memory or codes are exhausted (the
 * dictionary then still holds what it held). Any bytes are allowed, length 0 too. */
uint32_t dict_code(struct dict *dict, const char *text, size_t length);

/* The same, trying first whether text is the one with code hint or the one after it: where texts
 * come in runs, or again in an order they came in before, that saves the search. Any hint. */
uint32_t dict_code_near(struct dict *dict, uint32_t hint, const char *text, size_t length);

/* Bytes and length of a code's text; valid until the next dict_code or dict_free. */
const char *dict_text(const struct dict *dict, uint32_t code, size_t *length);

/* The dictionary's texts sorted: *texts is produced (free with texts_free), and rank[code] =
 * index in *texts of the text with that code. rank[dict_size(dict)] out. */
enum status dict_sort(const struct dict *dict, struct texts *texts, uint32_t *rank,
                      struct error *err);

void texts_free(struct texts *texts); /* releases the arrays and leaves an empty list */

/* Union of two sorted lists; *both is produced. */
enum status texts_merge(const struct texts *a, const struct texts *b, struct texts *both,
                        struct error *err);

/* index[part->n] out: where each text of part stands in whole, which contains them all. */
void texts_locate(const struct texts *part, const struct texts *whole, uint32_t *index);

#endif
