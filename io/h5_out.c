/* What all writing through HDF5 shares: the file and its groups, and one way to turn a failed
 * call into a sentence. The format is that of HDF5 1.8 (2008): every reader of today has it, and
 * unlike the older one it takes attributes over 64 KiB, such as a long list of input files. */
#include "h5_out.h"

#include <stdio.h>
#include <string.h>

void h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static herr_t keep_innermost(unsigned depth, const H5E_error2_t *entry, void *text)
{
    if (depth == 0 && entry->desc != NULL)
        snprintf(text, H5_REASON, "%s", entry->desc);
    return 0;
}

void h5_reason(char text[H5_REASON])
{
    text[0] = '\0';
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, text);
}

enum status h5_out_check(const struct h5_out *out, bool ok, const char *object,
                         struct error *err)
{
    char reason[H5_REASON];

    if (ok && out->sink.error == 0)
        return STATUS_OK;
    if (out->sink.error == 0)
        h5_reason(reason);
    return error_set(err, STATUS_WRITE, "cannot write %s of %s: %s", object, out->path,
                     out->sink.error != 0 ? strerror(out->sink.error) : reason);
}

enum status h5_out_create(struct h5_out *out, int fd, const char *path, struct error *err)
{
    out->file = -1;
    out->sink = (struct h5_sink){fd, 0};
    out->path = path;
    h5_quiet();
    hid_t access = h5_sink_access(&out->sink);
    hid_t create = H5Pcreate(H5P_FILE_CREATE);
    if (access >= 0 && create >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(create, 0) >= 0)
        out->file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    enum status st = h5_out_check(out, out->file >= 0, "the start", err);
    if (access >= 0)
        H5Pclose(access);
    if (create >= 0)
        H5Pclose(create);
    return st;
}

enum status h5_out_close(struct h5_out *out, struct error *err)
{
    if (out->file < 0)
        return STATUS_OK;
    bool ok = H5Fclose(out->file) >= 0;
    out->file = -1;
    return h5_out_check(out, ok, "the end", err);
}

enum status h5_out_group(struct h5_out *out, const char *name, struct error *err)
{
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    hid_t group = -1;

    if (create >= 0 && H5Pset_obj_track_times(create, 0) >= 0)
        group = H5Gcreate2(out->file, name, H5P_DEFAULT, create, H5P_DEFAULT);
    enum status st = h5_out_check(out, group >= 0, name, err);
    if (group >= 0)
        H5Gclose(group);
    if (create >= 0)
        H5Pclose(create);
    return st;
}

void h5_release(hid_t id)
{
    if (id > 0)
        H5Idec_ref(id);
}

hid_t h5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        H5Tclose(type);
        type = -1;
    }
    return type;
}
