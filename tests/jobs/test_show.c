/* show.h on made-up findings: the table line by line as it should look, CSV through the
 * project's reader, JSON through cJSON. */
#include "show.h"

#include "csv.h"
#include "made_up.h"
#include "suite.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* What show writes, to be freed. */
static char *shown(const struct findings *findings, struct show_plan plan)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    struct error err = {0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    CU_ASSERT_EQUAL(show_write(findings, &plan, out, &err), STATUS_OK);
    fclose(out);
    return text;
}

static void table_looks_as_designed(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 2);
    room[0].feature[FEATURE_DIFF_CHANGE] = -1234567.891;
    room[1].feature[FEATURE_DIFF_CHANGE] = 5;
    char *text = shown(&findings, (struct show_plan){.format = SHOW_TABLE});

    CU_ASSERT_STRING_EQUAL(
        text, "2 anomalies in 12,345 rows (contamination 0.01, profile classic):\n"
              "\n"
              "#  severity  pattern       as of       company  account             AU     "
              "   difference         change    score  id\n"
              "-  --------  ------------  ----------  -------  ------------------  -----  "
              "-------------  -------------  -------  ----------------\n"
              "1  critical  spike         2024-05-31  00002    1619205             62695  "
              "-1,234,567.89  -1,234,567.89  -0.2500  0123456789abcdef\n"
              "2  low       inconsistent  2024-05-31  M\u00fcnchen  =cmd|' /C calc'!A0  62695  "
              "         0.10           5.00  -0.1500  fedcba9876543210\n");
    free(text);
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;

    while (*text != '\0') {
        size_t columns = 0;
        for (; *text != '\0' && *text != '\n'; text++)
            columns += ((unsigned char)*text & 0xC0) != 0x80;
        widest = columns > widest ? columns : widest;
        text += *text == '\n';
    }
    return widest;
}

static void table_fits_the_terminal(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);

    for (size_t width = 66; width < 160; width++) {
        char *text = shown(&findings, (struct show_plan){.format = SHOW_TABLE, .width = width});
        CU_ASSERT(widest_line(text) <= width);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "-1,234,567.89"));
        if (width < 100) {
            CU_ASSERT_PTR_NOT_NULL(strstr(text, "Not shown here: id"));
        }
        free(text);
    }
}

static void cut_texts_end_in_an_ellipsis(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 1);
    room[0].account =
        "an account with a very long name indeed, longer than any terminal is wide, "
        "and on it goes";
    char *text = shown(&findings, (struct show_plan){.format = SHOW_TABLE, .width = 130});

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "an account with a"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\u2026  62695"));
    CU_ASSERT_EQUAL(widest_line(text), 130);
    free(text);
}

static void control_characters_do_not_reach_the_terminal(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 1);
    room[0].account = "\x1b[2J\r\n\x7f";
    char *text = shown(&findings, (struct show_plan){.format = SHOW_TABLE});

    CU_ASSERT_PTR_NULL(strchr(text, '\x1b'));
    CU_ASSERT_PTR_NULL(strchr(text, '\r'));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\uFFFD[2J\uFFFD\uFFFD\uFFFD"));
    free(text);
}

/* text without its SGR codes; *n out: how many there were. */
static void strip_codes(char *text, size_t *n)
{
    char *to = text;

    *n = 0;
    for (const char *from = text; *from != '\0'; from++) {
        if (strncmp(from, "\x1b[", 2) == 0) {
            from = strchr(from, 'm');
            CU_ASSERT_PTR_NOT_NULL_FATAL(from);
            ++*n;
            continue;
        }
        *to++ = *from;
    }
    *to = '\0';
}

static void colours_change_nothing_else(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 2);
    size_t n = 0;

    for (size_t width = 60; width < 200; width += 20) {
        struct show_plan plan = {.format = SHOW_TABLE, .width = width};
        char *plain = shown(&findings, plan);
        plan.color = true;
        char *text = shown(&findings, plan);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\x1b[1;31mcritical\x1b[0m"));
        CU_ASSERT_PTR_NULL(strstr(text, "mlow"));
        strip_codes(text, &n);
        CU_ASSERT_EQUAL(n % 2, 0);
        CU_ASSERT_STRING_EQUAL(text, plain);
        free(plain);
        free(text);
    }
}

static void currency_is_a_column_if_there(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, 2);
    char *text = shown(&findings, (struct show_plan){.format = SHOW_TABLE});
    CU_ASSERT_PTR_NULL(strstr(text, "  cur"));
    free(text);

    room[1].currency = "EUR";
    text = shown(&findings, (struct show_plan){.format = SHOW_TABLE});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "AU     cur "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "62695  EUR"));
    free(text);
}

static void none_found_says_so(void)
{
    struct findings findings = made_up_findings(NULL, 0);
    char *text =
        shown(&findings, (struct show_plan){.format = SHOW_TABLE, .top = 5, .width = 80});
    CU_ASSERT_STRING_EQUAL(text, "No anomalies in 12,345 rows (contamination 0.01, profile "
                                 "classic).\n");
    free(text);

    text = shown(&findings, (struct show_plan){.format = SHOW_JSON});
    CU_ASSERT_STRING_EQUAL(text, "[]\n");
    free(text);

    text = shown(&findings, (struct show_plan){.format = SHOW_CSV});
    CU_ASSERT_PTR_EQUAL(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
}

static void top_limits_every_format(void)
{
    static const struct {
        enum show_format format;
        const char *there, *not_there;
    } CASE[] = {{SHOW_TABLE, "fedcba9876543210", "00000000000000ff"},
                {SHOW_CSV, "fedcba9876543210", "00000000000000ff"},
                {SHOW_JSON, "fedcba9876543210", "00000000000000ff"}};
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char *text = shown(&findings, (struct show_plan){.format = CASE[i].format, .top = 2});
        CU_ASSERT_PTR_NOT_NULL(strstr(text, CASE[i].there));
        CU_ASSERT_PTR_NULL(strstr(text, CASE[i].not_there));
        free(text);
        text = shown(&findings, (struct show_plan){.format = CASE[i].format, .top = 99});
        CU_ASSERT_PTR_NOT_NULL(strstr(text, CASE[i].not_there));
        free(text);
    }
}

/* Index of a title among the fields of a CSV's first record; n_field if it is not there. */
static size_t column_of(const struct csv_field *field, size_t n_field, const char *title)
{
    size_t i = 0;

    while (i < n_field && (field[i].length != strlen(title) ||
                           memcmp(field[i].text, title, field[i].length) != 0))
        i++;
    return i;
}

static void csv_is_exact(void)
{
    enum { MOST = 40 };
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    char *text = shown(&findings, (struct show_plan){.format = SHOW_CSV});
    const char *cursor = text;
    const char *end = text + strlen(text);
    struct csv_field title[MOST];
    struct csv_field field[MOST];
    size_t n_title = 0;
    size_t n_field = 0;
    int64_t lines = 0;

    CU_ASSERT_EQUAL_FATAL(csv_read_record(&cursor, end, true, title, MOST, &n_title, &lines),
                          CSV_RECORD);
    size_t difference = column_of(title, n_title, "balance_difference");
    size_t account = column_of(title, n_title, "account");
    CU_ASSERT_FATAL(difference < n_title && account < n_title);
    for (size_t i = 0; i < MADE_UP; i++) {
        CU_ASSERT_EQUAL_FATAL(
            csv_read_record(&cursor, end, true, field, MOST, &n_field, &lines), CSV_RECORD);
        CU_ASSERT_EQUAL(n_field, n_title);
        CU_ASSERT_EQUAL(strtod(field[difference].text, NULL),
                        room[i].feature[FEATURE_BALANCE_DIFFERENCE]);
        char back[64] = "";
        csv_unescape(&field[account], back);
        CU_ASSERT_STRING_EQUAL(back + (back[0] == '\''), room[i].account);
        CU_ASSERT_EQUAL(back[0] == '\'', i == 1);
    }
    CU_ASSERT_EQUAL(csv_read_record(&cursor, end, true, field, MOST, &n_field, &lines),
                    CSV_NONE);
    free(text);
}

static void json_is_exact(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);
    room[0].feature[FEATURE_GL_STD] = NAN;
    room[1].feature[FEATURE_GL_STD] = 0.1 + 0.2;
    char *text = shown(&findings, (struct show_plan){.format = SHOW_JSON});
    cJSON *list = cJSON_Parse(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(list), MADE_UP);
    for (int i = 0; i < MADE_UP; i++) {
        const cJSON *item = cJSON_GetArrayItem(list, i);
        CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(item, "account")),
                               room[i].account);
        CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(item, "balance_difference")),
                        room[i].feature[FEATURE_BALANCE_DIFFERENCE]);
        const cJSON *shares = cJSON_GetObjectItem(item, "contributions");
        CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(shares, "diff_change")),
                        made_up_share[i][1]);
        CU_ASSERT_EQUAL(cJSON_IsNull(cJSON_GetObjectItem(item, "as_of_date")), i == 2);
    }
    CU_ASSERT(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "gl_std")));
    CU_ASSERT_EQUAL(
        cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 1), "gl_std")),
        0.1 + 0.2);
    CU_ASSERT_STRING_EQUAL(
        cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 1), "company")),
        "M\u00fcnchen");
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"row_number\":9007199254740993,"));
    cJSON_Delete(list);
    free(text);
}

static void a_full_disk_is_an_error(void)
{
    struct finding room[MADE_UP];
    struct findings findings = made_up_findings(room, MADE_UP);

    for (enum show_format format = 0; format <= SHOW_JSON; format++) {
        struct show_plan plan = {.format = format};
        struct error err = {0};
        FILE *out = fopen("/dev/full", "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT_EQUAL(show_write(&findings, &plan, out, &err), STATUS_WRITE);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
        fclose(out);
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"the table is aligned, amounts to the right", table_looks_as_designed},
        {"the table fits the terminal and says what it left out", table_fits_the_terminal},
        {"texts that are cut end in an ellipsis", cut_texts_end_in_an_ellipsis},
        {"control characters do not reach the terminal",
         control_characters_do_not_reach_the_terminal},
        {"colours change nothing but the colour", colours_change_nothing_else},
        {"currency is a column only if a finding has one", currency_is_a_column_if_there},
        {"no findings: the table says so, JSON is [], CSV a header", none_found_says_so},
        {"--top limits every format", top_limits_every_format},
        {"CSV gives every text and double back", csv_is_exact},
        {"JSON gives every double back, NaN as null", json_is_exact},
        {"a full disk is an error in every format", a_full_disk_is_an_error},
    };
    return suite_run("show", FACT, sizeof FACT / sizeof *FACT);
}
