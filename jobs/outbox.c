/* The outbox: one SQLite table, a row an action. SQLite, because a commit that survives a crash
 * at any instruction is easy to get wrong and SQLite has got it right. Rollback journal, not
 * write-ahead log, as results lie on network file systems and WAL needs shared memory.
 * synchronous=EXTRA also syncs the folder when the journal is removed: without it a power cut
 * could bring the journal back, and with it the state before the commit.
 *
 * One process at a time writes. SQLite's own exclusive mode would lock out those who only look,
 * so the writer holds a lock of its own on a byte of the file that SQLite does not use; it ends
 * with the process, however that ends. It belongs to the open file (OFD), as locks that belong
 * to the process would go when any descriptor of the file is closed.
 *
 * What an action means and when its state changes is the jobs' part. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* F_OFD_SETLK */
#endif
#include "outbox.h"

#include "mem.h"
#include "text_store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION 0x74696f75 /* "tiou", in the file's header */
#define VERSION     1
#define TEXT_OF(x)  #x
#define TEXT(x)     TEXT_OF(x)

enum { WAIT_MS = 10000 /* for whoever is looking at the file just now */ };

/* SQLite locks byte 0x40000000 and the 511 behind it. */
static const off_t WRITER_BYTE = 0x40000400;

#define IS_NAMED "service = ?1 AND kind = ?2 AND key = ?3"
#define COLUMNS  "service, kind, key, answer, reason, state, tries"

static const char SCHEMA[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE action ("
    " number INTEGER PRIMARY KEY," /* the order they were added in */
    " service TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3)," /* enum outbox_state */
    " tries INTEGER NOT NULL DEFAULT 0,"
    " answer TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',"
    " UNIQUE (service, kind, key)) STRICT;"
    "PRAGMA application_id = " TEXT(APPLICATION) ";"
                                                 "PRAGMA user_version = " TEXT(
                                                     VERSION) ";"
                                                              "COMMIT";

_Static_assert(OUTBOX_PENDING == 0 && N_OUTBOX_STATE == 4, "the schema knows the states");

enum statement { BEGIN, COMMIT, ROLLBACK, ADD, MARK, FIND, SELECT, RETRY, N_STATEMENT };

static const char *const SQL[N_STATEMENT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [ADD] = "INSERT INTO action (service, kind, key) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (service, kind, key) DO NOTHING",
    [MARK] = "UPDATE action SET state = ?4, tries = tries + ?5,"
             " answer = coalesce(?6, answer), reason = coalesce(?7, reason) WHERE " IS_NAMED,
    [FIND] = "SELECT " COLUMNS " FROM action WHERE " IS_NAMED,
    [SELECT] = "SELECT " COLUMNS " FROM action WHERE (?1 IS NULL OR service = ?1)"
               " AND (?2 IS NULL OR kind = ?2) AND (?3 >> state) & 1 ORDER BY number",
    [RETRY] = "UPDATE action SET state = ?1 WHERE state = ?2",
};

struct outbox {
    char *path;
    int writer; /* descriptor that holds the writer's lock; -1: only looking */
    sqlite3 *db;
    sqlite3_stmt *prepared[N_STATEMENT]; /* NULL until first used */
};

const char *outbox_state_name(enum outbox_state state)
{
    static const char *const NAME[N_OUTBOX_STATE] = {"pending", "sent", "done", "failed"};

    assert(state < N_OUTBOX_STATE);
    return NAME[state];
}

/* ---- Failures ------------------------------------------------------------------------------ */

static enum status cannot_open(const char *path, int reason, struct error *err)
{
    bool forbidden = reason == EACCES || reason == EPERM || reason == EROFS;

    return error_set(err, forbidden ? STATUS_PERMISSION : STATUS_CREATE, "cannot open %s: %s",
                     path, strerror(reason));
}

static enum status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_SERVICE;
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return STATUS_WRITE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return STATUS_PERMISSION;
    case SQLITE_CANTOPEN:
        return STATUS_CREATE;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return STATUS_DATA;
    default:
        return STATUS_INTERNAL;
    }
}

/* The sentence on the library's last failure, with the system's reason if it had one. */
static enum status explain(struct outbox *outbox, struct error *err)
{
    int code = sqlite3_extended_errcode(outbox->db);
    int reason = sqlite3_system_errno(outbox->db);
    enum status st = status_of(code);
    bool is_system = st == STATUS_WRITE || st == STATUS_CREATE || st == STATUS_PERMISSION;

    if (st == STATUS_CREATE && (reason == EACCES || reason == EROFS))
        st = STATUS_PERMISSION;
    return error_set(err, st, "cannot use %s: %s%s%s%s", outbox->path,
                     sqlite3_errmsg(outbox->db), is_system && reason != 0 ? " (" : "",
                     is_system && reason != 0 ? strerror(reason) : "",
                     is_system && reason != 0 ? ")" : "");
}

/* ---- Statements ---------------------------------------------------------------------------- */

static enum status prepare(struct outbox *outbox, enum statement which, sqlite3_stmt **out,
                           struct error *err)
{
    if (outbox->prepared[which] == NULL &&
        sqlite3_prepare_v3(outbox->db, SQL[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &outbox->prepared[which], NULL) != SQLITE_OK)
        return explain(outbox, err);
    *out = outbox->prepared[which];
    return STATUS_OK;
}

/* The texts must outlive the statement's run; NULL is SQL's NULL. Binding can only fail if there
 * is no such parameter, which would be our mistake, or the text is beyond 1 GB. */
static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    int code = sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);

    assert(code == SQLITE_OK);
    (void)code;
}

static void bind_integer(sqlite3_stmt *statement, int at, int64_t value)
{
    int code = sqlite3_bind_int64(statement, at, value);

    assert(code == SQLITE_OK);
    (void)code;
}

static void bind_name(sqlite3_stmt *statement, struct outbox_name name)
{
    bind_text(statement, 1, name.service);
    bind_text(statement, 2, name.kind);
    bind_text(statement, 3, name.key);
}

/* Makes a statement ready to be run again, holding nothing of this run's. */
static void retire(sqlite3_stmt *statement)
{
    sqlite3_reset(statement); /* repeats the code of the step, which has been looked at */
    sqlite3_clear_bindings(statement);
}

/* Runs a statement that gives no rows. */
static enum status run(struct outbox *outbox, sqlite3_stmt *statement, struct error *err)
{
    enum status st = sqlite3_step(statement) == SQLITE_DONE ? STATUS_OK : explain(outbox, err);

    retire(statement);
    return st;
}

static enum status run_plain(struct outbox *outbox, enum statement which, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = prepare(outbox, which, &statement, err);

    return st == STATUS_OK ? run(outbox, statement, err) : st;
}

/* ---- Opening ------------------------------------------------------------------------------- */

/* The writer's lock on the file, which is made if it is missing. */
static enum status lock_file(struct outbox *outbox, struct error *err)
{
    struct flock byte = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = WRITER_BYTE, .l_len = 1};
    struct stat about;

    outbox->writer = open(outbox->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                          S_IRUSR | S_IWUSR);
    if (outbox->writer < 0 || fstat(outbox->writer, &about) != 0)
        return cannot_open(outbox->path, errno, err);
    if (!S_ISREG(about.st_mode))
        return error_set(err, STATUS_CREATE, "cannot open %s: it is not a regular file",
                         outbox->path);
    if (fcntl(outbox->writer, F_OFD_SETLK, &byte) == 0)
        return STATUS_OK;
    if (errno == EAGAIN || errno == EACCES)
        return error_set(err, STATUS_SERVICE,
                         "%s is in use by another tieout: run again when that has ended",
                         outbox->path);
    return error_set(err, STATUS_CREATE,
                     "cannot lock %s: %s: put the results on a file system that has locks",
                     outbox->path, strerror(errno));
}

static enum status run_script(struct outbox *outbox, const char *sql, struct error *err)
{
    return sqlite3_exec(outbox->db, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
                                                                        : explain(outbox, err);
}

static enum status connect(struct outbox *outbox, struct error *err)
{
    enum status st = STATUS_OK;

    /* Those who only look open it for writing too: if a writer was killed in a commit, the
     * journal must be rolled back before anything can be read. */
    if (sqlite3_open_v2(outbox->path, &outbox->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        return outbox->db != NULL ? explain(outbox, err) : error_no_memory(err, outbox->path);
    sqlite3_extended_result_codes(outbox->db, 1);
    sqlite3_busy_timeout(outbox->db, WAIT_MS);
    TRY(run_script(outbox, "PRAGMA synchronous = EXTRA; PRAGMA trusted_schema = OFF", err));
    if (outbox->writer < 0)
        TRY(run_script(outbox, "PRAGMA query_only = ON", err));
done:
    return st;
}

/* Looks whose file it is. *blank out: nothing has been written into it yet. */
static enum status check_identity(struct outbox *outbox, bool *blank, struct error *err)
{
    static const char ASK[] = "SELECT application_id, user_version, (SELECT count(*)"
                              " FROM sqlite_schema) FROM pragma_application_id,"
                              " pragma_user_version";
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    if (sqlite3_prepare_v2(outbox->db, ASK, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        TRY(explain(outbox, err));
    int application = sqlite3_column_int(statement, 0);
    int version = sqlite3_column_int(statement, 1);
    *blank = application == 0 && version == 0 && sqlite3_column_int(statement, 2) == 0;
    if (!*blank && application != APPLICATION)
        TRY(error_set(err, STATUS_DATA, "%s is not an outbox of tieout: move it away",
                      outbox->path));
    if (!*blank && version != VERSION)
        TRY(error_set(err, STATUS_DATA,
                      "%s is an outbox of version %d, and this tieout knows version %d: use "
                      "the tieout that made it",
                      outbox->path, version, VERSION));
done:
    sqlite3_finalize(statement);
    return st;
}

static enum status allocate(const char *path, struct outbox **out, struct error *err)
{
    struct outbox *outbox = mem_array(1, sizeof *outbox);

    if (outbox == NULL || (outbox->path = mem_array(strlen(path) + 1, 1)) == NULL) {
        free(outbox);
        return error_no_memory(err, path);
    }
    strcpy(outbox->path, path);
    outbox->writer = -1;
    *out = outbox;
    return STATUS_OK;
}

enum status outbox_open(const char *path, struct outbox **out, struct error *err)
{
    struct outbox *outbox = NULL;
    bool blank = false;
    enum status st = STATUS_OK;

    TRY(allocate(path, &outbox, err));
    TRY(lock_file(outbox, err));
    TRY(connect(outbox, err));
    TRY(check_identity(outbox, &blank, err));
    if (blank)
        TRY(run_script(outbox, SCHEMA, err));
    *out = outbox;
    outbox = NULL;
done:
    outbox_close(outbox);
    return st;
}

enum status outbox_open_reading(const char *path, struct outbox **out, struct error *err)
{
    struct outbox *outbox = NULL;
    struct stat about;
    bool blank = false;
    enum status st = STATUS_OK;

    if (stat(path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR))
        TRY(error_set(err, STATUS_NO_INPUT, "there is no %s: nothing was followed up yet",
                      path));
    TRY(allocate(path, &outbox, err));
    TRY(connect(outbox, err));
    TRY(check_identity(outbox, &blank, err));
    if (blank)
        TRY(error_set(err, STATUS_NO_INPUT, "%s is empty: nothing was followed up yet", path));
    *out = outbox;
    outbox = NULL;
done:
    outbox_close(outbox);
    return st;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    for (int i = 0; i < N_STATEMENT; i++)
        sqlite3_finalize(outbox->prepared[i]);
    sqlite3_close(outbox->db); /* rolls back what was not committed */
    /* Last: closing any descriptor of the file gives up the locks SQLite holds on it. */
    if (outbox->writer >= 0)
        close(outbox->writer);
    free(outbox->path);
    free(outbox);
}

/* ---- Actions ------------------------------------------------------------------------------- */

enum status outbox_begin(struct outbox *outbox, struct error *err)
{
    return run_plain(outbox, BEGIN, err);
}

enum status outbox_commit(struct outbox *outbox, struct error *err)
{
    enum status st = run_plain(outbox, COMMIT, err);

    if (st != STATUS_OK)
        outbox_abandon(outbox);
    return st;
}

void outbox_abandon(struct outbox *outbox)
{
    struct error ignored;

    /* After some failures SQLite has rolled back by itself. A rollback that fails leaves the
     * journal, from which the next to open the file rolls back. */
    if (sqlite3_get_autocommit(outbox->db) == 0)
        run_plain(outbox, ROLLBACK, &ignored);
}

enum status outbox_end(struct outbox *outbox, enum status st, struct error *err)
{
    if (st == STATUS_OK)
        return outbox_commit(outbox, err);
    outbox_abandon(outbox);
    return st;
}

enum status outbox_add(struct outbox *outbox, struct outbox_name name, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    TRY(prepare(outbox, ADD, &statement, err));
    bind_name(statement, name);
    TRY(run(outbox, statement, err));
done:
    return st;
}

enum status outbox_mark(struct outbox *outbox, struct outbox_name name, enum outbox_state state,
                        const char *answer, const char *reason, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    assert(state < N_OUTBOX_STATE);
    TRY(prepare(outbox, MARK, &statement, err));
    bind_name(statement, name);
    bind_integer(statement, 4, state);
    bind_integer(statement, 5, state == OUTBOX_SENT);
    bind_text(statement, 6, answer);
    bind_text(statement, 7, reason);
    TRY(run(outbox, statement, err));
    if (sqlite3_changes(outbox->db) != 1)
        TRY(error_set(err, STATUS_INTERNAL, "%s: no %s %s %s was added", outbox->path,
                      name.service, name.kind, name.key));
done:
    return st;
}

/* ---- Lists --------------------------------------------------------------------------------- */

/* The text of the row's column, copied into the store; NULL if memory is short. */
static const char *take_text(sqlite3_stmt *statement, int column, struct text_store *store)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    size_t size = (size_t)sqlite3_column_bytes(statement, column) + 1;
    char *copy = text != NULL ? text_store_take(size, store) : NULL;

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

/* Appends the row that a statement stands at. */
static enum status take_row(sqlite3_stmt *statement, struct outbox_list *list, size_t *capacity,
                            struct error *err)
{
    struct text_store store = {list->owned};

    if (list->n == *capacity) {
        size_t room = mem_grow(*capacity, list->n + 1);
        struct outbox_action *more = mem_resize(list->action, room, sizeof *more);
        if (more == NULL)
            return error_no_memory(err, "the outbox");
        list->action = more;
        *capacity = room;
    }
    struct outbox_action action = {
        .service = take_text(statement, 0, &store),
        .kind = take_text(statement, 1, &store),
        .key = take_text(statement, 2, &store),
        .answer = take_text(statement, 3, &store),
        .reason = take_text(statement, 4, &store),
        .state = (enum outbox_state)sqlite3_column_int(statement, 5),
        .tries = sqlite3_column_int64(statement, 6),
    };
    list->owned = store.block;
    if (action.service == NULL || action.kind == NULL || action.key == NULL ||
        action.answer == NULL || action.reason == NULL)
        return error_no_memory(err, "the outbox");
    list->action[list->n++] = action;
    return STATUS_OK;
}

/* Every row a statement gives. */
static enum status take_rows(struct outbox *outbox, sqlite3_stmt *statement,
                             struct outbox_list *list, struct error *err)
{
    struct outbox_list taken = {0};
    size_t capacity = 0;
    int code = SQLITE_ROW;
    enum status st = STATUS_OK;

    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        TRY(take_row(statement, &taken, &capacity, err));
    if (code != SQLITE_DONE)
        TRY(explain(outbox, err));
    *list = taken;
    taken = (struct outbox_list){0};
done:
    retire(statement);
    outbox_list_free(&taken);
    return st;
}

enum status outbox_find(struct outbox *outbox, struct outbox_name name,
                        struct outbox_list *list, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    TRY(prepare(outbox, FIND, &statement, err));
    bind_name(statement, name);
    TRY(take_rows(outbox, statement, list, err));
done:
    return st;
}

enum status outbox_select(struct outbox *outbox, const char *service, const char *kind,
                          unsigned states, struct outbox_list *list, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    TRY(prepare(outbox, SELECT, &statement, err));
    bind_text(statement, 1, service);
    bind_text(statement, 2, kind);
    bind_integer(statement, 3, states);
    TRY(take_rows(outbox, statement, list, err));
done:
    return st;
}

void outbox_list_free(struct outbox_list *list)
{
    struct text_store store = {list->owned};

    text_store_free(&store);
    free(list->action);
    *list = (struct outbox_list){0};
}

enum status outbox_retry_failed(struct outbox *outbox, int64_t *n, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    enum status st = STATUS_OK;

    TRY(prepare(outbox, RETRY, &statement, err));
    bind_integer(statement, 1, OUTBOX_PENDING);
    bind_integer(statement, 2, OUTBOX_FAILED);
    TRY(run(outbox, statement, err));
    *n = sqlite3_changes(outbox->db);
done:
    return st;
}
