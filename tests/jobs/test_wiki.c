/* wiki.h: the markup of each part, and that data never is any. */
#include "wiki.h"

#include "told.h"

/* The markup of one paragraph, to be freed. */
static char *paragraph(const char *words)
{
    char copy[512];
    struct ticket_part part = {PART_PARAGRAPH, NULL, copy};
    struct ticket_text text = {.part = &part, .n = 1};

    snprintf(copy, sizeof copy, "%s", words);
    return wiki_text(&text);
}

static void check_paragraph(const char *words, const char *markup)
{
    char *got = paragraph(words);

    CU_ASSERT_STRING_EQUAL(got, markup);
    free(got);
}

static void parts_have_their_markup(void)
{
    char heading[] = "Facts", first[] = "1,234.50", second[] = "a|b", item[] = "one",
         end[] = "Bye.";
    struct ticket_part part[] = {{PART_HEADING, NULL, heading},
                                 {PART_FACT, "GL", first},
                                 {PART_FACT, "Account", second},
                                 {PART_ITEM, NULL, item},
                                 {PART_PARAGRAPH, NULL, end}};
    struct ticket_text text = {.part = part, .n = 5};
    char *markup = wiki_text(&text);

    CU_ASSERT_STRING_EQUAL(markup, "h3. Facts\n"
                                   "\n"
                                   "||GL|1,234.50|\n"
                                   "||Account|a\\|b|\n"
                                   "\n"
                                   "* one\n"
                                   "\n"
                                   "Bye.\n");
    free(markup);
}

static void signs_are_escaped(void)
{
    check_paragraph("{code} [~admin] *b* _i_ !x.png! #",
                    "\\{code\\} \\[\\~admin\\] \\*b\\* \\_i\\_ "
                    "\\!x.png\\! &#35;\n");
    check_paragraph("^u^ +i+ -d- ??c?? (x) %",
                    "\\^u\\^ \\+i\\+ \\-d\\- \\?\\?c\\?\\? \\(x\\) \\%\n");
    check_paragraph("|a||b|", "\\|a\\|\\|b\\|\n");
    check_paragraph("@all", "\\@all\n");
}

static void signs_without_escape_become_references(void)
{
    check_paragraph("a\\\\b", "a&#92;&#92;b\n");
    check_paragraph("EUR: 5;", "EUR: 5;\n");
    check_paragraph("http://x.invalid :D", "http&#58;//x.invalid &#58;D\n");
    check_paragraph("P&L &#123; <b>", "P&#38;L &#38;&#35;123; &#60;b&#62;\n");
}

static void a_line_does_not_begin_a_block(void)
{
    check_paragraph("h1. Title", "h1&#46; Title\n");
    check_paragraph("bq. said", "bq&#46; said\n");
    check_paragraph("# one", "&#35; one\n");
    check_paragraph("---- x", "\\-\\-\\-\\- x\n");
    check_paragraph("h7. x", "h7. x\n");
    check_paragraph("Of 1.5", "Of 1.5\n");
}

static void letters_of_all_kinds_are_kept(void)
{
    check_paragraph("M\u00fcnchen \u20ac 5", "M\u00fcnchen \u20ac 5\n");
}

static void the_longest_texts_stay_below_the_limit(void)
{
    static const char *const TEXT[] = {"\\", "&", "{", "x", "\U0001F600"};

    for (size_t k = 0; k < sizeof TEXT / sizeof *TEXT; k++) {
        struct told told;
        char *hostile = told_repeat(TEXT[k], 10000);
        told_begin(&told);
        told_hostile(&told, hostile);
        struct ticket_text text = told_text(&told);
        char *markup = wiki_text(&text);
        size_t units = 0;
        for (const char *c = markup; *c != '\0'; c++)
            units += ((unsigned char)*c & 0xC0) != 0x80 ? 1 + ((unsigned char)*c >= 0xF0) : 0;
        CU_ASSERT(units < 32767);
        free(markup);
        ticket_text_free(&text);
        free(hostile);
    }
}

static void a_list_of_the_longest_stays_below_the_limit(void)
{
    static size_t rest[100];
    struct told told;
    struct ticket_text text = {0};
    struct error err = {0};
    char *hostile = told_repeat("&", 10000);
    told_begin(&told);
    told_hostile(&told, hostile);

    CU_ASSERT_EQUAL(
        ticket_text_rest(&told.followup, rest, 100, "jira.max_tickets", 1, &text, &err),
        STATUS_OK);
    char *markup = wiki_text(&text);
    CU_ASSERT(strlen(markup) < 32767);
    free(markup);
    ticket_text_free(&text);
    free(hostile);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"parts have their markup", parts_have_their_markup},
        {"signs are escaped", signs_are_escaped},
        {"signs without an escape become references", signs_without_escape_become_references},
        {"a line does not begin a block", a_line_does_not_begin_a_block},
        {"letters of all kinds are kept", letters_of_all_kinds_are_kept},
        {"the longest texts stay below the limit", the_longest_texts_stay_below_the_limit},
        {"a list of the longest stays below the limit",
         a_list_of_the_longest_stays_below_the_limit},
    };

    return suite_run("wiki", FACT, sizeof FACT / sizeof *FACT);
}
