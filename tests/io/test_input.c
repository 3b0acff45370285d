/* Ledger files before they are parsed: packed ones cut off or damaged at every byte, headers below
 * titles, tables below each other, folders. */
#include "date.h"
#include "input.h"
#include "input_list.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST /* input is not written to */
#include <zlib.h>
#include <zstd.h>

enum { SIZE_MAX_HERE = 1 << 16 };

static const struct ledger_terms TERMS = {
    .date_orders = DATE_MONTH_FIRST | DATE_DAY_FIRST, .tolerance = 1, .decimal_mark = '.'};

#define HEADER "date,company,account,au,gl balance,ihub balance\n"
#define ROW    "5/31/2024,1,2,3,4,4\n"

static char folder[] = "/tmp/tieout-input-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *put(const char *name, const void *byte, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(byte, 1, n, file), n);
    fclose(file);
    return path_of(name);
}

static size_t pack_gzip(const char *text, size_t n, unsigned char *out)
{
    enum { GZIP = 15 + 16, MEMORY = 8 };
    z_stream stream = {.next_in = (const Bytef *)text, .avail_in = (uInt)n};

    stream.next_out = out;
    stream.avail_out = SIZE_MAX_HERE;
    CU_ASSERT_EQUAL_FATAL(deflateInit2(&stream, 6, Z_DEFLATED, GZIP, MEMORY, 0), Z_OK);
    CU_ASSERT_EQUAL(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

static size_t pack_zstd(const char *text, size_t n, unsigned char *out)
{
    size_t packed = ZSTD_compress(out, SIZE_MAX_HERE, text, n, 3);

    CU_ASSERT_FALSE(ZSTD_isError(packed));
    return packed;
}

/* Reads a file to its end in pieces of `piece` bytes; returns the status, and the text. */
static enum status read_all(const char *path, size_t piece, char *text, size_t *n,
                            struct error *err)
{
    struct input_source *source = NULL;
    enum status st = input_source_open(path, &source, err);
    size_t got = piece;

    *n = 0;
    while (st == STATUS_OK && got == piece && *n + piece < SIZE_MAX_HERE) {
        st = input_source_read(source, text + *n, piece, &got, err);
        *n += st == STATUS_OK ? got : 0;
    }
    input_source_close(source);
    return st;
}

static size_t make_text(char *text)
{
    size_t n = 0;

    while (n < SIZE_MAX_HERE / 4)
        n += (size_t)sprintf(text + n, "line %zu of a text\n", n * 7919 % 1000);
    return n;
}

static void packed_files_read_as_plain_ones(void)
{
    static char text[SIZE_MAX_HERE], read[SIZE_MAX_HERE];
    static unsigned char packed[2 * SIZE_MAX_HERE];
    static const size_t piece[] = {1, 7, 4096, 40000};
    size_t n = make_text(text), n_read;
    struct error err;

    for (size_t i = 0; i < 2 * sizeof piece / sizeof piece[0]; i++) {
        size_t (*pack)(const char *, size_t, unsigned char *) = i % 2 ? pack_gzip : pack_zstd;
        size_t first = pack(text, n / 3, packed); /* two archives behind each other */
        size_t whole = first + pack(text + n / 3, n - n / 3, packed + first);
        const char *path = put("packed", packed, whole);
        CU_ASSERT_EQUAL(read_all(path, piece[i / 2], read, &n_read, &err), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(n_read, n);
        CU_ASSERT_EQUAL(memcmp(read, text, n), 0);
    }
}

static void an_archive_cut_off_anywhere_is_refused(void)
{
    static char text[SIZE_MAX_HERE], read[SIZE_MAX_HERE];
    static unsigned char packed[SIZE_MAX_HERE];
    enum { MAGIC = 4 };
    size_t n = make_text(text), n_read;

    for (int kind = 0; kind < 2; kind++) {
        size_t whole = kind ? pack_gzip(text, n, packed) : pack_zstd(text, n, packed);
        for (size_t cut = MAGIC; cut < whole; cut++) {
            struct error err = {.text = ""};
            const char *path = put("cut", packed, cut);
            CU_ASSERT_EQUAL(read_all(path, 4096, read, &n_read, &err), STATUS_DATA);
            CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "archive is damaged"));
        }
    }
}

/* A changed byte is seen by the archive's checksum, or makes no difference. */
static void a_damaged_gzip_archive_is_refused(void)
{
    static char text[SIZE_MAX_HERE], read[SIZE_MAX_HERE];
    static unsigned char packed[SIZE_MAX_HERE];
    enum { FRAME = 10 };
    size_t n = make_text(text), n_read, whole = pack_gzip(text, n, packed);

    for (size_t at = FRAME; at < whole; at++) {
        struct error err = {.text = ""};
        packed[at] ^= 0x10;
        enum status st = read_all(put("bad", packed, whole), 4096, read, &n_read, &err);
        CU_ASSERT(st == STATUS_DATA ||
                  (st == STATUS_OK && n_read == n && memcmp(read, text, n) == 0));
        packed[at] ^= 0x10;
    }
}

static void skipping_reads_on_from_there(void)
{
    static char text[SIZE_MAX_HERE];
    static unsigned char packed[SIZE_MAX_HERE];
    size_t n = make_text(text), got = 0;
    char byte[16];
    struct error err;

    for (int kind = 0; kind < 2; kind++) {
        struct input_source *source = NULL;
        const char *path =
            kind ? put("skip", packed, pack_gzip(text, n, packed)) : put("skip", text, n);
        CU_ASSERT_EQUAL_FATAL(input_source_open(path, &source, &err), STATUS_OK);
        CU_ASSERT_EQUAL(input_source_packing(source), kind ? PACKING_GZIP : PACKING_NONE);
        CU_ASSERT_EQUAL(input_source_skip(source, 9999, &err), STATUS_OK);
        CU_ASSERT_EQUAL(input_source_read(source, byte, sizeof byte, &got, &err), STATUS_OK);
        CU_ASSERT_EQUAL(got, sizeof byte);
        CU_ASSERT_EQUAL(memcmp(byte, text + 9999, sizeof byte), 0);
        CU_ASSERT_EQUAL(input_source_skip(source, (int64_t)n + 1, &err),
                        kind ? STATUS_DATA : STATUS_OK);
        input_source_close(source);
    }
}

static void check_refused(const char *text, const char *says)
{
    struct input_tables tables = {.n = 0};
    struct error err = {.text = ""};

    CU_ASSERT_EQUAL(
        input_inspect(put("bad.csv", text, strlen(text)), 0, &TERMS, true, &tables, &err),
        STATUS_DATA);
    if (strstr(err.text, says) == NULL)
        CU_FAIL(err.text);
    free(tables.table);
}

static void what_is_no_ledger_is_told(void)
{
    check_refused("", "is empty");
    check_refused("\xef\xbb\xbf", "is empty");
    check_refused("\n\n \n", "no column");
    check_refused("\n\n\n", "no header");
    check_refused("title\ndate,company,account,au,gl balance\nx,y\n",
                  "line 2: no column IHub balance");
    check_refused("a\"b\n", "stray quotes");
    check_refused("a\rb\rc", "carriage return");
    check_refused(HEADER ROW "5/31/2024,1,2,3\"3,4,4\n", "line 3: a quote inside");
    check_refused(HEADER ROW "\"5/31/2024,1,2,3\n", "line 3: a quote inside");
    check_refused(HEADER "company,date,account,au,gl balance,ihub balance,Date\n",
                  "line 2: the columns \"date\" and \"Date\" both name");
}

static void check_table(const char *text, const struct input_table *table, const char *begins,
                        const char *ends, int64_t line)
{
    CU_ASSERT_EQUAL(strncmp(text + table->data_begin, begins, strlen(begins)), 0);
    CU_ASSERT_EQUAL(strncmp(text + table->data_end, ends, strlen(ends)), 0);
    CU_ASSERT_EQUAL(table->header_line, line);
}

static void tables_begin_below_their_headers(void)
{
    static const char text[] =
        "\xef\xbb\xbfTitle, \"of\" two\n\n" HEADER ROW ROW "* note\n" HEADER
        "\"6/30/2024\",1,\"two\nlines\",3,4,4\n" HEADER;
    struct input_tables tables = {.n = 0};
    struct error err;

    CU_ASSERT_EQUAL_FATAL(
        input_inspect(put("sheet.csv", text, sizeof text - 1), 7, &TERMS, true, &tables, &err),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(tables.n, 3);
    check_table(text, &tables.table[0], ROW, HEADER, 3);
    check_table(text, &tables.table[1], "\"6/30", HEADER, 7);
    check_table(text, &tables.table[2], "", "", 10);
    CU_ASSERT_EQUAL(tables.table[2].data_begin, tables.table[2].data_end);
    CU_ASSERT_EQUAL(tables.table[2].file, 7);
    free(tables.table);
    tables = (struct input_tables){.n = 0};
    CU_ASSERT_EQUAL_FATAL(input_inspect(path_of("sheet.csv"), 0, &TERMS, false, &tables, &err),
                          STATUS_OK);
    CU_ASSERT_EQUAL(tables.n, 1);
    CU_ASSERT_EQUAL(tables.table[0].data_end, (int64_t)sizeof text - 1);
    free(tables.table);
}

static void a_file_that_grew_is_refused(void)
{
    struct input_tables tables = {.n = 0};
    struct input_source *source = NULL;
    struct error err;
    const char *path = put("grows.csv", HEADER ROW, strlen(HEADER ROW));

    CU_ASSERT_EQUAL_FATAL(input_inspect(path, 0, &TERMS, false, &tables, &err), STATUS_OK);
    put("grows.csv", HEADER ROW ROW, strlen(HEADER ROW ROW));
    CU_ASSERT_EQUAL(input_open(path, &tables.table[0], 0, &source, &err), STATUS_DATA);
    CU_ASSERT_PTR_NULL(source);
    free(tables.table);
}

static void a_folder_is_its_ledgers_by_name(void)
{
    static const char *const name[] = {"m/b.csv",  "m/a.csv.gz", "m/c.CSV", "m/d.csv.zst",
                                       "m/.e.csv", "m/f.txt",    "m/csv",   "m/.csv"};
    char sub[128], single[128], link_name[128];
    const char *operand[] = {single, sub};
    struct input_list list = {.n = 0};
    struct error err;

    snprintf(sub, sizeof sub, "%s", path_of("m"));
    CU_ASSERT_EQUAL_FATAL(mkdir(sub, 0700), 0);
    CU_ASSERT_EQUAL(input_list_expand(operand + 1, 1, &list, &err), STATUS_NO_INPUT);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        put(name[i], "x", 1);
    snprintf(single, sizeof single, "%s", put("z.csv", "x", 1));
    CU_ASSERT_EQUAL_FATAL(input_list_expand(operand, 2, &list, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(list.n, 5);
    CU_ASSERT_STRING_EQUAL(list.path[0], single);
    for (size_t i = 1; i < 5; i++) {
        static const char *const want[] = {"a.csv.gz", "b.csv", "c.CSV", "d.csv.zst"};
        CU_ASSERT_STRING_EQUAL(strrchr(list.path[i], '/') + 1, want[i - 1]);
    }
    input_list_free(&list);
    snprintf(link_name, sizeof link_name, "%s", path_of("m/g.csv"));
    CU_ASSERT_EQUAL(link(single, link_name), 0);
    CU_ASSERT_EQUAL(input_list_expand(operand, 2, &list, &err), STATUS_USAGE);
    CU_ASSERT_EQUAL(list.n, 0);
}

static void remove_folder(void)
{
    char command[160];

    snprintf(command, sizeof command, "rm -r '%s'", folder);
    CU_ASSERT_EQUAL(system(command), 0);
}

int main(void)
{
    static const struct fact fact[] = {
        {"packed files read as plain ones, in pieces of any size",
         packed_files_read_as_plain_ones},
        {"an archive cut off anywhere is refused", an_archive_cut_off_anywhere_is_refused},
        {"a damaged gzip archive is refused", a_damaged_gzip_archive_is_refused},
        {"skipping reads on from there", skipping_reads_on_from_there},
        {"what is no ledger is told", what_is_no_ledger_is_told},
        {"tables begin below their headers", tables_begin_below_their_headers},
        {"a file that grew is refused", a_file_that_grew_is_refused},
        {"a folder is its ledgers, by name", a_folder_is_its_ledgers_by_name},
        {"the folder of these tests goes", remove_folder},
    };

    if (mkdtemp(folder) == NULL)
        return 1;
    return suite_run("input", fact, sizeof fact / sizeof fact[0]);
}
