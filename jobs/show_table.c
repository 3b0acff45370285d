/* The table of findings. Two passes over the cells, the first to measure and the second to
 * print, so no cell is ever stored. To fit a terminal, the widest text gives way first, as it
 * has the most to spare; columns are left out only when texts at their least do not do it. */
#include "show_table.h"

#include "amount_text.h"
#include "code_point.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum cell {
    CELL_RANK,
    CELL_SEVERITY,
    CELL_PATTERN,
    CELL_DATE,
    CELL_COMPANY,
    CELL_ACCOUNT,
    CELL_AU,
    CELL_CURRENCY,
    CELL_DIFFERENCE,
    CELL_CHANGE,
    CELL_SCORE,
    CELL_ID,
    N_CELL
};

static const struct {
    const char *title;
    bool right;
    size_t least; /* a text may be cut to this; 0: never cut */
} COLUMN[N_CELL] = {
    [CELL_RANK] = {"#", true, 0},
    [CELL_SEVERITY] = {"severity", false, 0},
    [CELL_PATTERN] = {"pattern", false, 0},
    [CELL_DATE] = {"as of", false, 0},
    [CELL_COMPANY] = {"company", false, 7},
    [CELL_ACCOUNT] = {"account", false, 8},
    [CELL_AU] = {"AU", false, 6},
    [CELL_CURRENCY] = {"cur", false, 4},
    [CELL_DIFFERENCE] = {"difference", true, 0},
    [CELL_CHANGE] = {"change", true, 0},
    [CELL_SCORE] = {"score", true, 0},
    [CELL_ID] = {"id", false, 0},
};

/* The first to go on a narrow terminal. */
static const enum cell SPARE[] = {CELL_ID,      CELL_CHANGE, CELL_SCORE,
                                  CELL_PATTERN, CELL_DATE,   CELL_COMPANY};
enum { N_SPARE = sizeof SPARE / sizeof *SPARE };

static const size_t GAP = 2; /* blanks between columns */

struct layout {
    bool shown[N_CELL];
    size_t width[N_CELL];
    size_t n_spared; /* of SPARE, left out */
};

/* The text of a cell: a finding's own, or written into buffer. */
static const char *cell_text(const struct finding *finding, size_t rank, enum cell cell,
                             char buffer[AMOUNT_TEXT])
{
    switch (cell) {
    case CELL_SEVERITY:
        return finding->severity;
    case CELL_PATTERN:
        return finding->pattern;
    case CELL_DATE:
        return finding->as_of_date;
    case CELL_COMPANY:
        return finding->company;
    case CELL_ACCOUNT:
        return finding->account;
    case CELL_AU:
        return finding->au;
    case CELL_CURRENCY:
        return finding->currency;
    case CELL_ID:
        return finding->id;
    case CELL_RANK:
        snprintf(buffer, AMOUNT_TEXT, "%zu", rank);
        break;
    case CELL_DIFFERENCE:
        amount_grouped(finding->feature[FEATURE_BALANCE_DIFFERENCE], buffer);
        break;
    case CELL_CHANGE:
        amount_grouped(finding->feature[FEATURE_DIFF_CHANGE], buffer);
        break;
    default:
        snprintf(buffer, AMOUNT_TEXT, "%.4f", finding->score);
        break;
    }
    return buffer;
}

static size_t text_columns(const char *text)
{
    size_t columns = 0;

    while (*text != '\0')
        columns += code_point_columns(code_point_next(&text));
    return columns;
}

static void measure(const struct findings *findings, size_t n, struct layout *layout)
{
    char buffer[AMOUNT_TEXT];

    for (enum cell cell = 0; cell < N_CELL; cell++) {
        layout->width[cell] = strlen(COLUMN[cell].title);
        layout->shown[cell] = cell != CELL_CURRENCY;
    }
    for (size_t i = 0; i < n; i++) {
        for (enum cell cell = 0; cell < N_CELL; cell++) {
            const char *text = cell_text(&findings->finding[i], i + 1, cell, buffer);
            size_t columns = text_columns(text);
            if (columns > layout->width[cell])
                layout->width[cell] = columns;
        }
        if (findings->finding[i].currency[0] != '\0')
            layout->shown[CELL_CURRENCY] = true;
    }
}

static size_t least_width(const struct layout *layout, enum cell cell)
{
    size_t least = COLUMN[cell].least;

    return least > 0 && least < layout->width[cell] ? least : layout->width[cell];
}

/* Columns of a line; at_least: with every text cut as far as it may be. */
static size_t line_width(const struct layout *layout, bool at_least)
{
    size_t sum = 0;

    for (enum cell cell = 0; cell < N_CELL; cell++)
        if (layout->shown[cell])
            sum += (cell > 0 ? GAP : 0) +
                   (at_least ? least_width(layout, cell) : layout->width[cell]);
    return sum;
}

/* Takes one column from the widest text that can spare one; false if none can. */
static bool narrow_widest(struct layout *layout)
{
    enum cell widest = N_CELL;

    for (enum cell cell = 0; cell < N_CELL; cell++)
        if (layout->shown[cell] && least_width(layout, cell) < layout->width[cell] &&
            (widest == N_CELL || layout->width[cell] > layout->width[widest]))
            widest = cell;
    if (widest == N_CELL)
        return false;
    layout->width[widest]--;
    return true;
}

static void fit(struct layout *layout, size_t width)
{
    while (layout->n_spared < N_SPARE && line_width(layout, true) > width)
        layout->shown[SPARE[layout->n_spared++]] = false;
    while (line_width(layout, false) > width && narrow_widest(layout))
        continue;
}

static void print_blanks(size_t n, FILE *out)
{
    for (; n > 0; n--)
        fputc(' ', out);
}

/* The leading part of text that takes at most `columns`, control characters replaced. */
static size_t print_columns(const char *text, size_t columns, FILE *out)
{
    size_t used = 0;

    while (*text != '\0') {
        const char *from = text;
        uint32_t code = code_point_next(&text);
        bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) ||
                       (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
        size_t more = code_point_columns(code);
        if (used + more > columns)
            break;
        used += more;
        if (control || code == CODE_POINT_BAD)
            fputs("\uFFFD", out);
        else
            fwrite(from, 1, (size_t)(text - from), out);
    }
    return used;
}

static void print_cell(const char *text, size_t width, bool right, bool last, FILE *out)
{
    size_t columns = text_columns(text);
    size_t used = columns;

    if (columns > width) {
        used = print_columns(text, width - 1, out) + 1;
        fputs("\u2026", out);
    } else {
        print_blanks(right ? width - columns : 0, out);
        print_columns(text, columns, out);
    }
    print_blanks(last || (right && columns <= width) ? 0 : width - used, out);
}

/* The SGR code of a cell, "" for none: from the terminal's own sixteen colours, which its owner has
 * chosen to be readable. */
static const char *cell_color(const struct finding *finding, enum cell cell)
{
    static const struct {
        const char *severity, *code;
    } COLOR[] = {{"critical", "1;31"}, {"high", "31"}, {"medium", "33"}};

    if (finding == NULL)
        return "1";
    for (size_t i = 0; cell == CELL_SEVERITY && i < sizeof COLOR / sizeof *COLOR; i++)
        if (strcmp(finding->severity, COLOR[i].severity) == 0)
            return COLOR[i].code;
    return "";
}

static enum cell last_shown(const struct layout *layout)
{
    enum cell last = N_CELL - 1;

    while (!layout->shown[last])
        last--;
    return last;
}

/* A finding's line, or for NULL the titles'. */
static void print_line(const struct finding *finding, size_t rank, const struct layout *layout,
                       bool color, FILE *out)
{
    enum cell last = last_shown(layout);
    char buffer[AMOUNT_TEXT];

    for (enum cell cell = 0; cell <= last; cell++) {
        if (!layout->shown[cell])
            continue;
        const char *text =
            finding == NULL ? COLUMN[cell].title : cell_text(finding, rank, cell, buffer);
        const char *code = color ? cell_color(finding, cell) : "";
        print_blanks(cell > 0 ? GAP : 0, out);
        if (code[0] != '\0')
            fprintf(out, "\x1b[%sm", code);
        print_cell(text, layout->width[cell], COLUMN[cell].right, cell == last, out);
        if (code[0] != '\0')
            fputs("\x1b[0m", out);
    }
    fputc('\n', out);
}

static void print_rule(const struct layout *layout, FILE *out)
{
    enum cell last = last_shown(layout);

    for (enum cell cell = 0; cell <= last; cell++) {
        if (!layout->shown[cell])
            continue;
        print_blanks(cell > 0 ? GAP : 0, out);
        for (size_t i = 0; i < layout->width[cell]; i++)
            fputc('-', out);
    }
    fputc('\n', out);
}

/* A count with commas between thousands. */
static void print_count(int64_t count, FILE *out)
{
    char digit[AMOUNT_TEXT];
    int n = snprintf(digit, sizeof digit, "%" PRId64, count);

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            fputc(',', out);
        fputc(digit[i], out);
    }
}

static void print_summary(const struct findings *findings, size_t n, FILE *out)
{
    if (findings->n == 0)
        fputs("No", out);
    else
        print_count((int64_t)findings->n, out);
    fprintf(out, " anomal%s in ", findings->n == 1 ? "y" : "ies");
    print_count(findings->n_row, out);
    fprintf(out, " row%s (contamination %.4g, profile %s)", findings->n_row == 1 ? "" : "s",
            findings->contamination, findings->profile);
    if (n < findings->n)
        fprintf(out, "; the %zu most anomalous", n);
    fputs(n > 0 ? ":\n" : ".\n", out);
}

static void print_left_out(const struct layout *layout, FILE *out)
{
    fputs("Not shown here:", out);
    for (size_t i = 0; i < layout->n_spared; i++)
        fprintf(out, "%s %s", i > 0 ? "," : "", COLUMN[SPARE[i]].title);
    fputs(" (--format csv has all).\n", out);
}

void show_table_write(const struct findings *findings, size_t top, size_t width, bool color,
                      FILE *out)
{
    size_t n = top > 0 && top < findings->n ? top : findings->n;
    struct layout layout = {0};

    print_summary(findings, n, out);
    if (n == 0)
        return;
    measure(findings, n, &layout);
    if (width > 0)
        fit(&layout, width);
    fputc('\n', out);
    print_line(NULL, 0, &layout, color, out);
    print_rule(&layout, out);
    for (size_t i = 0; i < n; i++)
        print_line(&findings->finding[i], i + 1, &layout, color, out);
    if (layout.n_spared > 0) {
        fputc('\n', out);
        print_left_out(&layout, out);
    }
}
