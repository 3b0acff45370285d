/* The made-up ledger read back: its shape, its arithmetic, and whether each label stands at a
 * row that shows what the label says. */
#include "generator.h"

#include "mem.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const char HEADER[] =
    "Asofdate,Company,Account,AU,Currency,Primary Account,Secondary Account,"
    "GL Balance,IHub balance,Balance difference,Match Status,Comments\n";

/* This program's own allocation, in place of the library's: after allowed more calls, none
 * succeeds. */
static long allowed = -1;

void *mem_array(size_t count, size_t size)
{
    if (allowed == 0)
        return NULL;
    allowed--;
    return calloc(count + 1, size);
}

/* A ledger and its labels as texts. */
struct made {
    char *ledger, *labels;
    size_t n_ledger, n_labels;
};

/* A row read back. */
struct line {
    char date[11];
    char key[32]; /* company,account,au */
    char currency[4];
    char status[8];
    long long gl, ihub, difference; /* cents */
    enum anomaly_kind kind;
};

static struct made make(int64_t n_row, int32_t n_month, uint64_t seed, double share)
{
    const struct generator_plan plan = {
        .n_row = n_row, .n_month = n_month, .seed = seed, .anomaly_share = share};
    struct made made = {0};
    struct error err;
    FILE *ledger = open_memstream(&made.ledger, &made.n_ledger);
    FILE *labels = open_memstream(&made.labels, &made.n_labels);

    CU_ASSERT_EQUAL(generator_write(&plan, ledger, labels, &err), STATUS_OK);
    fclose(ledger);
    fclose(labels);
    return made;
}

static void unmake(struct made *made)
{
    free(made->ledger);
    free(made->labels);
}

static size_t count_char(const char *text, char c)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

/* Cents of an amount, which has two decimals and a sign only if it is negative. */
static long long read_cents(const char *text)
{
    const char *digit = text + (*text == '-');
    size_t whole = strspn(digit, "0123456789");
    long long cents = 0;

    CU_ASSERT_FATAL(whole > 0 && digit[whole] == '.');
    CU_ASSERT_FATAL(strspn(digit + whole + 1, "0123456789") == 2 && digit[whole + 3] == '\0');
    for (; *digit != '\0'; digit++)
        if (*digit != '.')
            cents = 10 * cents + (*digit - '0');
    return *text == '-' ? -cents : cents;
}

static enum anomaly_kind kind_called(const char *name)
{
    for (int k = 1; k < N_KIND; k++)
        if (strcmp(kind_name(k), name) == 0)
            return k;
    CU_FAIL("a label of no known kind");
    return KIND_NONE;
}

/* The ledger's rows with their labels; the caller frees them. */
static struct line *read_back(const struct made *made, size_t n)
{
    struct line *line = calloc(n + 1, sizeof *line);
    const char *at = made->ledger + strlen(HEADER);
    size_t length;

    CU_ASSERT_EQUAL(strncmp(made->ledger, HEADER, strlen(HEADER)), 0);
    for (size_t i = 0; i < n; i++, at += length) {
        char text[256] = "", company[6], account[8], au[6], gl[24], ihub[24], difference[24];
        length = strcspn(at, "\n") + 1;
        CU_ASSERT_FATAL(length < sizeof text);
        memcpy(text, at, length); /* sscanf measures the whole of what it reads from */
        int fields = sscanf(text,
                            "%10[0-9-],%5[0-9],%7[0-9],%5[0-9],%3[A-Z],%*[^,],%*[^,],"
                            "%23[^,],%23[^,],%23[^,],%7[^,],",
                            line[i].date, company, account, au, line[i].currency, gl, ihub,
                            difference, line[i].status);
        CU_ASSERT_EQUAL_FATAL(fields, 9);
        snprintf(line[i].key, sizeof line[i].key, "%s,%s,%s", company, account, au);
        line[i].gl = read_cents(gl);
        line[i].ihub = read_cents(ihub);
        line[i].difference = read_cents(difference);
    }
    CU_ASSERT_EQUAL(*at, '\0');
    CU_ASSERT_EQUAL(strncmp(made->labels, "row,kind\n", 9), 0);
    for (at = strchr(made->labels, '\n') + 1; *at != '\0'; at = strchr(at, '\n') + 1) {
        size_t row;
        char name[16];
        CU_ASSERT_EQUAL_FATAL(sscanf(at, "%zu,%15[a-z_]\n", &row, name), 2);
        CU_ASSERT_TRUE_FATAL(row < n && line[row].kind == KIND_NONE);
        line[row].kind = kind_called(name);
    }
    return line;
}

/* The row of the same account a month before, or NULL. */
static const struct line *previous(const struct line *line, size_t i)
{
    for (size_t k = i; k-- > 0;)
        if (strcmp(line[k].key, line[i].key) == 0)
            return &line[k];
    return NULL;
}

static void rows_come_out_exactly(void)
{
    static const int64_t size[] = {0, 1, 2, 11, 12, 13, 1000, 1001};
    static const int32_t months[] = {1, 2, 3, 12, 60};

    for (size_t s = 0; s < sizeof size / sizeof size[0]; s++)
        for (size_t m = 0; m < sizeof months / sizeof months[0]; m++) {
            struct made made = make(size[s], months[m], 3, 0.05);
            CU_ASSERT_EQUAL(count_char(made.ledger, '\n'), (size_t)size[s] + 1);
            free(read_back(&made, (size_t)size[s]));
            unmake(&made);
        }
}

static void same_plan_gives_same_bytes(void)
{
    struct made a = make(5000, 24, 42, 0.01), b = make(5000, 24, 42, 0.01);

    CU_ASSERT_STRING_EQUAL(a.ledger, b.ledger);
    CU_ASSERT_STRING_EQUAL(a.labels, b.labels);
    unmake(&a);
    unmake(&b);
}

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

/* Taken from this program: it states that compilers and machines agree, not what is right. */
static void bytes_are_the_same_everywhere(void)
{
    struct made made = make(20000, 36, 42, 0.02);

    CU_ASSERT_EQUAL(fnv1a(made.ledger), UINT64_C(0x020284ae66545f2f));
    CU_ASSERT_EQUAL(fnv1a(made.labels), UINT64_C(0xc66239317cbac2bf));
    unmake(&made);
}

static void seeds_differ(void)
{
    struct made a = make(100, 10, 1, 0.01), b = make(100, 10, 2, 0.01);

    CU_ASSERT_STRING_NOT_EQUAL(a.ledger, b.ledger);
    unmake(&a);
    unmake(&b);
}

static void difference_is_gl_less_ihub(void)
{
    enum { N = 10000 };
    struct made made = make(N, 24, 5, 0.05);
    struct line *line = read_back(&made, N);
    size_t wrong = 0;

    for (size_t i = 0; i < N; i++) {
        int match = llabs(line[i].difference) < 100;
        wrong += line[i].difference != line[i].gl - line[i].ihub;
        wrong += strcmp(line[i].status, match ? "Match" : "Break") != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(line);
    unmake(&made);
}

static void months_end_in_may_2024(void)
{
    static const char *const date[] = {"2023-12-31", "2024-01-31", "2024-02-29",
                                       "2024-03-31", "2024-04-30", "2024-05-31"};
    struct made made = make(17, 6, 1, 0);
    struct line *line = read_back(&made, 17);

    /* Three accounts, the last of them a month younger. */
    for (size_t i = 0; i < 17; i++)
        CU_ASSERT_STRING_EQUAL(line[i].date, date[(i + 1) / 3]);
    free(line);
    unmake(&made);
}

static void february_has_29_days_in_leap_years_only(void)
{
    struct made made = make(1600, 1600, 1, 0);

    CU_ASSERT_PTR_NOT_NULL(strstr(made.ledger, "2023-02-28,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(made.ledger, "2000-02-29,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(made.ledger, "1900-02-28,"));
    CU_ASSERT_PTR_NULL(strstr(made.ledger, "1900-02-29,"));
    unmake(&made);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->key, ((const struct line *)b)->key);
}

static void an_account_has_one_row_a_month_and_one_currency(void)
{
    enum { N = 30000 };
    struct made made = make(N, 2, 9, 0.01);
    struct line *line = read_back(&made, N);
    size_t wrong = 0;

    qsort(line, N, sizeof *line, by_key);
    for (size_t i = 0; i < N; i += 2) {
        wrong += strcmp(line[i].key, line[i + 1].key) != 0;
        wrong += strcmp(line[i].date, line[i + 1].date) == 0;
        wrong += strcmp(line[i].currency, line[i + 1].currency) != 0;
        wrong += i > 0 && strcmp(line[i - 1].key, line[i].key) == 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(line);
    unmake(&made);
}

static void all_kinds_are_there_at_10000_rows(void)
{
    enum { N = 10000 };
    size_t count[N_KIND] = {0};
    struct made made = make(N, 12, 42, 0.01);
    struct line *line = read_back(&made, N);

    for (size_t i = 0; i < N; i++)
        count[line[i].kind]++;
    for (int k = 1; k < N_KIND; k++)
        CU_ASSERT_TRUE(count[k] >= 5);
    size_t anomalies = N - count[KIND_NONE] - count[KIND_DRIFT_ONSET];
    CU_ASSERT_TRUE(anomalies > 70 && anomalies < 130);
    CU_ASSERT_EQUAL(count[KIND_DRIFT_ONSET], count[KIND_DRIFT]); /* two months of each */
    free(line);
    unmake(&made);
}

/* Whether a row shows what its label says. */
static int shows_its_kind(const struct line *row, const struct line *before)
{
    long long gl = row->gl, ihub = row->ihub, gap = llabs(row->difference);
    long long usual = llabs(before->difference), size = llabs(gl);

    switch (row->kind) {
    case KIND_SPIKE:
        return gap > size / 10 && gap > 2 * usual;
    case KIND_SIGN_FLIP:
        return (gl > 0) == (ihub < 0) && gap > size;
    case KIND_STALE:
        return ihub == before->ihub && gap > 100 && gap > usual;
    case KIND_DUPLICATE:
        return gap > size / 20 && gap > usual;
    case KIND_ONE_SIDED:
        return (gl == 0) != (ihub == 0);
    case KIND_SCALE:
        return gap > size / 2;
    case KIND_DRIFT:
        return gap > size / 20 && gap > usual;
    case KIND_DRIFT_ONSET:
        return llabs(row->difference - before->difference) > size / 50;
    case KIND_MATCHED_JUMP:
        return llabs(gl - before->gl) > llabs(before->gl) / 3;
    default:
        return 1;
    }
}

static void labels_stand_at_the_rows_they_describe(void)
{
    enum { N = 20000 };
    struct made made = make(N, 24, 11, 0.01);
    struct line *line = read_back(&made, N);

    for (size_t i = 0; i < N; i++) {
        const struct line *before = line[i].kind != KIND_NONE ? previous(line, i) : &line[i];
        CU_ASSERT_PTR_NOT_NULL_FATAL(before);
        if (!shows_its_kind(&line[i], before)) {
            fprintf(stderr, "row %zu is no %s\n", i, kind_name(line[i].kind));
            CU_FAIL("a label at a row that does not show it");
        }
    }
    free(line);
    unmake(&made);
}

static void first_three_months_have_no_anomaly(void)
{
    struct made made = make(1000, 10, 2, 1);
    struct line *line = read_back(&made, 1000);
    size_t n_labels = 0;

    for (size_t i = 0; i < 1000; i++) {
        n_labels += line[i].kind != KIND_NONE;
        CU_ASSERT_TRUE(i >= 300 || line[i].kind == KIND_NONE);
    }
    CU_ASSERT_TRUE(n_labels >= 300);
    free(line);
    unmake(&made);
    made = make(1000, 3, 2, 1);
    CU_ASSERT_STRING_EQUAL(made.labels, "row,kind\n");
    unmake(&made);
}

static void most_rows_tie_out_and_some_break_as_usual(void)
{
    enum { N = 100000 };
    struct made made = make(N, 10, 8, 0);
    struct line *line = read_back(&made, N);
    size_t exact = 0, broken = 0;

    CU_ASSERT_STRING_EQUAL(made.labels, "row,kind\n");
    for (size_t i = 0; i < N; i++) {
        exact += line[i].difference == 0;
        broken += line[i].status[0] == 'B';
    }
    CU_ASSERT_TRUE(exact > N * 83 / 100 && exact < N * 87 / 100);
    CU_ASSERT_TRUE(broken > N * 8 / 100 && broken < N * 12 / 100);
    free(line);
    unmake(&made);
}

static void labels_are_optional(void)
{
    const struct generator_plan plan = {
        .n_row = 500, .n_month = 12, .seed = 1, .anomaly_share = 0.1};
    struct made with = make(500, 12, 1, 0.1), without = {0};
    struct error err;
    FILE *ledger = open_memstream(&without.ledger, &without.n_ledger);

    CU_ASSERT_EQUAL(generator_write(&plan, ledger, NULL, &err), STATUS_OK);
    fclose(ledger);
    CU_ASSERT_STRING_EQUAL(with.ledger, without.ledger);
    unmake(&with);
    unmake(&without);
}

static void note_rows(void *context, int64_t n_row)
{
    int64_t *last = context;

    CU_ASSERT(n_row > *last && n_row <= 200000);
    *last = n_row;
}

static void who_watches_is_told(void)
{
    int64_t last = 0;
    const struct generator_plan plan = {
        .n_row = 200000, .n_month = 1, .seed = 1, .told = note_rows, .context = &last};
    struct error err;
    FILE *ledger = fopen("/dev/null", "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger);
    CU_ASSERT_EQUAL(generator_write(&plan, ledger, NULL, &err), STATUS_OK);
    CU_ASSERT(last > 100000);
    fclose(ledger);
}

static void impossible_plans_are_refused(void)
{
    static const struct generator_plan plan[] = {
        {.n_row = -1, .n_month = 12},
        {.n_row = 10, .n_month = 0},
        {.n_row = 10, .n_month = -3},
        {.n_row = 10, .n_month = 4801},
        {.n_row = 10, .n_month = 12, .anomaly_share = 1.5},
        {.n_row = 10, .n_month = 12, .anomaly_share = -0.1},
    };
    struct error err;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    for (size_t i = 0; i < sizeof plan / sizeof plan[0]; i++)
        CU_ASSERT_EQUAL(generator_write(&plan[i], out, NULL, &err), STATUS_USAGE);
    fclose(out);
    CU_ASSERT_EQUAL(n, 0);
    free(text);
}

static void short_memory_is_reported(void)
{
    const struct generator_plan plan = {
        .n_row = 10, .n_month = 1, .seed = 1, .anomaly_share = 0.01};
    struct error err = {0};

    for (allowed = 0; allowed < 2; allowed++) {
        long before = allowed;
        CU_ASSERT_EQUAL(generator_write(&plan, stdout, NULL, &err), STATUS_INTERNAL);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "memory"));
        allowed = before;
    }
    allowed = -1;
}

int main(void)
{
    static const struct fact fact[] = {
        {"the rows come out exactly", rows_come_out_exactly},
        {"the same plan gives the same bytes", same_plan_gives_same_bytes},
        {"the bytes are the same everywhere", bytes_are_the_same_everywhere},
        {"seeds differ", seeds_differ},
        {"the difference is GL less IHub to the cent", difference_is_gl_less_ihub},
        {"months end in May 2024", months_end_in_may_2024},
        {"February has 29 days in leap years only", february_has_29_days_in_leap_years_only},
        {"an account has one row a month and one currency",
         an_account_has_one_row_a_month_and_one_currency},
        {"all kinds are there at 10000 rows", all_kinds_are_there_at_10000_rows},
        {"labels stand at the rows they describe", labels_stand_at_the_rows_they_describe},
        {"the first three months have no anomaly", first_three_months_have_no_anomaly},
        {"most rows tie out and some break as usual",
         most_rows_tie_out_and_some_break_as_usual},
        {"labels are optional", labels_are_optional},
        {"who watches is told how many rows there are", who_watches_is_told},
        {"impossible plans are refused", impossible_plans_are_refused},
        {"short memory is reported", short_memory_is_reported},
    };
    return suite_run("generator", fact, sizeof fact / sizeof fact[0]);
}
