/* draft.h in a folder of its own: what is the same is left alone, and a full disk or a folder in
 * the way leaves what was there. */
#include "draft.h"

#include "scratch.h"
#include "suite.h"

static enum status put(const struct scratch *scratch, const char *text, bool *changed,
                       struct error *err)
{
    return draft_write(scratch->folder, "a.json", text, strlen(text), changed, err);
}

static void expect(const struct scratch *scratch, const char *text)
{
    struct error err;
    char *byte = NULL;
    size_t n = 0;

    CU_ASSERT_EQUAL_FATAL(draft_read(scratch->folder, "a.json", &byte, &n, &err), STATUS_OK);
    CU_ASSERT_EQUAL(n, strlen(text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(byte);
    CU_ASSERT_EQUAL(memcmp(byte, text, n), 0);
    free(byte);
}

static void only_what_is_new_is_written(void)
{
    struct scratch scratch = scratch_make();
    struct error err = {0};
    struct stat first, second;
    char path[SCRATCH_PATH];
    bool changed = false;

    scratch_path(&scratch, "a.json", path);
    CU_ASSERT_EQUAL(put(&scratch, "[1]", &changed, &err), STATUS_OK);
    CU_ASSERT(changed);
    CU_ASSERT_EQUAL(stat(path, &first), 0);
    CU_ASSERT_EQUAL(put(&scratch, "[1]", &changed, &err), STATUS_OK);
    CU_ASSERT(!changed);
    CU_ASSERT_EQUAL(stat(path, &second), 0);
    CU_ASSERT_EQUAL(first.st_ino, second.st_ino);
    CU_ASSERT_EQUAL(put(&scratch, "[2]", &changed, &err), STATUS_OK);
    CU_ASSERT(changed);
    expect(&scratch, "[2]");
    CU_ASSERT_EQUAL(put(&scratch, "[2]\n", NULL, &err), STATUS_OK);
    expect(&scratch, "[2]\n");
    CU_ASSERT_EQUAL(put(&scratch, "", &changed, &err), STATUS_OK);
    CU_ASSERT(changed);
    expect(&scratch, "");
    CU_ASSERT_EQUAL(put(&scratch, "", &changed, &err), STATUS_OK);
    CU_ASSERT(!changed);
    CU_ASSERT_EQUAL(scratch_count(&scratch, 0), 1);
    scratch_remove(&scratch);
}

static void a_missing_draft_has_no_bytes(void)
{
    struct scratch scratch = scratch_make();
    struct error err;
    char *byte = NULL;
    size_t n = 1;

    CU_ASSERT_EQUAL(draft_read(scratch.folder, "a.json", &byte, &n, &err), STATUS_OK);
    CU_ASSERT_PTR_NULL(byte);
    CU_ASSERT_EQUAL(n, 0);
    scratch_remove(&scratch);
}

static void a_full_disk_leaves_the_old_one(void)
{
    struct scratch scratch = scratch_make();
    struct error err = {0};

    CU_ASSERT_EQUAL(put(&scratch, "[1]", NULL, &err), STATUS_OK);
    for (rlim_t room = 0; room < 5; room++) {
        scratch_limit(room);
        CU_ASSERT_EQUAL(put(&scratch, "[1,2]", NULL, &err), STATUS_WRITE);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "a.json: File too large"));
        scratch_limit(RLIM_INFINITY);
        expect(&scratch, "[1]");
        CU_ASSERT_EQUAL(scratch_count(&scratch, 0), 1);
    }
    CU_ASSERT_EQUAL(put(&scratch, "[1,2]", NULL, &err), STATUS_OK);
    expect(&scratch, "[1,2]");
    scratch_remove(&scratch);
}

static void what_stands_in_the_way_is_said(void)
{
    struct scratch scratch = scratch_make();
    struct error err = {0};
    char path[SCRATCH_PATH];

    scratch_path(&scratch, "a.json", path);
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    CU_ASSERT_EQUAL(put(&scratch, "[1]", NULL, &err), STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_EQUAL(draft_write("no-such-folder", "a.json", "", 0, NULL, &err), STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no-such-folder/a.json"));
    if (geteuid() != 0) {
        chmod(scratch.folder, 0500);
        CU_ASSERT_EQUAL(draft_write(scratch.folder, "b.json", "", 0, NULL, &err),
                        STATUS_PERMISSION);
        chmod(scratch.folder, 0700);
    }
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"only what is new is written", only_what_is_new_is_written},
        {"a missing draft has no bytes", a_missing_draft_has_no_bytes},
        {"a full disk leaves the old draft", a_full_disk_leaves_the_old_one},
        {"what stands in the way is said", what_stands_in_the_way_is_said},
    };
    return suite_run("draft", FACT, sizeof FACT / sizeof *FACT);
}
