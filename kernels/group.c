/* Rows of the same key brought together, groups in order of their first row, rows of a group by
 * date and then index.
 *
 * Sorting all rows by key would cost n log n comparisons of 64-byte rows; one big hash table
 * misses the cache at every row. Here rows are first parted by hash into buckets (a counting
 * sort of chunks, stable, so each bucket lists its rows in input order) and each bucket then
 * has a small table of its own. Chunks and buckets are independent and shared among threads;
 * which row is in which bucket, and so the result, depends on the rows alone. A group that is
 * not in date order already, as few are, is sorted by a merge sort of what runs it has, which
 * also brings the groups of all buckets in order. */
#include "group.h"

#include "mem.h"
#include "merge_sort.h"
#include "part.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    ROWS_A_BUCKET = 1 << 14,
    MAX_BUCKET_BITS = 12,
    ROWS_A_CHUNK = 1 << 16,
    MAX_CHUNKS = 64,
    FIRST_SLOTS = 64,
    FETCH_AHEAD = 12 /* rows; without, reading a bucket's rows waits for memory at each */
};

/* A group while its bucket is read. */
struct found {
    uint32_t first; /* index of its first row */
    uint32_t tag;
    uint32_t count;
    uint32_t number; /* its place among the groups of all buckets */
    int32_t last_date;
    bool unsorted;
};

/* A row in its bucket; tag is some bits of its hash, replaced by its group in the bucket. */
struct entry {
    uint32_t row;
    uint32_t tag;
};

struct bucket {
    struct entry *entry; /* [n_entry], a part of the builder's */
    size_t n_entry;
    struct found *found; /* [n_found] */
    size_t n_found, found_capacity;
    uint32_t *slot; /* [n_slot] 1 + index in found, or 0; n_slot is a power of two */
    size_t n_slot;
    bool no_memory;
};

struct builder {
    const struct row *row;
    size_t n;
    unsigned key;
    int bucket_bits;
    size_t n_bucket;
    size_t n_chunk;
    uint32_t *tag;         /* [n] */
    size_t *offset;        /* [n_chunk][n_bucket] rows, then where the next of them goes */
    struct entry *entry;   /* [n] by bucket, then by row */
    struct bucket *bucket; /* [n_bucket] */
};

uint64_t group_hash(const struct row *row, unsigned key)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);

    for (int c = 0; c < N_CODE; c++)
        if (key >> c & 1) {
            hash = (hash ^ row->code[c]) * UINT64_C(0xd6e8feb86659fd93);
            hash ^= hash >> 32;
        }
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 29;
}

/* Multiplied once more, as all rows here may have been chosen by some bits of their hash. */
static uint32_t row_tag(const struct row *row, unsigned key)
{
    return (uint32_t)(group_hash(row, key) * UINT64_C(0xff51afd7ed558ccd) >> 32);
}

static bool same_key(const struct row *a, const struct row *b, unsigned key)
{
    for (int c = 0; c < N_CODE; c++)
        if ((key >> c & 1) && a->code[c] != b->code[c])
            return false;
    return true;
}

/* ---- rows to buckets ---- */

static size_t bucket_of(const struct builder *b, uint32_t tag)
{
    return (size_t)((uint64_t)tag >> (32 - b->bucket_bits));
}

static size_t chunk_begin(const struct builder *b, size_t chunk)
{
    return (size_t)part_begin((int64_t)b->n, (int64_t)b->n_chunk, (int64_t)chunk);
}

static enum status builder_allocate(struct builder *b)
{
    while (b->bucket_bits < MAX_BUCKET_BITS && b->n >> b->bucket_bits > ROWS_A_BUCKET)
        b->bucket_bits++;
    b->n_bucket = (size_t)1 << b->bucket_bits;
    b->n_chunk = b->n / ROWS_A_CHUNK + 1;
    if (b->n_chunk > MAX_CHUNKS)
        b->n_chunk = MAX_CHUNKS;
    b->tag = mem_array(b->n, sizeof *b->tag);
    b->entry = mem_array(b->n, sizeof *b->entry);
    b->offset = mem_array(b->n_chunk * b->n_bucket, sizeof *b->offset);
    b->bucket = mem_array(b->n_bucket, sizeof *b->bucket);
    bool all = b->tag != NULL && b->entry != NULL && b->offset != NULL && b->bucket != NULL;
    return all ? STATUS_OK : STATUS_INTERNAL;
}

static void builder_free(struct builder *b)
{
    for (size_t i = 0; b->bucket != NULL && i < b->n_bucket; i++) {
        free(b->bucket[i].found);
        free(b->bucket[i].slot);
    }
    free(b->tag);
    free(b->offset);
    free(b->entry);
    free(b->bucket);
}

static void count_chunks(struct builder *b)
{
#pragma omp parallel for default(none) shared(b) schedule(static)
    for (size_t chunk = 0; chunk < b->n_chunk; chunk++) {
        size_t *count = b->offset + chunk * b->n_bucket;
        size_t end = chunk_begin(b, chunk + 1);

        for (size_t i = chunk_begin(b, chunk); i < end; i++) {
            b->tag[i] = row_tag(&b->row[i], b->key);
            count[bucket_of(b, b->tag[i])]++;
        }
    }
}

/* Counts to offsets: bucket after bucket, in each the chunks in order. */
static void lay_out_buckets(struct builder *b)
{
    size_t at = 0;

    for (size_t i = 0; i < b->n_bucket; i++) {
        b->bucket[i].entry = b->entry + at;
        for (size_t chunk = 0; chunk < b->n_chunk; chunk++) {
            size_t *offset = &b->offset[chunk * b->n_bucket + i];
            size_t count = *offset;
            *offset = at;
            at += count;
        }
        b->bucket[i].n_entry = (size_t)(b->entry + at - b->bucket[i].entry);
    }
}

static void fill_buckets(struct builder *b)
{
#pragma omp parallel for default(none) shared(b) schedule(static)
    for (size_t chunk = 0; chunk < b->n_chunk; chunk++) {
        size_t *offset = b->offset + chunk * b->n_bucket;
        size_t end = chunk_begin(b, chunk + 1);

        for (size_t i = chunk_begin(b, chunk); i < end; i++) {
            size_t at = offset[bucket_of(b, b->tag[i])]++;
            b->entry[at] = (struct entry){.row = (uint32_t)i, .tag = b->tag[i]};
        }
    }
}

/* ---- a bucket's groups ---- */

/* Twice the slots, or the first ones. */
static bool grow_slots(struct bucket *bucket)
{
    size_t n_slot = bucket->n_slot > 0 ? 2 * bucket->n_slot : FIRST_SLOTS;
    uint32_t *slot = mem_array(n_slot, sizeof *slot);

    if (slot == NULL)
        return false;
    for (size_t i = 0; i < bucket->n_found; i++) {
        size_t at = bucket->found[i].tag & (n_slot - 1);
        while (slot[at] != 0)
            at = (at + 1) & (n_slot - 1);
        slot[at] = (uint32_t)i + 1;
    }
    free(bucket->slot);
    bucket->slot = slot;
    bucket->n_slot = n_slot;
    return true;
}

/* Room for one more group, at most half of the slots in use. */
static bool reserve_found(struct bucket *bucket)
{
    if (2 * (bucket->n_found + 1) > bucket->n_slot && !grow_slots(bucket))
        return false;
    if (bucket->n_found < bucket->found_capacity)
        return true;
    size_t capacity = mem_grow(bucket->found_capacity, bucket->n_found + 1);
    struct found *found = mem_resize(bucket->found, capacity, sizeof *found);
    if (found == NULL)
        return false;
    bucket->found = found;
    bucket->found_capacity = capacity;
    return true;
}

/* Index in found of the entry's group, new or known; there is room for a new one. */
static uint32_t find_group(const struct builder *b, struct bucket *bucket,
                           const struct entry *entry)
{
    const struct row *row = &b->row[entry->row];
    size_t at = entry->tag & (bucket->n_slot - 1);

    for (; bucket->slot[at] != 0; at = (at + 1) & (bucket->n_slot - 1)) {
        uint32_t known = bucket->slot[at] - 1;
        const struct found *found = &bucket->found[known];
        if (found->tag == entry->tag && same_key(&b->row[found->first], row, b->key))
            return known;
    }
    bucket->found[bucket->n_found] =
        (struct found){.first = entry->row, .tag = entry->tag, .last_date = row->date};
    bucket->slot[at] = (uint32_t)++bucket->n_found;
    return (uint32_t)bucket->n_found - 1;
}

/* Asks for a row's date and codes, which may lie in two cache lines. */
static void fetch_ahead(const struct builder *b, const struct bucket *bucket, size_t i)
{
    if (i + FETCH_AHEAD < bucket->n_entry) {
        const struct row *row = &b->row[bucket->entry[i + FETCH_AHEAD].row];
        __builtin_prefetch(&row->date);
        __builtin_prefetch(&row->code[N_CODE - 1]);
    }
}

static bool find_groups(const struct builder *b, struct bucket *bucket)
{
    for (size_t i = 0; i < bucket->n_entry; i++) {
        struct entry *entry = &bucket->entry[i];
        int32_t date = b->row[entry->row].date;

        fetch_ahead(b, bucket, i);
        if (!reserve_found(bucket))
            return false;
        uint32_t group = find_group(b, bucket, entry);
        struct found *found = &bucket->found[group];
        found->count++;
        found->unsorted |= date < found->last_date;
        found->last_date = date;
        entry->tag = group;
    }
    return true;
}

static bool find_all_groups(struct builder *b)
{
    bool all = true;

#pragma omp parallel for default(none) shared(b) schedule(dynamic)
    for (size_t i = 0; i < b->n_bucket; i++)
        b->bucket[i].no_memory = !find_groups(b, &b->bucket[i]);
    for (size_t i = 0; i < b->n_bucket; i++)
        all = all && !b->bucket[i].no_memory;
    return all;
}

/* ---- groups of all buckets ---- */

static size_t count_groups(const struct builder *b)
{
    size_t n_group = 0;
    for (size_t i = 0; i < b->n_bucket; i++)
        n_group += b->bucket[i].n_found;
    return n_group;
}

/* Numbers the groups by first row, and sets start. A bucket's groups stand in that order
 * already, so the buckets are the runs that are merged. */
static bool number_groups(struct builder *b, struct groups *groups)
{
    size_t n = groups->n_group, k = 0;
    uint64_t *item = mem_array(n, sizeof *item);
    uint64_t *spare = mem_array(n, sizeof *spare);
    struct found **found = mem_array(n, sizeof(struct found *));
    bool all = item != NULL && spare != NULL && found != NULL;

    for (size_t i = 0; all && i < b->n_bucket; i++)
        for (size_t j = 0; j < b->bucket[i].n_found; j++, k++) {
            found[k] = &b->bucket[i].found[j];
            item[k] = (uint64_t)found[k]->first << 32 | k;
        }
    const uint64_t *sorted = all ? merge_sort(item, spare, n) : NULL;
    for (size_t g = 0; all && g < n; g++) {
        struct found *next = found[sorted[g] & UINT32_MAX];
        next->number = (uint32_t)g;
        groups->start[g + 1] = groups->start[g] + next->count;
    }
    free(item);
    free(spare);
    free(found);
    return all;
}

/* A row's place in its group: by date, then index. */
static uint64_t order_key(const struct row *row, uint32_t index)
{
    return (uint64_t)((int64_t)row[index].date - INT32_MIN) << 32 | index;
}

static bool sort_group(const struct row *row, uint32_t *member, size_t n)
{
    uint64_t *item = mem_array(n, sizeof *item);
    uint64_t *spare = mem_array(n, sizeof *spare);
    bool all = item != NULL && spare != NULL;

    for (size_t i = 0; all && i < n; i++)
        item[i] = order_key(row, member[i]);
    const uint64_t *sorted = all ? merge_sort(item, spare, n) : NULL;
    for (size_t i = 0; all && i < n; i++)
        member[i] = (uint32_t)sorted[i];
    free(item);
    free(spare);
    return all;
}

/* Lists a bucket's rows under their groups, then sorts the groups that need it. */
static bool place_rows(const struct builder *b, struct bucket *bucket, struct groups *groups)
{
    bool all = true;

    for (size_t i = 0; i < bucket->n_found; i++)
        bucket->found[i].count = 0;
    for (size_t i = 0; i < bucket->n_entry; i++) {
        struct found *found = &bucket->found[bucket->entry[i].tag];
        groups->member[groups->start[found->number] + found->count++] = bucket->entry[i].row;
    }
    for (size_t i = 0; all && i < bucket->n_found; i++) {
        const struct found *found = &bucket->found[i];
        if (found->unsorted)
            all =
                sort_group(b->row, groups->member + groups->start[found->number], found->count);
    }
    return all;
}

static bool place_all_rows(struct builder *b, struct groups *groups)
{
    bool all = true;

#pragma omp parallel for default(none) shared(b, groups) schedule(dynamic)
    for (size_t i = 0; i < b->n_bucket; i++)
        b->bucket[i].no_memory = !place_rows(b, &b->bucket[i], groups);
    for (size_t i = 0; i < b->n_bucket; i++)
        all = all && !b->bucket[i].no_memory;
    return all;
}

static bool assemble(struct builder *b, struct groups *groups)
{
    groups->n_row = b->n;
    groups->n_group = count_groups(b);
    groups->start = mem_array(groups->n_group + 1, sizeof *groups->start);
    groups->member = mem_array(b->n, sizeof *groups->member);
    return groups->start != NULL && groups->member != NULL && number_groups(b, groups) &&
           place_all_rows(b, groups);
}

enum status groups_build(const struct row *row, size_t n, unsigned key, struct groups *groups,
                         struct error *err)
{
    struct builder b = {.row = row, .n = n, .key = key};
    struct groups made = {0};
    enum status st;

    if (n > UINT32_MAX)
        return error_set(err, STATUS_INTERNAL,
                         "%zu rows on one rank are more than it can number: use more ranks", n);
    TRY(builder_allocate(&b));
    count_chunks(&b);
    lay_out_buckets(&b);
    fill_buckets(&b);
    free(b.tag);
    b.tag = NULL;
    TRY(find_all_groups(&b) && assemble(&b, &made) ? STATUS_OK : STATUS_INTERNAL);
    *groups = made;
    made = (struct groups){0};
done:
    if (st != STATUS_OK)
        error_no_memory(err, "the rows by account");
    groups_free(&made);
    builder_free(&b);
    return st;
}

size_t groups_largest(const struct groups *groups)
{
    size_t largest = 0;

    for (size_t g = 0; g < groups->n_group; g++) {
        size_t n = groups->start[g + 1] - groups->start[g];
        largest = n > largest ? n : largest;
    }
    return largest;
}

void groups_free(struct groups *groups)
{
    free(groups->start);
    free(groups->member);
    *groups = (struct groups){0};
}
