/* The page on results.h5: its datasets from the table that the writer loops over. SCHEMA.md is
 * this output, and a test compares them, and the table with a file. */
#include "results_layout.h"

#include <string.h>

static const char INTRODUCTION[] =
    "# Results file\n"
    "\n"
    "This page is the output of `tieout help results`. The file is HDF5; each dataset carries "
    "its\n"
    "unit and meaning as the attributes `units` and `description`. The members of a group have "
    "one\n"
    "entry for each row, finding, feature, node or reject, in the same order. Missing numbers "
    "are NaN.\n";

static const struct {
    const char *group, *text;
} ABOUT[] = {
    {"/rows",
     "Every kept row in input order. With `--keep-features` also `/rows/features/NAME`,\n"
     "float64, for each feature of the model."},
    {"/anomalies", "The flagged rows that are to be followed up, most anomalous first."},
    {"/model", "The forest, enough to score other rows with it."},
    {"/rejects", "What was not taken as given."},
};

static const char RUN[] =
    "\n## `/run`\n"
    "\n"
    "Attributes only: version, command, settings in force, input files "
    "with their SHA-256, ranks,\n"
    "threads, host, `content_digest`, which is the same for any number of "
    "ranks and threads, and\n"
    "for every stage its seconds, items by the second, and where bytes "
    "were read, exchanged or\n"
    "written these too: `seconds_ingest`, `rows_per_second_ingest`, "
    "`bytes_ingest`,\n"
    "`bytes_per_second_ingest`.\n";

static const char *type_name(enum value_type type)
{
    static const char *const NAME[] = {
        [VALUE_I8] = "int64",   [VALUE_I4] = "int32",
        [VALUE_U1] = "uint8",   [VALUE_PATTERN] = "uint8, enumeration",
        [VALUE_F8] = "float64", [VALUE_TEXT] = "text, UTF-8"};

    return NAME[type];
}

/* Length of the group's name, "/rows". */
static size_t group_length(const struct dataset *dataset)
{
    return (size_t)(strchr(dataset->name + 1, '/') - dataset->name);
}

static void print_heading(FILE *stream, const char *name, size_t length)
{
    fprintf(stream, "\n## `%.*s`\n", (int)length, name);
    for (size_t i = 0; i < sizeof ABOUT / sizeof *ABOUT; i++)
        if (strlen(ABOUT[i].group) == length && strncmp(ABOUT[i].group, name, length) == 0)
            fprintf(stream, "\n%s\n", ABOUT[i].text);
    fputs("\n| dataset | type | unit | meaning |\n| --- | --- | --- | --- |\n", stream);
}

void results_page(FILE *stream)
{
    const struct dataset *before = NULL;

    fputs(INTRODUCTION, stream);
    for (size_t i = 0; i < N_DATASET; i++) {
        const struct dataset *dataset = &DATASET[i];
        size_t length = group_length(dataset);
        if (before == NULL || group_length(before) != length ||
            strncmp(before->name, dataset->name, length) != 0)
            print_heading(stream, dataset->name, length);
        fprintf(stream, "| `%s` | %s | %s | %s |\n", dataset->name + length + 1,
                type_name(dataset->type),
                strcmp(dataset->unit, "text") == 0 ? "" : dataset->unit, dataset->description);
        before = dataset;
    }
    fputs(RUN, stream);
}
