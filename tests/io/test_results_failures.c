/* results.h5 when things go wrong: whatever fails, the sentence names the file, nothing half
 * written is left, HDF5 holds nothing open and goes on working. */
#include "results_sample.h"

#include "results_read.h"
#include "suite.h"
#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char folder[64];

static size_t files_in(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);
    const struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (dir != NULL)
        closedir(dir);
    return n;
}

static void in_folder(const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
}

static void put_file(const char *path, const void *byte, size_t n)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fwrite(byte, 1, n, file), n);
    fclose(file);
}

static char *get_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    struct stat about;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fstat(fileno(file), &about);
    *n = (size_t)about.st_size;
    char *byte = malloc(*n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(byte);
    CU_ASSERT_EQUAL_FATAL(fread(byte, 1, *n, file), *n);
    fclose(file);
    return byte;
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* Writing the sample fails with code, the sentence has `saying`, and nothing is left behind. */
static void expect_failure(const char *path, const struct sample *s, enum status code,
                           const char *saying)
{
    char digest[RESULTS_DIGEST];
    struct error err = {0};
    size_t before = files_in(folder);

    CU_ASSERT_EQUAL(sample_write(path, s, digest, &err), code);
    CU_ASSERT_EQUAL(err.code, code);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, saying));
    CU_ASSERT_EQUAL(files_in(folder), before);
    CU_ASSERT_EQUAL(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void check_full_disk(void)
{
    struct sample s = sample_usual();
    char path[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    struct stat about;

    in_folder("full.h5", path);
    CU_ASSERT_EQUAL_FATAL(sample_write(path, &s, digest, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(stat(path, &about), 0);
    unlink(path);
    signal(SIGXFSZ, SIG_IGN);
    off_t step = about.st_size / 41 + 1;
    for (off_t size = 0; size < about.st_size; size += step) {
        limit_file_size((rlim_t)size);
        s.piece = size % 2 == 0 ? SAMPLE_ROWS : 1000;
        expect_failure(path, &s, STATUS_WRITE, "File too large");
    }
    limit_file_size((rlim_t)about.st_size - 1);
    s.piece = SAMPLE_ROWS;
    expect_failure(path, &s, STATUS_WRITE, "File too large");
    limit_file_size(RLIM_INFINITY);
    CU_ASSERT_EQUAL(sample_write(path, &s, digest, &err), STATUS_OK);
    unlink(path);
}

static void check_bad_target(void)
{
    struct sample s = sample_usual();
    char path[128];

    in_folder("missing/results.h5", path);
    expect_failure(path, &s, STATUS_CREATE, "No such file");
    expect_failure(folder, &s, STATUS_CREATE, "folder");
    in_folder("new/", path);
    expect_failure(path, &s, STATUS_CREATE, "folder");
    expect_failure("/dev/null", &s, STATUS_CREATE, "not a regular file");
    s.force = true;
    expect_failure("/dev/null", &s, STATUS_CREATE, "not a regular file");
    expect_failure(folder, &s, STATUS_CREATE, "folder");
    expect_failure("", &s, STATUS_CREATE, "empty");
}

static void check_forbidden(void)
{
    struct sample s = sample_usual();
    char path[128];

    if (geteuid() == 0) {
        CU_PASS("root may write anywhere");
        return;
    }
    in_folder("closed", path);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0555), 0);
    in_folder("closed/results.h5", path);
    expect_failure(path, &s, STATUS_PERMISSION, "Permission");
}

static void check_existing(void)
{
    struct sample s = sample_usual();
    char path[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    struct findings *findings = NULL;
    size_t n;

    in_folder("old.h5", path);
    put_file(path, "precious", 8);
    expect_failure(path, &s, STATUS_CREATE, "--force");
    char *kept = get_file(path, &n);
    CU_ASSERT(n == 8 && memcmp(kept, "precious", 8) == 0);
    free(kept);
    s.force = true;
    CU_ASSERT_EQUAL(sample_write(path, &s, digest, &err), STATUS_OK);
    CU_ASSERT_EQUAL(results_read(path, &findings, &err), STATUS_OK);
    findings_free(findings);
    unlink(path);
}

static void check_appears(void)
{
    struct sample s = sample_usual();
    char path[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    struct results_writer *writer = NULL;
    size_t n;

    in_folder("late.h5", path);
    CU_ASSERT_EQUAL_FATAL(sample_start_file(path, &s, &writer, digest, &err), STATUS_OK);
    put_file(path, "precious", 8);
    size_t before = files_in(folder);
    CU_ASSERT_EQUAL(results_commit(&writer, &err), STATUS_CREATE);
    CU_ASSERT_PTR_NULL(writer);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_EQUAL(files_in(folder), before - 1);
    char *kept = get_file(path, &n);
    CU_ASSERT(n == 8 && memcmp(kept, "precious", 8) == 0);
    free(kept);
    unlink(path);
}

static void check_abandon(void)
{
    struct sample s = sample_usual();
    char path[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    struct results_writer *writer = NULL;

    in_folder("left.h5", path);
    size_t before = files_in(folder);
    CU_ASSERT_EQUAL_FATAL(sample_start_file(path, &s, &writer, digest, &err), STATUS_OK);
    CU_ASSERT_EQUAL(files_in(folder), before + 1);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    results_abandon(writer);
    CU_ASSERT_EQUAL(files_in(folder), before);
    CU_ASSERT_EQUAL(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    results_abandon(NULL);
}

/* Reading path fails with code and a sentence with `saying`. */
static void expect_unreadable(const char *path, enum status code, const char *saying)
{
    struct error err = {0};
    struct findings *findings = NULL;

    CU_ASSERT_EQUAL(results_read(path, &findings, &err), code);
    CU_ASSERT_PTR_NULL(findings);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, saying));
    CU_ASSERT_EQUAL(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void check_wrong_file(void)
{
    char path[128];

    in_folder("none.h5", path);
    expect_unreadable(path, STATUS_NO_INPUT, "No such file");
    expect_unreadable(folder, STATUS_DATA, "folder");
    in_folder("text.h5", path);
    put_file(path, "id,verdict\n", 11);
    expect_unreadable(path, STATUS_DATA, "not an HDF5 file");
    put_file(path, "", 0);
    expect_unreadable(path, STATUS_DATA, "not an HDF5 file");
    H5Fclose(H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    expect_unreadable(path, STATUS_DATA, "/anomalies/id is missing");
    unlink(path);
}

static void check_cut(void)
{
    struct sample s = sample_usual();
    char path[128], cut[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    size_t n;

    s.n_row = 5;
    in_folder("whole.h5", path);
    in_folder("cut.h5", cut);
    CU_ASSERT_EQUAL_FATAL(sample_write(path, &s, digest, &err), STATUS_OK);
    char *byte = get_file(path, &n);
    put_file(cut, byte, n);
    for (size_t size = n; size-- > 0;) {
        if (size > 2048 && n - size > 64 && size % 101 != 0)
            continue;
        CU_ASSERT_EQUAL_FATAL(truncate(cut, (off_t)size), 0);
        expect_unreadable(cut, STATUS_DATA, "cut short");
    }
    free(byte);
    unlink(path);
    unlink(cut);
}

/* Puts a sample at path, changed as `damage` does. It is written once and then copied. */
static void damage_sample(const char *path, const char *object,
                          void (*damage)(hid_t, const char *))
{
    struct sample s = sample_usual();
    char pristine[128], digest[RESULTS_DIGEST];
    struct error err = {0};
    size_t n;

    in_folder("pristine.h5", pristine);
    s.n_row = 5;
    if (access(pristine, F_OK) != 0)
        CU_ASSERT_EQUAL_FATAL(sample_write(pristine, &s, digest, &err), STATUS_OK);
    char *byte = get_file(pristine, &n);
    put_file(path, byte, n);
    free(byte);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    CU_ASSERT_FATAL(file >= 0);
    damage(file, object);
    H5Fclose(file);
}

static void remove_object(hid_t file, const char *object)
{
    CU_ASSERT(H5Ldelete(file, object, H5P_DEFAULT) >= 0);
}

static void lengthen(hid_t file, const char *object)
{
    hid_t dataset = H5Dopen2(file, object, H5P_DEFAULT), space = H5Dget_space(dataset);
    hsize_t size[2];

    H5Sget_simple_extent_dims(space, size, NULL);
    size[0]++;
    CU_ASSERT(H5Dset_extent(dataset, size) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
}

static void lengthen_beyond(hid_t file, const char *object)
{
    hid_t dataset = H5Dopen2(file, object, H5P_DEFAULT);
    hsize_t size[2] = {(hsize_t)1 << 60, SAMPLE_FEATURES};

    CU_ASSERT(H5Dset_extent(dataset, size) >= 0);
    H5Dclose(dataset);
}

/* A dataset with the name, and the number of entries of /anomalies, but of 32-bit bit fields. */
static void change_type(hid_t file, const char *object)
{
    hsize_t size[2] = {SAMPLE_ANOMALIES, SAMPLE_FEATURES};

    remove_object(file, object);
    hid_t space = H5Screate_simple(strstr(object, "contributions") != NULL ? 2 : 1, size, NULL);
    if (strstr(object, "/model") != NULL) {
        H5Sclose(space);
        size[0] = SAMPLE_FEATURES;
        space = H5Screate_simple(1, size, NULL);
    }
    hid_t dataset =
        H5Dcreate2(file, object, H5T_STD_B32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static const char *const needed[] = {"/anomalies/id",
                                     "/anomalies/row_number",
                                     "/anomalies/as_of_date",
                                     "/anomalies/company",
                                     "/anomalies/account",
                                     "/anomalies/au",
                                     "/anomalies/match_status",
                                     "/anomalies/days_since_last",
                                     "/anomalies/gl_balance",
                                     "/anomalies/ihub_balance",
                                     "/anomalies/balance_difference",
                                     "/anomalies/gl_change",
                                     "/anomalies/ihub_change",
                                     "/anomalies/diff_change",
                                     "/anomalies/gl_std",
                                     "/anomalies/ihub_std",
                                     "/anomalies/anomaly_score",
                                     "/anomalies/severity",
                                     "/anomalies/pattern",
                                     "/model/feature_names"};

enum { N_NEEDED = sizeof needed / sizeof *needed };

static void check_missing(void)
{
    static const char *const group[] = {"/rows", "/anomalies", "/model", "/run"};
    char path[128];

    in_folder("part.h5", path);
    for (size_t i = 0; i < N_NEEDED; i++) {
        damage_sample(path, needed[i], remove_object);
        expect_unreadable(path, STATUS_DATA, needed[i]);
    }
    for (size_t i = 0; i < sizeof group / sizeof *group; i++) {
        damage_sample(path, group[i], remove_object);
        expect_unreadable(path, STATUS_DATA, group[i]);
    }
    unlink(path);
}

static void check_lengths(void)
{
    char path[128];

    in_folder("long.h5", path);
    for (size_t i = 1; i < N_NEEDED; i++) {
        damage_sample(path, needed[i], lengthen);
        expect_unreadable(path, STATUS_DATA, needed[i]);
    }
    damage_sample(path, "/anomalies/contributions", lengthen);
    expect_unreadable(path, STATUS_DATA, "/anomalies/contributions");
    damage_sample(path, "/anomalies/id", lengthen);
    expect_unreadable(path, STATUS_DATA, "/anomalies/");
    damage_sample(path, "/rows/anomaly_score", lengthen);
    expect_unreadable(path, STATUS_DATA, "/rows/row_number");
    damage_sample(path, "/anomalies/id", lengthen_beyond);
    expect_unreadable(path, STATUS_DATA, "more entries than the file");
    unlink(path);
}

static void check_types(void)
{
    char path[128];

    in_folder("type.h5", path);
    for (size_t i = 0; i < N_NEEDED; i++) {
        damage_sample(path, needed[i], change_type);
        expect_unreadable(path, STATUS_DATA, "another type");
    }
    damage_sample(path, "/anomalies/contributions", change_type);
    expect_unreadable(path, STATUS_DATA, "another type");
    unlink(path);
}

static void remove_attribute(hid_t file, const char *object)
{
    CU_ASSERT(H5Adelete_by_name(file, "/model", object, H5P_DEFAULT) >= 0);
}

static void check_attributes(void)
{
    static const char *const attribute[] = {"contamination", "offset", "profile"};
    char path[128], full[64];

    in_folder("attribute.h5", path);
    for (size_t i = 0; i < sizeof attribute / sizeof *attribute; i++) {
        damage_sample(path, attribute[i], remove_attribute);
        snprintf(full, sizeof full, "/model@%s is missing", attribute[i]);
        expect_unreadable(path, STATUS_DATA, full);
    }
    unlink(path);
}

int main(void)
{
    static const struct fact fact[] = {
        {"a file that outgrows its limit anywhere fails with the reason and leaves nothing",
         check_full_disk},
        {"a missing folder, a folder and a device are refused", check_bad_target},
        {"a folder that may not be written is refused", check_forbidden},
        {"an existing file is replaced with force and kept without", check_existing},
        {"a file that appeared while writing is kept", check_appears},
        {"abandoning removes the temporary file", check_abandon},
        {"a missing file, a text and a foreign HDF5 file are told apart", check_wrong_file},
        {"a file cut anywhere is refused", check_cut},
        {"each missing part is named", check_missing},
        {"datasets of different or impossible lengths are refused", check_lengths},
        {"datasets of another type are refused", check_types},
        {"missing attributes are named", check_attributes},
    };
    folder_make(folder);
    int failed = suite_run("results_failures", fact, sizeof fact / sizeof *fact);
    folder_remove(folder);
    return failed || H5close() < 0;
}
