/* Text to code. A power-of-two table of eight-byte slots, at most half full, is probed linearly
 * from the text's hash; a slot carries the hash, so that other texts are hardly ever looked at
 * and growing the table reads no text. The texts stand in one arena in order of their codes:
 * text c lies between start[c] and start[c + 1].
 *
 * XXH3's low 32 bits place and tell texts; with more than a few hundred million texts probes
 * grow long, which is beyond what a rank's memory holds. */
#include "dict.h"

#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wundef"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

struct slot {
    uint32_t hash;
    uint32_t taken; /* code + 1; 0 in an empty slot */
};

struct dict {
    struct slot *slot; /* [n_slot] */
    size_t n_slot;     /* a power of two */
    size_t n;
    size_t *start; /* [n + 1] */
    size_t start_capacity;
    char *byte; /* [start[n]] */
    size_t byte_capacity;
};

enum { FIRST_SLOTS = 64 };

/* The table for more would need more than 32 bits to be placed in. */
static const size_t MAX_TEXTS = (size_t)1 << 31;

struct dict *dict_create(void)
{
    struct dict *dict = mem_array(1, sizeof *dict);

    if (dict == NULL)
        return NULL;
    dict->slot = mem_array(FIRST_SLOTS, sizeof *dict->slot);
    dict->n_slot = FIRST_SLOTS;
    dict->start = mem_array(1, sizeof *dict->start);
    dict->start_capacity = 1;
    if (dict->slot == NULL || dict->start == NULL) {
        dict_free(dict);
        return NULL;
    }
    return dict;
}

void dict_free(struct dict *dict)
{
    if (dict == NULL)
        return;
    free(dict->slot);
    free(dict->start);
    free(dict->byte);
    free(dict);
}

size_t dict_size(const struct dict *dict)
{
    return dict->n;
}

const char *dict_text(const struct dict *dict, uint32_t code, size_t *length)
{
    size_t start = dict->start[code];

    *length = dict->start[code + (size_t)1] - start;
    return *length > 0 ? dict->byte + start : "";
}

static bool is_text(const struct dict *dict, uint32_t code, const char *text, size_t length)
{
    size_t known;
    const char *other = dict_text(dict, code, &known);

    return known == length && memcmp(other, text, length) == 0;
}

/* Twice the slots. */
static bool grow_slots(struct dict *dict)
{
    size_t n_slot = dict->n_slot * 2;
    struct slot *slot = mem_array(n_slot, sizeof *slot);

    if (slot == NULL)
        return false;
    for (size_t i = 0; i < dict->n_slot; i++) {
        if (dict->slot[i].taken == 0)
            continue;
        size_t at = dict->slot[i].hash & (n_slot - 1);
        while (slot[at].taken != 0)
            at = (at + 1) & (n_slot - 1);
        slot[at] = dict->slot[i];
    }
    free(dict->slot);
    dict->slot = slot;
    dict->n_slot = n_slot;
    return true;
}

/* Room for one text more in all three arrays, before any of them is changed. */
static bool reserve(struct dict *dict, size_t length)
{
    size_t end = dict->start[dict->n];

    if (dict->n >= MAX_TEXTS || length > SIZE_MAX - end)
        return false;
    if (dict->n + 2 > dict->start_capacity) {
        size_t capacity = mem_grow(dict->start_capacity, dict->n + 2);
        size_t *start = mem_resize(dict->start, capacity, sizeof *start);
        if (start == NULL)
            return false;
        dict->start = start;
        dict->start_capacity = capacity;
    }
    if (end + length > dict->byte_capacity) {
        size_t capacity = mem_grow(dict->byte_capacity, end + length);
        char *byte = mem_resize(dict->byte, capacity, 1);
        if (byte == NULL)
            return false;
        dict->byte = byte;
        dict->byte_capacity = capacity;
    }
    return dict->n < dict->n_slot / 2 || grow_slots(dict);
}

static uint32_t add(struct dict *dict, uint32_t hash, const char *text, size_t length)
{
    if (!reserve(dict, length))
        return UINT32_MAX;
    size_t at = hash & (dict->n_slot - 1);
    while (dict->slot[at].taken != 0)
        at = (at + 1) & (dict->n_slot - 1);
    size_t end = dict->start[dict->n];
    if (length > 0)
        memcpy(dict->byte + end, text, length);
    dict->start[dict->n + 1] = end + length;
    dict->n++;
    dict->slot[at] = (struct slot){hash, (uint32_t)dict->n};
    return (uint32_t)(dict->n - 1);
}

uint32_t dict_code(struct dict *dict, const char *text, size_t length)
{
    uint32_t hash = (uint32_t)XXH3_64bits(text, length);
    size_t at = hash & (dict->n_slot - 1);

    for (; dict->slot[at].taken != 0; at = (at + 1) & (dict->n_slot - 1))
        if (dict->slot[at].hash == hash &&
            is_text(dict, dict->slot[at].taken - 1, text, length))
            return dict->slot[at].taken - 1;
    return add(dict, hash, text, length);
}

uint32_t dict_code_near(struct dict *dict, uint32_t hint, const char *text, size_t length)
{
    if (hint < dict->n && is_text(dict, hint, text, length))
        return hint;
    if (dict->n > 0 && hint < dict->n - 1 && is_text(dict, hint + 1, text, length))
        return hint + 1;
    return dict_code(dict, text, length);
}
