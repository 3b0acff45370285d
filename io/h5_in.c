/* Reading back: each dataset in one call. Nothing about the file is taken for granted: a missing
 * object, another type, another number of dimensions, lengths that the file is too small for. */
#include "h5_in.h"

#include "amount_text.h"
#include "h5_out.h"
#include "mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status not_ours(const struct h5_in *in, const char *name, const char *what,
                            struct error *err)
{
    return error_set(err, STATUS_DATA, "%s is not a results file of tieout: %s %s", in->path,
                     name, what);
}

static enum status unreadable(const struct h5_in *in, const char *name, struct error *err)
{
    char reason[H5_REASON];

    h5_reason(reason);
    return error_set(err, STATUS_DATA, "cannot read %s of %s: %s", name, in->path, reason);
}

/* Locks are left alone where the file system has none; many cluster file systems do not. */
static hid_t open_file(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;

    if (access >= 0 && H5Pset_file_locking(access, 1, 1) >= 0)
        file = H5Fopen(path, H5F_ACC_RDONLY, access);
    h5_release(access);
    return file;
}

enum status h5_in_open(struct h5_in *in, const char *path, struct error *err)
{
    struct stat about;

    *in = (struct h5_in){.file = -1, .path = path};
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return error_set(err, errno == EACCES ? STATUS_PERMISSION : STATUS_NO_INPUT,
                         "cannot read %s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return error_set(err, STATUS_DATA, "%s is not a results file of tieout: %s", path,
                         S_ISDIR(about.st_mode) ? "it is a folder" : "it is no regular file");
    in->bytes = (hsize_t)about.st_size;
    h5_quiet();
    in->file = open_file(path);
    if (in->file < 0)
        return error_set(err, STATUS_DATA,
                         "%s is not a results file of tieout: it is not an HDF5 file, or was "
                         "cut short or damaged",
                         path);
    return STATUS_OK;
}

void h5_in_close(struct h5_in *in)
{
    if (in->file >= 0)
        H5Fclose(in->file);
    in->file = -1;
}

/* Every group on the way is asked for too: HDF5 fails rather than says no if one is missing. */
bool h5_in_has(const struct h5_in *in, const char *name)
{
    char part[H5_REASON];
    size_t length = strlen(name);

    for (size_t i = 1; i <= length && length < sizeof part; i++) {
        if (name[i] != '/' && name[i] != '\0')
            continue;
        memcpy(part, name, i);
        part[i] = '\0';
        if (H5Lexists(in->file, part, H5P_DEFAULT) <= 0)
            return false;
    }
    return length < sizeof part;
}

bool h5_in_has_attribute(const struct h5_in *in, const char *object, const char *name)
{
    return h5_in_has(in, object) && H5Aexists_by_name(in->file, object, name, H5P_DEFAULT) > 0;
}

/* Lengths of an open dataset; false if it has another number of dimensions. */
static bool dataset_size(hid_t dataset, int rank, hsize_t size[2])
{
    hid_t space = H5Dget_space(dataset);

    bool ok = space >= 0 && H5Sget_simple_extent_ndims(space) == rank &&
              H5Sget_simple_extent_dims(space, size, NULL) == rank;
    h5_release(space);
    return ok;
}

enum status h5_in_size(const struct h5_in *in, const char *name, int rank, size_t *size,
                       struct error *err)
{
    enum status st = STATUS_OK;
    hsize_t length[2] = {0, 0};
    hid_t dataset = -1;

    if (!h5_in_has(in, name))
        TRY(not_ours(in, name, "is missing", err));
    dataset = H5Dopen2(in->file, name, H5P_DEFAULT);
    if (dataset < 0)
        TRY(unreadable(in, name, err));
    if (!dataset_size(dataset, rank, length))
        TRY(not_ours(in, name, "has another number of dimensions", err));
    for (int i = 0; i < rank; i++) {
        /* Rows have scores and anomalies texts, none of them packed: this is no real limit. */
        if (length[i] > in->bytes)
            TRY(not_ours(in, name, "claims more entries than the file can hold", err));
        size[i] = (size_t)length[i];
    }
done:
    h5_release(dataset);
    return st;
}

enum kind { KIND_NUMBER, KIND_TEXT };

static bool is_kind(hid_t type, enum kind kind)
{
    H5T_class_t class = H5Tget_class(type);
    if (kind == KIND_TEXT)
        return class == H5T_STRING && H5Tis_variable_str(type) > 0;
    return class == H5T_FLOAT || class == H5T_INTEGER || class == H5T_ENUM;
}

enum { WHOLE = -1 };

/* The first n entries of a dataset of one dimension as a selection, and room for them; or all of
 * any dataset. */
static bool select_entries(hid_t dataset, int64_t n_entry, hid_t *file, hid_t *memory)
{
    hsize_t start = 0, n = (hsize_t)n_entry;

    *file = *memory = H5S_ALL;
    if (n_entry == WHOLE)
        return true;
    *file = H5Dget_space(dataset);
    *memory = H5Screate_simple(1, &n, NULL);
    return *file >= 0 && *memory >= 0 &&
           (n > 0 ? H5Sselect_hyperslab(*file, H5S_SELECT_SET, &start, NULL, &n, NULL)
                  : H5Sselect_none(*file)) >= 0;
}

/* Reads the first n entries of a dataset, or the WHOLE, into value, as `memory`. */
static enum status read_entries(const struct h5_in *in, const char *name, enum kind kind,
                                hid_t memory, hid_t transfer, int64_t n, void *value,
                                struct error *err)
{
    enum status st = STATUS_OK;
    hid_t type = -1, file = -1, room = -1, dataset = H5Dopen2(in->file, name, H5P_DEFAULT);

    if (dataset >= 0)
        type = H5Dget_type(dataset);
    if (type < 0)
        TRY(unreadable(in, name, err));
    if (!is_kind(type, kind))
        TRY(not_ours(in, name, "is of another type", err));
    if (!select_entries(dataset, n, &file, &room) ||
        H5Dread(dataset, memory, room, file, transfer, value) < 0)
        TRY(unreadable(in, name, err));
done:
    h5_release(room);
    h5_release(file);
    h5_release(type);
    h5_release(dataset);
    return st;
}

enum status h5_in_reals(const struct h5_in *in, const char *name, double *value,
                        struct error *err)
{
    return read_entries(in, name, KIND_NUMBER, H5T_NATIVE_DOUBLE, H5P_DEFAULT, WHOLE, value,
                        err);
}

enum status h5_in_integers(const struct h5_in *in, const char *name, int64_t *value,
                           struct error *err)
{
    return read_entries(in, name, KIND_NUMBER, H5T_NATIVE_INT64, H5P_DEFAULT, WHOLE, value,
                        err);
}

enum status h5_in_first_integers(const struct h5_in *in, const char *name, size_t n,
                                 int64_t *value, struct error *err)
{
    return read_entries(in, name, KIND_NUMBER, H5T_NATIVE_INT64, H5P_DEFAULT, (int64_t)n, value,
                        err);
}

enum status h5_in_texts(const struct h5_in *in, const char *name, size_t n,
                        struct text_store *store, const char **text, struct error *err)
{
    hid_t type = h5_text_type();
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    enum status st = STATUS_OK;

    if (type < 0 || transfer < 0 ||
        H5Pset_vlen_mem_manager(transfer, text_store_take, store, text_store_drop, NULL) < 0)
        TRY(unreadable(in, name, err));
    TRY(read_entries(in, name, KIND_TEXT, type, transfer, (int64_t)n, text, err));
    for (size_t i = 0; i < n; i++)
        if (text[i] == NULL) /* how HDF5 gives back an empty text */
            text[i] = "";
done:
    h5_release(transfer);
    h5_release(type);
    return st;
}

/* Opens an attribute of that kind and, if it is scalar, of one value, else a list. The caller
 * closes *attribute, which is -1 on failure. */
static enum status open_attribute(const struct h5_in *in, const char *object, const char *name,
                                  enum kind kind, bool scalar, hid_t *attribute, hssize_t *n,
                                  struct error *err)
{
    enum status st = STATUS_OK;
    hid_t opened = -1, type = -1, space = -1;
    char full[H5_REASON]; /* "/model@offset" */

    *attribute = -1;
    if (!h5_in_has(in, object))
        TRY(not_ours(in, object, "is missing", err));
    snprintf(full, sizeof full, "%s@%s", object, name);
    opened = H5Aopen_by_name(in->file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (opened < 0)
        TRY(not_ours(in, full, "is missing", err));
    type = H5Aget_type(opened);
    space = H5Aget_space(opened);
    if (type < 0 || !is_kind(type, kind) || space < 0 ||
        H5Sget_simple_extent_type(space) != (scalar ? H5S_SCALAR : H5S_SIMPLE))
        TRY(not_ours(in, full, "is of another type", err));
    *n = H5Sget_simple_extent_npoints(space);
    if (*n < 0 || (hsize_t)*n > in->bytes)
        TRY(not_ours(in, full, "claims more entries than the file can hold", err));
    *attribute = opened;
    opened = -1;
done:
    h5_release(space);
    h5_release(type);
    h5_release(opened);
    return st;
}

/* Reads a scalar attribute as `memory`. */
static enum status read_attribute(const struct h5_in *in, const char *object, const char *name,
                                  enum kind kind, hid_t memory, void *value, struct error *err)
{
    enum status st = STATUS_OK;
    hid_t attribute = -1;
    hssize_t n = 0;

    TRY(open_attribute(in, object, name, kind, true, &attribute, &n, err));
    if (H5Aread(attribute, memory, value) < 0)
        TRY(unreadable(in, name, err));
done:
    h5_release(attribute);
    return st;
}

enum status h5_in_real_attribute(const struct h5_in *in, const char *object, const char *name,
                                 double *value, struct error *err)
{
    return read_attribute(in, object, name, KIND_NUMBER, H5T_NATIVE_DOUBLE, value, err);
}

enum status h5_in_text_attribute(const struct h5_in *in, const char *object, const char *name,
                                 char **value, struct error *err)
{
    hid_t type = h5_text_type();
    char *stored = NULL;
    enum status st = STATUS_OK;

    if (type < 0)
        TRY(unreadable(in, object, err));
    TRY(read_attribute(in, object, name, KIND_TEXT, type, &stored, err));
    size_t length = stored == NULL ? 0 : strlen(stored);
    char *copy = mem_array(length + 1, 1);
    if (copy == NULL)
        TRY(error_no_memory(err, name));
    if (length > 0)
        memcpy(copy, stored, length);
    *value = copy;
done:
    if (stored != NULL)
        H5free_memory(stored);
    h5_release(type);
    return st;
}

/* Copies what HDF5 allocated, which is freed, into the store. */
static enum status keep_texts(char **stored, size_t n, struct text_store *store,
                              const char **text, struct error *err)
{
    enum status st = STATUS_OK;

    for (size_t i = 0; i < n; i++) {
        size_t length = stored[i] == NULL ? 0 : strlen(stored[i]);
        char *copy = text_store_take(length + 1, store);
        if (copy == NULL) {
            st = error_no_memory(err, "the attributes");
            break;
        }
        if (length > 0)
            memcpy(copy, stored[i], length);
        copy[length] = '\0';
        text[i] = copy;
    }
    for (size_t i = 0; i < n; i++)
        if (stored[i] != NULL)
            H5free_memory(stored[i]);
    return st;
}

enum status h5_in_texts_attribute(const struct h5_in *in, const char *object, const char *name,
                                  struct text_store *store, const char ***text, size_t *n,
                                  struct error *err)
{
    enum status st = STATUS_OK;
    hid_t attribute = -1, type = h5_text_type();
    hssize_t size = 0;
    char **stored = NULL;
    const char **kept = NULL;

    if (type < 0)
        TRY(unreadable(in, object, err));
    TRY(open_attribute(in, object, name, KIND_TEXT, false, &attribute, &size, err));
    stored = mem_array((size_t)size, sizeof *stored);
    kept = mem_array((size_t)size, sizeof *kept);
    if (stored == NULL || kept == NULL)
        TRY(error_no_memory(err, name));
    if (size > 0 && H5Aread(attribute, type, stored) < 0)
        TRY(unreadable(in, name, err));
    TRY(keep_texts(stored, (size_t)size, store, kept, err));
    *text = kept;
    *n = (size_t)size;
    kept = NULL;
done:
    free(kept);
    free(stored);
    h5_release(attribute);
    h5_release(type);
    return st;
}

/* ---- all attributes ------------------------------------------------------------------------ */

/* The attributes met so far. */
struct listing {
    const struct h5_in *in;
    const char *object;
    struct text_store *store;
    struct h5_fact *fact;
    size_t n, capacity;
    enum status status;
    struct error *err;
};

static char *keep_text(struct listing *listing, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = text_store_take(n, listing->store);

    if (copy != NULL)
        memcpy(copy, text, n);
    return copy;
}

/* A list as one text, a line for each entry. */
static enum status list_text(struct listing *listing, const char *object, const char *name,
                             const char **text)
{
    const char **entry = NULL;
    size_t n = 0, length = 1;
    enum status st = STATUS_OK;

    TRY(h5_in_texts_attribute(listing->in, object, name, listing->store, &entry, &n,
                              listing->err));
    for (size_t i = 0; i < n; i++)
        length += strlen(entry[i]) + 1;
    char *joined = text_store_take(length, listing->store);
    if (joined == NULL)
        TRY(error_no_memory(listing->err, "the attributes"));
    joined[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        strcat(joined, i > 0 ? "\n" : "");
        strcat(joined, entry[i]);
    }
    *text = joined;
done:
    free(entry);
    return st;
}

static enum status scalar_text(struct listing *listing, const char *object, const char *name,
                               H5T_class_t class, const char **text)
{
    char number[AMOUNT_TEXT], *value = NULL;
    double real = 0;
    enum status st = STATUS_OK;

    if (class == H5T_STRING) {
        TRY(h5_in_text_attribute(listing->in, object, name, &value, listing->err));
    } else {
        TRY(h5_in_real_attribute(listing->in, object, name, &real, listing->err));
        amount_exact(real, number);
    }
    *text = keep_text(listing, value != NULL ? value : number);
    if (*text == NULL)
        TRY(error_no_memory(listing->err, "the attributes"));
done:
    free(value);
    return st;
}

static enum status add_fact(struct listing *listing, const char *object, const char *name)
{
    hid_t attribute =
        H5Aopen_by_name(listing->in->file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool is_list = space >= 0 && H5Sget_simple_extent_type(space) == H5S_SIMPLE;
    const char *text = NULL;
    enum status st = STATUS_OK;

    if (is_list && class == H5T_STRING)
        TRY(list_text(listing, object, name, &text));
    else if (!is_list && (class == H5T_STRING || class == H5T_INTEGER || class == H5T_FLOAT))
        TRY(scalar_text(listing, object, name, class, &text));
    if (text == NULL) /* of a kind that tieout does not write */
        goto done;
    if (listing->n == listing->capacity) {
        size_t more = mem_grow(listing->capacity, listing->n + 1);
        struct h5_fact *grown = mem_resize(listing->fact, more, sizeof *grown);
        if (grown == NULL)
            TRY(error_no_memory(listing->err, "the attributes"));
        listing->fact = grown;
        listing->capacity = more;
    }
    const char *kept = keep_text(listing, name);
    if (kept == NULL)
        TRY(error_no_memory(listing->err, "the attributes"));
    listing->fact[listing->n++] = (struct h5_fact){kept, text};
done:
    h5_release(space);
    h5_release(type);
    h5_release(attribute);
    return st;
}

/* Called by HDF5 for each attribute; a failure ends the listing. */
static herr_t list_attribute(hid_t location, const char *name, const H5A_info_t *info,
                             void *data)
{
    struct listing *listing = data;

    (void)location;
    (void)info;
    listing->status = add_fact(listing, listing->object, name);
    return listing->status == STATUS_OK ? 0 : -1;
}

enum status h5_in_facts(const struct h5_in *in, const char *object, struct text_store *store,
                        struct h5_fact **fact, size_t *n, struct error *err)
{
    struct listing listing = {.in = in, .object = object, .store = store, .err = err};
    enum status st = STATUS_OK;

    if (!h5_in_has(in, object))
        TRY(not_ours(in, object, "is missing", err));
    if (H5Aiterate_by_name(in->file, object, H5_INDEX_NAME, H5_ITER_INC, NULL, list_attribute,
                           &listing, H5P_DEFAULT) < 0)
        TRY(listing.status != STATUS_OK ? listing.status : unreadable(in, object, err));
    *fact = listing.fact;
    *n = listing.n;
    listing.fact = NULL;
done:
    free(listing.fact);
    return st;
}

enum status h5_in_expect(const struct h5_in *in, const char *name, size_t n, struct error *err)
{
    size_t size = 0;
    enum status st = h5_in_size(in, name, 1, &size, err);

    if (st == STATUS_OK && size != n)
        st = error_set(err, STATUS_DATA,
                       "%s is not a results file of tieout: %s has %zu entries where %zu are "
                       "expected",
                       in->path, name, size, n);
    return st;
}
