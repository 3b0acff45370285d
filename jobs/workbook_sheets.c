/* The sheets of the reviewers' workbook. Written row by row, as the library then keeps one row in
 * memory: a list may have a million. Every text goes through one function, which makes it a text
 * cell with the format "text": a spreadsheet runs it as a formula neither when the file is opened
 * nor when the cell is edited. When the file may be replaced is review_workbook.c's. */
#include "workbook_sheets.h"

#include "amount_text.h"
#include "code_point.h"
#include "mem.h"
#include "review_list.h"
#include "run_facts.h"
#include "workbook_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCE = 256, FROZEN_COLUMNS = 5 /* up to the AU: which account a row is about */ };
enum { LINES_MAX = 25 /* a row has at most 409 points */ };
static const double RUN_WIDTH = 90; /* of the facts' column, characters */

enum { RUN_LABEL = 0, RUN_VALUE = 1 };
enum { FINDINGS_TOLD = 1 << 10 }; /* between two tellings of how far it is */

/* Colours, RGB: dark text on a light ground, told apart in print too by the words. */
enum {
    TITLE_GROUND = 0x1F3A5F,
    ANSWER_TITLE_GROUND = 0x7A5A00,
    ANSWER_GROUND = 0xFFFBE6,
    HAIR_LINE = 0xD9D9D9
};

static const struct colour {
    const char *word;
    lxw_color_t ground, ink;
} SEVERITY_COLOUR[] = {{"critical", 0xF4B6B6, 0x7A0000},
                       {"high", 0xFBD5B5, 0x7A3E00},
                       {"medium", 0xFFF0B3, 0x5F4B00},
                       {"low", 0xE3EEF9, 0x1F3A5F}},
  VERDICT_COLOUR[] = {{"confirmed", 0xF4B6B6, 0x7A0000},
                      {"false_positive", 0xD9EAD3, 0x1E4620}};

/* The workbook while it is written. */
struct book {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *title, *answer_title, *label, *heading;
    lxw_format *column[N_REVIEW_COLUMN];
    lxw_format *plain; /* a text that may be long */
    lxw_error failed;  /* the first that was not LXW_NO_ERROR */
    struct workbook_cut *cut;
    char *cell; /* [WORKBOOK_CELL_BYTES] scratch */
};

static void note(struct book *book, lxw_error code)
{
    if (book->failed == LXW_NO_ERROR)
        book->failed = code;
}

/* ---- cells --------------------------------------------------------------------------------- */

static void put_text(struct book *book, lxw_row_t row, int column, const char *text,
                     lxw_format *format)
{
    book->cut->texts += workbook_text(text, book->cell);
    if (book->cell[0] == '\0')
        note(book, worksheet_write_blank(book->sheet, row, (lxw_col_t)column, format));
    else
        note(book,
             worksheet_write_string(book->sheet, row, (lxw_col_t)column, book->cell, format));
}

static void put_number(struct book *book, lxw_row_t row, int column, double value,
                       lxw_format *format)
{
    char text[AMOUNT_TEXT];

    if (isfinite(value)) {
        note(book, worksheet_write_number(book->sheet, row, (lxw_col_t)column, value, format));
        return;
    }
    amount_exact(value, text); /* "" for NaN; a cell has no infinities */
    put_text(book, row, column, text, format);
}

/* A day that spreadsheets can sort and group; they know none before 1900. */
static void put_date(struct book *book, lxw_row_t row, int column, const char *text,
                     lxw_format *format)
{
    lxw_datetime day = {0};

    if (sscanf(text, "%4d-%2d-%2d", &day.year, &day.month, &day.day) == 3 && day.year >= 1901)
        note(book, worksheet_write_datetime(book->sheet, row, (lxw_col_t)column, &day, format));
    else
        put_text(book, row, column, text, format);
}

/* Type that is wrapped in a column of which a row's height is to follow. */
struct wrapped {
    double
        columns; /* that a line takes, a few less than it has room for: it ends between words */
    double height; /* of a line, points */
};
enum { PROSE_SIZE = 9 /* points; the other columns have 11 */ };
static const struct wrapped PROSE = {115, 12.5}, FACT = {70, 15};

static int line_count(const char *text, double columns)
{
    double used = 0;
    int lines = 1;

    while (*text != '\0' && lines < LINES_MAX) {
        uint32_t code = code_point_next(&text);
        used += (double)code_point_columns(code);
        if (code != '\n' && used < columns)
            continue;
        lines += *text != '\0';
        used = 0;
    }
    return lines;
}

/* Spreadsheets differ in whether they fit the height of a row to its text; so it is given. Before
 * the row's cells, which the library writes out with it. */
static void set_height(struct book *book, lxw_row_t row, const char *text, struct wrapped in)
{
    double height = line_count(text, in.columns) * in.height;

    note(book,
         worksheet_set_row(book->sheet, row,
                           height > LXW_DEF_ROW_HEIGHT ? height : LXW_DEF_ROW_HEIGHT, NULL));
}

static void put_finding(struct book *book, lxw_row_t row, const struct finding *finding,
                        const char *explanation)
{
    set_height(book, row, explanation, PROSE);
    for (int i = 0; i < N_REVIEW_COLUMN; i++) {
        const struct review_column *column = &REVIEW_COLUMN[i];
        if (column->kind == REVIEW_AMOUNT || column->kind == REVIEW_SCORE)
            put_number(book, row, i, review_number(finding, column), book->column[i]);
        else if (column->kind == REVIEW_DATE)
            put_date(book, row, i, review_text(finding, explanation, column), book->column[i]);
        else
            put_text(book, row, i, review_text(finding, explanation, column), book->column[i]);
    }
}

/* ---- formats ------------------------------------------------------------------------------- */

static lxw_format *add_title_format(lxw_workbook *workbook, lxw_color_t ground)
{
    lxw_format *format = workbook_add_format(workbook);

    format_set_bold(format);
    format_set_font_color(format, LXW_COLOR_WHITE);
    format_set_bg_color(format, ground);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    format_set_align(format, LXW_ALIGN_LEFT);
    format_set_indent(format, 1);
    format_set_num_format(format, "@");
    return format;
}

static lxw_format *add_column_format(lxw_workbook *workbook, enum review_kind kind)
{
    static const char *const NUMBER[] = {
        [REVIEW_TEXT] = "@",          [REVIEW_ID] = "@",         [REVIEW_DATE] = "yyyy-mm-dd",
        [REVIEW_AMOUNT] = "#,##0.00", [REVIEW_SCORE] = "0.0000", [REVIEW_PROSE] = "@",
        [REVIEW_ANSWER] = "@"};
    lxw_format *format = workbook_add_format(workbook);

    format_set_num_format(format, NUMBER[kind]);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    format_set_bottom(format, LXW_BORDER_HAIR);
    format_set_bottom_color(format, HAIR_LINE);
    if (kind != REVIEW_AMOUNT && kind != REVIEW_SCORE) {
        format_set_align(format, LXW_ALIGN_LEFT);
        format_set_indent(format, 1); /* off the number to its left */
    }
    if (kind == REVIEW_PROSE || kind == REVIEW_ANSWER)
        format_set_text_wrap(format);
    if (kind == REVIEW_PROSE)
        format_set_font_size(format, PROSE_SIZE);
    if (kind == REVIEW_ANSWER)
        format_set_bg_color(format, ANSWER_GROUND);
    return format;
}

static void add_formats(struct book *book)
{
    lxw_workbook *workbook = book->workbook;

    book->title = add_title_format(workbook, TITLE_GROUND);
    book->answer_title = add_title_format(workbook, ANSWER_TITLE_GROUND);
    for (int i = 0; i < N_REVIEW_COLUMN; i++)
        book->column[i] = add_column_format(workbook, REVIEW_COLUMN[i].kind);
    book->label = workbook_add_format(workbook);
    format_set_bold(book->label);
    format_set_align(book->label, LXW_ALIGN_VERTICAL_TOP);
    book->heading = workbook_add_format(workbook);
    format_set_bold(book->heading);
    format_set_font_size(book->heading, 14);
    book->plain = workbook_add_format(workbook);
    format_set_num_format(book->plain, "@");
    format_set_text_wrap(book->plain);
    format_set_align(book->plain, LXW_ALIGN_VERTICAL_TOP);
}

/* ---- the sheet of anomalies ---------------------------------------------------------------- */

static void colour_column(struct book *book, int column, lxw_row_t last,
                          const struct colour *colour, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char formula[32]; /* a text in quotes */
        lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_CELL,
                                       .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
                                       .value_string = formula};

        snprintf(formula, sizeof formula, "\"%s\"", colour[i].word);
        rule.format = workbook_add_format(book->workbook);
        format_set_bg_color(rule.format, colour[i].ground);
        format_set_font_color(rule.format, colour[i].ink);
        note(book, worksheet_conditional_format_range(book->sheet, 1, (lxw_col_t)column, last,
                                                      (lxw_col_t)column, &rule));
    }
}

static void offer_verdicts(struct book *book, lxw_row_t last)
{
    char confirmed[] = "confirmed", rejected[] = "false_positive";
    char title[] = "Verdict";
    char message[] = "Choose confirmed or false_positive, or leave the cell empty.";
    char *list[] = {confirmed, rejected, NULL};
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST,
                                .value_list = list,
                                .error_title = title,
                                .error_message = message};

    note(book, worksheet_data_validation_range(book->sheet, 1, REVIEW_VERDICT, last,
                                               REVIEW_VERDICT, &rule));
}

static void set_print(lxw_worksheet *sheet)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_set_margins(sheet, 0.4, 0.4, 0.6, 0.6);
    worksheet_set_header(sheet, "&L&F&R&A");
    worksheet_set_footer(sheet, "&RPage &P of &N");
}

/* last: row of the last finding, 0 if there is none. */
static void set_list(struct book *book, lxw_row_t last)
{
    lxw_worksheet *sheet = book->sheet;

    for (int i = 0; i < N_REVIEW_COLUMN; i++)
        note(book, worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
                                        REVIEW_COLUMN[i].width, NULL));
    worksheet_freeze_panes(sheet, 1, FROZEN_COLUMNS);
    note(book, worksheet_autofilter(sheet, 0, 0, last, N_REVIEW_COLUMN - 1));
    set_print(sheet);
    worksheet_fit_to_pages(sheet, 2, 0);
    note(book, worksheet_repeat_rows(sheet, 0, 0));
    note(book, worksheet_repeat_columns(sheet, 0, FROZEN_COLUMNS - 1));
    if (last == 0)
        return;
    offer_verdicts(book, last);
    colour_column(book, REVIEW_SEVERITY, last, SEVERITY_COLOUR,
                  sizeof SEVERITY_COLOUR / sizeof *SEVERITY_COLOUR);
    colour_column(book, REVIEW_VERDICT, last, VERDICT_COLOUR,
                  sizeof VERDICT_COLOUR / sizeof *VERDICT_COLOUR);
    note(book,
         worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
}

static void add_list(struct book *book, const struct followup *followup)
{
    const struct findings *findings = followup->findings;
    size_t n = findings->n < WORKBOOK_ROWS ? findings->n : WORKBOOK_ROWS;

    book->sheet = workbook_add_worksheet(book->workbook, "Anomalies");
    if (book->sheet == NULL) {
        note(book, LXW_ERROR_CREATING_TMPFILE);
        return;
    }
    book->cut->findings = findings->n - n;
    set_list(book, (lxw_row_t)n);
    note(book, worksheet_set_row(book->sheet, 0, 24, NULL));
    for (int i = 0; i < N_REVIEW_COLUMN; i++)
        put_text(book, 0, i, REVIEW_COLUMN[i].title,
                 REVIEW_COLUMN[i].kind == REVIEW_ANSWER ? book->answer_title : book->title);
    double begun = log_clock();
    for (size_t i = 0; i < n; i++) {
        if (i % FINDINGS_TOLD == 0)
            log_progress(followup->log, "workbook", (int64_t)i, (int64_t)n, "anomalies",
                         log_clock() - begun);
        put_finding(book, (lxw_row_t)(i + 1), &findings->finding[i],
                    followup->explained[i].text);
    }
}

/* ---- the sheet of the run ------------------------------------------------------------------ */

static void put_fact(struct book *book, lxw_row_t *row, const char *label, const char *text)
{
    set_height(book, *row, text, FACT);
    put_text(book, *row, RUN_LABEL, label, book->label);
    put_text(book, *row, RUN_VALUE, text, book->plain);
    ++*row;
}

/* Where the facts of the run go. */
struct fact_place {
    struct book *book;
    lxw_row_t *row;
};

static void put_run_fact(void *context, const char *label, const char *text)
{
    const struct fact_place *place = context;

    put_fact(place->book, place->row, label, text);
}

static void put_left_out(struct book *book, lxw_row_t *row)
{
    const struct workbook_cut cut = *book->cut;
    char text[SENTENCE];

    snprintf(text, sizeof text, "%zu anomalies, the least anomalous: a sheet holds no more",
             cut.findings);
    if (cut.findings > 0)
        put_fact(book, row, "Left out", text);
    snprintf(text, sizeof text, "%zu texts: a cell holds %d characters", cut.texts,
             WORKBOOK_CELL);
    if (cut.texts > 0)
        put_fact(book, row, "Cut", text);
    if (cut.findings > 0 || cut.texts > 0)
        put_fact(book, row, "", "anomalies.csv has everything.");
}

static void add_run(struct book *book, const struct followup *followup)
{
    lxw_row_t row = 0;
    struct fact_place place = {book, &row};

    book->sheet = workbook_add_worksheet(book->workbook, "Run");
    if (book->sheet == NULL) {
        note(book, LXW_ERROR_CREATING_TMPFILE);
        return;
    }
    note(book, worksheet_set_column(book->sheet, RUN_LABEL, RUN_LABEL, 20, NULL));
    note(book, worksheet_set_column(book->sheet, RUN_VALUE, RUN_VALUE, RUN_WIDTH, NULL));
    set_print(book->sheet);
    worksheet_set_portrait(book->sheet);
    worksheet_fit_to_pages(book->sheet, 1, 0);
    put_text(book, row, RUN_LABEL, "Balances that stopped tying out", book->heading);
    row += 2;
    put_fact(
        book, &row, "Your answer",
        "In the sheet Anomalies, choose a verdict for each row you have looked at: confirmed "
        "if it is a break to act on, false_positive if not. Rows without one count as not "
        "reviewed. Of two verdicts that differ, the later reviewed_at counts.");
    put_fact(
        book, &row, "When done",
        "Save the workbook; the program does not replace one that was saved. Then save the "
        "sheet Anomalies as CSV (UTF-8), and give that file to the next run: tieout run "
        "--feedback FILE.csv");
    row++;
    run_facts_tell(followup->findings, followup->overview, put_run_fact, &place);
    put_left_out(book, &row);
}

enum status workbook_add_sheets(lxw_workbook *workbook, const struct followup *followup,
                                struct workbook_cut *cut, struct error *err)
{
    struct book book = {.workbook = workbook, .cut = cut};

    *cut = (struct workbook_cut){0};
    book.cell = mem_array(WORKBOOK_CELL_BYTES, 1);
    if (book.cell == NULL)
        return error_no_memory(err, "the workbook");
    add_formats(&book);
    add_list(&book, followup);
    add_run(&book, followup);
    free(book.cell);
    if (book.failed == LXW_NO_ERROR)
        return STATUS_OK;
    return error_set(err, STATUS_INTERNAL, "cannot write the workbook: %s",
                     lxw_strerror(book.failed));
}
