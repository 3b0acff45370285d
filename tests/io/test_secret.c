/* secret.h on files as people leave them: every kind that is refused, and no sentence with any
 * of the secret in it. */
#include "secret.h"

#include "scratch.h"
#include "suite.h"

static const char SECRET[] = "hunter2-is-not-it";
static char variable[] = "TIEOUT_TEST_TOKEN"; /* not const, as the settings' texts are not */

struct place {
    struct scratch scratch;
    char path[SCRATCH_PATH];
    struct secret_source source;
    struct secret secret;
    struct error err;
};

static struct place place_make(void)
{
    struct place place = {.scratch = scratch_make()};

    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv(variable);
    scratch_path(&place.scratch, "token", place.path);
    scratch_put(place.path, SECRET, strlen(SECRET), 0600);
    return place;
}

static enum status read_it(struct place *place)
{
    place->err.text[0] = '\0';
    enum status st = secret_read(&place->source, "jira-token", &place->secret, &place->err);
    CU_ASSERT_PTR_NULL(strstr(place->err.text, "hunter"));
    return st;
}

static void expect_secret(struct place *place, const char *text)
{
    CU_ASSERT_EQUAL(read_it(place), STATUS_OK);
    CU_ASSERT_EQUAL(place->secret.n, strlen(text));
    CU_ASSERT_STRING_EQUAL(place->secret.text, text);
}

/* Refused, with nothing left in memory. */
static void expect_refusal(struct place *place, enum status code, const char *saying)
{
    static const struct secret none;

    memset(&place->secret, 'x', sizeof place->secret);
    CU_ASSERT_EQUAL(read_it(place), code);
    CU_ASSERT_PTR_NOT_NULL(strstr(place->err.text, "jira-token"));
    CU_ASSERT_PTR_NOT_NULL(strstr(place->err.text, saying));
    CU_ASSERT_EQUAL(memcmp(&place->secret, &none, sizeof none), 0);
}

static void a_closed_file_is_read(void)
{
    struct place place = place_make();

    place.source.file = place.path;
    expect_secret(&place, SECRET);
    chmod(place.path, 0400);
    expect_secret(&place, SECRET);
    scratch_put(place.path, "two words\n", 10, 0600);
    expect_secret(&place, "two words");
    scratch_put(place.path, "word\r\n", 6, 0600);
    expect_secret(&place, "word");
    scratch_put(place.path, "\xc3\xa4\n", 3, 0600);
    expect_secret(&place, "\xc3\xa4");
    scratch_remove(&place.scratch);
}

static void none_named_is_none(void)
{
    struct place place = place_make();

    place.secret.n = 1;
    CU_ASSERT_EQUAL(read_it(&place), STATUS_OK);
    CU_ASSERT_EQUAL(place.secret.n, 0);
    CU_ASSERT(!secret_is_named(&place.source, "jira-token"));
    CU_ASSERT(!secret_is_exposed(&place.source, "jira-token"));
    scratch_remove(&place.scratch);
}

static void open_files_are_refused(void)
{
    static const mode_t MODE[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0440, 0777};
    struct place place = place_make();

    place.source.file = place.path;
    for (size_t i = 0; i < sizeof MODE / sizeof *MODE; i++) {
        chmod(place.path, MODE[i]);
        expect_refusal(&place, STATUS_PERMISSION, "chmod 600");
        CU_ASSERT_PTR_NOT_NULL(strstr(place.err.text, place.path));
    }
    scratch_remove(&place.scratch);
}

static void only_regular_files_are_read(void)
{
    struct place place = place_make();
    char link[SCRATCH_PATH];

    scratch_path(&place.scratch, "link", link);
    CU_ASSERT_EQUAL(symlink("token", link), 0);
    place.source.file = link;
    expect_refusal(&place, STATUS_PERMISSION, "symbolic link");
    unlink(link);
    CU_ASSERT_EQUAL(mkfifo(link, 0600), 0);
    expect_refusal(&place, STATUS_PERMISSION, "not a regular file");
    place.source.file = place.scratch.folder;
    expect_refusal(&place, STATUS_PERMISSION, "not a regular file");
    scratch_path(&place.scratch, "missing", link);
    place.source.file = link;
    scratch_count(&place.scratch, 1);
    expect_refusal(&place, STATUS_NO_INPUT, "No such file");
    scratch_remove(&place.scratch);
}

static void another_users_file_is_refused(void)
{
    struct place place = place_make();

    place.source.file = place.path;
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL(chown(place.path, 65534, 65534), 0);
        expect_refusal(&place, STATUS_PERMISSION, "another user");
    } else {
        chmod(place.path, 0000);
        expect_refusal(&place, STATUS_PERMISSION, "Permission denied");
    }
    scratch_remove(&place.scratch);
}

static void the_content_must_be_one_line(void)
{
    static const struct {
        const char *byte;
        size_t n;
        const char *saying;
    } CASE[] = {{"", 0, "empty"},
                {"\n", 1, "empty"},
                {"hunter\n\n", 8, "byte 7"},
                {"hunter2\nX-Admin: yes\n", 21, "byte 8"},
                {"hunter\r2", 8, "byte 7"},
                {"hunt\0er", 7, "byte 5"},
                {"\thunter", 7, "byte 1"},
                {"hunter\x7f", 7, "byte 7"}};
    struct place place = place_make();

    place.source.file = place.path;
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        scratch_put(place.path, CASE[i].byte, CASE[i].n, 0600);
        expect_refusal(&place, STATUS_CONFIG, CASE[i].saying);
    }
    scratch_remove(&place.scratch);
}

static void the_longest_fits(void)
{
    static char text[SECRET_MAX + 3];
    struct place place = place_make();

    memset(text, 'h', sizeof text);
    place.source.file = place.path;
    scratch_put(place.path, text, SECRET_MAX, 0600);
    CU_ASSERT_EQUAL(read_it(&place), STATUS_OK);
    CU_ASSERT_EQUAL(place.secret.n, SECRET_MAX);
    text[SECRET_MAX] = '\n';
    scratch_put(place.path, text, SECRET_MAX + 1, 0600);
    CU_ASSERT_EQUAL(read_it(&place), STATUS_OK);
    CU_ASSERT_EQUAL(place.secret.n, SECRET_MAX);
    scratch_put(place.path, text, SECRET_MAX + 2, 0600);
    expect_refusal(&place, STATUS_CONFIG, "longer than 4096");
    text[SECRET_MAX] = 'h';
    scratch_put(place.path, text, SECRET_MAX + 1, 0600);
    expect_refusal(&place, STATUS_CONFIG, "longer than 4096");
    text[sizeof text - 1] = '\0';
    setenv(variable, text, 1);
    place.source = (struct secret_source){.variable = variable};
    expect_refusal(&place, STATUS_CONFIG, "longer than 4096");
    scratch_remove(&place.scratch);
}

static void the_file_comes_before_the_rest(void)
{
    struct place place = place_make();
    char credential[SCRATCH_PATH];

    place.source.variable = variable;
    CU_ASSERT(secret_is_exposed(&place.source, "jira-token"));
    expect_refusal(&place, STATUS_CONFIG, "TIEOUT_TEST_TOKEN is not set");
    setenv(variable, "", 1);
    expect_refusal(&place, STATUS_CONFIG, "empty");
    setenv(variable, "from the variable", 1);
    expect_secret(&place, "from the variable");

    setenv("CREDENTIALS_DIRECTORY", place.scratch.folder, 1);
    expect_secret(&place, "from the variable"); /* no file of that name */
    scratch_path(&place.scratch, "jira-token", credential);
    scratch_put(credential, "from systemd", 12, 0400);
    expect_secret(&place, "from systemd");
    CU_ASSERT(!secret_is_exposed(&place.source, "jira-token"));
    chmod(credential, 0404);
    expect_refusal(&place, STATUS_PERMISSION, "chmod 600");
    chmod(credential, 0440); /* how an access list shows on root's file */
    if (geteuid() == 0)
        expect_secret(&place, "from systemd");
    else
        expect_refusal(&place, STATUS_PERMISSION, "chmod 600");

    place.source.file = place.path;
    expect_secret(&place, SECRET);
    CU_ASSERT(secret_is_named(&place.source, "jira-token"));
    CU_ASSERT(!secret_is_exposed(&place.source, "jira-token"));
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv(variable);
    scratch_remove(&place.scratch);
}

static void erasing_leaves_nothing(void)
{
    static const struct secret none;
    struct secret secret = {.n = 3, .text = "abc"};

    secret_erase(&secret);
    CU_ASSERT_EQUAL(memcmp(&secret, &none, sizeof none), 0);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a file that only its owner can read is read", a_closed_file_is_read},
        {"none named is none, and no failure", none_named_is_none},
        {"a file that others can use is refused, with what to do", open_files_are_refused},
        {"links, pipes, folders and missing files are refused", only_regular_files_are_read},
        {"another user's file is refused", another_users_file_is_refused},
        {"it must be one line without control characters", the_content_must_be_one_line},
        {"the longest one fits, one byte more does not", the_longest_fits},
        {"the file comes before systemd's, that before the variable",
         the_file_comes_before_the_rest},
        {"erasing leaves nothing", erasing_leaves_nothing},
    };
    return suite_run("secret", FACT, sizeof FACT / sizeof *FACT);
}
