/* outbox.h on real files: what is left when a process is killed in the middle, when the disk is
 * full at each size, when two want it at once, and when the file is another's. */
#include "outbox.h"

#include "scratch.h"
#include "suite.h"

#include <sqlite3.h>
#include <sys/wait.h>

enum { ALL = (1u << N_OUTBOX_STATE) - 1u };

static const struct outbox_name FIRST = {"jira", "ticket", "aaaa"};
static const struct outbox_name SECOND = {"jira", "comment", "aaaa"};
static const struct outbox_name THIRD = {"email", "mail", "bbbb"};

struct box {
    struct scratch scratch;
    char path[SCRATCH_PATH];
    struct outbox *outbox;
    struct error err;
};

static struct box box_make(void)
{
    struct box box = {.scratch = scratch_make()};

    scratch_path(&box.scratch, "outbox.db", box.path);
    CU_ASSERT_EQUAL_FATAL(outbox_open(box.path, &box.outbox, &box.err), STATUS_OK);
    return box;
}

static void box_remove(struct box *box)
{
    outbox_close(box->outbox);
    scratch_remove(&box->scratch);
}

static void box_reopen(struct box *box)
{
    outbox_close(box->outbox);
    box->outbox = NULL;
    CU_ASSERT_EQUAL_FATAL(outbox_open(box->path, &box->outbox, &box->err), STATUS_OK);
}

static size_t count(struct box *box, const char *service, const char *kind, unsigned states)
{
    struct outbox_list list = {0};

    CU_ASSERT_EQUAL(outbox_select(box->outbox, service, kind, states, &list, &box->err),
                    STATUS_OK);
    size_t n = list.n;
    outbox_list_free(&list);
    return n;
}

/* The action of that name has this state, number of tries, answer and reason. */
static void expect(struct box *box, struct outbox_name name, enum outbox_state state,
                   int64_t tries, const char *answer, const char *reason)
{
    struct outbox_list list = {0};

    CU_ASSERT_EQUAL_FATAL(outbox_find(box->outbox, name, &list, &box->err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(list.n, 1);
    CU_ASSERT_STRING_EQUAL(list.action->service, name.service);
    CU_ASSERT_STRING_EQUAL(list.action->kind, name.kind);
    CU_ASSERT_STRING_EQUAL(list.action->key, name.key);
    CU_ASSERT_EQUAL(list.action->state, state);
    CU_ASSERT_EQUAL(list.action->tries, tries);
    CU_ASSERT_STRING_EQUAL(list.action->answer, answer);
    CU_ASSERT_STRING_EQUAL(list.action->reason, reason);
    outbox_list_free(&list);
}

static void add_three(struct box *box)
{
    CU_ASSERT_EQUAL(outbox_begin(box->outbox, &box->err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box->outbox, FIRST, &box->err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box->outbox, SECOND, &box->err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box->outbox, THIRD, &box->err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_commit(box->outbox, &box->err), STATUS_OK);
}

static enum status mark(struct box *box, struct outbox_name name, enum outbox_state state,
                        const char *answer, const char *reason)
{
    return outbox_mark(box->outbox, name, state, answer, reason, &box->err);
}

static void states_survive_reopening(void)
{
    struct box box = box_make();

    add_three(&box);
    expect(&box, FIRST, OUTBOX_PENDING, 0, "", "");
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_SENT, NULL, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_PENDING, NULL, "busy"), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_SENT, NULL, NULL), STATUS_OK);
    expect(&box, FIRST, OUTBOX_SENT, 2, "", "busy");
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, "FIN-7", ""), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, THIRD, OUTBOX_FAILED, NULL, "it's \"550\""), STATUS_OK);
    box_reopen(&box);
    expect(&box, FIRST, OUTBOX_DONE, 2, "FIN-7", "");
    expect(&box, SECOND, OUTBOX_PENDING, 0, "", "");
    expect(&box, THIRD, OUTBOX_FAILED, 0, "", "it's \"550\"");
    box_remove(&box);
}

static void lists_are_by_service_kind_and_state(void)
{
    struct box box = box_make();
    struct outbox_list list = {0};

    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 0);
    add_three(&box);
    CU_ASSERT_EQUAL(mark(&box, SECOND, OUTBOX_DONE, "1", NULL), STATUS_OK);
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 3);
    CU_ASSERT_EQUAL(count(&box, "jira", NULL, ALL), 2);
    CU_ASSERT_EQUAL(count(&box, "jira", "ticket", ALL), 1);
    CU_ASSERT_EQUAL(count(&box, NULL, "mail", ALL), 1);
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, 1u << OUTBOX_PENDING), 2);
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, 1u << OUTBOX_DONE | 1u << OUTBOX_FAILED), 1);
    CU_ASSERT_EQUAL(count(&box, "jira' OR '1'='1", NULL, ALL), 0);
    CU_ASSERT_EQUAL(outbox_select(box.outbox, NULL, NULL, ALL, &list, &box.err), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(list.action[0].kind, "ticket");
    CU_ASSERT_STRING_EQUAL(list.action[2].kind, "mail");
    outbox_list_free(&list);
    CU_ASSERT_EQUAL(outbox_find(box.outbox, (struct outbox_name){"jira", "ticket", "zzzz"},
                                &list, &box.err),
                    STATUS_OK);
    CU_ASSERT_EQUAL(list.n, 0);
    outbox_list_free(&list);
    box_remove(&box);
}

static void adding_again_changes_nothing(void)
{
    struct box box = box_make();

    add_three(&box);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, "FIN-7", NULL), STATUS_OK);
    add_three(&box);
    expect(&box, FIRST, OUTBOX_DONE, 0, "FIN-7", "");
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 3);
    box_remove(&box);
}

static char *file_bytes(const char *path, size_t *n)
{
    FILE *in = fopen(path, "rb");
    char *byte = calloc(1, 1 << 20);

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    CU_ASSERT_PTR_NOT_NULL_FATAL(byte);
    *n = fread(byte, 1, 1 << 20, in);
    fclose(in);
    return byte;
}

static void a_run_with_nothing_to_do_leaves_the_bytes(void)
{
    struct box box = box_make();
    size_t n_before = 0, n_after = 0;
    int64_t n_retried = 0;

    add_three(&box);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, "FIN-7", NULL), STATUS_OK);
    box_reopen(&box);
    char *before = file_bytes(box.path, &n_before);
    add_three(&box);
    CU_ASSERT_EQUAL(outbox_retry_failed(box.outbox, &n_retried, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(n_retried, 0);
    box_reopen(&box);
    char *after = file_bytes(box.path, &n_after);
    CU_ASSERT_EQUAL_FATAL(n_before, n_after);
    CU_ASSERT_EQUAL(memcmp(before, after, n_before), 0);
    free(before);
    free(after);
    box_remove(&box);
}

static void an_abandoned_transaction_leaves_nothing(void)
{
    struct box box = box_make();

    CU_ASSERT_EQUAL(outbox_add(box.outbox, FIRST, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_begin(box.outbox, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box.outbox, SECOND, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, "x", "y"), STATUS_OK);
    outbox_abandon(box.outbox);
    outbox_abandon(box.outbox);
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 1);
    expect(&box, FIRST, OUTBOX_PENDING, 0, "", "");
    CU_ASSERT_EQUAL(outbox_begin(box.outbox, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box.outbox, THIRD, &box.err), STATUS_OK);
    box_reopen(&box); /* closed in a transaction */
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 1);
    box_remove(&box);
}

static void failed_is_pending_after_a_retry(void)
{
    struct box box = box_make();
    int64_t n = 0;

    add_three(&box);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_FAILED, NULL, "no such project"), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, SECOND, OUTBOX_FAILED, NULL, "no such project"), STATUS_OK);
    CU_ASSERT_EQUAL(mark(&box, THIRD, OUTBOX_DONE, NULL, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_retry_failed(box.outbox, &n, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(n, 2);
    expect(&box, FIRST, OUTBOX_PENDING, 0, "", "no such project");
    expect(&box, THIRD, OUTBOX_DONE, 0, "", "");
    box_remove(&box);
}

static void a_mark_without_an_action_is_our_mistake(void)
{
    struct box box = box_make();

    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, NULL, NULL), STATUS_INTERNAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(box.err.text, "aaaa"));
    box_remove(&box);
}

static void one_process_has_it(void)
{
    struct box box = box_make();
    struct outbox *other = NULL;
    int state = 0;

    pid_t child = fork();
    CU_ASSERT_FATAL(child >= 0);
    if (child == 0) {
        struct error err = {0};
        bool refused = outbox_open(box.path, &other, &err) == STATUS_SERVICE &&
                       strstr(err.text, box.path) != NULL && other == NULL;
        _exit(refused ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
    CU_ASSERT_EQUAL(state, 0);
    CU_ASSERT_EQUAL(outbox_open(box.path, &other, &box.err), STATUS_SERVICE);
    add_three(&box); /* the refused ones have taken no lock away */
    box_reopen(&box);
    CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 3);
    box_remove(&box);
}

static void others_may_look_meanwhile(void)
{
    struct box box = box_make();
    struct box looking = box;

    add_three(&box);
    CU_ASSERT_EQUAL_FATAL(outbox_open_reading(box.path, &looking.outbox, &looking.err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(count(&looking, NULL, NULL, ALL), 3);
    CU_ASSERT_EQUAL(mark(&box, FIRST, OUTBOX_DONE, "FIN-7", NULL), STATUS_OK);
    expect(&looking, FIRST, OUTBOX_DONE, 0, "FIN-7", "");
    CU_ASSERT_NOT_EQUAL(outbox_add(looking.outbox, FIRST, &looking.err), STATUS_OK);
    outbox_close(looking.outbox);
    box_remove(&box);
}

static void nothing_to_look_at(void)
{
    struct box box = {.scratch = scratch_make()};

    scratch_path(&box.scratch, "outbox.db", box.path);
    CU_ASSERT_EQUAL(outbox_open_reading(box.path, &box.outbox, &box.err), STATUS_NO_INPUT);
    CU_ASSERT_EQUAL(scratch_count(&box.scratch, 0), 0);
    scratch_put(box.path, "", 0, 0600); /* killed before the first commit */
    CU_ASSERT_EQUAL(outbox_open_reading(box.path, &box.outbox, &box.err), STATUS_NO_INPUT);
    CU_ASSERT_EQUAL(outbox_open(box.path, &box.outbox, &box.err), STATUS_OK);
    box_remove(&box);
}

static void only_its_owner_may_read_it(void)
{
    mode_t before = umask(0);
    struct box box = box_make();
    struct stat about;

    CU_ASSERT_EQUAL(stat(box.path, &about), 0);
    CU_ASSERT_EQUAL(about.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(outbox_begin(box.outbox, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(outbox_add(box.outbox, FIRST, &box.err), STATUS_OK);
    char journal[SCRATCH_PATH];
    scratch_path(&box.scratch, "outbox.db-journal", journal);
    CU_ASSERT_EQUAL(stat(journal, &about), 0);
    CU_ASSERT_EQUAL(about.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(outbox_commit(box.outbox, &box.err), STATUS_OK);
    CU_ASSERT_EQUAL(scratch_count(&box.scratch, 0), 1);
    umask(before);
    box_remove(&box);
}

/* Runs sql on the file, as another program would. */
static void change_file(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void expect_refusal(struct box *box, enum status code, const char *saying)
{
    struct outbox *none = NULL;

    CU_ASSERT_EQUAL(outbox_open(box->path, &none, &box->err), code);
    CU_ASSERT_PTR_NOT_NULL(strstr(box->err.text, box->path));
    CU_ASSERT_PTR_NOT_NULL(strstr(box->err.text, saying));
    CU_ASSERT_PTR_NULL(none);
}

static void foreign_files_are_refused(void)
{
    struct box box = box_make();

    add_three(&box);
    outbox_close(box.outbox);
    box.outbox = NULL;
    change_file(box.path, "PRAGMA user_version = 7");
    expect_refusal(&box, STATUS_DATA, "version 7");
    change_file(box.path, "PRAGMA user_version = 1; PRAGMA application_id = 1");
    expect_refusal(&box, STATUS_DATA, "not an outbox");
    scratch_put(box.path, "id,verdict\n1,yes\n", 17, 0600);
    expect_refusal(&box, STATUS_DATA, "not a database");
    unlink(box.path);
    CU_ASSERT_EQUAL(mkdir(box.path, 0700), 0);
    expect_refusal(&box, STATUS_CREATE, "directory");
    rmdir(box.path);
    CU_ASSERT_EQUAL(symlink("elsewhere", box.path), 0);
    expect_refusal(&box, STATUS_CREATE, "symbolic link");
    unlink(box.path);
    CU_ASSERT_EQUAL(mkfifo(box.path, 0600), 0);
    expect_refusal(&box, STATUS_CREATE, "not a regular file");
    unlink(box.path);
    strcat(box.path, "/outbox.db"); /* below a folder that is missing */
    expect_refusal(&box, STATUS_CREATE, "No such file");
    box_remove(&box);
}

/* Kills itself in a transaction that has grown beyond SQLite's cache, so that some of it is in
 * the file already. */
static void die_in_a_transaction(const char *path)
{
    struct outbox *outbox = NULL;
    struct error err;
    char key[32];
    char reason[4000];

    memset(reason, 'r', sizeof reason);
    reason[sizeof reason - 1] = '\0';
    bool well = outbox_open(path, &outbox, &err) == STATUS_OK;
    well = well && outbox_begin(outbox, &err) == STATUS_OK;
    for (int i = 0; well && i < 3000; i++) {
        snprintf(key, sizeof key, "%08d", i);
        const struct outbox_name name = {"jira", "ticket", key};
        well = outbox_add(outbox, name, &err) == STATUS_OK &&
               outbox_mark(outbox, name, OUTBOX_FAILED, "", reason, &err) == STATUS_OK;
    }
    if (well)
        raise(SIGKILL);
    _exit(1);
}

static void a_killed_transaction_is_undone(void)
{
    struct box box = box_make();
    struct stat about;
    int state = 0;

    add_three(&box);
    for (int reading = 0; reading < 2; reading++) {
        outbox_close(box.outbox);
        box.outbox = NULL;
        pid_t child = fork();
        CU_ASSERT_FATAL(child >= 0);
        if (child == 0)
            die_in_a_transaction(box.path);
        CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
        CU_ASSERT(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
        CU_ASSERT_EQUAL(stat(box.path, &about), 0);
        CU_ASSERT(about.st_size > 1 << 20);
        CU_ASSERT_EQUAL(scratch_count(&box.scratch, 0), 2); /* its journal is there */
        CU_ASSERT_EQUAL_FATAL(
            (reading ? outbox_open_reading : outbox_open)(box.path, &box.outbox, &box.err),
            STATUS_OK);
        CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), 3);
        CU_ASSERT_EQUAL(count(&box, NULL, NULL, 1u << OUTBOX_PENDING), 3);
    }
    box_remove(&box);
}

/* Opens, adds two and marks one, all together; the first failure's code. */
static enum status work(struct box *box)
{
    enum status st = STATUS_OK;

    box->outbox = NULL;
    TRY(outbox_open(box->path, &box->outbox, &box->err));
    TRY(outbox_begin(box->outbox, &box->err));
    TRY(outbox_add(box->outbox, SECOND, &box->err));
    TRY(outbox_add(box->outbox, THIRD, &box->err));
    TRY(mark(box, FIRST, OUTBOX_DONE, "FIN-7", NULL));
    TRY(outbox_commit(box->outbox, &box->err));
done:
    if (st != STATUS_OK && box->outbox != NULL)
        outbox_abandon(box->outbox);
    return st;
}

static void a_full_disk_loses_nothing(void)
{
    struct box box = box_make();
    struct stat about;
    int n_failed = 0;

    CU_ASSERT_EQUAL(outbox_add(box.outbox, FIRST, &box.err), STATUS_OK);
    outbox_close(box.outbox);
    CU_ASSERT_EQUAL(stat(box.path, &about), 0);
    for (rlim_t room = 0; room <= (rlim_t)about.st_size + 8192; room += 256) {
        scratch_limit(room);
        enum status st = work(&box);
        if (st != STATUS_OK) {
            n_failed++;
            CU_ASSERT_EQUAL(st, STATUS_WRITE);
            CU_ASSERT_PTR_NOT_NULL(strstr(box.err.text, box.path));
        }
        outbox_close(box.outbox);
        scratch_limit(RLIM_INFINITY);
        CU_ASSERT_EQUAL_FATAL(outbox_open(box.path, &box.outbox, &box.err), STATUS_OK);
        CU_ASSERT_EQUAL(count(&box, NULL, NULL, ALL), st == STATUS_OK ? 3 : 1);
        CU_ASSERT_EQUAL(count(&box, NULL, NULL, 1u << OUTBOX_DONE), st == STATUS_OK ? 1 : 0);
        outbox_close(box.outbox);
        box.outbox = NULL;
        if (st == STATUS_OK)
            break;
    }
    CU_ASSERT(n_failed > 0);
    scratch_limit(0);
    unlink(box.path);
    CU_ASSERT_EQUAL(outbox_open(box.path, &box.outbox, &box.err), STATUS_WRITE);
    scratch_limit(RLIM_INFINITY);
    CU_ASSERT_EQUAL(outbox_open(box.path, &box.outbox, &box.err), STATUS_OK);
    box_remove(&box);
}

static void a_closed_folder_is_said(void)
{
    struct box box = box_make();
    struct outbox *none = NULL;

    if (geteuid() == 0) {
        CU_PASS("root may write anywhere");
        box_remove(&box);
        return;
    }
    chmod(box.scratch.folder, 0500);
    CU_ASSERT_EQUAL(outbox_add(box.outbox, FIRST, &box.err), STATUS_PERMISSION);
    CU_ASSERT_PTR_NOT_NULL(strstr(box.err.text, box.path));
    chmod(box.scratch.folder, 0700);
    CU_ASSERT_EQUAL(outbox_add(box.outbox, FIRST, &box.err), STATUS_OK);
    outbox_close(box.outbox);
    box.outbox = NULL;
    chmod(box.path, 0000);
    CU_ASSERT_EQUAL(outbox_open(box.path, &none, &box.err), STATUS_PERMISSION);
    box_remove(&box);
}

static void states_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(outbox_state_name(OUTBOX_PENDING), "pending");
    CU_ASSERT_STRING_EQUAL(outbox_state_name(OUTBOX_FAILED), "failed");
}

int main(void)
{
    static const struct fact FACT[] = {
        {"states, answers and reasons survive reopening", states_survive_reopening},
        {"lists are by service, kind and state, in the order added",
         lists_are_by_service_kind_and_state},
        {"adding again changes nothing", adding_again_changes_nothing},
        {"a run with nothing to do leaves the file's bytes",
         a_run_with_nothing_to_do_leaves_the_bytes},
        {"an abandoned transaction leaves nothing", an_abandoned_transaction_leaves_nothing},
        {"failed is pending after a retry", failed_is_pending_after_a_retry},
        {"a mark without an action is our mistake", a_mark_without_an_action_is_our_mistake},
        {"one process has it; the second is told at once", one_process_has_it},
        {"others may look meanwhile, and change nothing", others_may_look_meanwhile},
        {"an outbox that is missing or empty is nothing to look at", nothing_to_look_at},
        {"only its owner may read it and its journal", only_its_owner_may_read_it},
        {"foreign files and other versions are refused", foreign_files_are_refused},
        {"a transaction that was killed is undone, by a writer or a reader",
         a_killed_transaction_is_undone},
        {"a full disk at any size loses nothing", a_full_disk_loses_nothing},
        {"a folder or file that is closed to us is said so", a_closed_folder_is_said},
        {"states have names", states_have_names},
    };
    return suite_run("outbox", FACT, sizeof FACT / sizeof *FACT);
}
