/* CSV records from bytes. A scanner turns 64 bytes at a time into a mask of the bytes that can
 * matter (comma, quote, newline) and hands out their positions one by one, so that the work is
 * per field and not per byte. The mask of a whole block is made with SSE2 where there is SSE2
 * (all x86-64), byte by byte elsewhere and for the last bytes of a buffer.
 *
 * Which field means what, and which records are dropped, is the ledger's business. */
#include "csv.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

/* Positions of commas, quotes and newlines in ascending order. */
struct scanner {
    const char *block; /* what bit 0 of mask stands for */
    const char *end;
    uint64_t mask; /* not yet handed out */
};

static uint64_t mask_bytes(const char *byte, size_t n)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < n; i++)
        mask |= (uint64_t)(byte[i] == ',' || byte[i] == '"' || byte[i] == '\n') << i;
    return mask;
}

#if defined(__SSE2__)
static inline uint64_t mask_vector(const char *byte)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)byte);
    __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(','));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i newline = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));

    return (uint16_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(comma, quote), newline));
}

static inline uint64_t mask_block(const char *byte)
{
    return mask_vector(byte) | mask_vector(byte + 16) << 16 | mask_vector(byte + 32) << 32 |
           mask_vector(byte + 48) << 48;
}
#else
static inline uint64_t mask_block(const char *byte)
{
    return mask_bytes(byte, BLOCK);
}
#endif

static inline void scanner_load(struct scanner *scanner, const char *block)
{
    size_t left = (size_t)(scanner->end - block);

    scanner->block = block;
    scanner->mask = left >= BLOCK ? mask_block(block) : mask_bytes(block, left);
}

/* The next position, or end. */
static inline const char *scanner_next(struct scanner *scanner)
{
    while (scanner->mask == 0) {
        if (scanner->end - scanner->block <= BLOCK)
            return scanner->end;
        scanner_load(scanner, scanner->block + BLOCK);
    }
    const char *hit = scanner->block + __builtin_ctzll(scanner->mask);
    scanner->mask &= scanner->mask - 1;
    return hit;
}

/* Lanes of small counters, emptied before they can overflow: compilers make vectors of them. */
enum { LANES = 64, ROUNDS = UINT8_MAX };

void csv_count_bytes(const char *byte, size_t n, struct csv_count *count)
{
    while (n >= LANES) {
        uint8_t quotes[LANES] = {0};
        uint8_t newlines[LANES] = {0};
        size_t rounds = n / LANES < ROUNDS ? n / LANES : ROUNDS;

        for (size_t r = 0; r < rounds; r++, byte += LANES)
            for (size_t lane = 0; lane < LANES; lane++) {
                quotes[lane] = (uint8_t)(quotes[lane] + (byte[lane] == '"'));
                newlines[lane] = (uint8_t)(newlines[lane] + (byte[lane] == '\n'));
            }
        for (size_t lane = 0; lane < LANES; lane++) {
            count->quotes += quotes[lane];
            count->newlines += newlines[lane];
        }
        n -= rounds * LANES;
    }
    for (size_t i = 0; i < n; i++) {
        count->quotes += byte[i] == '"';
        count->newlines += byte[i] == '\n';
    }
}

size_t csv_first_record(const char *byte, size_t n, bool inside_quotes, char previous)
{
    if (!inside_quotes && previous == '\n')
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (byte[i] == '"')
            inside_quotes = !inside_quotes;
        else if (byte[i] == '\n' && !inside_quotes)
            return i + 1;
    }
    return n;
}

/* Reads the field that opens with the quote at `at`; *stop is what ends it: a comma, a newline
 * or the end. */
static enum csv_end read_quoted(struct scanner *scanner, const char *at, bool is_last,
                                struct csv_field *field, const char **stop, int64_t *lines)
{
    const char *end = scanner->end;
    const char *quote;
    int64_t newlines = 0;
    bool escaped = false;

    scanner_next(scanner); /* the opening quote */
    for (;;) {
        quote = scanner_next(scanner);
        if (quote == end)
            return is_last ? CSV_OPEN_QUOTE : CSV_MORE;
        newlines += *quote == '\n';
        if (*quote != '"')
            continue;
        if (end - quote < 2 || quote[1] != '"')
            break;
        escaped = true;
        scanner_next(scanner); /* the second quote of the pair */
    }
    *field = (struct csv_field){at + 1, (size_t)(quote - at - 1), true, escaped};
    *lines += newlines;
    const char *after = quote + 1;
    if (after < end && *after == '\r')
        after++;
    if (after == end) {
        *stop = end;
        return is_last ? CSV_RECORD : CSV_MORE;
    }
    bool ends = *after == '\n' || (*after == ',' && after == quote + 1);
    *stop = scanner_next(scanner);
    return ends ? CSV_RECORD : CSV_BARE_QUOTE;
}

static inline enum csv_end read_plain(struct scanner *scanner, const char *at, bool is_last,
                                      struct csv_field *field, const char **stop)
{
    const char *hit = scanner_next(scanner);
    size_t length = (size_t)(hit - at);

    *stop = hit;
    if (hit == scanner->end && !is_last)
        return CSV_MORE;
    bool ends_record = hit == scanner->end || *hit == '\n';
    if (!ends_record && *hit == '"')
        return CSV_BARE_QUOTE;
    if (ends_record && length > 0 && at[length - 1] == '\r')
        length--;
    *field = (struct csv_field){at, length, false, false};
    return CSV_RECORD;
}

enum csv_end csv_read_record(const char **cursor, const char *end, bool is_last,
                             struct csv_field *field, size_t max_field, size_t *n_field,
                             int64_t *lines)
{
    struct scanner scanner = {.end = end};
    struct csv_field beyond;
    const char *at = *cursor;
    const char *stop;
    size_t n = 0;
    int64_t newlines = 0;

    if (at == end)
        return CSV_NONE;
    scanner_load(&scanner, at);
    for (;; at = stop + 1) {
        struct csv_field *one = n < max_field ? &field[n] : &beyond;
        enum csv_end how = at < end && *at == '"'
                               ? read_quoted(&scanner, at, is_last, one, &stop, &newlines)
                               : read_plain(&scanner, at, is_last, one, &stop);
        if (how == CSV_MORE)
            return how;
        if (how != CSV_RECORD) {
            *lines += newlines;
            return how;
        }
        n++;
        if (stop == end || *stop == '\n')
            break;
    }
    *lines += newlines + (stop < end);
    *cursor = stop < end ? stop + 1 : end;
    *n_field = n;
    return CSV_RECORD;
}

size_t csv_unescape(const struct csv_field *field, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < field->length; i++) {
        out[length++] = field->text[i];
        i += field->escaped && field->text[i] == '"';
    }
    return length;
}
