/* Columns of results.h5: created from the table, appended to, digested on the way. Values are
 * handed to HDF5 in the type they are stored in, so nothing is converted, and the digest sees
 * the very bytes of the file; that is why this needs a little-endian machine. */
#include "h5_column.h"

#include "anomaly.h"
#include "h5_attribute.h"
#include "mem.h"
#include "utf8.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are stored as they lie");

enum {
    CHUNK = 1 << 16,     /* values; larger ones gain nothing, smaller ones cost look-ups */
    TEXT_PIECE = 1 << 13 /* texts copied at a time */
};

static hid_t pattern_type(void)
{
    hid_t type = H5Tenum_create(H5T_STD_U8LE);

    for (uint8_t i = 0; type >= 0 && i < N_PATTERN; i++)
        if (H5Tenum_insert(type, pattern_name((enum pattern)i), &i) < 0) {
            H5Tclose(type);
            type = -1;
        }
    return type;
}

static hid_t stored_type(enum value_type type)
{
    switch (type) {
    case VALUE_I8:
        return H5Tcopy(H5T_STD_I64LE);
    case VALUE_I4:
        return H5Tcopy(H5T_STD_I32LE);
    case VALUE_U1:
        return H5Tcopy(H5T_STD_U8LE);
    case VALUE_PATTERN:
        return pattern_type();
    case VALUE_F8:
        return H5Tcopy(H5T_IEEE_F64LE);
    case VALUE_TEXT:
        return h5_text_type();
    }
    return -1;
}

static hid_t creation_list(const struct h5_column *column, size_t expected, bool packed)
{
    hsize_t row_limit = column->width < CHUNK ? CHUNK / column->width : 1;
    hsize_t rows = expected < 1 ? 1 : expected < row_limit ? expected : row_limit;
    hsize_t chunk[2] = {rows, column->width};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);

    bool ok = list >= 0 && H5Pset_obj_track_times(list, 0) >= 0 &&
              H5Pset_chunk(list, column->rank, chunk) >= 0;
    if (ok && packed)
        ok = H5Pset_shuffle(list) >= 0 && H5Pset_deflate(list, 1) >= 0;
    if (!ok && list >= 0) {
        H5Pclose(list);
        list = -1;
    }
    return list;
}

/* An empty, extensible dataset; < 0 on failure. */
static hid_t create_dataset(const struct h5_out *out, const struct h5_column *column,
                            size_t expected, bool packed)
{
    hsize_t size[2] = {0, column->width}, largest[2] = {H5S_UNLIMITED, column->width};
    hid_t space = H5Screate_simple(column->rank, size, largest);
    hid_t list = creation_list(column, expected, packed);
    hid_t id = -1;

    if (space >= 0 && list >= 0 && column->type >= 0)
        id = H5Dcreate2(out->file, column->name, column->type, space, H5P_DEFAULT, list,
                        H5P_DEFAULT);
    if (list >= 0)
        H5Pclose(list);
    if (space >= 0)
        H5Sclose(space);
    return id;
}

enum status h5_column_create(struct h5_out *out, const struct dataset *what, size_t width,
                             size_t expected, struct sha256 *digest, struct h5_column *column,
                             struct error *err)
{
    enum status st = STATUS_OK;
    size_t length = strlen(what->name);
    struct h5_column made = {.id = -1,
                             .type = stored_type(what->type),
                             .name = mem_array(length + 1, 1),
                             .width = width > 0 ? width : 1,
                             .rank = width > 0 ? 2 : 1,
                             .digest = digest};

    if (made.name == NULL)
        TRY(error_no_memory(err, what->name));
    memcpy(made.name, what->name, length);
    made.id = create_dataset(out, &made, expected, what->packed);
    TRY(h5_out_check(out, made.id >= 0, what->name, err));
    TRY(h5_attribute_text(out, what->name, "units", what->unit, err));
    TRY(h5_attribute_text(out, what->name, "description", what->description, err));
    *column = made;
    made = (struct h5_column){.id = -1, .type = -1};
done:
    h5_column_close(&made);
    return st;
}

void h5_column_close(struct h5_column *column)
{
    if (column->id >= 0)
        H5Dclose(column->id); /* cannot fail: see h5_sink.c */
    if (column->type >= 0)
        H5Tclose(column->type);
    free(column->name);
    *column = (struct h5_column){.id = -1, .type = -1};
}

static enum status append(struct h5_out *out, struct h5_column *column, const void *value,
                          size_t n, struct error *err)
{
    hsize_t start[2] = {column->n, 0}, count[2] = {n, column->width};
    hsize_t size[2] = {column->n + n, column->width};
    hid_t memory = H5Screate_simple(column->rank, count, NULL);
    hid_t space = -1;

    bool ok = memory >= 0 && H5Dset_extent(column->id, size) >= 0;
    if (ok)
        space = H5Dget_space(column->id);
    ok = ok && space >= 0 &&
         H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
         H5Dwrite(column->id, column->type, memory, space, H5P_DEFAULT, value) >= 0;
    enum status st = h5_out_check(out, ok, column->name, err);
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    if (st == STATUS_OK)
        column->n += n;
    return st;
}

enum status h5_column_append(struct h5_out *out, struct h5_column *column, const void *value,
                             size_t n, struct error *err)
{
    if (n == 0)
        return STATUS_OK;
    if (column->digest != NULL)
        sha256_add(column->digest, value, n * column->width * H5Tget_size(column->type));
    return append(out, column, value, n, err);
}

struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* Repairs and terminates n texts into one block, pointed to by pointer[n]. NULL: no memory. */
static char *copy_texts(const struct span *text, size_t n, const char **pointer,
                        struct sha256 *digest)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += utf8_repair(text[i].text, text[i].length, NULL) + 1;
    char *block = mem_array(bytes, 1);
    char *next = block;
    for (size_t i = 0; block != NULL && i < n; i++) {
        size_t length = utf8_repair(text[i].text, text[i].length, next);
        if (digest != NULL)
            sha256_add_text(digest, next, length);
        pointer[i] = next;
        next += length + 1;
    }
    return block;
}

enum status h5_column_append_texts(struct h5_out *out, struct h5_column *column,
                                   const struct span *text, size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    char *block = NULL;
    const char **pointer = mem_array(n < TEXT_PIECE ? n : TEXT_PIECE, sizeof *pointer);

    assert(column->rank == 1);
    if (pointer == NULL)
        TRY(error_no_memory(err, column->name));
    for (size_t begin = 0; begin < n; begin += TEXT_PIECE) {
        size_t piece = n - begin < TEXT_PIECE ? n - begin : TEXT_PIECE;
        free(block);
        block = copy_texts(text + begin, piece, pointer, column->digest);
        if (block == NULL)
            TRY(error_no_memory(err, column->name));
        TRY(append(out, column, pointer, piece, err));
    }
done:
    free(block);
    free(pointer);
    return st;
}
