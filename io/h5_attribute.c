/* Scalars, texts and lists of texts as attributes. */
#include "h5_attribute.h"

#include "mem.h"
#include "utf8.h"
#include <stdlib.h>
#include <string.h>

/* Consumes space and type, either of which may be invalid. */
static enum status put(struct h5_out *out, const char *object, const char *name, hid_t space,
                       hid_t type, const void *value, struct error *err)
{
    hid_t attribute = -1;
    bool ok = space >= 0 && type >= 0;

    if (ok)
        attribute = H5Acreate_by_name(out->file, object, name, type, space, H5P_DEFAULT,
                                      H5P_DEFAULT, H5P_DEFAULT);
    ok = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    enum status st = h5_out_check(out, ok, name, err);
    if (attribute >= 0)
        H5Aclose(attribute);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return st;
}

static char *repaired(const char *text)
{
    size_t length = strlen(text);
    char *copy = mem_array(utf8_repair(text, length, NULL) + 1, 1);
    if (copy != NULL)
        utf8_repair(text, length, copy);
    return copy;
}

enum status h5_attribute_text(struct h5_out *out, const char *object, const char *name,
                              const char *text, struct error *err)
{
    char *copy = repaired(text);
    if (copy == NULL)
        return error_no_memory(err, "an attribute");
    enum status st = put(out, object, name, H5Screate(H5S_SCALAR), h5_text_type(), &copy, err);
    free(copy);
    return st;
}

enum status h5_attribute_texts(struct h5_out *out, const char *object, const char *name,
                               const char *const *text, size_t n, struct error *err)
{
    enum status st = STATUS_OK;
    hsize_t size = n;
    char **copy = mem_array(n, sizeof *copy);

    for (size_t i = 0; copy != NULL && i < n; i++) {
        copy[i] = repaired(text[i]);
        if (copy[i] == NULL)
            TRY(error_no_memory(err, "an attribute"));
    }
    if (copy == NULL)
        TRY(error_no_memory(err, "an attribute"));
    TRY(put(out, object, name, H5Screate_simple(1, &size, NULL), h5_text_type(), copy, err));
done:
    for (size_t i = 0; copy != NULL && i < n; i++)
        free(copy[i]);
    free(copy);
    return st;
}

enum status h5_attribute_integer(struct h5_out *out, const char *object, const char *name,
                                 int64_t value, struct error *err)
{
    return put(out, object, name, H5Screate(H5S_SCALAR), H5Tcopy(H5T_STD_I64LE), &value, err);
}

enum status h5_attribute_real(struct h5_out *out, const char *object, const char *name,
                              double value, struct error *err)
{
    return put(out, object, name, H5Screate(H5S_SCALAR), H5Tcopy(H5T_IEEE_F64LE), &value, err);
}
