/* swap_file.h: what is under the final name at every step. */
#include "swap_file.h"

#include "made_up.h"
#include "suite.h"

#include <unistd.h>

static void open_in_new_folder(struct swap_file *swap, char *folder, const char *text)
{
    struct error err = {0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    CU_ASSERT_EQUAL_FATAL(swap_file_open(swap, folder, "f", &err), STATUS_OK);
    fputs(text, swap->out);
}

static void name_appears_at_commit(void)
{
    char folder[] = "tieout-test-XXXXXX";
    struct swap_file swap = {0};
    struct error err = {0};

    open_in_new_folder(&swap, folder, "new");
    CU_ASSERT_EQUAL(swap_file_finish(&swap, &err), STATUS_OK);
    CU_ASSERT_EQUAL(access(swap.path, F_OK), -1);
    CU_ASSERT_EQUAL(swap_file_commit(&swap, &err), STATUS_OK);
    char *text = file_text(swap.path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, "new");
    free(text);
    unlink(swap.path);
    swap_file_close(&swap);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void old_file_outlives_no_commit(void)
{
    char folder[] = "tieout-test-XXXXXX";
    struct swap_file swap = {0};
    struct error err = {0};
    char *old = NULL;
    size_t n = 0;

    open_in_new_folder(&swap, folder, "new");
    FILE *out = fopen(swap.path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fputs("old", out);
    fclose(out);
    CU_ASSERT_EQUAL(swap_file_read_old(&swap, &old, &n, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    CU_ASSERT_EQUAL(memcmp(old, "old", n), 0);
    free(old);

    char path[64];
    snprintf(path, sizeof path, "%s", swap.path);
    swap_file_close(&swap);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0); /* the temporary file is gone too */
}

static void same_means_every_byte(void)
{
    char folder[] = "tieout-test-XXXXXX";
    struct swap_file swap = {0};
    struct error err = {0};
    char *old = NULL;
    size_t n = 7;

    open_in_new_folder(&swap, folder, "bytes");
    CU_ASSERT_EQUAL(swap_file_finish(&swap, &err), STATUS_OK);
    CU_ASSERT(swap_file_is_same(&swap, "bytes", 5));
    CU_ASSERT_FALSE(swap_file_is_same(&swap, "bytes!", 6));
    CU_ASSERT_FALSE(swap_file_is_same(&swap, "byte", 4));
    CU_ASSERT_FALSE(swap_file_is_same(&swap, "bytez", 5));
    CU_ASSERT_FALSE(swap_file_is_same(&swap, "", 0));
    CU_ASSERT_EQUAL(swap_file_read_old(&swap, &old, &n, &err), STATUS_OK);
    CU_ASSERT_PTR_NULL(old);
    CU_ASSERT_EQUAL(n, 0);
    swap_file_close(&swap);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void large_old_file_is_read_whole(void)
{
    enum { SIZE = 1 << 20 };
    char folder[] = "tieout-test-XXXXXX";
    struct swap_file swap = {0};
    struct error err = {0};
    char *old = NULL;
    size_t n = 0;
    size_t wrong = 0;

    open_in_new_folder(&swap, folder, "");
    for (int i = 0; i < SIZE; i++)
        fputc(i % 251, swap.out);
    CU_ASSERT_EQUAL(swap_file_finish(&swap, &err), STATUS_OK);
    CU_ASSERT_EQUAL(swap_file_commit(&swap, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(swap_file_read_old(&swap, &old, &n, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(n, SIZE);
    for (int i = 0; i < SIZE; i++)
        wrong += (unsigned char)old[i] != i % 251;
    CU_ASSERT_EQUAL(wrong, 0);
    free(old);
    unlink(swap.path);
    swap_file_close(&swap);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void missing_folder_is_an_error(void)
{
    struct swap_file swap = {0};
    struct error err = {0};

    CU_ASSERT_EQUAL(swap_file_open(&swap, "no/such/folder", "f", &err), STATUS_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no/such/folder"));
    swap_file_close(&swap);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the name appears at the commit, not before", name_appears_at_commit},
        {"without a commit the old file stays and the new one goes",
         old_file_outlives_no_commit},
        {"same means every byte", same_means_every_byte},
        {"a large old file is read whole", large_old_file_is_read_whole},
        {"a missing folder is an error that names it", missing_folder_is_an_error},
    };
    return suite_run("swap_file", FACT, sizeof FACT / sizeof *FACT);
}
